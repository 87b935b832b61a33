"""The records of the case area, one file per aggregate."""

from cases.models.access import ConflictOfInterest, EmergencyAccess, ReadingGrant
from cases.models.additions import Addition
from cases.models.deadlines import Deadline, Escalation
from cases.models.disclosures import Disclosure, DisclosureMatter, DisclosurePiece, Redaction
from cases.models.interventions import Intervention, InterventionFollowUp
from cases.models.investigations import (
    Communication,
    DecisionDocument,
    Extension,
    InstrumentUse,
    Investigation,
    RiskAssessment,
    SafetyRating,
)
from cases.models.matters import Matter, MatterRecord, MatterWorker, NumberSeries
from cases.models.notes import Note
from cases.models.notices import Digest, Draft, Notice
from cases.models.persons import Guardian, GuardianParticipation, IdentityProtection, Person
from cases.models.reports import (
    DecisionProposal,
    Feedback,
    OpeningDecision,
    ProtectionAssessment,
    Report,
    SeriousTalk,
)

__all__ = [
    "Addition",
    "Communication",
    "ConflictOfInterest",
    "Deadline",
    "DecisionDocument",
    "DecisionProposal",
    "Digest",
    "Disclosure",
    "DisclosureMatter",
    "DisclosurePiece",
    "Draft",
    "EmergencyAccess",
    "Escalation",
    "Extension",
    "Feedback",
    "Guardian",
    "GuardianParticipation",
    "IdentityProtection",
    "InstrumentUse",
    "Intervention",
    "InterventionFollowUp",
    "Investigation",
    "Matter",
    "MatterRecord",
    "MatterWorker",
    "Note",
    "Notice",
    "NumberSeries",
    "OpeningDecision",
    "Person",
    "ProtectionAssessment",
    "ReadingGrant",
    "Redaction",
    "Report",
    "RiskAssessment",
    "SafetyRating",
    "SeriousTalk",
]
