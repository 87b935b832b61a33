"""What of a report decides its duties, read off its row."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from cases.enums import STATUS_FEEDBACK
from cases.law.duties import Duty, ReportFacts, report_duties
from cases.reports.models import Feedback, Report
from core.calendar import local_date


def tells_now(report: Report, feedback: Feedback) -> bool:
    """Whether the reporter was told what holds: a decision may have been reversed since."""
    return feedback.answer == STATUS_FEEDBACK.get(report.status)


def report_duties_of(report: Report) -> list[Duty]:
    """The duties of the report; one withdrawn as logged by mistake has none."""
    return [] if report.is_withdrawn() else report_duties(report_facts(report))


def report_facts(report: Report) -> ReportFacts:
    assessment = getattr(report, "protection_assessment", None)
    decision = getattr(report, "decision", None)
    feedback = getattr(report, "feedback", None)
    talk = getattr(report, "serious_talk", None)
    return ReportFacts(
        kind=report.kind,
        received_at=report.received_at,
        is_crime_report=report.is_crime_report,
        wants_feedback=report.wants_feedback,
        assessed_at=assessment.assessed_at if assessment else None,
        decided_on=decision.decided_on if decision else None,
        outcome=decision.outcome if decision else None,
        joined_opened_on=report.investigation.opened_on if report.investigation else None,
        # Of a decision that came after, the reporter has been told nothing yet.
        feedback_on=feedback.given_on if feedback and tells_now(report, feedback) else None,
        talk_offered_at=talk.offered_at if talk else None,
        assessment_recorded_on=local_date(assessment.recorded_at) if assessment else None,
        decision_recorded_on=local_date(decision.recorded_at) if decision else None,
    )


def reports_with_facts(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related(
        "protection_assessment", "decision", "feedback", "serious_talk", "investigation"
    )
