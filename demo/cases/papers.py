"""When each contact with a demonstration unit was logged, assessed and decided, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from cases.enums import ReportKind
from core.calendar import ONE_DAY, next_working_day
from demo.cases.book import MINUTE, Chapter
from demo.cases.people import PlannedContact
from demo.cases.plan import is_working_day


@dataclass(slots=True, eq=False)
class Paper:
    """A contact with the hours of what was done about it, and by whom."""

    contact: PlannedContact
    logged_at: datetime
    logged_by: int
    handler: int | None
    assessed_at: datetime | None
    assessed_recorded_at: datetime | None
    decided_at: datetime | None
    decided_by: int


class Desk(Chapter):
    """The reception's hours and hands."""

    def paper(self, contact: PlannedContact) -> Paper:
        rng, unit, end = self.rng, self.unit, self.end
        received = contact.received_at
        day = received.date()
        office = is_working_day(day) and 7 <= received.hour < 17
        if office:
            logged = received + rng.randrange(2, 40) * MINUTE
        elif is_working_day(day) and received.hour < 7:
            logged = self.book.at(day, 8, 9)
        else:
            logged = self.book.at(next_working_day(day), 8, 9)
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
            decided_at = self.book.at(first.decided_on, 9, 16)
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
        self, contact: PlannedContact, logged: datetime
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
            assessed = self.book.at(due_on + timedelta(days=rng.randint(1, 3)), 8, 15)
        elif due_on > day:
            assessed = self.book.at(due_on, 8, 11)
        elif received.hour < 7:
            assessed = self.book.at(day, 8, 11)
        elif contact.received_at.hour < 15:
            assessed = received + rng.randrange(15, 150) * MINUTE
        else:
            assessed = received + rng.randrange(10, 100) * MINUTE
        recorded = max(assessed, logged) + rng.randrange(5, 60) * MINUTE
        return (assessed, recorded) if recorded < self.end else (None, None)
