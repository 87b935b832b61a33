"""The texts of matters in order, as they go into a party's copy before anything is masked.

What becomes of each field is said by `cases.classification`: a field it does not know stops the
collection, and one it leaves out is not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import redaction
from cases.classification import GROUNDS, Share, share_of
from cases.enums import ConcernReason
from cases.hiding import Hidden, reporter_of
from cases.models import Guardian, Investigation, Note, Person, Report
from cases.models.investigations import DOCUMENT_PARTS
from cases.redaction import Mark
from core.calendar import in_stockholm


@dataclass(slots=True)
class Piece:
    """One text: where it comes from, its day, and the places in it to mask from the start."""

    source: str
    source_id: int
    on: date | None
    heading: str
    text: str = ""
    marks: list[Mark] = field(default_factory=list)


class _Writer:
    """Puts a piece together, field by field."""

    def __init__(self, piece: Piece, hidden: Hidden, guardian: Guardian | None) -> None:
        self.piece, self.hidden, self.guardian = piece, hidden, guardian
        self.fixed: list[Mark] = []

    def line(self, label: str, text: Any) -> None:
        """A line of facts that tell of nobody else."""
        if text not in (None, ""):
            self._add(f"{label}: {text}\n")

    def field(self, row: Any, name: str, *, alone: bool = False) -> None:
        """A field by its label; masked, scanned or left out as its classification says."""
        share = share_of(type(row).__name__, name)
        shown = "identity_number" if name == "personal_identity_number" else name
        text = str(getattr(row, shown) or "")
        if share is Share.LEFT_OUT or not text.strip():
            return
        if not alone:
            self._add(f"{str(row._meta.get_field(name).verbose_name).capitalize()}: ")
        start = len(self.piece.text)
        self._add(f"{text}\n")
        if self._masked(row, share):
            self.fixed.append(Mark(start, start + len(text), GROUNDS[share], "field"))

    def _masked(self, row: Any, share: Share) -> bool:
        if share is Share.REPORTER:
            return True
        if share is Share.PRIVATE_REPORTER:
            return reporter_of(row).is_private
        if share is Share.ITS_PERSON:
            return self.guardian is None or row.pk != self.guardian.pk
        if share is Share.WHEREABOUTS:
            return bool((row if isinstance(row, Person) else row.child).is_protected)
        return False

    def _add(self, text: str) -> None:
        self.piece.text += text

    def done(self) -> Piece:
        """The piece with its masks: those of its fields, and what is found in its words."""
        piece = self.piece
        piece.text = piece.text.rstrip()
        piece.marks = redaction.merged([*self.fixed, *self.hidden.marks(piece.text)])
        return piece


def _at(moment: datetime) -> str:
    return date_format(in_stockholm(moment), "j F Y H.i")


class Collector:
    """Collects the pieces of one child's matters for one party."""

    def __init__(self, child: Person, hidden: Hidden, guardian: Guardian | None) -> None:
        self.child, self.hidden, self.guardian = child, hidden, guardian

    def start(self, row: Any, on: date | None, heading: Any, source: str = "") -> _Writer:
        name = source or type(row)._meta.model_name or ""
        piece = Piece(name, row.pk, on, str(heading)[:200])
        return _Writer(piece, self.hidden, self.guardian)

    def collect(
        self, reports: Iterable[Report], investigations: Iterable[Investigation]
    ) -> list[Piece]:
        """Everything in order of its day; what has no text is left out."""
        pieces = list(self._people())
        dated: list[Piece] = []
        for report in reports:
            dated += self._report(report)
        for investigation in investigations:
            dated += self._investigation(investigation)
        dated.sort(key=lambda piece: (piece.on or date.max, piece.source, piece.source_id))
        return [piece for piece in [*pieces, *dated] if piece.text]

    def _people(self) -> Iterator[Piece]:
        writer = self.start(self.child, None, _("The child"))
        for name in (
            "first_name",
            "last_name",
            "personal_identity_number",
            "birth_date",
            "address",
            "school",
            "whereabouts",
            "interpreter_language",
        ):
            writer.field(self.child, name)
        yield writer.done()
        for guardian in self.child.guardians.order_by("relation", "pk"):
            writer = self.start(guardian, None, guardian.get_relation_display())
            for name in ("first_name", "last_name", "contact", "interpreter_language"):
                writer.field(guardian, name)
            yield writer.done()

    def _report(self, report: Report) -> Iterator[Piece]:
        heading = f"{report.get_kind_display()} {report.number}"
        writer = self.start(report, report.received_on, heading)
        writer.line(_("Received"), f"{_at(report.received_at)}, {report.get_channel_display()}")
        writer.line(_("Reporter"), report.get_reporter_category_display())
        for name in ("reporter_name", "reporter_organisation", "reporter_contact"):
            writer.field(report, name)
        reasons = ", ".join(str(ConcernReason(code).label) for code in report.reasons)
        writer.line(_("Reasons"), reasons)
        writer.field(report, "concern", alone=True)
        yield writer.done()
        assessment = getattr(report, "protection_assessment", None)
        if assessment is not None:
            writer = self.start(
                assessment, in_stockholm(assessment.assessed_at).date(), _("Protection assessment")
            )
            writer.line(_("Outcome"), assessment.get_outcome_display())
            writer.field(assessment, "rationale", alone=True)
            writer.field(assessment, "support_granted")
            self._additions(writer, assessment)
            yield writer.done()
        decision = getattr(report, "decision", None)
        if decision is not None:
            writer = self.start(decision, decision.decided_on, _("Decision"))
            writer.line(_("Outcome"), decision.get_outcome_display())
            writer.line(_("Decided by"), decision.decided_by)
            writer.field(decision, "rationale", alone=True)
            writer.field(decision, "late_reason")
            self._additions(writer, decision)
            yield writer.done()
        talk = getattr(report, "serious_talk", None)
        if talk is not None:
            writer = self.start(talk, in_stockholm(talk.offered_at).date(), _("Serious talk"))
            writer.line(_("Result"), talk.get_result_display())
            writer.field(talk, "note", alone=True)
            yield writer.done()
        for note in report.notes.all():
            if note.investigation_id is None:
                yield self._note(note)

    def _additions(self, writer: _Writer, row: Any) -> None:
        for one in row.additions.all():
            writer._add(f"\n{one.get_kind_display()} {_at(one.written_at)}\n")
            writer.field(one, "text", alone=True)

    def _note(self, note: Note) -> Piece:
        on = in_stockholm(note.happened_at).date()
        kind, heading = str(note.get_kind_display()), _("Note")
        if kind != heading:
            heading += f": {kind}"
        writer = self.start(note, on, heading)
        writer.line(_("When"), _at(note.happened_at))
        writer.line(_("Written by"), note.author)
        writer.field(note, "present")
        writer.field(note, "text", alone=True)
        self._additions(writer, note)
        return writer.done()

    def _investigation(self, row: Investigation) -> Iterator[Piece]:
        writer = self.start(row, row.opened_on, _("Investigation") + f" {row.number}")
        writer.line(_("Type"), row.get_type_display())
        for name in (
            "plan",
            "protection_needs",
            "violence_description",
            "police_report_reason",
            "child_moved_to",
        ):
            writer.field(row, name)
        yield writer.done()
        for extension in row.extensions.all():
            writer = self.start(extension, extension.decided_on, _("Extension"))
            writer.line(_("To"), date_format(extension.until, "j F Y"))
            writer.field(extension, "reason", alone=True)
            yield writer.done()
        for risk in row.risk_assessments.all():
            writer = self.start(risk, risk.assessed_on, _("Risk assessment"))
            writer.line(_("Risk"), risk.get_level_display())
            writer.field(risk, "risk_factors")
            writer.field(risk, "protective_factors")
            yield writer.done()
        for part in row.participations.all():
            writer = self.start(part, part.on, _("Take-part"))
            writer.line(_("Guardian"), part.guardian.get_relation_display())
            writer.field(part, "how", alone=True)
            yield writer.done()
        for told in row.communications.all():
            writer = self.start(told, told.communicated_on, _("Communication"))
            writer.line(_("Communicated with"), told.get_recipient_display())
            writer.field(told, "how")
            writer.field(told, "response", alone=True)
            yield writer.done()
        document = getattr(row, "document", None)
        if document is not None and document.signed_at is not None:
            on = in_stockholm(document.signed_at).date()
            writer = self.start(document, on, _("Decision document"))
            for name in DOCUMENT_PARTS:
                writer.field(document, name)
            self._additions(writer, document)
            yield writer.done()
        for note in row.notes.all():
            yield self._note(note)
        if row.concluded_on:
            writer = self.start(row, row.concluded_on, _("Conclusion"), "conclusion")
            writer.line(_("Outcome"), row.get_outcome_display())
            writer.field(row, "conclusion_rationale", alone=True)
            yield writer.done()
        for support in row.interventions.all():
            heading = _("Intervention") + f" {support.number}"
            writer = self.start(support, support.decided_on, heading)
            writer.line(_("Intervention"), support.get_kind_display())
            writer.field(support, "goal", alone=True)
            writer.field(support, "end_reason")
            for done in support.follow_ups.all():
                writer._add(f"\n{date_format(done.followed_up_on, 'j F Y')}: ")
                writer.field(done, "note", alone=True)
            yield writer.done()
