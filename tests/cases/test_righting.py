"""Plan, violence, police report and extension put right; and what an annulled one had said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.corrections.models import Correction
from cases.corrections.texts import history
from cases.deadlines import store
from cases.deadlines.models import Deadline
from cases.investigations import services
from cases.investigations.models import Investigation
from cases.reports import services as reports
from cases.reports.models import Report
from core.errors import Conflict, Forbidden, Invalid, Missing
from tests.cases.test_corrections import conclude, written
from tests.factories import World, moment

WHY = "Fel datum i beslutet."


def protect(case: Investigation, by: Any, at: str, **values: Any) -> None:
    fields: dict[str, Any] = {
        "protection_needs": "Behöver skydd.",
        "violence": "yes",
        "violence_description": "Slag.",
        "police_report": "made",
        "police_reported_on": date(2026, 3, 3),
    }
    services.write_protection(case.pk, **fields | values, by=by, at=moment(at))


@pytest.fixture
def case(world: World) -> Investigation:
    """With a plan, violence, a police report and an extension, and its document signed."""
    one = world.investigation("2026-03-02")
    services.write_plan(one.pk, plan="Tala med skolan.", by=world.main, at=moment("2026-03-03"))
    protect(one, world.main, "2026-03-04")
    services.extend(
        one.pk,
        until=date(2026, 8, 2),
        reason="Väntar på BUP.",
        decided_on=date(2026, 3, 5),
        by=world.leader,
        at=moment("2026-03-05"),
    )
    written(world, one, "2026-03-10")
    return Investigation.objects.get(pk=one.pk)


def state(case: Investigation) -> dict[str, Any]:
    row = Investigation.objects.get(pk=case.pk)
    extension = row.extensions.get()
    duty = Deadline.objects.get(matter=case.pk, kind="investigation")
    return {
        **{name: getattr(row, name) for name in (*services.PLAN, *services.PROTECTION)},
        **{f"extension {name}": getattr(extension, name) for name in services.EXTENSION},
        "extended_to": row.extended_to,
        "due_on": duty.due_on,
    }


def extension(case: Investigation, by: Any, why: str = WHY, **values: Any) -> Correction:
    pk = case.extensions.get().pk
    return services.correct_extension(case.pk, pk, values, why=why, by=by, at=moment("2026-03-12"))


def test_before_it_is_signed_it_is_changed_where_it_is_written(world: World) -> None:
    one = world.investigation("2026-03-02")
    for plan in ("Först.", "Sedan."):
        services.write_plan(one.pk, plan=plan, by=world.main, at=moment("2026-03-03"))
    protect(one, world.main, "2026-03-04")
    protect(one, world.main, "2026-03-05", violence="no", violence_description="")
    one.refresh_from_db()
    assert (one.plan, one.violence) == ("Sedan.", "no")
    assert not Correction.objects.exists()


def test_after_it_is_signed_what_stands_is_corrected_with_a_reason(
    world: World, case: Investigation
) -> None:
    at = moment("2026-03-11")
    with pytest.raises(Conflict):
        services.write_plan(case.pk, plan="Annat.", by=world.main, at=at)
    with pytest.raises(Conflict):
        protect(case, world.main, "2026-03-11", violence="no", violence_description="")
    with pytest.raises(Invalid):
        services.correct_plan(case.pk, plan="Annat.", reason=" ", by=world.main, at=at)
    services.correct_plan(case.pk, plan="Annat.", reason=WHY, by=world.main, at=at)
    (told,) = history(case.pk)
    assert (told.row.act, told.row.reason, told.row.made_by) == ("corrected", WHY, world.main)
    assert [(one.old, one.new) for one in told.changes] == [("Tala med skolan.", "Annat.")]


def test_what_was_not_answered_when_it_was_signed_still_can_be(world: World) -> None:
    one = world.investigation("2026-03-02")
    protect(one, world.main, "2026-03-04", police_report="not_decided", police_reported_on=None)
    written(world, one, "2026-03-10")
    protect(one, world.main, "2026-03-11")
    one.refresh_from_db()
    assert one.police_report == "made"


def test_violence_and_police_report_are_corrected_also_when_it_is_over(
    world: World, case: Investigation
) -> None:
    conclude(case, world.leader, "2026-03-12")
    services.correct_protection(
        case.pk,
        {"police_report": "not_made", "police_report_reason": "Barnet är under skydd."},
        reason=WHY,
        by=world.main,
        at=moment("2026-03-20"),
    )
    case.refresh_from_db()
    assert (case.police_report, case.police_reported_on, case.violence) == (
        "not_made",
        None,
        "yes",
    )
    with pytest.raises(Invalid) as refused:
        services.correct_protection(
            case.pk,
            {"police_report": "not_made", "police_report_reason": ""},
            reason=WHY,
            by=world.main,
            at=moment("2026-03-20"),
        )
    assert set(refused.value.fields) == {"police_report_reason"}


def test_a_corrected_extension_counts_the_clock_anew(world: World, case: Investigation) -> None:
    extension(case, world.leader, until=date(2026, 7, 20))
    now = state(case)
    assert (now["extended_to"], now["due_on"]) == (date(2026, 7, 20), date(2026, 7, 20))
    assert list(store.differences()) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"until": date(2026, 7, 2)}, "until"),
        ({"until": date(2028, 7, 2)}, "until"),
        ({"decided_on": date(2026, 3, 13)}, "decided_on"),
        ({"decided_on": date(2026, 3, 1)}, "decided_on"),
        ({"reason": " "}, "reason"),
        ({}, "reason"),
    ],
)
def test_an_extension_cannot_be_corrected_to_what_the_law_does_not_know(
    world: World, case: Investigation, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        extension(case, world.leader, **values)
    assert set(refused.value.fields) == {field}


def test_who_may(world: World, case: Investigation) -> None:
    with pytest.raises(Forbidden):
        extension(case, world.main, until=date(2026, 7, 20))
    for name, refused in (("coordinator", Forbidden), ("third", Missing), ("other_head", Missing)):
        with pytest.raises(refused):
            services.correct_plan(
                case.pk,
                plan="Annat.",
                reason=WHY,
                by=getattr(world, name),
                at=moment("2026-03-11"),
            )
    made = extension(case, world.leader, until=date(2026, 7, 20))
    with pytest.raises(Forbidden):
        services.undo_correction(
            case.pk, made.pk, reason=WHY, by=world.main, at=moment("2026-03-12")
        )


ACTS = st.lists(st.sampled_from(["plan", "violence", "police", "extension"]), max_size=4)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS)
def test_the_opposite_of_every_correction_brings_back_the_same_state(
    world: World, case: Investigation, acts: list[str]
) -> None:
    before, made = state(case), []
    for number, act in enumerate(acts):
        at = moment("2026-03-12")
        if act == "plan":
            by_plan = {"plan": f"Plan {number}.", "reason": WHY, "by": world.main, "at": at}
            made.append(services.correct_plan(case.pk, **by_plan))
        elif act == "extension":
            made.append(extension(case, world.leader, until=date(2026, 9, 1 + number)))
        else:
            values = {"violence_description": f"Text {number}."}
            if act == "police":
                values = {"police_report": "not_made", "police_report_reason": f"Skäl {number}."}
            made.append(
                services.correct_protection(case.pk, values, reason=WHY, by=world.head, at=at)
            )
    for one in reversed(made):
        services.undo_correction(
            case.pk, one.pk, reason="Rättelsen var fel.", by=world.head, at=moment("2026-03-13")
        )
        with pytest.raises(Conflict):
            services.undo_correction(
                case.pk, one.pk, reason="Igen.", by=world.head, at=moment("2026-03-13")
            )
    assert state(case) == before
    assert list(store.differences()) == []


def test_what_has_been_written_over_since_is_not_taken_back(
    world: World, case: Investigation
) -> None:
    at = moment("2026-03-12")
    first = services.correct_plan(case.pk, plan="Ett.", reason=WHY, by=world.main, at=at)
    services.correct_plan(case.pk, plan="Två.", reason=WHY, by=world.main, at=at)
    with pytest.raises(Conflict):
        services.undo_correction(case.pk, first.pk, reason=WHY, by=world.main, at=at)


def test_the_pages_correct_and_take_back(world: World, case: Investigation, client: Client) -> None:
    pk = case.pk
    page = reverse("investigation", args=[pk])
    with time_machine.travel(moment("2026-03-12 10:00"), tick=False):
        client.force_login(world.leader)
        html = client.get(page).content.decode()
        row = case.extensions.get()
        for address in (
            reverse("investigation_plan_correct", args=[pk]),
            reverse("investigation_protection_correct", args=[pk]),
            reverse("investigation_extension_correct", args=[pk, row.pk]),
        ):
            assert address in html
            assert client.get(address).status_code == 200
        fields = {"until": "2026-07-20", "reason": "Väntar på BUP.", "decided_on": "2026-03-05"}
        address = reverse("investigation_extension_correct", args=[pk, row.pk])
        assert client.post(address, fields).status_code == 422
        assert client.post(address, fields | {"why": WHY}).status_code == 302
        made = Correction.objects.get(subject="extension")
        undo = reverse("investigation_correction_undo", args=[pk, made.pk])
        assert undo in client.get(page).content.decode()
        assert client.post(undo, {"reason": "Det första var rätt."}).status_code == 302
        assert undo not in client.get(page).content.decode()
    assert state(case)["due_on"] == date(2026, 8, 2)


# What an investigation that was opened by mistake had said


@pytest.fixture
def annulled(world: World) -> Investigation:
    one = world.investigation("2026-03-02")
    services.write_plan(one.pk, plan="Tala med skolan.", by=world.main, at=moment("2026-03-03"))
    report = Report.objects.get(investigation=one)
    reports.reverse_decision(
        report.pk, reason="Gällde en annan familj.", by=world.head, at=moment("2026-03-04")
    )
    return Investigation.objects.get(pk=one.pk)


def test_an_annulled_one_is_read_by_those_who_decide_and_by_nobody_else(
    world: World, annulled: Investigation, client: Client
) -> None:
    address = reverse("investigation_annulled", args=[annulled.pk])
    met = {}
    with time_machine.travel(moment("2026-03-05 10:00"), tick=False):
        for name in world.people:
            client.force_login(getattr(world, name))
            met[name] = client.get(address).status_code
        assert {name for name, status in met.items() if status == 200} == {"leader", "head"}
        assert set(met.values()) == {200, 404}
        client.force_login(world.head)
        html = client.get(address).content.decode()
        assert client.get(reverse("investigation", args=[annulled.pk])).status_code == 404
    for told in ("Tala med skolan.", "Gällde en annan familj.", "Head Test", "Main Test"):
        assert told in html


def test_the_report_leads_to_it_and_one_that_stands_has_no_such_page(
    world: World, annulled: Investigation, client: Client
) -> None:
    standing = world.investigation("2026-03-02")
    with time_machine.travel(moment("2026-03-05 10:00"), tick=False):
        client.force_login(world.head)
        report = Correction.objects.get(act="reversed").matter
        html = client.get(reverse("report", args=[report.pk])).content.decode()
        assert reverse("investigation_annulled", args=[annulled.pk]) in html
        other = client.get(reverse("investigation_annulled", args=[standing.pk]))
    assert other.status_code == 404
