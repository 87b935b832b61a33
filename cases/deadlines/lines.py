"""What a row of a list shows of a deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.deadlines.models import Deadline
from cases.law.deadlines import status
from cases.matters.models import MatterWorker
from organisation.models import User


def said_on(deadline: Any, on: date) -> Any:
    """The deadline, able to say its status as of the day."""
    if deadline is not None and not hasattr(deadline, "status"):
        deadline.status = status(
            due_on=deadline.due_on,
            on=on,
            met_on=deadline.met_on,
            cancelled_on=deadline.cancelled_on,
            missed_on=deadline.missed_on,
            due_at=deadline.due_at,
            met_at=deadline.met_at,
        )
    return deadline


def deadline_rows(queryset: QuerySet[Deadline], *, on: date) -> QuerySet[Deadline]:
    """With all that a row shows: the matter, the child and the workers of the day."""
    workers: Any = MatterWorker.objects.active(on).select_related("user")
    return (
        queryset.with_status(on=on)  # type: ignore[attr-defined]
        .select_related("child", "group", "matter")
        .prefetch_related(
            Prefetch("matter__workers", queryset=workers.main_first(), to_attr="workers_today")
        )
    )


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    deadline: Deadline
    number: str
    url: str
    handlers: tuple[User, ...]


def deadline_lines(rows: Iterable[Any]) -> list[DeadlineLine]:
    """Rows fetched by `deadline_rows`."""
    return [
        DeadlineLine(
            deadline=row,
            number=row.matter.number,
            url=row.matter.get_absolute_url(),
            handlers=tuple(one.user for one in row.matter.workers_today),
        )
        for row in rows
    ]
