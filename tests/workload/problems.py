"""Allocation problems of any size from a seed, with every kind of rule and wish in them."""

from __future__ import annotations

from random import Random

from workload.allocation import Candidate, CaseWish, Problem, WaitingCaseFacts, WishKind

LANGUAGES = ("ar", "so", "fi")


def worker(pk: int, chance: Random, cases: int) -> Candidate:
    new = chance.random() < 0.2
    return Candidate(
        id=pk,
        load=chance.randint(200, 1700),
        norm=chance.choice([0, 900, 1100, 1350, 1500, 1500]),
        experienced=not new and chance.random() < 0.6,
        absent=chance.random() < 0.08,
        ceiling=900 if new else None,
        languages=frozenset(chance.sample(LANGUAGES, k=chance.randint(0, 2))),
        competences=frozenset(chance.sample(["savry", "earl"], k=chance.randint(0, 2))),
        areas=frozenset(chance.choice("abcd")),
        blocked=frozenset(chance.sample(range(cases), k=min(1, cases))),
    )


def case(pk: int, chance: Random, workers: int) -> WaitingCaseFacts:
    points = chance.randint(60, 300)
    main = points * 6 // 10
    wishes = []
    if chance.random() < 0.3:
        wishes.append(CaseWish(WishKind.LANGUAGE, chance.choice(LANGUAGES), chance.random() < 0.2))
    if chance.random() < 0.2:
        wishes.append(CaseWish(WishKind.COMPETENCE, "savry", chance.random() < 0.5))
    if chance.random() < 0.2:
        wishes.append(CaseWish(WishKind.EXPERIENCE, "", chance.random() < 0.5))
    if chance.random() < 0.3:
        wishes.append(CaseWish(WishKind.AREA, chance.choice("abcd")))
    known = chance.sample(range(workers), 2) if chance.random() < 0.2 else []
    return WaitingCaseFacts(
        id=pk,
        main_points=main,
        co_points=points - main,
        wishes=tuple(wishes),
        earlier_workers=frozenset(known),
        siblings=pk // 2 if chance.random() < 0.4 else None,
    )


def problem(cases: int, workers: int, seed: int, *, room: int = 0) -> Problem:
    chance = Random(seed)
    people = tuple(worker(pk, chance, cases) for pk in range(workers))
    return Problem(
        cases=tuple(case(pk, chance, workers) for pk in range(cases)),
        workers=people,
        standing_pairs=frozenset(frozenset((pk, pk + 1)) for pk in range(0, workers - 1, 2))
        if seed % 2
        else frozenset(),
        room=room,
    )
