"""The records of the case area, one file per aggregate."""

from cases.models.deadlines import Deadline, Escalation
from cases.models.interventions import Intervention, InterventionFollowUp
from cases.models.investigations import (
    Communication,
    DecisionDocument,
    Extension,
    HandlerAssignment,
    InstrumentUse,
    Investigation,
    RiskAssessment,
    SafetyRating,
)
from cases.models.notes import Note
from cases.models.notices import Digest, Draft, Notice
from cases.models.persons import Guardian, GuardianParticipation, Person
from cases.models.reports import (
    DecisionProposal,
    Feedback,
    NumberSeries,
    OpeningDecision,
    ProtectionAssessment,
    Report,
    SeriousTalk,
)

__all__ = [
    "Communication",
    "Deadline",
    "DecisionDocument",
    "DecisionProposal",
    "Digest",
    "Draft",
    "Escalation",
    "Extension",
    "Feedback",
    "Guardian",
    "GuardianParticipation",
    "HandlerAssignment",
    "InstrumentUse",
    "Intervention",
    "InterventionFollowUp",
    "Investigation",
    "Note",
    "Notice",
    "NumberSeries",
    "OpeningDecision",
    "Person",
    "ProtectionAssessment",
    "Report",
    "RiskAssessment",
    "SafetyRating",
    "SeriousTalk",
]
