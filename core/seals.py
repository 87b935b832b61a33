"""Sealing the trail, and finding out whether it still is what was sealed.

An entry's own digest (`core.chain`) shows a change, and the removal of an entry that a later one
names. What history keeps of changed rows is digested into the trail first (`core.history_digests`).
A seal adds how many entries there were from one moment to the next, and in which order; it contains
the seal before it, so the last one of a day stands for all that came before. Whoever owns the
database could write all of it anew: the heads of the days are therefore also kept outside
(`manage.py verify_trail --heads`, and the nightly mail).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core import history_digests as kept_rows
from core.calendar import day_start, local_date
from core.chain import digest_sql, seal_digest
from core.models import TrailEntry, TrailSeal

MOST = 20_000
"""Entries in one seal: what is held in memory while it is made."""
PATIENCE = 20.0
"""Seconds to wait for the transactions of a moment to end."""
LOCK = 7_220_012
"""Advisory lock: one sealer at a time."""
UNSEALED = timedelta(hours=24)
"""An entry this old that no seal covers means that sealing has stopped."""

_RUNNING = """
SELECT coalesce(array_agg(held.pid || ' ' || held.transactionid::text), '{}')
FROM pg_locks held JOIN pg_stat_activity session ON session.pid = held.pid
WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock'
  AND held.pid <> pg_backend_pid() AND session.datname = current_database()
"""


def settled(*, patience: float = PATIENCE) -> bool:
    """Wait until every other transaction that writes now has ended; False when one goes on.

    An entry gets its time after its transaction has a number, so nothing recorded before the call
    is still to come after it.
    """
    until = time.monotonic() + patience
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING)
        waiting = set(cursor.fetchone()[0])
        while waiting:
            cursor.execute(_RUNNING)
            waiting &= set(cursor.fetchone()[0])
            if waiting and time.monotonic() > until:
                return False
            if waiting:
                time.sleep(0.05)
    return True


def database_time() -> datetime:
    """The database's clock, by which entries are recorded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def seal(*, patience: float = PATIENCE) -> int | None:
    """Seal what has been recorded and kept until now; the number of seals made.

    None when it could not be done now: another does it, or a transaction goes on for too long.
    Nothing is lost by that, the next one seals more.
    """
    given = kept_rows.ends()
    if not settled(patience=patience):
        return None
    with transaction.atomic():
        if not _alone():
            return None
        kept_rows.keep(given, at=database_time())
    now = database_time()
    if not settled(patience=patience):
        return None
    with transaction.atomic():
        if not _alone():
            return None
        last = TrailSeal.objects.order_by("-pk").first()
        if last is None:
            first = TrailEntry.objects.order_by("recorded_at").values("recorded_at").first()
            if first is None:
                return 0
            start = day_start(local_date(first["recorded_at"]))
        else:
            start = last.until_at
        made = 0
        while start < now:
            part, start = _part(last, start, min(now, _day_end(start)))
            if part is not None:
                last, made = part, made + 1
        return made


def _alone() -> bool:
    """Whether nobody else seals; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _day_end(moment: datetime) -> datetime:
    return day_start(local_date(moment) + timedelta(days=1))


def _part(
    last: TrailSeal | None, start: datetime, until: datetime
) -> tuple[TrailSeal | None, datetime]:
    """The next seal, and until when; none of a quiet moment, which the next one covers too."""
    closes = until == _day_end(start)
    rows = list(
        TrailEntry.objects.filter(recorded_at__gte=start, recorded_at__lt=until)
        .order_by("recorded_at", "pk")
        .values_list("recorded_at", "pk", "digest")[: MOST + 1]
    )
    if len(rows) > MOST and rows[0][0] < rows[-1][0]:
        until, closes = rows[-1][0], False
        rows = [row for row in rows if row[0] < until]
    if not rows and not closes:
        return None, until
    day = local_date(start)
    ids = [pk for _at, pk, _digest in rows]
    facts: dict[str, Any] = {
        "day": day,
        "number": last.number + 1 if last is not None and last.day == day else 1,
        "from_at": start,
        "until_at": until,
        "entries": len(rows),
        "first_id": min(ids, default=None),
        "last_id": max(ids, default=None),
        "closes": closes,
    }
    content = hashlib.sha256(b"".join(bytes(digest) for _at, _pk, digest in rows)).digest()
    before = b"" if last is None else bytes(last.digest)
    digest = seal_digest(before, content, **facts)
    return TrailSeal.objects.create(digest=digest, **facts), until


# Verifying


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written: the day, and what in words, with ids."""

    day: date
    text: str

    def __str__(self) -> str:
        return f"{self.day}: {self.text}"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands for the whole trail to the end of a day."""

    day: date
    entries: int
    digest: str


def heads(*, first: date | None = None, last: date | None = None) -> Iterator[Head]:
    """The head of every closed day."""
    seals = _days(TrailSeal.objects.all(), first, last).order_by("pk")
    total = 0
    day: date | None = None
    for seal in seals.iterator(chunk_size=500):
        total = seal.entries + (total if seal.day == day else 0)
        day = seal.day
        if seal.closes:
            yield Head(seal.day, total, bytes(seal.digest).hex())


def _days(seals: Any, first: date | None, last: date | None) -> Any:
    if first:
        seals = seals.filter(day__gte=first)
    if last:
        seals = seals.filter(day__lte=last)
    return seals


@dataclass
class Checked:
    """What has been looked at so far; `outside`: what was changed by direct SQL, one line each."""

    entries: int = 0
    seals: int = 0
    outside: list[str] = field(default_factory=list)


def verify(
    *,
    first: date | None = None,
    last: date | None = None,
    kept: Mapping[date, str] | None = None,
    checked: Checked | None = None,
) -> Iterator[Fault]:
    """Everything that is not as it was written, oldest first; in one pass and constant memory.

    The days from `first` to `last`, all of them without. Without `last`, also what is not sealed
    yet. `kept` holds heads that were kept outside, by day.
    """
    checked = checked if checked is not None else Checked()
    yield from _against(kept or {}, first, last)
    # What is sealed by now is settled, so the entries read below are all there.
    newest = TrailSeal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    chosen = _days(TrailSeal.objects.filter(pk__lte=newest), first, last).order_by("pk")
    opening = chosen.first()
    before, start = None, None
    if first is not None:
        start = day_start(first) if opening is None else opening.from_at
        if opening is not None:
            before = TrailSeal.objects.filter(pk__lt=opening.pk).order_by("-pk").first()
    until = None if last is None else day_start(last + timedelta(days=1))
    with _entries(start, until) as entries:
        yield from _walk(chosen.iterator(chunk_size=500), before, entries, checked)
    for remark in kept_rows.verify(start=start, until=until):
        if remark.outside:
            checked.outside.append(f"{remark.day}: {remark.text}")
        else:
            yield Fault(remark.day, remark.text)
    if last is None:
        yield from _end()
    elif not _is_closed(last):
        yield Fault(last, "the day is over and has not been closed: does the worker run?")


def _is_closed(day: date) -> bool:
    """Whether the day is sealed to its end, is not over yet, or was before the trail began."""
    if TrailSeal.objects.filter(day=day, closes=True).exists():
        return True
    if day_start(day + timedelta(days=1)) > database_time():
        return True
    first = TrailEntry.objects.order_by("recorded_at").values_list("recorded_at", flat=True).first()
    return first is None or local_date(first) > day


def _against(kept: Mapping[date, str], first: date | None, last: date | None) -> Iterator[Fault]:
    wanted = {
        day: digest
        for day, digest in kept.items()
        if (first is None or day >= first) and (last is None or day <= last)
    }
    found = {head.day: head.digest for head in heads(first=first, last=last)} if wanted else {}
    for day, digest in sorted(wanted.items()):
        if day not in found:
            yield Fault(day, "the head that was kept outside has no closed day here")
        elif found[day] != digest:
            yield Fault(day, "the head is another than the one that was kept outside")


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    recorded_at: datetime
    digest: bytes
    unchanged: bool
    previous_id: int | None
    previous_is_there: bool


@contextmanager
def _entries(start: datetime | None, until: datetime | None) -> Iterator[Iterator[_Row]]:
    """Entries in sealed order with what the database makes of them anew, a few at a time."""
    conditions, values = ["true"], []
    if start is not None:
        conditions.append("e.recorded_at >= %s")
        values.append(start)
    if until is not None:
        conditions.append("e.recorded_at < %s")
        values.append(until)
    statement = f"""
        SELECT e.id, e.recorded_at, e.digest,
               e.digest = {digest_sql("e", "p.digest")} AS unchanged,
               e.previous_id, e.previous_id IS NULL OR p.id IS NOT NULL
        FROM core_trailentry e LEFT JOIN core_trailentry p ON p.id = e.previous_id
        WHERE {" AND ".join(conditions)} ORDER BY e.recorded_at, e.id
    """  # noqa: S608 (columns and conditions of our own)
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.itersize = 5_000  # type: ignore[attr-defined]
        cursor.execute(statement, values)
        yield (_Row(*row) for row in _fetched(cursor))


def _fetched(cursor: Any) -> Iterator[Any]:
    while rows := cursor.fetchmany(5_000):
        yield from rows


def _walk(
    seals: Iterable[TrailSeal],
    before: TrailSeal | None,
    entries: Iterator[_Row],
    checked: Checked,
) -> Iterator[Fault]:
    row = next(entries, None)
    lowest = TrailEntry.objects.order_by("pk").values_list("pk", flat=True).first()
    for seal in seals:
        checked.seals += 1
        stray = 0
        while row is not None and row.recorded_at < seal.from_at:
            yield from _faults_of(row, lowest, checked)
            stray += 1
            row = next(entries, None)
        if stray:
            yield Fault(
                seal.day,
                f"{stray} entries stand before seal {seal.number}, where none was sealed",
            )
        content, count = hashlib.sha256(), 0
        while row is not None and row.recorded_at < seal.until_at:
            yield from _faults_of(row, lowest, checked)
            content.update(row.digest)
            count += 1
            row = next(entries, None)
        yield from _faults_of_seal(seal, before, content.digest(), count)
        before = seal
    while row is not None:
        yield from _faults_of(row, lowest, checked)
        row = next(entries, None)


def _faults_of(row: _Row, lowest: int | None, checked: Checked) -> Iterator[Fault]:
    checked.entries += 1
    day = local_date(row.recorded_at)
    if not row.previous_is_there:
        yield Fault(
            day,
            f"entry {row.previous_id} has been removed: entry {row.pk} was written after it",
        )
    elif not row.unchanged:
        yield Fault(day, f"entry {row.pk} is not as it was written")
    if row.previous_id is None and row.pk != lowest:
        yield Fault(day, f"entry {row.pk} names none before it, though there is one")


def _faults_of_seal(
    seal: TrailSeal, before: TrailSeal | None, content: bytes, count: int
) -> Iterator[Fault]:
    place = f"seal {seal.number} (entries {seal.first_id} to {seal.last_id})"
    if before is not None and not _follows(seal, before):
        yield Fault(seal.day, f"{place} does not follow on the one before it")
    if count != seal.entries:
        yield Fault(seal.day, f"{place} holds {seal.entries} entries, but {count} are found")
        return
    expected = seal_digest(
        b"" if before is None else bytes(before.digest),
        content,
        day=seal.day,
        number=seal.number,
        from_at=seal.from_at,
        until_at=seal.until_at,
        entries=seal.entries,
        first_id=seal.first_id,
        last_id=seal.last_id,
        closes=seal.closes,
    )
    if bytes(seal.digest) != expected:
        yield Fault(seal.day, f"{place} does not fit what it covers")


def _follows(seal: TrailSeal, before: TrailSeal) -> bool:
    if seal.from_at != before.until_at:
        return False
    if seal.day == before.day:
        return seal.number == before.number + 1 and not before.closes
    return seal.number == 1 and before.closes


def _end() -> Iterator[Fault]:
    """What is not sealed: too old to be waiting, or given out and not there."""
    now = database_time()
    last = TrailSeal.objects.order_by("-pk").first()
    waiting = TrailEntry.objects.filter(recorded_at__lt=now - UNSEALED)
    if last is not None:
        waiting = waiting.filter(recorded_at__gte=last.until_at)
    oldest = waiting.order_by("recorded_at").values_list("recorded_at", "pk").first()
    if oldest is not None:
        yield Fault(
            local_date(oldest[0]),
            f"nothing is sealed since then, from entry {oldest[1]} on: does the worker run?",
        )
    given = _given_out()
    settled()
    newest = TrailEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if newest < given:
        yield Fault(
            local_date(now),
            f"ids {newest + 1} to {given} were given out and have no entry: the latest act was"
            " undone, or entries have been removed; verify again when a newer act is recorded",
        )


def _given_out() -> int:
    """The highest id given to an entry, written or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce("
            "pg_sequence_last_value(pg_get_serial_sequence('core_trailentry', 'id')::regclass), 0)"
        )
        number: int = cursor.fetchone()[0]
    return number
