"""Log checks: what is drawn, who judges it, and that a closed round stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from audits import drawing, tasks
from audits.drawing import Reading
from audits.enums import LogRule
from audits.models import LogCheckHit, LogCheckRound
from audits.services import log_checks
from cases.investigations.models import Investigation
from cases.notices.models import Notice
from cases.persons.models import Guardian, Person
from core import trail
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from tests.factories import World, moment

FIRST = date(2026, 3, 1)
AFTER = moment("2026-04-02 09:00")


@pytest.fixture(autouse=True)
def _in_swedish() -> Iterator[None]:
    with override("sv"):
        yield


def reading(
    actor: int = 1, child: int | None = 1, at: str = "2026-03-03 10:00", **given: Any
) -> Reading:
    when = moment(at)
    return Reading(actor, child, when.date(), when, when, 1, **given)


# The rules, without a database


def reasons(rows: list[Reading], **given: Any) -> dict[Reading, list[LogRule]]:
    facts: dict[str, Any] = {
        "seed": "s",
        "staff_names": {},
        "family_names": {},
        "protected": set(),
        "on_duty": lambda user, day: False,
        "is_tied": lambda user, child, day: True,
    } | given
    return drawing.reasons(rows, **facts)


def test_the_same_seed_draws_the_same_sample_whatever_the_order() -> None:
    rows = [reading(actor, child) for actor in range(10) for child in range(1, 11)]
    drawn = drawing.sample(rows, seed="a")
    assert len(drawn) == drawing.SAMPLE
    assert drawing.sample(rows[::-1], seed="a") == drawn
    assert drawing.sample(rows, seed="b") != drawn


@pytest.mark.parametrize(
    ("at", "off"),
    [
        ("2026-03-03 05:59", True),
        ("2026-03-03 06:00", False),
        ("2026-03-03 18:59", False),
        ("2026-03-03 19:00", True),
        ("2026-03-07 12:00", True),  # a Saturday
        ("2026-06-19 12:00", True),  # Midsummer Eve
        # Summer time: half past four in UTC.
        ("2026-03-30 18:30", False),
    ],
)
def test_evenings_nights_and_days_off_are_outside_working_hours(at: str, off: bool) -> None:
    assert drawing.is_off_hours(moment(at)) is off


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Berg", "berg", True),
        ("Berg-Ek", "Ek", True),
        ("Berg", "Bergman", False),
        ("", "", False),
        ("von Essen", "Essen", True),
    ],
)
def test_a_family_name_is_the_same_in_any_of_its_parts(one: str, other: str, same: bool) -> None:
    assert drawing.same_name(one, other) is same


def test_each_rule_finds_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SAMPLE", 0)
    plain, late, other, guarded, own = (reading(1, child) for child in range(1, 6))
    late = reading(1, 2, "2026-03-03 22:00")
    emergency = reading(2, 7, opened=False, emergency=True)
    refused = reading(2, None, opened=False, refused=True)
    found = reasons(
        [plain, late, other, guarded, own, emergency, refused],
        staff_names={1: "Ek"},
        family_names={5: ["Berg", "Ek"]},
        protected={4},
        is_tied=lambda user, child, day: child != 3,
    )
    assert found == {
        late: [LogRule.OFF_HOURS],
        other: [LogRule.NO_TIE],
        guarded: [LogRule.PROTECTED],
        own: [LogRule.OWN_NAME],
        emergency: [LogRule.EMERGENCY],
        refused: [LogRule.REFUSED],
    }
    assert reasons([late], on_duty=lambda user, day: True) == {}


def test_many_is_measured_by_what_the_person_usually_opens() -> None:
    usual = [
        reading(1, child, f"2026-03-{day:02} 10:00") for day in (3, 4, 5) for child in range(5)
    ]
    busy = [reading(1, child, "2026-03-06 10:00") for child in range(16)]
    always = [
        reading(2, child, f"2026-03-{day:02} 10:00") for day in (3, 4, 5, 6) for child in range(16)
    ]
    assert drawing.unusually_many([*usual, *busy, *always]) == {(1, date(2026, 3, 6), "case")}


# The round


@pytest.fixture
def case(world: World) -> Investigation:
    case = world.investigation("2026-03-02")
    Person.objects.filter(pk=case.child_id).update(last_name="Worker2")
    return case


@pytest.fixture
def round_(world: World, case: Investigation, monkeypatch: pytest.MonkeyPatch) -> LogCheckRound:
    """The round of March with three readings to judge: two by others, one by the head."""
    monkeypatch.setattr(drawing, "SAMPLE", 0)
    monkeypatch.setattr(drawing, "SAMPLE_BESIDE", {})
    for user, at in (
        (world.main, "2026-03-03 10:00"),
        (world.worker2, "2026-03-03 10:00"),
        (world.worker2, "2026-03-03 11:00"),
        (world.main, "2026-03-07 10:00"),
        (world.head, "2026-03-08 10:00"),
        # In another month.
        (world.worker2, "2026-04-01 10:00"),
    ):
        trail.read("investigation.read", [case], by=user, at=moment(at))
    trail.read(
        "investigation.listed",
        [case, world.investigation("2026-03-02")],
        by=world.worker2,
        at=moment("2026-03-04 10:00"),
    )
    return log_checks.open_round(world.unit, month=FIRST, at=AFTER)


def hit_of(found: LogCheckRound, user: Any) -> LogCheckHit:
    return found.hits.get(actor=user)


def judge(
    hit: LogCheckHit, by: Any, judgement: str = "justified", comment: str = ""
) -> LogCheckHit:
    return log_checks.judge(hit.pk, judgement=judgement, comment=comment, by=by, at=AFTER)


def test_a_round_holds_what_the_rules_find_in_its_month(
    world: World, case: Investigation, round_: LogCheckRound
) -> None:
    found = {
        (hit.actor.username, hit.day.isoformat()): (hit.rules, hit.entries)
        for hit in round_.hits.select_related("actor")
    }
    assert found == {
        ("worker2", "2026-03-03"): (["no_tie"], 2),
        ("main", "2026-03-07"): (["off_hours"], 1),
        ("head", "2026-03-08"): (["off_hours"], 1),
    }
    # The list of two cases is one of them, drawn from apart.
    assert round_.readings == 5
    notice = Notice.objects.get(kind="log_check_opened")
    assert (notice.recipient, notice.topic_id) == (world.head, round_.pk)


def test_own_family_name_is_that_of_the_child_or_a_guardian(
    world: World, case: Investigation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "SAMPLE", 0)
    world.main.last_name = "Lind"
    world.main.save()
    Guardian.objects.create(
        child=case.child, relation="mother", last_name="Lind-Ek", has_custody=True
    )
    trail.read("investigation.read", [case], by=world.main, at=moment("2026-03-03 10:00"))
    made = log_checks.open_round(world.unit, month=FIRST, at=AFTER)
    assert hit_of(made, world.main).rules == ["own_name"]


def test_a_refused_attempt_is_drawn_even_when_it_names_no_child(
    world: World, case: Investigation
) -> None:
    trail.refused("report.refused", by=world.main, at=moment("2026-03-03 10:00"))
    trail.refused("report.refused", by=world.other_worker, at=moment("2026-03-03 10:00"))
    made = log_checks.open_round(world.unit, month=FIRST, at=AFTER)
    [hit] = made.hits.filter(child=None)
    assert (hit.actor, hit.rules) == (world.main, ["refused"])


def test_a_month_is_drawn_once_and_only_when_it_is_over(world: World) -> None:
    with pytest.raises(Invalid):
        log_checks.open_round(world.unit, month=FIRST, at=moment("2026-03-31 23:59"))
    log_checks.open_round(world.unit, month=FIRST, at=moment("2026-04-01 00:01"))
    with pytest.raises(Conflict):
        log_checks.open_round(world.unit, month=FIRST, at=AFTER)
    assert log_checks.open_last_month(at=AFTER) == 1  # the other unit's
    assert log_checks.open_last_month(at=AFTER) == 0


def test_only_the_unit_head_and_the_second_reviewer_judge(
    world: World, round_: LogCheckRound
) -> None:
    hit = hit_of(round_, world.worker2)
    log_checks.name_reviewer(round_.pk, reviewer=world.leader2, by=world.head, at=AFTER)
    may = set()
    for name, user in world.people.items():
        try:
            judge(hit, user)
        except Missing:
            continue
        may.add(name)
    assert may == {"head", "leader2"}


def test_nobody_judges_their_own_reading(world: World, round_: LogCheckRound) -> None:
    own = hit_of(round_, world.head)
    with pytest.raises(Forbidden):
        judge(own, world.head)
    log_checks.name_reviewer(round_.pk, reviewer=world.leader2, by=world.head, at=AFTER)
    assert judge(own, world.leader2).judged_by == world.leader2
    with pytest.raises(DatabaseError, match="judged_by_another"), transaction.atomic():
        LogCheckHit.objects.filter(pk=own.pk).update(judged_by=world.head)


def test_what_is_not_justified_needs_words(world: World, round_: LogCheckRound) -> None:
    hit = hit_of(round_, world.worker2)
    with pytest.raises(Invalid) as refused:
        judge(hit, world.head, "deviation")
    assert set(refused.value.fields) == {"comment"}
    assert judge(hit, world.head, "deviation", "Ingen uppgift i ärendet.").judgement == "deviation"


def close(round_: LogCheckRound, world: World) -> LogCheckRound:
    return log_checks.close(round_.pk, conclusion="Inget att anmärka.", by=world.head, at=AFTER)


def test_a_round_is_closed_when_all_is_judged_and_stands_after_that(
    world: World, round_: LogCheckRound
) -> None:
    with pytest.raises(Conflict):
        close(round_, world)
    log_checks.name_reviewer(round_.pk, reviewer=world.leader2, by=world.head, at=AFTER)
    for hit in round_.hits.all():
        judge(hit, world.leader2)
    assert close(round_, world).closed_by == world.head
    with pytest.raises(Conflict):
        judge(hit, world.leader2, "deviation", "x")
    for act in (
        "UPDATE audits_logcheckhit SET comment = 'x'",
        "DELETE FROM audits_logcheckhit",
        "UPDATE audits_logcheckround SET conclusion = 'x'",
        "UPDATE audits_logcheckround SET closed_at = NULL, closed_by_id = NULL",
    ):
        with (
            pytest.raises(DatabaseError, match="the round is closed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)


# Pages


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@time_machine.travel(AFTER, tick=False)
def test_the_head_judges_one_after_the_other_and_closes(
    world: World, round_: LogCheckRound
) -> None:
    client = as_(world.head)
    page = client.get(reverse("log_check", args=[round_.pk]))
    assert [line["own"] for line in page.context["lines"]].count(True) == 1
    first, second = (hit_of(round_, user) for user in (world.worker2, world.main))
    url = reverse("log_check_hit", args=[round_.pk, first.pk])
    answer = client.post(url, {"judgement": "deviation", "comment": ""})
    assert answer.status_code == 422
    answer = client.post(url, {"judgement": "justified", "comment": ""})
    assert answer.url == reverse("log_check_hit", args=[round_.pk, second.pk])
    client.post(answer.url, {"judgement": "justified"})
    client.post(reverse("log_check_reviewer", args=[round_.pk]), {"reviewer": world.leader2.pk})
    assert (
        client.post(
            reverse("log_check_close", args=[round_.pk]), {"conclusion": "Klart."}
        ).status_code
        == 422
    )
    own = reverse("log_check_hit", args=[round_.pk, hit_of(round_, world.head).pk])
    assert client.post(own, {"judgement": "justified"}).status_code == 403
    assert as_(world.leader2).post(own, {"judgement": "justified"}).status_code == 302
    assert (
        client.post(
            reverse("log_check_close", args=[round_.pk]), {"conclusion": "Klart."}
        ).status_code
        == 302
    )
    assert "Klart." in client.get(reverse("log_check", args=[round_.pk])).content.decode()


@time_machine.travel(AFTER, tick=False)
def test_several_readings_are_signed_as_justified_from_the_list(
    world: World, round_: LogCheckRound
) -> None:
    client, url = as_(world.head), reverse("log_check_justify", args=[round_.pk])
    first, second = (hit_of(round_, user) for user in (world.worker2, world.main))
    own = hit_of(round_, world.head)
    answer = client.post(url, {})
    assert answer.status_code == 422
    assert set(answer.context["justify_form"].errors) == {"readings"}
    assert client.post(url, {"readings": ["junk"]}).status_code == 422
    assert client.post(url, {"readings": [first.pk, own.pk]}).status_code == 403
    assert not round_.hits.exclude(judgement="").exists()
    judge(first, world.head, "deviation", "Utan skäl.")
    answer = client.post(
        f"{url}?judgement=to_judge", {"readings": [first.pk, second.pk]}, follow=True
    )
    assert answer.redirect_chain == [
        (reverse("log_check", args=[round_.pk]) + "?judgement=to_judge", 302)
    ]
    assert {str(message) for message in answer.context["messages"]} == {
        "1 läsning är signerad som befogad."
    }
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.judgement, second.judgement) == ("deviation", "justified")
    assert (second.judged_by, second.judged_at) == (world.head, AFTER)


@time_machine.travel(AFTER, tick=False)
def test_all_are_chosen_at_once_only_where_something_tied_them_to_the_child(
    world: World, round_: LogCheckRound
) -> None:
    client, url = as_(world.head), reverse("log_check", args=[round_.pk])
    html = client.get(url).content.decode()
    boxes = re.findall(r'<input[^>]*name="readings"[^>]*>', html)
    tied, untied = (hit_of(round_, user) for user in (world.main, world.worker2))
    assert {re.search(r'value="(\d+)"', box)[1]: "data-tied" in box for box in boxes} == {
        str(tied.pk): True,
        str(untied.pk): False,
    }
    assert "data-check-all" in html
    judge(tied, world.head)
    html = client.get(url).content.decode()
    assert f'value="{untied.pk}"' in html
    assert "data-check-all" not in html


@time_machine.travel(AFTER, tick=False)
def test_readings_of_another_round_are_not_signed(world: World, round_: LogCheckRound) -> None:
    hit = hit_of(round_, world.main)
    other = log_checks.open_round(world.other_unit, month=FIRST, at=AFTER)
    assert (
        as_(world.other_head)
        .post(reverse("log_check_justify", args=[other.pk]), {"readings": [hit.pk]})
        .status_code
        == 422
    )
    with pytest.raises(Missing):
        log_checks.justify(other.pk, [hit], by=world.other_head, at=AFTER)
    with pytest.raises(Missing):
        log_checks.justify(round_.pk, [hit], by=world.other_head, at=AFTER)


@time_machine.travel(AFTER, tick=False)
def test_who_may_open_the_pages(world: World, round_: LogCheckRound) -> None:
    hit = hit_of(round_, world.worker2)
    urls = {
        "list": reverse("log_check_list"),
        "round": reverse("log_check", args=[round_.pk]),
        "hit": reverse("log_check_hit", args=[round_.pk, hit.pk]),
    }
    found = {
        name: {what for what, url in urls.items() if as_(user).get(url).status_code == 200}
        for name, user in world.people.items()
    }
    assert {name: what for name, what in found.items() if what} == {
        "head": {"list", "round", "hit"},
        "other_head": {"list"},
    }


@time_machine.travel(AFTER, tick=False)
def test_a_round_costs_the_same_with_one_reading_and_with_thirty(
    world: World, round_: LogCheckRound
) -> None:
    client, url = as_(world.head), reverse("log_check", args=[round_.pk])
    round_.hits.exclude(actor=world.worker2).delete()

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    before = cost()
    hit = hit_of(round_, world.worker2)
    for number in range(30):
        hit.pk, hit.day = None, FIRST + timedelta(days=number)
        hit.child = world.investigation("2026-03-02").child if number < 5 else hit.child
        if hit.day != date(2026, 3, 3):
            hit.save(force_insert=True)
    assert cost() == before


@time_machine.travel(AFTER, tick=False)
def test_what_a_check_shows_is_logged_and_not_checked_again(
    world: World, round_: LogCheckRound, case: Investigation
) -> None:
    as_(world.head).get(reverse("log_check", args=[round_.pk]))
    entry = TrailEntry.objects.get(action="log_check.read")
    assert entry.children == [case.child_id]


# The nightly verification


@time_machine.travel("2026-03-04 02:10+00:00", tick=False)
def test_a_broken_trail_is_told_to_those_who_run_the_system(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from core import seals

    settings.TRAIL_HEADS_TO = ["dso@example.test"]
    fault = seals.Fault(date(2026, 3, 3), "entry 7 is not as it was written")
    monkeypatch.setattr(seals, "verify", lambda **days: iter([fault]))
    tasks.verify_trail()
    tasks.verify_trail()
    assert Notice.objects.get(kind="trail_broken").recipient == world.sysadmin
    assert "entry 7 is not as it was written" in caplog.text
    assert "2026-03-03: entry 7" in mail.outbox[0].body


def test_a_whole_trail_is_told_to_nobody_but_its_head_is_kept_outside(
    world: World, settings: Any
) -> None:
    settings.TRAIL_HEADS_TO = ["dso@example.test"]
    tasks.verify_trail()
    assert not Notice.objects.filter(kind="trail_broken").exists()
    [sent] = mail.outbox
    assert sent.subject.startswith("Jämvikt: head of the trail")
