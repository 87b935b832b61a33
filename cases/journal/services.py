"""Notes in the journal of any matter: writing them, and changing them until they are signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.drafts import services as drafts
from cases.enums import NoteKind
from cases.journal.models import Note
from cases.law import rules
from cases.matters.working import lock_to_write
from cases.signing import services as signing
from core import trail
from core.errors import Invalid
from organisation.acting import access, checked_choice, checked_length, checked_texts, lock, require
from organisation.models import User


def _checked_note(
    *,
    kind: str,
    happened_at: datetime,
    present: str,
    child_spoken_with: bool,
    child_alone: bool | None,
    text: str,
    at: datetime,
) -> dict[str, Any]:
    checked_choice("kind", kind, NoteKind)
    texts = checked_texts({"text": text, "present": present}, required=["text"])
    checked_length("present", texts["present"], Note, "present")
    if happened_at > at:
        raise Invalid({"happened_at": _("The time cannot be in the future.")})
    if happened_at.year < 2002:
        raise Invalid({"happened_at": _("The day is too long ago.")})
    if kind == NoteKind.CHILD_CONVERSATION and not child_spoken_with:
        raise Invalid(
            {
                "child_spoken_with": _(
                    "A conversation with the child means the child was spoken with."
                )
            }
        )
    if child_spoken_with and child_alone is None:
        raise Invalid({"child_alone": _("Say whether the child was spoken with alone.")})
    return {
        "kind": kind,
        "happened_at": happened_at,
        "present": texts["present"],
        "child_spoken_with": child_spoken_with,
        "child_alone": child_alone if child_spoken_with else None,
        "text": texts["text"],
    }


@transaction.atomic
def write_note(
    matter_id: int,
    *,
    kind: str,
    happened_at: datetime,
    text: str,
    by: User,
    at: datetime,
    present: str = "",
    child_spoken_with: bool = False,
    child_alone: bool | None = None,
    sign_now: bool = False,
    late: bool = False,
    draft_key: str = "",
) -> Note:
    """Write a note in a matter the actor works on.

    `sign_now`: the author signs it with the same act, and it is locked. `late`: what came after
    the matter was closed, dated as it came and signed at once; it opens nothing again.
    """
    who = access(by, at)
    matter = lock_to_write(who, matter_id, late=late)
    sign_now = sign_now or late
    values = _checked_note(
        kind=kind,
        happened_at=happened_at,
        present=present,
        child_spoken_with=child_spoken_with,
        child_alone=child_alone,
        text=text,
        at=at,
    )
    note = Note(
        unit_id=matter.unit_id,
        child_id=matter.child_id,
        matter_id=matter.pk,
        author=by,
        written_at=at,
        after_closing=late,
        **values,
    )
    if sign_now:
        signing.sign_row(
            "note",
            note,
            who=who,
            action=signing.action_to_sign("note", matter),
            unit_id=matter.unit_id,
            by=by,
            at=at,
        )
    note.save()
    if draft_key:
        drafts.discard(by=by, key=draft_key)
    trail.changed("note.written", note, by=by, at=at, kind=kind, late=late)
    if sign_now:
        signing.signed("note", note, by=by, at=at)
    return note


@transaction.atomic
def change_note(
    note_id: int,
    *,
    kind: str,
    happened_at: datetime,
    text: str,
    by: User,
    at: datetime,
    version: int,
    present: str = "",
    child_spoken_with: bool = False,
    child_alone: bool | None = None,
    reason: str = "",
    sign_now: bool = False,
) -> Note:
    """Change a note of one's own that is not signed yet; every version is kept, with `reason`.

    `sign_now` as in `write_note`; Forbidden for a stand-in, who signs nothing of a colleague's.
    """
    who = access(by, at)
    mine = Note.objects.filter(author_id__in=who.acts_for)
    note = lock(mine, note_id, version=version)
    lock_to_write(who, note.matter_id)
    require(rules.may_change_note(signed=note.is_signed))
    why = checked_texts({"reason": reason})["reason"]
    checked_length("reason", why, Note, "change_reason")
    values = _checked_note(
        kind=kind,
        happened_at=happened_at,
        present=present,
        child_spoken_with=child_spoken_with,
        child_alone=child_alone,
        text=text,
        at=at,
    )
    if happened_at > note.written_at:
        raise Invalid({"happened_at": _("The time cannot be after the note was first written.")})
    for name, value in values.items():
        setattr(note, name, value)
    note.changed_at, note.changed_by, note.change_reason = at, by, why
    note.version += 1
    note.save()
    trail.changed("note.changed", note, by=by, at=at)
    if sign_now:
        note = signing.sign("note", note.pk, by=by, at=at)
    return note
