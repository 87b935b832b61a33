"""What the handlers of a demonstration unit write down while they investigate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from cases.enums import (
    CommunicationRecipient,
    HandlerPart,
    Instrument,
    InvestigationOutcome,
    InvestigationStatus,
    NoteKind,
    NoticeKind,
    PoliceReport,
    ProtectedIdentity,
    RiskLevel,
    SafetyRater,
    ViolenceMark,
)
from cases.investigations.models import (
    DOCUMENT_PARTS,
    Communication,
    DecisionDocument,
    InstrumentUse,
    RiskAssessment,
    SafetyRating,
)
from cases.journal.models import Note
from cases.persons.models import Guardian, GuardianParticipation
from core.calendar import ONE_DAY, STOCKHOLM, add_months, next_working_day
from demo.cases import words
from demo.cases.book import MINUTE, Book, Chapter
from demo.cases.people import Inquiry, PlannedChild
from demo.cases.plan import is_working_day
from demo.cases.proportions import VIOLENT
from demo.cases.signed import reading, signature, signed_at
from demo.cases.units import PlannedWorker
from organisation.enums import Role


def _written(at: datetime, wait: int) -> datetime:
    """When a note of `at` was written: the same afternoon, or another day in office hours."""
    if wait < 1200:
        return at + timedelta(minutes=15 + wait % 90)
    day = at.date() + ONE_DAY
    while not is_working_day(day):
        day += ONE_DAY
    return datetime.combine(day, time(8 + wait % 8, wait % 60), tzinfo=STOCKHOLM)


@dataclass(slots=True, eq=False)
class Pair:
    """A worker's part in an investigation."""

    worker: PlannedWorker
    part: str
    from_on: date
    until_on: date | None = None
    reason: str = ""
    note: str = ""


class PairRecord(Chapter):
    """What the pair writes down during one investigation, as far as it has come."""

    def __init__(
        self,
        book: Book,
        inquiry: Inquiry,
        pairs: list[Pair],
        leader: int,
        *,
        is_to_read: bool,
    ) -> None:
        super().__init__(book)
        self.is_to_read = is_to_read
        self.inquiry = inquiry
        self.pairs = pairs
        self.leader = leader
        self.pk = inquiry.id
        self.child: PlannedChild = inquiry.child
        self.start = pairs[0].from_on if pairs else inquiry.opened_on
        planned_end = inquiry.concluded_on or max(
            add_months(inquiry.opened_on, 4), book.on - ONE_DAY
        )
        self.days = max((planned_end - self.start).days, 1)
        self.last = inquiry.concluded_on or book.on - ONE_DAY
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
            self.concluded_at = book.at(inquiry.concluded_on, 10, 16)

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
        self.book.changed(
            action, by, self.book.at(day), "investigation", self.pk, self.child.id, **details
        )

    def write(self) -> None:
        rng, book = self.rng, self.book
        if (day := self._day(rng.uniform(0.02, 0.12))) is not None:
            self.planned_on = day
            self.plan = " ".join(words.PLAN[: rng.randint(2, 4)])
            book.versions[self.pk] += 1
            self.planned_by = self._worker(day)
            ten = datetime.combine(day, time(10), tzinfo=STOCKHOLM)
            self.planned_at = min(ten, book.end - MINUTE)
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
                # Of a few children the father had custody until a judgment.
                lost = relation == "father" and not has and child.id % 4 == 0
                hidden = relation == "mother" and child.id % 19 == 0
                pk = self.batch.add(
                    Guardian,
                    child_id=child.id,
                    relation=relation,
                    first_name=rng.choice(names),
                    last_name=(
                        child.family.last_name if rng.random() < 0.7 else rng.choice(words.SURNAMES)
                    ),
                    has_custody=has,
                    custody_until=day - timedelta(days=90) if lost else None,
                    protected_identity=(
                        ProtectedIdentity.SECRECY_MARKING if hidden else ProtectedIdentity.NONE
                    ).value,
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
            at = self.book.at(day, 8, 17)
            by = self._worker(day)
            spoken = kind == NoteKind.CHILD_CONVERSATION or (
                kind == NoteKind.HOME_VISIT and rng.random() < 0.5
            )
            written = min(_written(at, rng.randrange(30, 2000)), self.book.end - MINUTE)
            pk = self.batch.new_id(Note)
            note: dict[str, Any] = {
                "matter_id": self.pk,
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
            if (signed := signed_at(pk, written, self.book.end)) is not None:
                note |= signature("note", note, by=by, at=signed, role=Role.INVESTIGATOR)
            self.batch.add(
                Note,
                pk,
                unit_id=self.book.unit.id,
                child_id=self.child.id,
                written_at=written,
                version=1,
                **note,
            )
            self.book.changed(
                "note.written", by, written, "note", pk, self.child.id, kind=kind.value
            )

    def _protection(self) -> None:
        rng = self.rng
        day = self._day(rng.uniform(0.25, 0.5))
        if day is None:
            return
        self.book.versions[self.pk] += 1
        self.needs = rng.choice(words.NEEDS)
        violent = bool(set(self.inquiry.matter.contact.reasons) & VIOLENT)
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
        rng, book, inquiry = self.rng, self.book, self.inquiry
        concluded = inquiry.concluded_on
        begun = self._day(0.6 if self.is_to_read else rng.uniform(0.55, 0.75))
        if begun is None:
            return
        progress = (self.last - self.start).days / self.days
        parts = dict.fromkeys(DOCUMENT_PARTS, "")
        whole = concluded is not None
        if self.is_to_read:
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
            day = max((concluded or book.on) - before, self.start)
            submitted = book.at(day if is_working_day(day) else begun, 9, 15)
            book.versions[self.pk] += 1
            self._changed("document.submitted", submitted.date(), by)
            book.notice(self.leader, NoticeKind.TO_READ, submitted, matter=self.pk)
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
            written_at=book.at(begun),
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
