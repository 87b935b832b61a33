"""What makes one allocation better than another: one definition, for solver, pages and tests.

First as few cases as possible left without a pair. Then the highest use, in whole per cent rounded
up, of those who are given something (what an overloaded colleague has already cannot be helped
here). Then evenness together with lost wishes: the sum over workers of norm x use squared, plus
for every wish lost a price that stands for its tolerance in percentage points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from workload.allocation.facts import Allocation, CaseWish, Problem, WaitingCaseFacts
from workload.allocation.fit import Fit


@dataclass(frozen=True, slots=True)
class Score:
    """Smaller is better, in the order of `key`. `highest` is per cent of the available points."""

    unassigned: int
    highest: int
    unevenness: int
    lost: int

    def key(self, *, bound: int = 0) -> tuple[int, int, int]:
        """For comparing: a highest use up to `bound` (per cent) counts as equally good."""
        return (self.unassigned, max(self.highest, bound), self.unevenness + self.lost)


def use(load: int, norm: int) -> int:
    """Per cent of the norm in use, rounded up; 0 without norm (unavailable: never given a case)."""
    return -(-100 * load // norm) if norm > 0 else 0


def price(problem: Problem, case: WaitingCaseFacts, wish: CaseWish) -> int:
    """What losing the wish counts for.

    To move the case's points to workers d percentage points busier makes the sum of norm x use
    squared about 200 x points x d larger; a wish with tolerance d is priced at just that.
    """
    return 200 * case.points * problem.tolerance.get(wish.kind, 0)


def loads_after(problem: Problem, pairs: Allocation) -> dict[int, int]:
    """Each worker's points (tenths) once `pairs` have their cases."""
    after = {worker.id: worker.load for worker in problem.workers}
    for case in problem.cases:
        if case.id in pairs:
            main, co = pairs[case.id]
            after[main] += case.main_points
            after[co] += case.co_points
    return after


def score(problem: Problem, pairs: Allocation, fit: Fit | None = None) -> Score:
    """The score of an allocation, valid or not."""
    fit = fit or Fit(problem)
    after = loads_after(problem, pairs)
    given = Counter(user for pair in pairs.values() for user in pair)
    uses = {worker.id: use(after[worker.id], worker.norm) for worker in problem.workers}
    lost = 0
    for case in problem.cases:
        if case.id in pairs:
            kept = fit.kept(case, pairs[case.id], dict(pairs))
            lost += sum(price(problem, case, wish) for wish, is_kept in kept.items() if not is_kept)
    return Score(
        unassigned=len(problem.cases) - len(pairs),
        highest=max((uses[user] for user in given), default=0),
        unevenness=sum(worker.norm * uses[worker.id] ** 2 for worker in problem.workers),
        lost=lost,
    )


def is_feasible(problem: Problem, pairs: Allocation, fit: Fit | None = None) -> bool:
    """Whether every hard rule holds."""
    fit = fit or Fit(problem)
    after = loads_after(problem, pairs)
    received = {user for pair in pairs.values() for user in pair}
    return all(fit.pair_allowed(fit.cases[pk], pair) for pk, pair in pairs.items()) and all(
        worker.ceiling is None or worker.id not in received or after[worker.id] <= worker.ceiling
        for worker in problem.workers
    )


def deviation(problem: Problem, after: Mapping[int, int]) -> float:
    """Standard deviation of use, percentage points, weighted by norm; absent ones left out."""
    there = [worker for worker in problem.workers if worker.norm > 0 and not worker.absent]
    norms = sum(worker.norm for worker in there)
    if not norms:
        return 0.0
    even = sum(after[worker.id] for worker in there) / norms
    return 100 * sqrt(sum(w.norm * (after[w.id] / w.norm - even) ** 2 for w in there) / norms)
