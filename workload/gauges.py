"""A use of working time as a bar and in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext

from workload import points


def percent_text(value: int | None, *, away: bool = False) -> str:
    """A use in words: without available time it is unavailable, and of one away none is 0 %."""
    if away and not value:
        return pgettext("capacity", "away")
    return pgettext("capacity", "unavailable") if value is None else f"{value} %"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A use as a bar of 48 units that ends at 150 %, and in words."""

    width: str
    tone: str
    text: str


def gauge(value: int | None, *, away: bool = False) -> Gauge:
    """Calm up to 100 %, over it soon, over 110 % late: as the meter of the design."""
    used = value or 0
    tone = "late" if used > points.OVERLOAD_PERCENT else "soon" if used > 100 else "ok"
    return Gauge(f"{min(used, 150) * 0.32:.1f}", tone, percent_text(value, away=away))
