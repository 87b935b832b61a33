"""Warnings: raised when the state is there, told once, over when it is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import HandlerAssignment, Notice
from organisation.models import Employment
from tests.factories import World, moment
from tests.factories.workload import use_example
from workload.models import CaseFactor, LoadWarning, Reduction
from workload.services import facts, warnings

DAY = date(2026, 4, 6)

pytestmark = pytest.mark.django_db


def warn(day: date = DAY) -> set[tuple[str, str]]:
    warnings.warn(on=day, at=moment(day.isoformat()))
    return {
        (row.kind, str(row.user or row.investigation))
        for row in LoadWarning.objects.filter(ended_on__isnull=True)
    }


def burden(world: World, since: str) -> None:
    """A reduction that makes one case too much for `main`, from that day."""
    Reduction.objects.create(
        user=world.main,
        reason="other",
        percent=99,
        from_on=date.fromisoformat(since),
        until_on=DAY + timedelta(days=3),
        decided_at=moment(since),
    )


def test_over_110_percent_for_four_weeks_is_told_once_and_then_over(world: World) -> None:
    use_example(world)
    world.investigation("2026-03-02")
    burden(world, "2026-03-16")
    assert warn() == {("overload", "Main Test")}
    assert warn() == warn(DAY + timedelta(days=1)) == {("overload", "Main Test")}
    notices = Notice.objects.filter(topic="workload.warning")
    assert [one.recipient for one in notices] == [world.leader]
    assert warn(DAY + timedelta(days=4)) == set()
    assert LoadWarning.objects.get().ended_on == DAY + timedelta(days=4)


def test_three_weeks_are_not_four(world: World) -> None:
    use_example(world)
    world.investigation("2026-03-02")
    burden(world, "2026-03-17")
    assert warn() == set()
    assert warn(DAY + timedelta(days=1)) == {("overload", "Main Test")}


def test_a_new_worker_is_warned_of_above_the_lower_ceiling(world: World) -> None:
    use_example(world)
    world.investigation("2026-03-30")
    Employment.objects.filter(user=world.main).update(experience="new", hours_percent=4)
    # 3.6 points available and 4.2 carried; for another the ceiling is 110 %, for the new 90 %.
    assert warn() == {("new_ceiling", "Main Test")}


def test_a_case_with_one_handler_is_told_to_the_leader_of_its_group(
    world: World, client: Client
) -> None:
    use_example(world)
    case = world.investigation("2026-03-02")
    waiting = world.investigation("2026-03-02", allocated=False)
    assert warn() == set()
    HandlerAssignment.objects.filter(user=world.co).update(
        until_on=DAY - timedelta(days=1), end_reason="Slutat"
    )
    assert warn() == {("one_handler", case.number)}
    assert waiting.number != case.number
    client.force_login(world.leader)
    text = client.get(reverse("workload_warnings")).content.decode()
    assert case.number in text
    client.force_login(world.leader2)
    assert case.number not in client.get(reverse("workload_warnings")).content.decode()
    client.force_login(world.main)
    assert client.get(reverse("workload_warnings")).status_code == 403


def test_an_interpreter_is_noted_once_with_its_day_and_never_over_a_judgement(
    world: World,
) -> None:
    use_example(world)
    case = world.investigation("2026-03-02")

    def note(day: str) -> list[tuple[str, str]]:
        facts.note_from_records(on=date.fromisoformat(day), at=moment(day))
        return [
            (row.level_code, row.from_on.isoformat()) for row in CaseFactor.objects.order_by("pk")
        ]

    assert note("2026-03-03") == note("2026-03-04") == [("none", "2026-03-03")]
    case.child.interpreter_language = "persiska"
    case.child.save()
    assert note("2026-03-05") == [("none", "2026-03-03"), ("needed", "2026-03-05")]
    facts.judge(case.pk, levels={"interpreter": "none"}, by=world.main, at=moment("2026-03-06"))
    assert len(note("2026-03-07")) == 3
