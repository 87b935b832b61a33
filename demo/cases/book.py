"""What every part of a demonstration unit is written with: moments, numbers, trail, deadlines.

The rows go into a batch as the services would have written them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from cases.deadlines.models import Deadline, Escalation
from cases.enums import DeadlineKind, NoticeKind
from cases.law.duties import Duty
from cases.law.ladder import rungs_reached
from cases.matters.models import Matter, MatterRecord, MatterWorker, NumberSeries
from cases.notices.models import Notice
from core.calendar import ONE_DAY, STOCKHOLM, is_working_day
from core.models import TrailEntry, TrailKind
from demo.cases.load import Batch, array
from demo.cases.units import Unit

MINUTE = timedelta(minutes=1)


class Book:
    """One unit's rows on their way into the batch; `on` is the first day not lived yet."""

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
        self.versions: dict[int, int] = {}
        """How often each investigation has changed."""

    def at(self, day: date, first: int = 8, last: int = 16) -> datetime:
        """A moment in office hours of the day."""
        rng = self.rng
        moment = time(rng.randrange(first, last), rng.randrange(60))
        return datetime.combine(day, moment, tzinfo=STOCKHOLM)

    def next_number(self, at: datetime, letter: str) -> str:
        key = (at.year, letter)
        self.series[key] = number = self.series.get(key, 0) + 1
        return f"{self.unit.code}-{at.year}-{letter}{number:05d}"

    def new_matter(self) -> int:
        """The id of a matter that others will refer to before it is written."""
        return self.batch.new_id(Matter)

    def matter(
        self,
        model: type[MatterRecord],
        pk: int,
        /,
        *,
        group: int,
        child: int,
        number: str,
        opened: date,
        closed: date | None,
        part_of: int | None = None,
        **values: Any,
    ) -> None:
        """A matter and the row of its kind, which has `values` besides."""
        header = {
            "number": number,
            "unit_id": self.unit.id,
            "group_id": group,
            "child_id": child,
        }
        self.batch.add(
            Matter,
            pk,
            kind=model.KIND,
            part_of_id=part_of,
            opened_on=opened,
            closed_on=closed,
            **header,
        )
        self.batch.add(model, pk, **header, **values)

    def worker(
        self,
        matter: int,
        user: int,
        part: str,
        from_on: date,
        /,
        *,
        by: int,
        at: datetime,
        until_on: date | None = None,
        reason: str = "",
        note: str = "",
    ) -> None:
        """A worker's days with a part in the matter."""
        self.batch.add(
            MatterWorker,
            matter_id=matter,
            user_id=user,
            part=part,
            from_on=from_on,
            until_on=until_on,
            assigned_by_id=by,
            assigned_at=at,
            end_reason=reason,
            handover_note=note,
        )

    def changed(
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
            targets=array(pk),
            children=array(child) if child else array(),
            unit_id=self.unit.id,
            reason="",
            details=json.dumps(details),
        )
        self._read_before(by, at, target, pk, child)

    def _read_before(self, by: int, at: datetime, target: str, pk: int, child: int | None) -> None:
        """Whoever did something had opened it; now and then somebody else had, or in the evening.

        Nights and weekends are mostly those of the emergency service, which has its own log.
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
        elif (not is_working_day(day) or not 6 <= moment.hour < 19) and chance.random() < 0.9:
            return
        if moment >= self.end:
            return
        self.batch.add(
            TrailEntry,
            at=moment,
            kind=TrailKind.READ.value,
            action=f"{target}.read",
            actor_id=reader,
            target_type=target,
            targets=array(pk),
            children=array(child) if child else array(),
            unit_id=self.unit.id,
            reason="",
            details="{}",
        )

    def notice(self, recipient: int, kind: NoticeKind, at: datetime, *, matter: int) -> None:
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
            matter_id=matter,
            created_at=at,
            read_at=read_at,
        )

    def deadlines(
        self,
        model: type[MatterRecord],
        pk: int,
        duties: Sequence[Duty],
        /,
        *,
        group: int,
        child: int,
        written_on: date | None = None,
    ) -> None:
        """The duties of a matter of that kind, and how far the ladder of those done with had come
        by the day it was written down: `written_on` for the protection assessment, else the day
        itself.
        """
        for duty in duties:
            ended = duty.met_on or duty.cancelled_on or duty.missed_on
            if ended and written_on and duty.kind == DeadlineKind.PROTECTION_ASSESSMENT:
                ended = written_on
            deadline = self.batch.add(
                Deadline,
                unit_id=self.unit.id,
                group_id=group,
                child_id=child,
                matter_id=pk,
                matter_kind=model.KIND,
                kind=duty.kind,
                rule_version=duty.rule_version,
                starts_on=duty.starts_on,
                anchor_at=duty.anchor_at,
                extended_to=duty.extended_to,
                due_on=duty.due_on,
                act_by=duty.act_by,
                due_at=duty.due_at,
                warn_on=duty.warn_on,
                met_on=duty.met_on,
                met_at=duty.met_at,
                recorded_on=duty.recorded_on,
                cancelled_on=duty.cancelled_on,
                cancel_reason=duty.cancel_reason,
                missed_on=duty.missed_on,
                overdue_since=(duty.due_on + ONE_DAY if duty.due_on < (ended or self.on) else None),
            )
            # The sweep writes the ladders of those still open.
            if ended and ended > duty.starts_on and ended >= duty.warn_on:
                for rung in rungs_reached(duty.due_on, ended):
                    self.batch.add(
                        Escalation,
                        deadline_id=deadline,
                        due_on=duty.due_on,
                        rung=rung.code,
                        reached_on=max(rung.on, duty.starts_on),
                    )

    def close(self) -> None:
        """The last number given out in each series."""
        for (year, letter), last in sorted(self.series.items()):
            self.batch.add(NumberSeries, unit_id=self.unit.id, year=year, letter=letter, last=last)


class Chapter:
    """A part of the unit's story, written into its book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.batch = book.batch
        self.unit = book.unit
        self.rng = book.rng
        self.on = book.on
        self.end = book.end
