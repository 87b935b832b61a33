"""Giving waiting cases to pairs so that the load is even: facts in, a proposal with reasons out.

Pure: no database, no clock. `facts` says what is known, `fit` which pairs a case may have and
why not others, `score` what makes one allocation better than another, `search` improves one by
small moves, `solver` proves it with CP-SAT, `explain` says why and what each wish costs.
"""

from workload.allocation.explain import Costs, Explained, Kept, Lost, explain
from workload.allocation.facts import (
    WISH_TOLERANCE,
    Allocation,
    Candidate,
    CaseWish,
    Limits,
    Pair,
    Pin,
    Problem,
    Proposal,
    WaitingCaseFacts,
    WishKind,
)
from workload.allocation.fit import Obstacle, obstacles
from workload.allocation.score import Score, deviation, score
from workload.allocation.solver import propose

__all__ = [
    "WISH_TOLERANCE",
    "Allocation",
    "Candidate",
    "CaseWish",
    "Costs",
    "Explained",
    "Kept",
    "Limits",
    "Lost",
    "Obstacle",
    "Pair",
    "Pin",
    "Problem",
    "Proposal",
    "Score",
    "WaitingCaseFacts",
    "WishKind",
    "deviation",
    "explain",
    "obstacles",
    "propose",
    "score",
]
