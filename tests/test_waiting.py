"""What waits, kind by kind: told to whom it waits for, in the list it leads to, to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audits.models import LogCheckRound
from cases.access import emergency
from cases.disclosure import services as disclosures
from cases.disclosure.models import Disclosure
from cases.handovers import services as handovers
from cases.investigations import services as investigations
from cases.investigations.models import DOCUMENT_PARTS, Investigation
from cases.journal import services as notes
from cases.matters.models import MatterWorker
from cases.reports import services as reports
from cases.reports.models import Report
from core import navigation
from core.navigation import Source, Waiting
from organisation.enums import GroupFunction, Level
from organisation.models import OrgUnit, RoleAssignment
from tests.factories import World, make_user, moment
from tests.factories.measured import STEPS
from tests.factories.populated import populate
from workload.models import LoadWarning, SurveyAnswer
from workload.services import introductions, measurements, reviews, rounds, surveys

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-10 10:00")
TODAY = date(2026, 3, 10)


# What happens, each giving a text that stands in the list's row


def late(world: World) -> str:
    return world.investigation("2025-09-01").number


def soon(world: World) -> str:
    return world.investigation("2025-11-15").number


def logged(world: World) -> str:
    return world.report("2026-03-10 09:00").number


def assessed(world: World) -> str:
    return _assessed(world).number


def _assessed(world: World) -> Report:
    report = world.report("2026-03-09 09:00")
    reports.assess_protection(
        report.pk,
        assessed_at=moment("2026-03-09 10:00"),
        outcome="no_immediate_need",
        child_spoken_with=True,
        rationale="Skäl.",
        by=world.reception,
        at=moment("2026-03-09 11:00"),
    )
    return report


def proposed(world: World) -> str:
    report = _assessed(world)
    reports.propose_decision(
        report.pk,
        outcome="open",
        rationale="Skäl.",
        group=world.groups["barn-1"],
        by=world.reception,
        at=moment("2026-03-09 12:00"),
    )
    return report.number


def nobodys_report(world: World) -> str:
    report = world.report("2026-03-09 09:00")
    MatterWorker.objects.filter(matter=report.pk).delete()
    return report.number


def nobodys_investigation(world: World) -> str:
    return world.investigation("2026-03-02", allocated=False).number


def _submitted(world: World) -> Investigation:
    case = world.investigation("2026-03-02")
    who: dict[str, Any] = {"by": world.main, "at": moment("2026-03-09 09:00")}
    investigations.write_document(case.pk, parts=dict.fromkeys(DOCUMENT_PARTS, "Text."), **who)
    investigations.submit_document(case.pk, **who)
    return case


def submitted(world: World) -> str:
    return _submitted(world).number


def returned(world: World) -> str:
    case = _submitted(world)
    investigations.return_document(case.pk, comment="Skriv mer.", by=world.leader, at=NOW)
    return case.number


def written(world: World) -> str:
    case = world.investigation("2026-03-02")
    notes.write_note(
        case.pk,
        kind="home_visit",
        happened_at=moment("2026-03-05 09:00"),
        text="Besök.",
        child_spoken_with=False,
        child_alone=None,
        by=world.main,
        at=moment("2026-03-05 12:00"),
    )
    return case.number


def _asked(world: World) -> Disclosure:
    case = world.investigation("2026-03-02")
    return disclosures.prepare(
        case.child_id,
        matter_ids=[case.pk],
        relation="other_party",
        right=disclosures.RightInput("party", "whole", "Prövat i samtal."),
        recipient_name="Ombud",
        requested_on=date(2026, 3, 3),
        by=world.main,
        at=moment("2026-03-04 09:00"),
    )


def asked(world: World) -> str:
    return reverse("disclosure", args=[_asked(world).pk])


def to_approve(world: World) -> str:
    row = _asked(world)
    who: dict[str, Any] = {"by": world.main, "at": moment("2026-03-05 09:00")}
    for piece in row.pieces.all():
        weighed = "Vägt." if piece.flagged else ""
        disclosures.review(row.pk, piece.position, weighed=weighed, **who)
    if disclosures.withholds(row):
        text = disclosures.proposed_refusal(row)
        disclosures.write_refusal(row.pk, text=text, version=row.version, **who)
    disclosures.submit(row.pk, **who)
    return reverse("disclosure", args=[row.pk])


def opened(world: World) -> str:
    case = world.investigation("2026-03-02")
    made = emergency.open_case(
        case.child_id, reason="Akut läge i kväll.", hours=4, by=world.leader2, at=NOW
    )
    return reverse("emergency_review", args=[made.pk])


def warned(world: World) -> str:
    LoadWarning.objects.create(
        kind="overload", group=world.groups["barn-1"], user=world.main, raised_on=TODAY
    )
    return str(world.main)


def introduced(world: World) -> str:
    plan = introductions.plan_introduction(
        user=world.third, from_on=date(2026, 1, 7), by=world.leader, at=NOW
    )
    plan.steps.exclude(pk=plan.steps.order_by("due_on").first().pk).delete()
    return reverse("introduction", args=[plan.pk])


def measured(world: World) -> str:
    made = measurements.open_measurement(world.unit.pk, on=TODAY, at=NOW)
    return reverse("measurement_answer", args=[made.pk])


def reviewed(world: World) -> str:
    reviews.hold_review(
        world.main.pk,
        held_on=TODAY,
        summary="",
        decisions=[reviews.DecisionInput("Boka samtal med skolan.", None, TODAY)],
        by=world.leader,
        at=NOW,
    )
    return "Boka samtal med skolan."


def surveyed(world: World) -> str:
    made = rounds.open_survey(world.unit.pk, on=TODAY, at=NOW)
    return reverse("survey_answer", args=[made.pk])


def offered(world: World) -> str:
    at = moment("2025-10-01 10:00")
    made = rounds.open_survey(world.unit.pk, on=at.date(), at=at)
    surveys.answer(
        made.pk, steps=dict.fromkeys(STEPS, 1), reasons={}, by=world.main, at=moment("2025-10-02")
    )
    rounds.close_survey(made.pk, on=date(2026, 1, 7), at=moment("2026-01-07"))
    answer = SurveyAnswer.objects.get(round=made, user=world.main)
    plan = surveys.offer_plan(answer.pk, by=world.leader, at=NOW)
    return reverse("plan", args=[plan.pk])


def offered_over(world: World) -> str:
    """The row of the list, by its link."""
    asked = handovers.offer(
        world.investigation("2026-07-01").pk,
        to_unit=world.other_unit,
        ground="same_board",
        reason="Familjen har flyttat.",
        parts=[],
        by=world.leader,
        at=NOW,
    )
    return reverse("handover", args=[asked.pk])


def drawn(world: World) -> str:
    return reverse("log_check", args=[_drawn(world, None).pk])


def drawn_for_another(world: World) -> str:
    return reverse("log_check", args=[_drawn(world, world.coordinator).pk])


def _drawn(world: World, reviewer: Any) -> LogCheckRound:
    return LogCheckRound.objects.create(
        unit=world.unit,
        from_on=date(2026, 2, 1),
        until_on=date(2026, 2, 28),
        seed="frö",
        readings=3,
        drawn_at=NOW,
        reviewer=reviewer,
    )


def unled(world: World) -> str:
    made = OrgUnit.objects.create(
        level=Level.GROUP,
        code="ny",
        name="Nya gruppen",
        parent=world.unit,
        function=GroupFunction.CHILD,
    )
    return made.name


def idle(world: World) -> str:
    return str(make_user("sysslolös"))


@dataclass(frozen=True)
class Kind:
    """Something happens: it waits for `for_whom` and is in the list of the first of them.

    A unit head's list may be of the groups. It does not wait for `not_for`.
    """

    code: str
    happens: Callable[[World], str]
    for_whom: tuple[str, ...]
    not_for: tuple[str, ...]


KINDS = [
    Kind("deadlines_overdue", late, ("main", "co"), ("leader", "worker2", "other_worker")),
    Kind("deadlines_due", soon, ("main", "co"), ("leader", "worker2", "other_worker")),
    Kind("reports_to_assess", logged, ("reception",), ("main", "other_reception", "leader")),
    Kind("reports_to_propose", assessed, ("reception",), ("main", "other_reception", "leader")),
    Kind(
        "proposals_to_decide",
        proposed,
        ("leader", "leader2", "head"),
        ("reception", "other_leader", "other_head"),
    ),
    Kind(
        "reports_to_give",
        nobodys_report,
        ("reception_leader", "head"),
        ("leader", "other_head", "reception"),
    ),
    Kind(
        "investigations_to_give",
        nobodys_investigation,
        ("leader", "head"),
        ("leader2", "other_head", "main"),
    ),
    Kind("documents_returned", returned, ("main", "co"), ("leader", "third", "other_worker")),
    Kind("documents_to_read", submitted, ("leader", "head"), ("leader2", "other_head", "main")),
    Kind("texts_to_sign", written, ("main",), ("co", "leader", "other_worker")),
    Kind("disclosures_to_prepare", asked, ("main",), ("co", "leader", "other_worker")),
    Kind("disclosures_to_approve", to_approve, ("leader", "head"), ("leader2", "other_head")),
    Kind(
        "handovers_to_answer",
        offered_over,
        ("other_head",),
        ("head", "leader", "other_leader", "other_worker"),
    ),
    Kind("emergencies_to_review", opened, ("head",), ("leader", "other_head")),
    Kind("workload_warnings", warned, ("leader", "head"), ("leader2", "other_head", "main")),
    Kind(
        "introduction_steps_late",
        introduced,
        ("leader", "coordinator", "head"),
        ("leader2", "other_head"),
    ),
    Kind("measurements_to_answer", measured, ("main", "worker2"), ("head", "other_worker")),
    Kind("review_tasks", reviewed, ("main",), ("leader", "co", "other_worker")),
    Kind("surveys_to_answer", surveyed, ("main", "leader"), ("other_worker", "director")),
    Kind("plans_to_answer", offered, ("main",), ("leader", "co", "other_worker")),
    Kind("log_checks_to_close", drawn, ("head",), ("leader", "other_head")),
    Kind("log_checks_to_close", drawn_for_another, ("coordinator", "head"), ("other_head",)),
    Kind("nodes_without_leader", unled, ("sysadmin",), ("head", "stranger")),
    Kind("staff_without_role", idle, ("sysadmin",), ("head", "stranger")),
]


def signed_in(world: World, name: str) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(world.people[name])
    return client


def waiting(world: World, name: str) -> dict[str, Waiting]:
    page = signed_in(world, name).get(reverse("todo"))
    return {one.code: one for one in (*page.context["waiting"], *page.context["done"])}


def number(world: World, name: str, code: str) -> int:
    found = waiting(world, name).get(code)
    return found.count if found else 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.code}-{kind.happens.__name__}")
def test_what_waits_is_told_to_whom_it_waits_for_alone(world: World, kind: Kind) -> None:
    with time_machine.travel(NOW, tick=False):
        people = (*kind.for_whom, *kind.not_for)
        before = {name: number(world, name, kind.code) for name in people}
        row = kind.happens(world)
        for name in kind.for_whom:
            found = waiting(world, name)[kind.code]
            assert found.count == before[name] + 1, name
            page = signed_in(world, name).get(found.url)
            assert page.status_code == 200
            if name == kind.for_whom[0]:
                assert row in unescape(page.content.decode()), (name, found.url)
        for name in kind.not_for:
            assert number(world, name, kind.code) == before[name], name


def test_every_kind_there_is_stands_above(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        measured(world)
        surveyed(world)
        found = {code for name in world.people for code in waiting(world, name)}
    wanted = {kind.code for kind in KINDS}
    assert found == wanted, f"write a row in KINDS for {sorted(found ^ wanted)}"


def test_programs_are_told_the_same_as_the_page(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        late(world)
        for name in ("main", "head", "sysadmin", "stranger"):
            told = signed_in(world, name).get("/api/v1/todo/").json()["results"]
            assert {one["code"]: one for one in told} == {
                one.code: {
                    "code": one.code,
                    "name": one.label,
                    "count": one.count,
                    "href": f"http://testserver{one.url}",
                }
                for one in waiting(world, name).values()
            }


def test_the_statement_depends_on_nothing_but_the_readers_access(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept by that: one made later the same day, of other rows, must be the same."""
    made: dict[object, list[object]] = {}

    def counted(sources: Iterable[Source], *, reader: object) -> Iterator[Waiting]:
        asked = list(sources)
        key = (tuple(source.code for source in asked), reader)
        made.setdefault(key, []).append(navigation.statement(asked))
        yield from ()

    for module in ("cases.boards", "workload", "organisation", "audits"):
        monkeypatch.setattr(f"{module}.navigation.counted", counted)
    with time_machine.travel(NOW, tick=False):
        measured(world)
        surveyed(world)
        for name in world.people:
            signed_in(world, name).get("/todo/")
        populate(world, TODAY)
    with time_machine.travel(NOW + timedelta(hours=13), tick=False):
        for name in world.people:
            signed_in(world, name).get("/todo/")
    twice = [one for one in made.values() if len(one) > 1]
    assert len(twice) > len(world.people)
    assert all(first == again for first, *later in twice for again in later)


def test_statements_are_kept_for_so_many_readers_and_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(navigation, "KEPT_STATEMENTS", 2)
    monkeypatch.setattr(navigation, "statements", {})
    with time_machine.travel(NOW, tick=False):
        late(world)
        for name in ("main", "leader", "head", "main"):
            found = waiting(world, name)
            assert found["deadlines_overdue"].count == (name == "main")
            assert len(navigation.statements) <= 2


def test_a_right_that_ends_leaves_no_count_behind(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        world.investigation(allocated=False)
        assert number(world, "leader", "investigations_to_give") == 1
        world.investigation(allocated=False)
        assert number(world, "leader", "investigations_to_give") == 2
        held = RoleAssignment.objects.filter(user=world.leader)
        held.update(until_on=TODAY - timedelta(days=1))
        assert "investigations_to_give" not in waiting(world, "leader")
