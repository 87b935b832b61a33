"""A decision to open or not that was taken by mistake: reversed, and the reversal taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.corrections import services as corrections
from cases.corrections.models import Correction
from cases.deadlines import store as deadlines
from cases.enums import OUTCOME_STATUS, CorrectionAct, OpeningOutcome, ReportStatus
from cases.interventions.models import Intervention
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.law import rules
from cases.matters.working import reach
from cases.persons.models import Person
from cases.reports.models import OpeningDecision, Report
from cases.reports.services.correction import locked_with_facts
from core import trail
from core.calendar import local_date
from core.errors import Conflict
from organisation.acting import access, lock, permit, require
from organisation.models import User
from organisation.rights import Action


def _may_annul(investigation: Investigation, report: Report) -> None:
    """Conflict when more hangs on the investigation than the decision that opened it."""
    if not investigation.is_open:
        raise Conflict(
            _("The investigation is concluded. Reverse the conclusion first, then the decision.")
        )
    if investigation.reports.exclude(pk=report.pk).exists():
        raise Conflict(
            _("Other reports have joined the investigation. Reverse those decisions first.")
        )
    if Intervention.objects.filter(investigation=investigation).exists():
        raise Conflict(_("An intervention has been decided in the investigation."))


def opened_by(report: Report) -> Investigation | None:
    """The investigation that the report's decision opened, locked; none of one that joined."""
    decision: Any = getattr(report, "decision", None)
    if decision is None or decision.outcome != OpeningOutcome.OPEN:
        return None
    return Investigation.objects.select_for_update(of=("self",)).get(pk=report.investigation_id)


@transaction.atomic
def reverse_decision(
    report_id: int, *, reason: str, by: User, at: datetime, version: int | None = None
) -> Report:
    """Reverse a decision taken by mistake: the report waits for a decision by its original clock.

    The decision stays readable, marked as reversed. The investigation it opened counts no more,
    and comes back as it was when the reversal is taken back.
    """
    who = access(by, at)
    lock(Report.objects.visible_to(who), report_id, version=version)
    report = locked_with_facts(report_id)
    permit(who, Action.DECIDE_OPENING, **reach(report, on=who.on))
    require(rules.may_reverse_decision(decided=report.is_decided))
    why = corrections.checked_reason(reason)
    decision = OpeningDecision.objects.select_for_update(of=("self",)).get(standing_for=report)
    before = {"status": report.status, "investigation": report.investigation_id}
    investigation = opened_by(report)
    if investigation is not None:
        _may_annul(investigation, report)
        before["investigation_status"] = investigation.status
    decision.standing_for = None
    decision.save(update_fields=["standing_for"])
    assessed = getattr(report, "protection_assessment", None) is not None
    report.status = ReportStatus.ASSESSED if assessed else ReportStatus.RECEIVED
    report.investigation = None
    report.version += 1
    report.save(update_fields=["status", "investigation", "version"])
    report = locked_with_facts(report_id)
    deadlines.refresh(report, on=who.on)
    if investigation is not None:
        investigations.annul(investigation, by=by, at=at)
    corrections.write(
        report,
        CorrectionAct.REVERSED,
        of=decision,
        reason=why,
        by=by,
        at=at,
        kept=before,
    )
    trail.changed("report.decision_reversed", report, by=by, at=at, outcome=decision.outcome)
    return report


def stand_again(report: Report, undone: Correction, *, reason: str, by: User, at: datetime) -> None:
    """Let a reversed decision stand again, with the investigation it opened."""
    if report.is_decided:
        raise Conflict(_("A new decision has been taken. Reverse that one first."))
    decision = OpeningDecision.objects.select_for_update(of=("self",)).get(pk=undone.subject_id)
    Person.objects.select_for_update(of=("self",)).get(pk=report.child_id)
    investigation_id = undone.kept["investigation"]
    status = undone.kept.get("investigation_status")
    if status is not None:
        if Investigation.objects.open().filter(child_id=report.child_id).exists():
            raise Conflict(
                _("Another investigation about the child is open. Let the report join it.")
            )
        investigations.unannul(investigation_id, status=status, by=by, at=at)
    elif investigation_id is not None and not (
        Investigation.objects.counted().filter(pk=investigation_id).exists()
    ):
        raise Conflict(_("The investigation that the report joined is there no more."))
    decision.standing_for = report
    decision.save(update_fields=["standing_for"])
    report.status = OUTCOME_STATUS[decision.outcome]
    report.investigation_id = investigation_id
    report.decision = decision
    report.version += 1
    report.save(update_fields=["status", "investigation", "version"])
    fresh = locked_with_facts(report.pk)
    deadlines.refresh(fresh, on=local_date(at))
    corrections.write(
        fresh, CorrectionAct.UNDONE, of=decision, reason=reason, by=by, at=at, undoes=undone
    )
    trail.changed("report.decision_stands", fresh, by=by, at=at, outcome=decision.outcome)
