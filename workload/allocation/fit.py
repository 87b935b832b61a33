"""Which workers and pairs a case may have, and which wishes they keep."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from workload.allocation.facts import Candidate, CaseWish, Pair, Problem, WaitingCaseFacts, WishKind


class Obstacle(StrEnum):
    """Why a case has no pair. None of them says anything about a person's ties (jäv)."""

    NOBODY_THERE = "nobody_there"
    NO_EXPERIENCED = "no_experienced"
    NO_ONE_WITH_REQUIRED = "no_one_with_required"
    CEILINGS = "ceilings"
    PINNED_CANNOT = "pinned_cannot"
    ALL_TOGETHER = "all_together"


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish made checkable: kept when one of `workers` is in the pair (as main, if `main`)."""

    wish: CaseWish
    workers: frozenset[int]
    main: bool = False


class Fit:
    """The rules and wishes of one problem, worked out once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.workers = {worker.id: worker for worker in problem.workers}
        self.cases = {case.id: case for case in problem.cases}
        families: dict[int, list[int]] = defaultdict(list)
        for case in problem.cases:
            if case.siblings is not None:
                families[case.siblings].append(case.id)
        self.anchor = {
            member: members[0] for members in families.values() for member in members[1:]
        }
        """The first sibling, whose pair the later ones follow."""
        self.followers: dict[int, list[int]] = defaultdict(list)
        for member, first in self.anchor.items():
            self.followers[first].append(member)

    @cached_property
    def claims(self) -> dict[int, tuple[Claim, ...]]:
        """What each case wishes that one of the pair can keep alone."""
        return {case.id: self._claims(case) for case in self.problem.cases}

    def _claims(self, case: WaitingCaseFacts) -> tuple[Claim, ...]:
        together = {WishKind.SIBLINGS, WishKind.STANDING_PAIR}
        return tuple(
            Claim(wish, self._keepers(case, wish), main=wish.kind == WishKind.EXPERIENCE)
            for wish in self.problem.wishes_of(case)
            if wish.kind not in together
        )

    def _keepers(self, case: WaitingCaseFacts, wish: CaseWish) -> frozenset[int]:
        if wish.kind == WishKind.EARLIER_WORKER:
            return case.earlier_workers & self.workers.keys()
        if wish.kind == WishKind.EXPERIENCE:
            return frozenset(worker.id for worker in self.workers.values() if worker.experienced)
        name = {
            WishKind.LANGUAGE.value: "languages",
            WishKind.COMPETENCE.value: "competences",
            WishKind.AREA.value: "areas",
        }[str(wish.kind)]
        return frozenset(
            worker.id for worker in self.workers.values() if wish.of in getattr(worker, name)
        )

    def follows(self, case: WaitingCaseFacts) -> int | None:
        """The sibling whose pair this case should have."""
        if any(w.kind == WishKind.SIBLINGS for w in self.problem.wishes_of(case)):
            return self.anchor.get(case.id)
        return None

    def may_take(self, case: WaitingCaseFacts, worker: Candidate, points: int) -> bool:
        """There, with time, not blocked, and not above the own ceiling with this case alone."""
        return (
            not worker.absent
            and worker.norm > 0
            and case.id not in worker.blocked
            and (worker.ceiling is None or worker.load + points <= worker.ceiling)
        )

    @cached_property
    def mains(self) -> dict[int, tuple[int, ...]]:
        """By case, who can be main handler."""
        return {case.id: self._able(case, main=True) for case in self.problem.cases}

    @cached_property
    def cos(self) -> dict[int, tuple[int, ...]]:
        """By case, who can be co-worker."""
        return {case.id: self._able(case, main=False) for case in self.problem.cases}

    def _able(self, case: WaitingCaseFacts, *, main: bool) -> tuple[int, ...]:
        pin = self.problem.pins.get(case.id)
        settled = (pin.main if main else pin.co) if pin else None
        points = case.main_points if main else case.co_points
        must_lead = [
            claim.workers for claim in self.claims[case.id] if claim.wish.required and claim.main
        ]
        return tuple(
            worker.id
            for worker in self.problem.workers
            if (settled is None or worker.id == settled)
            and self.may_take(case, worker, points)
            and (not main or all(worker.id in led for led in must_lead))
        )

    def pair_allowed(self, case: WaitingCaseFacts, pair: Pair) -> bool:
        """Both may take it, they are two, one is experienced, what is required is there."""
        main, co = pair
        return (
            main != co
            and main in self.mains[case.id]
            and co in self.cos[case.id]
            and (self.workers[main].experienced or self.workers[co].experienced)
            and all(
                self.keeps(claim, pair) for claim in self.claims[case.id] if claim.wish.required
            )
        )

    def pairs(self, case: WaitingCaseFacts) -> list[Pair]:
        """Every allowed pair, in the order of the workers given."""
        required = [
            claim for claim in self.claims[case.id] if claim.wish.required and not claim.main
        ]
        skilled = {worker.id for worker in self.problem.workers if worker.experienced}
        return [
            (main, co)
            for main in self.mains[case.id]
            for co in self.cos[case.id]
            if main != co
            and (main in skilled or co in skilled)
            and all(main in claim.workers or co in claim.workers for claim in required)
        ]

    @staticmethod
    def keeps(claim: Claim, pair: Pair) -> bool:
        return pair[0] in claim.workers or (not claim.main and pair[1] in claim.workers)

    def is_standing(self, pair: Pair) -> bool:
        return frozenset(pair) in self.problem.standing_pairs

    def kept(
        self, case: WaitingCaseFacts, pair: Pair, pairs: dict[int, Pair]
    ) -> dict[CaseWish, bool]:
        """Each wish of the case, and whether the pair keeps it in the allocation `pairs`."""
        result = {claim.wish: self.keeps(claim, pair) for claim in self.claims[case.id]}
        for wish in self.problem.wishes_of(case):
            if wish.kind == WishKind.STANDING_PAIR:
                result[wish] = self.is_standing(pair)
            elif wish.kind == WishKind.SIBLINGS:
                first = self.anchor.get(case.id)
                other = pairs.get(first) if first is not None else None
                if other is not None:
                    result[wish] = set(other) == set(pair)
        return result


def obstacles(problem: Problem, case: WaitingCaseFacts) -> tuple[Obstacle, ...]:
    """Why the case can have no pair even alone; empty when some pair is allowed."""
    fit = Fit(problem)
    if fit.pairs(case):
        return ()
    if case.id in problem.pins:
        unpinned = {pk: pin for pk, pin in problem.pins.items() if pk != case.id}
        free = Problem(
            problem.cases, problem.workers, problem.standing_pairs, unpinned, problem.tolerance
        )
        if not obstacles(free, case):
            return (Obstacle.PINNED_CANNOT,)
        return obstacles(free, case)
    there = [w for w in problem.workers if not w.absent and w.norm > 0 and case.id not in w.blocked]
    least = min(case.main_points, case.co_points)
    found = []
    if len(there) < 2:
        found.append(Obstacle.NOBODY_THERE)
    if len(there) >= 2 and not any(worker.experienced for worker in there):
        found.append(Obstacle.NO_EXPERIENCED)
    ids = {worker.id for worker in there}
    if any(not claim.workers & ids for claim in fit.claims[case.id] if claim.wish.required):
        found.append(Obstacle.NO_ONE_WITH_REQUIRED)
    if not found and any(w.ceiling is not None and w.load + least > w.ceiling for w in there):
        found.append(Obstacle.CEILINGS)
    return tuple(found) or (Obstacle.NO_ONE_WITH_REQUIRED,)
