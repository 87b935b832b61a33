"""What is sent about a hand-over."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.fields import Code, Codes, DayInput, Text, Whole
from api.inputs import VERSION_READ, Body
from cases.enums import FilePart, HandoverGround
from cases.handovers.models import Handover
from core.limits import limit
from organisation.models import OrgUnit


class OfferBody(Body):
    to_unit = Text(
        max_length=limit(OrgUnit, "code"), help_text=_("The code of the unit that is asked.")
    )
    ground = Code(choices=HandoverGround.choices)
    reason = Text(max_length=limit(Handover, "reason"), help_text=_("Why the case is handed over."))
    parts = Codes(choices=FilePart, help_text=_("What goes along; the plan always does."))
    with_siblings = serializers.ListField(
        child=Whole(),
        required=False,
        default=list,
        help_text=_("Ids of the investigations of brothers and sisters that go along."),
    )
    consent_by = Text(
        required=False,
        max_length=limit(Handover, "consent_by"),
        help_text=_("With consent: who consented, and how."),
    )
    consented_on = DayInput(required=False, allow_null=True)


class AcceptBody(Body):
    group = Text(
        max_length=limit(OrgUnit, "code"), help_text=_("The code of the group that takes over.")
    )
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)


class RefuseBody(Body):
    reason = Text(max_length=limit(Handover, "answer_reason"), help_text=_("Why not."))
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)


class WithdrawBody(Body):
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)
