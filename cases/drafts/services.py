"""Autosaved drafts: what a person has typed but not yet sent, for that person alone.

Two tabs may have the same form open. A tab says which draft it has seen; when another tab has
saved meanwhile, what it saves is kept beside (`key~tab`) and never in the other's place.
"""

from __future__ import annotations

import json
import re
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.drafts.models import Draft
from core.errors import Invalid
from organisation.models import User

LARGEST = 1_000_000
"""Characters of JSON a draft may hold."""
LONGEST_KEY = 120
BESIDE = "~"
"""Stands between the name of a form's draft and the tab whose text it is."""
_TAB = re.compile(r"[0-9a-z]{1,16}")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
"""What the database cannot keep: NUL, and the halves that a sign cut in two leaves."""

being_sent: ContextVar[str] = ContextVar("being_sent", default="")
"""The draft of the form that this request sends (see `cases.drafts.sending`)."""


@transaction.atomic
def save(
    *,
    key: str,
    data: dict[str, Any],
    by: User,
    at: datetime,
    seen: str | None = None,
    tab: str = "",
) -> Draft:
    """Keep the fields of a form under `key`, in place of what was kept before.

    `seen` is the mark (`mark_of`) of the draft that the tab `tab` has read or saved, empty for
    none; None asks for no such care. Half signs and NULs are taken out. Raises Invalid for a name
    or content that cannot be kept.
    """
    if not _is_key(key) or (tab and not _TAB.fullmatch(tab)):
        raise Invalid({"key": _("The draft has no valid name.")})
    data = _cleaned(data)
    draft, made = Draft.objects.get_or_create(
        user=by, key=key, defaults={"data": data, "tab": tab, "saved_at": at}
    )
    if made:
        return draft
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    unseen = seen is not None and seen != mark_of(draft) and draft.data != data
    # Two saves of one tab may overtake each other; what another tab has written stays.
    if unseen and tab and tab != draft.tab and BESIDE not in key:
        beside = f"{key[: LONGEST_KEY - len(tab) - 1]}{BESIDE}{tab}"
        return save(key=beside, data=data, by=by, at=at, tab=tab)
    draft.data, draft.tab, draft.saved_at = data, tab, at
    draft.save(update_fields=["data", "tab", "saved_at"])
    return draft


def mark_of(draft: Draft) -> str:
    """What a tab shows to have seen this draft as it stands."""
    return draft.saved_at.isoformat()


def _cleaned(data: dict[str, Any]) -> dict[str, Any]:
    try:
        cleaned: dict[str, Any] = _without_halves(data)
        size = len(json.dumps(cleaned, allow_nan=False))
    except (ValueError, RecursionError):
        raise Invalid({"data": _("The draft could not be read.")}) from None
    if size > LARGEST:
        raise Invalid({"data": _("The draft is too large to be kept.")})
    return cleaned


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return _NOT_TEXT.sub("", value)
    if isinstance(value, list):
        return [_without_halves(one) for one in value]
    if isinstance(value, dict):
        return {_NOT_TEXT.sub("", name): _without_halves(one) for name, one in value.items()}
    return value


def _is_key(key: str) -> bool:
    """Whether a draft can have that name at all; the database cannot even be asked for a NUL."""
    return 0 < len(key) <= LONGEST_KEY and not _NOT_TEXT.search(key)


def find(*, key: str, by: User) -> Draft | None:
    """The draft of that form, the latest where tabs have theirs beside."""
    if not _is_key(key):
        return None
    named = Q(key=key) if BESIDE in key else Q(key=key) | Q(key__startswith=key + BESIDE)
    return Draft.objects.filter(named, user=by).order_by("-saved_at", "-pk").first()


def find_exactly(*, key: str, by: User) -> Draft | None:
    """The draft under that very name: gone when what it held has been sent."""
    return Draft.objects.filter(user=by, key=key).first() if _is_key(key) else None


def begun(*, prefix: str, by: User) -> list[Draft]:
    """One's own drafts whose name is `prefix` or begins with it and a hyphen, the latest first."""
    named = Q(key=prefix) | Q(key__startswith=f"{prefix}-") | Q(key__startswith=prefix + BESIDE)
    return list(Draft.objects.filter(named, user=by).order_by("-saved_at", "-pk"))


def discard(*, key: str, by: User) -> None:
    """Throw the draft away: it has been sent, or is not wanted.

    Where the request sends a draft that stood beside, that one goes and the other tab's stays.
    """
    sent = being_sent.get()
    if sent.startswith(key + BESIDE):
        key = sent
    if _is_key(key):
        Draft.objects.filter(user=by, key=key).delete()
