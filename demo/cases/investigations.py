"""The investigations of a demonstration unit: opened, given out, extended, concluded."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cases.enums import HandlerPart, NoticeKind
from cases.investigations.models import Extension, Investigation
from cases.law.duties import InvestigationFacts, investigation_duties
from core.calendar import ONE_DAY, add_months
from demo.cases import words
from demo.cases.book import Book, Chapter
from demo.cases.interventions import InterventionRows
from demo.cases.papers import Paper
from demo.cases.people import Inquiry
from demo.cases.record import Pair, PairRecord


class InvestigationRows(Chapter):
    """`waiting` have no handlers yet, `to_read` lie with the group leader."""

    def __init__(self, book: Book, interventions: InterventionRows) -> None:
        super().__init__(book)
        self.interventions = interventions
        self.load: dict[int, int] = {}
        self.leads: dict[int, int] = {}
        self.waiting: set[Inquiry] = set()
        self.to_read: set[Inquiry] = set()

    def set_aside(self, inquiries: list[Inquiry]) -> None:
        """In every group some new cases wait for handlers and some documents for the leader."""
        for group in self.unit.groups:
            ours = [i for i in inquiries if i.is_open and i.group == group]
            age = {i: (self.on - i.opened_on).days for i in ours}
            new = [i for i in reversed(ours) if age[i] < 21]
            old = [i for i in ours if 80 < age[i] < 150]
            self.waiting |= set(new[:4])
            self.to_read |= set(self.rng.sample(old, min(3, len(old))))

    def write(self, inquiry: Inquiry, paper: Paper, closed: dict[int, Inquiry]) -> None:
        rng, unit, batch, pk = self.rng, self.unit, self.batch, inquiry.id
        child = inquiry.child.id
        group, leader = unit.groups[inquiry.group], unit.leaders[inquiry.group]
        assert paper.decided_at is not None
        self.book.versions[pk] = 1
        self.book.changed(
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
                self.book.notice(leader, NoticeKind.REOPENED, paper.decided_at, matter=pk)
        if paper.decided_by != leader:
            self.book.notice(leader, NoticeKind.UNASSIGNED, paper.decided_at, matter=pk)
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
            self.book.versions[pk] += 1
            self.book.changed(
                "investigation.extended",
                leader,
                self.book.at(decided),
                "investigation",
                pk,
                child,
                until=until.isoformat(),
            )
        record = PairRecord(self.book, inquiry, pairs, leader, is_to_read=inquiry in self.to_read)
        if pairs:
            record.write()
        concluded = inquiry.concluded_on
        late = concluded is not None and concluded > due_on
        if concluded is not None:
            self.book.versions[pk] += 1
            self.book.changed(
                "investigation.concluded",
                leader,
                record.concluded_at,
                "investigation",
                pk,
                child,
                outcome=inquiry.outcome,
                late=late,
            )
        self.book.matter(
            Investigation,
            pk,
            group=group,
            child=child,
            number=inquiry.number,
            opened=inquiry.opened_on,
            closed=concluded,
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
            version=self.book.versions[pk],
        )
        self.book.deadlines(
            Investigation,
            pk,
            investigation_duties(
                InvestigationFacts(
                    opened_on=inquiry.opened_on,
                    extended_to=inquiry.extended[-1][2] if inquiry.extended else None,
                    concluded_on=concluded,
                )
            ),
            group=group,
            child=child,
        )
        if concluded is not None:
            self.interventions.plan(inquiry, record)

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

    def _handlers(self, inquiry: Inquiry, pairs: list[Pair], leader: int) -> None:
        given: dict[date, datetime] = {}
        for pair in pairs:
            if pair.from_on not in given:
                given[pair.from_on] = at = self.book.at(min(pair.from_on, self.on - ONE_DAY), 9, 12)
                self.book.versions[inquiry.id] += 1
                self.book.changed(
                    "investigation.assigned",
                    leader,
                    at,
                    "investigation",
                    inquiry.id,
                    inquiry.child.id,
                    from_on=pair.from_on.isoformat(),
                )
            at = given[pair.from_on]
            self.book.worker(
                inquiry.id,
                pair.worker.id,
                pair.part,
                pair.from_on,
                by=leader,
                at=at,
                until_on=pair.until_on,
                reason=pair.reason,
                note=pair.note,
            )
            self.book.notice(pair.worker.id, NoticeKind.ASSIGNED, at, matter=inquiry.id)
