"""The records of the workload area, one file per aggregate."""

from workload.models.allocation import (
    AllocationProposal,
    AllocationRound,
    AllocationWish,
    PlannedPair,
    StandingPair,
)
from workload.models.cases import CaseFactor, ContactForOther
from workload.models.staffing import Competence, IntroductionPlan, IntroductionStep, Reduction
from workload.models.warnings import LoadWarning
from workload.models.weights import WeightFactor, WeightLevel, WeightSet

__all__ = [
    "AllocationProposal",
    "AllocationRound",
    "AllocationWish",
    "CaseFactor",
    "Competence",
    "ContactForOther",
    "IntroductionPlan",
    "IntroductionStep",
    "LoadWarning",
    "PlannedPair",
    "Reduction",
    "StandingPair",
    "WeightFactor",
    "WeightLevel",
    "WeightSet",
]
