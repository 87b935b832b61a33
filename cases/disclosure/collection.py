"""The texts of matters in order, as they go into a party's copy before anything is masked.

What becomes of each field is said by `cases.law.classification`: a field it does not know stops the
collection, and one it leaves out is not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, DateField
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.disclosure import redaction
from cases.disclosure.masking_terms import Hidden, reporter_of
from cases.disclosure.redaction import Mark
from cases.journal.models import Note
from cases.law.classification import GROUNDS, Share, share_of, shown_of
from cases.matters import registry as matters
from cases.matters.models import Matter
from cases.persons.models import Guardian, Person
from cases.signing import signatures, texts
from core.calendar import in_stockholm

FACTS = (BooleanField, DateField)
"""What tells of nobody by its words; so does a column with choices."""


@dataclass(slots=True)
class Piece:
    """One text: where it comes from, its day, and the places in it to mask from the start."""

    source: str
    source_id: int
    on: date | None
    heading: str
    text: str = ""
    marks: list[Mark] = field(default_factory=list)


class Writer:
    """Puts a piece together, field by field."""

    def __init__(self, piece: Piece, hidden: Hidden, guardian: Guardian | None) -> None:
        self.piece, self.hidden, self.guardian = piece, hidden, guardian
        self.fixed: list[Mark] = []

    def line(self, label: str, text: Any) -> None:
        """A line of facts that tell of nobody else."""
        if text not in (None, ""):
            self.add(f"{label}: {text}\n")

    def field(self, row: Any, name: str, *, alone: bool = False) -> None:
        """A field by its label; masked, scanned or left out as its classification says."""
        share = share_of(type(row).__name__, name)
        shown = "identity_number" if name == "personal_identity_number" else name
        text = str(getattr(row, shown) or "")
        if share is Share.LEFT_OUT or not text.strip():
            return
        if not alone:
            self.add(f"{str(row._meta.get_field(name).verbose_name).capitalize()}: ")
        start = len(self.piece.text)
        self.add(f"{text}\n")
        if self._masked(row, share):
            self.fixed.append(Mark(start, start + len(text), GROUNDS[share], "field"))

    def facts(self, row: Any, *, but: tuple[str, ...] = ()) -> None:
        """Choices, numbers, days and yes or no that the table shows of the row, with their labels.

        `but` are those that stand elsewhere; who did it is written by the piece itself, which
        knows what has been fetched.
        """
        shown = shown_of(type(row).__name__)
        for column in row._meta.concrete_fields:
            share = None if column.name in but else shown.get(column.name)
            if share is None or column.is_relation:
                continue
            if (fact := texts.in_words(row, column.name)) is not None:
                self.line(fact.label.capitalize(), fact.text)
                if self._masked(row, share):
                    end = len(self.piece.text) - 1
                    start = end - len(str(fact.text))
                    self.fixed.append(Mark(start, end, GROUNDS[share], "field"))

    def signed(self, code: str, row: Any, *, body: str = "", but: tuple[str, ...] = ()) -> None:
        """What a signature of the text covers, in order: words as classified, facts as lines.

        `body` is the column without a label; `but` those that the heading has said.
        """
        for name in signatures.shown(code, row.signed_digest):
            column = row._meta.get_field(name)
            if not (column.choices or isinstance(column, FACTS)):
                self.field(row, name, alone=name == body)
            elif name not in but and (fact := texts.in_words(row, name)):
                self.line(fact.label.capitalize(), fact.text)

    def _masked(self, row: Any, share: Share) -> bool:
        if share is Share.PRIVATE_REPORTER:
            return reporter_of(row).is_private
        if share is Share.ITS_PERSON:
            return self.guardian is None or row.pk != self.guardian.pk
        if share is Share.WHEREABOUTS:
            return bool((row if isinstance(row, Person) else row.child).is_protected)
        return False

    def add(self, text: str) -> None:
        self.piece.text += text

    def done(self) -> Piece:
        """The piece with its masks: those of its fields, and what is found in its words."""
        piece = self.piece
        piece.text = piece.text.rstrip()
        piece.marks = redaction.merged([*self.fixed, *self.hidden.marks(piece.text)])
        return piece


def said_at(moment: datetime) -> str:
    return date_format(in_stockholm(moment), "j F Y H.i")


class Collector:
    """Collects the pieces of one child's matters for one party."""

    def __init__(self, child: Person, hidden: Hidden, guardian: Guardian | None) -> None:
        self.child, self.hidden, self.guardian = child, hidden, guardian

    def start(self, row: Any, on: date | None, heading: Any, source: str = "") -> Writer:
        name = source or type(row)._meta.model_name or ""
        piece = Piece(name, row.pk, on, str(heading)[:200])
        return Writer(piece, self.hidden, self.guardian)

    def collect(self, chosen: Iterable[Matter]) -> list[Piece]:
        """Everything of the matters in order of its day; what has no text is left out."""
        pieces = list(self._people())
        dated: list[Piece] = []
        rows = list(chosen)
        for kind in matters.KINDS:
            ids = [row.pk for row in rows if row.kind == kind.code]
            if ids:
                dated += self._of(kind, pk__in=ids)
                for part in matters.KINDS:
                    if part.prepares is None and part.part_of == kind.code:
                        dated += self._of(part, **{f"{part.part_of}__in": ids})
        notes = Note.objects.filter(matter__in=rows).select_related("author")
        dated += [self._note(note) for note in texts.with_additions("note", notes)]
        dated.sort(key=lambda piece: (piece.on or date.max, piece.source, piece.source_id))
        return [piece for piece in [*pieces, *dated] if piece.text]

    def _of(self, kind: matters.Kind, **which: Any) -> Iterable[Piece]:
        return kind.pieces(self, kind.rows.filter(**which).select_related("child"))

    def _people(self) -> Iterator[Piece]:
        writer = self.start(self.child, None, _("The child"))
        for name in (
            "first_name",
            "last_name",
            "personal_identity_number",
            "temporary_number",
            "birth_date",
            "expected_on",
            "died_on",
            "address",
            "school",
            "whereabouts",
            "interpreter_language",
        ):
            writer.field(self.child, name)
        writer.facts(self.child)
        yield writer.done()
        for guardian in self.child.guardians.order_by("relation", "pk"):
            writer = self.start(guardian, None, guardian.get_relation_display())
            for name in ("first_name", "last_name", "contact", "interpreter_language"):
                writer.field(guardian, name)
            writer.facts(guardian)
            yield writer.done()

    def additions(self, writer: Writer, row: Any) -> None:
        for one in row.additions:
            writer.add(f"\n{one.get_kind_display()} {said_at(one.written_at)}\n")
            writer.field(one, "text", alone=True)

    def _note(self, note: Note) -> Piece:
        on = in_stockholm(note.happened_at).date()
        kind, heading = str(note.get_kind_display()), _("Note")
        if kind != heading:
            heading += f": {kind}"
        if note.after_closing:
            heading += " (" + _("late note") + ")"
        writer = self.start(note, on, heading)
        writer.line(_("Written by"), note.author)
        writer.signed("note", note, body="text", but=("kind",))
        self.additions(writer, note)
        return writer.done()
