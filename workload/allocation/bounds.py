"""What no allocation can beat: bounds found without solving, by cutting cases up like water."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workload.allocation.facts import Candidate, Problem, WaitingCaseFacts
from workload.allocation.fit import Fit
from workload.allocation.score import price, use


def least_highest(fit: Fit, cases: Sequence[WaitingCaseFacts]) -> int:
    """Per cent that the highest use cannot be below when all of `cases` are given out.

    Each case needs its two people somewhere, and all points need their room.
    """
    alone = max((_alone(fit, case) for case in cases), default=0)
    workers = _receivers(fit, cases)
    total = sum(case.points for case in cases)
    low, high = alone, max(alone, 1)
    while _room(workers, high) < total and high < 100_000:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        if _room(workers, middle) >= total:
            high = middle
        else:
            low = middle + 1
    return low


def least_worth(problem: Problem, fit: Fit, cases: Sequence[WaitingCaseFacts]) -> int:
    """Unevenness and lost wishes that cannot be gone below when all of `cases` are given out."""
    workers = _receivers(fit, cases)
    ids = {worker.id for worker in workers}
    total = sum(case.points for case in cases)
    still = sum(
        worker.norm * use(worker.load, worker.norm) ** 2
        for worker in problem.workers
        if worker.id not in ids
    )
    lost = sum(
        price(problem, case, claim.wish)
        for case in cases
        for claim in fit.claims[case.id]
        if not any(user in claim.workers for user in _able(fit, case, claim.main))
    )
    return still + _poured(workers, total) + lost


def _able(fit: Fit, case: WaitingCaseFacts, main: bool) -> Iterable[int]:
    return fit.mains[case.id] if main else (*fit.mains[case.id], *fit.cos[case.id])


def _receivers(fit: Fit, cases: Sequence[WaitingCaseFacts]) -> list[Candidate]:
    ids = {user for case in cases for user in _able(fit, case, main=False)}
    return [worker for worker in fit.problem.workers if worker.id in ids]


def _alone(fit: Fit, case: WaitingCaseFacts) -> int:
    def lowest(users: Iterable[int], points: int) -> int:
        return min(use(fit.workers[u].load + points, fit.workers[u].norm) for u in users)

    return max(
        lowest(fit.mains[case.id], case.main_points), lowest(fit.cos[case.id], case.co_points)
    )


def _room(workers: Sequence[Candidate], level: int) -> int:
    return sum(max(0, level * worker.norm // 100 - worker.load) for worker in workers)


def _poured(workers: Sequence[Candidate], total: int) -> int:
    """The least sum of norm x use squared when `total` points are poured over `workers`."""
    low, high = 0.0, 100.0
    while _volume(workers, high) < total:
        high *= 2
    for _step in range(60):
        middle = (low + high) / 2
        if _volume(workers, middle) >= total:
            high = middle
        else:
            low = middle
    return int(sum(w.norm * max(100 * w.load / w.norm, low) ** 2 for w in workers) * (1 - 1e-12))


def _volume(workers: Sequence[Candidate], level: float) -> float:
    return sum(max(0.0, level * worker.norm / 100 - worker.load) for worker in workers)
