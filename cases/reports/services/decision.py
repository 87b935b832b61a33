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
from cases.reports.facts import open_investigation_of
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
from organisation.permissions import Access
from organisation.rights import Action


def _receiving_group(report: Report, group: OrgUnit | None) -> OrgUnit:
    if group is None:
        raise Invalid({"group": _("Choose the group that receives the investigation.")})
    if group.parent_id != report.unit_id or not group.active or group.function not in INVESTIGATING:
        raise Invalid({"group": _("Choose one of the unit's groups that investigate.")})
    return group


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
    unassessed_reason: str = "",
    version: int | None = None,
) -> OpeningDecision:
    """Decide to open an investigation or not, within fourteen days (SoL 2025:400 20:2).

    Opening makes the investigation, waiting for handlers in `group`. A decision after the last
    day needs `late_reason` and stays late for ever; one before any protection assessment needs
    `unassessed_reason` (SoL 2025:400 20:1). Raises Conflict when already decided, or when
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
        {
            "rationale": rationale,
            "late_reason": late_reason,
            "unassessed_reason": unassessed_reason,
        },
        required=["rationale"],
    )
    unassessed = rules.needs_assessment_first(
        kind=report.kind,
        outcome=outcome,
        assessed=getattr(report, "protection_assessment", None) is not None,
    )
    checked_length(
        "unassessed_reason", texts["unassessed_reason"], OpeningDecision, "unassessed_reason"
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
    missing = {}
    if late and not texts["late_reason"]:
        missing["late_reason"] = _("The last day was %(day)s. Give the reason why it is late.") % {
            "day": full_day(opening_due_on(report.received_at))
        }
    if unassessed and not texts["unassessed_reason"]:
        missing["unassessed_reason"] = _(
            "No protection assessment is written. Write it first, or say why there is none."
        )
    if missing:
        raise Invalid(missing)
    checked_length("late_reason", texts["late_reason"], OpeningDecision, "late_reason")
    investigation = None if outcome != OpeningOutcome.JOINS_OPEN else current
    if opening:
        assert group is not None
        investigation = _open_investigation(
            report, group=group, type_=investigation_type, opened_on=decided_on, by=by, at=at
        )
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
        unassessed_reason=texts["unassessed_reason"] if unassessed else "",
    )
    return _stand(decision, report, investigation, Action.DECIDE_OPENING, who=who, by=by, at=at)


def _stand(
    decision: OpeningDecision,
    report: Report,
    investigation: Investigation | None,
    action: Action,
    *,
    who: Access,
    by: User,
    at: datetime,
) -> OpeningDecision:
    """Sign the decision and let the report stand by it; whoever investigates hears of what joins
    them at once."""
    signing.sign_row(
        "decision", decision, who=who, action=action, unit_id=report.unit_id, by=by, at=at
    )
    decision.save()
    report.decision = decision
    report.investigation = investigation
    report.status = OUTCOME_STATUS[decision.outcome]
    report.version += 1
    report.save(update_fields=["investigation", "status", "version"])
    deadlines.refresh(report, on=who.on)
    trail.changed(
        "report.decided",
        report,
        by=by,
        at=at,
        outcome=decision.outcome,
        late=decision.is_late,
        investigation=investigation.pk if investigation else None,
        digest=decision.signed_digest,
    )
    if decision.outcome == OpeningOutcome.JOINS_OPEN and investigation is not None:
        pair = notices.handlers_of(investigation.pk, on=who.on)
        notices.tell(
            # Given to nobody yet, it is its leader's.
            pair or notices.leaders_of(investigation.group_id, on=who.on, child_id=report.child_id),
            NoticeKind.REPORT_JOINED,
            at=at,
            on=who.on,
            by=by,
            about=report,
        )
    return decision


@transaction.atomic
def join_open(
    report_id: int, *, by: User, at: datetime, version: int | None = None
) -> OpeningDecision:
    """Let the report join the open investigation about its child, with one press.

    No decision is due (SoL 2025:400 20:2), so whoever works on the report may. It still gets its
    own protection assessment. Conflict when no investigation is open, or when it was opened after
    the last day to decide: then the decision is late and says why.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id, version=version)
    permit(who, Action.PROPOSE_DECISION, **reach(report, on=who.on))
    Person.objects.select_for_update(of=("self",)).get(pk=report.child_id)
    current = open_investigation_of(report.child_id)
    late = current is not None and is_decision_late(
        replace(
            facts.report_facts(report),
            decided_on=who.on,
            outcome=OpeningOutcome.JOINS_OPEN,
            joined_opened_on=current.opened_on,
        )
    )
    require(rules.may_join(status=report.status, open_investigation=current is not None, late=late))
    assert current is not None
    decision = OpeningDecision(
        report=report,
        standing_for=report,
        outcome=OpeningOutcome.JOINS_OPEN,
        decided_on=who.on,
        decided_by=by,
        recorded_at=at,
        rationale=_("An investigation about the child is open; the report joins it (SoL 20:2)."),
    )
    return _stand(decision, report, current, Action.PROPOSE_DECISION, who=who, by=by, at=at)


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
