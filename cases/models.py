"""Every record of the case area, for Django and for apps above; each stands in its room."""

from cases.corrections.models import Correction
from cases.deadlines.models import Deadline, Escalation
from cases.disclosure.models import Disclosure, DisclosureMatter, DisclosurePiece, Redaction
from cases.drafts.models import Draft
from cases.handovers.models import HandedText, Handover, HandoverCase
from cases.interventions.models import Intervention, InterventionFollowUp
from cases.investigations.models import (
    Communication,
    DecisionDocument,
    Extension,
    InstrumentUse,
    Investigation,
    RiskAssessment,
    SafetyRating,
)
from cases.journal.models import Note
from cases.matters.models import Matter, MatterRecord, MatterWorker, NumberSeries
from cases.notices.models import Digest, Notice
from cases.persons.models import (
    Adult,
    EarlierNumber,
    Guardian,
    GuardianParticipation,
    IdentityProtection,
    Person,
    PersonChange,
    PersonMerge,
)
from cases.provisions.models import ConflictOfInterest, EmergencyAccess, ReadingGrant
from cases.reports.models import (
    DecisionProposal,
    Feedback,
    OpeningDecision,
    ProtectionAssessment,
    Report,
    SeriousTalk,
)
from cases.signing.models import Addition

__all__ = [
    "Addition",
    "Adult",
    "Communication",
    "ConflictOfInterest",
    "Correction",
    "Deadline",
    "DecisionDocument",
    "DecisionProposal",
    "Digest",
    "Disclosure",
    "DisclosureMatter",
    "DisclosurePiece",
    "Draft",
    "EarlierNumber",
    "EmergencyAccess",
    "Escalation",
    "Extension",
    "Feedback",
    "Guardian",
    "GuardianParticipation",
    "HandedText",
    "Handover",
    "HandoverCase",
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
    "PersonChange",
    "PersonMerge",
    "ProtectionAssessment",
    "ReadingGrant",
    "Redaction",
    "Report",
    "RiskAssessment",
    "SafetyRating",
    "SeriousTalk",
]
