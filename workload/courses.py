"""Points and own experience since the start: a worker's, or a group's, round by round.

For those who read the measurements by name; what others see is in `workload.published`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Avg, F, Q, QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.charts import Chart, ChartMark, Series, line_chart
from workload.models import MarkedEvent, Measurement
from workload.scales import Strain


@dataclass(frozen=True, slots=True)
class Point:
    """One round: capacity used in per cent, and the mean of the own experience."""

    period: date
    percent: int | None
    experience: float | None


def by_group(rows: QuerySet[Measurement]) -> dict[int, list[Point]]:
    """The course of each group in `rows`, the earliest first. One query."""
    able = Q(available_tenths__gt=0)
    found: dict[int, list[Point]] = defaultdict(list)
    for group, period, used, available, experience in (
        rows.filter(frozen_at__isnull=False)
        .values("group_id", "round__period")
        .annotate(
            used=Sum("tenths", filter=able),
            room=Sum("available_tenths", filter=able),
            felt=Avg("experience"),
        )
        .order_by("round__period")
        .values_list("group_id", "round__period", "used", "room", "felt")
    ):
        found[group].append(_point(period, used, available, experience))
    return found


def of_worker(user_id: int) -> list[Point]:
    """One's own course, the earliest round first. One query."""
    rows = (
        Measurement.objects.filter(user_id=user_id, frozen_at__isnull=False)
        .annotate(period=F("round__period"))
        .order_by("period")
        .values_list("period", "tenths", "available_tenths", "experience")
    )
    return [_point(*row) for row in rows]


def _point(period: date, used: Any, available: Any, experience: Any) -> Point:
    return Point(
        period=period,
        percent=round(100 * (used or 0) / available) if available else None,
        experience=None if experience is None else round(float(experience), 1),
    )


def charts(
    name: str, course: Sequence[Point], events: Iterable[MarkedEvent] = ()
) -> tuple[Chart, Chart]:
    """The points and the own experience of `name`, with what is marked."""
    labels = [date_format(point.period, "M y") for point in course]
    marks = _marks(course, events)
    return (
        line_chart(
            _("%(name)s: points") % {"name": name},
            labels,
            [Series(_("Capacity used"), [point.percent for point in course])],
            unit=_("% of available points"),
            marks=marks,
        ),
        line_chart(
            _("%(name)s: own experience") % {"name": name},
            labels,
            [Series(_("Own experience"), [point.experience for point in course], tone="second")],
            unit=_("1 light, 5 too heavy"),
            marks=marks,
            scale=(Strain.LIGHT, Strain.TOO_HEAVY),
        ),
    )


def _marks(course: Sequence[Point], events: Iterable[MarkedEvent]) -> list[ChartMark]:
    """Each event at the last round that had begun when it did; none before the first."""
    words: dict[int, list[str]] = defaultdict(list)
    for event in events:
        begun = [i for i, point in enumerate(course) if point.period <= event.from_on]
        if begun:
            words[begun[-1]].append(event.text)
    return [ChartMark(index, ", ".join(texts)) for index, texts in sorted(words.items())]
