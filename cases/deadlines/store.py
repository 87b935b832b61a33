"""Storing what `cases.law.duties` derives, and proving that nothing has drifted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from cases.deadlines.models import Deadline, Escalation
from cases.law.duties import CANCELLED_DIED, CANCELLED_NO_LONGER, Duty, ended_by_death
from cases.law.ladder import rungs_reached
from cases.matters import registry as matters
from cases.matters.models import MatterRecord
from core.calendar import ONE_DAY

CHUNK = 2_000
HEADER = "matter"

FIELDS = (
    "kind",
    "rule_version",
    "starts_on",
    "anchor_at",
    "extended_to",
    "due_on",
    "act_by",
    "due_at",
    "warn_on",
    "met_on",
    "met_at",
    "recorded_on",
    "cancelled_on",
    "cancel_reason",
    "missed_on",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which stored and derived differ: `stored` None is missing, `derived` extra.

    `changes` are field, stored value and derived value, as they were when found. `kind` is that of
    the duty, or `HEADER` where the matter says otherwise than the row of its kind.
    """

    matter: str
    kind: str
    stored: Deadline | None
    derived: Duty | None
    changes: tuple[tuple[str, Any, Any], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name for name, _stored, _derived in self.changes)


def _owner(record: MatterRecord) -> dict[str, Any]:
    return {
        "matter_id": record.pk,
        "matter_kind": record.KIND,
        "unit_id": record.unit_id,
        "group_id": record.group_id,
        "child_id": record.child_id,
    }


def _derive(record: MatterRecord) -> list[Duty]:
    duties = matters.kind(record.KIND).derive(record)
    # A matter about no child has none; what a kind calls `child` is always fetched with its facts.
    return ended_by_death(duties, record.child.died_on if record.child_id else None)


def _compare(
    record: MatterRecord, stored: Sequence[Deadline], derived: Sequence[Duty]
) -> Iterator[Difference]:
    """Pair the two sides kind by kind in the order they start."""
    have: dict[str, list[Deadline]] = {}
    live = [d for d in stored if d.cancel_reason != CANCELLED_NO_LONGER]
    for kind, rows in groupby(sorted(live, key=lambda d: (d.kind, d.starts_on)), lambda d: d.kind):
        have[kind] = list(rows)
    for kind, duties in groupby(
        sorted(derived, key=lambda d: (d.kind, d.starts_on)), lambda d: d.kind
    ):
        rows_left = have.pop(kind, [])
        wanted = list(duties)
        for index, duty in enumerate(wanted):
            if index >= len(rows_left):
                yield Difference(record.number, kind, None, duty)
                continue
            row = rows_left[index]
            values = {**asdict(duty), **_owner(record)}
            changes = tuple(
                (name, getattr(row, name), value)
                for name, value in values.items()
                if getattr(row, name) != value
            )
            if changes:
                yield Difference(record.number, kind, row, duty, changes)
        for extra in rows_left[len(wanted) :]:
            yield Difference(record.number, kind, extra, None)
    for rows_left in have.values():
        for extra in rows_left:
            yield Difference(record.number, extra.kind, extra, None)


def _finish_ladder(row: Deadline, *, on: date) -> None:
    """Write down how far an open deadline had come, before it is met, cancelled or moved.

    The sweep has done so already, unless it stood still: what a deadline reached while it was
    open must not depend on that. Nobody is told; the rungs are behind.
    """
    if on <= row.starts_on:
        return
    if row.due_on < on:
        row.overdue_since = row.due_on + ONE_DAY
    Escalation.objects.bulk_create(
        (
            Escalation(
                deadline=row,
                due_on=row.due_on,
                rung=rung.code,
                reached_on=max(rung.on, row.starts_on),
            )
            for rung in rungs_reached(row.due_on, on)
        ),
        ignore_conflicts=True,
    )


def _apply(record: MatterRecord, difference: Difference, *, on: date) -> None:
    row, duty = difference.stored, difference.derived
    if (
        row is not None
        and row.met_on is None
        and row.cancelled_on is None
        and row.missed_on is None
        and (
            duty is None
            or duty.met_on
            or duty.cancelled_on
            or duty.missed_on
            or duty.due_on != row.due_on
        )
    ):
        died = duty is not None and duty.cancel_reason == CANCELLED_DIED
        until = duty.cancelled_on if duty is not None and died else None
        _finish_ladder(row, on=min(on, until) if until else on)
    if row is not None and duty is None:
        # Never deleted: what was once a duty stays to be seen, with the reason it no longer is.
        row.met_on = row.met_at = row.recorded_on = row.missed_on = None
        row.cancelled_on = max(on, row.starts_on)
        row.cancel_reason = CANCELLED_NO_LONGER
        row.save(
            update_fields=[
                "met_on",
                "met_at",
                "recorded_on",
                "cancelled_on",
                "cancel_reason",
                "missed_on",
                "overdue_since",
            ]
        )
        return
    assert duty is not None
    if row is None:
        Deadline.objects.create(**_owner(record), **asdict(duty))
        return
    for name, value in {**asdict(duty), **_owner(record)}.items():
        setattr(row, name, value)
    ended = row.cancelled_on if row.cancel_reason == CANCELLED_DIED else None
    if row.overdue_since is not None and (
        row.overdue_since != row.due_on + ONE_DAY or (ended and row.overdue_since > ended)
    ):
        row.overdue_since = None
    row.save()


def refresh(record: MatterRecord, *, on: date) -> list[Deadline]:
    """Bring the stored deadlines of one matter in line with its facts; return them in order.

    Called by every service inside its transaction, with the kind's row locked.
    """
    rows = Deadline.objects.filter(matter_id=record.pk)
    for difference in list(_compare(record, list(rows.order_by("pk")), _derive(record))):
        _apply(record, difference, on=on)
    return list(rows.order_by("due_on", "pk"))


def refresh_child(child_id: int, *, on: date) -> None:
    """Bring the deadlines of all the child's matters in line, each matter locked."""
    for kind in matters.KINDS:
        pks = list(kind.rows.filter(child=child_id).order_by("pk").values_list("pk", flat=True))
        list(kind.rows.select_for_update(of=("self",)).filter(pk__in=pks).only("pk"))
        for row in kind.with_facts(kind.rows.select_related("child").filter(pk__in=pks)):
            refresh(row, on=on)


def _chunks(queryset: QuerySet[Any]) -> Iterator[list[Any]]:
    last = 0
    while chunk := list(queryset.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _all_records() -> Iterator[QuerySet[Any]]:
    stored = Prefetch("matter__deadlines", queryset=Deadline.objects.order_by("pk"))
    for kind in matters.KINDS:
        rows = kind.rows.select_related("matter", "child").prefetch_related(stored)
        yield kind.with_facts(rows)


def _header(record: MatterRecord) -> Iterator[Difference]:
    """How the matter differs from what the row of its kind says of it."""
    changes = tuple(
        (name, getattr(record.matter, name), value)
        for name, value in record.header().items()
        if getattr(record.matter, name) != value
    )
    if changes:
        yield Difference(record.number, HEADER, None, None, changes)


def differences() -> Iterator[Difference]:
    """Everything in which the stored matters and deadlines differ from the facts, in chunks."""
    for queryset in _all_records():
        for chunk in _chunks(queryset):
            for record in chunk:
                yield from _header(record)
                yield from _compare(record, list(record.matter.deadlines.all()), _derive(record))


def rebuild(*, on: date) -> list[Difference]:
    """Derive every matter's header and deadlines again and store what differed; return it.

    `on` is the day on which deadlines that no longer apply are cancelled. Each chunk is a
    transaction of its own, with its matters locked, so that the unit can go on working.
    """
    found: list[Difference] = []
    for queryset in _all_records():
        model = queryset.model
        for chunk in _chunks(model.objects.only("pk")):
            with transaction.atomic():
                ids = [row.pk for row in chunk]
                list(model.objects.select_for_update(of=("self",)).filter(pk__in=ids).only("pk"))
                for record in queryset.filter(pk__in=ids):
                    for difference in _header(record):
                        record.keep_header()
                        found.append(difference)
                    for difference in list(
                        _compare(record, list(record.matter.deadlines.all()), _derive(record))
                    ):
                        _apply(record, difference, on=on)
                        found.append(difference)
    return found
