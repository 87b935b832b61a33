"""The proposal and the decision to open an investigation or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import store as deadlines
from cases.enums import OUTCOME_STATUS, InvestigationType, NoticeKind, OpeningOutcome
from cases.investigations.models import Investigation
from cases.law import rules
from cases.law.duties import is_decision_late, opening_due_on
from cases.matters.numbers import next_number
from cases.matters.working import reach
from cases.notices import services as notices
from cases.persons.models import Person
from cases.reports import facts
from cases.reports.models import DecisionProposal, OpeningDecision, Report
from cases.signing import services as signing
from core import trail
from core.calendar import local_date
from core.errors import Conflict, Invalid
from core.wording import full_day
from organisation.acting import (
    access,
    checked_choice,
    checked_day,
    checked_length,
    checked_texts,
    lock,
    permit,
    require,
)
from organisation.enums import INVESTIGATING
from organisation.models import OrgUnit, User
from organisation.rights import Action


def _receiving_group(report: Report, group: OrgUnit | None) -> OrgUnit:
    if group is None:
        raise Invalid({"group": _("Choose the group that receives the investigation.")})
    if group.parent_id != report.unit_id or not group.active or group.function not in INVESTIGATING:
        raise Invalid({"group": _("Choose one of the unit's groups that investigate.")})
    return group


def open_investigation_of(child_id: int) -> Investigation | None:
    """The one open investigation about the child, if there is one."""
    return Investigation.objects.open().filter(child_id=child_id).first()


@transaction.atomic
def propose_decision(
    report_id: int,
    *,
    outcome: str,
    rationale: str,
    by: User,
    at: datetime,
    group: OrgUnit | None = None,
    investigation_type: str = InvestigationType.ORDINARY,
    version: int | None = None,
) -> DecisionProposal:
    """Write, or write over, the proposal of the decision for the one who decides.

    `version` is that of the proposal one is changing, None for the first.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id)
    permit(who, Action.PROPOSE_DECISION, **reach(report, on=who.on))
    checked_choice("outcome", outcome, OpeningOutcome)
    require(
        rules.may_decide_opening(
            status=report.status,
            outcome=outcome,
            open_investigation=open_investigation_of(report.child_id) is not None,
        )
    )
    texts = checked_texts({"rationale": rationale}, required=["rationale"])
    opening = outcome == OpeningOutcome.OPEN
    if opening:
        group = _receiving_group(report, group)
        checked_choice("investigation_type", investigation_type, InvestigationType)
    values = {
        "outcome": outcome,
        "rationale": texts["rationale"],
        "group": group if opening else None,
        "investigation_type": investigation_type if opening else "",
        "proposed_by": by,
        "proposed_at": at,
    }
    proposal = (
        DecisionProposal.objects.select_for_update(of=("self",)).filter(report=report).first()
    )
    if proposal is None:
        if version is not None:
            raise Conflict(_("There is no proposal to change."))
        proposal = DecisionProposal(report=report, **values)
    else:
        if version is not None and proposal.version != version:
            raise Conflict(
                _("Somebody else has changed this meanwhile. Both versions are shown; choose."),
                current=proposal,
            )
        for name, value in values.items():
            setattr(proposal, name, value)
        proposal.version += 1
    proposal.save()
    trail.changed("report.decision_proposed", report, by=by, at=at, outcome=outcome)
    notices.tell(
        notices.leaders_of((group or report.group).pk, on=who.on, child_id=report.child_id)
        | notices.leaders_of(report.group_id, on=who.on, child_id=report.child_id),
        NoticeKind.PROPOSAL,
        at=at,
        on=who.on,
        by=by,
        about=report,
    )
    return proposal


@transaction.atomic
def decide_opening(
    report_id: int,
    *,
    decided_on: date,
    outcome: str,
    rationale: str,
    by: User,
    at: datetime,
    group: OrgUnit | None = None,
    investigation_type: str = InvestigationType.ORDINARY,
    late_reason: str = "",
    version: int | None = None,
) -> OpeningDecision:
    """Decide to open an investigation or not, within fourteen days (SoL 2025:400 20:2).

    Opening makes the investigation, waiting for handlers in `group`. A decision after the last
    day needs `late_reason` and stays late for ever. Raises Conflict when already decided, or when
    an investigation about the child is open and `outcome` is open (or the other way round).
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id, version=version)
    permit(who, Action.DECIDE_OPENING, **reach(report, on=who.on))
    checked_choice("outcome", outcome, OpeningOutcome)
    # Locks the child: two siblings' reports or two leaders cannot open twice.
    child = Person.objects.select_for_update(of=("self",)).get(pk=report.child_id)
    current = open_investigation_of(child.pk)
    require(
        rules.may_decide_opening(
            status=report.status, outcome=outcome, open_investigation=current is not None
        )
    )
    texts = checked_texts(
        {"rationale": rationale, "late_reason": late_reason}, required=["rationale"]
    )
    checked_day(
        "decided_on",
        decided_on,
        today=who.on,
        earliest=report.received_on,
        earliest_is=_("the day the report arrived"),
    )
    opening = outcome == OpeningOutcome.OPEN
    if opening:
        group = _receiving_group(report, group)
        checked_choice("investigation_type", investigation_type, InvestigationType)
    late = is_decision_late(
        replace(
            facts.report_facts(report),
            decided_on=decided_on,
            outcome=outcome,
            joined_opened_on=current.opened_on if current else None,
        )
    )
    if late and not texts["late_reason"]:
        raise Invalid(
            {
                "late_reason": _("The last day was %(day)s. Give the reason why it is late.")
                % {"day": full_day(opening_due_on(report.received_at))}
            }
        )
    checked_length("late_reason", texts["late_reason"], OpeningDecision, "late_reason")
    investigation = None
    if opening:
        assert group is not None
        investigation = _open_investigation(
            report, group=group, type_=investigation_type, opened_on=decided_on, by=by, at=at
        )
    elif outcome == OpeningOutcome.JOINS_OPEN:
        investigation = current
    decision = OpeningDecision(
        report=report,
        standing_for=report,
        outcome=outcome,
        decided_on=decided_on,
        decided_by=by,
        recorded_at=at,
        rationale=texts["rationale"],
        is_late=late,
        late_reason=texts["late_reason"] if late else "",
    )
    signing.sign_row(
        "decision",
        decision,
        who=who,
        action=Action.DECIDE_OPENING,
        unit_id=report.unit_id,
        by=by,
        at=at,
    )
    decision.save()
    report.decision = decision
    report.investigation = investigation
    report.status = OUTCOME_STATUS[outcome]
    report.version += 1
    report.save(update_fields=["investigation", "status", "version"])
    deadlines.refresh(report, on=who.on)
    trail.changed(
        "report.decided",
        report,
        by=by,
        at=at,
        outcome=outcome,
        late=late,
        investigation=investigation.pk if investigation else None,
        digest=decision.signed_digest,
    )
    return decision


def _open_investigation(
    report: Report, *, group: OrgUnit, type_: str, opened_on: date, by: User, at: datetime
) -> Investigation:
    on = local_date(at)
    earlier = (
        Investigation.objects.counted()
        .filter(child_id=report.child_id)
        .concluded_within(days=rules.REOPENED_WITHIN_DAYS, before=opened_on)
        .order_by("-concluded_on")
        .first()
    )
    investigation = Investigation.objects.create(
        unit_id=report.unit_id,
        group=group,
        number=next_number(report.unit, on.year, "U"),
        child_id=report.child_id,
        type=type_,
        opened_on=opened_on,
        opened_by=by,
        reopens=earlier,
    )
    deadlines.refresh(investigation, on=on)
    trail.changed("investigation.opened", investigation, by=by, at=at, report=report.pk)
    leaders = notices.leaders_of(group.pk, on=on, child_id=report.child_id)
    notices.tell(leaders, NoticeKind.UNASSIGNED, at=at, on=on, by=by, about=investigation)
    if earlier is not None:
        notices.tell(leaders, NoticeKind.REOPENED, at=at, on=on, about=investigation)
    return investigation
