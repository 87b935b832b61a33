"""Forms of reports: what has to be filled in, in words. Services decide whether it may be so."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases import identity
from cases.enums import (
    Channel,
    ConcernReason,
    Gender,
    InvestigationType,
    NoteKind,
    OpeningOutcome,
    ProtectedIdentity,
    ProtectionOutcome,
    ReporterCategory,
    ReportKind,
    ReportStatus,
    SeriousTalkResult,
)
from cases.models import Note, OpeningDecision, Person, ProtectionAssessment, Report
from cases.models.fields import TEXT_LIMIT
from cases.services.reports import MOST_CHILDREN, ChildInput, ReporterInput, ReportInput
from core.limits import limit
from core.widgets import DateInput, DateTimeInput, RadioCards
from organisation.enums import INVESTIGATING
from organisation.models import OrgUnit, User

UNBORN = "unborn"
UNKNOWN = "unknown"


def yes_no(label: Any, **options: Any) -> forms.TypedChoiceField:
    """A question with two answers and none beforehand; the value is True, False or None."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        **options,
    )


def long_text(label: Any, *, rows: int = 5, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


def _with_empty(choices: Iterable[Any]) -> list[Any]:
    return [("", gettext_lazy("Choose …")), *choices]


class ReportForm(forms.Form):
    """What comes in, apart from the children. `units`: where the person may log reports."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"), queryset=OrgUnit.objects.none(), empty_label=None
    )
    received_at = forms.DateTimeField(
        label=gettext_lazy("Received"),
        widget=DateTimeInput,
    )
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
    is_crime_report = yes_no(gettext_lazy("Is it a crime report?"))
    reasons = forms.MultipleChoiceField(
        label=pgettext_lazy("concern", "Reasons"),
        choices=ConcernReason,
        widget=forms.CheckboxSelectMultiple,
    )
    concern = long_text(
        gettext_lazy("The concern"), rows=6, help_text=gettext_lazy("In the reporter's own words.")
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
    if not text:
        return ""
    try:
        identity.parse(text, on=on)
    except ValueError as error:
        if str(error) == "check digit":
            return _("The check digit is wrong. Compare the number with its source.")
        return _("Write the number as YYYYMMDD-NNNN, or leave it empty if it is unknown.")
    return ""


class AssessForm(forms.Form):
    """The immediate protection assessment."""

    assessed_at = forms.DateTimeField(label=gettext_lazy("Assessed"), widget=DateTimeInput)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=ProtectionOutcome,
        widget=RadioCards(
            descriptions={
                ProtectionOutcome.NO_IMMEDIATE_NEED: gettext_lazy(
                    "The child can wait for the preliminary assessment."
                ),
                ProtectionOutcome.PROTECTION_NEEDED: gettext_lazy(
                    "The group leader is told at once."
                ),
                ProtectionOutcome.PROTECTED: gettext_lazy(
                    "Measures have already been taken today."
                ),
            }
        ),
    )
    child_spoken_with = yes_no(gettext_lazy("Was the child spoken with?"))
    rationale = long_text(
        gettext_lazy("Reasons"), help_text=gettext_lazy("What the judgement rests on.")
    )
    support_granted = forms.CharField(
        label=gettext_lazy("Support granted the same day"),
        max_length=limit(ProtectionAssessment, "support_granted"),
        required=False,
    )
    sign_now = forms.BooleanField(
        label=gettext_lazy("Sign at once"),
        required=False,
        help_text=gettext_lazy("The text is locked; what is wrong is corrected in an addition."),
    )


def _groups(unit_id: int) -> Any:
    return (
        OrgUnit.objects.groups()
        .filter(parent_id=unit_id, function__in=INVESTIGATING)
        .order_by("name")
    )


class _OutcomeForm(forms.Form):
    """A decision, or the proposal of one. `unit_id`: whose groups can receive it."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=OpeningOutcome,
        widget=RadioCards(
            descriptions={
                OpeningOutcome.OPEN: gettext_lazy(
                    "Four months start to run on the day of the decision."
                ),
                OpeningOutcome.DO_NOT_OPEN: gettext_lazy(
                    "The report ends here; say why no investigation is needed."
                ),
                OpeningOutcome.JOINS_OPEN: gettext_lazy(
                    "An investigation about the child is already open."
                ),
            }
        ),
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Receiving group"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=gettext_lazy("Choose …"),
        help_text=gettext_lazy("When an investigation is opened."),
    )
    investigation_type = forms.ChoiceField(
        label=gettext_lazy("Type of investigation"),
        choices=_with_empty(InvestigationType.choices),
        required=False,
        help_text=gettext_lazy("When an investigation is opened."),
    )
    rationale = long_text(gettext_lazy("Reasons"))

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = _groups(unit_id)  # type: ignore[attr-defined]

    def clean(self) -> None:
        values = self.cleaned_data
        if values.get("outcome") != OpeningOutcome.OPEN:
            return
        if not values.get("group") and "group" not in self.errors:
            self.add_error("group", _("Choose the group that receives the investigation."))
        if not values.get("investigation_type") and "investigation_type" not in self.errors:
            self.add_error("investigation_type", _("Choose the type of investigation."))


class ProposeForm(_OutcomeForm):
    """The proposal; `version` is that of the proposal being changed, empty for the first."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].label = _("Proposal")


LATE_HELP = gettext_lazy("The decision is marked late for ever.")


class DecideForm(_OutcomeForm):
    decided_on = forms.DateField(label=gettext_lazy("Decided on"), widget=DateInput)
    late_reason = forms.CharField(
        label=gettext_lazy("Why the decision is late"),
        max_length=limit(OpeningDecision, "late_reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=LATE_HELP,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AdoptForm(forms.Form):
    """Deciding as proposed: only which version, and why late if it is."""

    proposal_version = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    late_reason = forms.CharField(
        label=gettext_lazy("Why the decision is late"),
        max_length=limit(OpeningDecision, "late_reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=LATE_HELP,
    )


class FeedbackForm(forms.Form):
    given_on = forms.DateField(label=gettext_lazy("Given on"), widget=DateInput)
    channel = forms.ChoiceField(
        label=pgettext_lazy("feedback", "Given by"), choices=_with_empty(Channel.choices)
    )


class TalkForm(forms.Form):
    """The serious talk: offered, and what came of it."""

    offered_at = forms.DateTimeField(label=gettext_lazy("Offered"), widget=DateTimeInput)
    result = forms.ChoiceField(
        label=gettext_lazy("Result"), choices=SeriousTalkResult, widget=RadioCards
    )
    held_at = forms.DateTimeField(
        label=gettext_lazy("Held"),
        widget=DateTimeInput,
        required=False,
        help_text=gettext_lazy("When the talk has been held."),
    )
    with_guardians = forms.BooleanField(label=gettext_lazy("Guardians took part"), required=False)
    note = long_text(gettext_lazy("Note"), rows=3, required=False)


class AssignForm(forms.Form):
    """Who works with the report. `workers`: those who can be chosen."""

    handler = forms.ModelChoiceField(
        label=gettext_lazy("Reception worker"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose …"),
    )

    def __init__(self, *args: Any, workers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = workers  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """A note in the child's journal, before there is an investigation."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of note"), choices=_with_empty(NoteKind.choices)
    )
    happened_at = forms.DateTimeField(label=gettext_lazy("When"), widget=DateTimeInput)
    present = forms.CharField(
        label=gettext_lazy("Who was present"), max_length=limit(Note, "present"), required=False
    )
    child_spoken_with = forms.BooleanField(
        label=gettext_lazy("The child was spoken with"), required=False
    )
    child_alone = yes_no(
        gettext_lazy("Alone with the child?"),
        required=False,
        help_text=gettext_lazy("When the child was spoken with."),
    )
    text = long_text(gettext_lazy("Note"))
    sign_now = forms.BooleanField(
        label=gettext_lazy("Sign at once"),
        required=False,
        help_text=gettext_lazy("The text is locked; what is wrong is corrected in an addition."),
    )


class ReportFilter(forms.Form):
    """What the list shows; nothing personal, as it stands in the address."""

    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    group = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=OrgUnit.objects.none(),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    category = forms.ChoiceField(label=gettext_lazy("Reporter"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    received_from = forms.DateField(
        label=gettext_lazy("Received from"), widget=DateInput, required=False
    )
    received_to = forms.DateField(
        label=pgettext_lazy("last day", "to"), widget=DateInput, required=False
    )
    overdue = forms.BooleanField(label=gettext_lazy("Overdue only"), required=False)

    def __init__(self, *args: Any, unit_ids: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("All"))]
        own = [
            ("undecided", _("Not decided")),
            ("to_assess", _("Waiting for your protection assessment")),
            ("to_propose", _("Waiting for your proposal")),
            ("to_decide", _("Waiting for your decision")),
            ("to_give", _("Without a worker")),
        ]
        statuses = [*own, *ReportStatus.choices]
        self.fields["status"].choices = every + statuses  # type: ignore[attr-defined]
        self.fields["category"].choices = every + ReporterCategory.choices  # type: ignore[attr-defined]
        self.fields["kind"].choices = every + ReportKind.choices  # type: ignore[attr-defined]
        self.fields["group"].queryset = (  # type: ignore[attr-defined]
            OrgUnit.objects.groups().filter(parent_id__in=unit_ids).order_by("parent", "name")
        )

    def chosen(self) -> dict[str, Any]:
        """The filters that make sense; what does not is shown as an error and left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
