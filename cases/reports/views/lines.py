"""How rows of reports are read for pages: with status of the day, handlers and next deadline."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind, DeadlineStatus, ReportStatus
from cases.reports.models import Report

OPEN = {DeadlineStatus.DUE, DeadlineStatus.OVERDUE}

STATUS_TONES: dict[str, str] = {
    ReportStatus.RECEIVED: "soon",
    ReportStatus.ASSESSED: "info",
    ReportStatus.OPENED: "ok",
    ReportStatus.NOT_OPENED: "muted",
    ReportStatus.JOINED: "ok",
    ReportStatus.WITHDRAWN: "muted",
}


def page_rows(reports: QuerySet[Report], *, on: date) -> QuerySet[Report]:
    """All a row shows, in a constant number of queries; `duties` have their status of the day."""
    rows: Any = reports
    return (
        rows.with_workers(on=on)
        .select_related("child", "unit", "group")
        .prefetch_related(
            Prefetch(
                "matter__deadlines",
                queryset=Deadline.objects.with_status(on=on).order_by("due_on", "pk"),
                to_attr="duties",
            )
        )
    )


def next_duty(report: Any, kind: str | None = None) -> Any:
    """The open deadline (of that kind) that comes first; None when nothing is due."""
    return next(
        (
            duty
            for duty in report.duties
            if duty.status in OPEN and (kind is None or duty.kind == kind)
        ),
        None,
    )


def lines(reports: Any, kind: str | None = None) -> list[dict[str, Any]]:
    """Rows as templates want them, each with its next deadline (of that kind)."""
    return [
        {
            "report": report,
            "child": report.child,
            "duty": (duty := next_duty(report, kind)),
            "late": duty is not None and duty.status == DeadlineStatus.OVERDUE,
            "tone": STATUS_TONES[report.status],
            "recorded_late": any(
                one.kind == DeadlineKind.OPENING_DECISION and one.recorded_after_due
                for one in report.duties
            ),
        }
        for report in reports
    ]
