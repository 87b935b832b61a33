"""Forms of what is done with a report, from the assessment to the feedback."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.enums import (
    Channel,
    InvestigationType,
    NoteKind,
    OpeningOutcome,
    ProtectionOutcome,
    SeriousTalkResult,
)
from cases.journal.models import Note
from cases.reports.models import OpeningDecision, ProtectionAssessment
from core.forms import FreeText, MomentField, YesNoField
from core.limits import limit
from core.names import SwedishOrder
from core.widgets import DateInput, NameSelect, RadioCards
from organisation.enums import INVESTIGATING
from organisation.models import OrgUnit, User


def with_empty(choices: Iterable[Any]) -> list[Any]:
    return [("", gettext_lazy("Choose …")), *choices]


class AssessForm(forms.Form):
    """The immediate protection assessment."""

    assessed_at = MomentField(label=gettext_lazy("Assessed"))
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
    child_spoken_with = YesNoField(label=gettext_lazy("Was the child spoken with?"))
    rationale = FreeText(
        label=gettext_lazy("Reasons"), help_text=gettext_lazy("What the judgement rests on.")
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
        .order_by(SwedishOrder("name"))
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
        choices=with_empty(InvestigationType.choices),
        required=False,
        help_text=gettext_lazy("When an investigation is opened."),
    )
    rationale = FreeText(label=gettext_lazy("Reasons"))

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


UNASSESSED_HELP = gettext_lazy(
    "The immediate protection assessment comes first (SoL 20:1). Without it the duty is missed for"
    " ever."
)


def _unassessed_reason() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Why there is no protection assessment"),
        max_length=limit(OpeningDecision, "unassessed_reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=UNASSESSED_HELP,
    )


class DecideForm(_OutcomeForm):
    decided_on = forms.DateField(label=gettext_lazy("Decided on"), widget=DateInput)
    unassessed_reason = _unassessed_reason()
    late_reason = forms.CharField(
        label=gettext_lazy("Why the decision is late"),
        max_length=limit(OpeningDecision, "late_reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=LATE_HELP,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AdoptForm(forms.Form):
    """Deciding as proposed: only which version, and why late or not assessed if it is so."""

    unassessed_reason = _unassessed_reason()

    proposal_version = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    late_reason = forms.CharField(
        label=gettext_lazy("Why the decision is late"),
        max_length=limit(OpeningDecision, "late_reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=LATE_HELP,
    )


class JoinForm(forms.Form):
    """Letting the report join the open investigation, with one press."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class AskFeedbackForm(forms.Form):
    """The reporter asks for feedback after having reported."""

    asked_on = forms.DateField(label=gettext_lazy("Asked for on"), widget=DateInput)


class FeedbackForm(forms.Form):
    given_on = forms.DateField(label=gettext_lazy("Given on"), widget=DateInput)
    channel = forms.ChoiceField(
        label=pgettext_lazy("feedback", "Given by"), choices=with_empty(Channel.choices)
    )


class TalkForm(forms.Form):
    """The serious talk: offered, and what came of it."""

    offered_at = MomentField(label=gettext_lazy("Offered"))
    result = forms.ChoiceField(
        label=gettext_lazy("Result"), choices=SeriousTalkResult, widget=RadioCards
    )
    held_at = MomentField(
        label=gettext_lazy("Held"),
        required=False,
        help_text=gettext_lazy("When the talk has been held."),
    )
    with_guardians = forms.BooleanField(label=gettext_lazy("Guardians took part"), required=False)
    note = FreeText(label=gettext_lazy("Note"), rows=3, required=False)


class AssignForm(forms.Form):
    """Who works with the report. `workers`: those who can be chosen."""

    handler = forms.ModelChoiceField(
        label=gettext_lazy("Reception worker"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose …"),
        widget=NameSelect,
    )

    def __init__(self, *args: Any, workers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = workers  # type: ignore[attr-defined]


class ReportNoteForm(forms.Form):
    """A note in the child's journal, before there is an investigation."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of note"), choices=with_empty(NoteKind.choices)
    )
    happened_at = MomentField(label=gettext_lazy("When"), either=True)
    present = forms.CharField(
        label=gettext_lazy("Who was present"), max_length=limit(Note, "present"), required=False
    )
    child_spoken_with = forms.BooleanField(
        label=gettext_lazy("The child was spoken with"), required=False
    )
    child_alone = YesNoField(
        label=gettext_lazy("Alone with the child?"),
        required=False,
        help_text=gettext_lazy("When the child was spoken with."),
    )
    text = FreeText(label=gettext_lazy("Note"))
    sign_now = forms.BooleanField(
        label=gettext_lazy("Sign at once"),
        required=False,
        help_text=gettext_lazy("The text is locked; what is wrong is corrected in an addition."),
    )
