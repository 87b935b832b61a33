"""The weeks of a trend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.calendar import week_start

WEEKS = 12
"""Weeks in a trend, the present one last."""


@dataclass(frozen=True, slots=True)
class Week:
    """A calendar week, Monday to Sunday; `end` is the day its figures are of."""

    start: date
    end: date

    @property
    def number(self) -> int:
        return self.start.isocalendar().week


def weeks(on: date, count: int = WEEKS) -> list[Week]:
    """The last `count` weeks, oldest first; the present one ends on the day `on`."""
    monday = week_start(on)
    starts = [monday - timedelta(weeks=back) for back in reversed(range(count))]
    return [Week(start, min(start + timedelta(days=6), on)) for start in starts]
