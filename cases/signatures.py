"""What a signature is made of: the exact content of a text, and its digest. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

CONTENT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "note": (
            "kind",
            "happened_at",
            "present",
            "child_spoken_with",
            "child_alone",
            "text",
            "author_id",
        ),
        "assessment": (
            "report_id",
            "assessed_at",
            "assessed_by_id",
            "outcome",
            "child_spoken_with",
            "rationale",
            "support_granted",
        ),
        "decision": (
            "report_id",
            "outcome",
            "decided_on",
            "decided_by_id",
            "rationale",
            "is_late",
            "late_reason",
        ),
        "document": (
            "investigation_id",
            "background",
            "child_view",
            "guardians_view",
            "others_view",
            "assessment",
            "best_interests",
            "proposal",
        ),
        "addition": (
            "note_id",
            "assessment_id",
            "decision_id",
            "document_id",
            "kind",
            "text",
            "author_id",
        ),
    }
)
"""Columns that are signed, by kind of text. A change here makes every earlier digest wrong."""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def digest(kind: str, values: Mapping[str, Any], *, by: int, at: datetime) -> str:
    """SHA-256, in hexadecimal, of the text's columns, who signed and when.

    `values` holds at least the columns of `CONTENT[kind]`; `by` is the signer's id.
    """
    content = {name: _plain(values[name]) for name in CONTENT[kind]}
    signed = {"text": kind, "content": content, "by": by, "at": _plain(at)}
    whole = json.dumps(signed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def digest_of(kind: str, row: Any, *, by: int, at: datetime) -> str:
    """As `digest`, of a row that is there."""
    return digest(kind, {name: getattr(row, name) for name in CONTENT[kind]}, by=by, at=at)
