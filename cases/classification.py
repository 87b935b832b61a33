"""Who may see each field of a case in a party's copy. Pure: the table, and nothing that reads data.

Every column that can hold words about somebody has its row in `SHARING`; a test fails for one that
has none. What the table says is where the preparation of a disclosure starts: a person reads every
text and decides (OSL 10 kap. 3 §).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from cases.enums import SecrecyGround


class Share(StrEnum):
    """What becomes of a field in a party's copy before anybody has looked at it."""

    OPEN = "open"
    """About the party or the matter itself: given out."""
    SCAN = "scan"
    """Free text: given out after names, numbers and addresses of others are masked."""
    REPORTER = "reporter"
    """Tells who reported: masked (OSL 26:5)."""
    PRIVATE_REPORTER = "private_reporter"
    """Masked when a private person reported; an authority's name is given out."""
    ITS_PERSON = "its_person"
    """One guardian's own: given to that guardian, masked for others (OSL 26:1)."""
    WHEREABOUTS = "whereabouts"
    """Where a person is: masked when the child's identity is protected (OSL 21:3, 22:1)."""
    LEFT_OUT = "left_out"
    """Working material, or the system's own: never part of the file (TF 2 kap. 12 §)."""


GROUNDS: Mapping[Share, SecrecyGround] = MappingProxyType(
    {
        Share.REPORTER: SecrecyGround.REPORTER,
        Share.PRIVATE_REPORTER: SecrecyGround.REPORTER,
        Share.ITS_PERSON: SecrecyGround.OTHER_PERSON,
        Share.WHEREABOUTS: SecrecyGround.WHEREABOUTS,
    }
)
"""The provision behind a mask that the table itself calls for."""

_FIELDS: dict[str, dict[Share, str]] = {
    "Person": {
        Share.OPEN: "personal_identity_number first_name last_name birth_date expected_on"
        " interpreter_language",
        Share.WHEREABOUTS: "address school whereabouts",
    },
    "Guardian": {
        Share.OPEN: "first_name last_name",
        Share.ITS_PERSON: "contact interpreter_language",
    },
    "GuardianParticipation": {Share.SCAN: "how"},
    "NumberSeries": {Share.LEFT_OUT: "letter"},
    "Report": {
        Share.OPEN: "number reasons",
        Share.SCAN: "concern",
        Share.REPORTER: "reporter_name reporter_contact",
        Share.PRIVATE_REPORTER: "reporter_organisation",
        Share.LEFT_OUT: "idempotency_key idempotency_digest",
    },
    "ProtectionAssessment": {
        Share.SCAN: "rationale support_granted",
        Share.LEFT_OUT: "signed_role signed_title signed_digest",
    },
    "DecisionProposal": {Share.LEFT_OUT: "rationale"},
    "OpeningDecision": {
        Share.SCAN: "rationale late_reason",
        Share.LEFT_OUT: "signed_role signed_title signed_digest",
    },
    "SeriousTalk": {Share.SCAN: "note"},
    "Investigation": {
        Share.OPEN: "number",
        Share.SCAN: "plan protection_needs violence_description police_report_reason"
        " conclusion_rationale",
        Share.WHEREABOUTS: "child_moved_to",
    },
    "Matter": {Share.OPEN: "number", Share.LEFT_OUT: "kind"},
    "MatterWorker": {Share.LEFT_OUT: "part end_reason handover_note"},
    "Extension": {Share.SCAN: "reason"},
    "RiskAssessment": {Share.SCAN: "risk_factors protective_factors"},
    "DecisionDocument": {
        Share.SCAN: "background child_view guardians_view others_view assessment best_interests"
        " proposal",
        Share.LEFT_OUT: "return_comment signed_role signed_title signed_digest read_role"
        " read_title read_digest",
    },
    "Communication": {Share.OPEN: "how", Share.SCAN: "response"},
    "Intervention": {Share.OPEN: "number", Share.SCAN: "goal end_reason"},
    "InterventionFollowUp": {Share.SCAN: "note"},
    "Note": {
        Share.SCAN: "present text",
        Share.LEFT_OUT: "change_reason signed_role signed_title signed_digest",
    },
    "Addition": {
        Share.SCAN: "text",
        Share.LEFT_OUT: "subject signed_role signed_title signed_digest",
    },
    "Deadline": {Share.LEFT_OUT: "matter_kind kind rule_version cancel_reason"},
    "Draft": {Share.LEFT_OUT: "key data"},
    # The authority's own: who may read, who may not, and when to act.
    "ConflictOfInterest": {
        Share.LEFT_OUT: "end_reason first_name last_name note personal_identity_number"
    },
    "EmergencyAccess": {Share.LEFT_OUT: "reason review_note"},
    "IdentityProtection": {Share.LEFT_OUT: "authority end_reason"},
    "ReadingGrant": {Share.LEFT_OUT: "reason"},
    "Escalation": {Share.LEFT_OUT: "rung"},
    "Notice": {Share.LEFT_OUT: "kind rung"},
    # What a party has been given is not given to the next.
    "Disclosure": {
        Share.LEFT_OUT: "recipient_name refusal_text return_comment delivered_how pdf pdf_digest"
        " withdrawn_reason",
    },
    "DisclosurePiece": {Share.LEFT_OUT: "source heading text"},
    "Redaction": {Share.LEFT_OUT: "reason found_by"},
}

SHARING: Mapping[str, Share] = MappingProxyType(
    {
        f"{model}.{name}": share
        for model, row in _FIELDS.items()
        for share, names in row.items()
        for name in names.split()
    }
)
"""`Model.field` -> what becomes of it."""


def share_of(model: str, field: str) -> Share:
    """KeyError for a field that nobody has classified: it is not given out by mistake."""
    return SHARING[f"{model}.{field}"]
