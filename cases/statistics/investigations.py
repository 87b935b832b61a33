"""Investigations by state, and how long they took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import InvestigationStatus
from cases.investigations.models import Investigation
from cases.reports.models import Report
from cases.statistics.median import Median
from cases.statistics.scopes import Scope
from cases.statistics.sections import INVESTIGATIONS, REPORTS
from cases.statistics.week import weeks
from core.figures import Figure, Measure, Period, figures

_figure = partial(Figure, Period.NOW, INVESTIGATIONS)


@dataclass(frozen=True, slots=True)
class Standing:
    """Open investigations by state, and reports without a worker."""

    open: int = 0
    waiting: int = 0
    to_read: int = 0
    unassigned_reports: int = 0


@figures.counts(
    _figure(
        "investigations.open",
        _("Open investigations"),
        _("Investigations opened and not concluded."),
    ),
    _figure(
        "investigations.waiting",
        _("Investigations waiting for handlers"),
        _("Of the open investigations, those that nobody has been given yet."),
    ),
    _figure(
        "investigations.to_read",
        _("Documents to read"),
        _("Of the open investigations, those whose document waits for the leader's reading."),
    ),
)
def open_investigations(scope: Scope, *, by: str) -> dict[str, dict[int, int]]:
    """By the value of the column `by`, where there are any. One query."""
    rows = list(
        Investigation.objects.open()
        .filter(scope.of())
        .order_by()
        .values_list(by)
        .annotate(
            number=Count("pk"),
            waiting=Count("pk", filter=Q(status=InvestigationStatus.WAITING)),
            to_read=Count("pk", filter=Q(status=InvestigationStatus.TO_READ)),
        )
    )
    return {
        "investigations.open": {key: number for key, number, _w, _r in rows},
        "investigations.waiting": {key: waiting for key, _n, waiting, _r in rows},
        "investigations.to_read": {key: to_read for key, _n, _w, to_read in rows},
    }


@figures.counts(
    Figure(
        Period.NOW,
        REPORTS,
        "reports.unassigned",
        _("Reports without a worker"),
        _("Reports and applications not yet decided that nobody handles."),
    )
)
def unassigned_reports(scope: Scope) -> dict[str, dict[int, int]]:
    """By group, where there are any. One query."""
    rows = (
        Report.objects.undecided()
        .without_worker()
        .filter(scope.of())
        .order_by()
        .values_list("group_id")
        .annotate(number=Count("pk"))
    )
    return {"reports.unassigned": dict(rows)}


def standing(scope: Scope) -> Mapping[int, Standing]:
    """Open investigations by state and undecided reports that nobody handles, by group.

    Two queries.
    """
    opened, waiting, to_read = open_investigations(scope, by="group_id").values()
    [nobodys] = unassigned_reports(scope).values()
    return {
        group: Standing(
            opened.get(group, 0),
            waiting.get(group, 0),
            to_read.get(group, 0),
            nobodys.get(group, 0),
        )
        for group in [*opened, *(one for one in nobodys if one not in opened)]
    }


def standing_total(by_group: Mapping[int, Standing]) -> Standing:
    return Standing(
        sum(one.open for one in by_group.values()),
        sum(one.waiting for one in by_group.values()),
        sum(one.to_read for one in by_group.values()),
        sum(one.unassigned_reports for one in by_group.values()),
    )


@dataclass(frozen=True, slots=True)
class Duration:
    """How many investigations were concluded in the last weeks, and their median days."""

    concluded: int = 0
    days: float | None = None


@dataclass(frozen=True, slots=True)
class Durations:
    """All together, and by group or unit."""

    total: Duration
    parts: Mapping[int, Duration]


@figures.counts(
    Figure(
        Period.TWELVE_WEEKS,
        INVESTIGATIONS,
        "investigations.concluded_12_weeks",
        _("Investigations concluded"),
        _("Investigations whose day of conclusion falls in the last twelve weeks."),
    ),
    Figure(
        Period.TWELVE_WEEKS,
        INVESTIGATIONS,
        "investigations.median_days_12_weeks",
        _("Median days of an investigation"),
        _(
            "Days from opening to conclusion of the investigations concluded in the last "
            "twelve weeks: half took longer, half shorter."
        ),
        Measure.DAYS,
    ),
)
def concluded(scope: Scope, *, on: date, by: str) -> dict[str, dict[int | None, float | None]]:
    """By the value of the column `by`, and of all of them under None. Two queries."""
    ended = Investigation.objects.filter(
        scope.of(), concluded_on__gte=weeks(on)[0].start, concluded_on__lte=on
    ).order_by()
    took = ExpressionWrapper(F("concluded_on") - F("opened_on"), output_field=DurationField())
    number, middle = Count("pk"), Median(took)
    total = ended.aggregate(number=number, middle=middle)
    rows = [
        *ended.values_list(by).annotate(number=number, middle=middle),
        (None, total["number"], total["middle"]),
    ]
    return {
        "investigations.concluded_12_weeks": {key: count for key, count, _m in rows},
        "investigations.median_days_12_weeks": {
            key: None if median is None else median / timedelta(days=1) for key, _n, median in rows
        },
    }


def durations(scope: Scope, *, on: date, by: str = "group_id") -> Durations:
    """Median days of the investigations concluded in the last twelve weeks. Two queries."""
    number, days = concluded(scope, on=on, by=by).values()

    def of(key: int | None) -> Duration:
        return Duration(int(number[key] or 0), days[key])

    return Durations(of(None), {key: of(key) for key in number if key is not None})
