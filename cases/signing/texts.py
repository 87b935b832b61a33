"""Every text of a case that keeps its versions: what it consists of, who reads it, what it was.

Belongs here: reading the present row and the rows django-pghistory kept. Does not: signing or
changing (`cases.signing.services`), what a signature is made of (`cases.signing.signatures`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.matters import registry as matters
from cases.matters.models import Matter, MatterRecord
from cases.signing import signatures
from cases.signing.models import Addition
from core.calendar import in_stockholm
from core.textdiff import Chunk, Op, words_changed
from organisation.models import User
from organisation.permissions import Access
from organisation.rights import Action


@dataclass(frozen=True, slots=True)
class TextKind:
    """A kind of text: its model, and where who and when stand.

    `writer` and `written` name the columns of one version, the first that is filled counts.
    `unsigned` names the fields a reader sees of a text that is never signed;
    `cases.signing.signatures` those of one that can be. `matter` is the column of its matter, and
    `of` the kind of matter it is always in, if any.

    `author` is the column of whoever signs it by an act of its own, empty where handing it in or
    deciding signs it; `signs` the right that takes, none meaning the one to write in the matter.
    `title` and `body` are what a list of texts to sign shows: a row's name and a column.
    `read_as_well`: whoever reads it signs that too, in the columns `read_...`.
    """

    code: str
    label: Any
    model: Any
    writer: tuple[str, ...]
    written: tuple[str, ...]
    unsigned: tuple[str, ...] = ()
    why: str = ""
    matter: str = "matter"
    of: str = ""
    anchor: str = ""
    author: str = ""
    signs: Action | None = None
    title: Callable[[Any], Any] | None = None
    body: str = ""
    read_as_well: bool = False

    @property
    def is_signed(self) -> bool:
        return self.code in signatures.CONTENT

    @property
    def fields(self) -> tuple[str, ...]:
        """What makes one version of the text another."""
        return signatures.CONTENT[self.code].ever_read if self.is_signed else self.unsigned

    def fields_of(self, row: Any) -> tuple[str, ...]:
        """What a reader sees of the row, in order: of a signed one, what the signature covers."""
        return signatures.shown(self.code, row.signed_digest) if self.is_signed else self.unsigned

    @property
    def written_column(self) -> str:
        """When it was first written."""
        return self.written[-1]

    def named(self, row: Any) -> str:
        return str(self.title(row) if self.title else self.label)

    @property
    def child_column(self) -> str:
        """How a query comes from the text to its child."""
        return "child_id" if self.matter in ("matter", "pk") else f"{self.matter}__child_id"


KINDS: dict[str, TextKind] = {}
"""Kinds of texts by code, in the order they are registered."""


def register(*kinds: TextKind) -> None:
    """Called at start for the texts of each kind of matter. ValueError for a taken code."""
    for kind in kinds:
        if kind.code in KINDS:
            raise ValueError(f"two kinds of texts have the code {kind.code!r}")
        KINDS[kind.code] = kind


def by_author() -> list[TextKind]:
    """Those that their author signs by an act of its own."""
    return [kind for kind in KINDS.values() if kind.author]


def is_signable(code: str) -> bool:
    """Whether texts of that code are signed, and so can have additions."""
    return code in KINDS and KINDS[code].is_signed


def visible(kind: TextKind, access: Access) -> QuerySet[Any]:
    """The texts of that kind in matters the reader may read."""
    rows: Any = matters.kind(kind.of).rows if kind.of else Matter.objects
    seen = rows.visible_to(access).values("pk")
    found: QuerySet[Any] = kind.model._default_manager.filter(**{f"{kind.matter}__in": seen})
    return found


def record_of(kind: TextKind, row: Any) -> MatterRecord:
    """The kind's row of the matter the text stands in."""
    if kind.matter == "pk":
        record: MatterRecord = row
    elif kind.matter == "matter":
        record = row.matter.record
    else:
        record = getattr(row, kind.matter)
    return record


def with_additions(code: str, rows: Iterable[Any]) -> list[Any]:
    """The texts, each with what has been added to it; None among them is passed over. One query."""
    found = [row for row in rows if row is not None]
    by_text: dict[int, list[Addition]] = {row.pk: [] for row in found}
    added = Addition.objects.filter(subject=code, subject_id__in=by_text)
    for one in added.select_related("signed_by", "author"):
        by_text[one.subject_id].append(one)
    for row in found:
        row.additions = by_text[row.pk]
    return found


# Versions


@dataclass(frozen=True, slots=True)
class TextInWords:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """What the text was from `at`, written by `by`; `number` 1 is the first."""

    number: int
    at: datetime | None
    by: User | None
    why: str
    fields: tuple[TextInWords, ...]
    is_present: bool


def in_words(row: Any, name: str) -> TextInWords | None:
    """The label of a column and what stands in it; None when it is empty."""
    field: Any = row._meta.get_field(name)
    value = getattr(row, name)
    if value in (None, ""):
        return None
    if isinstance(value, bool):
        text = _("yes") if value else _("no")
    elif field.choices:
        text = str(dict(field.flatchoices).get(value, value))
    elif isinstance(value, datetime):
        text = date_format(in_stockholm(value), "j F Y H.i")
    elif isinstance(value, date):
        text = date_format(value, "j F Y")
    else:
        text = str(value)
    return TextInWords(str(field.verbose_name), text)


def _shown(kind: TextKind, row: Any) -> tuple[TextInWords, ...]:
    """The fields in words; those that are empty are left out."""
    return tuple(one for name in kind.fields_of(row) if (one := in_words(row, name)))


def versions(kind: TextKind, row: Any) -> list[Version]:
    """Every version of the text, the first first, in two queries.

    A kept row whose text is that of the row after it is no version: something else was changed,
    as when it was signed.
    """
    rows = [*row.events.filter(pgh_label="update").order_by("pgh_id"), row]
    kept: list[Any] = []
    for one in rows:
        content = tuple(getattr(one, name) for name in kind.fields)
        if kept and kept[-1][0] == content:
            kept[-1][2] = one
        elif any(value not in (None, "", False) for value in content):
            kept.append([content, one, one])
    writers = {_first(one, kind.writer) for _content, one, _last in kept} - {None}
    people = User.objects.in_bulk(writers)
    return [
        Version(
            number=number,
            at=_first(one, kind.written),
            by=people.get(_first(one, kind.writer)),
            why=getattr(one, kind.why) if kind.why else "",
            fields=_shown(kind, last),
            is_present=number == len(kept),
        )
        for number, (_content, one, last) in enumerate(kept, start=1)
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
    return signatures.holds(code, row, row.signed_digest, by=row.signed_by_id, at=row.signed_at)


def unchanged_since_reading(code: str, row: Any) -> bool:
    """Whether a text is still exactly what its reader signed as read."""
    return signatures.holds(code, row, row.read_digest, by=row.read_by_id, at=row.read_at)


def _stands_with_its_text(addition: Addition) -> bool:
    """Whether the text it is about is there, signed, and in the same matter."""
    kind = KINDS.get(addition.subject)
    if kind is None or not kind.is_signed:
        return False
    column = "pk" if kind.matter == "pk" else f"{kind.matter}_id"
    found = kind.model._default_manager.filter(
        pk=addition.subject_id, signed_at__isnull=False, **{column: addition.matter_id}
    )
    return bool(found.exists())


def _not_what_was_signed(
    code: str, model: Any, prefix: str, holds: Callable[[str, Any], bool]
) -> list[int]:
    """Ids of the rows of a table whose signatures, in the columns of that prefix, do not hold."""
    names = (f"{prefix}_by_id", f"{prefix}_at", f"{prefix}_digest", *signatures.CONTENT[code].ever)
    rows = model._default_manager.only("pk", *(name.removesuffix("_id") for name in names))
    signed = rows.exclude(**{f"{prefix}_digest": ""}).order_by("pk")
    return [row.pk for row in signed.iterator(chunk_size=2_000) if not holds(code, row)]


def broken_signatures() -> list[tuple[str, int]]:
    """Kind and id of every signed text that is no longer what was signed."""
    broken = []
    for code, kind in KINDS.items():
        if kind.is_signed:
            broken += [
                (code, pk) for pk in _not_what_was_signed(code, kind.model, "signed", unchanged)
            ]
        if kind.read_as_well:
            ids = _not_what_was_signed(code, kind.model, "read", unchanged_since_reading)
            broken += [(f"{code}_reading", pk) for pk in ids]
    broken += [
        ("addition", pk) for pk in _not_what_was_signed("addition", Addition, "signed", unchanged)
    ]
    broken += [
        ("addition", row.pk)
        for row in Addition.objects.order_by("pk")
        if not _stands_with_its_text(row)
    ]
    return broken
