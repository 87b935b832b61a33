"""Open duties by how soon they are due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from cases.deadlines.models import Deadline
from cases.law.time_limits import codes
from cases.statistics.scopes import Scope
from cases.statistics.sections import DEADLINES
from cases.statistics.week import weeks
from core.calendar import week_start
from core.figures import Figure, Period, figures

_figure = partial(Figure, Period.NOW, DEADLINES)


@dataclass(frozen=True, slots=True)
class Urgency:
    """Open duties by how soon."""

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
        return [kind for kind in codes() if kind in present]


@figures.counts(
    _figure(
        "deadlines.overdue",
        _("Overdue"),
        _(
            "Duties neither met nor cancelled whose last day has passed and that can still be done."
            " Due today is not."
        ),
        earlier=(
            _("Duties neither met nor cancelled whose last day has passed. Due today is not."),
        ),
    ),
    _figure(
        "deadlines.due_this_week",
        _("Due this week"),
        _("Open duties with their last day from today to Sunday."),
    ),
    _figure(
        "deadlines.due_next_week",
        _("Due next week"),
        _("Open duties with their last day in the week after this one, Monday to Sunday."),
    ),
)
def open_duties(
    scope: Scope, *, on: date, by: tuple[str, ...]
) -> dict[str, dict[tuple[Any, ...], int]]:
    """By the values of the columns `by`, those where any of the figures is not zero. One query."""
    sunday = week_start(on) + timedelta(days=6)
    next_sunday = sunday + timedelta(weeks=1)
    rows = list(
        Deadline.objects.filter(scope.of())
        .open()
        .filter(due_on__lte=next_sunday)
        .order_by()
        .values_list(*by)
        .annotate(
            overdue=Count("pk", filter=Q(due_on__lt=on)),
            this_week=Count("pk", filter=Q(due_on__gte=on, due_on__lte=sunday)),
            next_week=Count("pk", filter=Q(due_on__gt=sunday)),
        )
    )
    size = len(by)
    return {
        "deadlines.overdue": {row[:size]: row[size] for row in rows},
        "deadlines.due_this_week": {row[:size]: row[size + 1] for row in rows},
        "deadlines.due_next_week": {row[:size]: row[size + 2] for row in rows},
    }


@figures.counts(
    Figure(
        Period.TWELVE_WEEKS,
        DEADLINES,
        "deadlines.recorded_late_12_weeks",
        _("Done in time, written down late"),
        _(
            "Duties met in time by the day they say, in the last twelve weeks, and written down"
            " after their last day."
        ),
    )
)
def recorded_late(scope: Scope, *, on: date) -> dict[str, int]:
    """One query."""
    since = weeks(on)[0].start
    rows = Deadline.objects.recorded_late().filter(
        scope.of(),
        met_on__range=(since, on),
        due_on__gte=since,  # never before the day it was met: said for the index
    )
    return {"deadlines.recorded_late_12_weeks": rows.count()}


def deadline_matrix(scope: Scope, *, on: date) -> DeadlineMatrix:
    """Open duties by how soon, by group and kind. One query."""
    late, this, following = open_duties(scope, on=on, by=("group_id", "kind")).values()
    return DeadlineMatrix({cell: Urgency(late[cell], this[cell], following[cell]) for cell in late})
