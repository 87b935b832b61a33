"""The proposal, by OR-Tools CP-SAT: proven best, or with the gap that is left stated.

One thread and CP-SAT's own deterministic clock: the same facts give the same proposal. The search
by small moves gives it somewhere to start, and what it finds is used when it is the better.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from workload.allocation.bounds import least_highest, least_worth
from workload.allocation.facts import Limits, Pair, Problem, Proposal, WaitingCaseFacts, WishKind
from workload.allocation.fit import Fit
from workload.allocation.score import is_feasible, price, score, use
from workload.allocation.search import State, improve, shake

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

FIRST_SHARE = 0.25
"""Of the effort, for the highest use; what it leaves over goes to evenness and wishes."""


def propose(problem: Problem, limits: Limits | None = None) -> Proposal:
    """The best allocation found within `limits`; cases that nobody can take are left out."""
    limits = limits or Limits.for_size(len(problem.cases), len(problem.workers))
    end_at = monotonic() + limits.seconds

    def time_left() -> float:
        return end_at - monotonic()

    def going_on() -> bool:
        # The greater half of the time is CP-SAT's.
        return time_left() > 0.6 * limits.seconds

    fit = Fit(problem)
    able = [case for case in problem.cases if fit.pairs(case)]
    if not able:
        return Proposal({}, tuple(case.id for case in problem.cases), True, 0, 0.0)
    start = State(problem, fit, {})
    improve(start)
    best = shake(
        problem, fit, start.pairs, rounds=limits.rounds, seed=limits.seed, going_on=going_on
    )
    reached = score(problem, best, fit)
    unable = len(problem.cases) - len(able)
    least = least_highest(fit, able)
    model = Model(problem, fit, able, time_left)
    # Proven already when all are given out and the highest use is as low as water would stand.
    lowest = SolverResult(None, least, reached.unassigned == unable and reached.highest <= least)
    if not lowest.proven:
        model.hint(best)
        lowest = model.lowest_use(limits, least)
        if lowest.pairs is not None and better(problem, fit, lowest.pairs, best):
            best = shake(
                problem,
                fit,
                lowest.pairs,
                rounds=limits.rounds // 4,
                seed=limits.seed + 1,
                going_on=lambda: time_left() > 0.2 * limits.seconds,
            )
            reached = score(problem, best, fit)
    bound = reached.highest + problem.room
    if problem.room:
        best = shake(
            problem,
            fit,
            best,
            rounds=limits.rounds // 2,
            seed=limits.seed + 2,
            bound=bound,
            going_on=lambda: time_left() > 0.2 * limits.seconds,
        )
    model.hint(best)
    even = model.most_even(limits, bound, reached.unassigned - unable)
    if even.pairs is not None and better(problem, fit, even.pairs, best, bound=bound):
        best = even.pairs
    end = score(problem, best, fit)
    worth = end.unevenness + end.lost
    floor = even.bound
    if reached.unassigned == unable:
        floor = max(floor, least_worth(problem, fit, able))
    return Proposal(
        pairs=best,
        unassigned=tuple(case.id for case in problem.cases if case.id not in best),
        proven=lowest.proven and even.proven,
        highest_bound=min(lowest.bound, end.highest),
        gap=0.0 if even.proven or not worth else max(0.0, (worth - floor) / worth),
    )


def better(
    problem: Problem, fit: Fit, one: dict[int, Pair], other: dict[int, Pair], *, bound: int = 0
) -> bool:
    """Whether `one` keeps the rules and scores better than `other`."""
    if not is_feasible(problem, one, fit):
        return False
    return score(problem, one, fit).key(bound=bound) < score(problem, other, fit).key(bound=bound)


@dataclass(frozen=True, slots=True)
class SolverResult:
    """What a run gave: an allocation if any, the bound on its aim, whether that is proven."""

    pairs: dict[int, Pair] | None
    bound: int
    proven: bool


@dataclass(slots=True)
class Variables:
    """Of one case: who is main, who is co, whether it is given out at all."""

    main: dict[int, Any] = field(default_factory=dict)
    co: dict[int, Any] = field(default_factory=dict)
    given: Any = None


class Model:
    """The rules as a CP-SAT model; the two aims are set one after the other."""

    def __init__(
        self,
        problem: Problem,
        fit: Fit,
        cases: list[WaitingCaseFacts],
        time_left: Callable[[], float],
    ) -> None:
        # With the first proposal: few processes make one, and it takes much memory.
        from ortools.sat.python import cp_model

        self.cp = cp_model
        self.time_left = time_left
        self.problem, self.fit, self.cases = problem, fit, cases
        self.model = self.cp.CpModel()
        self.of: dict[int, Variables] = {}
        for case in cases:
            self._case(case)
        self.terms: dict[int, list[tuple[Any, int]]] = {}
        for case in cases:
            one = self.of[case.id]
            for users, points in ((one.main, case.main_points), (one.co, case.co_points)):
                for user, variable in users.items():
                    self.terms.setdefault(user, []).append((variable, points))
        self.workers = {user: fit.workers[user] for user in self.terms}
        self.added = {
            user: sum(points * variable for variable, points in terms)
            for user, terms in self.terms.items()
        }
        self.constant = sum(
            worker.norm * use(worker.load, worker.norm) ** 2
            for worker in problem.workers
            if worker.id not in self.terms
        )
        for user, worker in self.workers.items():
            if worker.ceiling is not None:
                # Who is above it already is given nothing.
                self.model.add(self.added[user] <= max(worker.ceiling - worker.load, 0))
        self.top = max(
            use(worker.load + sum(points for _v, points in self.terms[user]), worker.norm)
            for user, worker in self.workers.items()
        )
        self.highest = self.model.new_int_var(0, max(self.top, 1), "")
        for user, worker in self.workers.items():
            receives = self.model.new_bool_var("")
            for variable, _points in self.terms[user]:
                self.model.add_implication(variable, receives)
            self.model.add(
                100 * (worker.load + self.added[user]) <= worker.norm * self.highest
            ).only_enforce_if(receives)
        self.spent = 0.0

    def _case(self, case: WaitingCaseFacts) -> None:
        model, fit = self.model, self.fit
        one = self.of[case.id] = Variables(given=model.new_bool_var(""))
        one.main = {user: model.new_bool_var("") for user in fit.mains[case.id]}
        one.co = {user: model.new_bool_var("") for user in fit.cos[case.id]}
        model.add(sum(one.main.values()) == one.given)
        model.add(sum(one.co.values()) == one.given)
        for user in one.main.keys() & one.co.keys():
            model.add_at_most_one(one.main[user], one.co[user])
        self._one_of(case, frozenset(w.id for w in fit.workers.values() if w.experienced))
        for claim in fit.claims[case.id]:
            if claim.wish.required and not claim.main:
                self._one_of(case, claim.workers)

    def _in(
        self, case: WaitingCaseFacts, users: frozenset[int], *, main: bool = False
    ) -> list[Any]:
        one = self.of[case.id]
        found = [variable for user, variable in one.main.items() if user in users]
        if not main:
            found += [variable for user, variable in one.co.items() if user in users]
        return found

    def _one_of(self, case: WaitingCaseFacts, users: frozenset[int]) -> None:
        self.model.add_bool_or([*self._in(case, users), self.of[case.id].given.negated()])

    def hint(self, pairs: dict[int, Pair]) -> None:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for case in self.cases:
            one = self.of[case.id]
            main, co = pairs.get(case.id, (None, None))
            self.model.add_hint(one.given, case.id in pairs)
            for user, variable in one.main.items():
                self.model.add_hint(variable, user == main)
            for user, variable in one.co.items():
                self.model.add_hint(variable, user == co)

    # First aim

    def lowest_use(self, limits: Limits, least: int) -> SolverResult:
        """As many cases given as can be, at the lowest highest use of those given something."""
        model = self.model
        left_out = sum(self.of[case.id].given.negated() for case in self.cases)
        step = self.top + 1
        # The bound holds when all are given out; leaving one out costs more than it can save.
        model.add(self.highest + step * left_out >= least)
        model.minimize(self.highest + step * left_out)
        solver, status = self._solve(limits, limits.effort * FIRST_SHARE)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return SolverResult(None, max(least, 0), False)
        bound = max(least, int(solver.best_objective_bound + 0.999999) % step)
        return SolverResult(self._read(solver), bound, status == self.cp.OPTIMAL)

    # Second aim

    def most_even(self, limits: Limits, level: int, left_out: int) -> SolverResult:
        """The most even allocation with the fewest wishes lost, none given above `level`."""
        model = self.model
        model.add(self.highest <= max(level, 0))
        model.add(sum(self.of[case.id].given.negated() for case in self.cases) <= left_out)
        aims: list[Any] = []
        for user, worker in self.workers.items():
            low = use(worker.load, worker.norm)
            high = max(low, level)
            uses = model.new_int_var(low, high, "")
            model.add(worker.norm * uses >= 100 * (worker.load + self.added[user]))
            square = model.new_int_var(low * low, high * high, "")
            for step in range(low, high):
                # Tangents that meet the square at every whole per cent.
                model.add(square >= (2 * step + 1) * uses - step * (step + 1))
            aims.append(worker.norm * square)
        aims += self._wishes()
        model.minimize(sum(aims))
        solver, status = self._solve(limits, limits.effort - self.spent)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return SolverResult(None, 0, False)
        bound = self.constant + int(solver.best_objective_bound + 0.5)
        return SolverResult(self._read(solver), bound, status == self.cp.OPTIMAL)

    def _wishes(self) -> list[Any]:
        model, problem, fit = self.model, self.problem, self.fit
        lost: list[Any] = []
        for case in self.cases:
            one = self.of[case.id]
            for claim in fit.claims[case.id]:
                cost = price(problem, case, claim.wish)
                if not cost:
                    continue
                keepers = self._in(case, claim.workers, main=claim.main)
                missed = model.new_bool_var("")
                model.add_bool_or([*keepers, missed, one.given.negated()])
                lost.append(cost * missed)
            for wish in problem.wishes_of(case):
                cost = price(problem, case, wish)
                if not cost:
                    continue
                if wish.kind == WishKind.STANDING_PAIR:
                    lost.append(cost * self._not_standing(one))
                elif wish.kind == WishKind.SIBLINGS:
                    first = fit.anchor.get(case.id)
                    if first in self.of:
                        lost.append(cost * self._apart(one, self.of[first]))
        return lost

    def _not_standing(self, one: Variables) -> Any:
        """True unless both of some standing pair are there."""
        missed = self.model.new_bool_var("")
        kept = []
        for pair in sorted(sorted(pair) for pair in self.problem.standing_pairs):
            inside = self.model.new_bool_var("")
            for user in pair:
                parts = [users[user] for users in (one.main, one.co) if user in users]
                self.model.add_bool_or([*parts, inside.negated()])
            kept.append(inside)
        self.model.add_bool_or([*kept, missed, one.given.negated()])
        return missed

    def _apart(self, one: Variables, other: Variables) -> Any:
        """True unless the two cases have the same two people, or one of them has none."""
        apart = self.model.new_bool_var("")
        escape = [apart, one.given.negated(), other.given.negated()]
        there = {user for users in (other.main, other.co) for user in users}
        for user in sorted({user for users in (one.main, one.co) for user in users} | there):
            mine = [users[user] for users in (one.main, one.co) if user in users]
            theirs = [users[user] for users in (other.main, other.co) if user in users]
            for variable in mine:
                self.model.add_bool_or([variable.negated(), *theirs, *escape])
        return apart

    # Running

    def _solve(self, limits: Limits, effort: float) -> tuple[cp_model.CpSolver, Any]:
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = limits.seed
        solver.parameters.max_deterministic_time = max(effort, 0.01)
        solver.parameters.max_time_in_seconds = max(self.time_left(), 0.05)
        status = solver.solve(self.model)
        self.spent += solver.response_proto.deterministic_time
        return solver, status

    def _read(self, solver: cp_model.CpSolver) -> dict[int, Pair]:
        pairs = {}
        for case in self.cases:
            one = self.of[case.id]
            if solver.boolean_value(one.given):
                main = next(user for user, v in one.main.items() if solver.boolean_value(v))
                co = next(user for user, v in one.co.items() if solver.boolean_value(v))
                pairs[case.id] = (main, co)
        return pairs
