"""Changing the pair the same day, planning a change and cancelling it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cases.enums import InvestigationStatus
from cases.investigations import services
from cases.investigations.models import Investigation
from cases.matters.models import MatterWorker
from core.errors import Conflict, Forbidden, Invalid
from organisation.acting import access
from tests.factories import World, moment

TODAY = "2026-03-02"


def assign(world: World, pk: int, main: Any, co: Any, on: str, at: str, reason: str = "") -> None:
    services.assign_handlers(
        pk,
        main=main,
        co=co,
        from_on=date.fromisoformat(on),
        reason=reason,
        by=world.leader,
        at=moment(at),
    )


def at_work(pk: int, on: str) -> set[tuple[str, str]]:
    """Who has which part that day."""
    rows = MatterWorker.objects.active(date.fromisoformat(on)).filter(matter=pk)
    return set(rows.values_list("part", "user__username"))


def reads(user: Any, pk: int, at: str) -> bool:
    return Investigation.objects.visible_to(access(user, moment(at))).filter(pk=pk).exists()


@pytest.fixture
def case(world: World) -> int:
    return world.investigation(TODAY).pk


def test_the_wrong_worker_is_changed_a_minute_later_and_reads_no_more(
    world: World, case: int
) -> None:
    assert reads(world.main, case, f"{TODAY} 12:01")
    with pytest.raises(Invalid) as refused:
        assign(world, case, world.third, world.co, TODAY, f"{TODAY} 12:02")
    assert list(refused.value.fields) == ["reason"]
    assign(world, case, world.third, world.co, TODAY, f"{TODAY} 12:02", "Fel handläggare.")
    assert at_work(case, TODAY) == {("main", "third"), ("co", "co")}
    assert not reads(world.main, case, f"{TODAY} 12:03")
    assert reads(world.third, case, f"{TODAY} 12:03")
    assign(world, case, world.main, world.co, "2026-03-03", f"{TODAY} 12:10", "Åter.")
    assert at_work(case, TODAY) == {("main", "third"), ("co", "co")}
    assert at_work(case, "2026-03-03") == {("main", "main"), ("co", "co")}
    assert not reads(world.main, case, f"{TODAY} 12:11")
    assert reads(world.main, case, "2026-03-03 08:00")
    assert not reads(world.third, case, "2026-03-03 08:00")


def test_the_whole_pair_changes_the_same_day(world: World, case: int) -> None:
    assign(world, case, world.co, world.third, TODAY, f"{TODAY} 12:02", "Fel par.")
    assert at_work(case, TODAY) == {("main", "co"), ("co", "third")}


def test_a_change_from_today_leaves_nobody_beside_a_planned_one(world: World, case: int) -> None:
    assign(world, case, world.third, world.co, "2026-03-16", "2026-03-04", "Byte.")
    assert at_work(case, "2026-03-04") == {("main", "main"), ("co", "co")}
    assign(world, case, world.co, world.third, "2026-03-05", "2026-03-05", "Nytt byte.")
    for day in ("2026-03-05", "2026-03-16", "2026-04-01"):
        assert at_work(case, day) == {("main", "co"), ("co", "third")}, day
    assert at_work(case, "2026-03-04") == {("main", "main"), ("co", "co")}
    assert not reads(world.main, case, "2026-03-05")


def test_a_planned_change_is_cancelled_and_those_who_have_it_keep_it(
    world: World, case: int
) -> None:
    assign(world, case, world.third, world.co, "2026-03-16", "2026-03-04", "Byte.")
    with pytest.raises(Forbidden):
        services.cancel_planned(case, reason="x", by=world.main, at=moment("2026-03-05"))
    with pytest.raises(Invalid):
        services.cancel_planned(case, reason=" ", by=world.leader, at=moment("2026-03-05"))
    services.cancel_planned(case, reason="Ändrat.", by=world.leader, at=moment("2026-03-05"))
    for day in ("2026-03-05", "2026-03-16", "2026-06-01"):
        assert at_work(case, day) == {("main", "main"), ("co", "co")}, day
    with pytest.raises(Conflict):
        services.cancel_planned(case, reason="Igen.", by=world.leader, at=moment("2026-03-05"))


def test_a_first_pair_that_was_planned_is_taken_back(world: World) -> None:
    pk = world.investigation(TODAY, allocated=False).pk
    assign(world, pk, world.main, world.co, "2026-03-09", TODAY)
    services.cancel_planned(pk, reason="Ändrat.", by=world.leader, at=moment(TODAY))
    assert at_work(pk, "2026-03-09") == set()
    assert Investigation.objects.get(pk=pk).status == InvestigationStatus.WAITING
