"""May this happen now, given the state the matter is in? Pure: plain values in, a Decision out.

Who may do it is `organisation.permissions`; how time counts is `cases.law.deadlines`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from cases.enums import (
    CLOSED_INVESTIGATION,
    DISCLOSURE_CHILD_AGE,
    INSTRUMENT_AGES,
    INTERVENTION_TRANSITIONS,
    INVESTIGATION_TRANSITIONS,
    MAJORITY_AGE,
    REPORT_TRANSITIONS,
    DisclosureRelation,
    DisclosureStatus,
    HandoverGround,
    InterventionKind,
    InterventionStatus,
    InvestigationOutcome,
    InvestigationStatus,
    OpeningOutcome,
    PoliceReport,
    ReportKind,
    ReportStatus,
    RightGround,
    ViolenceMark,
)
from core.decisions import Allowed, Decision, Denied

REOPENED_WITHIN_DAYS = 30
"""An investigation opened this soon after another about the child was closed is flagged."""

READ_AFTER_END_DAYS = 30
"""A right to read given while the matter was open lasts at most so long after its end (OSL 26)."""

SIGN_WITHIN_DAYS = 7
"""How long a note or assessment may stand unsigned before it is something to do (unit routine)."""


def may_move(table: Mapping[str, frozenset[str]], now: str, then: str) -> Decision:
    """Whether the table of transitions has an arrow from `now` to `then`."""
    if then in table[now]:
        return Allowed()
    return Denied(_("The record is in another state now. Reload the page to see it."))


def may_assess_protection(
    *,
    already_assessed: bool,
    outcome: str | None = None,
    decided_on: date | None = None,
    assessed_on: date | None = None,
) -> Decision:
    """At once, before the decision; what joined an open investigation still gets its own.

    On a decided report only one made by then is written down (`assessed_on`; None: not said yet).
    """
    if already_assessed:
        return Denied(_("The protection assessment is already written."))
    if (
        decided_on is not None
        and outcome != OpeningOutcome.JOINS_OPEN
        and assessed_on is not None
        and assessed_on > decided_on
    ):
        return Denied(
            _("The report was decided %(day)s: it can no longer be assessed at once.")
            % {"day": decided_on.isoformat()}
        )
    return Allowed()


def needs_assessment_first(*, kind: str, outcome: str, assessed: bool) -> bool:
    """Whether a decision on the report asks for the protection assessment, or why there is none
    (SoL 2025:400 20:1). What joins an open investigation gets its own all the same."""
    return kind == ReportKind.REPORT and outcome != OpeningOutcome.JOINS_OPEN and not assessed


def may_decide_opening(*, status: str, outcome: str, open_investigation: bool) -> Decision:
    """One decision per report, and it must fit what is already open (SoL 2025:400 20:2)."""
    targets = {
        OpeningOutcome.OPEN: ReportStatus.OPENED,
        OpeningOutcome.DO_NOT_OPEN: ReportStatus.NOT_OPENED,
        OpeningOutcome.JOINS_OPEN: ReportStatus.JOINED,
    }
    if targets[OpeningOutcome(outcome)] not in REPORT_TRANSITIONS[status]:
        return Denied(_("A decision has already been taken on this report."))
    if outcome == OpeningOutcome.OPEN and open_investigation:
        return Denied(
            _("An investigation about the child is already open. Let the report join it.")
        )
    if outcome == OpeningOutcome.JOINS_OPEN and not open_investigation:
        return Denied(_("There is no open investigation about the child to join."))
    return Allowed()


def may_join(*, status: str, open_investigation: bool, late: bool) -> Decision:
    """With one press: where an investigation was open before the last day to decide."""
    may = may_decide_opening(
        status=status,
        outcome=OpeningOutcome.JOINS_OPEN,
        open_investigation=open_investigation,
    )
    if may and late:
        return Denied(
            _(
                "The last day to decide had passed when the investigation was opened: decide, and"
                " say why it is late."
            )
        )
    return may


def may_withdraw(*, status: str) -> Decision:
    """Only what is not decided is withdrawn as logged by mistake."""
    if ReportStatus.WITHDRAWN in REPORT_TRANSITIONS[status]:
        return Allowed()
    if status == ReportStatus.WITHDRAWN:
        return Denied(_("The report is withdrawn already."))
    return Denied(_("The report is decided. Reverse the decision first."))


def may_reverse_decision(*, decided: bool) -> Decision:
    if decided:
        return Allowed()
    return Denied(_("There is no decision to reverse."))


def may_move_report(*, joined: bool, decided: bool, leaves_unit: bool) -> Decision:
    """What a report has joined is another's; what a unit has decided stays in the unit."""
    if joined:
        return Denied(
            _("The report has joined an investigation about this child. Reverse that first.")
        )
    if decided and leaves_unit:
        return Denied(_("The report is decided in this unit. Reverse the decision first."))
    return Allowed()


def may_reverse_conclusion(*, status: str) -> Decision:
    if status == InvestigationStatus.CONCLUDED:
        return Allowed()
    return Denied(_("The investigation is not concluded."))


def may_give_feedback(
    *, decided: bool, wanted: bool, given: bool, already_runs: bool = False
) -> Decision:
    """Only to a mandated reporter who asked, once decided, or when an investigation already runs
    (SoL 2025:400 19:6)."""
    if given:
        return Denied(_("The reporter has already been given feedback."))
    if not wanted:
        return Denied(_("The reporter is not a mandated reporter who has asked for feedback."))
    if not decided and not already_runs:
        return Denied(_("Feedback is given when the decision has been taken."))
    return Allowed()


def may_ask_feedback(*, mandated: bool, wanted: bool) -> Decision:
    """A mandated reporter asks when it will, once (SoL 2025:400 19:6)."""
    if not mandated:
        return Denied(_("Only a mandated reporter can be given feedback (SoL 19:6)."))
    if wanted:
        return Denied(_("The reporter has asked for feedback already."))
    return Allowed()


def may_offer_serious_talk(*, child_suspected: bool, offered: bool) -> Decision:
    if not child_suspected:
        return Denied(_("A serious talk is offered to a child suspected of a crime."))
    if offered:
        return Denied(_("The serious talk is already recorded as held or declined."))
    return Allowed()


def may_assign(*, status: str) -> Decision:
    if status in CLOSED_INVESTIGATION:
        return Denied(_("The investigation is concluded."))
    return Allowed()


def may_work(*, status: str) -> Decision:
    """Whether the investigation can still be written in."""
    if status in CLOSED_INVESTIGATION:
        return Denied(_("The investigation is concluded and can no longer be changed."))
    return Allowed()


def may_write_late(*, closed: bool) -> Decision:
    """What comes after the end is noted as late; before, it is a note as any other."""
    if closed:
        return Allowed()
    return Denied(_("The matter is open: write a note as usual."))


def may_change_note(*, signed: bool) -> Decision:
    if signed:
        return Denied(
            _("The note is signed and locked. Write a correction or an addition instead.")
        )
    return Allowed()


def may_sign(*, signed: bool) -> Decision:
    if signed:
        return Denied(_("The text is already signed."))
    return Allowed()


def may_add(*, signed: bool) -> Decision:
    """What is not signed is changed, not added to."""
    if not signed:
        return Denied(_("The text is not signed yet: change it instead."))
    return Allowed()


def may_receive(*, relation: str, age: int | None, has_custody: bool | None) -> Decision:
    """Who a party's copy can be made for: a child that speaks for itself, a guardian, others."""
    if relation == DisclosureRelation.CHILD and (age is None or age < DISCLOSURE_CHILD_AGE):
        return Denied(
            _("The child is not %(age)s yet: its guardian asks for it.")
            % {"age": DISCLOSURE_CHILD_AGE}
        )
    return Allowed()


def grounds_of_right(
    *, relation: str, age: int | None, has_custody: bool | None
) -> tuple[RightGround, ...]:
    """The grounds on which somebody's right to the file is examined.

    None where custody of a child under 15 gives it by itself (OSL 12 kap. 3 §). From 15 the child's
    age and maturity are weighed, from 18 nobody has custody (FB 9 kap. 1 §).
    """
    years = age or 0
    if relation == DisclosureRelation.CHILD:
        return (RightGround.OF_AGE if years >= MAJORITY_AGE else RightGround.FROM_FIFTEEN,)
    if relation == DisclosureRelation.REPRESENTATIVE:
        return (RightGround.REPRESENTS, RightGround.CONSENT, RightGround.NO_PARTY)
    if relation == DisclosureRelation.GUARDIAN and has_custody and years < MAJORITY_AGE:
        if years < DISCLOSURE_CHILD_AGE:
            return ()
        return (RightGround.OLDER_CHILD, RightGround.CONSENT)
    return (RightGround.PARTY, RightGround.CONSENT, RightGround.NO_PARTY)


def right_examined(*, grounds: Collection[str], ground: str, status: str) -> Decision:
    """Whether the right was examined on a ground that holds today, where it has to be."""
    if not grounds or ground in grounds:
        return Allowed()
    if status == DisclosureStatus.APPROVED:
        return Denied(
            _(
                "Age or custody has changed since the right to the file was examined. Withdraw the"
                " copy and prepare it anew."
            )
        )
    return Denied(_("Examine the right to the file first, and write the reason."))


def may_redact(*, status: str) -> Decision:
    """Masks are changed while it is prepared; what the leader reads stays as it is."""
    if status == DisclosureStatus.DRAFT:
        return Allowed()
    if status == DisclosureStatus.SUBMITTED:
        return Denied(_("It is with the leader. Ask for it back to change it."))
    return Denied(_("What has been approved for a party is not changed."))


def may_submit_disclosure(*, status: str, left: int) -> Decision:
    """Every text has been looked through by a person before a leader approves."""
    if status != DisclosureStatus.DRAFT:
        return may_redact(status=status)
    if left:
        return Denied(_("Look through every text first. Left: %(left)s.") % {"left": left})
    return Allowed()


_ALL_GIVEN = re.compile(
    r"\b(?:(?:allt|allting|samtliga \w+|hela akten)\s+(?:lämnas|ges)\s+ut"
    r"|(?:inget|ingenting)\s+(?:är\s+maskat|maskas|undantas|undanhålls|hålls\s+inne))\b"
    r"(?![^.\n]*\b(?:utom|förutom|undantag|bortsett|frånsett|annat|mer)\b)",
    re.IGNORECASE,
)
"""Says that everything is given out, as people write it in a decision."""


def decision_fits(*, grounds: Collection[str], refusal: str) -> Decision:
    """What is withheld is withheld by a decision that names each ground and appeals against nothing
    else (OSL 6 kap. 7-8 §§, FL 32 §). `grounds`: codes (`osl_26_1`) of the masks in force."""
    if not grounds:
        return Allowed()
    if not refusal.strip():
        return Denied(_("Write the decision on what is withheld first."))
    if _ALL_GIVEN.search(refusal):
        return Denied(_("The decision says that everything is given out, and parts are masked."))
    for code in sorted(grounds):
        _osl, chapter, section = code.split("_")
        if not re.search(rf"\b{chapter}\s*(?:kap\.?\s*|:)\s*{section}\b", refusal):
            return Denied(
                _("The decision does not name %(ground)s, which is in use. Write it anew.")
                % {"ground": f"OSL {chapter} kap. {section} §"}
            )
    return Allowed()


def may_approve_disclosure(*, status: str) -> Decision:
    if status != DisclosureStatus.SUBMITTED:
        return Denied(_("There is nothing to approve."))
    return Allowed()


def may_deliver(*, status: str) -> Decision:
    if status != DisclosureStatus.APPROVED:
        return Denied(_("Only what has been approved is handed over."))
    return Allowed()


def may_write_document(*, status: str) -> Decision:
    if status == InvestigationStatus.TO_READ:
        return Denied(_("The document is with the leader. Ask for it back to change it."))
    return may_work(status=status)


def may_submit(*, status: str, empty_parts: int) -> Decision:
    """The document goes to the leader whole."""
    if status == InvestigationStatus.TO_READ:
        return Denied(_("The document is already with the leader."))
    if empty_parts:
        return Denied(_("Write every part of the decision document first."))
    return may_move(INVESTIGATION_TRANSITIONS, status, InvestigationStatus.TO_READ)


def may_read_document(*, status: str) -> Decision:
    if status != InvestigationStatus.TO_READ:
        return Denied(_("There is no decision document to read."))
    return Allowed()


def may_extend(*, status: str, due_on: date, decided_on: date) -> Decision:
    """More time is decided before the time is out (SoL 2025:400 20:3)."""
    if status in CLOSED_INVESTIGATION:
        return Denied(_("The investigation is concluded."))
    if decided_on > due_on:
        return Denied(
            _("The time is out: an extension has to be decided before the last day has passed.")
        )
    return Allowed()


def may_conclude(*, status: str, violence: str, police_report: str) -> Decision:
    """Ended once, on a document handed in to be read, the question of a police report answered.

    What has come to light and what it led to is documented, and decides (SoL 2025:400 14:3).
    """
    if status == InvestigationStatus.CONCLUDED:
        return Denied(_("The investigation is already concluded."))
    if violence == ViolenceMark.YES and police_report == PoliceReport.NOT_DECIDED:
        return Denied(_("Violence is described: say whether a police report was made, or why not."))
    if status != InvestigationStatus.TO_READ:
        return Denied(_("The decision document has to be written and handed in to be read first."))
    return may_move(INVESTIGATION_TRANSITIONS, status, InvestigationStatus.CONCLUDED)


def may_grant(*, kind: str, status: str, outcome: str | None) -> Decision:
    """What an investigation that ended without need of support found needs no support.

    Follow-up without measure follows an investigation that has ended (SoL 2025:400 23:1-5).
    """
    ended = status == InvestigationStatus.CONCLUDED
    if kind == InterventionKind.FOLLOW_UP:
        if not ended:
            return Denied(
                _("Follow-up without measure is decided when the investigation has ended.")
            )
        return Allowed()
    if status == InvestigationStatus.ANNULLED or (
        ended and outcome == InvestigationOutcome.NO_INTERVENTION
    ):
        return Denied(_("The investigation ended without intervention: nothing can be granted."))
    return Allowed()


def may_end_intervention(*, status: str) -> Decision:
    if InterventionStatus.ENDED not in INTERVENTION_TRANSITIONS[status]:
        return Denied(_("The intervention has already ended."))
    return Allowed()


def instrument_fits(*, instrument: str, age: int | None) -> Decision:
    """SAVRY is made for ages 12-18, EARL for children under 12."""
    ages = INSTRUMENT_AGES.get(instrument)
    if ages is None or age is None or ages[0] <= age <= ages[1]:
        return Allowed()
    return Denied(
        _("The instrument is made for ages %(first)s-%(last)s; the child is %(age)s.")
        % {"first": ages[0], "last": ages[1], "age": age}
    )


class StepState(StrEnum):
    DONE = "done"
    NOW = "now"
    LEFT = "left"
    LATE = "late"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the path of a matter; `anchor` is where on the case page it is done."""

    code: str
    label: str
    state: StepState
    anchor: str
    detail: str = ""


def report_steps(
    *,
    assessed: bool,
    decided: bool,
    needs_assessment: bool,
    feedback: bool | None,
    talk: bool | None,
) -> list[Step]:
    """The path of a report. `feedback` and `talk`: done or not, None when not called for."""
    steps = [Step("logged", _("Logged"), StepState.DONE, "report")]
    if needs_assessment:
        steps.append(_step("assessment", _("Protection assessment"), assessed, "protection"))
    if talk is not None:
        steps.append(_step("talk", _("Serious talk"), talk, "talk"))
    steps.append(_step("decision", _("Decision"), decided, "decision"))
    if feedback is not None:
        steps.append(_step("feedback", _("Feedback"), feedback, "feedback"))
    return _first_left_is_now(steps)


def investigation_steps(
    *,
    allocated: bool,
    planned: bool,
    child_conversations: int,
    guardians: int,
    guardians_heard: int,
    violence: str,
    police_report: str,
    risk_assessed: bool,
    document_parts_left: int,
    submitted: bool,
    document_read: bool,
    communicated: bool,
    concluded: bool,
) -> list[Step]:
    """The path of an investigation, with what is left to do in words."""
    police_done = violence == ViolenceMark.NO or (
        violence == ViolenceMark.YES and police_report != PoliceReport.NOT_DECIDED
    )
    steps = [
        _step("allocated", _("Given to a pair"), allocated, "handlers"),
        _step("planned", _("Plan"), planned, "plan"),
        _step(
            "child",
            _("Talk with the child"),
            child_conversations > 0,
            "notes",
            _("%(number)s conversations") % {"number": child_conversations},
        ),
        _step(
            "guardians",
            _("Guardians take part"),
            guardians > 0 and guardians_heard >= guardians,
            "guardians",
            _("%(heard)s of %(all)s") % {"heard": guardians_heard, "all": guardians},
        ),
        _step("risk", _("Protection and risk"), risk_assessed, "risk"),
        _step("violence", _("Violence and police"), police_done, "violence"),
        _step(
            "document",
            _("Decision document"),
            document_parts_left == 0 or submitted or document_read or concluded,
            "document",
            _("%(number)s parts left") % {"number": document_parts_left}
            if document_parts_left
            else "",
        ),
        _step("communicated", _("Communicated"), communicated, "communication"),
        _step("read", _("Read by the leader"), document_read, "document"),
        _step("concluded", _("Concluded"), concluded, "conclusion"),
    ]
    if concluded:
        return [
            step
            if step.state is StepState.DONE
            else Step(step.code, step.label, StepState.NOT_NEEDED, step.anchor, step.detail)
            for step in steps
        ]
    return _first_left_is_now(steps)


def _step(code: str, label: str, done: bool, anchor: str, detail: str = "") -> Step:
    return Step(code, label, StepState.DONE if done else StepState.LEFT, anchor, detail)


def _first_left_is_now(steps: list[Step]) -> list[Step]:
    for index, step in enumerate(steps):
        if step.state is StepState.LEFT:
            steps[index] = Step(step.code, step.label, StepState.NOW, step.anchor, step.detail)
            break
    return steps


ADULT_AT = 18
"""OSL 26:9 opens for the care of whoever has not had this birthday."""


def may_hand_over(
    *, status: str, ground: str, age: int | None, same_board: bool, unsigned: bool
) -> Decision:
    """By what ground an open investigation may go on in another unit, with copies of its file.

    Between boards secrecy holds (OSL 2009:400 8:1, 26:1): broken by consent (10:1, 12:2), or where
    a child under eighteen needs it for care or support (26:9). Units of one board are one
    authority. `age` None: not known, or unborn.
    """
    if status in CLOSED_INVESTIGATION:
        return Denied(_("Only an open investigation is handed over."))
    if ground == HandoverGround.NEEDED_CARE and age is not None and age >= ADULT_AT:
        return Denied(
            _("Whoever is 18 consents: what is needed for care opens for children (OSL 26:9).")
        )
    if ground == HandoverGround.SAME_BOARD and not same_board:
        return Denied(_("The two units belong to different boards: secrecy holds between them."))
    if unsigned:
        return Denied(_("There are notes that are not signed. They do not go along: sign them."))
    return Allowed()
