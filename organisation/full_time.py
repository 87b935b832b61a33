"""How much of full time somebody is employed, day by day. Pure.

Employments may stand beside each other as long as they are no more than full time together: two
halves, or a temporary post while one is on leave from one's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FULL_TIME = 100
"""Per cent."""


@dataclass(frozen=True, slots=True)
class HoursSpan:
    """Days with the same hours in one employment; an open end is `date.max`. On leave is 0 %."""

    from_on: date
    until_on: date
    percent: int


Terms = tuple[date, int, bool]
"""From which day, hours in per cent, on leave."""


def parts(terms: Iterable[Terms], *, until_on: date | None) -> list[HoursSpan]:
    """An employment's parts from the terms it began with and those that came later."""
    ordered = sorted(terms)
    last = until_on or date.max
    found = []
    for number, (first, percent, on_leave) in enumerate(ordered):
        later = ordered[number + 1 :]
        end = min(last, later[0][0] - timedelta(days=1)) if later else last
        if first <= end:
            found.append(HoursSpan(first, end, 0 if on_leave else percent))
    return found


def percent_on(day: date, found: Iterable[HoursSpan]) -> int:
    """Per cent of full time that day."""
    return sum(one.percent for one in found if one.from_on <= day <= one.until_on)


def first_day_over(
    mine: Sequence[HoursSpan], others: Sequence[HoursSpan], *, before: Sequence[HoursSpan] = ()
) -> tuple[date, int] | None:
    """The first day on which `mine` and `others` are more than full time, and how much.

    `before` is what `mine` was: a day on which it is no more than it was is not its fault.
    """
    changes = {one.from_on for one in (*mine, *others)}
    changes |= {one.until_on + timedelta(days=1) for one in before if one.until_on < date.max}
    for day in sorted(changes):
        own = percent_on(day, mine)
        together = own + percent_on(day, others)
        if own > percent_on(day, before) and together > FULL_TIME:
            return day, together
    return None
