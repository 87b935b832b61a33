"""Every text of a case that keeps its versions: what it consists of, who reads it, what it was.

Belongs here: reading the present row and the rows django-pghistory kept. Does not: signing or
changing (`cases.services.signing`), what a signature is made of (`cases.signatures`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import signatures
from cases.models import (
    Addition,
    DecisionDocument,
    DecisionProposal,
    Investigation,
    Note,
    OpeningDecision,
    ProtectionAssessment,
    Report,
)
from cases.models.investigations import DOCUMENT_PARTS
from core.calendar import in_stockholm
from core.textdiff import Chunk, Op, words_changed
from organisation.models import User
from organisation.permissions import Access


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of text: its model, the fields a reader sees, and where who and when stand.

    `writer` and `written` name the columns of one version, the first that is filled counts.
    """

    code: str
    label: Any
    model: Any
    fields: tuple[str, ...]
    writer: tuple[str, ...]
    written: tuple[str, ...]
    why: str = ""
    by_report: str = ""
    by_investigation: str = ""
    anchor: str = ""

    @property
    def is_signed(self) -> bool:
        return self.code in signatures.CONTENT

    def ways_to(self, column: str) -> tuple[str, ...]:
        """How a query comes from the text to that column of its report or investigation."""
        ways = (self.by_report, self.by_investigation)
        return tuple(column if way == "pk" else f"{way}__{column}" for way in ways if way)


_KINDS = (
    Kind(
        "note",
        gettext_lazy("Note"),
        Note,
        ("kind", "happened_at", "present", "child_spoken_with", "child_alone", "text"),
        ("changed_by_id", "author_id"),
        ("changed_at", "written_at"),
        why="change_reason",
        by_report="report",
        by_investigation="investigation",
        anchor="notes",
    ),
    Kind(
        "assessment",
        gettext_lazy("Protection assessment"),
        ProtectionAssessment,
        ("assessed_at", "outcome", "child_spoken_with", "rationale", "support_granted"),
        ("assessed_by_id",),
        ("recorded_at",),
        by_report="report",
        anchor="protection",
    ),
    Kind(
        "proposal",
        gettext_lazy("Proposal of the decision"),
        DecisionProposal,
        ("outcome", "investigation_type", "rationale"),
        ("proposed_by_id",),
        ("proposed_at",),
        by_report="report",
        anchor="proposal",
    ),
    Kind(
        "decision",
        gettext_lazy("Decision"),
        OpeningDecision,
        ("outcome", "decided_on", "rationale", "late_reason"),
        ("decided_by_id",),
        ("recorded_at",),
        by_report="report",
        anchor="decision",
    ),
    Kind(
        "plan",
        gettext_lazy("Investigation plan"),
        Investigation,
        ("plan",),
        ("plan_written_by_id",),
        ("plan_written_at",),
        by_investigation="pk",
        anchor="plan",
    ),
    Kind(
        "document",
        gettext_lazy("Decision document"),
        DecisionDocument,
        DOCUMENT_PARTS,
        ("written_by_id",),
        ("written_at",),
        why="return_comment",
        by_investigation="investigation",
        anchor="document",
    ),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in _KINDS})


def visible(kind: Kind, access: Access) -> QuerySet[Any]:
    """The texts of that kind in matters the reader may read."""
    reach = Q(pk__in=[])
    if kind.by_report:
        reach |= Q(**{f"{kind.by_report}__in": Report.objects.visible_to(access)})
    if kind.by_investigation:
        seen = Investigation.objects.visible_to(access)
        reach |= Q(**{f"{kind.by_investigation}__in": seen})
    rows: QuerySet[Any] = kind.model._default_manager.filter(reach)
    return rows


def matter_of(row: Any) -> Report | Investigation:
    """The report or investigation the text stands in."""
    if isinstance(row, Investigation):
        return row
    matter: Report | Investigation = (
        getattr(row, "investigation", None) or row.report  # the report of a text without another
    )
    return matter


# Versions


@dataclass(frozen=True, slots=True)
class Field:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """What the text was from `at`, written by `by`; `number` 1 is the first."""

    number: int
    at: datetime | None
    by: User | None
    why: str
    fields: tuple[Field, ...]
    is_present: bool


def _shown(kind: Kind, row: Any) -> tuple[Field, ...]:
    """The fields in words; those that are empty are left out."""
    shown = []
    for name in kind.fields:
        field: Any = kind.model._meta.get_field(name)
        value = getattr(row, name)
        if value in (None, ""):
            continue
        if isinstance(value, bool):
            text = _("yes") if value else _("no")
        elif field.choices:
            text = str(dict(field.flatchoices).get(value, value))
        elif isinstance(value, datetime):
            text = in_stockholm(value).strftime("%Y-%m-%d %H:%M")
        else:
            text = str(value)
        shown.append(Field(str(field.verbose_name), text))
    return tuple(shown)


def versions(kind: Kind, row: Any) -> list[Version]:
    """Every version of the text, the first first, in two queries.

    A kept row whose text is that of the row after it is no version: something else was changed.
    """
    rows = [*row.events.filter(pgh_label="update").order_by("pgh_id"), row]
    kept: list[Any] = []
    for one in rows:
        content = tuple(getattr(one, name) for name in kind.fields)
        if kept and kept[-1][0] == content:
            continue
        if not any(value not in (None, "", False) for value in content):
            continue
        kept.append((content, one))
    writers = {_first(one, kind.writer) for _content, one in kept} - {None}
    people = User.objects.in_bulk(writers)
    return [
        Version(
            number=number,
            at=_first(one, kind.written),
            by=people.get(_first(one, kind.writer)),
            why=getattr(one, kind.why) if kind.why else "",
            fields=_shown(kind, one),
            is_present=number == len(kept),
        )
        for number, (_content, one) in enumerate(kept, start=1)
    ]


def _first(row: Any, names: tuple[str, ...]) -> Any:
    return next((value for name in names if (value := getattr(row, name)) is not None), None)


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two versions, by words."""

    label: str
    chunks: list[Chunk]
    differs: bool


def compare(before: Version, after: Version) -> list[Compared]:
    """Field by field, in the order they are read."""
    old = {field.label: field.text for field in before.fields}
    new = {field.label: field.text for field in after.fields}
    rows = []
    for label in dict.fromkeys([*new, *old]):
        chunks = words_changed(old.get(label, ""), new.get(label, ""))
        rows.append(Compared(label, chunks, any(chunk.op is not Op.SAME for chunk in chunks)))
    return rows


# Signatures


def unchanged(code: str, row: Any) -> bool:
    """Whether a signed text is still exactly what was signed."""
    return bool(
        row.signed_digest == signatures.digest_of(code, row, by=row.signed_by_id, at=row.signed_at)
    )


def unchanged_since_reading(document: DecisionDocument) -> bool:
    """Whether a decision document is still exactly what the leader signed as read."""
    assert document.read_by_id is not None
    assert document.read_at is not None
    return document.read_digest == signatures.digest_of(
        "document", document, by=document.read_by_id, at=document.read_at
    )


SIGNED: Mapping[str, Any] = MappingProxyType(
    {
        "note": Note,
        "assessment": ProtectionAssessment,
        "decision": OpeningDecision,
        "document": DecisionDocument,
        "addition": Addition,
    }
)
"""Every table with signatures, by kind of text."""


def broken_signatures() -> list[tuple[str, int]]:
    """Kind and id of every signed text that is no longer what was signed."""
    broken = []
    for code, model in SIGNED.items():
        names = {*signatures.CONTENT[code], "signed_by_id", "signed_at", "signed_digest"}
        extra = {"read_by_id", "read_at", "read_digest"} if code == "document" else set()
        rows: QuerySet[Any] = model._default_manager.only(
            "pk", *(name.removesuffix("_id") for name in names | extra)
        ).order_by("pk")
        for row in rows.filter(signed_at__isnull=False).iterator(chunk_size=2_000):
            if not unchanged(code, row):
                broken.append((code, row.pk))
        if code == "document":
            for row in rows.exclude(read_digest="").iterator(chunk_size=2_000):
                if not unchanged_since_reading(row):
                    broken.append(("document_reading", row.pk))
    return broken
