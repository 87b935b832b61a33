"""The texts of a child's file that go along with a hand-over, part by part.

They are collected as for a party's copy, so that no column is forgotten and what is only working
material stays. Between authorities nothing is masked but what the other one does not need: who
reported, of a private person (OSL 26:5), and where somebody with protected identity is (OSL 22:1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.disclosure import redaction
from cases.disclosure.collection import Collector, Piece
from cases.disclosure.masking_terms import Hidden, for_everybody
from cases.enums import FilePart, SecrecyGround
from cases.handovers.models import HandedText
from cases.interventions.models import Intervention
from cases.investigations.models import Investigation
from cases.journal.models import Note
from cases.matters.models import Matter
from cases.reports.models import Report

ALWAYS = frozenset({FilePart.PLAN})
"""What the other unit cannot go on without: its clock, with the extensions, and the plan."""

_OF_SOURCE = {
    "note": FilePart.NOTES,
    "investigation": FilePart.PLAN,
    "police_report": FilePart.PLAN,
    "extension": FilePart.PLAN,
    "riskassessment": FilePart.ASSESSMENTS,
    "instrumentuse": FilePart.ASSESSMENTS,
    "safetyrating": FilePart.ASSESSMENTS,
    "guardianparticipation": FilePart.AROUND,
    "communication": FilePart.DOCUMENT,
    "decisiondocument": FilePart.DOCUMENT,
    "conclusion": FilePart.DOCUMENT,
}
"""The part of each text in an investigation."""
_OF_KIND = {Report.KIND: FilePart.REPORTS, Intervention.KIND: FilePart.INTERVENTIONS}
NEVER = frozenset({SecrecyGround.REPORTER, SecrecyGround.WHEREABOUTS})
_PEOPLE = frozenset({"person", "guardian"})


@dataclass(frozen=True, slots=True)
class Handed:
    part: str
    piece: Piece
    text: str


def matters_of(investigation: Investigation) -> list[Matter]:
    """The investigation, the reports it is about, and what was decided in it."""
    rows = Matter.objects.filter(withdrawn=False)
    reports = list(rows.filter(report__investigation=investigation).order_by("opened_on", "pk"))
    return [*reports, Matter.objects.get(pk=investigation.pk)]


def part_of(source: str, kind: str) -> FilePart | None:
    """The part of the file a collected text belongs to; None for what is no text of a matter."""
    if source in _PEOPLE:
        return None
    if source == "note":
        return FilePart.NOTES
    if source.startswith("intervention"):
        return FilePart.INTERVENTIONS
    return _OF_KIND.get(kind) or _OF_SOURCE.get(source)


def collected(investigation: Investigation, parts: Iterable[str]) -> list[Handed]:
    """The texts of those parts in the order of their days; of notes the signed ones alone.

    What had been handed over to this unit before goes on as it came. A constant number of queries.
    """
    wanted = {str(part) for part in parts} | {str(part) for part in ALWAYS}
    child, chosen = investigation.child, matters_of(investigation)
    never = for_everybody(child)
    unsigned = set(
        Note.objects.filter(matter__in=chosen, signed_at__isnull=True).values_list("pk", flat=True)
    )
    found: list[Handed] = []
    for matter in chosen:
        for piece in Collector(child, Hidden(()), None).collect([matter]):
            if piece.source == "note" and piece.source_id in unsigned:
                continue
            part = part_of(piece.source, matter.kind)
            if part is not None and part in wanted:
                found.append(Handed(part, piece, _shown(piece, never)))
    found += [
        Handed(one.part, Piece(one.source, one.source_id, one.dated_on, one.heading), one.text)
        for one in HandedText.objects.filter(matter=investigation.pk, part__in=wanted)
    ]
    return found


def _shown(piece: Piece, never: Hidden) -> str:
    marks = [mark for mark in piece.marks if mark.ground in NEVER]
    marks += redaction.find(piece.text, never.terms)
    return redaction.replaced(piece.text, redaction.merged(marks), "[" + _("masked") + "]")
