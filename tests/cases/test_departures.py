"""Nothing without an owner: what happens to matters when their worker leaves."""

from datetime import date
from typing import Any

import pytest

from cases.access.departures import release_departed
from cases.enums import InvestigationStatus, NoticeKind, PartEnd
from cases.interventions import services as interventions
from cases.interventions.models import Intervention
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.journal.timeline import events_for_child
from cases.matters import workers
from cases.matters.models import MatterWorker
from cases.notices.models import Notice
from cases.reports import services as reports
from cases.reports.models import Report
from core.models import TrailEntry
from organisation.models import RoleAssignment
from organisation.permissions import access_for
from tests.factories import LEFT, World, moment

APRIL = date(2026, 4, 1)
THE_LAST = date(2026, 3, 31)


def leave(world: World, name: str, last_day: date) -> None:
    RoleAssignment.objects.filter(user=world.people[name]).update(until_on=last_day)


def told_that_nobody_has(record: Any) -> set[str]:
    rows = Notice.objects.filter(kind=NoticeKind.UNASSIGNED, matter=record.pk)
    return set(rows.values_list("recipient__username", flat=True))


def granted(world: World, investigation: Investigation) -> Intervention:
    return interventions.grant(
        investigation.pk,
        kind="family_treatment",
        goal="Trygghet.",
        decided_on=date(2026, 3, 10),
        started_on=date(2026, 3, 10),
        responsible=world.third,
        by=world.leader,
        at=moment("2026-03-10"),
    )


def test_an_investigation_whose_pair_left_waits_for_handlers_again(world: World) -> None:
    investigation = world.investigation("2026-03-02")
    leave(world, "main", date(2026, 3, 31))
    leave(world, "co", date(2026, 3, 31))

    still_there = release_departed(on=date(2026, 3, 31), at=moment("2026-03-31"))
    released = release_departed(on=date(2026, 4, 1), at=moment("2026-04-01"))
    again = release_departed(on=date(2026, 4, 1), at=moment("2026-04-01"))

    assert (still_there, released, again) == (0, 2, 0)
    investigation.refresh_from_db()
    assert investigation.status == InvestigationStatus.WAITING
    assert {row.until_on for row in investigation.matter.workers.all()} == {date(2026, 3, 31)}
    assert "leader" in told_that_nobody_has(investigation)


def test_an_investigation_keeps_the_one_who_stays(world: World) -> None:
    investigation = world.investigation("2026-03-02")
    leave(world, "main", date(2026, 3, 31))
    release_departed(on=date(2026, 4, 1), at=moment("2026-04-01"))
    investigation.refresh_from_db()
    assert investigation.status == InvestigationStatus.ONGOING
    assert [row.user for row in investigation.matter.workers.current()] == [world.co]


def test_a_closed_account_counts_as_having_left(world: World) -> None:
    report = world.report("2026-03-02")
    having = Report.objects.with_workers(on=date(2026, 3, 3))
    assert having.get(pk=report.pk).handler == world.reception
    world.reception.is_active = False
    world.reception.save()
    assert release_departed(on=date(2026, 3, 3), at=moment("2026-03-03")) == 1
    assert having.get(pk=report.pk).handler is None
    assert "reception_leader" in told_that_nobody_has(report)


def test_an_intervention_goes_to_the_leader_of_its_group(world: World) -> None:
    intervention = granted(world, world.investigation("2026-03-02"))
    leave(world, "third", THE_LAST)

    assert release_departed(on=APRIL, at=moment("2026-04-01 02:00")) == 1
    assert release_departed(on=APRIL, at=moment("2026-04-01 03:00")) == 0

    parts = intervention.matter.workers.order_by("pk")
    assert [(row.user, row.part, row.from_on, row.until_on, row.end_reason) for row in parts] == [
        (world.third, "responsible", date(2026, 3, 10), THE_LAST, PartEnd.LEFT_THE_UNIT),
        (world.leader, "responsible", APRIL, None, ""),
    ]
    assert told_that_nobody_has(intervention) == {"leader"}
    act = TrailEntry.objects.get(action="intervention.handler_left")
    assert (act.targets, act.children) == ([intervention.pk], [intervention.child_id])
    assert act.actor is None
    assert act.details["handler"] == world.third.pk
    reached = {
        name: Intervention.objects.visible_to(access_for(world.people[name], on=APRIL)).exists()
        for name in ("third", "leader", "main")
    }
    assert reached == {"third": False, "leader": True, "main": True}


def test_an_intervention_of_a_group_without_a_leader_goes_to_the_head(world: World) -> None:
    intervention = granted(world, world.investigation("2026-03-02"))
    leave(world, "leader", THE_LAST)
    leave(world, "third", THE_LAST)
    assert release_departed(on=APRIL, at=moment("2026-04-01 02:00")) == 1
    assert release_departed(on=APRIL, at=moment("2026-04-01 03:00")) == 0
    (now,) = intervention.matter.workers.current()
    assert (now.user, now.from_on, now.assigned_by) == (world.head, APRIL, None)


def test_what_is_closed_stays_with_whoever_had_it(world: World) -> None:
    investigation = world.investigation("2026-03-02")
    intervention = granted(world, investigation)
    interventions.end(
        intervention.pk,
        ended_on=date(2026, 3, 20),
        reason="Målet är nått.",
        by=world.leader,
        at=moment("2026-03-20"),
    )
    world.hand_in(investigation, moment("2026-03-20"))
    investigations.conclude(
        investigation.pk,
        concluded_on=date(2026, 3, 20),
        outcome="no_intervention",
        rationale="Klart.",
        read_by_leader=True,
        left_open=LEFT,
        by=world.leader,
        at=moment("2026-03-20"),
    )
    for name in ("reception", "main", "co", "third"):
        leave(world, name, THE_LAST)
    assert release_departed(on=APRIL, at=moment("2026-04-01")) == 0
    assert not MatterWorker.objects.exclude(until_on=None).exists()


def test_a_part_to_come_is_not_ended_before_it_has_begun(world: World) -> None:
    investigation = world.investigation("2026-03-02", allocated=False)
    investigations.assign_handlers(
        investigation.pk,
        main=world.main,
        co=world.co,
        from_on=APRIL,
        by=world.leader,
        at=moment("2026-03-20"),
    )
    leave(world, "main", THE_LAST)
    assert release_departed(on=THE_LAST, at=moment("2026-03-31")) == 0
    assert release_departed(on=APRIL, at=moment("2026-04-01")) == 1
    assert [row.user for row in investigation.matter.workers.current()] == [world.co]


def test_a_part_given_and_taken_the_same_day_counts_for_none(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    day = date(2026, 3, 2)
    world.people["second"] = world.other_reception
    RoleAssignment.objects.create(
        user=world.second, role="reception", node=world.groups["mottagning"], from_on=day
    )
    reports.assign_reception_worker(
        report.pk, handler=world.second, by=world.reception, at=moment("2026-03-02 10:00")
    )
    first, second = report.matter.workers.order_by("pk")
    assert (first.user, first.from_on, first.until_on) == (world.reception, day, date(2026, 3, 1))
    assert (second.user, second.from_on, second.until_on) == (world.second, day, None)
    assert [row.user for row in report.matter.workers.active(day)] == [world.second]
    assert Report.objects.with_workers(on=day).get(pk=report.pk).handler == world.second


@pytest.mark.parametrize("on", ["2026-03-02", "2026-03-01"])
def test_ending_a_part_on_or_before_its_first_day_leaves_it_no_day(world: World, on: str) -> None:
    investigation = world.investigation("2026-03-02")
    part = investigation.matter.workers.get(part="main")
    workers.end(part, on=date.fromisoformat(on), reason="Fel person.")
    part.refresh_from_db()
    assert (part.until_on, part.end_reason) == (date(2026, 3, 1), "Fel person.")
    for day in (date(2026, 3, 1), date(2026, 3, 2)):
        assert not investigation.matter.workers.active(day).filter(part="main").exists()


def test_a_part_without_a_day_is_told_on_the_day_it_was_given(world: World) -> None:
    investigation = world.investigation("2026-03-02")
    part = investigation.matter.workers.get(part="main")
    workers.end(part, on=part.from_on, reason="Fel person.")
    access = access_for(world.leader, on=date(2026, 3, 3))
    events = events_for_child(investigation.child, access)
    left = [event for event in events if event.code == "handler_left"]
    assert [(event.datetime, event.text) for event in left] == [("2026-03-02", "Fel person.")]
