"""The forecast: what is known gives what is expected, and the error is told."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workload.forecast import Endings, InvestigationSpan, back_test, forecast, inflow

ON = date(2026, 3, 18)


def history(
    seed: int = 1, *, days: int = 900, mean: int = 100, a_week: float = 5
) -> list[InvestigationSpan]:
    """A group's investigations: so many a week, each ending after some `mean` days."""
    chance = Random(seed)
    spans = []
    for ago in range(days, 0, -1):
        opened = ON - timedelta(days=ago)
        for _ in range(3):
            if chance.random() < a_week / 21:
                ended = opened + timedelta(days=round(chance.triangular(20, 2 * mean - 20, mean)))
                spans.append(InvestigationSpan(opened, ended if ended <= ON else None, tenths=100))
    return spans


def test_chance_of_being_open_is_that_of_the_closed_ones() -> None:
    spans = [
        InvestigationSpan(ON - timedelta(days=400), ON - timedelta(days=400 - age))
        for age in (50, 100, 150, 200)
        for _ in range(25)
    ]
    endings = Endings(spans, on=ON)
    assert endings.observed == 100
    assert endings.still_open(0, 60) == pytest.approx(0.75)
    assert endings.still_open(101, 60) == pytest.approx(0.5)


def test_open_investigations_count_for_the_days_they_were_seen() -> None:
    """Leaving them out would make every case look quick."""
    closed = [
        InvestigationSpan(ON - timedelta(days=100), ON - timedelta(days=50)) for _ in range(50)
    ]
    still = [InvestigationSpan(ON - timedelta(days=100)) for _ in range(50)]
    assert Endings(closed + still, on=ON).still_open(0, 60) == pytest.approx(0.5)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 200), st.integers(0, 200), st.floats(1.0, 2.0))
def test_chance_falls_with_time_and_with_more_hands(
    seed: int, age: int, days: int, speed: float
) -> None:
    endings = Endings(history(seed, days=300), on=ON)
    chance = endings.still_open(age, days)
    assert 0 <= endings.still_open(age, days + 7) <= chance <= 1
    assert endings.still_open(age, days, speed=speed) <= chance


def test_inflow_follows_the_season_and_this_years_pace() -> None:
    monday = date(2026, 3, 16)
    spans = []
    for week in range(1, 131):
        start = monday - timedelta(weeks=week)
        number = 6 if start.month in {4, 5} else 2
        if week <= 52:
            number *= 2
        spans += [InvestigationSpan(start)] * number
    coming, growth = inflow(spans, on=ON)
    assert growth == pytest.approx(2, abs=0.01)
    # The year before was doubled too, so the mean of the two years is what the pace multiplies.
    assert coming[6] > 2 * coming[0]


def test_expected_load_is_the_sum_of_what_is_left_and_what_comes() -> None:
    spans = history()
    found = forecast(spans, spans, on=ON, new_tenths=100)
    assert [one.monday for one in found.weeks] == [
        date(2026, 3, 16) + timedelta(weeks=week) for week in range(12)
    ]
    for week in found.weeks:
        assert week.cases_low < week.cases < week.cases_high
        assert week.tenths == pytest.approx(100 * week.cases)
    # As much comes as goes in a group at rest: about five a week for a hundred days.
    assert found.weeks[-1].cases == pytest.approx(5 / 7 * 100, rel=0.15)


def test_one_more_worker_means_fewer_open_and_fewer_past_four_months() -> None:
    spans = history()
    as_now = forecast(spans, spans, on=ON)
    faster = forecast(spans, spans, on=ON, speed=9 / 8)
    assert as_now.passing > 1
    assert faster.passing < as_now.passing
    assert faster.weeks[-1].cases < as_now.weeks[-1].cases


def test_passing_counts_those_whose_last_day_falls_within_the_weeks() -> None:
    never = [InvestigationSpan(ON - timedelta(days=600), None) for _ in range(12)]
    old = InvestigationSpan(date(2025, 10, 1))
    soon = InvestigationSpan(date(2025, 12, 1))
    extended = InvestigationSpan(date(2025, 12, 1), due_on=date(2026, 9, 1))
    found = forecast([old, soon, extended], never, on=ON)
    assert found.past == 1
    assert found.passing == pytest.approx(1)


def test_back_test_uses_nothing_that_was_not_known_then() -> None:
    spans = history()
    tested = back_test(spans, spans, on=ON)
    later = [
        InvestigationSpan(one.opened_on, one.concluded_on)
        for one in spans
        if one.opened_on < ON - timedelta(weeks=30)
    ]
    assert {miss.weeks for miss in tested.misses} == {4, 8, 12}
    assert all(miss.number == 10 for miss in tested.misses)
    assert all(0 < miss.share < 0.25 for miss in tested.misses)
    assert all(miss.inside >= 0.5 for miss in tested.misses)
    # A group that stops getting anything new is foretold too high: the error shows it.
    stopped = back_test(later, later, on=ON)
    assert stopped.misses[-1].share > tested.misses[-1].share
    assert stopped.spread > tested.spread


def test_group_without_history_has_a_forecast_of_nothing() -> None:
    found = forecast([], [], on=ON)
    assert [week.cases for week in found.weeks] == [0.0] * 12
    assert back_test([], [], on=ON).misses == ()
