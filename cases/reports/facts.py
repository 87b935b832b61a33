"""What of a report decides its duties, read off its row."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from cases.enums import STATUS_FEEDBACK, FeedbackAnswer
from cases.investigations.models import Investigation
from cases.law.duties import Duty, ReportFacts, report_duties
from cases.persons.models import Person
from cases.reports.models import Feedback, Report
from core.calendar import local_date


def tells_now(report: Report, feedback: Feedback) -> bool:
    """Whether the reporter was told what holds: a decision may have been reversed since."""
    if not report.is_decided:
        return feedback.answer == FeedbackAnswer.ALREADY_ONGOING
    return feedback.answer == STATUS_FEEDBACK.get(report.status)


def open_investigation_of(child_id: int) -> Investigation | None:
    """The one open investigation about the child, if there is one."""
    return Investigation.objects.open().filter(child_id=child_id).first()


def age_on_arrival(child: Person, received_on: date) -> int | None:
    """The child's age in whole years that day: 0 before it is born, None when not known."""
    if child.birth_date is not None:
        return child.age_on(received_on) or 0
    return 0 if child.expected_on is not None else None


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
        child_suspected=report.child_suspected,
        age=age_on_arrival(report.child, report.received_on),
        wants_feedback=report.wants_feedback,
        feedback_asked_on=report.feedback_asked_on,
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
