"""Autosaved drafts: what a person has typed but not yet sent, for that person alone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.drafts.models import Draft
from core.errors import Invalid
from organisation.models import User

LARGEST = 1_000_000
"""Characters of JSON a draft may hold."""


@transaction.atomic
def save(*, key: str, data: dict[str, Any], by: User, at: datetime) -> Draft:
    """Keep the fields of a form under `key`, in place of what was kept before."""
    if not _is_key(key):
        raise Invalid({"key": _("The draft has no valid name.")})
    if len(json.dumps(data)) > LARGEST:
        raise Invalid({"data": _("The draft is too large to be kept.")})
    if "\\u0000" in json.dumps(data):
        raise Invalid({"data": _("Remove the characters that are not text (NUL).")})
    draft, _made = Draft.objects.update_or_create(
        user=by, key=key, defaults={"data": data, "saved_at": at}
    )
    return draft


def _is_key(key: str) -> bool:
    """Whether a draft can have that name at all; the database cannot even be asked for a NUL."""
    return 0 < len(key) <= 120 and "\x00" not in key


def find(*, key: str, by: User) -> Draft | None:
    return Draft.objects.filter(user=by, key=key).first() if _is_key(key) else None


def discard(*, key: str, by: User) -> None:
    """Throw the draft away: it has been sent, or is not wanted."""
    if _is_key(key):
        Draft.objects.filter(user=by, key=key).delete()
