"""What the digests of the trail are made of, in SQL and in Python. Pure text and bytes.

Each entry's digest is made by the database as it is written, over all its columns and the digest
of the newest entry it then saw. No lock is taken: entries written side by side name the same one
before them. Seals (`core.seals`) then put what has been written into one order, day by day.
"""

import hashlib
import json
from datetime import date, datetime

COLUMNS = (
    "id",
    "kind",
    "action",
    "actor_id",
    "target_type",
    "targets",
    "children",
    "unit_id",
    "reason",
    "details",
    "previous_id",
)
MOMENTS = ("at", "recorded_at")


def digest_sql(row: str, previous: str) -> str:
    """The SHA-256 of the entry `row` after an entry with the digest `previous` (or null).

    Times count as microseconds, so that no setting of a session changes what is digested.
    """
    parts = [f"{row}.{name}" for name in COLUMNS]
    parts += [f"(extract(epoch FROM {row}.{name}) * 1000000)::bigint" for name in MOMENTS]
    text = f"jsonb_build_array({', '.join(parts)})::text"
    return f"sha256(convert_to({text}, 'UTF8') || coalesce({previous}, ''::bytea))"


def seal_digest(
    before: bytes,
    content: bytes,
    *,
    day: date,
    number: int,
    from_at: datetime,
    until_at: datetime,
    entries: int,
    first_id: int | None,
    last_id: int | None,
    closes: bool,
) -> bytes:
    """The SHA-256 of a seal: the seal `before` it, all it says, and its entries' digests.

    `content` is the SHA-256 of those digests after one another.
    """
    said = [day.isoformat(), number, _micro(from_at), _micro(until_at), entries, first_id, last_id]
    return hashlib.sha256(before + json.dumps([*said, closes]).encode() + content).digest()


def _micro(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond
