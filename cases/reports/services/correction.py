"""Putting right what was logged: the report's own words and times, and one logged by mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.corrections import services as corrections
from cases.corrections.models import Correction
from cases.deadlines import store as deadlines
from cases.enums import CorrectionAct, ReportStatus
from cases.law import rules
from cases.matters.working import reach
from cases.reports import facts
from cases.reports.models import Report
from cases.reports.services.children import ChildInput
from cases.reports.services.intake import ReporterInput, ReportInput, checked_facts
from core import trail
from core.calendar import local_date
from core.errors import Invalid
from organisation.acting import access, lock, permit, require
from organisation.models import User
from organisation.rights import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSays:
    """What a report says of itself; what stays as it was is repeated. `received_at` is aware."""

    received_at: datetime
    channel: str
    kind: str
    reporter: ReporterInput
    reasons: Sequence[str]
    concern: str
    is_crime_report: bool
    child_suspected: bool


def facts_of(report: Report) -> ReportSays:
    """What the report says of itself now."""
    return ReportSays(
        received_at=report.received_at,
        channel=report.channel,
        kind=report.kind,
        reporter=ReporterInput(
            category=report.reporter_category,
            name=report.reporter_name,
            organisation=report.reporter_organisation,
            contact=report.reporter_contact,
            wants_feedback=report.wants_feedback,
        ),
        reasons=report.reasons,
        concern=report.concern,
        is_crime_report=report.is_crime_report,
        child_suspected=report.child_suspected,
    )


def action_to_correct(report: Report) -> Action:
    """Whoever may work on it until the decision; then only those who decide."""
    return Action.DECIDE_OPENING if report.is_decided else Action.PROPOSE_DECISION


def locked_with_facts(report_id: int) -> Report:
    """The row, which is locked already, with all that its duties hang on."""
    found: Report = facts.reports_with_facts(Report.objects.select_related("matter")).get(
        pk=report_id
    )
    return found


def _columns(given: ReportSays, report: Report, *, at: datetime) -> dict[str, Any]:
    """What is to stand in each column; Invalid with every field that is wrong."""
    concern, reporter = checked_facts(
        ReportInput(
            unit=report.unit,
            received_at=given.received_at,
            channel=given.channel,
            kind=given.kind,
            reporter=given.reporter,
            children=[ChildInput(child_id=report.child_id)],
            reasons=given.reasons,
            concern=given.concern,
            is_crime_report=given.is_crime_report,
            child_suspected=given.child_suspected,
        ),
        at=at,
    )
    return {
        "received_at": given.received_at,
        "received_on": local_date(given.received_at),
        "channel": given.channel,
        "kind": given.kind,
        "reporter_category": reporter.category,
        "reporter_name": reporter.name,
        "reporter_organisation": reporter.organisation,
        "reporter_contact": reporter.contact,
        "wants_feedback": reporter.wants_feedback,
        "reasons": list(given.reasons),
        "concern": concern,
        "is_crime_report": given.is_crime_report,
        "child_suspected": given.child_suspected,
        # Whoever does not want it has not asked for it.
        "feedback_asked_on": report.feedback_asked_on if reporter.wants_feedback else None,
    }


def _before_what_followed(received_at: datetime, report: Report) -> None:
    """Invalid when the report would have come after what was done about it."""
    assessment = getattr(report, "protection_assessment", None)
    decision = getattr(report, "decision", None)
    talk = getattr(report, "serious_talk", None)
    if received_at > report.logged_at:
        after = _("It had already been logged at that time.")
    elif assessment is not None and assessment.assessed_at < received_at:
        after = _("The protection assessment had already been made at that time.")
    elif talk is not None and talk.offered_at < received_at:
        after = _("The serious talk had already been offered at that time.")
    elif decision is not None and decision.decided_on < local_date(received_at):
        after = _("The decision had already been taken by that day.")
    else:
        return
    raise Invalid({"received_at": after})


@transaction.atomic
def correct_report(
    report_id: int,
    given: ReportSays,
    *,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Report:
    """Put right what was logged, with the reason; every clock is counted from the true day.

    Invalid at the field, also when nothing differs from what stands.
    """
    who = access(by, at)
    lock(Report.objects.visible_to(who), report_id, version=version)
    report = locked_with_facts(report_id)
    permit(who, action_to_correct(report), **reach(report, on=who.on))
    wanted = _columns(given, report, at=at)
    changes = corrections.difference(report, wanted)
    if not changes:
        raise Invalid({"reason": _("Nothing differs from what stands.")})
    why = corrections.checked_reason(reason)
    if given.received_at != report.received_at:
        _before_what_followed(given.received_at, report)
    for name, value in wanted.items():
        setattr(report, name, value)
    report.version += 1
    report.save(update_fields=[*wanted, "version"])
    deadlines.refresh(report, on=who.on)
    shown = [one for one in changes if one["field"] != "received_on"]
    corrections.write(report, CorrectionAct.CORRECTED, reason=why, by=by, at=at, changes=shown)
    trail.changed(
        "report.corrected", report, by=by, at=at, fields=sorted(one["field"] for one in shown)
    )
    return report


def _set_status(report: Report, status: str, *, by: User, at: datetime) -> dict[str, str]:
    change = {"field": "status", "old": report.status, "new": str(status)}
    report.status = status
    report.version += 1
    report.save(update_fields=["status", "version"])
    deadlines.refresh(report, on=local_date(at))
    return change


@transaction.atomic
def withdraw_report(
    report_id: int, *, reason: str, by: User, at: datetime, version: int | None = None
) -> Report:
    """Take away a report that was logged by mistake; those who decide still read it as that.

    Conflict once it is decided: the decision is reversed first.
    """
    who = access(by, at)
    lock(Report.objects.visible_to(who), report_id, version=version)
    report = locked_with_facts(report_id)
    permit(who, Action.DECIDE_OPENING, **reach(report, on=who.on))
    require(rules.may_withdraw(status=report.status))
    why = corrections.checked_reason(reason)
    before = report.status
    change = _set_status(report, ReportStatus.WITHDRAWN, by=by, at=at)
    corrections.write(
        report,
        CorrectionAct.WITHDRAWN,
        reason=why,
        by=by,
        at=at,
        changes=[change],
        kept={"status": before},
    )
    trail.changed("report.withdrawn", report, by=by, at=at)
    return report


def restore(report: Report, undone: Correction, *, reason: str, by: User, at: datetime) -> None:
    """Put a withdrawn report back as it was."""
    change = _set_status(report, undone.kept["status"], by=by, at=at)
    corrections.write(
        report,
        CorrectionAct.UNDONE,
        reason=reason,
        by=by,
        at=at,
        changes=[change],
        undoes=undone,
    )
    trail.changed("report.restored", report, by=by, at=at)


def told(given: Mapping[str, Any], report: Report) -> ReportSays:
    """The facts of the report with those that were given in their place."""
    now = facts_of(report)
    reporter = {
        name: given.get(f"reporter_{name}", getattr(now.reporter, name))
        for name in ("category", "name", "organisation", "contact", "wants_feedback")
    }
    return ReportSays(
        received_at=given.get("received_at", now.received_at),
        channel=given.get("channel", now.channel),
        kind=given.get("kind", now.kind),
        reporter=ReporterInput(**reporter),
        reasons=given.get("reasons", now.reasons),
        concern=given.get("concern", now.concern),
        is_crime_report=given.get("is_crime_report", now.is_crime_report),
        child_suspected=given.get("child_suspected", now.child_suspected),
    )
