"""Facts and results as plain JSON: what is stored with a proposal, and read back from it."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from workload.allocation.explain import Explained
from workload.allocation.facts import (
    Candidate,
    CaseWish,
    Pair,
    Pin,
    Problem,
    Proposal,
    WaitingCaseFacts,
)

Plain = dict[str, Any]


def as_plain(problem: Problem) -> Plain:
    """The problem in lists, numbers and codes; the same problem always gives the same."""
    return {
        "cases": [
            asdict(case) | {"earlier_workers": sorted(case.earlier_workers)}
            for case in problem.cases
        ],
        "workers": [
            asdict(worker)
            | {
                name: sorted(getattr(worker, name))
                for name in ("languages", "competences", "areas", "blocked")
            }
            for worker in problem.workers
        ],
        "standing_pairs": sorted(sorted(pair) for pair in problem.standing_pairs),
        "pins": {str(pk): [pin.main, pin.co] for pk, pin in sorted(problem.pins.items())},
        "tolerance": dict(sorted(problem.tolerance.items())),
        "room": problem.room,
    }


def from_plain(plain: Plain) -> Problem:
    """The problem that `as_plain` wrote."""
    return Problem(
        cases=tuple(
            WaitingCaseFacts(
                **case
                | {
                    "wishes": tuple(CaseWish(**wish) for wish in case["wishes"]),
                    "earlier_workers": frozenset(case["earlier_workers"]),
                }
            )
            for case in plain["cases"]
        ),
        workers=tuple(
            Candidate(
                **worker
                | {
                    name: frozenset(worker[name])
                    for name in ("languages", "competences", "areas", "blocked")
                }
            )
            for worker in plain["workers"]
        ),
        standing_pairs=frozenset(frozenset(pair) for pair in plain["standing_pairs"]),
        pins={int(pk): Pin(*pin) for pk, pin in plain["pins"].items()},
        tolerance=plain["tolerance"],
        room=plain["room"],
    )


def digest(plain: Plain) -> str:
    """Tells two sets of facts apart: the SHA-256 of their canonical JSON."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def result_as_plain(
    proposal: Proposal,
    explained: dict[int, Explained],
    obstacles: dict[int, list[str]],
    **measures: Any,
) -> Plain:
    """A proposal with its reasons, for storing; `measures` are numbers of the whole."""
    return {
        "pairs": [[pk, *pair] for pk, pair in sorted(proposal.pairs.items())],
        "proven": proposal.proven,
        "highest_bound": proposal.highest_bound,
        "gap": proposal.gap,
        "unassigned": {str(pk): obstacles.get(pk, []) for pk in proposal.unassigned},
        "explained": {str(pk): asdict(one) for pk, one in explained.items()},
        **measures,
    }


def pairs_of(result: Plain) -> dict[int, Pair]:
    """Case id -> pair, of a stored result."""
    return {pk: (main, co) for pk, main, co in result["pairs"]}
