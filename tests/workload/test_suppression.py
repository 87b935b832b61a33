"""That nobody's answer can be worked out from published figures, by trying to.

The attacker here knows the program, who was asked where, and how many answered; adds and subtracts
published figures in every way, and looks up every set of answers that gives what is published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workload.suppression import (
    ENOUGH_FOR_BANDS,
    SMALLEST,
    STEPS,
    Band,
    CountedNode,
    PublishedGroup,
    overall_mean,
    partition,
    release,
)


def leaf(key: int, size: int) -> CountedNode:
    return CountedNode(key, size)


def department(*sizes: int, first: int = 1) -> CountedNode:
    children = tuple(leaf(first + index, size) for index, size in enumerate(sizes))
    return CountedNode(100 + first, children=children)


def found(place: CountedNode) -> tuple[set[tuple[int, ...]], tuple[int, ...]]:
    parts, left_over = partition(place)
    return {tuple(sorted(part.leaves)) for part in parts}, tuple(sorted(left_over.leaves))


# Which parts there are


def test_a_large_unit_is_a_part_of_its_own_and_small_ones_are_pooled() -> None:
    assert found(department(12, 3, 4)) == ({(1,), (2, 3)}, ())


def test_a_pool_too_small_takes_the_smallest_part_with_it() -> None:
    """Or the small unit would be the total less the others."""
    assert found(department(12, 3, 8)) == ({(1,), (2, 3)}, ())


def test_the_only_unit_of_a_department_is_pooled_a_level_up() -> None:
    city = CountedNode(900, children=(department(4), department(7, 9, first=10)))
    assert found(city) == ({(11,), (1, 10)}, ())


def test_what_is_too_small_in_the_whole_tree_is_in_no_figure() -> None:
    assert found(department(3, 1)) == (set(), (1, 2))
    assert found(department(0, 0)) == (set(), ())
    assert found(department(0, 5)) == ({(2,)}, ())


SIZES = st.integers(min_value=0, max_value=12)
TREES = st.lists(st.lists(SIZES, min_size=1, max_size=5), min_size=1, max_size=5)


def city_of(sizes: Sequence[Sequence[int]]) -> CountedNode:
    return CountedNode(
        999,
        children=tuple(department(*row, first=10 * index) for index, row in enumerate(sizes, 1)),
    )


def leaves_of(place: CountedNode) -> dict[int, int]:
    if not place.children:
        return {place.key: place.size}
    return {key: size for child in place.children for key, size in leaves_of(child).items()}


@given(TREES)
def test_every_answer_is_in_one_part_and_every_part_is_large_enough(
    sizes: list[list[int]],
) -> None:
    tree = city_of(sizes)
    parts, left_over = partition(tree)
    asked = leaves_of(tree)
    counted = [key for part in (*parts, left_over) for key in part.leaves]
    assert sorted(counted) == sorted(key for key, size in asked.items() if size)
    assert all(part.size == sum(asked[key] for key in part.leaves) for part in parts)
    assert all(part.size >= SMALLEST for part in parts)
    assert left_over.size < SMALLEST
    # Nothing is left out while there is a figure it could be in.
    assert not (left_over.size and parts)


# Adding and subtracting


def reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The rows in reduced echelon form: what linear algebra can make of the figures."""
    basis: list[list[Fraction]] = []
    for row in rows:
        for one in basis:
            pivot = next(i for i, value in enumerate(one) if value)
            if row[pivot]:
                row = [a - row[pivot] * b for a, b in zip(row, one, strict=True)]
        if any(row):
            pivot = next(i for i, value in enumerate(row) if value)
            row = [value / row[pivot] for value in row]
            basis = [
                [a - one[pivot] * b for a, b in zip(one, row, strict=True)] for one in basis
            ] + [row]
    return basis


def solvable(published: list[set[int]], asked: dict[int, int]) -> Iterator[set[int]]:
    """Every set of leaves whose sum follows from the published sums, by Gauss."""
    keys = sorted(asked)
    basis = reduced([[Fraction(key in cell) for key in keys] for cell in published])
    for count in range(1, len(keys) + 1):
        for chosen in combinations(keys, count):
            rest = [Fraction(key in chosen) for key in keys]
            for one in basis:
                pivot = next(i for i, value in enumerate(one) if value)
                rest = [a - rest[pivot] * b for a, b in zip(rest, one, strict=True)]
            if not any(rest):
                yield set(chosen)


def published_to(parts: list[PublishedGroup], reader: set[int]) -> list[set[int]]:
    """Every figure somebody with these units sees: the parts wholly there, and their total."""
    cells = [set(part.leaves) for part in parts if part.leaves <= reader]
    return [*cells, set().union(*cells)] if cells else []


def test_no_sum_or_difference_is_about_fewer_than_five_for_units_of_one_to_six() -> None:
    """All readers together: the heads of both departments and who is above them."""
    tried = 0
    for left in combinations_with_replacement(range(1, 7), 3):
        for right in combinations_with_replacement(range(1, 7), 2):
            tree = CountedNode(900, children=(department(*left), department(*right, first=10)))
            asked = leaves_of(tree)
            parts, _left_over = partition(tree)
            readers = [{1, 2, 3}, {10, 11}, set(asked)]
            cells = [cell for reader in readers for cell in published_to(parts, reader)]
            for known in solvable(cells, asked):
                tried += 1
                assert sum(asked[key] for key in known) >= SMALLEST, (left, right, known)
    assert tried > 1000


def test_the_attack_would_find_a_unit_behind_its_total() -> None:
    """Small units merely left out are found: what the parts are for."""
    asked = {1: 12, 2: 3}
    assert {2} in list(solvable([{1}, {1, 2}], asked))


# What is said of one part


def answers(size: int, steps: int = STEPS) -> Iterator[tuple[int, ...]]:
    if steps == 1:
        yield (size,)
        return
    for here in range(size + 1):
        for others in answers(size - here, steps - 1):
            yield (here, *others)


@pytest.mark.parametrize("size", [5, 6, 7, 8, 9, 11, 14, 19, 20, 21, 24])
def test_no_release_tells_how_one_to_four_answered_or_that_all_answered_alike(size: int) -> None:
    """Of all answers that look the same when released, something differs about every few."""
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for counts in answers(size):
        alike[release(counts)].append(counts)
    steps = range(STEPS)
    for shown, possible in alike.items():
        for count in range(1, STEPS):
            for chosen in combinations(steps, count):
                numbers = {sum(one[step] for step in chosen) for one in possible}
                if len(numbers) > 1:
                    continue
                (number,) = numbers
                assert number == 0 or number >= SMALLEST, (shown, chosen, possible[:3])
                assert number < size or count > 2, (shown, chosen, possible[:3])


@given(st.lists(st.integers(min_value=0, max_value=40), min_size=STEPS, max_size=STEPS))
def test_bands_hold_everybody_once_and_five_at_least(counts: list[int]) -> None:
    if sum(counts) < SMALLEST:
        with pytest.raises(ValueError, match="five"):
            release(counts)
        return
    shown = release(counts)
    assert 1.5 <= shown.mean <= 4.5 or shown.bands
    assert bool(shown.bands) <= (sum(counts) >= ENOUGH_FOR_BANDS)
    if shown.bands:
        assert [step for band in shown.bands for step in range(band.first, band.last + 1)] == [
            1,
            2,
            3,
            4,
            5,
        ]
        assert sum(band.count for band in shown.bands) == sum(counts)
        assert min(band.count for band in shown.bands) >= SMALLEST


def test_neighbouring_steps_are_joined_and_the_last_few_go_with_the_band_before() -> None:
    shown = release([2, 4, 9, 12, 3])
    assert shown.bands == (Band(1, 2, 6), Band(3, 3, 9), Band(4, 5, 15))
    assert shown.mean == pytest.approx((1.5 * 6 + 3 * 9 + 4.5 * 15) / 30)


def test_all_alike_shows_as_nearly_alike() -> None:
    assert release([0, 0, 0, 0, 6]) == release([0, 0, 0, 2, 4])
    assert release([0, 0, 0, 0, 6]).at_high_end
    assert release([40, 0, 0, 0, 0]) == release([38, 1, 1, 0, 0])
    assert release([40, 0, 0, 0, 0]).at_low_end
    assert not release([0, 0, 6, 0, 0]).at_low_end


def test_a_total_is_counted_from_what_is_shown() -> None:
    first, second = release([0, 0, 6, 0, 0]), release([0, 0, 0, 0, 12])
    assert overall_mean([first, second]) == pytest.approx((3 * 6 + 4.5 * 12) / 18)
    assert overall_mean([]) is None


def test_answers_on_another_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="five steps"):
        release([5, 5])
