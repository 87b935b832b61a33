"""Small numbers above the unit head: taken out here, never in a template."""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 5
"""Above the unit head, counts from 1 to 4 are never shown: they could point at a person."""


def suppressed(values: Sequence[int]) -> list[int | None]:
    """The parts of a known total with 1-4 taken out (None), so that no part can be worked out.

    One hidden part, or hidden parts that their sum would give away, take the smallest part still
    shown with them. Zero is shown: it points at nobody.
    """
    hidden = {index for index, value in enumerate(values) if 0 < value < SMALLEST}
    while hidden and _given_away([values[index] for index in hidden]):
        left = [index for index, value in enumerate(values) if value and index not in hidden]
        if not left:
            break
        hidden.add(min(left, key=lambda index: values[index]))
    return [None if index in hidden else value for index, value in enumerate(values)]


def _given_away(parts: list[int]) -> bool:
    """Whether parts known to be 1-4 follow from their sum: one alone, or all ones, or all fours."""
    if any(part >= SMALLEST for part in parts):
        return False
    return len(parts) == 1 or sum(parts) in {len(parts), len(parts) * (SMALLEST - 1)}


def suppressed_total(values: Sequence[int]) -> int | None:
    """The total of `suppressed(values)`; None when it is small or would give a part away."""
    total = sum(values)
    parts = [
        value for value, shown in zip(values, suppressed(values), strict=True) if shown is None
    ]
    return None if 0 < total < SMALLEST or (parts and _given_away(parts)) else total


def suppressed_share(part: int, whole: int) -> int | None:
    """`part` of `whole` in whole per cent; None when either side of it is 1-4 or nothing is there.

    Never shown beside the two numbers it was made of.
    """
    rest = whole - part
    if not whole or 0 < part < SMALLEST or 0 < rest < SMALLEST:
        return None
    return round(100 * part / whole)
