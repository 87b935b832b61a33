"""What is sent about an investigation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from api.fields import Code, DayInput, Flag, Text, Whole
from api.inputs import VERSION_READ, Body
from cases.enums import (
    CommunicationRecipient,
    Instrument,
    InvestigationOutcome,
    RiskLevel,
    SafetyRater,
)
from cases.investigations.models import Communication, RiskAssessment
from cases.matters.models import MatterWorker
from cases.persons.models import GuardianParticipation
from core.limits import limit
from organisation.models import User

WHY_LEFT = gettext_lazy(
    "Why it is left: required where `loose_ends` of the investigation has one of that code."
)


class ExtensionBody(Body):
    until = DayInput(help_text=gettext_lazy("The new last day."))
    reason = Text(help_text=gettext_lazy("The special reasons."))
    decided_on = DayInput()
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)


class ConclusionBody(Body):
    concluded_on = DayInput()
    outcome = Code(choices=InvestigationOutcome.choices)
    rationale = Text(help_text=gettext_lazy("The reasons."))
    read_by_leader = Flag(help_text=gettext_lazy("The leader has read the decision document."))
    unsigned_notes_reason = Text(required=False, help_text=WHY_LEFT)
    open_disclosures_reason = Text(required=False, help_text=WHY_LEFT)
    unread_reports_reason = Text(required=False, help_text=WHY_LEFT)
    not_communicated_reason = Text(required=False, help_text=WHY_LEFT)
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)


class EntryBody(Body):
    """What of an entry is put right; each kind takes its own columns, and the others stay."""

    reason = Text(
        required=False,
        help_text=gettext_lazy("Required once the decision document is signed."),
    )
    guardian = Whole(required=False, help_text=gettext_lazy("Of a take-part: its id."))
    took_part = Flag(required=False)
    on = DayInput(required=False, help_text=gettext_lazy("Of a take-part: its day."))
    how = serializers.CharField(required=False, max_length=limit(GuardianParticipation, "how"))
    assessed_on = DayInput(required=False)
    level = Code(choices=RiskLevel.choices, required=False)
    risk_factors = serializers.CharField(
        required=False, allow_blank=True, max_length=limit(RiskAssessment, "risk_factors")
    )
    protective_factors = serializers.CharField(
        required=False, allow_blank=True, max_length=limit(RiskAssessment, "protective_factors")
    )
    instrument = Code(choices=Instrument.choices, required=False)
    used_on = DayInput(required=False)
    rater = Code(choices=SafetyRater.choices, required=False)
    value = Whole(required=False, help_text=gettext_lazy("0-10."))
    rated_on = DayInput(required=False)
    recipient = Code(choices=CommunicationRecipient.choices, required=False)
    communicated_on = DayInput(required=False)
    response = serializers.CharField(
        required=False, allow_blank=True, max_length=limit(Communication, "response")
    )


class HandlersBody(Body):
    main = Text(
        max_length=limit(User, "username"), help_text=gettext_lazy("User name of the main handler.")
    )
    co = Text(
        max_length=limit(User, "username"), help_text=gettext_lazy("User name of the co-worker.")
    )
    reason = Text(
        required=False,
        max_length=limit(MatterWorker, "end_reason"),
        help_text=gettext_lazy("Required when someone is replaced."),
    )
    handover_note = Text(required=False, help_text=gettext_lazy("What the new pair needs to know."))
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)

    def get_fields(self) -> dict[str, Any]:
        # A word of Python's own, so it cannot be written as the others.
        return {
            **super().get_fields(),
            "from": DayInput(help_text=gettext_lazy("First day of the new pair.")),
        }
