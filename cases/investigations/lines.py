"""What a row of a list shows of an investigation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from cases.deadlines.lines import said_on
from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind, HandlerPart
from cases.investigations.models import Investigation
from cases.matters import registry as matters
from organisation.models import User
from organisation.permissions import Access
from organisation.rights import Action


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
                deadline=said_on(
                    next((d for d in row.duties if d.kind == DeadlineKind.INVESTIGATION), None), on
                ),
                main=parts.get(HandlerPart.MAIN),
                co=parts.get(HandlerPart.CO),
            )
        )
    return lines


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
