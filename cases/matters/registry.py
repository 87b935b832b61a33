"""What differs between the kinds of matters: registered by the app that owns a kind, asked here.

Belongs here: the form of a registration, and the questions put to it. Does not: any kind by name.
Everything that holds of all matters (deadlines, sweep, notices, rights to read, emergency openings,
conflicts, the log, a party's copy) hangs on `cases.matters.models.Matter` and asks this module; a
new kind is a module `kinds` in its app that registers it, found at start (`cases.apps`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.checks import CheckMessage, Error
from django.db.models import BinaryField, CharField, JSONField, Q, TextField
from django.urls import NoReverseMatch, reverse

from cases.law import classification, time_limits
from cases.law.classification import FACTS, SHARING, Columns
from core.decisions import Decision
from organisation.permissions import Access
from organisation.rights import Action

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from cases.law.duties import Duty


@dataclass(frozen=True, slots=True)
class Tie:
    """What tied a person to a child, in words, from a day to a day (none: still)."""

    child_id: int
    user_id: int
    words: str
    from_on: date
    until_on: date | None = None

    def holds(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class Part:
    """A worker's part in a matter: its name, and what it is called as a tie to the child."""

    name: Any
    tie: Any = None


def _nothing_beside(access: Access, action: Action) -> Q:
    return Q(pk__in=[])


def _no_pieces(collector: Any, rows: QuerySet[Any]) -> Iterable[Any]:
    return ()


def _nobody(child_id: int) -> Iterable[Any]:
    return ()


def _no_ties(children: Iterable[int], users: Iterable[int]) -> Iterable[Tie]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Everything that is asked of a kind of matter. What has no default has to be said.

    `model` is the model of the kind's own rows (`cases.matters.models.MatterRecord`).
    """

    code: str
    """Permanent; also the name of the row on the matter (`matter.report`)."""
    model: Any
    name: Any
    """What one is called, in the reader's language."""
    icon: str
    """How it is marked in lists: the name of a Bootstrap icon."""
    address: str
    """Name of the address of its page, which takes the id."""
    listing: tuple[Any, str] | None = None
    """What many are called, and the name of the address that lists them, where there is one."""
    notes_query: str = ""
    """What its address takes to show every note on the page."""

    says: Callable[[Any], Any] | None = None
    """What a row of it is called, where that is more than the kind's name."""

    reads: Action
    """The action that reaches it for reading."""
    works: Action
    """The action that lets a person write in it, sign in it and add to what is signed."""
    prepares: Action | None
    """The action that makes a party's copy of it; None where there is never one."""
    own_are_few: bool
    """Whether what a person reaches beside whole units and groups is listed once (few rows), or
    looked at row by row (many)."""
    part_of: str = ""
    """Its column of the matter it is part of: who works on that one, or leads its group, reads it
    too."""
    beside: Callable[[Access, Action], Q] = _nothing_beside
    """What else than a unit, a group or a part lets a person reach it."""

    reach: Callable[[Any, date], dict[str, Any]]
    """Its row on a day as `Access.may` wants it."""

    parts: Mapping[str, Part]
    """The parts a worker can have in it, the most responsible first."""
    ties_end: bool = False
    """Whether a part no longer ties its worker to the child when the matter is closed."""
    may_write: Callable[[Any], Decision]
    """Whether the state of its row lets notes be written in it."""
    given_back: Callable[[Any, frozenset[int], date, datetime], None]
    """Called with the row, its workers left and the day and time, when a worker had to leave: what
    becomes of a matter with nobody."""

    duties: tuple[str, ...]
    """Codes of the duties it can have, those of `cases.law.deadlines`, in the order of a case."""
    derive: Callable[[Any], list[Duty]]
    """The duties its facts give rise to."""
    with_facts: Callable[[QuerySet[Any]], QuerySet[Any]]
    """Its rows with all that `derive` reads, in a constant number of queries."""

    weighs: bool = False
    """Whether work on it is counted in points."""

    log_words: Mapping[str, Any]
    """What each of its acts in the trail is called, in the past."""
    pieces: Callable[..., Iterable[Any]] = _no_pieces
    """The texts of its rows for a party's copy (`cases.disclosure.collection`). What is never
    copied by itself (`prepares` is None) goes with the copy of what it is part of."""
    reporters: Callable[[int], Iterable[Any]] = _nobody
    """Who told of the child with that id (`cases.disclosure.redaction.ReporterNames`): hidden from
    every party."""
    others: Callable[[int], Iterable[int]] = _nobody
    """Ids of other children that came with the child with that id: hidden from its parties."""
    places: Callable[[int], Iterable[str]] = _nobody
    """Where its rows say that the child with that id is: hidden where its identity is protected."""
    columns: Mapping[str, Columns] = field(default_factory=dict)
    """What becomes in a party's copy of each column of its app's models, by model; those of this
    app stand in `cases.law.classification`."""
    events: Callable[..., None]
    """Writes what happened in it into the child's timeline (`cases.journal.timeline`)."""
    ties: Callable[[Iterable[int], Iterable[int]], Iterable[Tie]] = _no_ties
    """What else than a part ties people to children through it."""

    def tie_words(self, part: str) -> str:
        """What ties a worker with that part to the child."""
        return str(self.parts[part].tie or self.parts[part].name)

    @property
    def rows(self) -> Any:
        return self.model._default_manager


class Unregistered(LookupError):
    """A code that no app has registered; the message names it."""


class Registry:
    """Kinds by code, in the order they are registered."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def add(self, kind: Kind) -> Kind:
        """ValueError when the code is another's already, or the columns of a model are."""
        if kind.code in self._kinds:
            raise ValueError(f"two kinds of matters have the code {kind.code!r}")
        for model, columns in kind.columns.items():
            classification.add(model, columns)
        self._kinds[kind.code] = kind
        return kind

    def remove(self, code: str) -> None:
        for model in self._kinds.pop(code).columns:
            classification.remove(model)

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def __getitem__(self, code: str) -> Kind:
        try:
            return self._kinds[code]
        except KeyError:
            raise Unregistered(f"no app has registered the kind of matter {code!r}") from None


KINDS = Registry()


def register(kind: Kind) -> Kind:
    """Called by a module `kinds` for each kind its app owns."""
    return KINDS.add(kind)


def kind(code: str) -> Kind:
    """The kind with that code. Unregistered for none."""
    return KINDS[code]


def address(code: str, pk: int) -> str:
    """Where the matter is shown."""
    return reverse(kind(code).address, args=[pk])


def listing(code: str) -> tuple[str, str] | None:
    """What the list of them is called and where it is; None where they are not listed."""
    found = kind(code).listing
    return (str(found[0]), reverse(found[1])) if found else None


def named(rows: Iterable[Any]) -> dict[int, str]:
    """What each of the matters is called, with its number; a query for each kind among them."""
    found = {row.pk: row for row in rows}
    words: dict[int, str] = {}
    for one in KINDS:
        ids = [pk for pk, row in found.items() if row.kind == one.code]
        if one.says is None or not ids:
            words |= {pk: f"{one.name} {found[pk].number}" for pk in ids}
            continue
        for record in one.rows.filter(pk__in=ids):
            words[record.pk] = f"{one.says(record)} {record.number}"
    return words


def parts() -> list[str]:
    """Codes of every part, the most responsible of each kind first."""
    return list(dict.fromkeys(part for one in KINDS for part in one.parts))


def part_name(part: str) -> str:
    """What a part in a matter is called."""
    for one in KINDS:
        if part in one.parts:
            return str(one.parts[part].name)
    raise Unregistered(f"no kind of matter has the part {part!r}")


def weighing() -> list[str]:
    """Codes of the kinds that work is counted in points on."""
    return [one.code for one in KINDS if one.weighs]


def of_model(model: type[Model]) -> Kind:
    """The kind whose rows are of that model. Unregistered for a model that is no kind's."""
    for one in KINDS:
        if one.model is model:
            return one
    raise Unregistered(f"no kind of matter has its rows in {model._meta.label}")


WHERE_IT_IS_SAID = (
    "A kind says it in the `kind.py` of its room. Rules stand in cases/law/time_limits.py, columns"
    " in cases/law/classification.py, or in `columns` of the kind when they are another app's."
)


def check(**_asked: Any) -> list[CheckMessage]:
    """System check: every kind has a page, parts, rules for its duties, and columns classified."""
    return [Error(words, hint=WHERE_IT_IS_SAID, id="cases.E002") for words in incomplete()]


def incomplete() -> list[str]:
    """What the registrations lack, in words; nothing when the program can start."""
    wrong = []
    for one in KINDS:
        try:
            address(one.code, 1)
        except NoReverseMatch:
            wrong.append(f"the kind {one.code!r} has no page: nothing is named {one.address!r}")
        try:
            listing(one.code)
        except NoReverseMatch as error:
            wrong.append(f"the list of {one.code!r} is nowhere: {error}")
        if one.code != one.model.KIND:
            wrong.append(f"the rows of {one.code!r} say they are {one.model.KIND!r}")
        if one.code != one.model._meta.model_name:
            wrong.append(f"the model of {one.code!r} is not called so: no matter finds its row")
        wrong += [
            f"the duty {code!r} of {one.code!r} has no rule"
            for code in one.duties
            if code not in time_limits.codes()
        ]
        if one.prepares is not None and one.pieces is _no_pieces:
            wrong.append(f"copies are made of {one.code!r}, which says no texts")
        if not one.parts:
            wrong.append(f"the kind {one.code!r} has no part for a worker")
    had = {code for one in KINDS for code in one.duties}
    wrong += [
        f"the duty {code!r} has a rule, and no kind of matter has it"
        for code in time_limits.codes()
        if code not in had | time_limits.WITHOUT_MATTER
    ]
    wrong += [
        f"the duty {code!r} is said to be of no kind of matter (WITHOUT_MATTER), and one has it"
        for code in sorted(had & time_limits.WITHOUT_MATTER)
    ]
    return wrong + [
        f"what becomes of the column {column} in a party's copy is {said}"
        for label in dict.fromkeys(one.model._meta.app_label for one in KINDS)
        for column, said in unclassified(label)
    ]


def unclassified(label: str) -> Iterator[tuple[str, str]]:
    """Columns of an app with kinds that are not classified, or not once, or as what they are not.

    What can hold words about somebody has to be classified as that.
    """
    known = set()
    for model in apps.all_models[label].values():
        if hasattr(model, "pgh_tracked_model") or model._meta.proxy:
            continue
        for column in model._meta.concrete_fields:
            name = f"{model.__name__}.{column.name}"
            known.add(model.__name__)
            if (name in SHARING) == (name in FACTS):
                yield name, "said twice" if name in SHARING else "not said"
            elif name in FACTS and holds_words(column):
                yield name, "said as of one without words"
    if label == "cases":
        return
    for one in KINDS:
        if one.model._meta.app_label == label:
            yield from ((name, "said, and there is none") for name in one.columns.keys() - known)


def holds_words(column: Any) -> bool:
    """Whether what stands in the column is somebody's words, and not a choice."""
    words = (CharField, TextField, JSONField, BinaryField, ArrayField)
    return isinstance(column, words) and not column.choices
