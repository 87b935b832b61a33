"""Whom an unmet duty is told to, and when."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.enums import DeadlineStatus
from cases.law.deadlines import status
from cases.law.ladder import LadderStep, Recipients, rungs_reached
from core.calendar import working_days_before

MONDAY = date(2026, 3, 16)
days = st.dates(min_value=date(2002, 1, 1), max_value=date(2060, 12, 31))
offsets = st.integers(min_value=-40, max_value=400).map(lambda n: timedelta(days=n))


def test_rungs_reached_before_the_warning_are_none() -> None:
    assert rungs_reached(MONDAY, date(2026, 3, 10)) == []


@pytest.mark.parametrize(
    ("on", "codes"),
    [
        (date(2026, 3, 11), ["before"]),
        (date(2026, 3, 15), ["before"]),
        (date(2026, 3, 16), ["before", "due"]),
        (date(2026, 3, 17), ["before", "due", "after"]),
        (date(2026, 3, 23), ["before", "due", "after"]),
        (date(2026, 3, 24), ["before", "due", "after", "weekly-1"]),
        (date(2026, 3, 31), ["before", "due", "after", "weekly-1", "weekly-2"]),
    ],
)
def test_rungs_reached_as_days_pass(on: date, codes: list[str]) -> None:
    assert [rung.code for rung in rungs_reached(MONDAY, on)] == codes


def test_rungs_reached_have_their_day_and_audience() -> None:
    assert rungs_reached(MONDAY, date(2026, 3, 24)) == [
        LadderStep("before", date(2026, 3, 11), (Recipients.HANDLERS,)),
        LadderStep("due", date(2026, 3, 16), (Recipients.HANDLERS, Recipients.GROUP_LEADER)),
        LadderStep("after", date(2026, 3, 17), (Recipients.GROUP_LEADER, Recipients.UNIT_HEAD)),
        LadderStep("weekly-1", date(2026, 3, 24), (Recipients.GROUP_LEADER, Recipients.UNIT_HEAD)),
    ]


def test_rungs_reached_over_easter_warn_three_working_days_before() -> None:
    warning = rungs_reached(date(2026, 4, 7), date(2026, 4, 7))[0]
    assert warning.on == date(2026, 3, 31)


@given(days, offsets, offsets)
def test_rungs_reached_never_repeat_and_only_grow(
    due_on: date, one: timedelta, other: timedelta
) -> None:
    earlier, later = (rungs_reached(due_on, due_on + offset) for offset in sorted((one, other)))
    assert later[: len(earlier)] == earlier
    assert len({rung.code for rung in later}) == len(later)
    assert all(before.on < after.on for before, after in pairwise(later))


@given(days, offsets)
def test_rungs_reached_are_never_in_the_future(due_on: date, offset: timedelta) -> None:
    on = due_on + offset
    reached = rungs_reached(due_on, on)
    assert all(rung.on <= on for rung in reached)
    assert bool(reached) == (on >= working_days_before(due_on, 3))


@given(days, offsets)
def test_rungs_reached_tell_the_unit_head_only_when_overdue(
    due_on: date, offset: timedelta
) -> None:
    on = due_on + offset
    told = {audience for rung in rungs_reached(due_on, on) for audience in rung.audience}
    overdue = status(due_on=due_on, on=on) == DeadlineStatus.OVERDUE
    assert (Recipients.UNIT_HEAD in told) == overdue
