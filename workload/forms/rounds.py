"""Forms of the rounds, plans and meetings. Nothing is chosen; services say what is right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from core.limits import limit
from core.widgets import DateInput
from workload.models import (
    ActionPlan,
    MarkedEvent,
    PlanFollowUp,
    RoundSettings,
    SurveyAnswer,
    Temperature,
)
from workload.scales import Colour, PlanResponse, ScaleStep, Statement

MONTH_CHOICES = list(MONTHS.items())
STEPS_BEST_FIRST = [(step.value, step.label) for step in reversed(ScaleStep)]


class SurveyForm(forms.Form):
    """The three statements, five steps and a short reason each."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in Statement:
            self.fields[one.value] = forms.TypedChoiceField(
                label=one.label,
                choices=STEPS_BEST_FIRST,
                coerce=int,
                widget=forms.RadioSelect,
            )
            self.fields[f"{one.value}_reason"] = forms.CharField(
                label=_("Why? A few words."),
                required=False,
                max_length=limit(SurveyAnswer, f"{one.value}_reason"),
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def steps(self) -> dict[str, int]:
        return {one: self.cleaned_data[one] for one in Statement.values}

    @property
    def reasons(self) -> dict[str, str]:
        return {one: self.cleaned_data[f"{one}_reason"] for one in Statement.values}


class RespondForm(forms.Form):
    response = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (PlanResponse.ACCEPTED, _("Yes, I want a plan")),
            (PlanResponse.DECLINED, _("No, thank you")),
        ],
        widget=forms.RadioSelect,
    )


class RoundPlanForm(forms.Form):
    content = forms.CharField(
        max_length=limit(ActionPlan, "content"),
        label=_("What we do"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What is to be different, who does what, and how you will notice."),
    )


class FollowUpDayForm(forms.Form):
    due_on = forms.DateField(label=_("Follow up on"), widget=DateInput)


class RoundFollowUpForm(forms.Form):
    done_on = forms.DateField(label=_("Held on"), widget=DateInput)
    note = forms.CharField(
        label=_("What we saw"),
        max_length=limit(PlanFollowUp, "note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HandsField(forms.IntegerField):
    """Hands for one colour of one question. Its heading says which question: the label need not."""

    def __init__(self, colour: Colour, whole_label: Any, **kwargs: Any) -> None:
        self.whole_label = whole_label
        super().__init__(label=colour.label, **kwargs)


def _hands(colour: Colour, whole_label: Any) -> HandsField:
    return HandsField(
        colour,
        whole_label,
        min_value=0,
        max_value=200,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class TemperatureForm(forms.Form):
    """A show of hands, counted; an empty box is no hand."""

    meeting_on = forms.DateField(label=_("Meeting"), widget=DateInput)
    wellbeing_green = _hands(Colour.GREEN, _("Wellbeing, green"))
    wellbeing_yellow = _hands(Colour.YELLOW, _("Wellbeing, yellow"))
    wellbeing_red = _hands(Colour.RED, _("Wellbeing, red"))
    load_green = _hands(Colour.GREEN, _("Load, green"))
    load_yellow = _hands(Colour.YELLOW, _("Load, yellow"))
    load_red = _hands(Colour.RED, _("Load, red"))
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=limit(Temperature, "comment"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("About the group, never about a person."),
    )

    @property
    def hands(self) -> dict[str, int]:
        return {
            name: value or 0
            for name, value in self.cleaned_data.items()
            if name.startswith(("wellbeing_", "load_"))
        }


class EventForm(forms.Form):
    text = forms.CharField(
        label=_("What"),
        max_length=limit(MarkedEvent, "text"),
        help_text=_("Such as: Summer 2025, new reception group."),
    )
    from_on = forms.DateField(label=_("From"), widget=DateInput)
    until_on = forms.DateField(label=_("To"), widget=DateInput, required=False)


def _months(label: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=MONTH_CHOICES,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class MonthsForm(forms.Form):
    """The months rounds open in; they open on the month's first working day."""

    survey_months = _months(_("Months of the Stockholm model"))
    survey_days = forms.IntegerField(label=_("Days the answers stay open"))
    measurement_months = _months(_("Months of the workload measurement"))
    measurement_days = forms.IntegerField(label=_("Days the measurement stays open"))

    @classmethod
    def of(cls, settings: RoundSettings, data: Any = None) -> MonthsForm:
        return cls(data, initial={name: getattr(settings, name) for name in cls.base_fields})
