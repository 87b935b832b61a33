"""What a row of a list shows of a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.deadlines.lines import said_on
from cases.deadlines.models import Deadline
from cases.drafts import services as drafts
from cases.enums import DeadlineKind
from cases.matters import registry as matters
from cases.reports.models import Report
from organisation.models import User

DRAFT = "report-new"
"""What the names of drafts of reports not yet logged begin with."""


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
            deadline=said_on(
                next((d for d in row.duties if d.kind == DeadlineKind.OPENING_DECISION), None), on
            ),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class BegunLine:
    """A report somebody has begun to log: for their own eyes alone."""

    label: str
    url: str
    saved_at: datetime


def begun_lines(writer: User) -> list[BegunLine]:
    """What `writer` has begun to log and not sent, the latest first, by the child as written."""
    address = reverse("report_log")
    return [
        BegunLine(
            label=_child_in(draft.data) or _("No name written yet"),
            url=f"{address}?draft={draft.key.removeprefix(f'{DRAFT}-')}",
            saved_at=draft.saved_at,
        )
        for draft in drafts.begun(prefix=DRAFT, by=writer)
    ]


def _child_in(data: dict[str, Any]) -> str:
    """The names of the children in the form's fields, as far as they are written."""

    def written(row: int, name: str) -> str:
        values = data.get(f"children-{row}-{name}")
        return str(values[0]).strip() if isinstance(values, list) and values else ""

    rows = {
        int(parts[1])
        for parts in (name.split("-") for name in data)
        if len(parts) == 3 and parts[0] == "children" and parts[1].isdecimal()
    }
    names = [
        " ".join(filter(None, (written(row, "first_name"), written(row, "last_name"))))
        for row in sorted(rows)
        if not written(row, "DELETE")
    ]
    return ", ".join(filter(None, names))
