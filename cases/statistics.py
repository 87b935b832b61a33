"""The dashboard's figures: SQL aggregates under permanent codes, each with its definition.

Every function runs a constant number of queries, whatever the number of rows, and returns frozen
values. Small numbers are suppressed here (`suppressed`, `suppressed_share`), never in a template.
Not here: lists of cases (querysets) and the closed months (which are never counted again).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext_lazy as _

from cases.enums import DeadlineKind, HandlerPart, InvestigationStatus
from cases.models import Deadline, HandlerAssignment, Investigation, Report
from core.calendar import week_start
from organisation.enums import CASE_WORKERS, EmploymentForm, Level, Role
from organisation.models import Absence, Employment, OrgUnit, RoleAssignment, User
from organisation.permissions import Access, Action

WEEKS = 12
"""Weeks in a trend, the present one last."""

SMALLEST = 5
"""Above the unit head, counts from 1 to 4 are never shown: they could point at a person."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a number counts. The code is permanent: it may be quoted for ever."""

    code: str
    label: Any
    definition: Any


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        figure.code: figure
        for figure in (
            Figure(
                "deadlines.overdue",
                _("Overdue"),
                _("Duties neither met nor cancelled whose last day has passed. Due today is not."),
            ),
            Figure(
                "deadlines.due_this_week",
                _("Due this week"),
                _("Open duties with their last day from today to Sunday."),
            ),
            Figure(
                "deadlines.due_next_week",
                _("Due next week"),
                _("Open duties with their last day in the week after this one, Monday to Sunday."),
            ),
            Figure(
                "deadlines.overdue_at_week_end",
                _("Overdue at the end of the week"),
                _(
                    "Duties that were overdue on the Sunday of the week (this week: today), as the "
                    "records stand now."
                ),
            ),
            Figure(
                "decisions.in_time",
                _("Decisions within 14 days"),
                _(
                    "Decisions to open an investigation or not, in the week they were taken, by "
                    "whether that was on the fourteenth day or before. A report that joined an "
                    "open investigation in time needs no decision and is not counted."
                ),
            ),
            Figure(
                "protection.in_time",
                _("Protection assessments in time"),
                _(
                    "Immediate protection assessments in the week they were made, by whether that "
                    "was the day the report came in, or the next when it came after 16:00."
                ),
            ),
            Figure(
                "investigations.opened",
                _("Investigations opened"),
                _("Investigations whose day of opening falls in the week."),
            ),
            Figure(
                "investigations.concluded",
                _("Investigations concluded"),
                _("Investigations whose day of conclusion falls in the week."),
            ),
            Figure(
                "investigations.open_at_week_end",
                _("Open investigations"),
                _("Opened, and not concluded, on the Sunday of the week (this week: today)."),
            ),
            Figure(
                "investigations.median_days",
                _("Median days of an investigation"),
                _(
                    "Days from opening to conclusion of the investigations concluded in the last "
                    "twelve weeks: half took longer, half shorter."
                ),
            ),
            Figure(
                "workers.open_investigations",
                _("Open investigations per worker"),
                _("Open investigations where the worker is main handler or co-worker that day."),
            ),
        )
    }
)


# What is counted


@dataclass(frozen=True, slots=True)
class Scope:
    """Whole units, and single groups of other units; `within` holds those groups' units.

    The unit always stands in the condition, because the indexes begin with it. `without`: children
    the reader has a conflict of interest with, who are in no figure the reader is shown.
    """

    unit_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()
    within: frozenset[int] = frozenset()
    without: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.unit_ids or self.group_ids)

    def of(self, *, group: str = "group_id") -> Q:
        """The condition on a model with `unit`, `child` and the group column named."""
        condition = Q(pk__in=[])
        if self.unit_ids:
            condition = Q(unit_id__in=self.unit_ids)
        if self.group_ids:
            grouped = Q(unit_id__in=self.within) & Q(**{f"{group}__in": self.group_ids})
            condition = condition | grouped if self.unit_ids else grouped
        if self.without:
            condition &= ~Q(child_id__in=self.without)
        return condition


def scope_for(access: Access, action: Action = Action.SEE_DEADLINE_DASHBOARD) -> Scope:
    """The units and groups whose figures `action` lets the person see."""
    units = access.units_with(action)
    groups = access.groups_with(action)
    partly = frozenset(
        held.unit_id
        for held in access.held
        if held.node_id in groups and held.unit_id is not None and held.unit_id not in units
    )
    return Scope(
        unit_ids=units,
        group_ids=frozenset(
            held.node_id
            for held in access.held
            if held.node_id in groups and held.unit_id in partly
        ),
        within=partly,
        without=access.blocked,
    )


def groups_in(scope: Scope) -> list[OrgUnit]:
    """The groups in use that the scope covers, by unit and name. One query."""
    return list(
        OrgUnit.objects.groups()
        .filter(Q(parent_id__in=scope.unit_ids) | Q(pk__in=scope.group_ids))
        .select_related("parent")
        .order_by("parent__name", "name")
    )


def units_below(access: Access) -> list[OrgUnit]:
    """The units of the departments and administrations the person heads. One query.

    For aggregates only: nobody above the unit head is shown a person.
    """
    paths = access.paths_with(Action.SEE_AGGREGATES)
    if not paths:
        return []
    return list(OrgUnit.objects.units().below(*paths).order_by("name"))


# Small numbers


def suppressed(values: Sequence[int]) -> list[int | None]:
    """The parts of a known total with 1-4 taken out (None), so that no part can be worked out.

    One hidden part, or hidden parts that their sum would give away, take the smallest part still
    shown with them. Zero is shown: it points at nobody.
    """
    hidden = {index for index, value in enumerate(values) if 0 < value < SMALLEST}
    while hidden and _given_away([values[index] for index in hidden]):
        left = [index for index, value in enumerate(values) if value and index not in hidden]
        if not left:
            break
        hidden.add(min(left, key=lambda index: values[index]))
    return [None if index in hidden else value for index, value in enumerate(values)]


def _given_away(parts: list[int]) -> bool:
    """Whether parts known to be 1-4 follow from their sum: one alone, or all ones, or all fours."""
    if any(part >= SMALLEST for part in parts):
        return False
    return len(parts) == 1 or sum(parts) in {len(parts), len(parts) * (SMALLEST - 1)}


def suppressed_total(values: Sequence[int]) -> int | None:
    """The total of `suppressed(values)`; None when it is small or would give a part away."""
    total = sum(values)
    parts = [
        value for value, shown in zip(values, suppressed(values), strict=True) if shown is None
    ]
    return None if 0 < total < SMALLEST or (parts and _given_away(parts)) else total


def suppressed_share(part: int, whole: int) -> int | None:
    """`part` of `whole` in whole per cent; None when either side of it is 1-4 or nothing is there.

    Never shown beside the two numbers it was made of.
    """
    rest = whole - part
    if not whole or 0 < part < SMALLEST or 0 < rest < SMALLEST:
        return None
    return round(100 * part / whole)


# Deadlines now


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


@dataclass(frozen=True, slots=True)
class Urgency:
    """Open duties by how soon: codes deadlines.overdue, .due_this_week, .due_next_week."""

    overdue: int = 0
    this_week: int = 0
    next_week: int = 0

    def __add__(self, other: Urgency) -> Urgency:
        return Urgency(
            self.overdue + other.overdue,
            self.this_week + other.this_week,
            self.next_week + other.next_week,
        )

    def __bool__(self) -> bool:
        return bool(self.overdue or self.this_week or self.next_week)


@dataclass(frozen=True, slots=True)
class DeadlineMatrix:
    """Open duties by group and kind; `cells` has only what is not empty."""

    cells: Mapping[tuple[int, str], Urgency]

    @property
    def total(self) -> Urgency:
        return sum(self.cells.values(), Urgency())

    def of_group(self, group_id: int) -> Urgency:
        return sum((u for (g, _k), u in self.cells.items() if g == group_id), Urgency())

    def of_kind(self, kind: str) -> Urgency:
        return sum((u for (_g, k), u in self.cells.items() if k == kind), Urgency())

    @property
    def kinds(self) -> list[str]:
        """The kinds that occur, in the order of the course of a case."""
        present = {kind for _group, kind in self.cells}
        return [kind for kind in DeadlineKind.values if kind in present]


def deadline_matrix(scope: Scope, *, on: date) -> DeadlineMatrix:
    """Codes deadlines.overdue, .due_this_week, .due_next_week, by group and kind. One query."""
    return _matrix(Deadline.objects.filter(scope.of()), "group_id", on=on)


def _matrix(queryset: QuerySet[Deadline], key: str, *, on: date) -> DeadlineMatrix:
    sunday = week_start(on) + timedelta(days=6)
    next_sunday = sunday + timedelta(weeks=1)
    rows = (
        queryset.open()  # type: ignore[attr-defined]
        .filter(due_on__lte=next_sunday)
        .order_by()
        .values_list(key, "kind")
        .annotate(
            overdue=Count("pk", filter=Q(due_on__lt=on)),
            this_week=Count("pk", filter=Q(due_on__gte=on, due_on__lte=sunday)),
            next_week=Count("pk", filter=Q(due_on__gt=sunday)),
        )
    )
    return DeadlineMatrix(
        {
            (place, kind): Urgency(late, this, following)
            for place, kind, late, this, following in rows
        }
    )


# Investigations and reports now


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


# Trends


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
    return _trend(scope, span, _met_by_week(scope, span))


def _trend(
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


def _met_by_week(scope: Scope, span: list[Week]) -> dict[tuple[int, date, str], Timeliness]:
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
        _duration(total["number"], total["median"]),
        {group: _duration(number, median) for group, number, median in by_group},
    )


def _duration(number: int, median: timedelta | None) -> Duration:
    return Duration(number, None if median is None else median / timedelta(days=1))


# Workers


@dataclass(frozen=True, slots=True)
class Load:
    """Code workers.open_investigations: one worker's open investigations on a day.

    A plain count, not the points of the workload model. `away_until` and `stand_in` when the
    worker is away that day.
    """

    user_id: int
    name: str
    main: int = 0
    co: int = 0
    consultant: bool = False
    away_until: date | None = None
    stand_in: str = ""

    @property
    def total(self) -> int:
        return self.main + self.co


def loads(
    group_ids: Iterable[int], *, on: date, without: frozenset[int] = frozenset()
) -> dict[int, list[Load]]:
    """The workers of each group by name, with their open investigations. Four queries.

    Whoever leads the group and has no case of their own is left out. `without`: see `Scope`.
    """
    groups = list(group_ids)
    roles: dict[int, dict[int, set[str]]] = {group: {} for group in groups}
    people: dict[int, User] = {}
    for assignment in (
        RoleAssignment.objects.active(on)
        .filter(node_id__in=groups, role__in=CASE_WORKERS, user__is_active=True)
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "user_id")
    ):
        people[assignment.user_id] = assignment.user
        roles[assignment.node_id].setdefault(assignment.user_id, set()).add(assignment.role)
    one = load_of(people.values(), on=on, without=without)
    return {
        group: [
            one[user_id]
            for user_id, held in members.items()
            if one[user_id].total or held != {Role.GROUP_LEADER}
        ]
        for group, members in roles.items()
    }


def load_of(
    people: Iterable[User], *, on: date, without: frozenset[int] = frozenset()
) -> dict[int, Load]:
    """The load of each of `people`. Three queries. `without`: see `Scope`."""
    users = {user.pk: user for user in people}
    counts = {
        user_id: (main, co)
        for user_id, main, co in HandlerAssignment.objects.active(on)
        .filter(user_id__in=users)
        .exclude(investigation__status=InvestigationStatus.CONCLUDED)
        .exclude(investigation__child__in=without)
        .order_by()
        .values_list("user_id")
        .annotate(
            main=Count("pk", filter=Q(part=HandlerPart.MAIN)),
            co=Count("pk", filter=Q(part=HandlerPart.CO)),
        )
    }
    away = {
        absence.user_id: absence
        for absence in Absence.objects.active(on)
        .filter(user_id__in=users)
        .select_related("stand_in")
        .order_by("until_on")
    }
    hired = set(
        Employment.objects.active(on)
        .filter(user_id__in=users, form=EmploymentForm.CONSULTANT)
        .values_list("user_id", flat=True)
    )
    result = {}
    for pk, user in users.items():
        main, co = counts.get(pk, (0, 0))
        absence = away.get(pk)
        result[pk] = Load(
            user_id=pk,
            name=str(user),
            main=main,
            co=co,
            consultant=pk in hired,
            away_until=absence.until_on if absence else None,
            stand_in=str(absence.stand_in) if absence and absence.stand_in else "",
        )
    return result


# Above the unit head: aggregates without persons


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
    met = _met_by_week(scope, span)
    ended = Investigation.objects.filter(
        unit_id__in=ids, concluded_on__gte=start, concluded_on__lte=on
    ).order_by()
    took = ExpressionWrapper(F("concluded_on") - F("opened_on"), output_field=DurationField())
    medians = {
        unit: _duration(number, median)
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
        trend=tuple(_trend(scope, span, met)),
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
        median_days=median(_duration(total_median["number"], total_median["median"])),
    )


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


# Running the system: no case content


@dataclass(frozen=True, slots=True)
class OrganisationFigures:
    """What the system administrator keeps in order; counts of the organisation, none of cases."""

    units: int
    groups: int
    staff: int
    without_role: int
    away: int
    groups_without_leader: tuple[str, ...]
    units_without_head: tuple[str, ...]


def organisation_figures(*, on: date) -> OrganisationFigures:
    """The organisation in numbers, and the parts nobody leads on the day. Four queries."""
    held = RoleAssignment.objects.active(on).filter(user__is_active=True)
    led = held.filter(role__in=[Role.GROUP_LEADER, Role.UNIT_HEAD]).values("node_id")
    nodes = list(
        OrgUnit.objects.filter(active=True, level__in=[Level.UNIT, Level.GROUP])
        .select_related("parent")
        .order_by("parent__name", "name")
    )
    with_leader = set(led.values_list("node_id", flat=True))
    staff = User.objects.filter(is_active=True).aggregate(
        all=Count("pk", distinct=True),
        held=Count("pk", distinct=True, filter=Q(pk__in=held.values("user_id"))),
    )
    lacking = [node for node in nodes if node.pk not in with_leader]
    return OrganisationFigures(
        units=sum(node.level == Level.UNIT for node in nodes),
        groups=sum(node.level == Level.GROUP for node in nodes),
        staff=staff["all"],
        without_role=staff["all"] - staff["held"],
        away=Absence.objects.active(on).count(),
        groups_without_leader=tuple(
            f"{node.parent} – {node}" for node in lacking if node.level == Level.GROUP
        ),
        units_without_head=tuple(str(node) for node in lacking if node.level == Level.UNIT),
    )
