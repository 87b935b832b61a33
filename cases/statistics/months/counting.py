"""How a month is counted: numbers of rows by the child's gender, under codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from cases.enums import Gender
from core.calendar import Month
from core.figures import Figure, Period, Section

Number = int | float | None


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure, and the same by the child's gender. None: nothing to tell from."""

    value: Number
    by_gender: Mapping[str, Number]


def each(
    section: Section, prefix: str, choices: Iterable[tuple[str, Any]], definition: Any
) -> Iterator[Figure]:
    """A figure of the month for each code of a list, as `prefix.code`."""
    for code, label in choices:
        yield Figure(Period.MONTH, section, f"{prefix}.{code}", label, definition)


def within(field: str, month: Month) -> Q:
    """The condition that a day lies in the month."""
    return Q(**{f"{field}__gte": month.first, f"{field}__lt": month.after.first})


def summed(by_gender: Mapping[str, int]) -> Counted:
    """Numbers by gender and together; a gender that is not there has none."""
    every = {gender: by_gender.get(gender, 0) for gender in Gender.values}
    return Counted(sum(every.values()), every)


def percent(part: Counted, whole: Counted) -> Counted:
    """`part` of `whole` in per cent with one decimal; None of nothing."""

    def share(one: Number, of: Number) -> Number:
        return round(100 * (one or 0) / of, 1) if of else None

    return Counted(
        share(part.value, whole.value),
        {g: share(part.by_gender[g], whole.by_gender[g]) for g in Gender.values},
    )


def by_gender(
    rows: QuerySet[Any], gender: str, counts: Mapping[str, Q | None]
) -> dict[str, Counted]:
    """For each code the number of all rows (None) or of those a condition holds for. One query."""
    found: dict[str, dict[str, int]] = {code: {} for code in counts}
    answers = (
        rows.order_by()
        .values_list(gender)
        .annotate(**{f"n{i}": Count("pk", filter=one) for i, one in enumerate(counts.values())})
    )
    for row in answers:
        for code, number in zip(counts, row[1:], strict=True):
            found[code][row[0]] = number
    return {code: summed(numbers) for code, numbers in found.items()}


def by_code(
    rows: QuerySet[Any], gender: str, field: Any, prefix: str, codes: Iterable[str]
) -> dict[str, Counted]:
    """For each `prefix.code` the number of rows whose field has the code. One query."""
    found: dict[str, dict[str, int]] = {f"{prefix}.{code}": {} for code in codes}
    answers = rows.order_by().annotate(_code=field).values_list(gender, "_code")
    for one, code, number in answers.annotate(n=Count("pk")):
        if f"{prefix}.{code}" in found:
            found[f"{prefix}.{code}"][one] = number
    return {code: summed(numbers) for code, numbers in found.items()}
