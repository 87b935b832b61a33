"""Sealing and verifying the trail, beside the statement that makes every digest anew.

Needs a migrated database without entries. They are recorded in transactions of a thousand, each
chained by the database as when somebody reads a case.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from benchmarks.sweep import timed
from core import seals
from core.chain import digest_sql

STEP = 1_000

_ENTRIES = """
INSERT INTO core_trailentry (at, kind, action, target_type, targets, children, unit_id, reason,
                             details)
SELECT now(), 'read', 'investigation.read', 'investigation', ARRAY[n], ARRAY[n], 1, '',
       '{"benchmark": true}'::jsonb
FROM generate_series(%s::bigint, %s::bigint) n
"""


@dataclass(frozen=True, slots=True)
class Walked:
    """Seconds, beside the floor's, and the most memory our process has held in MB."""

    name: str
    entries: int
    seconds: float
    floor_seconds: float
    peak_mb: float


def fill(entries: int) -> None:
    for first in range(1, entries + 1, STEP):
        with connection.cursor() as cursor:
            cursor.execute(_ENTRIES, [first, min(first + STEP - 1, entries)])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE core_trailentry")


def _digests() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FROM core_trailentry e
            LEFT JOIN core_trailentry p ON p.id = e.previous_id
            WHERE e.digest <> {digest_sql("e", "p.digest")}
            """  # noqa: S608
        )
        cursor.fetchone()


def _verified(entries: int) -> None:
    checked = seals.Checked()
    faults = list(seals.verify(checked=checked))
    if faults or checked.entries != entries:
        raise RuntimeError(f"{checked.entries} entries, {faults[:3]}")


def measure(entries: int) -> list[Walked]:
    """Seal all of them for the first time, then verify. RuntimeError when a fault is found."""
    floor, _peak = timed(_digests)
    found = []
    for name, act in (("sealing", seals.seal), ("verifying", lambda: _verified(entries))):
        seconds, peak = timed(act)
        found.append(Walked(name, entries, round(seconds, 1), round(floor, 1), round(peak)))
    return found
