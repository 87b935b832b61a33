"""What a row of a list shows of a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.deadlines.lines import said_on
from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind
from cases.matters import registry as matters
from cases.reports.models import Report


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
