"""The records of the workload area, one file per aggregate."""

from workload.models.cases import CaseFactor, ContactForOther
from workload.models.staffing import Competence, IntroductionPlan, IntroductionStep, Reduction
from workload.models.weights import WeightFactor, WeightLevel, WeightSet

__all__ = [
    "CaseFactor",
    "Competence",
    "ContactForOther",
    "IntroductionPlan",
    "IntroductionStep",
    "Reduction",
    "WeightFactor",
    "WeightLevel",
    "WeightSet",
]
