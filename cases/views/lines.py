"""What a row of a list or a board shows: investigations, reports, deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from cases import matters
from cases.deadlines import status
from cases.enums import DeadlineKind, HandlerPart
from cases.models import Deadline, Investigation, MatterWorker, Report
from organisation.models import User
from organisation.permissions import Access, Action


@dataclass(frozen=True, slots=True)
class InvestigationLine:
    """An investigation in a list: its number leads to it, its deadline says how soon."""

    investigation: Investigation
    url: str
    deadline: Deadline | None
    main: User | None
    co: User | None


def investigation_lines(rows: Iterable[Any], *, on: date) -> list[InvestigationLine]:
    """Rows fetched `with_page_rows`, or `with_duties` where the workers do not stand in the line;
    the deadline is that of the investigation itself.
    """
    lines = []
    for row in rows:
        workers = getattr(row.matter, "workers_today", ())
        parts = {one.part: one.user for one in workers}
        lines.append(
            InvestigationLine(
                investigation=row,
                url=matters.address(row.KIND, row.pk),
                deadline=_with_status(
                    next((d for d in row.duties if d.kind == DeadlineKind.INVESTIGATION), None), on
                ),
                main=parts.get(HandlerPart.MAIN),
                co=parts.get(HandlerPart.CO),
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class ReportLine:
    report: Report
    url: str
    deadline: Deadline | None


def report_lines(rows: Iterable[Any], *, on: date) -> list[ReportLine]:
    """Rows fetched `with_page_rows`; the deadline is that of the decision."""
    return [
        ReportLine(
            report=row,
            url=matters.address(row.KIND, row.pk),
            deadline=_with_status(
                next((d for d in row.duties if d.kind == DeadlineKind.OPENING_DECISION), None), on
            ),
        )
        for row in rows
    ]


def _with_status(deadline: Any, on: date) -> Any:
    """The deadline, able to say its status as of the day."""
    if deadline is not None and not hasattr(deadline, "status"):
        deadline.status = status(
            due_on=deadline.due_on,
            on=on,
            met_on=deadline.met_on,
            cancelled_on=deadline.cancelled_on,
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


def waiting_rows(access: Access, groups: Iterable[int]) -> QuerySet[Investigation]:
    """Investigations of the groups given to nobody that the person may give out, oldest first."""
    rows: Any = Investigation.objects.visible_to(access, Action.ASSIGN_HANDLERS).waiting()
    return rows.filter(group_id__in=groups).with_duties().order_by("opened_on", "pk")  # type: ignore[no-any-return]


def to_read_rows(access: Access, *, brief: bool = False) -> QuerySet[Investigation]:
    """Investigations whose decision document waits for the person, the nearest last day first.

    `brief` for a line that names the case and its last day alone.
    """
    last_day = Deadline.objects.filter(
        matter=OuterRef("pk"), kind=DeadlineKind.INVESTIGATION
    ).order_by("-pk")
    rows: Any = Investigation.objects.to_be_read_by(access)
    if brief:
        rows = rows.with_duties()
    else:
        rows = rows.with_page_rows(on=access.on).select_related(
            "document", "document__submitted_by"
        )
    return rows.annotate(  # type: ignore[no-any-return]
        last_day=Subquery(last_day.values("due_on")[:1])
    ).order_by("last_day", "pk")
