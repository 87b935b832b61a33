"""What is told of an intervention."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.outputs import Row
from cases.deadlines.api.outputs import DeadlineShort
from cases.enums import InterventionKind, InterventionStatus
from cases.interventions.models import Intervention
from cases.persons.outputs import Child, ChildShort


class InterventionRow(Row):
    id = serializers.IntegerField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=InterventionStatus.choices)
    kind = serializers.ChoiceField(choices=InterventionKind.choices)
    unit = serializers.CharField(source="unit.code")
    group = serializers.CharField(source="group.code")
    child = ChildShort()
    investigation = serializers.IntegerField(source="investigation_id")
    decided_on = serializers.DateField()
    started_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    responsible = serializers.CharField(
        source="responsible.username",
        default=None,
        allow_null=True,
        help_text=_("User name; null where nobody has it."),
    )
    deadlines = DeadlineShort(source="duties", many=True)
    version = serializers.IntegerField()


class FollowUpTold(Row):
    id = serializers.IntegerField()
    followed_up_on = serializers.DateField()
    followed_up_by = serializers.CharField(source="followed_up_by.username")
    child_took_part = serializers.BooleanField()
    note = serializers.CharField()


class InterventionDetail(InterventionRow):
    child = Child()
    goal = serializers.CharField()
    end_reason = serializers.CharField()
    follow_ups = serializers.SerializerMethodField()

    @extend_schema_field(FollowUpTold(many=True))
    def get_follow_ups(self, row: Intervention) -> Any:
        return FollowUpTold(row.follow_ups.all(), many=True, context=self.context).data
