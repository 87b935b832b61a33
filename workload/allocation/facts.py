"""What is known when cases are given out. Points are whole tenths of a point throughout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class WishKind(TextChoices):
    """What a case asks of its pair. Never personal: the code and, for some, what of it."""

    LANGUAGE = "language", pgettext_lazy("wish", "Language")
    COMPETENCE = "competence", pgettext_lazy("wish", "Competence")
    EXPERIENCE = "experience", pgettext_lazy("wish", "Experience, because of the risk")
    EARLIER_WORKER = "earlier_worker", pgettext_lazy("wish", "Earlier worker")
    SIBLINGS = "siblings", pgettext_lazy("wish", "Siblings together")
    AREA = "area", pgettext_lazy("wish", "Home area")
    STANDING_PAIR = "standing_pair", pgettext_lazy("wish", "A standing pair")


WISH_TOLERANCE: Mapping[str, int] = MappingProxyType(
    {
        WishKind.EARLIER_WORKER: 30,
        WishKind.SIBLINGS: 30,
        WishKind.LANGUAGE: 25,
        WishKind.COMPETENCE: 20,
        WishKind.EXPERIENCE: 20,
        WishKind.AREA: 10,
        WishKind.STANDING_PAIR: 5,
    }
)
"""How many percentage points busier a pair may be than the most available one, to keep a wish."""


@dataclass(frozen=True, slots=True)
class CaseWish:
    """One wish of a case; `required` makes it a rule. `of` says which language, area and so on."""

    kind: str
    of: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class WaitingCaseFacts:
    """A waiting case: points by part, what it wishes, who has known the child, whose sibling."""

    id: int
    main_points: int
    co_points: int
    wishes: tuple[CaseWish, ...] = ()
    earlier_workers: frozenset[int] = frozenset()
    siblings: int | None = None

    @property
    def points(self) -> int:
        return self.main_points + self.co_points


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone of the group. `norm`: available points; 0 is unavailable. `ceiling`: most points.

    `blocked`: ids of cases that may not be given to this person, for a reason kept elsewhere.
    """

    id: int
    load: int
    norm: int
    experienced: bool = False
    absent: bool = False
    ceiling: int | None = None
    languages: frozenset[str] = frozenset()
    competences: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    blocked: frozenset[int] = frozenset()


Pair: TypeAlias = tuple[int, int]
"""Ids of main handler and co-worker."""

Allocation: TypeAlias = Mapping[int, Pair]
"""Case id -> pair. Cases left out are given to nobody."""


@dataclass(frozen=True, slots=True)
class Pin:
    """What the leader has settled: main handler, co-worker or both."""

    main: int | None = None
    co: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """All that an allocation depends on.

    `room`: percentage points by which wishes may raise the highest use above the lowest possible.
    """

    cases: tuple[WaitingCaseFacts, ...]
    workers: tuple[Candidate, ...]
    standing_pairs: frozenset[frozenset[int]] = frozenset()
    pins: Mapping[int, Pin] = field(default_factory=dict)
    tolerance: Mapping[str, int] = field(default_factory=lambda: WISH_TOLERANCE)
    room: int = 0

    def wishes_of(self, case: WaitingCaseFacts) -> tuple[CaseWish, ...]:
        """The case's wishes, and that of a standing pair where the group has any."""
        derived: tuple[CaseWish, ...] = ()
        if case.earlier_workers and not any(
            wish.kind == WishKind.EARLIER_WORKER for wish in case.wishes
        ):
            derived += (CaseWish(WishKind.EARLIER_WORKER),)
        if case.siblings is not None and not any(
            wish.kind == WishKind.SIBLINGS for wish in case.wishes
        ):
            derived += (CaseWish(WishKind.SIBLINGS),)
        if self.standing_pairs:
            derived += (CaseWish(WishKind.STANDING_PAIR),)
        return case.wishes + derived


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to look. `effort` is CP-SAT's own clock, the same on every machine.

    `rounds` of the search by small moves come first. Within these the same facts give the same
    proposal; `seconds` of real time only cuts off a machine that is too busy.
    """

    effort: float = 0.4
    rounds: int = 250
    seconds: float = 1.6
    seed: int = 1

    @classmethod
    def for_size(cls, cases: int, workers: int) -> Limits:
        """Under two seconds for a week's board, under ten for a whole administration."""
        return cls() if cases * workers <= 2500 else cls(effort=1.5, rounds=400, seconds=7.5)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An allocation, whether it is proven best, and if not how far from best it can be.

    `highest_bound` (per cent) and `gap` (share of the evenness and wishes, 0 when proven) bound
    what is left to win. `unassigned` are cases that no allowed pair could take.
    """

    pairs: Allocation
    unassigned: tuple[int, ...]
    proven: bool
    highest_bound: int
    gap: float
