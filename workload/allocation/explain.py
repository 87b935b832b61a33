"""Why a case is proposed for its pair, and what keeping each wish costs.

Measured for one case at a time, all else as proposed: the best pair the case could have had if the
wish did not count (for a kept one), or if it had to be kept (for a lost one), against the pair it
has. See docs/adr on the proposed allocation.
"""

from __future__ import annotations

from dataclasses import dataclass

from workload.allocation.facts import Allocation, CaseWish, Pair, Problem, WaitingCaseFacts
from workload.allocation.fit import Fit
from workload.allocation.score import deviation, use
from workload.allocation.search import State


@dataclass(frozen=True, slots=True)
class Costs:
    """A difference: highest use in percentage points, unevenness in standard deviations of use."""

    highest: int
    deviation: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A wish kept; `cost` is what it made worse, `instead` the pair that would have been."""

    wish: CaseWish
    cost: Costs
    instead: Pair


@dataclass(frozen=True, slots=True)
class Lost:
    """A wish lost; `cost` of keeping it and the best pair for that, None if no pair could."""

    wish: CaseWish
    cost: Costs | None
    instead: Pair | None


@dataclass(frozen=True, slots=True)
class Explained:
    """One case of a proposal: uses of the two (per cent) before and after, and its wishes."""

    case: int
    pair: Pair
    before: Pair
    after: Pair
    kept: tuple[Kept, ...]
    lost: tuple[Lost, ...]


def explain(problem: Problem, pairs: Allocation) -> dict[int, Explained]:
    """Each case that is given out, by id."""
    fit = Fit(problem)
    state = State(problem, fit, pairs)
    return {case.id: _explained(state, case) for case in problem.cases if case.id in pairs}


def _explained(state: State, case: WaitingCaseFacts) -> Explained:
    pair = state.pairs[case.id]
    wishes = state.fit.kept(case, pair, state.pairs)
    now = _standing(state)
    after = _uses(state, pair)
    state.take(case)
    kept, lost = [], []
    for wish, is_kept in wishes.items():
        if is_kept:
            found = None if wish.required else state.best(case, without=[wish])
            instead = found[1] if found else pair
            kept.append(Kept(wish, _difference(now, _with(state, case, instead)), instead))
            continue
        # Followers of the first sibling are where the wish is said.
        found = state.best(case, keeping=wish)
        if found is None:
            lost.append(Lost(wish, None, None))
        else:
            other = _with(state, case, found[1])
            lost.append(Lost(wish, _difference(other, now), found[1]))
    state.put(case, pair)
    start = {worker.id: use(worker.load, worker.norm) for worker in state.problem.workers}
    return Explained(
        case.id, pair, (start[pair[0]], start[pair[1]]), after, tuple(kept), tuple(lost)
    )


def _uses(state: State, pair: Pair) -> Pair:
    main, co = (use(state.after[user], state.fit.workers[user].norm) for user in pair)
    return main, co


def _standing(state: State) -> tuple[int, float]:
    return state.highest(), deviation(state.problem, state.after)


def _with(state: State, case: WaitingCaseFacts, pair: Pair) -> tuple[int, float]:
    state.put(case, pair)
    found = _standing(state)
    state.take(case)
    return found


def _difference(one: tuple[int, float], other: tuple[int, float]) -> Costs:
    """How much worse `one` is than `other`."""
    return Costs(one[0] - other[0], round(one[1] - other[1], 2))
