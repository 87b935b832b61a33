"""The interventions of a demonstration unit, with their follow-ups."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cases.enums import InterventionKind, InterventionPart, InterventionStatus, InvestigationOutcome
from cases.interventions.models import Intervention, InterventionFollowUp
from cases.law.duties import InterventionFacts, intervention_duties
from core.calendar import next_working_day
from demo.cases import words
from demo.cases.book import MINUTE, Book, Chapter
from demo.cases.people import Inquiry
from demo.cases.plan import is_working_day
from demo.cases.record import PairRecord
from demo.cases.units import PlannedWorker

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


class InterventionRows(Chapter):
    """Planned as investigations are concluded, written when their numbers can be given out."""

    def __init__(self, book: Book) -> None:
        super().__init__(book)
        self.grants: list[tuple[datetime, Inquiry, str, PlannedWorker]] = []

    def plan(self, inquiry: Inquiry, record: PairRecord) -> None:
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

    def write(self) -> None:
        self.grants.sort(key=lambda grant: (grant[0], grant[1].id))
        for at, inquiry, kind, worker in self.grants:
            self._intervention(at, inquiry, kind, worker)

    def _intervention(
        self, at: datetime, inquiry: Inquiry, kind: str, worker: PlannedWorker
    ) -> None:
        rng, unit, batch, on = self.rng, self.unit, self.batch, self.on
        decided = inquiry.concluded_on
        assert decided is not None
        leader, child = unit.leaders[inquiry.group], inquiry.child.id
        group = unit.groups[inquiry.group]
        pk, number = self.book.new_matter(), self.book.next_number(at, "I")
        self.book.changed("intervention.granted", leader, at, "intervention", pk, child, kind=kind)
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
            self.book.changed(
                "intervention.followed_up", worker.id, self.book.at(day), "intervention", pk, child
            )
        if over:
            version += 1
            self.book.changed(
                "intervention.ended", worker.id, self.book.at(ended), "intervention", pk, child
            )
        self.book.matter(
            Intervention,
            pk,
            group=group,
            child=child,
            number=number,
            opened=started,
            closed=ended if over else None,
            part_of=inquiry.id,
            investigation_id=inquiry.id,
            kind=kind,
            status=(InterventionStatus.ENDED if over else InterventionStatus.ONGOING).value,
            goal=words.GOALS[kind],
            decided_on=decided,
            decided_by_id=leader,
            started_on=started,
            ended_on=ended if over else None,
            end_reason=rng.choice(words.ENDED) if over else "",
            version=version,
        )
        part = InterventionPart.RESPONSIBLE.value
        self.book.worker(pk, worker.id, part, decided, by=leader, at=at)
        self.book.deadlines(
            Intervention,
            pk,
            intervention_duties(
                InterventionFacts(
                    kind=kind,
                    started_on=started,
                    followed_up_on=days,
                    ended_on=ended if over else None,
                )
            ),
            group=group,
            child=child,
        )
