"""What is sent about a report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from api.base import KnownUnit
from api.fields import Code, Codes, DayInput, Flag, Moment, Text, Whole
from api.inputs import VERSION_READ, Body, ReasonBody
from cases.enums import (
    Channel,
    ConcernReason,
    Gender,
    InvestigationType,
    OpeningOutcome,
    ProtectedIdentity,
    ProtectionOutcome,
    ReporterCategory,
    ReportKind,
    SeriousTalkResult,
)
from cases.persons.models import Person
from cases.reports.models import (
    OpeningDecision,
    ProtectionAssessment,
    Report,
    SeriousTalk,
)
from cases.reports.services import MOST_CHILDREN, ChildInput, ReporterInput, ReportInput
from core.limits import limit
from organisation.models import OrgUnit


class ChildBody(Body):
    id = Whole(
        required=False,
        allow_null=True,
        help_text=gettext_lazy("Of a child the unit knows already."),
    )
    personal_identity_number = Text(
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "Personal identity or coordination number, in any usual form; null if unknown."
        ),
    )
    first_name = Text(required=False, max_length=limit(Person, "first_name"))
    last_name = Text(required=False, max_length=limit(Person, "last_name"))
    birth_date = DayInput(
        required=False, allow_null=True, help_text=gettext_lazy("Null when it is not known.")
    )
    expected_on = DayInput(
        required=False, allow_null=True, help_text=gettext_lazy("Of an unborn child.")
    )
    gender = Code(choices=Gender.choices, default=Gender.UNKNOWN.value)
    protected_identity = Code(
        choices=ProtectedIdentity.choices, default=ProtectedIdentity.NONE.value
    )


class ReporterBody(Body):
    category = Code(
        choices=ReporterCategory.choices,
        help_text=gettext_lazy("Who reports: decides on feedback."),
    )
    name = Text(required=False, max_length=limit(Report, "reporter_name"))
    organisation = Text(
        required=False,
        max_length=limit(Report, "reporter_organisation"),
        help_text=gettext_lazy("Such as the name of the school."),
    )
    contact = Text(
        required=False,
        max_length=limit(Report, "reporter_contact"),
        help_text=gettext_lazy("How the reporter is reached."),
    )
    wants_feedback = Flag(default=False, help_text=gettext_lazy("Only of a mandated reporter."))


class ReportBody(Body):
    unit = KnownUnit(help_text=gettext_lazy("The unit's code."))
    received_at = Moment(help_text=gettext_lazy("With the offset from UTC; not in the future."))
    channel = Code(choices=Channel.choices, help_text=gettext_lazy("How it came in."))
    kind = Code(choices=ReportKind.choices)
    reporter = ReporterBody()
    child = ChildBody(
        required=False, allow_null=True, help_text=gettext_lazy("The child, when it is one.")
    )
    children = ChildBody(  # type: ignore[call-arg]
        many=True,
        required=False,
        allow_null=True,
        max_length=MOST_CHILDREN,
        help_text=gettext_lazy(
            "Siblings, instead of `child`: each becomes a matter of its own, linked."
        ),
    )
    reasons = Codes(
        choices=ConcernReason, help_text=gettext_lazy("Why one is concerned: one or more.")
    )
    concern = Text(help_text=gettext_lazy("What was reported, in the reporter's words."))
    is_crime_report = Flag(default=False, help_text=gettext_lazy("Whether it came as one."))
    child_suspected = Flag(
        required=False,
        allow_null=True,
        default=None,
        help_text=gettext_lazy(
            "Whether the child is suspected of a crime: from 12 years of age a serious talk is then"
            " due within 48 hours. Left out, a crime report about a child of that age is taken so."
        ),
    )
    linked_to = Whole(
        required=False, allow_null=True, help_text=gettext_lazy("Id of an earlier report.")
    )
    idempotency_key = Text(
        required=False,
        max_length=limit(Report, "idempotency_key"),
        help_text=gettext_lazy(
            "The sender's own key of this report: the same key never makes two."
        ),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("child") and not attrs.get("children"):
            raise serializers.ValidationError({"child": _("A report is about at least one child.")})
        if attrs.get("child") and attrs.get("children"):
            raise serializers.ValidationError(
                {"children": _("Send either child or children, not both.")}
            )
        return attrs

    @staticmethod
    def meant(given: dict[str, Any]) -> ReportInput:
        """The checked body as the service takes it."""
        children = given.get("children") or [given["child"]]
        return ReportInput(
            unit=given["unit"],
            received_at=given["received_at"],
            channel=given["channel"],
            kind=given["kind"],
            reporter=ReporterInput(**given["reporter"]),
            children=[
                ChildInput(
                    child_id=child.get("id"),
                    **{name: value for name, value in child.items() if name != "id"},
                )
                for child in children
            ],
            reasons=given["reasons"],
            concern=given["concern"],
            is_crime_report=given["is_crime_report"],
            child_suspected=given["child_suspected"],
            linked_to=given.get("linked_to"),
            idempotency_key=given["idempotency_key"] or None,
        )


class CorrectedReporterBody(Body):
    category = Code(choices=ReporterCategory.choices, required=False)
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=limit(Report, "reporter_name")
    )
    organisation = serializers.CharField(
        required=False, allow_blank=True, max_length=limit(Report, "reporter_organisation")
    )
    contact = serializers.CharField(
        required=False, allow_blank=True, max_length=limit(Report, "reporter_contact")
    )
    wants_feedback = Flag(required=False)


class CorrectionBody(ReasonBody):
    received_at = Moment(required=False, help_text=gettext_lazy("The true time it came in."))
    channel = Code(choices=Channel.choices, required=False)
    kind = Code(choices=ReportKind.choices, required=False)
    reporter = CorrectedReporterBody(required=False)
    reasons = Codes(choices=ConcernReason, required=False)
    concern = Text(required=False)
    is_crime_report = Flag(required=False)
    child_suspected = Flag(required=False)

    @staticmethod
    def meant(given: dict[str, Any]) -> dict[str, Any]:
        """What was given, under the names of the report's columns; the rest stays."""
        changed = {
            name: value
            for name, value in given.items()
            if name not in ("reason", "version", "reporter") and value not in (None, "")
        }
        reporter = given.get("reporter") or {}
        return changed | {f"reporter_{name}": value for name, value in reporter.items()}


class MoveBody(ReasonBody):
    child = ChildBody(
        required=False,
        allow_null=True,
        help_text=gettext_lazy("The right child; null when only the unit is wrong."),
    )
    unit = Text(
        required=False,
        max_length=limit(OrgUnit, "code"),
        help_text=gettext_lazy("The right unit's code."),
    )


class ProtectionAssessmentBody(Body):
    assessed_at = Moment(help_text=gettext_lazy("When it was made."))
    outcome = Code(choices=ProtectionOutcome.choices)
    child_spoken_with = Flag(help_text=gettext_lazy("Whether somebody spoke with the child."))
    rationale = Text(help_text=gettext_lazy("The reasons."))
    support_granted = Text(
        required=False,
        max_length=limit(ProtectionAssessment, "support_granted"),
        help_text=gettext_lazy("Support the same day."),
    )
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)


class DecisionBody(Body):
    decided_on = DayInput()
    outcome = Code(choices=OpeningOutcome.choices)
    rationale = Text(help_text=gettext_lazy("The reasons."))
    group = Text(
        required=False,
        max_length=limit(OrgUnit, "code"),
        help_text=gettext_lazy("Receiving group's code, when open."),
    )
    investigation_type = Code(
        choices=InvestigationType.choices, default=InvestigationType.ORDINARY.value
    )
    late_reason = Text(
        required=False,
        max_length=limit(OpeningDecision, "late_reason"),
        help_text=gettext_lazy("Required of a decision after the last day."),
    )
    unassessed_reason = Text(
        required=False,
        max_length=limit(OpeningDecision, "unassessed_reason"),
        help_text=gettext_lazy(
            "Why there is no protection assessment, of a decision before one; not empty when sent."
        ),
    )
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)


class JoinBody(Body):
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)


class AskFeedbackBody(Body):
    asked_on = DayInput(help_text=gettext_lazy("The day the reporter asked."))
    version = Whole(required=False, allow_null=True, help_text=VERSION_READ)


class FeedbackBody(Body):
    given_on = DayInput()
    channel = Code(choices=Channel.choices, help_text=gettext_lazy("How the reporter was told."))


class FeedbackCorrectionBody(ReasonBody):
    given_on = DayInput(required=False)
    channel = Code(choices=Channel.choices, required=False)


class SeriousTalkCorrectionBody(ReasonBody):
    offered_at = Moment(required=False)
    result = Code(choices=SeriousTalkResult.choices, required=False)
    held_at = Moment(required=False, allow_null=True)
    with_guardians = Flag(required=False)
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=limit(SeriousTalk, "note")
    )


class SeriousTalkBody(Body):
    offered_at = Moment()
    result = Code(choices=SeriousTalkResult.choices)
    held_at = Moment(required=False, allow_null=True, help_text=gettext_lazy("Required when held."))
    with_guardians = Flag(default=False, help_text=gettext_lazy("Whether a guardian took part."))
    note = Text(required=False)
