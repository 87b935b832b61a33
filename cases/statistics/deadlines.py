"""Open duties by how soon they are due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from cases.enums import DeadlineKind
from cases.models import Deadline
from cases.statistics.scopes import Scope
from core.calendar import week_start


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
    sunday = week_start(on) + timedelta(days=6)
    next_sunday = sunday + timedelta(weeks=1)
    rows = (
        Deadline.objects.filter(scope.of())
        .open()
        .filter(due_on__lte=next_sunday)
        .order_by()
        .values_list("group_id", "kind")
        .annotate(
            overdue=Count("pk", filter=Q(due_on__lt=on)),
            this_week=Count("pk", filter=Q(due_on__gte=on, due_on__lte=sunday)),
            next_week=Count("pk", filter=Q(due_on__gt=sunday)),
        )
    )
    return DeadlineMatrix(
        {
            (group, kind): Urgency(late, this, following)
            for group, kind, late, this, following in rows
        }
    )
