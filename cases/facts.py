"""What of a report, an investigation and an intervention decides its duties, read off its rows.

Belongs here: from rows to the facts of `cases.duties`. What follows from them is said there.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.duties import InterventionFacts, InvestigationFacts, ReportFacts
from cases.models import Intervention, InterventionFollowUp, Investigation, Report


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
        feedback_on=feedback.given_on if feedback else None,
        talk_offered_at=talk.offered_at if talk else None,
    )


def investigation_facts(investigation: Investigation) -> InvestigationFacts:
    return InvestigationFacts(
        opened_on=investigation.opened_on,
        extended_to=investigation.extended_to,
        concluded_on=investigation.concluded_on,
    )


def intervention_facts(intervention: Intervention) -> InterventionFacts:
    return InterventionFacts(
        kind=intervention.kind,
        started_on=intervention.started_on,
        followed_up_on=[done.followed_up_on for done in intervention.follow_ups.all()],
        ended_on=intervention.ended_on,
    )


def reports_with_facts(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related(
        "protection_assessment", "decision", "feedback", "serious_talk", "investigation"
    )


def interventions_with_facts(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.prefetch_related(
        Prefetch("follow_ups", queryset=InterventionFollowUp.objects.order_by("pk"))
    )
