"""The form that logs a report, with its children."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.enums import (
    Channel,
    ConcernReason,
    Gender,
    ProtectedIdentity,
    ReporterCategory,
    ReportKind,
)
from cases.persons import identity
from cases.persons.models import Person
from cases.reports.models import Report
from cases.reports.services import MOST_CHILDREN, ChildInput, ReporterInput, ReportInput
from core.forms import FreeText, MomentField, YesNoField
from core.limits import limit
from core.widgets import DateInput
from organisation.models import OrgUnit

UNBORN = "unborn"
UNKNOWN = "unknown"


class ReportForm(forms.Form):
    """What comes in, apart from the children. `units`: where the person may log reports."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"), queryset=OrgUnit.objects.none(), empty_label=None
    )
    received_at = MomentField(label=gettext_lazy("Received"))
    reporter_category = forms.ChoiceField(
        label=gettext_lazy("Who reports"), choices=ReporterCategory, widget=forms.RadioSelect
    )
    reporter_organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=limit(Report, "reporter_organisation"),
        required=False,
    )
    reporter_wants_feedback = forms.BooleanField(
        label=gettext_lazy("Wants feedback (SoL 19:6)"), required=False
    )
    reporter_name = forms.CharField(
        label=gettext_lazy("Name"), max_length=limit(Report, "reporter_name"), required=False
    )
    reporter_contact = forms.CharField(
        label=gettext_lazy("Phone or e-mail"),
        max_length=limit(Report, "reporter_contact"),
        required=False,
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Came by"), choices=Channel, widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), choices=ReportKind, widget=forms.RadioSelect
    )
    is_crime_report = YesNoField(label=gettext_lazy("Is it a crime report?"))
    child_suspected = YesNoField(
        label=gettext_lazy("Is the child suspected of a crime?"), required=False
    )
    """Asked of a crime report, of which the child may be the victim; else nobody is suspected."""
    reasons = forms.MultipleChoiceField(
        label=pgettext_lazy("concern", "Reasons"),
        choices=ConcernReason,
        widget=forms.CheckboxSelectMultiple,
    )
    concern = FreeText(
        label=gettext_lazy("The concern"),
        rows=6,
        help_text=gettext_lazy("In the reporter's own words."),
    )
    idempotency_key = forms.UUIDField(
        widget=forms.HiddenInput(attrs={"data-draft-skip": True}), initial=uuid.uuid4
    )

    def __init__(self, *args: Any, units: list[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only_unit = units[0] if len(units) == 1 else None
        if self.only_unit:
            del self.fields["unit"]
        else:
            choice = self.fields["unit"]
            choice.queryset = OrgUnit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
            choice.empty_label = _("Choose …")  # type: ignore[attr-defined]

    def clean(self) -> None:
        values = self.cleaned_data
        if values.get("is_crime_report") and values.get("child_suspected") is None:
            self.add_error("child_suspected", _("Say whether the child is suspected of the crime."))

    def given(self, children: list[ChildInput], *, draft_key: str) -> ReportInput:
        """What the service wants, of the valid form."""
        values = self.cleaned_data
        return ReportInput(
            unit=self.only_unit or values["unit"],
            received_at=values["received_at"],
            channel=values["channel"],
            kind=values["kind"],
            reporter=ReporterInput(
                category=values["reporter_category"],
                name=values["reporter_name"],
                organisation=values["reporter_organisation"],
                contact=values["reporter_contact"],
                wants_feedback=values["reporter_wants_feedback"],
            ),
            children=children,
            reasons=values["reasons"],
            concern=values["concern"],
            is_crime_report=values["is_crime_report"],
            child_suspected=bool(values["child_suspected"]),
            idempotency_key=str(values["idempotency_key"]),
            draft_key=draft_key,
        )


class ChildRow(forms.Form):
    """One child of the report: by number, by name, unborn or unknown."""

    child_id = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    personal_identity_number = forms.CharField(
        label=gettext_lazy("Personal identity number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "placeholder": gettext_lazy("YYYYMMDD-NNNN"),
                "data-autofocus": True,
                "data-lookup-field": True,
                "spellcheck": "false",
            }
        ),
    )
    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        max_length=limit(Person, "first_name"),
        required=False,
        widget=forms.TextInput(attrs={"data-lookup-field": True, "spellcheck": "false"}),
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"),
        max_length=limit(Person, "last_name"),
        required=False,
        widget=forms.TextInput(
            attrs={"data-lookup-field": True, "data-takes-over": True, "spellcheck": "false"}
        ),
    )
    about = forms.ChoiceField(
        label=gettext_lazy("The child is"),
        choices=[
            ("", gettext_lazy("born, number not known")),
            (UNBORN, gettext_lazy("not born yet")),
            (UNKNOWN, gettext_lazy("not known by name")),
        ],
        required=False,
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), widget=DateInput, required=False
    )
    expected_on = forms.DateField(
        label=gettext_lazy("Expected birth"), widget=DateInput, required=False
    )
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"),
        choices=[
            ("", gettext_lazy("Not known")),
            *(choice for choice in Gender.choices if choice[0] != Gender.UNKNOWN),
        ],
        required=False,
    )
    protected_identity = forms.ChoiceField(
        label=gettext_lazy("Protected identity"),
        choices=ProtectedIdentity,
        initial=ProtectedIdentity.NONE,
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_personal_identity_number(self) -> str:
        text: str = self.cleaned_data["personal_identity_number"].strip()
        problem = number_problem(text, on=self.today)
        if problem:
            raise forms.ValidationError(problem)
        return text

    def clean(self) -> None:
        values = self.cleaned_data
        if "personal_identity_number" in self.errors:
            return
        said = values.get("personal_identity_number") or values.get("first_name")
        if not said and not values.get("child_id") and not values.get("about"):
            self.add_error(
                "personal_identity_number",
                _(
                    "Write the number or the first name, or say that the child is unborn or"
                    " unknown; remove the row if there is no such child."
                ),
            )

    def child_input(self) -> ChildInput:
        values = self.cleaned_data
        unborn = values["about"] == UNBORN
        return ChildInput(
            child_id=values["child_id"],
            personal_identity_number=values["personal_identity_number"],
            first_name=values["first_name"],
            last_name=values["last_name"],
            birth_date=None if unborn else values["birth_date"],
            expected_on=values["expected_on"] if unborn else None,
            gender=values["gender"] or Gender.UNKNOWN,
            protected_identity=values["protected_identity"] or ProtectedIdentity.NONE,
        )


class _ChildRows(forms.BaseFormSet):
    default_error_messages = {
        "too_few_forms": gettext_lazy("A report concerns at least one child."),
        "too_many_forms": gettext_lazy("At most %(num)d children fit in one report."),
    }
    row_name = gettext_lazy("Child %(number)d")

    def used(self) -> list[ChildRow]:
        """The rows that are about a child, in order: neither removed nor left empty."""
        return [row for row in self.forms if row.has_changed() and row not in self.deleted_forms]


ChildRows = forms.formset_factory(
    ChildRow,
    formset=_ChildRows,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=MOST_CHILDREN,
    validate_max=True,
    can_delete=True,
)


def number_problem(text: str, *, on: date) -> str:
    """What is wrong with a personal identity or coordination number; empty for nothing."""
    if not text or identity.temporary(text):
        return ""
    try:
        identity.parse(text, on=on)
    except ValueError as error:
        if str(error) == "check digit":
            return _("The check digit is wrong. Compare the number with its source.")
        return _("Write the number as YYYYMMDD-NNNN, or leave it empty if it is unknown.")
    return ""
