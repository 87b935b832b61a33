"""Aggregates for those above the unit head: no persons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, DurationField, ExpressionWrapper, F

from cases.enums import DeadlineKind
from cases.models import Deadline, Investigation
from cases.statistics.investigations import Duration, Median, duration_of
from cases.statistics.scopes import Scope
from cases.statistics.small_numbers import SMALLEST, suppressed, suppressed_share, suppressed_total
from cases.statistics.trends import WeekFigures, met_by_week, trend_of
from cases.statistics.week import weeks
from organisation.models import OrgUnit


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit's figures for those above its head; None where a number is too small to show."""

    unit_id: int
    name: str
    open: int | None
    overdue: int | None
    decided_in_time: int | None
    assessed_in_time: int | None
    median_days: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """All units together and one by one, suppressed; `trend` is of all of them together."""

    trend: tuple[WeekFigures, ...]
    units: tuple[UnitFigures, ...]
    open: int | None
    overdue: int | None
    decided_in_time: int | None
    assessed_in_time: int | None
    median_days: int | None


def overview(units: Sequence[OrgUnit], *, on: date) -> Overview:
    """The figures of the units on the day, small numbers suppressed. Seven queries.

    Shares are per cent of those met in the last twelve weeks. `trend` is not suppressed: show it
    by `suppressed_trend`.
    """
    ids = [unit.pk for unit in units]
    span = weeks(on)
    start = span[0].start
    opened = dict(
        Investigation.objects.open()
        .filter(unit_id__in=ids)
        .order_by()
        .values_list("unit_id")
        .annotate(number=Count("pk"))
    )
    overdue = dict(
        Deadline.objects.overdue(on=on)
        .filter(unit_id__in=ids)
        .order_by()
        .values_list("unit_id")
        .annotate(number=Count("pk"))
    )
    scope = Scope(unit_ids=frozenset(ids))
    met = met_by_week(scope, span)
    ended = Investigation.objects.filter(
        unit_id__in=ids, concluded_on__gte=start, concluded_on__lte=on
    ).order_by()
    took = ExpressionWrapper(F("concluded_on") - F("opened_on"), output_field=DurationField())
    medians = {
        unit: duration_of(number, median)
        for unit, number, median in ended.values_list("unit_id").annotate(
            number=Count("pk"), median=Median(took)
        )
    }
    total_median = ended.aggregate(number=Count("pk"), median=Median(took))

    opens = [opened.get(pk, 0) for pk in ids]
    lates = [overdue.get(pk, 0) for pk in ids]
    shown_open, shown_overdue = suppressed(opens), suppressed(lates)

    def share(kind: str, of: Iterable[int]) -> int | None:
        wanted = set(of)
        parts = [one for (unit, _w, k), one in met.items() if k == kind and unit in wanted]
        in_time = sum(part.in_time for part in parts)
        return suppressed_share(in_time, in_time + sum(part.late for part in parts))

    def median(one: Duration) -> int | None:
        enough = one.concluded >= SMALLEST and one.days is not None
        return round(one.days) if enough and one.days is not None else None

    return Overview(
        trend=tuple(trend_of(scope, span, met)),
        units=tuple(
            UnitFigures(
                unit_id=unit.pk,
                name=unit.name,
                open=shown_open[index],
                overdue=shown_overdue[index],
                decided_in_time=share(DeadlineKind.OPENING_DECISION, [unit.pk]),
                assessed_in_time=share(DeadlineKind.PROTECTION_ASSESSMENT, [unit.pk]),
                median_days=median(medians.get(unit.pk, Duration())),
            )
            for index, unit in enumerate(units)
        ),
        open=suppressed_total(opens),
        overdue=suppressed_total(lates),
        decided_in_time=share(DeadlineKind.OPENING_DECISION, ids),
        assessed_in_time=share(DeadlineKind.PROTECTION_ASSESSMENT, ids),
        median_days=median(duration_of(total_median["number"], total_median["median"])),
    )
