"""What is told of an investigation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.outputs import Row
from cases.corrections.outputs import CorrectionTold, told_of
from cases.deadlines.api.outputs import DeadlineShort
from cases.enums import (
    DeadlineKind,
    HandlerPart,
    InvestigationOutcome,
    InvestigationStatus,
    InvestigationType,
    LooseEnd,
)
from cases.investigations.loose_ends import loose_ends
from cases.investigations.models import Investigation
from cases.law.deadlines import due
from cases.matters.models import MatterWorker
from cases.persons.outputs import Child, ChildShort


class Handler(Row):
    username = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user")
    part = serializers.ChoiceField(choices=HandlerPart.choices)
    until = serializers.DateField(source="until_on", allow_null=True, help_text=_("The last day."))

    def get_fields(self) -> dict[str, Any]:
        # A word of Python's own, so it cannot be written as the others.
        return {**super().get_fields(), "from": serializers.DateField(source="from_on")}


class InvestigationRow(Row):
    id = serializers.IntegerField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=InvestigationStatus.choices)
    type = serializers.ChoiceField(choices=InvestigationType.choices)
    unit = serializers.CharField(source="unit.code")
    group = serializers.CharField(source="group.code")
    child = ChildShort()
    opened_on = serializers.DateField()
    due_on = serializers.SerializerMethodField(help_text=_("The statutory last day now."))
    act_by = serializers.SerializerMethodField(help_text=_("The last working day on or before it."))
    extended_to = serializers.DateField(allow_null=True)
    concluded_on = serializers.DateField(allow_null=True)
    handed_over_on = serializers.DateField(
        allow_null=True, help_text=_("The day another unit took it over.")
    )
    taken_over_on = serializers.DateField(
        allow_null=True, help_text=_("The day it was taken over from another unit.")
    )
    outcome = serializers.ChoiceField(choices=InvestigationOutcome.choices, allow_null=True)
    late = serializers.SerializerMethodField(help_text=_("Concluded late; null until concluded."))
    reopens = serializers.IntegerField(
        source="reopens_id",
        allow_null=True,
        help_text=_("The investigation of the same child closed within 30 days before."),
    )
    handlers = serializers.SerializerMethodField(help_text=_("Those of the day and those to come."))
    deadlines = DeadlineShort(source="duties", many=True)
    version = serializers.IntegerField()

    @extend_schema_field(serializers.DateField())
    def get_due_on(self, row: Investigation) -> str:
        return self._due(row).due_on.isoformat()

    @extend_schema_field(serializers.DateField())
    def get_act_by(self, row: Investigation) -> str:
        return self._due(row).act_by.isoformat()

    def _due(self, row: Investigation) -> Any:
        return due(DeadlineKind.INVESTIGATION, row.opened_on, extended_to=row.extended_to)

    def get_late(self, row: Investigation) -> bool | None:
        return None if row.is_open else row.is_late

    def _handlers(self, row: Investigation, *, ended: bool) -> list[MatterWorker]:
        rows: list[MatterWorker] = row.matter.all_workers  # type: ignore[attr-defined]
        return sorted(
            (one for one in rows if (one.until_on is not None and one.until_on < self.on) is ended),
            key=lambda one: (one.part != HandlerPart.MAIN, one.from_on, one.pk),
        )

    @extend_schema_field(Handler(many=True))
    def get_handlers(self, row: Investigation) -> Any:
        return Handler(self._handlers(row, ended=False), many=True, context=self.context).data


class ExtensionTold(Row):
    previous_due_on = serializers.DateField()
    until = serializers.DateField()
    reason = serializers.CharField()
    decided_on = serializers.DateField()
    decided_by = serializers.CharField(source="decided_by.username")


class LooseEndTold(Row):
    code = serializers.ChoiceField(choices=LooseEnd.choices)
    number = serializers.IntegerField()


class LeftOpenTold(LooseEndTold):
    reason = serializers.CharField()


class InvestigationDetail(InvestigationRow):
    child = Child()
    reports = serializers.SerializerMethodField(help_text=_("Ids of the reports it answers."))
    earlier_handlers = serializers.SerializerMethodField()
    extensions = ExtensionTold(source="all_extensions", many=True)
    concluded_by = serializers.SerializerMethodField(help_text=_("User name."))
    rationale = serializers.CharField(source="conclusion_rationale")
    loose_ends = serializers.SerializerMethodField(
        help_text=_("What has to be settled before the end, or left with a reason.")
    )
    left_open = LeftOpenTold(
        source="standing_left_open", many=True, help_text=_("What was left at the end, and why.")
    )
    corrections = serializers.SerializerMethodField()

    @extend_schema_field(LooseEndTold(many=True))
    def get_loose_ends(self, row: Investigation) -> Any:
        return LooseEndTold(loose_ends(row, on=self.on) if row.is_open else [], many=True).data

    @extend_schema_field(CorrectionTold(many=True))
    def get_corrections(self, row: Investigation) -> Any:
        return told_of(row.pk, self.context, works=True)

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_reports(self, row: Investigation) -> list[int]:
        return sorted(report.pk for report in row.reports.all())

    @extend_schema_field(Handler(many=True))
    def get_earlier_handlers(self, row: Investigation) -> Any:
        return Handler(self._handlers(row, ended=True), many=True, context=self.context).data

    def get_concluded_by(self, row: Investigation) -> str | None:
        return row.concluded_by.username if row.concluded_by else None
