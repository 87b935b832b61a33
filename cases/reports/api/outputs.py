"""What is told of a report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.outputs import Row
from cases.corrections.outputs import CorrectionTold, told_of
from cases.deadlines.api.outputs import DeadlineShort
from cases.enums import (
    Channel,
    ConcernReason,
    FeedbackAnswer,
    OpeningOutcome,
    ProtectionOutcome,
    ReporterCategory,
    ReportKind,
    ReportStatus,
    SeriousTalkResult,
)
from cases.law.duties import opening_due_on
from cases.matters.working import reach
from cases.persons.outputs import Child, ChildShort
from cases.persons.whereabouts import hides_organisation, mark, reporter_organisation
from cases.reports.models import OpeningDecision, Report
from core.calendar import local_date
from organisation.permissions import Access
from organisation.rights import Action


class ReportRow(Row):
    id = serializers.IntegerField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=ReportStatus.choices)
    unit = serializers.CharField(source="unit.code")
    group = serializers.CharField(source="group.code")
    kind = serializers.ChoiceField(choices=ReportKind.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)
    received_at = serializers.DateTimeField()
    received_on = serializers.DateField()
    child = ChildShort()
    reporter_category = serializers.ChoiceField(choices=ReporterCategory.choices)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=ConcernReason.choices))
    is_crime_report = serializers.BooleanField()
    child_suspected = serializers.BooleanField(help_text=_("Of a crime."))
    linked_to = serializers.IntegerField(source="linked_to_id", allow_null=True)
    handler = serializers.SerializerMethodField(help_text=_("User name of the reception worker."))
    investigation = serializers.IntegerField(source="investigation_id", allow_null=True)
    late = serializers.SerializerMethodField(help_text=_("Decided late; null until decided."))
    deadlines = DeadlineShort(source="duties", many=True)
    version = serializers.IntegerField()

    def get_handler(self, row: Report) -> str | None:
        return row.handler.username if row.handler else None

    def get_late(self, row: Report) -> bool | None:
        decision = getattr(row, "decision", None)
        return decision.is_late if decision else None


class Sibling(Row):
    id = serializers.IntegerField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=ReportStatus.choices)
    child = ChildShort()
    deadlines = DeadlineShort(source="duties", many=True)


class Reporter(Row):
    category = serializers.ChoiceField(source="reporter_category", choices=ReporterCategory.choices)
    name = serializers.CharField(source="reporter_name")
    organisation = serializers.CharField(source="reporter_organisation")
    contact = serializers.CharField(source="reporter_contact")
    wants_feedback = serializers.BooleanField()
    feedback_asked_on = serializers.DateField(
        allow_null=True, help_text=_("When it was asked for after the report.")
    )


class ProtectionAssessmentTold(Row):
    assessed_at = serializers.DateTimeField()
    assessed_by = serializers.CharField(source="assessed_by.username")
    outcome = serializers.ChoiceField(choices=ProtectionOutcome.choices)
    child_spoken_with = serializers.BooleanField()
    rationale = serializers.CharField()
    support_granted = serializers.CharField()


class DecisionTold(Row):
    decided_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    recorded_after_due = serializers.SerializerMethodField(
        help_text=_("The day is within the time, and it was entered after it.")
    )
    decided_by = serializers.CharField(source="decided_by.username")
    outcome = serializers.ChoiceField(choices=OpeningOutcome.choices)
    rationale = serializers.CharField()
    late = serializers.BooleanField(source="is_late")
    late_reason = serializers.CharField()
    unassessed_reason = serializers.CharField()

    def get_recorded_after_due(self, row: OpeningDecision) -> bool:
        last_day = opening_due_on(row.report.received_at)
        return row.decided_on <= last_day < local_date(row.recorded_at)


class FeedbackTold(Row):
    given_on = serializers.DateField()
    given_by = serializers.CharField(source="given_by.username")
    answer = serializers.ChoiceField(choices=FeedbackAnswer.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)


class SeriousTalkTold(Row):
    offered_at = serializers.DateTimeField()
    result = serializers.ChoiceField(choices=SeriousTalkResult.choices)
    held_at = serializers.DateTimeField(allow_null=True)
    with_guardians = serializers.BooleanField()
    note = serializers.CharField()


class ReportDetail(ReportRow):
    child = Child()
    reporter = serializers.SerializerMethodField(
        help_text=_("Who it is is told to those who work on the report.")
    )
    concern = serializers.CharField()
    logged_at = serializers.DateTimeField()
    logged_by = serializers.CharField(source="logged_by.username")
    siblings = serializers.SerializerMethodField(
        help_text=_("The other children's matters of the same report that you may read.")
    )
    protection_assessment = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    feedback = serializers.SerializerMethodField()
    serious_talk = serializers.SerializerMethodField()
    reversed_decisions = serializers.SerializerMethodField(
        help_text=_("Decisions taken by mistake, the first first.")
    )
    corrections = serializers.SerializerMethodField()

    @extend_schema_field(DecisionTold(many=True))
    def get_reversed_decisions(self, row: Report) -> Any:
        found = row.decisions.filter(standing_for__isnull=True).select_related("decided_by")
        return DecisionTold(found.order_by("pk"), many=True, context=self.context).data

    @extend_schema_field(CorrectionTold(many=True))
    def get_corrections(self, row: Report) -> Any:
        access: Access = self.context["access"]
        works = access.may(Action.PROPOSE_DECISION, **reach(row, on=access.on))
        works = works and not hides_organisation(row, access)
        return told_of(row.pk, self.context, works=works)

    @extend_schema_field(Reporter)
    def get_reporter(self, row: Report) -> Any:
        told = Reporter(row, context=self.context).data
        access: Access = self.context["access"]
        if not access.may(Action.PROPOSE_DECISION, **reach(row, on=access.on)):
            return {**told, "name": "", "organisation": "", "contact": ""}
        mark([row.child], access)
        return {**told, "organisation": reporter_organisation(row)}

    @extend_schema_field(Sibling(many=True))
    def get_siblings(self, row: Report) -> Any:
        return Sibling(self.context["siblings"], many=True, context=self.context).data

    def _one(self, row: Report, name: str, form: type[Row]) -> Any:
        told = getattr(row, name, None)
        if told is not None:
            told.report = row
        return form(told, context=self.context).data if told is not None else None

    @extend_schema_field(ProtectionAssessmentTold(allow_null=True))
    def get_protection_assessment(self, row: Report) -> Any:
        return self._one(row, "protection_assessment", ProtectionAssessmentTold)

    @extend_schema_field(DecisionTold(allow_null=True))
    def get_decision(self, row: Report) -> Any:
        return self._one(row, "decision", DecisionTold)

    @extend_schema_field(FeedbackTold(allow_null=True))
    def get_feedback(self, row: Report) -> Any:
        return self._one(row, "feedback", FeedbackTold)

    @extend_schema_field(SeriousTalkTold(allow_null=True))
    def get_serious_talk(self, row: Report) -> Any:
        return self._one(row, "serious_talk", SeriousTalkTold)
