"""The reports of a demonstration unit: logged, assessed, proposed, decided, answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from cases.enums import (
    OUTCOME_STATUS,
    STATUS_FEEDBACK,
    Channel,
    InvestigationType,
    NoticeKind,
    OpeningOutcome,
    ProtectionOutcome,
    ReporterCategory,
    ReportPart,
    ReportStatus,
    SeriousTalkResult,
)
from cases.law.duties import ReportFacts, report_duties
from cases.law.rules import needs_assessment_first
from cases.reports.models import (
    DecisionProposal,
    Feedback,
    OpeningDecision,
    ProtectionAssessment,
    Report,
    SeriousTalk,
)
from core.calendar import ONE_DAY, local_date
from demo.cases import words
from demo.cases.book import MINUTE, Book, Chapter
from demo.cases.load import array
from demo.cases.papers import Paper
from demo.cases.people import PlannedChild, PlannedContact, PlannedMatter, is_late
from demo.cases.proportions import VIOLENT
from demo.cases.signed import signature, signed_at
from organisation.enums import Role

_CHANNELS = {
    ReporterCategory.POLICE: (Channel.POLICE_REPORT, Channel.POLICE_REPORT, Channel.E_SERVICE),
    ReporterCategory.SCHOOL: (Channel.E_SERVICE, Channel.PHONE, Channel.LETTER),
    ReporterCategory.ANONYMOUS: (Channel.PHONE,),
    ReporterCategory.CHILD: (Channel.PHONE, Channel.VISIT),
    ReporterCategory.PARENT: (Channel.PHONE, Channel.VISIT, Channel.E_SERVICE),
}
_USUAL_CHANNELS = (Channel.PHONE, Channel.E_SERVICE, Channel.LETTER, Channel.OTHER)
_RATIONALES: dict[OpeningOutcome, tuple[str, ...]] = {
    OpeningOutcome.OPEN: words.OPEN_RATIONALE,
    OpeningOutcome.DO_NOT_OPEN: words.CLOSE_RATIONALE,
    OpeningOutcome.JOINS_OPEN: words.JOIN_RATIONALE,
}


class ReportRows(Chapter):
    """What the reception does with each report; `busy` are children investigated already."""

    def __init__(self, book: Book) -> None:
        super().__init__(book)
        self.busy: set[PlannedChild] = set()

    def number(self, papers: list[Paper]) -> None:
        for paper in papers:
            for matter in paper.contact.matters:
                matter.id = self.book.new_matter()
                matter.number = self.book.next_number(paper.logged_at, "")

    def write(self, paper: Paper) -> None:
        rng, unit, contact = self.rng, self.unit, paper.contact
        category = contact.category
        organisations = words.ORGANISATIONS.get(category)
        name = reached = ""
        if organisations:
            name = (
                f"{rng.choice(words.WOMEN)} {rng.choice(words.SURNAMES)}, "
                f"{rng.choice(words.TITLES[category])}"
            )
            reached = f"08-000 {rng.randrange(10, 100)} {rng.randrange(10, 100)}"
        elif category in ("private", "relative", "parent"):
            name = f"{rng.choice(words.WOMEN)} {rng.choice(words.SURNAMES)}"
            reached = f"070-000 {rng.randrange(10, 100)} {rng.randrange(10, 100)}"
        channel = rng.choice(_CHANNELS.get(ReporterCategory(category), _USUAL_CHANNELS)).value
        organisation = rng.choice(organisations) if organisations else ""
        concern = self._concern(contact)
        spoken_with = rng.random() < 0.45
        answer_days = 0 if rng.random() < 0.2 else rng.randint(1, 7)
        if rng.random() < 0.05:
            answer_days = rng.randint(8, 15)
        never_answered = rng.random() < 0.004
        first = contact.matters[0]
        for matter in contact.matters:
            self._report(
                paper,
                matter,
                channel=channel,
                organisation=organisation,
                name=name,
                reached=reached,
                concern=concern,
                spoken_with=spoken_with,
                answered_on=(
                    None
                    if never_answered or matter.decided_on is None
                    else matter.decided_on + timedelta(days=answer_days)
                ),
                linked_to=None if matter is first else first.id,
            )
        if paper.handler is None:
            for matter in contact.matters:
                self.book.notice(
                    unit.leaders["mottagning"],
                    NoticeKind.UNASSIGNED,
                    paper.logged_at,
                    matter=matter.id,
                )

    def _concern(self, contact: PlannedContact) -> str:
        rng = self.rng
        parts = [rng.choice(words.OPENINGS[contact.category])]
        for reason in contact.reasons:
            bank = words.CONCERNS[reason]
            parts += rng.sample(bank, min(len(bank), 2))
        parts.append(rng.choice(words.CLOSINGS))
        return " ".join(parts)

    def _report(
        self,
        paper: Paper,
        matter: PlannedMatter,
        *,
        channel: str,
        organisation: str,
        name: str,
        reached: str,
        concern: str,
        spoken_with: bool,
        answered_on: date | None,
        linked_to: int | None,
    ) -> None:
        rng, unit, batch, contact = self.rng, self.unit, self.batch, paper.contact
        child, pk, group = matter.child.id, matter.id, unit.groups["mottagning"]
        version = 1
        by = paper.handler or unit.leaders["mottagning"]

        def trail(action: str, at: datetime, who: int, **details: Any) -> None:
            self.book.changed(action, who, at, "report", pk, child, **details)

        trail("report.logged", paper.logged_at, paper.logged_by, children=len(contact.matters))
        inquiry = matter.investigation
        if paper.assessed_at is not None and paper.assessed_recorded_at is not None:
            version += 1
            outcome = ProtectionOutcome.NO_IMMEDIATE_NEED
            if set(contact.reasons) & VIOLENT and rng.random() < 0.22:
                outcome = rng.choice(
                    (ProtectionOutcome.PROTECTION_NEEDED, ProtectionOutcome.PROTECTED)
                )
            support = outcome != ProtectionOutcome.NO_IMMEDIATE_NEED and rng.random() < 0.4
            assessed: dict[str, Any] = {
                "report_id": pk,
                "assessed_at": paper.assessed_at,
                "assessed_by_id": by,
                "outcome": outcome.value,
                "child_spoken_with": spoken_with,
                "rationale": rng.choice(words.PROTECTION[outcome]),
                "support_granted": rng.choice(words.SUPPORT) if support else "",
            }
            if (at := signed_at(pk, paper.assessed_recorded_at, self.end)) is not None:
                assessed |= signature("assessment", assessed, by=by, at=at, role=Role.RECEPTION)
            batch.add(ProtectionAssessment, recorded_at=paper.assessed_recorded_at, **assessed)
            trail(
                "report.protection_assessed",
                paper.assessed_recorded_at,
                by,
                outcome=outcome.value,
            )
            if outcome != ProtectionOutcome.NO_IMMEDIATE_NEED:
                self.book.notice(
                    unit.leaders["mottagning"],
                    NoticeKind.PROTECTION,
                    paper.assessed_recorded_at,
                    matter=pk,
                )
        status = ReportStatus.ASSESSED if paper.assessed_at else ReportStatus.RECEIVED
        self._proposal(paper, matter, by)
        if paper.decided_at is not None and matter.decided_on is not None:
            version += 1
            status = ReportStatus(OUTCOME_STATUS[matter.outcome])
            late = is_late(matter)
            decided: dict[str, Any] = {
                "report_id": pk,
                "outcome": matter.outcome,
                "decided_on": matter.decided_on,
                "decided_by_id": paper.decided_by,
                "rationale": rng.choice(_RATIONALES[OpeningOutcome(matter.outcome)]),
                "standing_for_id": pk,
                "is_late": late,
                "late_reason": rng.choice(words.LATE_DECISION) if late else "",
                "unassessed_reason": words.UNASSESSED if self._unassessed(paper, matter) else "",
            }
            decided |= signature(
                "decision",
                decided,
                by=paper.decided_by,
                at=paper.decided_at,
                role=Role.GROUP_LEADER
                if paper.decided_by in unit.leaders.values()
                else Role.UNIT_HEAD,
            )
            batch.add(OpeningDecision, recorded_at=paper.decided_at, **decided)
            trail(
                "report.decided",
                paper.decided_at,
                paper.decided_by,
                outcome=matter.outcome,
                late=late,
                investigation=inquiry.id if inquiry else None,
            )
        feedback_on = None
        if contact.wants_feedback and answered_on is not None and answered_on < self.on:
            version += 1
            feedback_on = answered_on
            assert paper.decided_at is not None
            answer = STATUS_FEEDBACK[status]
            batch.add(
                Feedback,
                report_id=pk,
                answer=answer,
                given_on=answered_on,
                given_by_id=by,
                channel=rng.choice((Channel.LETTER, Channel.PHONE, Channel.EMAIL)).value,
            )
            at = max(self.book.at(answered_on), min(paper.decided_at + MINUTE, self.end - MINUTE))
            trail("report.feedback_given", at, by, answer=answer)
        talk_at = None
        if matter.suspected:
            talk_at = self._talk(paper, matter, by)
            version += talk_at is not None
        decided_on = matter.decided_on
        investigation = inquiry.id if inquiry and decided_on else None
        self.book.matter(
            Report,
            pk,
            group=group,
            child=child,
            number=matter.number,
            opened=contact.received_at.date(),
            closed=decided_on,
            part_of=investigation,
            linked_to_id=linked_to,
            status=status.value,
            kind=contact.kind,
            channel=channel,
            received_at=contact.received_at,
            received_on=contact.received_at.date(),
            reporter_category=contact.category,
            reporter_name=name,
            reporter_organisation=organisation,
            reporter_contact=reached,
            wants_feedback=contact.wants_feedback,
            reasons=array(*contact.reasons),
            concern=concern,
            is_crime_report=contact.is_crime_report,
            child_suspected=matter.suspected,
            feedback_asked_on=None,
            logged_by_id=paper.logged_by,
            logged_at=paper.logged_at,
            investigation_id=investigation,
            idempotency_key=None,
            version=version,
        )
        if paper.handler is not None:
            self.book.worker(
                pk,
                paper.handler,
                ReportPart.RECEPTION.value,
                paper.logged_at.date(),
                by=paper.handler,
                at=paper.logged_at,
            )
        self.book.deadlines(
            Report,
            pk,
            report_duties(
                ReportFacts(
                    kind=contact.kind,
                    received_at=contact.received_at,
                    child_suspected=matter.suspected,
                    age=matter.child.age_on(contact.received_at.date()),
                    wants_feedback=contact.wants_feedback,
                    assessed_at=paper.assessed_at,
                    decided_on=matter.decided_on,
                    outcome=matter.outcome or None,
                    joined_opened_on=inquiry.opened_on if inquiry else None,
                    feedback_on=feedback_on,
                    talk_offered_at=talk_at,
                    assessment_recorded_on=(
                        local_date(paper.assessed_recorded_at)
                        if paper.assessed_recorded_at
                        else None
                    ),
                    decision_recorded_on=(
                        local_date(paper.decided_at) if paper.decided_at else None
                    ),
                )
            ),
            group=group,
            child=child,
            written_on=(paper.assessed_recorded_at.date() if paper.assessed_recorded_at else None),
        )

    def _proposal(self, paper: Paper, matter: PlannedMatter, by: int) -> None:
        """Most decisions were proposed by the reception worker; some proposals wait now."""
        rng, contact = self.rng, paper.contact
        if paper.assessed_recorded_at is None or rng.random() > 0.75:
            return
        if paper.decided_at is not None:
            low, high = paper.assessed_recorded_at, paper.decided_at
            if high - low < 30 * MINUTE:
                return
            minutes = int((high - low).total_seconds() // 60)
            at = low + rng.randrange(10, min(minutes, 3000)) * MINUTE
            inquiry, outcome = matter.investigation, matter.outcome
            group = self.unit.groups[inquiry.group] if inquiry else None
            type_ = inquiry.type if inquiry else ""
        else:
            low = paper.assessed_recorded_at
            if (self.end - low).days < 4 or matter is not contact.matters[0]:
                return
            at = min(self.book.at((low + timedelta(days=3)).date()), self.end - MINUTE)
            opens = rng.random() < 0.45
            outcome = OpeningOutcome.OPEN if opens else OpeningOutcome.DO_NOT_OPEN
            if matter.child in self.busy:
                opens, outcome = False, OpeningOutcome.JOINS_OPEN
            young = matter.child.age_on(self.on) >= 13
            names = [g for g in self.unit.groups if g.startswith("ungdom" if young else "barn")]
            group = self.unit.groups[rng.choice(names)] if opens else None
            type_ = InvestigationType.ORDINARY if opens else ""
            self.book.notice(
                self.unit.leaders["mottagning"], NoticeKind.PROPOSAL, at, matter=matter.id
            )
        if outcome != OpeningOutcome.OPEN:
            group, type_ = None, ""
        self.batch.add(
            DecisionProposal,
            report_id=matter.id,
            outcome=str(outcome),
            rationale=rng.choice(_RATIONALES[OpeningOutcome(outcome)]),
            group_id=group,
            investigation_type=str(type_),
            proposed_by_id=by,
            proposed_at=at,
            version=1,
        )
        self.book.changed(
            "report.decision_proposed",
            by,
            at,
            "report",
            matter.id,
            matter.child.id,
            outcome=str(outcome),
        )

    def _unassessed(self, paper: Paper, matter: PlannedMatter) -> bool:
        """Whether it was decided before any protection assessment was written."""
        written = paper.assessed_recorded_at
        assert paper.decided_at is not None
        return needs_assessment_first(
            kind=paper.contact.kind,
            outcome=matter.outcome,
            assessed=written is not None and written <= paper.decided_at,
        )

    def _talk(self, paper: Paper, matter: PlannedMatter, by: int) -> datetime | None:
        """The serious talk after a crime report: most within 48 hours, some later, a few never."""
        rng = self.rng
        received = paper.contact.received_at
        chance = rng.random()
        if chance < 0.02:
            return None
        day = received.date()
        offered = received + timedelta(minutes=rng.randrange(90, 400))
        if chance > 0.88:
            offered = self.book.at(day + timedelta(days=rng.randint(3, 6)))
        elif chance > 0.5 or not 8 <= offered.hour < 20:
            # Whatever the hour it came in, the next day's office hours are within 48 hours.
            offered = self.book.at(day + ONE_DAY)
        if offered >= self.end:
            return None
        result = rng.choices(
            (
                SeriousTalkResult.HELD,
                SeriousTalkResult.BOOKED,
                SeriousTalkResult.DECLINED,
                SeriousTalkResult.NOT_REACHED,
            ),
            (70, 3, 17, 10),
        )[0]
        held = offered + timedelta(days=rng.randint(0, 5), minutes=rng.randrange(30, 120))
        if result == SeriousTalkResult.HELD and held >= self.end:
            result = SeriousTalkResult.BOOKED
        if result != SeriousTalkResult.HELD:
            held = offered
        self.batch.add(
            SeriousTalk,
            report_id=matter.id,
            offered_at=offered,
            result=result.value,
            held_at=held if result == SeriousTalkResult.HELD else None,
            with_guardians=result == SeriousTalkResult.HELD and rng.random() < 0.85,
            note=rng.choice(words.TALK_NOTES) if result == SeriousTalkResult.HELD else "",
            recorded_by_id=by,
        )
        self.book.changed(
            "report.serious_talk",
            by,
            held,
            "report",
            matter.id,
            matter.child.id,
            result=result.value,
        )
        return offered
