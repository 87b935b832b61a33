"""The one registry of the product's figures: permanent codes, definitions, and who counts. Pure.

A figure enters the registry together with the function that counts it, so that there is no code
without a counter and no code for two figures. Apps register theirs in modules of their own;
`FigureRegistry.close` at start says when all of them are there.

A code is never given to another figure: figures are quoted and compared for years. One whose
definition is corrected keeps the definitions it had in `earlier`, and what was counted by them
stays told apart by their number.

Not here: the counting itself, and which small numbers are not shown (the apps' statistics).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
V = TypeVar("V")


class FigureError(Exception):
    """A code is doubled, has no counter, or its counter answers something else."""


class Period(StrEnum):
    """The time a figure is of. Figures of different periods are different figures."""

    NOW = "now"
    WEEK = "week"
    TWELVE_WEEKS = "12_weeks"
    MONTH = "month"


class Measure(StrEnum):
    """What a figure is in: a number, per cent (0 to 100), or days."""

    COUNT = "count"
    PERCENT = "percent"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that are shown together; sections are in the order of `place`."""

    place: int
    label: Any


@dataclass(frozen=True, slots=True)
class Figure:
    """What a number counts. `earlier`: the definitions it had before this one, oldest first."""

    period: Period
    section: Section
    code: str
    label: Any
    definition: Any
    measure: Measure = Measure.COUNT
    earlier: tuple[Any, ...] = ()

    @property
    def version(self) -> int:
        """The number of the definition it is counted by now, from 1."""
        return len(self.earlier) + 1

    def definition_in(self, version: int) -> Any:
        """The definition of that number; the latest when it has not had so many."""
        return (*self.earlier, self.definition)[min(version, self.version) - 1]


class FigureRegistry(Mapping[str, Figure]):
    """Every figure by its code."""

    def __init__(self) -> None:
        self._figures: dict[str, Figure] = {}
        self._uncounted: set[str] = set()
        self._counters: dict[Period, list[Callable[..., Mapping[str, Any]]]] = {}
        self._derived: dict[Period, list[tuple[str, Callable[..., Any], tuple[str, ...]]]] = {}
        self._closed = False

    def __getitem__(self, code: str) -> Figure:
        return self._figures[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def counts(
        self, *figures: Figure
    ) -> Callable[[Callable[P, Mapping[str, V]]], Callable[P, dict[str, V]]]:
        """Register figures of one period with the function that counts them: its decorator.

        What the function answers is put in the order of the figures. FigureError for a code that
        exists already, and, each time the function is run, when it does not answer exactly these
        codes.
        """
        codes = [figure.code for figure in figures]
        if len({figure.period for figure in figures}) != 1:
            raise FigureError(f"A counter is of figures of one period: {', '.join(codes)}")
        period = figures[0].period
        for figure in figures:
            self._add(figure)
        self._uncounted.update(codes)

        def register(counter: Callable[P, Mapping[str, V]]) -> Callable[P, dict[str, V]]:
            if not self._uncounted.issuperset(codes):
                raise FigureError(f"Counted already: {', '.join(codes)}")

            @wraps(counter)
            def checked(*args: P.args, **kwargs: P.kwargs) -> dict[str, V]:
                answer = counter(*args, **kwargs)
                if answer.keys() != set(codes):
                    wrong = ", ".join(sorted(answer.keys() ^ set(codes)))
                    raise FigureError(f"{counter.__qualname__} lacks, or should not have: {wrong}")
                return {code: answer[code] for code in codes}

            self._uncounted.difference_update(codes)
            self._counters.setdefault(period, []).append(checked)
            return checked

        return register

    def derives(self, figure: Figure, by: Callable[..., Any], *, of: tuple[str, ...]) -> None:
        """Register a figure that `by` works out from the values of others of the same period.

        FigureError for a code that exists already, or one of `of` that does not.
        """
        for code in of:
            if code not in self or self[code].period != figure.period:
                raise FigureError(f"{figure.code} derives from {code}, which is not there")
        self._add(figure)
        self._derived.setdefault(figure.period, []).append((figure.code, by, of))

    def _add(self, figure: Figure) -> None:
        if figure.code in self._figures:
            raise FigureError(f"There is a figure with the code {figure.code} already")
        if self._closed:
            raise FigureError(f"{figure.code} comes after the start: another process would lack it")
        self._figures[figure.code] = figure

    def close(self) -> None:
        """No figure comes after this. FigureError for a code that no function counts."""
        if self._uncounted:
            raise FigureError(f"Nothing counts {', '.join(sorted(self._uncounted))}")
        self._closed = True

    def of(self, period: Period) -> dict[str, Figure]:
        """The figures of a period, section by section, as they were registered in each."""
        found = [figure for figure in self.values() if figure.period == period]
        return {figure.code: figure for figure in sorted(found, key=lambda one: one.section.place)}

    def count(self, period: Period, *args: Any) -> dict[str, Any]:
        """The values of every figure of a period, in the order of `of`.

        Every counter of the period is given the arguments.
        """
        found: dict[str, Any] = {}
        for counter in self._counters.get(period, ()):
            found |= counter(*args)
        for code, by, parts in self._derived.get(period, ()):
            found[code] = by(*(found[part] for part in parts))
        return {code: found[code] for code in self.of(period)}


figures = FigureRegistry()
"""The product's."""
