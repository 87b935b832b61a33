"""Which duties the facts of a matter give rise to, and how each stands. Pure.

`cases.law.deadlines` says how a rule counts; this module says when a rule is called upon. Services
store what it answers after every change, and `rebuild_deadlines` derives it all again: the two
can only differ if a row was tampered with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from cases.enums import DeadlineKind, InterventionKind, OpeningOutcome, ReportKind
from cases.law.deadlines import due
from cases.law.ladder import WORKING_DAYS_OF_WARNING
from cases.law.time_limits import rule_for
from core.calendar import local_date, working_days_before

CANCELLED_JOINED = "joined_open_investigation"
CANCELLED_ENDED = "intervention_ended"
CANCELLED_NO_LONGER = "no_longer_applies"
CANCELLED_DIED = "child_died"
CANCELLED_HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A deadline as it should be stored; fields as in `cases.deadlines.models.Deadline`."""

    kind: str
    rule_version: str
    starts_on: date
    anchor_at: datetime | None
    extended_to: date | None
    due_on: date
    act_by: date
    due_at: datetime | None
    warn_on: date
    met_on: date | None = None
    met_at: datetime | None = None
    recorded_on: date | None = None
    cancelled_on: date | None = None
    cancel_reason: str = ""
    missed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What of a report decides its duties. Times are aware, days local.

    `age` is the child's in whole years on the day the report came, None when it is not known.
    `feedback_asked_on` is None when it was asked for with the report.
    """

    kind: str
    received_at: datetime
    child_suspected: bool
    wants_feedback: bool
    age: int | None = None
    feedback_asked_on: date | None = None
    assessed_at: datetime | None = None
    decided_on: date | None = None
    outcome: str | None = None
    joined_opened_on: date | None = None
    feedback_on: date | None = None
    talk_offered_at: datetime | None = None
    assessment_recorded_on: date | None = None
    decision_recorded_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigationFacts:
    opened_on: date
    extended_to: date | None = None
    concluded_on: date | None = None
    handed_over_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionFacts:
    kind: str
    started_on: date
    followed_up_on: Sequence[date] = ()
    ended_on: date | None = None


def duty(
    kind: str,
    anchor: date | datetime,
    *,
    extended_to: date | None = None,
    met_on: date | None = None,
    met_at: datetime | None = None,
    recorded_on: date | None = None,
    cancelled_on: date | None = None,
    cancel_reason: str = "",
    missed_on: date | None = None,
    first: bool = True,
) -> Duty:
    """One duty counted from `anchor`; `met_at` alone gives `met_on`.

    `recorded_on`: the day it was written down that the duty was met, where that is kept.
    `missed_on`: the day from which it can no longer be done. `first` as `due` has it.
    """
    counted = due(kind, anchor, extended_to=extended_to, first=first)
    if met_on is None and met_at is not None:
        met_on = local_date(met_at)
    if met_on is not None:
        cancelled_on, cancel_reason = None, ""
    if met_on is not None or cancelled_on is not None:
        missed_on = None
    return Duty(
        kind=str(kind),
        rule_version=counted.version,
        starts_on=counted.starts_on,
        anchor_at=anchor if isinstance(anchor, datetime) else None,
        extended_to=extended_to,
        due_on=counted.due_on,
        act_by=counted.act_by,
        due_at=counted.due_at,
        warn_on=max(
            working_days_before(counted.due_on, WORKING_DAYS_OF_WARNING), counted.starts_on
        ),
        met_on=met_on,
        met_at=met_at,
        recorded_on=recorded_on if met_on is not None else None,
        cancelled_on=cancelled_on,
        cancel_reason=cancel_reason,
        missed_on=max(missed_on, counted.starts_on) if missed_on is not None else None,
    )


def ended_by_death(duties: Sequence[Duty], died_on: date | None) -> list[Duty]:
    """The duties of a child that died: what was not done by then is owed no more from that day.

    One that was overdue at the death stays so to see: its last day lies before its end.
    """
    if died_on is None:
        return list(duties)
    return [
        replace(
            one,
            met_on=None,
            met_at=None,
            missed_on=None,
            cancelled_on=max(died_on, one.starts_on),
            cancel_reason=CANCELLED_DIED,
        )
        if one.cancelled_on is None
        and (one.met_on is None or one.met_on > died_on)
        and (one.missed_on is None or one.missed_on > died_on)
        else one
        for one in duties
    ]


def opening_due_on(received_at: datetime) -> date:
    """The last day to decide whether to open an investigation (SoL 2025:400 20:2)."""
    return due(DeadlineKind.OPENING_DECISION, local_date(received_at)).due_on


def is_decision_late(facts: ReportFacts) -> bool:
    """Whether the decision came after the last day.

    No decision is due when an investigation about the child was already open by then: a report
    that joins one opened in time is never late (SoL 2025:400 20:2).
    """
    last_day = opening_due_on(facts.received_at)
    if facts.decided_on is None or facts.decided_on <= last_day:
        return False
    joined_in_time = (
        facts.outcome == OpeningOutcome.JOINS_OPEN
        and facts.joined_opened_on is not None
        and facts.joined_opened_on <= last_day
    )
    return not joined_in_time


def report_duties(facts: ReportFacts) -> list[Duty]:
    """The duties a report gives rise to, whatever has been done about them."""
    received_on = local_date(facts.received_at)
    duties = []
    if facts.kind == ReportKind.REPORT:
        # What is decided can no longer be assessed at once; what joined still gets its own.
        over = facts.outcome is not None and facts.outcome != OpeningOutcome.JOINS_OPEN
        duties.append(
            duty(
                DeadlineKind.PROTECTION_ASSESSMENT,
                facts.received_at,
                met_at=facts.assessed_at,
                recorded_on=facts.assessment_recorded_on,
                missed_on=facts.decided_on if over else None,
            )
        )
    joined = facts.outcome == OpeningOutcome.JOINS_OPEN and not is_decision_late(facts)
    duties.append(
        duty(
            DeadlineKind.OPENING_DECISION,
            received_on,
            met_on=None if joined else facts.decided_on,
            recorded_on=facts.decision_recorded_on,
            cancelled_on=facts.decided_on if joined else None,
            cancel_reason=CANCELLED_JOINED if joined else "",
        )
    )
    if owes_serious_talk(
        child_suspected=facts.child_suspected, age=facts.age, received_on=received_on
    ):
        duties.append(
            duty(DeadlineKind.SERIOUS_TALK, facts.received_at, met_at=facts.talk_offered_at)
        )
    if facts.wants_feedback and facts.decided_on is not None:
        duties.append(_feedback_duty(facts, facts.decided_on, received_on))
    return duties


def _feedback_duty(facts: ReportFacts, decided_on: date, received_on: date) -> Duty:
    """Within a week of the decision; at once when asked after that week, or when an investigation
    already ran when it was asked for (SoL 2025:400 19:6)."""
    asked_on = max(facts.feedback_asked_on or received_on, received_on)
    kind = DeadlineKind.REPORTER_FEEDBACK
    already_ran = (
        facts.outcome == OpeningOutcome.JOINS_OPEN
        and facts.joined_opened_on is not None
        and facts.joined_opened_on <= asked_on
    )
    if already_ran or asked_on > due(kind, decided_on).due_on:
        return duty(kind, asked_on, met_on=facts.feedback_on, first=False)
    return duty(kind, decided_on, met_on=facts.feedback_on)


def owes_serious_talk(*, child_suspected: bool, age: int | None, received_on: date) -> bool:
    """Whether a serious talk is owed within 48 hours: to a child suspected of a crime who is old
    enough on the day the report came; to one whose age is not known too."""
    if not child_suspected:
        return False
    floor = rule_for(DeadlineKind.SERIOUS_TALK, received_on).from_age
    return floor is None or age is None or age >= floor


def investigation_duties(facts: InvestigationFacts) -> list[Duty]:
    """The four months, or the day they have been extended to (SoL 2025:400 20:3).

    Handed over to another unit the duty is that unit's, with the same day to count from.
    """
    handed_over = facts.handed_over_on
    return [
        duty(
            DeadlineKind.INVESTIGATION,
            facts.opened_on,
            extended_to=facts.extended_to,
            met_on=facts.concluded_on,
            cancelled_on=handed_over,
            cancel_reason=CANCELLED_HANDED_OVER if handed_over else "",
        )
    ]


def intervention_duties(facts: InterventionFacts) -> list[Duty]:
    """A chain of follow-ups, each counted from the one before; or the one six-month follow-up.

    Ending the intervention cancels the follow-up not yet due; one already missed stays so,
    and can be made up.
    """
    if facts.kind == InterventionKind.FOLLOW_UP:
        return [duty(DeadlineKind.FOLLOWUP_AFTER_CLOSING, facts.started_on, met_on=facts.ended_on)]
    days = sorted(set(facts.followed_up_on))
    anchors = [facts.started_on, *(day for day in days if day > facts.started_on)]
    chain = [
        duty(DeadlineKind.INTERVENTION_FOLLOWUP, anchor, met_on=done)
        for anchor, done in pairwise(anchors)
    ]
    last = duty(DeadlineKind.INTERVENTION_FOLLOWUP, anchors[-1])
    if facts.ended_on is not None and facts.ended_on <= last.due_on:
        last = duty(
            DeadlineKind.INTERVENTION_FOLLOWUP,
            anchors[-1],
            cancelled_on=max(facts.ended_on, last.starts_on),
            cancel_reason=CANCELLED_ENDED,
        )
    return [*chain, last]
