"""What is done about a report beside the decision: protection, feedback, serious talk."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import store as deadlines
from cases.enums import (
    MANDATED_REPORTERS,
    STATUS_FEEDBACK,
    Channel,
    FeedbackAnswer,
    NoticeKind,
    OpeningOutcome,
    ProtectionOutcome,
    ReportPart,
    ReportStatus,
    SeriousTalkResult,
)
from cases.law import rules
from cases.matters import workers
from cases.matters.working import reach
from cases.notices import services as notices
from cases.reports.facts import open_investigation_of, tells_now
from cases.reports.models import Feedback, ProtectionAssessment, Report, SeriousTalk
from cases.signing import services as signing
from core import trail
from core.calendar import local_date
from core.errors import Invalid
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
from organisation.models import User
from organisation.rights import Action


@transaction.atomic
def assess_protection(
    report_id: int,
    *,
    assessed_at: datetime,
    outcome: str,
    child_spoken_with: bool,
    rationale: str,
    by: User,
    at: datetime,
    support_granted: str = "",
    sign_now: bool = False,
    version: int | None = None,
) -> ProtectionAssessment:
    """Write the immediate protection assessment (SoL 2025:400 20:1): when, by whom, the outcome.

    After the decision only one that was made by then is written down; what joined an open
    investigation still gets its own. `sign_now`: signed with the same act.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id, version=version)
    permit(who, Action.ASSESS_PROTECTION, **reach(report, on=who.on))
    decision = getattr(report, "decision", None)
    require(
        rules.may_assess_protection(
            already_assessed=ProtectionAssessment.objects.filter(report=report).exists(),
            outcome=decision.outcome if decision else None,
            decided_on=decision.decided_on if decision else None,
            assessed_on=local_date(assessed_at),
        )
    )
    checked_choice("outcome", outcome, ProtectionOutcome)
    texts = checked_texts(
        {"rationale": rationale, "support_granted": support_granted}, required=["rationale"]
    )
    checked_length(
        "support_granted", texts["support_granted"], ProtectionAssessment, "support_granted"
    )
    if assessed_at > at:
        raise Invalid({"assessed_at": _("The time cannot be in the future.")})
    if assessed_at < report.received_at:
        raise Invalid({"assessed_at": _("The report had not been received yet at that time.")})
    assessment = ProtectionAssessment(
        report=report,
        assessed_at=assessed_at,
        assessed_by=by,
        recorded_at=at,
        outcome=outcome,
        child_spoken_with=child_spoken_with,
        rationale=texts["rationale"],
        support_granted=texts["support_granted"],
    )
    if sign_now:
        signing.sign_row(
            "assessment",
            assessment,
            who=who,
            action=Action.ASSESS_PROTECTION,
            unit_id=report.unit_id,
            by=by,
            at=at,
        )
    assessment.save()
    if sign_now:
        signing.signed("assessment", assessment, by=by, at=at)
    if report.status == ReportStatus.RECEIVED:
        report.status = ReportStatus.ASSESSED
    if report.group_id in who.groups_with(Action.ASSESS_PROTECTION) and not workers.current(report):
        workers.give(report, by, ReportPart.RECEPTION, from_on=who.on, by=by, at=at)
    report.version += 1
    report.save(update_fields=["status", "version"])
    report.protection_assessment = assessment
    deadlines.refresh(report, on=who.on)
    trail.changed("report.protection_assessed", report, by=by, at=at, outcome=outcome)
    if outcome != ProtectionOutcome.NO_IMMEDIATE_NEED:
        notices.tell(
            notices.leaders_of(report.group_id, on=who.on, child_id=report.child_id),
            NoticeKind.PROTECTION,
            at=at,
            on=who.on,
            by=by,
            about=report,
        )
    return assessment


@transaction.atomic
def give_feedback(
    report_id: int, *, given_on: date, channel: str, by: User, at: datetime
) -> Feedback:
    """Tell a mandated reporter who asked: opened, not opened or ongoing (SoL 2025:400 19:6).

    The answer follows from the decision; nothing else about the child may be said. Before it, where
    an investigation already runs, the answer is that, at once.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id)
    permit(who, Action.GIVE_FEEDBACK, **reach(report, on=who.on))
    told = Feedback.objects.select_for_update(of=("self",)).filter(report=report).first()
    running = None if report.is_decided else open_investigation_of(report.child_id)
    require(
        rules.may_give_feedback(
            decided=report.is_decided,
            wanted=report.wants_feedback,
            given=told is not None and tells_now(report, told),
            already_runs=running is not None,
        )
    )
    checked_choice("channel", channel, Channel)
    earliest, earliest_is = feedback_from(report)
    checked_day("given_on", given_on, today=who.on, earliest=earliest, earliest_is=earliest_is)
    # What was told of a decision reversed since is kept in the history of the row.
    feedback = told or Feedback(report=report)
    feedback.answer = (
        STATUS_FEEDBACK[report.status] if report.is_decided else FeedbackAnswer.ALREADY_ONGOING
    )
    feedback.given_on = given_on
    feedback.given_by = by
    feedback.channel = channel
    feedback.save()
    report.version += 1
    report.save(update_fields=["version"])
    report.feedback = feedback
    deadlines.refresh(report, on=who.on)
    trail.changed("report.feedback_given", report, by=by, at=at, answer=feedback.answer)
    return feedback


def feedback_from(report: Report) -> tuple[date, str]:
    """The first day the reporter can have been told, and what it is: the decision, or the arrival
    where an investigation already ran."""
    decision = getattr(report, "decision", None)
    if decision is None or decision.outcome == OpeningOutcome.JOINS_OPEN:
        return report.received_on, _("the day the report arrived")
    return decision.decided_on, _("the decision")


@transaction.atomic
def ask_feedback(
    report_id: int, *, asked_on: date, by: User, at: datetime, version: int | None = None
) -> Report:
    """A mandated reporter asks for feedback after having reported (SoL 2025:400 19:6).

    Asked more than a week after the decision, or when an investigation already ran, the answer is
    due the same day.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id, version=version)
    permit(who, Action.GIVE_FEEDBACK, **reach(report, on=who.on))
    require(
        rules.may_ask_feedback(
            mandated=report.reporter_category in MANDATED_REPORTERS, wanted=report.wants_feedback
        )
    )
    checked_day(
        "asked_on",
        asked_on,
        today=who.on,
        earliest=report.received_on,
        earliest_is=_("the day the report arrived"),
    )
    report.wants_feedback, report.feedback_asked_on = True, asked_on
    report.version += 1
    report.save(update_fields=["wants_feedback", "feedback_asked_on", "version"])
    deadlines.refresh(report, on=who.on)
    trail.changed("report.feedback_asked", report, by=by, at=at, asked_on=asked_on.isoformat())
    return report


@transaction.atomic
def record_serious_talk(
    report_id: int,
    *,
    offered_at: datetime,
    result: str,
    by: User,
    at: datetime,
    held_at: datetime | None = None,
    with_guardians: bool = False,
    note: str = "",
) -> SeriousTalk:
    """Record that a serious talk was offered to a child suspected of a crime, and what came of it.

    One that was booked can be recorded again as held or declined; the offer's time stays.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id)
    permit(who, Action.OFFER_SERIOUS_TALK, **reach(report, on=who.on))
    talk = SeriousTalk.objects.select_for_update(of=("self",)).filter(report=report).first()
    waiting = talk is not None and talk.result == SeriousTalkResult.BOOKED
    require(
        rules.may_offer_serious_talk(
            child_suspected=report.child_suspected, offered=talk is not None and not waiting
        )
    )
    checked_choice("result", result, SeriousTalkResult)
    texts = checked_texts({"note": note})
    if talk is not None:
        offered_at = talk.offered_at
    if offered_at > at:
        raise Invalid({"offered_at": _("The time cannot be in the future.")})
    if offered_at < report.received_at:
        raise Invalid({"offered_at": _("The report had not been received yet at that time.")})
    if result == SeriousTalkResult.HELD:
        if held_at is None:
            raise Invalid({"held_at": _("Say when the talk was held.")})
        if held_at > at:
            raise Invalid({"held_at": _("The time cannot be in the future.")})
        if held_at < offered_at:
            raise Invalid({"held_at": _("The talk cannot be held before it is offered.")})
    else:
        held_at = None
    talk = talk or SeriousTalk(report=report, offered_at=offered_at)
    talk.result = result
    talk.held_at = held_at
    talk.with_guardians = with_guardians
    talk.note = texts["note"]
    talk.recorded_by = by
    talk.save()
    report.version += 1
    report.save(update_fields=["version"])
    report.serious_talk = talk
    deadlines.refresh(report, on=who.on)
    trail.changed("report.serious_talk", report, by=by, at=at, result=result)
    return talk
