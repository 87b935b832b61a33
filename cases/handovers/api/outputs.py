"""What is told of a hand-over: to the unit that asks and to the one that answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.outputs import Row
from cases.enums import FilePart, HandoverGround, HandoverStatus
from cases.handovers.models import Handover, HandoverCase
from cases.persons.outputs import ChildShort


class CaseTold(Row):
    number = serializers.CharField(source="matter.number")
    child = ChildShort(source="matter.child")
    investigation = serializers.IntegerField(
        source="matter_id", help_text=_("In the unit that hands over.")
    )
    continued_by = serializers.IntegerField(
        source="to_matter_id", allow_null=True, help_text=_("In the unit that has taken over.")
    )


class HandoverRow(Row):
    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=HandoverStatus.choices)
    from_unit = serializers.CharField(source="from_unit.code")
    to_unit = serializers.CharField(source="to_unit.code")
    to_group = serializers.CharField(source="to_group.code", default=None, allow_null=True)
    ground = serializers.ChoiceField(choices=HandoverGround.choices)
    reason = serializers.CharField()
    consent_by = serializers.CharField()
    consented_on = serializers.DateField(allow_null=True)
    parts = serializers.ListField(child=serializers.ChoiceField(choices=FilePart.choices))
    offered_by = serializers.CharField(source="offered_by.username")
    offered_at = serializers.DateTimeField()
    answered_by = serializers.CharField(
        source="answered_by.username", default=None, allow_null=True
    )
    answered_at = serializers.DateTimeField(allow_null=True)
    answer_reason = serializers.CharField()
    cases = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    @extend_schema_field(CaseTold(many=True))
    def get_cases(self, row: Handover) -> Any:
        rows: list[HandoverCase] = list(row.cases.all())
        return CaseTold(rows, many=True, context=self.context).data
