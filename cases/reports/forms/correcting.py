"""Forms that put a report right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.corrections.forms import CorrectionForm
from cases.enums import Channel, ConcernReason, Gender, ReporterCategory, ReportKind
from cases.persons.models import Person
from cases.reports.forms.steps import FeedbackForm, TalkForm
from cases.reports.models import Report
from cases.reports.services import ChildInput, ReportSays, facts_of, told
from core.forms import FreeText, MomentField, YesNoField
from core.limits import limit
from core.widgets import DateInput
from organisation.models import OrgUnit


class CorrectReportForm(CorrectionForm):
    """What was logged, as it stands, to be put right."""

    received_at = MomentField(label=gettext_lazy("Received"))
    channel = forms.ChoiceField(label=gettext_lazy("Came by"), choices=Channel)
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=ReportKind)
    reporter_category = forms.ChoiceField(
        label=gettext_lazy("Who reports"), choices=ReporterCategory
    )
    reporter_organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=limit(Report, "reporter_organisation"),
        required=False,
    )
    reporter_name = forms.CharField(
        label=gettext_lazy("Name"), max_length=limit(Report, "reporter_name"), required=False
    )
    reporter_contact = forms.CharField(
        label=gettext_lazy("Phone or e-mail"),
        max_length=limit(Report, "reporter_contact"),
        required=False,
    )
    reporter_wants_feedback = forms.BooleanField(
        label=gettext_lazy("Wants feedback (SoL 19:6)"), required=False
    )
    is_crime_report = YesNoField(label=gettext_lazy("Is it a crime report?"))
    child_suspected = YesNoField(label=gettext_lazy("Is the child suspected of a crime?"))
    reasons = forms.MultipleChoiceField(
        label=pgettext_lazy("concern", "Reasons"),
        choices=ConcernReason,
        widget=forms.CheckboxSelectMultiple,
    )
    concern = FreeText(label=gettext_lazy("The concern"), rows=6)

    field_order = [
        "received_at",
        "channel",
        "kind",
        "reporter_category",
        "reporter_organisation",
        "reporter_name",
        "reporter_contact",
        "reporter_wants_feedback",
        "is_crime_report",
        "child_suspected",
        "reasons",
        "concern",
        "reason",
    ]

    def __init__(self, *args: Any, hides_organisation: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if hides_organisation:
            # The school of a child whose identity is protected: it stays as it is.
            del self.fields["reporter_organisation"]

    @staticmethod
    def standing(report: Report) -> dict[str, Any]:
        """What stands now, as the form shows it."""
        now = facts_of(report)
        reporter = now.reporter
        return {
            "received_at": timezone.localtime(now.received_at).replace(second=0, microsecond=0),
            "channel": now.channel,
            "kind": now.kind,
            "reporter_category": reporter.category,
            "reporter_organisation": reporter.organisation,
            "reporter_name": reporter.name,
            "reporter_contact": reporter.contact,
            "reporter_wants_feedback": reporter.wants_feedback,
            "is_crime_report": "yes" if now.is_crime_report else "no",
            "child_suspected": "yes" if now.child_suspected else "no",
            "reasons": now.reasons,
            "concern": now.concern,
            "version": report.version,
        }

    def facts(self, report: Report) -> ReportSays:
        """What is to stand; the seconds of a time that was not touched are kept."""
        values = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("reason", "version")
        }
        if values["received_at"] == report.received_at.replace(second=0, microsecond=0):
            values["received_at"] = report.received_at
        return told(values, report)


class WithdrawReportForm(CorrectionForm):
    """A report logged by mistake."""


class ReverseReportForm(CorrectionForm):
    """A decision taken by mistake."""


class UndoReportForm(CorrectionForm):
    """A correction that was itself a mistake."""


class MoveReportForm(CorrectionForm):
    """The right child by number or by name, or the right unit. `units`: the city's others."""

    personal_identity_number = forms.CharField(
        label=gettext_lazy("The right child's personal identity number"),
        max_length=20,
        required=False,
    )
    first_name = forms.CharField(
        label=gettext_lazy("First name"), max_length=limit(Person, "first_name"), required=False
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"), max_length=limit(Person, "last_name"), required=False
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), widget=DateInput, required=False
    )
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"),
        choices=[
            ("", gettext_lazy("Not known")),
            *(choice for choice in Gender.choices if choice[0] != Gender.UNKNOWN),
        ],
        required=False,
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("The right unit"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=gettext_lazy("This one"),
        help_text=gettext_lazy("Leave the child empty when only the unit is wrong."),
    )

    field_order = [
        "personal_identity_number",
        "first_name",
        "last_name",
        "birth_date",
        "gender",
        "unit",
        "reason",
    ]

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = OrgUnit.objects.units().filter(active=True).exclude(pk=unit_id).order_by("name")
        self.fields["unit"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> None:
        values = self.cleaned_data
        named = values.get("personal_identity_number") or values.get("first_name")
        if not self.errors and not named and not values.get("unit"):
            self.add_error("personal_identity_number", _("Say which child or unit it is about."))

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        values = self.cleaned_data
        named = values["personal_identity_number"] or values["first_name"]
        child = ChildInput(
            personal_identity_number=values["personal_identity_number"],
            first_name=values["first_name"],
            last_name=values["last_name"],
            birth_date=values["birth_date"],
            gender=values["gender"] or Gender.UNKNOWN,
        )
        return {
            "child": child if named else None,
            "unit": values["unit"],
            "reason": values["reason"],
            "version": values["version"],
        }


class FeedbackCorrection(FeedbackForm, CorrectionForm):
    field_order = ("given_on", "channel", "reason")


class TalkCorrection(TalkForm, CorrectionForm):
    field_order = ("offered_at", "result", "held_at", "with_guardians", "note", "reason")
