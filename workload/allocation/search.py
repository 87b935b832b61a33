"""The best pair for one case with all else as it is: greedy start, improvement, and explanations.

Deterministic, without a clock: it ends when no single case has a better pair, or after PASSES.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from random import Random

from workload.allocation.facts import (
    Allocation,
    CaseWish,
    Pair,
    Problem,
    WaitingCaseFacts,
    WishKind,
)
from workload.allocation.fit import Claim, Fit
from workload.allocation.score import loads_after, price, score, use

PASSES = 6
NEVER = 1 << 62


class State:
    """An allocation in the making, with loads and uses kept up to date."""

    def __init__(self, problem: Problem, fit: Fit, pairs: Allocation, *, bound: int = 0) -> None:
        self.problem, self.fit, self.bound = problem, fit, bound
        self.pairs = dict(pairs)
        self.after = loads_after(problem, pairs)
        self.given = Counter(user for pair in pairs.values() for user in pair)

    def put(self, case: WaitingCaseFacts, pair: Pair) -> None:
        self.pairs[case.id] = pair
        self._move(case, pair, 1)

    def take(self, case: WaitingCaseFacts) -> Pair | None:
        pair = self.pairs.pop(case.id, None)
        if pair is not None:
            self._move(case, pair, -1)
        return pair

    def _move(self, case: WaitingCaseFacts, pair: Pair, sign: int) -> None:
        for user, points in zip(pair, (case.main_points, case.co_points), strict=True):
            self.after[user] += sign * points
            self.given[user] += sign

    def highest(self) -> int:
        """Highest use, per cent, among those given something."""
        norms = self.fit.workers
        return max(
            (use(self.after[u], norms[u].norm) for u, number in self.given.items() if number > 0),
            default=0,
        )

    def _costs(self, users: Iterable[int], points: int) -> dict[int, tuple[int, int]]:
        """By worker with room under the ceiling: use after, and how much more uneven it gets."""
        result = {}
        for user in users:
            worker = self.fit.workers[user]
            now = self.after[user]
            if worker.ceiling is not None and now + points > worker.ceiling:
                continue
            later = use(now + points, worker.norm)
            result[user] = (later, worker.norm * (later**2 - use(now, worker.norm) ** 2))
        return result

    def best(
        self,
        case: WaitingCaseFacts,
        *,
        without: Collection[CaseWish] = (),
        keeping: CaseWish | None = None,
    ) -> tuple[tuple[int, int], Pair] | None:
        """The best allowed pair for a case now without one, and (highest use, cost) with it.

        `without`: wishes that do not count. `keeping`: one that has to be kept. None if no pair
        is allowed.
        """
        fit = self.fit
        mains = self._costs(fit.mains[case.id], case.main_points)
        cos = self._costs(fit.cos[case.id], case.co_points)
        if not mains or not cos:
            return None
        prices = Prices(self, case, without=without)
        rules = [c for c in fit.claims[case.id] if c.wish.required and not c.main]
        skilled = {worker.id for worker in self.problem.workers if worker.experienced}
        must = Must(self, case, keeping)

        def allowed(main: int, co: int) -> bool:
            return (
                main != co
                and (main in skilled or co in skilled)
                and all(main in rule.workers or co in rule.workers for rule in rules)
                and must(main, co)
            )

        lowest = NEVER
        co_by_use = sorted((later, user) for user, (later, _cost) in cos.items())
        for later, main in sorted((later, user) for user, (later, _cost) in mains.items()):
            if later >= lowest:
                break
            for co_later, co in co_by_use:
                if max(later, co_later) >= lowest:
                    break
                if allowed(main, co):
                    lowest = max(later, co_later)
                    break
        if lowest == NEVER:
            return None
        level = max(lowest, self.highest(), self.bound)
        least, chosen = NEVER, None
        co_by_cost = sorted((cost, user) for user, (later, cost) in cos.items() if later <= level)
        for cost, main in sorted((cost, u) for u, (later, cost) in mains.items() if later <= level):
            if not co_by_cost or cost + co_by_cost[0][0] >= least:
                break
            for co_cost, co in co_by_cost:
                if cost + co_cost >= least:
                    break
                if allowed(main, co):
                    total = cost + co_cost + prices(main, co)
                    if total < least:
                        least, chosen = total, (main, co)
        return ((level, least), chosen) if chosen is not None else None

    def standing(self, case: WaitingCaseFacts, pair: Pair) -> tuple[int, int]:
        """(highest use, cost) if the case, now without a pair, were given to `pair`."""
        before = 0
        for user, points in zip(pair, (case.main_points, case.co_points), strict=True):
            worker = self.fit.workers[user]
            now = self.after[user]
            before += worker.norm * (
                use(now + points, worker.norm) ** 2 - use(now, worker.norm) ** 2
            )
        cost = before + Prices(self, case)(*pair)
        self.put(case, pair)
        highest = max(self.highest(), self.bound)
        self.take(case)
        return highest, cost


class Must:
    """Whether a pair keeps one given wish."""

    def __init__(self, state: State, case: WaitingCaseFacts, wish: CaseWish | None) -> None:
        self.fit = state.fit
        self.kind = wish.kind if wish else None
        self.claim: Claim | None = next(
            (claim for claim in state.fit.claims[case.id] if claim.wish == wish), None
        )
        first = state.fit.anchor.get(case.id)
        self.other = set(state.pairs.get(first, ())) if first is not None else set()

    def __call__(self, main: int, co: int) -> bool:
        if self.kind is None:
            return True
        if self.kind == WishKind.STANDING_PAIR:
            return self.fit.is_standing((main, co))
        if self.kind == WishKind.SIBLINGS:
            return {main, co} == self.other
        return self.claim is not None and self.fit.keeps(self.claim, (main, co))


class Prices:
    """What the wishes lost with a pair count for, siblings' included."""

    def __init__(
        self, state: State, case: WaitingCaseFacts, *, without: Collection[CaseWish] = ()
    ) -> None:
        problem, fit = state.problem, state.fit
        self.fit = fit
        self.claims = [
            (claim, price(problem, case, claim.wish))
            for claim in fit.claims[case.id]
            if claim.wish not in without
        ]
        wishes = {w.kind: w for w in problem.wishes_of(case) if w not in without}
        standing = wishes.get(WishKind.STANDING_PAIR)
        self.standing = price(problem, case, standing) if standing else 0
        self.others: list[tuple[set[int], int]] = []
        kinds = {wish.kind for wish in without}
        if WishKind.SIBLINGS not in kinds:
            siblings = wishes.get(WishKind.SIBLINGS)
            first = fit.anchor.get(case.id)
            if siblings and first in state.pairs:
                self.others.append((set(state.pairs[first]), price(problem, case, siblings)))
            for follower in fit.followers.get(case.id, ()):
                if follower in state.pairs:
                    one = fit.cases[follower]
                    its = next(w for w in problem.wishes_of(one) if w.kind == WishKind.SIBLINGS)
                    self.others.append((set(state.pairs[follower]), price(problem, one, its)))

    def __call__(self, main: int, co: int) -> int:
        lost = sum(
            cost
            for claim, cost in self.claims
            if not (main in claim.workers or (not claim.main and co in claim.workers))
        )
        if self.standing and not self.fit.is_standing((main, co)):
            lost += self.standing
        return lost + sum(cost for other, cost in self.others if other != {main, co})


def improve(state: State, cases: Sequence[WaitingCaseFacts] | None = None) -> None:
    """Give each case without a pair its best, then each case a better one while there is any."""
    fit = state.fit
    order = cases if cases is not None else hardest_first(state.problem, fit)
    for case in order:
        if case.id not in state.pairs:
            found = state.best(case)
            if found:
                state.put(case, found[1])
    for _pass in range(PASSES):
        moved = False
        for case in order:
            before = state.take(case)
            found = state.best(case)
            if found is None:
                continue
            if before is not None and state.standing(case, before) <= found[0]:
                state.put(case, before)
                continue
            state.put(case, found[1])
            moved = True
        if not moved:
            return


def hardest_first(problem: Problem, fit: Fit) -> list[WaitingCaseFacts]:
    """Pinned cases, then those with few possible workers, then the heaviest."""
    return sorted(
        problem.cases,
        key=lambda case: (
            case.id not in problem.pins,
            len(fit.mains[case.id]) * len(fit.cos[case.id]) > 12,
            -case.points,
            case.id,
        ),
    )


def shake(
    problem: Problem,
    fit: Fit,
    pairs: Allocation,
    *,
    rounds: int,
    seed: int,
    bound: int = 0,
    going_on: Callable[[], bool] = lambda: True,
) -> dict[int, Pair]:
    """Take a few cases back at random and give them out anew, and keep what became better."""
    chance = Random(seed)  # noqa: S311 - for trying, not for secrets
    cases = [case for case in problem.cases if fit.mains[case.id] and fit.cos[case.id]]
    best = dict(pairs)
    least = score(problem, best, fit).key(bound=bound)
    for _round in range(rounds if len(cases) > 1 else 0):
        if not going_on():
            break
        state = State(problem, fit, best, bound=bound)
        some = chance.sample(cases, k=min(len(cases), chance.randint(2, 6)))
        for case in some:
            state.take(case)
        improve(state, some)
        key = score(problem, state.pairs, fit).key(bound=bound)
        if key <= least:
            best, least = dict(state.pairs), key
    return best
