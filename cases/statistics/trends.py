"""Week by week, as the records stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek

from cases.enums import DeadlineKind, InvestigationStatus
from cases.models import Deadline, Investigation
from cases.statistics.scopes import Scope
from cases.statistics.small_numbers import SMALLEST
from cases.statistics.week import WEEKS, Week, weeks


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Duties met in a week, in time and late."""

    in_time: int = 0
    late: int = 0

    def __add__(self, other: Timeliness) -> Timeliness:
        return Timeliness(self.in_time + other.in_time, self.late + other.late)


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """One week's figures; the codes are named on each field."""

    week: Week
    decisions: Timeliness = field(default_factory=Timeliness)  # decisions.in_time
    protection: Timeliness = field(default_factory=Timeliness)  # protection.in_time
    opened: int = 0  # investigations.opened
    concluded: int = 0  # investigations.concluded
    open: int = 0  # investigations.open_at_week_end
    overdue: int = 0  # deadlines.overdue_at_week_end


def trend(scope: Scope, *, on: date, count: int = WEEKS) -> list[WeekFigures]:
    """The last weeks' figures, oldest first, as the records stand now. Three queries.

    Codes decisions.in_time, protection.in_time, investigations.opened, .concluded,
    .open_at_week_end, deadlines.overdue_at_week_end.
    """
    span = weeks(on, count)
    return trend_of(scope, span, met_by_week(scope, span))


def trend_of(
    scope: Scope, span: list[Week], met: Mapping[tuple[int, date, str], Timeliness]
) -> list[WeekFigures]:
    late = _overdue_at_ends(scope, span)
    flow = _investigations_by_week(scope, span)

    def of(week: Week, kind: str) -> Timeliness:
        return sum(
            (m for (_u, w, k), m in met.items() if (w, k) == (week.start, kind)), Timeliness()
        )

    return [
        WeekFigures(
            week=week,
            decisions=of(week, DeadlineKind.OPENING_DECISION),
            protection=of(week, DeadlineKind.PROTECTION_ASSESSMENT),
            opened=flow[f"opened_{index}"],
            concluded=flow[f"concluded_{index}"],
            open=flow[f"open_{index}"],
            overdue=late[f"overdue_{index}"],
        )
        for index, week in enumerate(span)
    ]


def met_by_week(scope: Scope, span: list[Week]) -> dict[tuple[int, date, str], Timeliness]:
    late = Q(met_on__gt=F("due_on")) | Q(met_at__gt=F("due_at"))
    rows = (
        Deadline.objects.filter(
            scope.of(),
            kind__in=[DeadlineKind.OPENING_DECISION, DeadlineKind.PROTECTION_ASSESSMENT],
            met_on__gte=span[0].start,
            met_on__lte=span[-1].end,
        )
        .order_by()
        .values_list("unit_id", TruncWeek("met_on"), "kind")
        .annotate(number=Count("pk"), late=Count("pk", filter=late))
    )
    return {
        (unit, week, kind): Timeliness(total - late, late) for unit, week, kind, total, late in rows
    }


def _overdue_at_ends(scope: Scope, span: list[Week]) -> dict[str, int]:
    def unfinished(day: date) -> Q:
        return (Q(met_on__isnull=True) | Q(met_on__gt=day)) & (
            Q(cancelled_on__isnull=True) | Q(cancelled_on__gt=day)
        )

    ends = {
        f"overdue_{index}": Count("pk", filter=Q(due_on__lt=week.end) & unfinished(week.end))
        for index, week in enumerate(span)
    }
    return Deadline.objects.filter(
        scope.of(), unfinished(span[0].end), due_on__lt=span[-1].end
    ).aggregate(**ends)


def _investigations_by_week(scope: Scope, span: list[Week]) -> dict[str, int]:
    counts: dict[str, Count] = {}
    for index, week in enumerate(span):
        inside = (week.start, week.start + timedelta(days=6))
        counts[f"opened_{index}"] = Count("pk", filter=Q(opened_on__range=inside))
        counts[f"concluded_{index}"] = Count("pk", filter=Q(concluded_on__range=inside))
        counts[f"open_{index}"] = Count(
            "pk",
            filter=Q(opened_on__lte=week.end)
            & (Q(concluded_on__isnull=True) | Q(concluded_on__gt=week.end)),
        )
    recent = ~Q(status=InvestigationStatus.CONCLUDED) | Q(concluded_on__gte=span[0].start)
    return Investigation.objects.filter(scope.of(), recent).aggregate(**counts)


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
