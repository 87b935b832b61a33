"""The rows that history has kept, counted and digested into the trail, so that a gap shows.

The tables of django-pghistory only grow, but whoever owns the database could take rows away. With
every sealing (`core.seals`) an entry `history.sealed` says of each table that has grown: from which
id to which, how many rows, and their digest. The entry is chained and sealed as every other.

`details` of the entry: `tables`, by name `[after, until, rows, shape, digest]`; `until`, by name of
every table `[until, shape]`. The shape is the digest of the table's columns and their types. When
a migration has changed it, the rows kept before are digested once more, as they look from then on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection, transaction

from core.calendar import local_date
from core.models import TrailEntry, TrailKind

ACTION = "history.sealed"
CHUNK = 500
"""Parts verified in one statement."""
_PLAIN = "SELECT set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true)"
"""So that no setting of a session changes what is digested."""


@dataclass(frozen=True, slots=True)
class DigestedPart:
    """Rows of one table with ids after `after`, at most `until`."""

    table: str
    after: int
    until: int
    rows: int
    shape: str
    digest: str

    @property
    def plain(self) -> list[Any]:
        return [self.after, self.until, self.rows, self.shape, self.digest]


@dataclass(frozen=True, slots=True)
class FoundRows:
    """What a part holds now. `lost`: rows whose context (who, where) is gone; `outside`: rows of
    changes made without one, by direct SQL."""

    rows: int
    digest: str
    lost: int
    outside: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something verified of a day: a fault, or for `outside` only something to know."""

    day: date
    text: str
    outside: bool = False


def tables() -> list[str]:
    """Every table of rows as they were."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and model._meta.managed
    )


def ends() -> dict[str, int]:
    """The highest id given to a row of each table, written or not; nothing for untouched ones."""
    asked = " UNION ALL ".join(
        "SELECT %s, pg_sequence_last_value(pg_get_serial_sequence(%s, 'pgh_id')::regclass)"
        for _table in tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [name for table in tables() for name in (table, table)])
        return {table: last for table, last in cursor.fetchall() if last}


def _columns() -> dict[str, list[tuple[str, str]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position),"
            " array_agg(udt_name::text ORDER BY ordinal_position)"
            " FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = ANY(%s) GROUP BY 1",
            [tables()],
        )
        return {
            table: list(zip(names, types, strict=True)) for table, names, types in cursor.fetchall()
        }


def _shape(columns: Iterable[tuple[str, str]]) -> str:
    said = ",".join(f"{name} {kind}" for name, kind in columns)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _found(
    table: str, columns: Iterable[tuple[str, str]], spans: list[tuple[int, int]]
) -> list[FoundRows]:
    """What each span of ids holds now, in one statement."""
    quoted = ", ".join(f"e.{connection.ops.quote_name(name)}" for name, _kind in columns)
    statement = f"""
        SELECT count(e.pgh_id),
               encode(sha256(coalesce(string_agg(
                   sha256(convert_to(jsonb_build_array({quoted})::text, 'UTF8')), ''::bytea
                   ORDER BY e.pgh_id), ''::bytea)), 'hex'),
               count(*) FILTER (WHERE e.pgh_context_id IS NOT NULL AND c.id IS NULL),
               count(*) FILTER (WHERE e.pgh_id IS NOT NULL AND e.pgh_context_id IS NULL)
        FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY s(after, until, place)
        LEFT JOIN {connection.ops.quote_name(table)} e
          ON e.pgh_id > s.after AND e.pgh_id <= s.until
        LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id
        GROUP BY s.place ORDER BY s.place
    """  # noqa: S608 (names of our own tables and columns)
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN)
        cursor.execute(statement, [[a for a, _u in spans], [u for _a, u in spans]])
        return [FoundRows(*row) for row in cursor.fetchall()]


def _state(before: datetime | None = None) -> dict[str, tuple[int, str]]:
    """Until where each table was sealed, and in which shape; by an entry before that moment."""
    entries = TrailEntry.objects.filter(action=ACTION)
    if before is not None:
        entries = entries.filter(recorded_at__lt=before)
    last = entries.order_by("-pk").values_list("details", flat=True).first()
    until = last["until"] if last else {}
    return {table: (end, shape) for table, (end, shape) in until.items()}


def keep(given: Mapping[str, int], *, at: datetime) -> bool:
    """Digest into the trail what has been kept up to the ids `given`, whose transactions have
    ended. Whether there was anything."""
    state = _state()
    columns = _columns()
    parts = []
    for table, end in given.items():
        shape = _shape(columns[table])
        until, earlier = state.get(table, (0, shape))
        if end <= until and shape == earlier:
            continue
        after = until if shape == earlier else 0
        [found] = _found(table, columns[table], [(after, end)])
        parts.append(DigestedPart(table, after, end, found.rows, shape, found.digest))
        state[table] = (end, shape)
    if parts:
        TrailEntry.objects.create(
            at=at,
            kind=TrailKind.CHANGE,
            action=ACTION,
            target_type="",
            targets=[],
            details={
                "tables": {part.table: part.plain for part in parts},
                "until": {table: list(one) for table, one in sorted(state.items())},
            },
        )
    return bool(parts)


# Verifying


@dataclass
class _Waiting:
    """Parts of one table that are to be looked at."""

    days: list[date] = field(default_factory=list)
    parts: list[DigestedPart] = field(default_factory=list)


def verify(*, start: datetime | None, until: datetime | None) -> Iterator[Remark]:
    """What is not as it was digested between the two moments, and what was changed by SQL."""
    entries = TrailEntry.objects.filter(action=ACTION)
    if start is not None:
        entries = entries.filter(recorded_at__gte=start)
    if until is not None:
        entries = entries.filter(recorded_at__lt=until)
    columns = _columns()
    # The first entry looked at follows on one before it, unless all of them are looked at.
    state = _state(start) if start is not None else {}
    waiting: dict[str, _Waiting] = {}
    with transaction.atomic():
        for recorded_at, details in entries.order_by("pk").values_list("recorded_at", "details"):
            day = local_date(recorded_at)
            for table, values in details["tables"].items():
                part = DigestedPart(table, *values)
                end, _shape_then = state.get(table, (0, part.shape))
                if part.after not in (0, end):
                    yield Remark(day, f"{table}: rows {end} to {part.after} were never sealed")
                state[table] = (part.until, part.shape)
                queue = waiting.setdefault(table, _Waiting())
                queue.days.append(day)
                queue.parts.append(part)
                if len(queue.parts) >= CHUNK:
                    yield from _remarks(table, waiting.pop(table), columns)
        for table, queue in waiting.items():
            yield from _remarks(table, queue, columns)


def _remarks(
    table: str, queue: _Waiting, columns: Mapping[str, list[tuple[str, str]]]
) -> Iterator[Remark]:
    if table not in columns:
        yield Remark(queue.days[0], f"{table} is not there any more")
        return
    now = _shape(columns[table])
    spans = [(part.after, part.until) for part in queue.parts]
    for day, part, found in zip(
        queue.days, queue.parts, _found(table, columns[table], spans), strict=True
    ):
        place = f"{table}: rows {part.after + 1} to {part.until}"
        if found.rows != part.rows:
            yield Remark(day, f"{place} were {part.rows}, and {found.rows} are found")
        elif part.shape == now and found.digest != part.digest:
            # In another shape they were digested again by a later entry.
            yield Remark(day, f"{place} are not as they were kept")
        if found.lost:
            yield Remark(day, f"{place}: of {found.lost} it is not known any more whose they are")
        if found.outside:
            text = f"{place}: {found.outside} kept from changes by direct SQL"
            yield Remark(day, text, outside=True)
