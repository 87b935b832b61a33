"""What a signature is made of: the exact content of a text, and its digest. Pure.

Each model of a signed text declares its columns here, once: the digest, the lock in the database
and what a reader is shown go by `CONTENT`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain
from typing import Any


def _read(columns: Iterable[str]) -> tuple[str, ...]:
    """The columns that are read as part of the text; links say by whom and in which matter."""
    return tuple(name for name in columns if not name.endswith("_id"))


@dataclass(frozen=True, slots=True)
class Content:
    """The columns of one kind of text that are signed, in the order they are read.

    What is signed is changed by adding a version at the end; one that has been signed with is
    never changed, and its columns stay in the table, so that it can be computed again.
    """

    versions: tuple[tuple[str, ...], ...]

    @property
    def latest(self) -> int:
        """The number of the version that is signed with today; the first is 1."""
        return len(self.versions)

    def knows(self, version: int) -> bool:
        """Whether it is the number of a version."""
        return 1 <= version <= self.latest

    def columns(self, version: int) -> tuple[str, ...]:
        """The columns of that version; of the latest when there is none with that number."""
        return self.versions[(version if self.knows(version) else self.latest) - 1]

    @property
    def ever(self) -> tuple[str, ...]:
        """The columns of any version, those of the latest first: what is locked once signed."""
        return tuple(dict.fromkeys(chain(self.versions[-1], *self.versions)))

    @property
    def ever_read(self) -> tuple[str, ...]:
        """Those of `ever` that are part of the text itself."""
        return _read(self.ever)


CONTENT: dict[str, Content] = {}
"""What is signed, by kind of text; filled by `declare`."""


def declare(code: str, *versions: tuple[str, ...]) -> Content:
    """Say what is signed of that kind of text, beside its model: its table is locked by it.

    Each of `versions` holds columns in the order they are read. ValueError for a taken code.
    """
    if code in CONTENT:
        raise ValueError(f"two kinds of texts are called {code!r}")
    CONTENT[code] = Content(versions)
    return CONTENT[code]


DIGEST = "^[1-9][0-9]{0,2}:[0-9a-f]{64}$"
"""A digest as it is stored: the version of what it covers, and the SHA-256 in hexadecimal."""
DIGEST_LENGTH = 68


def version_of(digest: str) -> int:
    """The version of what the digest covers; 0 for what is no digest, as that of no signature."""
    number = digest.partition(":")[0]
    return int(number) if number.isdecimal() else 0


def shown(kind: str, digest: str = "") -> tuple[str, ...]:
    """The columns a reader is shown of a text with that digest, in order: those it covers.

    Of a text that is not signed, those it would be signed with today.
    """
    return _read(CONTENT[kind].columns(version_of(digest)))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _digest(kind: str, version: int, value: Callable[[str], Any], *, by: int, at: datetime) -> str:
    content = {name: _plain(value(name)) for name in CONTENT[kind].columns(version)}
    signed = {"text": kind, "version": version, "content": content, "by": by, "at": _plain(at)}
    whole = json.dumps(signed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{version}:{hashlib.sha256(whole.encode()).hexdigest()}"


def digest(kind: str, values: Mapping[str, Any], *, by: int, at: datetime) -> str:
    """The latest version, and the SHA-256 of it, its columns, who signed and when.

    `values` holds at least the columns of the version; `by` is the signer's id.
    """
    return _digest(kind, CONTENT[kind].latest, values.__getitem__, by=by, at=at)


def digest_of(kind: str, row: Any, *, by: int, at: datetime) -> str:
    """As `digest`, of a row that is there."""
    return _digest(kind, CONTENT[kind].latest, partial(getattr, row), by=by, at=at)


def holds(kind: str, row: Any, digest: str, *, by: int, at: datetime) -> bool:
    """Whether the row is still what the digest was made of, by the version it was made with."""
    version = version_of(digest)
    return CONTENT[kind].knows(version) and digest == _digest(
        kind, version, partial(getattr, row), by=by, at=at
    )
