"""Seconds of a proposed allocation, beside the bound that no allocation can beat."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.workload.problems import problem
from workload.allocation import propose, score

SIZES = ((10, 9), (40, 50), (200, 100))


@dataclass(frozen=True, slots=True)
class Proposed:
    """One size; `highest` and its bound are per cent, `gap` the share left unproven."""

    cases: int
    workers: int
    seconds: float
    highest: int
    highest_bound: int
    proven: bool
    gap: float


def measure() -> Iterator[Proposed]:
    for cases, workers in SIZES:
        facts = problem(cases, workers, 1)
        started = time.perf_counter()
        found = propose(facts)
        spent = time.perf_counter() - started
        yield Proposed(
            cases=cases,
            workers=workers,
            seconds=round(spent, 2),
            highest=score(facts, found.pairs).highest,
            highest_bound=found.highest_bound,
            proven=found.proven,
            gap=round(found.gap, 4),
        )
