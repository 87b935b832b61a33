"""Signatures of the demo's texts: the same digests the services make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cases.signing import signatures
from organisation.enums import Role

TITLES = {
    Role.GROUP_LEADER: "Biträdande enhetschef",
    Role.UNIT_HEAD: "Enhetschef",
}


def signature(
    code: str, values: Mapping[str, Any], *, by: int, at: datetime, role: Role
) -> dict[str, Any]:
    """The columns of a signature on the text of `values`."""
    return {
        "signed_at": at,
        "signed_by_id": by,
        "signed_role": role.value,
        "signed_title": TITLES.get(role, "Socialsekreterare"),
        "signed_digest": signatures.digest(code, values, by=by, at=at),
    }


def reading(values: Mapping[str, Any], *, by: int, at: datetime) -> dict[str, Any]:
    """The columns of a leader's reading, who then ended the investigation."""
    return {
        "read_role": Role.GROUP_LEADER.value,
        "read_title": TITLES[Role.GROUP_LEADER],
        "read_digest": signatures.digest("document", values, by=by, at=at),
    }


def signed_at(pk: int, written: datetime, end: datetime) -> datetime | None:
    """When the author signed: mostly the same day, some recent texts not yet, a few too late."""
    age = end - written
    if age < timedelta(days=3) and pk % 2:
        return None
    if age < timedelta(days=30) and pk % 7 == 0:
        return None
    return min(written + timedelta(minutes=10 + pk % 180), end - timedelta(minutes=1))
