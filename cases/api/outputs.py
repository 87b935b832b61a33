"""What the API tells of each record. Nothing of where a child lives or stays is told at all.

Days are local calendar days; `status` of a deadline is as of the day in the context's `on`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases import deadlines, matters
from cases.deadlines import due
from cases.deadlines import status as deadline_status
from cases.enums import (
    Channel,
    ConcernReason,
    DeadlineKind,
    DeadlineStatus,
    FeedbackAnswer,
    Gender,
    HandlerPart,
    InterventionKind,
    InterventionStatus,
    InvestigationOutcome,
    InvestigationStatus,
    InvestigationType,
    NoticeKind,
    OpeningOutcome,
    ProtectedIdentity,
    ProtectionOutcome,
    ReporterCategory,
    ReportKind,
    ReportStatus,
    SeriousTalkResult,
)
from cases.models import Deadline, Intervention, Investigation, MatterWorker, Notice, Person, Report
from cases.services.gate import reach
from cases.whereabouts import mark, open_ids, reporter_organisation
from core.navigation import Waiting
from organisation.enums import Level, Role
from organisation.permissions import Access, Action


class Row(serializers.Serializer[Any]):
    """A record as it is told."""

    @property
    def on(self) -> date:
        day: date = self.context["on"]
        return day


class DeadlineShort(Row):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=deadlines.choices())
    starts_on = serializers.DateField(help_text=_("The day it counts from."))
    due_on = serializers.DateField(help_text=_("The statutory last day."))
    act_by = serializers.DateField(help_text=_("The last working day on or before it."))
    met_on = serializers.SerializerMethodField(help_text=_("Null while not known on the day."))
    status = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_met_on(self, row: Deadline) -> str | None:
        return row.met_on.isoformat() if row.met_on and row.met_on <= self.on else None

    @extend_schema_field(serializers.ChoiceField(choices=DeadlineStatus.choices))
    def get_status(self, row: Deadline) -> str:
        return deadline_status(
            due_on=row.due_on,
            on=self.on,
            met_on=row.met_on,
            cancelled_on=row.cancelled_on,
            due_at=row.due_at,
            met_at=row.met_at,
        ).value


class OfKind(serializers.IntegerField):
    """The id of a row's matter, null where it is of another kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(source="*", read_only=True, allow_null=True)
        self.kind = kind

    def get_attribute(self, row: Any) -> int | None:
        code, pk = self.context_of(row)
        return pk if code == self.kind else None

    def context_of(self, row: Any) -> tuple[str, int | None]:
        """Kind and id of the row's matter."""
        if isinstance(row, Deadline):
            return row.matter_kind, row.matter_id
        return (row.matter.kind, row.matter_id) if row.matter else ("", None)


class DeadlineRow(DeadlineShort):
    unit = serializers.CharField(source="unit.code")
    number = serializers.CharField(source="matter.number", help_text=_("The matter's case number."))
    placement = serializers.SerializerMethodField()

    def get_fields(self) -> dict[str, Any]:
        """Beside its own, a field for each kind of matter: the matter's id where it is of it."""
        fields = super().get_fields()
        for kind in matters.KINDS:
            fields[kind.code] = OfKind(kind.code)
        return fields

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_placement(self, row: Deadline) -> None:
        return None


class ChildShort(Row):
    id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    gender = serializers.ChoiceField(choices=Gender.choices)
    protected_identity = serializers.SerializerMethodField(
        help_text=_(
            "`none`, or the kind for those who work with the child, or `protected` for others, who"
            " see its initials alone in lists."
        )
    )

    def _is_open(self, child: Person) -> bool:
        """Whether the caller may know how the child is protected and where it is; asked once."""
        if "open_children" not in self.context:
            context: Any = self.context
            context["open_children"] = open_ids(context["access"])
        return child.pk in self.context["open_children"]

    def get_protected_identity(self, child: Person) -> str:
        if not child.is_protected:
            return ProtectedIdentity.NONE.value
        return child.protected_identity if self._is_open(child) else "protected"

    def to_representation(self, child: Person) -> Any:
        told = dict(super().to_representation(child))
        if type(self) is ChildShort and child.is_protected and not self._is_open(child):
            told |= {name: f"{told[name][:1]}." for name in ("first_name", "last_name")}
        return told


class Child(ChildShort):
    personal_identity_number = serializers.CharField(allow_null=True, help_text=_("Twelve digits."))
    expected_on = serializers.DateField(allow_null=True)


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


class ProtectionAssessmentTold(Row):
    assessed_at = serializers.DateTimeField()
    assessed_by = serializers.CharField(source="assessed_by.username")
    outcome = serializers.ChoiceField(choices=ProtectionOutcome.choices)
    child_spoken_with = serializers.BooleanField()
    rationale = serializers.CharField()
    support_granted = serializers.CharField()


class DecisionTold(Row):
    decided_on = serializers.DateField()
    decided_by = serializers.CharField(source="decided_by.username")
    outcome = serializers.ChoiceField(choices=OpeningOutcome.choices)
    rationale = serializers.CharField()
    late = serializers.BooleanField(source="is_late")
    late_reason = serializers.CharField()


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


class InvestigationDetail(InvestigationRow):
    child = Child()
    reports = serializers.SerializerMethodField(help_text=_("Ids of the reports it answers."))
    earlier_handlers = serializers.SerializerMethodField()
    extensions = ExtensionTold(source="all_extensions", many=True)
    concluded_by = serializers.SerializerMethodField(help_text=_("User name."))
    rationale = serializers.CharField(source="conclusion_rationale")

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_reports(self, row: Investigation) -> list[int]:
        return sorted(report.pk for report in row.reports.all())

    @extend_schema_field(Handler(many=True))
    def get_earlier_handlers(self, row: Investigation) -> Any:
        return Handler(self._handlers(row, ended=True), many=True, context=self.context).data

    def get_concluded_by(self, row: Investigation) -> str | None:
        return row.concluded_by.username if row.concluded_by else None


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


class NoticeRow(Row):
    id = serializers.IntegerField()
    kind = serializers.SerializerMethodField()
    rung = serializers.CharField(
        help_text=_("How far a reminder has come; empty for other notices.")
    )
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    deadline = serializers.IntegerField(source="deadline_id", allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """Beside its own, a field for each kind of matter: the matter's id where it is of it."""
        fields = super().get_fields()
        for kind in matters.KINDS:
            fields[kind.code] = OfKind(kind.code)
        return fields

    @extend_schema_field(serializers.ChoiceField(choices=NoticeKind.choices))
    def get_kind(self, row: Notice) -> str:
        """What is not about a case is one kind to callers."""
        return row.kind if row.kind in NoticeKind else NoticeKind.TOPIC.value


class TodoRow(Row):
    code = serializers.CharField(help_text=_("The kind of thing that waits; never changes."))
    name = serializers.CharField(source="label", help_text=_("In the language asked for."))
    count = serializers.IntegerField()
    href = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.URI)
    def get_href(self, row: Waiting) -> str:
        return str(self.context["address"](row.url))


class RoleHeld(Row):
    role = serializers.ChoiceField(choices=Role.choices)
    level = serializers.ChoiceField(choices=Level.choices)
    code = serializers.CharField(help_text=_("Of the part of the organisation it is held in."))
    name = serializers.CharField()
    standing_in_for = serializers.CharField(allow_null=True, help_text=_("User name."))


class UnitKnown(Row):
    code = serializers.CharField()
    name = serializers.CharField()


class Me(Row):
    username = serializers.CharField()
    name = serializers.CharField()
    roles = RoleHeld(many=True)
    units = UnitKnown(many=True)
