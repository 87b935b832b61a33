"""The notes of the journal as a text that is signed: they stand in matters of every kind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from cases.journal.models import Note
from cases.signing.texts import TextKind

TEXTS = (
    TextKind(
        "note",
        gettext_lazy("Note"),
        Note,
        ("changed_by_id", "author_id"),
        ("changed_at", "written_at"),
        why="change_reason",
        anchor="notes",
        author="author_id",
        title=lambda note: note.get_kind_display(),
        body="text",
    ),
)
