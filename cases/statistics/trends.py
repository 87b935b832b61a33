"""Week by week, as the records stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext_lazy as _

from cases.deadlines.models import Deadline
from cases.enums import OPEN_INVESTIGATION, DeadlineKind
from cases.investigations.models import Investigation, open_on
from cases.statistics.scopes import Scope
from cases.statistics.sections import DEADLINES, DECISIONS, INVESTIGATIONS
from cases.statistics.small_numbers import SMALLEST
from cases.statistics.timeliness import IN_TIME, unfinished
from cases.statistics.week import WEEKS, Week, weeks
from core.figures import Figure, Period, figures

_figure = partial(Figure, Period.WEEK)


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Duties met in a week, in time and late."""

    in_time: int = 0
    late: int = 0

    def __add__(self, other: Timeliness) -> Timeliness:
        return Timeliness(self.in_time + other.in_time, self.late + other.late)


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """One week's figures."""

    week: Week
    decisions: Timeliness = field(default_factory=Timeliness)
    protection: Timeliness = field(default_factory=Timeliness)
    opened: int = 0
    concluded: int = 0
    open: int = 0
    overdue: int = 0


UnitWeek = tuple[int, date]
"""A unit and the Monday of a week."""


def trend(scope: Scope, *, on: date, count: int = WEEKS) -> list[WeekFigures]:
    """The last weeks' figures, oldest first, as the records stand now. Three queries."""
    span = weeks(on, count)
    return trend_of(scope, span, met_by_week(scope, span))


def trend_of(
    scope: Scope, span: list[Week], met: Mapping[str, Mapping[UnitWeek, int]]
) -> list[WeekFigures]:
    """`met` is the answer of `met_by_week`. Two queries."""
    [overdue] = overdue_at_ends(scope, span).values()
    opened, concluded, standing = investigations_by_week(scope, span).values()

    def of(week: Week, what: str) -> Timeliness:
        in_time, late = (
            sum(number for (_unit, monday), number in met[code].items() if monday == week.start)
            for code in (f"{what}.in_time_week", f"{what}.late_week")
        )
        return Timeliness(in_time, late)

    return [
        WeekFigures(
            week=week,
            decisions=of(week, "decisions"),
            protection=of(week, "protection"),
            opened=opened[index],
            concluded=concluded[index],
            open=standing[index],
            overdue=overdue[index],
        )
        for index, week in enumerate(span)
    ]


@figures.counts(
    _figure(
        DECISIONS,
        "decisions.in_time_week",
        _("Decisions within 14 days"),
        _(
            "Decisions to open an investigation or not, in the week they were taken, on the "
            "fourteenth day or before. A report that joined an open investigation in time needs "
            "no decision and is not counted."
        ),
    ),
    _figure(
        DECISIONS,
        "decisions.late_week",
        _("Decisions after 14 days"),
        _(
            "Decisions to open an investigation or not, in the week they were taken, after the "
            "fourteenth day."
        ),
    ),
    _figure(
        DECISIONS,
        "protection.in_time_week",
        _("Protection assessments in time"),
        _(
            "Immediate protection assessments in the week they were made, on the day the report "
            "came in, or the next when it came after 16:00."
        ),
    ),
    _figure(
        DECISIONS,
        "protection.late_week",
        _("Protection assessments too late"),
        _(
            "Immediate protection assessments in the week they were made, later than the day the "
            "report came in, or the next when it came after 16:00."
        ),
    ),
)
def met_by_week(scope: Scope, span: list[Week]) -> dict[str, dict[UnitWeek, int]]:
    """By unit and week. One query."""
    names = {
        DeadlineKind.OPENING_DECISION: "decisions",
        DeadlineKind.PROTECTION_ASSESSMENT: "protection",
    }
    rows = (
        Deadline.objects.filter(
            scope.of(), kind__in=names, met_on__gte=span[0].start, met_on__lte=span[-1].end
        )
        .order_by()
        .values_list("kind", "unit_id", TruncWeek("met_on"))
        .annotate(number=Count("pk"), in_time=Count("pk", filter=IN_TIME))
    )
    found: dict[str, dict[UnitWeek, int]] = {
        f"{name}.{how}_week": {} for name in names.values() for how in ("in_time", "late")
    }
    for kind, unit, monday, number, in_time in rows:
        found[f"{names[kind]}.in_time_week"][unit, monday] = in_time
        found[f"{names[kind]}.late_week"][unit, monday] = number - in_time
    return found


@figures.counts(
    _figure(
        DEADLINES,
        "deadlines.overdue_at_week_end",
        _("Overdue at the end of the week"),
        _(
            "Duties that were overdue on the Sunday of the week (this week: today), as the "
            "records stand now."
        ),
    )
)
def overdue_at_ends(scope: Scope, span: list[Week]) -> dict[str, list[int]]:
    """Of each week. One query."""
    ends = {
        f"n{index}": Count("pk", filter=Q(due_on__lt=week.end) & unfinished(week.end))
        for index, week in enumerate(span)
    }
    found = Deadline.objects.filter(
        scope.of(), unfinished(span[0].end), due_on__lt=span[-1].end
    ).aggregate(**ends)
    return {"deadlines.overdue_at_week_end": [found[name] for name in ends]}


@figures.counts(
    _figure(
        INVESTIGATIONS,
        "investigations.opened_week",
        _("Investigations opened"),
        _("Investigations whose day of opening falls in the week."),
    ),
    _figure(
        INVESTIGATIONS,
        "investigations.concluded_week",
        _("Investigations concluded"),
        _("Investigations whose day of conclusion falls in the week."),
    ),
    _figure(
        INVESTIGATIONS,
        "investigations.open_at_week_end",
        _("Open investigations"),
        _("Opened, and not concluded, on the Sunday of the week (this week: today)."),
    ),
)
def investigations_by_week(scope: Scope, span: list[Week]) -> dict[str, list[int]]:
    """Of each week. One query."""
    counts: dict[str, Count] = {}
    for index, week in enumerate(span):
        inside = (week.start, week.start + timedelta(days=6))
        counts[f"opened_{index}"] = Count(
            "pk", filter=Q(opened_on__range=inside, continues__isnull=True)
        )
        counts[f"concluded_{index}"] = Count("pk", filter=Q(concluded_on__range=inside))
        counts[f"open_{index}"] = Count("pk", filter=open_on(week.end))
    since = span[0].start
    recent = Q(status__in=OPEN_INVESTIGATION)
    recent |= Q(concluded_on__gte=since) | Q(handed_over_on__gte=since)
    found = Investigation.objects.filter(scope.of(), recent).aggregate(**counts)

    def of(name: str) -> list[int]:
        return [found[f"{name}_{index}"] for index in range(len(span))]

    return {
        "investigations.opened_week": of("opened"),
        "investigations.concluded_week": of("concluded"),
        "investigations.open_at_week_end": of("open"),
    }


def suppressed_trend(rows: Sequence[WeekFigures]) -> list[dict[str, int | None]]:
    """The trend for those above the unit head: every count from 1 to 4 is None."""

    def shown(value: int) -> int | None:
        return None if 0 < value < SMALLEST else value

    return [
        {
            "in_time": shown(row.decisions.in_time),
            "late": shown(row.decisions.late),
            "protection_in_time": shown(row.protection.in_time),
            "protection_late": shown(row.protection.late),
            "opened": shown(row.opened),
            "concluded": shown(row.concluded),
            "open": shown(row.open),
            "overdue": shown(row.overdue),
        }
        for row in rows
    ]
