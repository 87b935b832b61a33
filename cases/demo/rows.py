"""One unit's plan written down as database rows, as the services would have written them.

Numbers, states, versions, deadlines and the trail follow the services in `cases.services`; a test
rebuilds the deadlines of a loaded unit and finds no difference.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from cases.deadlines import rungs_reached
from cases.demo import words
from cases.demo.load import Batch
from cases.demo.plan import Child, Contact, Inquiry, Matter, Planner, is_late, is_working_day
from cases.demo.signed import reading, signature, signed_at
from cases.demo.staff import Unit, Worker
from cases.duties import (
    Duty,
    InterventionFacts,
    InvestigationFacts,
    ReportFacts,
    intervention_duties,
    investigation_duties,
    report_duties,
)
from cases.enums import (
    OUTCOME_STATUS,
    STATUS_FEEDBACK,
    Channel,
    CommunicationRecipient,
    DeadlineKind,
    HandlerPart,
    Instrument,
    InterventionKind,
    InterventionStatus,
    InvestigationOutcome,
    InvestigationStatus,
    InvestigationType,
    NoteKind,
    NoticeKind,
    OpeningOutcome,
    PoliceReport,
    ProtectedIdentity,
    ProtectionOutcome,
    ProtectionSource,
    ReporterCategory,
    ReportKind,
    ReportStatus,
    RiskLevel,
    SafetyRater,
    SeriousTalkResult,
    ViolenceMark,
)
from cases.models import (
    Communication,
    Deadline,
    DecisionDocument,
    DecisionProposal,
    Escalation,
    Extension,
    Feedback,
    Guardian,
    GuardianParticipation,
    HandlerAssignment,
    IdentityProtection,
    InstrumentUse,
    Intervention,
    InterventionFollowUp,
    Investigation,
    Note,
    Notice,
    NumberSeries,
    OpeningDecision,
    Person,
    ProtectionAssessment,
    Report,
    RiskAssessment,
    SafetyRating,
    SeriousTalk,
)
from cases.models.investigations import DOCUMENT_PARTS
from core.calendar import (
    ONE_DAY,
    STOCKHOLM,
    add_months,
    next_working_day,
)
from core.models import TrailEntry, TrailKind
from organisation.enums import Role

MINUTE = timedelta(minutes=1)
_VIOLENT = {"violence", "witnessed_violence", "honour", "sexual_abuse"}
_CHANNELS = {
    ReporterCategory.POLICE: (Channel.POLICE_REPORT, Channel.POLICE_REPORT, Channel.E_SERVICE),
    ReporterCategory.SCHOOL: (Channel.E_SERVICE, Channel.PHONE, Channel.LETTER),
    ReporterCategory.ANONYMOUS: (Channel.PHONE,),
    ReporterCategory.CHILD: (Channel.PHONE, Channel.VISIT),
    ReporterCategory.PARENT: (Channel.PHONE, Channel.VISIT, Channel.E_SERVICE),
}
_USUAL_CHANNELS = (Channel.PHONE, Channel.E_SERVICE, Channel.LETTER, Channel.OTHER)
_KINDS = (
    InterventionKind.FAMILY_TREATMENT,
    InterventionKind.CONTACT_PERSON,
    InterventionKind.CONTACT_FAMILY,
    InterventionKind.OUTPATIENT_CARE,
    InterventionKind.BSFT,
    InterventionKind.QUALIFIED_CONTACT_PERSON,
    InterventionKind.OTHER,
)
_YOUNG_KINDS = (
    InterventionKind.BSFT,
    InterventionKind.OUTPATIENT_CARE,
    InterventionKind.QUALIFIED_CONTACT_PERSON,
    InterventionKind.CONTACT_PERSON,
    InterventionKind.FAMILY_TREATMENT,
)


_RATIONALES: dict[OpeningOutcome, tuple[str, ...]] = {
    OpeningOutcome.OPEN: words.OPEN_RATIONALE,
    OpeningOutcome.DO_NOT_OPEN: words.CLOSE_RATIONALE,
    OpeningOutcome.JOINS_OPEN: words.JOIN_RATIONALE,
}


@dataclass(slots=True, eq=False)
class Paper:
    """A contact with the hours of what was done about it, and by whom."""

    contact: Contact
    logged_at: datetime
    logged_by: int
    handler: int | None
    assessed_at: datetime | None
    assessed_recorded_at: datetime | None
    decided_at: datetime | None
    decided_by: int


@dataclass(slots=True, eq=False)
class Pair:
    """A worker's part in an investigation."""

    worker: Worker
    part: str
    from_on: date
    until_on: date | None = None
    reason: str = ""
    note: str = ""


class Writer:
    """Writes one unit's plan into a batch."""

    def __init__(self, batch: Batch, unit: Unit, rng: Random, *, on: date) -> None:
        self.batch = batch
        self.unit = unit
        self.rng = rng
        self.on = on
        self.end = datetime.combine(on, time(0), tzinfo=STOCKHOLM)
        self.recent = on - timedelta(days=45)
        self.read_from = (on.replace(day=1) - timedelta(days=1)).replace(day=1)
        self.eyes = Random(f"{unit.code} {on} readings")  # noqa: S311 (synthetic data)
        self.unread = self.end - timedelta(days=3)
        self.series: dict[tuple[int, str], int] = {}
        self.load: dict[int, int] = {}
        self.leads: dict[int, int] = {}
        self.versions: dict[int, int] = {}
        self.busy: set[Child] = set()
        self.waiting: set[Inquiry] = set()
        self.to_read: set[Inquiry] = set()
        self.grants: list[tuple[datetime, Inquiry, str, Worker]] = []

    def write(self) -> None:
        planner = Planner(self.rng, self.unit.size, list(self.unit.groups), on=self.on)
        planner.plan()
        self._protect(planner.inquiries)
        papers = [self._paper(contact) for contact in planner.contacts]
        papers.sort(key=lambda paper: paper.logged_at)
        decided = {id(paper.contact): paper for paper in papers}
        self._number_reports(papers)
        self._persons(papers)
        inquiries = sorted(
            planner.inquiries,
            key=lambda i: (decided[id(i.matter.contact)].decided_at, i.matter.id),
        )
        for inquiry in inquiries:
            inquiry.id = self.batch.new_id(Investigation)
            paper = decided[id(inquiry.matter.contact)]
            assert paper.decided_at is not None
            inquiry.number = self._next(paper.decided_at, "U")
        self.busy = {inquiry.child for inquiry in inquiries if inquiry.is_open}
        for paper in papers:
            self._reports(paper)
        self._set_aside(inquiries)
        closed: dict[int, Inquiry] = {}
        for inquiry in inquiries:
            self._investigation(inquiry, decided[id(inquiry.matter.contact)], closed)
            if inquiry.concluded_on:
                closed[inquiry.child.id] = inquiry
        self._interventions()
        for (year, letter), last in sorted(self.series.items()):
            self.batch.add(NumberSeries, unit_id=self.unit.id, year=year, letter=letter, last=last)

    def _set_aside(self, inquiries: list[Inquiry]) -> None:
        """In every group some new cases wait for handlers and some documents for the leader."""
        for group in self.unit.groups:
            ours = [i for i in inquiries if i.is_open and i.group == group]
            age = {i: (self.on - i.opened_on).days for i in ours}
            new = [i for i in reversed(ours) if age[i] < 21]
            old = [i for i in ours if 80 < age[i] < 150]
            self.waiting |= set(new[:4])
            self.to_read |= set(self.rng.sample(old, min(3, len(old))))

    # What several parts need

    def _at(self, day: date, first: int = 8, last: int = 16) -> datetime:
        """A moment in office hours of the day."""
        rng = self.rng
        moment = time(rng.randrange(first, last), rng.randrange(60))
        return datetime.combine(day, moment, tzinfo=STOCKHOLM)

    def _next(self, at: datetime, letter: str) -> str:
        key = (at.year, letter)
        self.series[key] = number = self.series.get(key, 0) + 1
        return f"{self.unit.code}-{at.year}-{letter}{number:05d}"

    def _trail(
        self,
        action: str,
        by: int,
        at: datetime,
        target: str,
        pk: int,
        child: int | None,
        /,
        **details: Any,
    ) -> None:
        self.batch.add(
            TrailEntry,
            at=at,
            kind=TrailKind.CHANGE.value,
            action=action,
            actor_id=by,
            target_type=target,
            targets=[pk],
            children=[] if child is None else [child],
            unit_id=self.unit.id,
            reason="",
            details=json.dumps(details),
        )
        self._read_before(by, at, target, pk, child)

    def _read_before(self, by: int, at: datetime, target: str, pk: int, child: int | None) -> None:
        """Whoever did something had opened it; now and then somebody else had, or in the evening.

        Of the last two months, so that there are logs to look at. Chances of its own: what happens
        in the unit does not depend on who looked.
        """
        chance = self.eyes
        if child is None or at.date() < self.read_from or chance.random() < 0.4:
            return
        day, reader = at.date(), by
        moment = at - chance.randrange(1, 9) * MINUTE
        if chance.random() < 0.02:
            group = chance.choice(list(self.unit.groups))
            reader = chance.choice(self.unit.here(group, day)).id
        if chance.random() < 0.02:
            late = time(chance.randrange(19, 22), chance.randrange(60))
            moment = datetime.combine(day, late, tzinfo=STOCKHOLM)
        if moment >= self.end:
            return
        self.batch.add(
            TrailEntry,
            at=moment,
            kind=TrailKind.READ.value,
            action=f"{target}.read",
            actor_id=reader,
            target_type=target,
            targets=[pk],
            children=[child],
            unit_id=self.unit.id,
            reason="",
            details="{}",
        )

    def _notice(
        self,
        recipient: int,
        kind: NoticeKind,
        at: datetime,
        *,
        report: int | None = None,
        investigation: int | None = None,
    ) -> None:
        """A notice of the last weeks; what is a few days old has been read."""
        if at.date() < self.recent:
            return
        read_at = None
        if at < self.unread or self.rng.random() < 0.3:
            read_at = min(at + timedelta(minutes=self.rng.randrange(5, 900)), self.end - MINUTE)
            read_at = max(read_at, at)
        self.batch.add(
            Notice,
            recipient_id=recipient,
            kind=kind.value,
            rung="",
            deadline_id=None,
            due_on=None,
            report_id=report,
            investigation_id=investigation,
            created_at=at,
            read_at=read_at,
        )

    def _deadlines(
        self,
        duties: Sequence[Duty],
        group: int,
        child: int,
        *,
        report: int | None = None,
        investigation: int | None = None,
        intervention: int | None = None,
        written_on: date | None = None,
    ) -> None:
        """The duties, and how far the ladder of those done with had come by the day it was
        written down: `written_on` for the protection assessment, else the day itself.
        """
        for duty in duties:
            ended = duty.met_on or duty.cancelled_on
            if ended and written_on and duty.kind is DeadlineKind.PROTECTION_ASSESSMENT:
                ended = written_on
            pk = self.batch.add(
                Deadline,
                unit_id=self.unit.id,
                group_id=group,
                child_id=child,
                kind=duty.kind.value,
                rule_version=duty.rule_version,
                report_id=report,
                investigation_id=investigation,
                intervention_id=intervention,
                starts_on=duty.starts_on,
                anchor_at=duty.anchor_at,
                extended_to=duty.extended_to,
                due_on=duty.due_on,
                act_by=duty.act_by,
                due_at=duty.due_at,
                warn_on=duty.warn_on,
                met_on=duty.met_on,
                met_at=duty.met_at,
                cancelled_on=duty.cancelled_on,
                cancel_reason=duty.cancel_reason,
                overdue_since=(duty.due_on + ONE_DAY if duty.due_on < (ended or self.on) else None),
            )
            # The sweep writes the ladders of those still open.
            if ended and ended > duty.starts_on and ended >= duty.warn_on:
                for rung in rungs_reached(duty.due_on, ended):
                    self.batch.add(
                        Escalation,
                        deadline_id=pk,
                        due_on=duty.due_on,
                        rung=rung.code,
                        reached_on=max(rung.on, duty.starts_on),
                    )

    # Persons

    def _protect(self, inquiries: list[Inquiry]) -> None:
        """A few families have protected identity, some of them with an open investigation."""
        rng = self.rng
        shown = [i for i in inquiries if i.is_open and i.child.number]
        for inquiry in rng.sample(shown, min(3, len(shown))) + rng.sample(inquiries, 3):
            kind = rng.choice(
                (ProtectedIdentity.SECRECY_MARKING, ProtectedIdentity.PROTECTED_REGISTRATION)
            )
            for child in inquiry.child.family.children:
                child.protected = kind.value

    def _persons(self, papers: list[Paper]) -> None:
        for paper in papers:
            for matter in paper.contact.matters:
                child = matter.child
                if child.id:
                    continue
                # An unborn child has no name yet.
                born = child.expected_on is None
                child.id = self.batch.add(
                    Person,
                    unit_id=self.unit.id,
                    personal_identity_number=child.number,
                    first_name=child.first_name,
                    last_name=child.family.last_name if born else "",
                    birth_date=child.birth_date,
                    expected_on=child.expected_on,
                    gender=child.gender,
                    protected_identity=child.protected,
                    address=child.family.address,
                    school="",
                    whereabouts="",
                    interpreter_language=child.family.language,
                    created_at=paper.logged_at,
                )
                if child.protected != ProtectedIdentity.NONE:
                    self.batch.add(
                        IdentityProtection,
                        child_id=child.id,
                        kind=child.protected,
                        source=ProtectionSource.REGISTER.value,
                        authority="Skatteverket",
                        decided_on=None,
                        from_on=paper.logged_at.date(),
                        reconsider_on=None,
                        registered_by_id=paper.logged_by,
                        registered_at=paper.logged_at,
                        ended_on=None,
                        ended_by_id=None,
                        end_reason="",
                    )

    # Reports

    def _paper(self, contact: Contact) -> Paper:
        rng, unit, end = self.rng, self.unit, self.end
        received = contact.received_at
        day = received.date()
        office = is_working_day(day) and 7 <= received.hour < 17
        if office:
            logged = received + rng.randrange(2, 40) * MINUTE
        elif is_working_day(day) and received.hour < 7:
            logged = self._at(day, 8, 9)
        else:
            logged = self._at(next_working_day(day), 8, 9)
        if logged >= end:
            logged = received + rng.randrange(3, 30) * MINUTE
        assessed, recorded = self._assessment_hours(contact, logged)
        first = contact.matters[0]
        undecided = first.decided_on is None
        workers = unit.here("mottagning", self.on if undecided else logged.date())
        workers = [w for w in workers if w.id not in unit.away] or workers
        handler: int | None = rng.choice(workers).id
        logged_by = handler
        assert handler is not None
        if rng.random() < 0.03:
            other = rng.choice([g for g in unit.groups if g.startswith(("barn", "ungdom"))])
            logged_by = rng.choice(unit.here(other, self.on)).id
            if undecided and assessed is None:
                handler = None
        decided_at, decider = None, 0
        if first.decided_on is not None:
            decided_at = self._at(first.decided_on, 9, 16)
            known = (
                max(logged, recorded)
                if recorded and recorded.date() <= first.decided_on
                else logged
            )
            if decided_at <= known:
                decided_at = known + rng.randrange(10, 45) * MINUTE
            decided_at = min(decided_at, end - MINUTE)
            decider = unit.leaders["mottagning"]
            inquiry = first.investigation
            if first.child.age_on(first.decided_on) >= 18 or rng.random() < 0.04:
                decider = unit.head
            elif inquiry is not None and rng.random() < 0.35:
                decider = unit.leaders[inquiry.group]
        return Paper(
            contact,
            logged,
            logged_by or handler or 0,
            handler,
            assessed,
            recorded,
            decided_at,
            decider,
        )

    def _assessment_hours(
        self, contact: Contact, logged: datetime
    ) -> tuple[datetime | None, datetime | None]:
        """When the protection assessment was made and written down; None for not yet or never."""
        rng = self.rng
        received = contact.received_at
        day = received.date()
        if contact.kind != ReportKind.REPORT:
            return None, None
        chance = rng.random()
        due_on = day + ONE_DAY if received.time() > time(16) else day
        if chance < 0.003 and (self.on - day).days > 5:
            return None, None
        if chance < 0.05:
            assessed = self._at(due_on + timedelta(days=rng.randint(1, 3)), 8, 15)
        elif due_on > day:
            assessed = self._at(due_on, 8, 11)
        elif received.hour < 7:
            assessed = self._at(day, 8, 11)
        elif contact.received_at.hour < 15:
            assessed = received + rng.randrange(15, 150) * MINUTE
        else:
            assessed = received + rng.randrange(10, 100) * MINUTE
        recorded = max(assessed, logged) + rng.randrange(5, 60) * MINUTE
        return (assessed, recorded) if recorded < self.end else (None, None)

    def _number_reports(self, papers: list[Paper]) -> None:
        for paper in papers:
            for matter in paper.contact.matters:
                matter.id = self.batch.new_id(Report)
                matter.number = self._next(paper.logged_at, "")

    def _concern(self, contact: Contact) -> str:
        rng = self.rng
        parts = [rng.choice(words.OPENINGS[contact.category])]
        for reason in contact.reasons:
            bank = words.CONCERNS[reason]
            parts += rng.sample(bank, min(len(bank), 2))
        parts.append(rng.choice(words.CLOSINGS))
        return " ".join(parts)

    def _reports(self, paper: Paper) -> None:
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
                self._notice(
                    unit.leaders["mottagning"],
                    NoticeKind.UNASSIGNED,
                    paper.logged_at,
                    report=matter.id,
                )

    def _report(
        self,
        paper: Paper,
        matter: Matter,
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
            self._trail(action, who, at, "report", pk, child, **details)

        trail("report.logged", paper.logged_at, paper.logged_by, children=len(contact.matters))
        inquiry = matter.investigation
        if paper.assessed_at is not None and paper.assessed_recorded_at is not None:
            version += 1
            outcome = ProtectionOutcome.NO_IMMEDIATE_NEED
            if set(contact.reasons) & _VIOLENT and rng.random() < 0.22:
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
                self._notice(
                    unit.leaders["mottagning"],
                    NoticeKind.PROTECTION,
                    paper.assessed_recorded_at,
                    report=pk,
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
                "is_late": late,
                "late_reason": rng.choice(words.LATE_DECISION) if late else "",
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
            at = max(self._at(answered_on), min(paper.decided_at + MINUTE, self.end - MINUTE))
            trail("report.feedback_given", at, by, answer=answer)
        talk_at = None
        if contact.is_crime_report:
            talk_at = self._talk(paper, matter, by)
            version += talk_at is not None
        batch.add(
            Report,
            pk,
            unit_id=unit.id,
            group_id=group,
            number=matter.number,
            child_id=child,
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
            reasons=contact.reasons,
            concern=concern,
            is_crime_report=contact.is_crime_report,
            handler_id=paper.handler,
            logged_by_id=paper.logged_by,
            logged_at=paper.logged_at,
            investigation_id=inquiry.id if inquiry and matter.decided_on else None,
            idempotency_key=None,
            version=version,
        )
        self._deadlines(
            report_duties(
                ReportFacts(
                    kind=contact.kind,
                    received_at=contact.received_at,
                    is_crime_report=contact.is_crime_report,
                    wants_feedback=contact.wants_feedback,
                    assessed_at=paper.assessed_at,
                    decided_on=matter.decided_on,
                    outcome=matter.outcome or None,
                    joined_opened_on=inquiry.opened_on if inquiry else None,
                    feedback_on=feedback_on,
                    talk_offered_at=talk_at,
                )
            ),
            group,
            child,
            report=pk,
            written_on=(paper.assessed_recorded_at.date() if paper.assessed_recorded_at else None),
        )

    def _proposal(self, paper: Paper, matter: Matter, by: int) -> None:
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
            at = min(self._at((low + timedelta(days=3)).date()), self.end - MINUTE)
            opens = rng.random() < 0.45
            outcome = OpeningOutcome.OPEN if opens else OpeningOutcome.DO_NOT_OPEN
            if matter.child in self.busy:
                opens, outcome = False, OpeningOutcome.JOINS_OPEN
            young = matter.child.age_on(self.on) >= 13
            names = [g for g in self.unit.groups if g.startswith("ungdom" if young else "barn")]
            group = self.unit.groups[rng.choice(names)] if opens else None
            type_ = InvestigationType.ORDINARY if opens else ""
            self._notice(self.unit.leaders["mottagning"], NoticeKind.PROPOSAL, at, report=matter.id)
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
        self._trail(
            "report.decision_proposed",
            by,
            at,
            "report",
            matter.id,
            matter.child.id,
            outcome=str(outcome),
        )

    def _talk(self, paper: Paper, matter: Matter, by: int) -> datetime | None:
        """The serious talk after a crime report: most within 48 hours, some later, a few never."""
        rng = self.rng
        received = paper.contact.received_at
        chance = rng.random()
        if chance < 0.02:
            return None
        day = received.date()
        offered = received + timedelta(minutes=rng.randrange(90, 400))
        if chance > 0.88:
            offered = self._at(day + timedelta(days=rng.randint(3, 6)))
        elif chance > 0.5 or not 8 <= offered.hour < 20:
            # Whatever the hour it came in, the next day's office hours are within 48 hours.
            offered = self._at(day + ONE_DAY)
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
        self._trail(
            "report.serious_talk",
            by,
            held,
            "report",
            matter.id,
            matter.child.id,
            result=result.value,
        )
        return offered

    # Investigations

    def _pairs(self, inquiry: Inquiry) -> list[Pair]:
        """Who works on it when; empty while it waits for handlers."""
        rng, unit = self.rng, self.unit
        start = inquiry.opened_on + ONE_DAY
        # Cases are given out on Tuesdays.
        start += timedelta(days=(1 - start.weekday()) % 7)
        if inquiry in self.waiting:
            return []
        if inquiry.concluded_on is not None and start > inquiry.concluded_on:
            start = inquiry.opened_on
        if start >= self.on:
            return []
        here = unit.here(inquiry.group, start)
        if inquiry.is_open:
            here = [w for w in here if w.until_on is None and w.id not in unit.away] or here
            main = min(here, key=lambda w: (self.leads.get(w.id, 0), rng.random()))
            others = [w for w in here if w is not main]
            co = min(others, key=lambda w: (self.load.get(w.id, 0), rng.random()))
            names = {w.username: w for w in others}
            partner = names.get(
                {"utredare": "utredare2", "utredare2": "utredare"}.get(main.username, "")
            )
            if partner is not None and rng.random() < 0.6:
                co = partner
            self.leads[main.id] = self.leads.get(main.id, 0) + 1
            for worker in (main, co):
                self.load[worker.id] = self.load.get(worker.id, 0) + 1
        else:
            stay = [
                w for w in here if w.until_on is None or w.until_on > start + timedelta(days=20)
            ]
            main, co = rng.sample(stay if len(stay) > 1 else here, 2)
        pairs = [Pair(main, HandlerPart.MAIN.value, start), Pair(co, HandlerPart.CO.value, start)]
        last = inquiry.concluded_on or self.on
        for pair in list(pairs):
            change, reason = pair.worker.until_on, "Slutar sin anställning"
            if change is None and rng.random() < 0.05 and (last - start).days > 50:
                change = start + timedelta(days=rng.randint(20, (last - start).days - 10))
                reason = rng.choice(words.CHANGE_REASONS)
            if change is None or change >= last - ONE_DAY or change <= start:
                continue
            busy = {p.worker.id for p in pairs}
            new = [
                w
                for w in unit.here(inquiry.group, change + ONE_DAY)
                if w.id not in busy and w.until_on is None and w.id not in unit.away
            ]
            if not new:
                continue
            pair.until_on, pair.reason = change, reason
            pair.note = rng.choice(words.HANDOVER)
            pairs.append(Pair(rng.choice(new), pair.part, change + ONE_DAY))
        return pairs

    def _investigation(self, inquiry: Inquiry, paper: Paper, closed: dict[int, Inquiry]) -> None:
        rng, unit, batch, pk = self.rng, self.unit, self.batch, inquiry.id
        child = inquiry.child.id
        group, leader = unit.groups[inquiry.group], unit.leaders[inquiry.group]
        assert paper.decided_at is not None
        self.versions[pk] = 1
        self._trail(
            "investigation.opened",
            paper.decided_by,
            paper.decided_at,
            "investigation",
            pk,
            child,
            report=inquiry.matter.id,
        )
        earlier = closed.get(child)
        if earlier is not None:
            assert earlier.concluded_on is not None
            if (inquiry.opened_on - earlier.concluded_on).days > 30:
                earlier = None
            else:
                self._notice(leader, NoticeKind.REOPENED, paper.decided_at, investigation=pk)
        if paper.decided_by != leader:
            self._notice(leader, NoticeKind.UNASSIGNED, paper.decided_at, investigation=pk)
        pairs = self._pairs(inquiry)
        self._handlers(inquiry, pairs, leader)
        due_on = inquiry.extended[-1][2] if inquiry.extended else add_months(inquiry.opened_on, 4)
        for decided, previous, until in inquiry.extended:
            batch.add(
                Extension,
                investigation_id=pk,
                previous_due_on=previous,
                until=until,
                reason=rng.choice(words.EXTENSION),
                decided_on=decided,
                decided_by_id=leader,
            )
            self.versions[pk] += 1
            self._trail(
                "investigation.extended",
                leader,
                self._at(decided),
                "investigation",
                pk,
                child,
                until=until.isoformat(),
            )
        record = Record(self, inquiry, pairs, leader)
        if pairs:
            record.write()
        concluded = inquiry.concluded_on
        late = concluded is not None and concluded > due_on
        if concluded is not None:
            self.versions[pk] += 1
            self._trail(
                "investigation.concluded",
                leader,
                record.concluded_at,
                "investigation",
                pk,
                child,
                outcome=inquiry.outcome,
                late=late,
            )
        batch.add(
            Investigation,
            pk,
            unit_id=unit.id,
            group_id=group,
            number=inquiry.number,
            child_id=child,
            type=inquiry.type,
            status=record.status.value,
            opened_on=inquiry.opened_on,
            opened_by_id=paper.decided_by,
            extended_to=inquiry.extended[-1][2] if inquiry.extended else None,
            reopens_id=earlier.id if earlier else None,
            plan=record.plan,
            planned_on=record.planned_on,
            plan_written_at=record.planned_at,
            plan_written_by_id=record.planned_by,
            protection_needs=record.needs,
            violence=record.violence.value,
            violence_description=record.violence_description,
            police_report=record.police.value,
            police_reported_on=record.police_on,
            police_report_reason=record.police_reason,
            child_moved_on=record.moved_on,
            child_moved_to=record.moved_to,
            outcome=inquiry.outcome if concluded else None,
            concluded_on=concluded,
            concluded_by_id=leader if concluded else None,
            conclusion_rationale=(
                rng.choice(words.CONCLUSION[inquiry.outcome]) if concluded else ""
            ),
            is_late=late,
            version=self.versions[pk],
        )
        self._deadlines(
            investigation_duties(
                InvestigationFacts(
                    opened_on=inquiry.opened_on,
                    extended_to=inquiry.extended[-1][2] if inquiry.extended else None,
                    concluded_on=concluded,
                )
            ),
            group,
            child,
            investigation=pk,
        )
        if concluded is not None:
            self._plan_interventions(inquiry, record)

    def _handlers(self, inquiry: Inquiry, pairs: list[Pair], leader: int) -> None:
        given: dict[date, datetime] = {}
        for pair in pairs:
            if pair.from_on not in given:
                given[pair.from_on] = at = self._at(min(pair.from_on, self.on - ONE_DAY), 9, 12)
                self.versions[inquiry.id] += 1
                self._trail(
                    "investigation.assigned",
                    leader,
                    at,
                    "investigation",
                    inquiry.id,
                    inquiry.child.id,
                    from_on=pair.from_on.isoformat(),
                )
            at = given[pair.from_on]
            self.batch.add(
                HandlerAssignment,
                investigation_id=inquiry.id,
                user_id=pair.worker.id,
                part=pair.part,
                from_on=pair.from_on,
                until_on=pair.until_on,
                assigned_by_id=leader,
                assigned_at=at,
                end_reason=pair.reason,
                handover_note=pair.note,
            )
            self._notice(pair.worker.id, NoticeKind.ASSIGNED, at, investigation=inquiry.id)

    # Interventions

    def _plan_interventions(self, inquiry: Inquiry, record: Record) -> None:
        rng = self.rng
        assert inquiry.concluded_on is not None
        kinds: list[InterventionKind] = []
        if inquiry.outcome == InvestigationOutcome.INTERVENTION:
            young = inquiry.child.age_on(inquiry.concluded_on) >= 13
            kinds = [rng.choice(_YOUNG_KINDS if young else _KINDS)]
            if rng.random() < 0.12:
                kinds.append(InterventionKind.OTHER)
        elif inquiry.outcome == InvestigationOutcome.NO_INTERVENTION and rng.random() < 0.1:
            kinds = [InterventionKind.FOLLOW_UP]
        here = [
            w
            for w in self.unit.here(inquiry.group, inquiry.concluded_on)
            if w.until_on is None and w.id not in self.unit.away
        ] or self.unit.here(inquiry.group, self.on)
        mine = [p.worker for p in record.pairs if p.until_on is None and p.worker in here]
        for kind in dict.fromkeys(kinds):
            worker = rng.choice(mine or here)
            at = min(record.concluded_at + rng.randrange(5, 60) * MINUTE, self.end - MINUTE)
            self.grants.append((at, inquiry, kind.value, worker))

    def _interventions(self) -> None:
        self.grants.sort(key=lambda grant: (grant[0], grant[1].id))
        for at, inquiry, kind, worker in self.grants:
            self._intervention(at, inquiry, kind, worker)

    def _intervention(self, at: datetime, inquiry: Inquiry, kind: str, worker: Worker) -> None:
        rng, unit, batch, on = self.rng, self.unit, self.batch, self.on
        decided = inquiry.concluded_on
        assert decided is not None
        leader, child = unit.leaders[inquiry.group], inquiry.child.id
        pk, number = batch.new_id(Intervention), self._next(at, "I")
        self._trail("intervention.granted", leader, at, "intervention", pk, child, kind=kind)
        days: list[date] = []
        version = 1
        if kind == InterventionKind.FOLLOW_UP:
            started, ended = decided, decided + timedelta(days=rng.randint(90, 178))
            if rng.random() < 0.08:
                ended = decided + timedelta(days=rng.randint(190, 230))
        else:
            started = decided + timedelta(days=rng.randint(0, 21))
            ended = started + timedelta(days=rng.randint(100, 560))
            last = started
            while True:
                late = rng.random() < 0.1
                step = rng.randint(184, 225) if late else rng.randint(120, 178)
                last += timedelta(days=step)
                if not is_working_day(last):
                    last = next_working_day(last)
                if last >= min(ended, on):
                    break
                days.append(last)
        if not is_working_day(ended):
            ended = next_working_day(ended)
        over = ended < on
        for day in days:
            batch.add(
                InterventionFollowUp,
                intervention_id=pk,
                followed_up_on=day,
                followed_up_by_id=worker.id,
                child_took_part=rng.random() < 0.8,
                note=rng.choice(words.FOLLOWED_UP),
            )
            self._trail(
                "intervention.followed_up", worker.id, self._at(day), "intervention", pk, child
            )
        if over:
            version += 1
            self._trail("intervention.ended", worker.id, self._at(ended), "intervention", pk, child)
        batch.add(
            Intervention,
            pk,
            unit_id=unit.id,
            group_id=unit.groups[inquiry.group],
            number=number,
            child_id=child,
            investigation_id=inquiry.id,
            kind=kind,
            status=(InterventionStatus.ENDED if over else InterventionStatus.ONGOING).value,
            goal=words.GOALS[kind],
            decided_on=decided,
            decided_by_id=leader,
            started_on=started,
            ended_on=ended if over else None,
            end_reason=rng.choice(words.ENDED) if over else "",
            responsible_id=worker.id,
            version=version,
        )
        self._deadlines(
            intervention_duties(
                InterventionFacts(
                    kind=kind,
                    started_on=started,
                    followed_up_on=days,
                    ended_on=ended if over else None,
                )
            ),
            unit.groups[inquiry.group],
            child,
            intervention=pk,
        )


class Record:
    """What the pair writes down during one investigation, as far as it has come."""

    def __init__(self, writer: Writer, inquiry: Inquiry, pairs: list[Pair], leader: int) -> None:
        self.writer = writer
        self.rng = writer.rng
        self.batch = writer.batch
        self.inquiry = inquiry
        self.pairs = pairs
        self.leader = leader
        self.pk = inquiry.id
        self.child: Child = inquiry.child
        self.start = pairs[0].from_on if pairs else inquiry.opened_on
        planned_end = inquiry.concluded_on or max(
            add_months(inquiry.opened_on, 4), writer.on - ONE_DAY
        )
        self.days = max((planned_end - self.start).days, 1)
        self.last = inquiry.concluded_on or writer.on - ONE_DAY
        self.plan = self.needs = self.violence_description = self.police_reason = ""
        self.moved_to = ""
        self.planned_on: date | None = None
        self.planned_at: datetime | None = None
        self.planned_by: int | None = None
        self.police_on: date | None = None
        self.moved_on: date | None = None
        self.violence = ViolenceMark.NOT_ASKED
        self.police = PoliceReport.NOT_DECIDED
        self.status = InvestigationStatus.WAITING
        if pairs:
            self.status = InvestigationStatus.ONGOING
        if inquiry.concluded_on is not None:
            self.status = InvestigationStatus.CONCLUDED
            self.concluded_at = writer._at(inquiry.concluded_on, 10, 16)

    def _day(self, share: float) -> date | None:
        """A working day that far into the investigation; None when it has not come."""
        day = self.start + timedelta(days=round(share * self.days))
        if not is_working_day(day):
            day = next_working_day(day)
        return day if day < self.last or (day == self.last and self.inquiry.is_open) else None

    def _worker(self, day: date) -> int:
        """A handler of the day: the main one mostly."""
        part = (HandlerPart.MAIN if self.rng.random() < 0.65 else HandlerPart.CO).value
        for pair in self.pairs:
            here = pair.from_on <= day and (pair.until_on is None or pair.until_on >= day)
            if here and pair.part == part:
                return pair.worker.id
        return self.pairs[0].worker.id

    def _changed(self, action: str, day: date, by: int, **details: Any) -> None:
        self.writer._trail(
            action, by, self.writer._at(day), "investigation", self.pk, self.child.id, **details
        )

    def write(self) -> None:
        rng, writer = self.rng, self.writer
        if (day := self._day(rng.uniform(0.02, 0.12))) is not None:
            self.planned_on = day
            self.plan = " ".join(words.PLAN[: rng.randint(2, 4)])
            writer.versions[self.pk] += 1
            self.planned_by = self._worker(day)
            ten = datetime.combine(day, time(10), tzinfo=STOCKHOLM)
            self.planned_at = min(ten, writer.end - MINUTE)
            self._changed("investigation.planned", day, self.planned_by)
        self._guardians()
        self._notes()
        self._protection()
        self._risk()
        self._document()

    def _guardians(self) -> None:
        rng, child = self.rng, self.child
        day = self._day(rng.uniform(0.05, 0.2))
        if day is None:
            return
        by = self._worker(day)
        if not child.has_guardians:
            custody = rng.choices(("both", "mother", "father"), (66, 27, 7))[0]
            for relation, names, present in (
                ("mother", words.WOMEN, 0.97),
                ("father", words.MEN, 0.9),
            ):
                if rng.random() > present:
                    continue
                has = custody in ("both", relation)
                pk = self.batch.add(
                    Guardian,
                    child_id=child.id,
                    relation=relation,
                    first_name=rng.choice(names),
                    last_name=(
                        child.family.last_name if rng.random() < 0.7 else rng.choice(words.SURNAMES)
                    ),
                    has_custody=has,
                    contact=f"070-000 {rng.randrange(10, 100)} {rng.randrange(10, 100)}",
                    interpreter_language=child.family.language,
                )
                child.has_guardians.append((pk, relation, has))
                self._changed("guardian.added", day, by, guardian=pk)
        for pk, relation, has in child.has_guardians:
            heard = self._day(rng.uniform(0.15, 0.6))
            if heard is None:
                continue
            share = {"mother": 0.94, "father": 0.8}[relation] - (0 if has else 0.3)
            took_part = rng.random() < share
            self.batch.add(
                GuardianParticipation,
                investigation_id=self.pk,
                guardian_id=pk,
                took_part=took_part,
                on=heard,
                how=rng.choice(words.TOOK_PART if took_part else words.TOOK_NO_PART),
                recorded_by_id=by,
            )
            self._changed("investigation.participation", heard, by, guardian=pk)

    def _notes(self) -> None:
        rng = self.rng
        kinds: list[NoteKind] = [NoteKind.CHILD_CONVERSATION] * rng.choices(
            (0, 1, 2, 3, 4), (6, 24, 40, 22, 8)
        )[0]
        kinds += [NoteKind.GUARDIAN_CONTACT] * rng.randint(1, 2)
        for kind, chance in (
            (NoteKind.HOME_VISIT, 0.5),
            (NoteKind.SCHOOL_CONTACT, 0.7),
            (NoteKind.CARE_CONTACT, 0.25),
            (NoteKind.SIP_MEETING, 0.07),
            (NoteKind.NETWORK_MEETING, 0.12),
            (NoteKind.OTHER_CONTACT, 0.1),
            (NoteKind.JOURNAL, 0.35),
        ):
            if rng.random() < chance:
                kinds.append(kind)
        for kind in kinds:
            day = self._day(rng.uniform(0.05, 0.85))
            if day is None:
                continue
            at = self.writer._at(day, 8, 17)
            by = self._worker(day)
            spoken = kind == NoteKind.CHILD_CONVERSATION or (
                kind == NoteKind.HOME_VISIT and rng.random() < 0.5
            )
            written = min(at + timedelta(minutes=rng.randrange(30, 2000)), self.writer.end - MINUTE)
            pk = self.batch.new_id(Note)
            note: dict[str, Any] = {
                "kind": kind.value,
                "happened_at": at,
                "present": words.PRESENT[kind],
                "child_spoken_with": spoken,
                "child_alone": (
                    rng.random() < (0.8 if kind == NoteKind.CHILD_CONVERSATION else 0.3)
                    if spoken
                    else None
                ),
                "text": rng.choice(words.NOTES[kind]),
                "author_id": by,
            }
            if (signed := signed_at(pk, written, self.writer.end)) is not None:
                note |= signature("note", note, by=by, at=signed, role=Role.INVESTIGATOR)
            self.batch.add(
                Note,
                pk,
                unit_id=self.writer.unit.id,
                child_id=self.child.id,
                report_id=None,
                investigation_id=self.pk,
                written_at=written,
                version=1,
                **note,
            )
            self.writer._trail(
                "note.written", by, written, "note", pk, self.child.id, kind=kind.value
            )

    def _protection(self) -> None:
        rng = self.rng
        day = self._day(rng.uniform(0.25, 0.5))
        if day is None:
            return
        self.writer.versions[self.pk] += 1
        self.needs = rng.choice(words.NEEDS)
        violent = bool(set(self.inquiry.matter.contact.reasons) & _VIOLENT)
        if rng.random() < (0.72 if violent else 0.06):
            self.violence = ViolenceMark.YES
            self.violence_description = rng.choice(words.VIOLENCE)
            decided = not self.inquiry.is_open or rng.random() < 0.7
            if decided and rng.random() < 0.6:
                self.police, self.police_on = PoliceReport.MADE, day
            elif decided:
                self.police = PoliceReport.NOT_MADE
                self.police_reason = rng.choice(words.NO_POLICE_REPORT)
        else:
            self.violence = ViolenceMark.NO
        self._changed(
            "investigation.protection_written",
            day,
            self._worker(day),
            violence=self.violence.value,
            police_report=self.police.value,
        )

    def _risk(self) -> None:
        rng, child = self.rng, self.child
        level = rng.choices((RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.HIGH), (35, 45, 20))[0]
        if (day := self._day(rng.uniform(0.35, 0.65))) is not None:
            by = self._worker(day)
            self.batch.add(
                RiskAssessment,
                investigation_id=self.pk,
                assessed_on=day,
                assessed_by_id=by,
                level=level.value,
                risk_factors=rng.choice(words.RISKS),
                protective_factors=rng.choice(words.PROTECTIVE),
            )
            self._changed("investigation.risk_assessed", day, by, level=level.value)
            age = child.age_on(day)
            instrument = None
            if child.birth_date is not None:
                if 12 <= age <= 18 and rng.random() < 0.32:
                    instrument = rng.choice((Instrument.SAVRY, Instrument.SAVRY, Instrument.ADAD))
                elif age <= 11 and rng.random() < 0.22:
                    instrument = Instrument.EARL
            if instrument is not None:
                self.batch.add(
                    InstrumentUse,
                    investigation_id=self.pk,
                    instrument=instrument.value,
                    used_on=day,
                    level=level.value,
                    recorded_by_id=by,
                )
                self._changed("investigation.instrument_used", day, by, code=instrument.value)
        base = {RiskLevel.LOW: 6, RiskLevel.MEDIUM: 4, RiskLevel.HIGH: 2}[level]
        if rng.random() < 0.3:
            return
        for share in (0.15, 0.5, 0.85):
            day = self._day(share)
            if day is None:
                break
            by = self._worker(day)
            for rater, chance in (
                (SafetyRater.SOCIAL_WORKER, 1),
                (SafetyRater.MOTHER, 0.5),
                (SafetyRater.CHILD, 0.4 if child.age_on(day) >= 8 else 0),
            ):
                if rng.random() >= chance:
                    continue
                self.batch.add(
                    SafetyRating,
                    investigation_id=self.pk,
                    rater=rater.value,
                    rated_on=day,
                    value=min(10, max(0, base + round(share * 3) + rng.randint(-1, 2))),
                    recorded_by_id=by,
                )
                self._changed("investigation.safety_rated", day, by, rater=rater.value)

    def _document(self) -> None:
        rng, writer, inquiry = self.rng, self.writer, self.inquiry
        concluded = inquiry.concluded_on
        begun = self._day(0.6 if inquiry in writer.to_read else rng.uniform(0.55, 0.75))
        if begun is None:
            return
        progress = (self.last - self.start).days / self.days
        parts = dict.fromkeys(DOCUMENT_PARTS, "")
        whole = concluded is not None
        if inquiry in writer.to_read:
            whole, self.status = True, InvestigationStatus.TO_READ
        filled = DOCUMENT_PARTS if whole else DOCUMENT_PARTS[: rng.randint(1, 5)]
        for name in filled:
            parts[name] = rng.choice(words.DOCUMENT[name])
        if whole:
            assert self.status != InvestigationStatus.ONGOING
            parts["proposal"] = words.DOCUMENT["proposal"][
                inquiry.outcome != InvestigationOutcome.INTERVENTION
            ]
        by = self._worker(begun)
        submitted = read = None
        if whole:
            before = timedelta(days=rng.randint(2, 9))
            day = max((concluded or writer.on) - before, self.start)
            submitted = writer._at(day if is_working_day(day) else begun, 9, 15)
            writer.versions[self.pk] += 1
            self._changed("document.submitted", submitted.date(), by)
            writer._notice(self.leader, NoticeKind.TO_READ, submitted, investigation=self.pk)
        if concluded is not None:
            read = self.concluded_at - rng.randrange(10, 90) * MINUTE
            self._communicate(concluded)
            if inquiry.outcome == InvestigationOutcome.CHILD_MOVED_COMPLETED:
                self.moved_on = self._day(0.6) or concluded
                self.moved_to = rng.choice(words.MOVED_TO)
        self._changed("document.written", begun, by, parts=sorted(filled))
        text = {"investigation_id": self.pk, **parts}
        signatures: dict[str, Any] = {}
        if submitted is not None:
            signatures = signature("document", text, by=by, at=submitted, role=Role.INVESTIGATOR)
        if read is not None:
            signatures |= reading(text, by=self.leader, at=read) | {"sealed_at": self.concluded_at}
        self.batch.add(
            DecisionDocument,
            **text,
            **signatures,
            submitted_at=submitted,
            submitted_by_id=by if submitted else None,
            read_at=read,
            read_by_id=self.leader if read else None,
            return_comment=(
                rng.choice(words.RETURNED) if progress > 0.8 and rng.random() < 0.12 else ""
            ),
            written_by_id=by,
            written_at=writer._at(begun),
            version=rng.randint(1, 4),
        )

    def _communicate(self, concluded: date) -> None:
        rng = self.rng
        day = max(concluded - timedelta(days=rng.randint(1, 7)), self.start)
        by = self._worker(day)
        recipients = [
            CommunicationRecipient.MOTHER if relation == "mother" else CommunicationRecipient.FATHER
            for _pk, relation, _has in self.child.has_guardians
            if rng.random() < 0.92
        ]
        if self.child.age_on(day) >= 10 and rng.random() < 0.7:
            recipients.append(CommunicationRecipient.CHILD)
        for recipient in recipients:
            self.batch.add(
                Communication,
                investigation_id=self.pk,
                recipient=recipient.value,
                communicated_on=day,
                how=rng.choice(words.COMMUNICATED),
                response=rng.choice(words.RESPONSES),
                recorded_by_id=by,
            )
            self._changed("investigation.communicated", day, by, recipient=recipient.value)
