"""Points (arbetstyngd): the weight of a case, its split over the pair, and the time there is.

Pure: a weight set and the facts of one day in, points and their explanation out; no clock, no
database. All arithmetic is in whole tenths of a point (`tenths`), so that parts add up exactly.
What the facts are on a day is read in `workload.capacity`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workload.enums import MEASURED, Basis, FactorSource

FULL_NORM = 150
"""Points a worker with five or more years' experience carries at full time."""

OVERLOAD_PERCENT = 110
"""Over this for four weeks running is flagged to the leader."""

MAIN, CO, CONTACT, INTERVENTION = "main", "co", "contact", "intervention"
"""Parts in a case; the first two are `cases.enums.HandlerPart`, and a kind can have others."""


@dataclass(frozen=True, slots=True)
class FactorLevel:
    """One step of a factor. `from_value`: the lowest number it holds for, of measured factors."""

    code: str
    name: str
    points: int
    from_value: int | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """What makes a case light or heavy; `assumed` is the level until somebody has judged."""

    code: str
    name: str
    source: str
    levels: tuple[FactorLevel, ...]
    assumed: str

    def level(self, code: str | None) -> FactorLevel | None:
        for level in self.levels:
            if level.code == code:
                return level
        return None

    def measured(self, value: int) -> FactorLevel | None:
        """The highest level that `value` reaches; None when it reaches none."""
        reached = [
            level
            for level in self.levels
            if level.from_value is not None and level.from_value <= value
        ]
        return max(reached, key=lambda level: level.from_value or 0, default=None)


@dataclass(frozen=True, slots=True)
class Weights:
    """A unit's weight set as it was on the day: factors, the pair's shares, norms and ceilings.

    `main_share` is the main handler's per cent when there are two. `contact_tenths` is what one
    contact done for a colleague moves, for `contact_days` days. Ceilings are per cent of the
    worker's available points.
    """

    id: int
    unit_id: int
    name: str
    factors: tuple[Factor, ...]
    main_share: int
    norms: Mapping[str, int]
    contact_tenths: int
    contact_days: int
    ceiling_percent: int
    ceiling_new_percent: int
    intervention_points: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What was known of a case on the day. `judged`: factor code -> level code."""

    days: int
    children: int
    risk: str | None = None
    judged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One factor's part of a case's points. `value` is the number behind a measured level."""

    factor: str
    name: str
    level: str
    level_name: str
    points: int
    basis: Basis
    value: int | None = None


@dataclass(frozen=True, slots=True)
class CasePoints:
    """The points of a case on a day; `lines` say where they come from and add up to `total`."""

    weights: Weights
    facts: Facts
    total: int

    @property
    def lines(self) -> tuple[FactorLine, ...]:
        return tuple(
            FactorLine(factor.code, factor.name, level.code, level.name, level.points, basis, value)
            for factor, level, basis, value in _levels(self.weights, self.facts)
        )

    @property
    def unjudged(self) -> tuple[str, ...]:
        """Names of the factors somebody still has to judge."""
        return tuple(line.name for line in self.lines if line.basis is Basis.ASSUMED)


def _levels(
    weights: Weights, facts: Facts
) -> Iterator[tuple[Factor, FactorLevel, Basis, int | None]]:
    for factor in weights.factors:
        yield factor, *_level(factor, facts)


def _level(factor: Factor, facts: Facts) -> tuple[FactorLevel, Basis, int | None]:
    """A judgement goes before what is derived: people know more of a family than the record."""
    said = factor.level(facts.judged.get(factor.code))
    if said is not None:
        return said, Basis.ASSESSED, None
    assumed = factor.level(factor.assumed) or factor.levels[0]
    if factor.source == FactorSource.ALWAYS:
        return assumed, Basis.ALWAYS, None
    if factor.source in MEASURED:
        value = facts.days if factor.source == FactorSource.PHASE else facts.children
        level = factor.measured(value)
        return (level, Basis.DERIVED, value) if level else (assumed, Basis.ASSUMED, value)
    if factor.source == FactorSource.RISK:
        level = factor.level(facts.risk)
        if level is not None:
            return level, Basis.DERIVED, None
    return assumed, Basis.ASSUMED, None


def case_points(weights: Weights, facts: Facts) -> CasePoints:
    """The points of a case with those facts under that weight set."""
    total = sum(level.points for _f, level, _b, _v in _levels(weights, facts))
    return CasePoints(weights=weights, facts=facts, total=total)


# The pair


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that one worker did for another in the other's case."""

    done_by: int
    done_for: int


@dataclass(frozen=True, slots=True)
class PersonShare:
    """What one person has of a case's points, and as what."""

    user_id: int
    part: str
    tenths: int

    @property
    def points(self) -> Decimal:
        return as_points(self.tenths)


def as_points(tenths: int) -> Decimal:
    """Tenths of a point as points with one decimal."""
    return Decimal(tenths).scaleb(-1)


def apportion(total: int, shares: Sequence[int]) -> list[int]:
    """`total` in whole parts by `shares`, by the largest remainder; earlier goes before later.

    The parts add up to `total`. ValueError when there is nothing to share by.
    """
    whole = sum(shares)
    if whole <= 0 or min(shares) < 0:
        raise ValueError(f"not shares: {shares}")
    parts = [total * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (-(total * shares[i] % whole), i))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


def split(
    points: int,
    handlers: Sequence[tuple[str, int]],
    weights: Weights,
    contacts: Sequence[Contact] = (),
) -> list[PersonShare]:
    """A case's points over its handlers, (part, user) each; the parts add up to the points.

    One handler alone carries all; without handlers nobody does, and the list is empty. A contact
    done for a handler moves points from that handler's part to who did it, never more than is left
    there.
    """
    if not handlers:
        return []
    ordered = sorted(handlers, key=lambda one: (one[0] != MAIN, one[1]))
    if len(ordered) == 1:
        tenths = [points * 10]
    else:
        others = 100 - weights.main_share
        shares = [weights.main_share if part == MAIN else others for part, _user in ordered]
        if sum(shares) == 0:
            shares = [1] * len(ordered)
        tenths = apportion(points * 10, shares)
    left = {user: amount for (_part, user), amount in zip(ordered, tenths, strict=True)}
    moved: dict[int, int] = {}
    for contact in contacts:
        amount = min(weights.contact_tenths, left.get(contact.done_for, 0))
        if amount and contact.done_by != contact.done_for:
            left[contact.done_for] -= amount
            moved[contact.done_by] = moved.get(contact.done_by, 0) + amount
    parts = [PersonShare(user, part, left[user]) for part, user in ordered]
    parts += [PersonShare(user, CONTACT, amount) for user, amount in sorted(moved.items())]
    return parts


# The time there is


def available_tenths(norm: int, *, hours_percent: int, reduced_percent: int) -> int:
    """The points a worker can carry, in tenths: norm x hours x what the reductions leave.

    Rounded half up. `reduced_percent` is the sum of the reductions; 100 or more leaves nothing.
    """
    left = max(0, 100 - reduced_percent)
    return (norm * 10 * max(0, hours_percent) * left + 5_000) // 10_000


def percent(tenths: int, available: int) -> int | None:
    """Capacity used in whole per cent, rounded half up; None (unavailable) without time."""
    if available <= 0:
        return None
    return (tenths * 200 + available) // (available * 2)


def ceiling(weights: Weights, experience: str | None) -> int:
    """The per cent a worker is not to be given more than; lower for the new."""
    return weights.ceiling_new_percent if experience == "new" else weights.ceiling_percent


def problems(weights: Any) -> list[str]:
    """Codes of what keeps a weight set from measuring: see `workload.services.weights`."""
    found = []
    if not weights.factors:
        found.append("no_factors")
    for factor in weights.factors:
        if not factor.levels:
            found.append(f"no_levels:{factor.code}")
        elif factor.level(factor.assumed) is None:
            found.append(f"no_assumed:{factor.code}")
        if factor.source in MEASURED and all(x.from_value != 0 for x in factor.levels):
            found.append(f"no_zero:{factor.code}")
    return found
