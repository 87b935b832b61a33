"""Who may see each field of a case in a party's copy. Pure: the table, and nothing that reads data.

Every column that can hold words about somebody has its row in `SHARING`, every other one (choices,
numbers, days, yes and no, keys) in `FACTS`; the program does not start with one that has none
(`cases.matters.registry.incomplete`). Another app's columns come with its kinds of matters (`add`).
What the table says is where the preparation of a disclosure starts: a person reads every text and
decides (OSL 10 kap. 3 §).
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
    PRIVATE_REPORTER = "private_reporter"
    """Tells who reported: masked when it was a private person (OSL 26:5). Who reports in the duty
    of an authority, a school or a profession is no private person in that, and is given out."""
    ITS_PERSON = "its_person"
    """One guardian's own: given to that guardian, masked for others (OSL 26:1)."""
    WHEREABOUTS = "whereabouts"
    """Where a person is: masked when the child's identity is protected (OSL 21:3, 22:1)."""
    LEFT_OUT = "left_out"
    """Working material, or the system's own: never part of the file (TF 2 kap. 12 §)."""


GROUNDS: Mapping[Share, SecrecyGround] = MappingProxyType(
    {
        Share.PRIVATE_REPORTER: SecrecyGround.REPORTER,
        Share.ITS_PERSON: SecrecyGround.OTHER_PERSON,
        Share.WHEREABOUTS: SecrecyGround.WHEREABOUTS,
    }
)
"""The provision behind a mask that the table itself calls for."""

_FIELDS: dict[str, dict[Share, str]] = {
    "Person": {
        Share.OPEN: "personal_identity_number temporary_number first_name last_name birth_date"
        " expected_on died_on interpreter_language",
        Share.WHEREABOUTS: "address school whereabouts",
    },
    "Guardian": {
        Share.OPEN: "first_name last_name",
        Share.ITS_PERSON: "contact interpreter_language",
        Share.LEFT_OUT: "end_reason",
    },
    # What the child was called before, and how the records were put right: kept for those who
    # answer for the case (OSL 26:1).
    "EarlierNumber": {Share.LEFT_OUT: "number"},
    "PersonChange": {Share.LEFT_OUT: "field old new reason"},
    "PersonMerge": {Share.LEFT_OUT: "reason moved before merged undo_reason"},
    "GuardianParticipation": {Share.SCAN: "how"},
    "NumberSeries": {Share.LEFT_OUT: "letter"},
    "Handover": {Share.LEFT_OUT: "consent_by reason parts answer_reason"},
    "HandedText": {Share.SCAN: "text", Share.OPEN: "heading", Share.LEFT_OUT: "source"},
    "Report": {
        Share.OPEN: "number reasons",
        Share.SCAN: "concern",
        Share.PRIVATE_REPORTER: "reporter_name reporter_contact reporter_organisation",
        Share.LEFT_OUT: "idempotency_key idempotency_digest",
    },
    "ProtectionAssessment": {
        Share.SCAN: "rationale support_granted",
        Share.LEFT_OUT: "signed_name signed_role signed_title signed_digest",
    },
    "DecisionProposal": {Share.LEFT_OUT: "rationale"},
    "OpeningDecision": {
        Share.SCAN: "rationale late_reason unassessed_reason",
        Share.LEFT_OUT: "signed_name signed_role signed_title signed_digest",
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
    "LeftOpen": {Share.SCAN: "reason"},
    "RiskAssessment": {Share.SCAN: "risk_factors protective_factors"},
    "DecisionDocument": {
        Share.SCAN: "background child_view guardians_view others_view assessment best_interests"
        " proposal",
        Share.LEFT_OUT: "return_comment signed_name signed_role signed_title signed_digest"
        " read_name read_role read_title read_digest",
    },
    "Communication": {Share.OPEN: "how", Share.SCAN: "response"},
    "Intervention": {Share.OPEN: "number", Share.SCAN: "goal end_reason"},
    "InterventionFollowUp": {Share.SCAN: "note"},
    "Note": {
        Share.SCAN: "present text",
        Share.LEFT_OUT: "change_reason signed_name signed_role signed_title signed_digest",
    },
    "Addition": {
        Share.SCAN: "text",
        Share.LEFT_OUT: "subject signed_name signed_role signed_title signed_digest",
    },
    # What stood in each column is written as that column is classified.
    "Correction": {Share.SCAN: "reason", Share.LEFT_OUT: "subject changes kept"},
    "Deadline": {Share.LEFT_OUT: "matter_kind kind rule_version cancel_reason"},
    "Draft": {Share.LEFT_OUT: "key data tab"},
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
        " withdrawn_reason right_reason",
    },
    "DisclosurePiece": {Share.LEFT_OUT: "source heading text weighed"},
    "Redaction": {Share.LEFT_OUT: "reason found_by"},
}

_sharing: dict[str, Share] = {
    f"{model}.{name}": share
    for model, row in _FIELDS.items()
    for share, names in row.items()
    for name in names.split()
}
SHARING: Mapping[str, Share] = MappingProxyType(_sharing)
"""`Model.field` -> what becomes of it."""


def share_of(model: str, field: str) -> Share:
    """KeyError for a field that nobody has classified: it is not given out by mistake."""
    return SHARING[f"{model}.{field}"]


class Fact(StrEnum):
    """What becomes of a column without free words in a party's copy, and why it is not there."""

    SHOWN = "shown"
    """In the piece of its row (FL 10 §): a party sees all that was brought into the matter."""
    WHEREABOUTS = "whereabouts"
    """Shown, but masked from the start where the child is protected, as `Share.WHEREABOUTS` is."""
    KEY = "key"
    """A key, or when and by whom a row was written: tells nothing of the matter itself."""
    DERIVED = "derived"
    """Follows from another column that is shown, or is the heading or day of the piece."""
    HOUSE = "house"
    """The authority's own work and material not yet part of the file (TF 2 kap. 12 §)."""
    PROTECTION = "protection"
    """Whether and how a person is protected (OSL 21:3, 22:1)."""


_FACTS: dict[str, dict[Fact, str]] = {
    "Person": {
        Fact.SHOWN: "gender",
        Fact.KEY: "id unit created_at merged_into version",
        Fact.PROTECTION: "protected_identity",
    },
    "EarlierNumber": {Fact.HOUSE: "id child reason is_hidden replaced_by replaced_at"},
    "PersonChange": {Fact.HOUSE: "id child guardian kind is_hidden made_by made_at"},
    "PersonMerge": {
        Fact.HOUSE: "id unit kept gone merged_by merged_at undo_until undone_by undone_at"
    },
    "Adult": {Fact.KEY: "id unit created_at"},
    "IdentityProtection": {
        Fact.PROTECTION: "id child kind source decided_on from_on reconsider_on registered_by"
        " registered_at ended_on ended_by"
    },
    "Guardian": {
        Fact.SHOWN: "has_custody custody_from custody_until ended_on",
        Fact.KEY: "id child adult version",
        Fact.DERIVED: "relation",
        Fact.PROTECTION: "protected_identity",
    },
    "GuardianParticipation": {
        Fact.SHOWN: "guardian took_part",
        Fact.DERIVED: "on",
        Fact.KEY: "id investigation recorded_by",
    },
    "Matter": {
        Fact.KEY: "id unit group child part_of withdrawn",
        Fact.DERIVED: "opened_on closed_on",
    },
    "MatterWorker": {Fact.HOUSE: "id matter user from_on until_on assigned_by assigned_at"},
    "ReadingGrant": {
        Fact.HOUSE: "id user permission unit from_on until_on granted_by granted_at ended_by"
        " ended_at content_object purpose with_whereabouts"
    },
    "EmergencyAccess": {
        Fact.HOUSE: "id user child unit with_whereabouts opened_at until_at ended_at ended_by"
        " reviewed_by reviewed_at verdict"
    },
    "ConflictOfInterest": {
        Fact.HOUSE: "id staff unit child kept_for birth_date includes_siblings category from_on"
        " until_on declared_by declared_at ended_by ended_at"
    },
    "Addition": {
        Fact.SHOWN: "kind written_at",
        Fact.KEY: "id signed_at signed_by unit child matter subject_id author",
    },
    "Correction": {
        Fact.DERIVED: "act made_at",
        Fact.KEY: "id matter unit child to_child subject_id undoes made_by",
    },
    "Deadline": {
        Fact.HOUSE: "id unit group child matter starts_on anchor_at extended_to due_on act_by"
        " due_at warn_on met_on met_at recorded_on cancelled_on missed_on"
        " overdue_since"
    },
    "Escalation": {Fact.HOUSE: "id deadline due_on reached_on"},
    "Disclosure": {
        Fact.HOUSE: "id unit child relation guardian requested_on status prepared_by prepared_at"
        " submitted_by submitted_at approved_by approved_at delivered_by delivered_on version"
        " right_ground right_outcome right_examined_by right_examined_at"
    },
    "DisclosureMatter": {Fact.HOUSE: "id disclosure matter"},
    "DisclosurePiece": {
        Fact.HOUSE: "id disclosure position source_id dated_on left_out left_out_ground flagged"
        " reviewed_by reviewed_at"
    },
    "Redaction": {Fact.HOUSE: "id piece start end ground made_by made_at removed_by removed_at"},
    "Investigation": {
        Fact.SHOWN: "type extended_to violence police_report police_reported_on"
        " outcome concluded_by is_late planned_on",
        Fact.WHEREABOUTS: "child_moved_on",
        Fact.DERIVED: "status opened_on opened_by concluded_on reopens handed_over_on"
        " taken_over_on continues",
        Fact.KEY: "matter unit group child version plan_written_at plan_written_by",
    },
    "Handover": {
        Fact.HOUSE: "id from_unit from_group to_unit to_group ground consented_on status"
        " offered_by offered_at answered_by answered_at version"
    },
    "HandoverCase": {Fact.HOUSE: "id handover matter to_matter"},
    "HandedText": {
        Fact.DERIVED: "dated_on",
        Fact.KEY: "id matter position part source_id handed_on",
    },
    "Extension": {
        Fact.SHOWN: "previous_due_on until decided_by",
        Fact.DERIVED: "decided_on",
        Fact.KEY: "id investigation",
    },
    "LeftOpen": {
        Fact.SHOWN: "code number",
        Fact.DERIVED: "left_by left_at standing",
        Fact.KEY: "id investigation",
    },
    "RiskAssessment": {
        Fact.SHOWN: "level",
        Fact.DERIVED: "assessed_on",
        Fact.KEY: "id investigation assessed_by",
    },
    "InstrumentUse": {
        Fact.SHOWN: "instrument used_on level",
        Fact.KEY: "id investigation recorded_by",
    },
    "SafetyRating": {
        Fact.SHOWN: "rater rated_on value",
        Fact.KEY: "id investigation recorded_by",
    },
    "DecisionDocument": {
        Fact.DERIVED: "signed_at",
        Fact.HOUSE: "submitted_at submitted_by read_at read_by sealed_at",
        Fact.KEY: "id signed_by investigation written_by written_at version",
    },
    "Communication": {
        Fact.SHOWN: "recipient",
        Fact.DERIVED: "communicated_on",
        Fact.KEY: "id investigation recorded_by",
    },
    "Intervention": {
        Fact.SHOWN: "kind status started_on ended_on decided_by",
        Fact.DERIVED: "decided_on",
        Fact.KEY: "matter unit group child version investigation",
    },
    "InterventionFollowUp": {
        Fact.SHOWN: "followed_up_on child_took_part",
        Fact.KEY: "id intervention followed_up_by",
    },
    "Note": {
        Fact.SHOWN: "kind happened_at child_spoken_with child_alone author",
        Fact.KEY: "id signed_at signed_by unit child matter written_at changed_at changed_by"
        " version",
        Fact.DERIVED: "after_closing",
    },
    "Notice": {
        Fact.HOUSE: "id recipient deadline due_on matter topic_id emergency created_at read_at"
    },
    "Digest": {
        Fact.HOUSE: "id recipient day overdue due_today due_soon emergencies unread claimed_at"
        " sent_at"
    },
    "Draft": {Fact.HOUSE: "id user saved_at"},
    "NumberSeries": {Fact.KEY: "id unit year last"},
    "Report": {
        Fact.SHOWN: "channel received_at reporter_category wants_feedback feedback_asked_on"
        " is_crime_report child_suspected",
        Fact.DERIVED: "kind status received_on investigation",
        Fact.KEY: "matter unit group child version linked_to logged_by logged_at",
    },
    "ProtectionAssessment": {
        Fact.SHOWN: "assessed_at outcome child_spoken_with",
        Fact.KEY: "id signed_at signed_by report assessed_by recorded_at",
    },
    "DecisionProposal": {
        Fact.HOUSE: "id report outcome group investigation_type proposed_by proposed_at version"
    },
    "OpeningDecision": {
        Fact.SHOWN: "outcome decided_on decided_by is_late",
        Fact.KEY: "id signed_at signed_by report standing_for recorded_at",
    },
    "Feedback": {
        Fact.SHOWN: "answer given_on channel",
        Fact.KEY: "id report given_by",
    },
    "SeriousTalk": {
        Fact.SHOWN: "offered_at result held_at with_guardians",
        Fact.KEY: "id report recorded_by",
    },
}

_facts: dict[str, Fact] = {
    f"{model}.{name}": fact
    for model, row in _FACTS.items()
    for fact, names in row.items()
    for name in names.split()
}
FACTS: Mapping[str, Fact] = MappingProxyType(_facts)
"""`Model.field` -> what becomes of a column that holds no free words."""

Columns = Mapping[Share | Fact, str]
"""The columns of a model, by what becomes of them."""


def add(model: str, columns: Columns) -> None:
    """Classify the columns of another app's model. ValueError when the name is classified."""
    if model in _FIELDS or model in _FACTS:
        raise ValueError(f"the columns of {model!r} are classified already")
    _FIELDS[model] = {how: names for how, names in columns.items() if isinstance(how, Share)}
    _FACTS[model] = {how: names for how, names in columns.items() if isinstance(how, Fact)}
    for how, names in columns.items():
        for name in names.split():
            if isinstance(how, Share):
                _sharing[f"{model}.{name}"] = how
            else:
                _facts[f"{model}.{name}"] = how


def remove(model: str) -> None:
    """Forget what `add` said of the model."""
    for row, known in ((_FIELDS.pop(model), _sharing), (_FACTS.pop(model), _facts)):
        for names in row.values():
            for name in names.split():
                del known[f"{model}.{name}"]


def shown_of(model: str) -> Mapping[str, Share]:
    """The columns without free words that a party reads of a row, and how they are masked."""
    row = _FACTS[model]
    shown = dict.fromkeys(row.get(Fact.SHOWN, "").split(), Share.OPEN)
    return shown | dict.fromkeys(row.get(Fact.WHEREABOUTS, "").split(), Share.WHEREABOUTS)
