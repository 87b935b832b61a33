"""The records of the workload area, one file per aggregate."""

from workload.models.allocation import (
    AllocationProposal,
    AllocationRound,
    AllocationWish,
    PlannedPair,
    StandingPair,
)
from workload.models.cases import CaseFactor, ContactForOther
from workload.models.measurements import Measurement
from workload.models.meetings import MarkedEvent, Temperature
from workload.models.publications import PublishedPart
from workload.models.reviews import CaseReview, ReviewDecision
from workload.models.rounds import MeasurementRound, RoundSettings, SurveyRound
from workload.models.staffing import Competence, IntroductionPlan, IntroductionStep, Reduction
from workload.models.surveys import ActionPlan, PlanFollowUp, SurveyAnswer
from workload.models.warnings import LoadWarning
from workload.models.weights import WeightFactor, WeightLevel, WeightSet

__all__ = [
    "ActionPlan",
    "AllocationProposal",
    "AllocationRound",
    "AllocationWish",
    "CaseFactor",
    "CaseReview",
    "Competence",
    "ContactForOther",
    "IntroductionPlan",
    "IntroductionStep",
    "LoadWarning",
    "MarkedEvent",
    "Measurement",
    "MeasurementRound",
    "PlanFollowUp",
    "PlannedPair",
    "PublishedPart",
    "Reduction",
    "ReviewDecision",
    "RoundSettings",
    "StandingPair",
    "SurveyAnswer",
    "SurveyRound",
    "Temperature",
    "WeightFactor",
    "WeightLevel",
    "WeightSet",
]
