"""Investigations by state, and how long they took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q

from cases.enums import InvestigationStatus
from cases.models import Investigation, Report
from cases.statistics.scopes import Scope
from cases.statistics.week import WEEKS, weeks


@dataclass(frozen=True, slots=True)
class Standing:
    """Open investigations by state, and reports without a worker."""

    open: int = 0
    waiting: int = 0
    to_read: int = 0
    unassigned_reports: int = 0


def standing(scope: Scope) -> Mapping[int, Standing]:
    """Open investigations by state and undecided reports that nobody handles, by group.

    Two queries.
    """
    opened = (
        Investigation.objects.open()
        .filter(scope.of())
        .order_by()
        .values_list("group_id")
        .annotate(
            number=Count("pk"),
            waiting=Count("pk", filter=Q(status=InvestigationStatus.WAITING)),
            to_read=Count("pk", filter=Q(status=InvestigationStatus.TO_READ)),
        )
    )
    nobodys = dict(
        Report.objects.undecided()
        .filter(scope.of(), handler=None)
        .order_by()
        .values_list("group_id")
        .annotate(number=Count("pk"))
    )
    found = {
        group: Standing(total, waiting, to_read, nobodys.pop(group, 0))
        for group, total, waiting, to_read in opened
    }
    found.update({group: Standing(unassigned_reports=count) for group, count in nobodys.items()})
    return found


def standing_total(by_group: Mapping[int, Standing]) -> Standing:
    return Standing(
        sum(one.open for one in by_group.values()),
        sum(one.waiting for one in by_group.values()),
        sum(one.to_read for one in by_group.values()),
        sum(one.unassigned_reports for one in by_group.values()),
    )


class Median(Aggregate):
    """The middle value; the mean of the two in the middle of an even number."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    allow_distinct = False


@dataclass(frozen=True, slots=True)
class Duration:
    """Code investigations.median_days: how many were concluded, and the median days."""

    concluded: int = 0
    days: float | None = None


@dataclass(frozen=True, slots=True)
class Durations:
    total: Duration
    by_group: Mapping[int, Duration]


def durations(scope: Scope, *, on: date, count: int = WEEKS) -> Durations:
    """Median days of the investigations concluded in the last weeks. Two queries."""
    ended = Investigation.objects.filter(
        scope.of(), concluded_on__gte=weeks(on, count)[0].start, concluded_on__lte=on
    ).order_by()
    took = ExpressionWrapper(F("concluded_on") - F("opened_on"), output_field=DurationField())
    total = ended.aggregate(number=Count("pk"), median=Median(took))
    by_group = ended.values_list("group_id").annotate(number=Count("pk"), median=Median(took))
    return Durations(
        duration_of(total["number"], total["median"]),
        {group: duration_of(number, median) for group, number, median in by_group},
    )


def duration_of(number: int, median: timedelta | None) -> Duration:
    return Duration(number, None if median is None else median / timedelta(days=1))
