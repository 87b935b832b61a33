"""What answers may be shown above the nearest manager without telling anybody's own. Pure.

Three rules, and each can be proved alone (docs/adr: every answer in one figure only):

1. Every answer counts in exactly one published part (`partition`), and a part has at least
   `SMALLEST` answers. The parts are disjoint, so no sum or difference of figures is about fewer.
2. Which parts there are depends on how many answered and never on what they answered, so that
   a missing figure tells nothing either.
3. Of a part only what `release` leaves is shown. A small part: its mean to the nearest half step,
   which never reaches the ends. A larger one: its steps, neighbours joined until each band has
   `SMALLEST` answers, and the mean of those bands. Never both: together they would tell how many
   gave one answer. Answers that are all alike look like answers that are not. Totals are counted
   from released figures.

Does not know people, units or rounds: it is given keys and counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SMALLEST = 5
"""The fewest answers a published figure is about."""

ENOUGH_FOR_BANDS = 20
"""From how many answers the distribution is shown; below it would be one or two bands anyway."""

STEPS = 5


@dataclass(frozen=True, slots=True)
class CountedNode:
    """A node of the tree the answers are counted in; a leaf has the number of its answers."""

    key: int
    size: int = 0
    children: tuple[CountedNode, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedGroup:
    """Leaves whose answers are published as one figure."""

    leaves: frozenset[int]
    size: int

    def joined(self, other: PublishedGroup) -> PublishedGroup:
        return PublishedGroup(self.leaves | other.leaves, self.size + other.size)


_NOBODY = PublishedGroup(frozenset(), 0)


def partition(place: CountedNode) -> tuple[list[PublishedGroup], PublishedGroup]:
    """The published parts at and below `place`, and what is too small to be in any.

    Small leaves are pooled with others of the same parent; when the pool is still too small the
    smallest published part there goes into it, or, when there is none, the pool goes up a level.
    What the root has left over is published nowhere.
    """
    if not place.children:
        whole = PublishedGroup(frozenset([place.key]), place.size) if place.size else _NOBODY
        return ([whole], _NOBODY) if whole.size >= SMALLEST else ([], whole)
    parts: list[PublishedGroup] = []
    pool = _NOBODY
    for child in place.children:
        inner, left_over = partition(child)
        parts.extend(inner)
        pool = pool.joined(left_over)
    if 0 < pool.size < SMALLEST and parts:
        nearest = min(parts, key=lambda part: (part.size, sorted(part.leaves)))
        parts.remove(nearest)
        pool = pool.joined(nearest)
    if pool.size >= SMALLEST:
        parts.append(pool)
        pool = _NOBODY
    return parts, pool


@dataclass(frozen=True, slots=True)
class Band:
    """Neighbouring steps, both ends included, with the answers in them together."""

    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class Release:
    """What may be known of a part's answers to one question.

    Without `bands` the mean is in half steps from 1.5 to 4.5, whose ends stand for "so or beyond";
    with them it is counted from the middle of each band.
    """

    size: int
    bands: tuple[Band, ...]
    mean: float

    @property
    def at_low_end(self) -> bool:
        return not self.bands and self.mean == LOWEST_MEAN

    @property
    def at_high_end(self) -> bool:
        return not self.bands and self.mean == HIGHEST_MEAN


LOWEST_MEAN, HIGHEST_MEAN = 1.5, STEPS - 0.5


def release(counts: Sequence[int]) -> Release:
    """What may be shown of answers of which `counts[i]` are step `i + 1`.

    ValueError for fewer answers than `SMALLEST`: such a part is never published.
    """
    size = sum(counts)
    if len(counts) != STEPS or min(counts) < 0 or size < SMALLEST:
        raise ValueError("a part has at least five answers, on five steps")
    bands = _bands(counts) if size >= ENOUGH_FOR_BANDS else ()
    if len(bands) > 1:
        middles = sum((band.first + band.last) / 2 * band.count for band in bands)
        return Release(size=size, bands=bands, mean=middles / size)
    total = sum(step * count for step, count in enumerate(counts, start=1))
    # In whole numbers: a half is rounded up on every machine.
    half_steps = (4 * total + size) // (2 * size)
    mean = min(max(half_steps / 2, LOWEST_MEAN), HIGHEST_MEAN)
    return Release(size=size, bands=(), mean=mean)


def _bands(counts: Sequence[int]) -> tuple[Band, ...]:
    bands: list[Band] = []
    first, count = 1, 0
    for step, here in enumerate(counts, start=1):
        count += here
        if count >= SMALLEST:
            bands.append(Band(first, step, count))
            first, count = step + 1, 0
    if first <= STEPS:
        last = bands.pop()
        bands.append(Band(last.first, STEPS, last.count + count))
    return tuple(bands)


def overall_mean(released: Iterable[Release]) -> float | None:
    """The mean of several parts, from what is released of each alone; None of none."""
    parts = list(released)
    size = sum(part.size for part in parts)
    return sum(part.mean * part.size for part in parts) / size if size else None
