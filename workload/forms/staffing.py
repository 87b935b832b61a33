"""Forms of reductions, competences and introductions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.limits import limit
from core.widgets import DateInput, NameSelect
from organisation.models import User
from workload.enums import CompetenceKind, ReductionReason
from workload.models import Competence, IntroductionStep, Reduction

CHOOSE = ("", _("Choose …"))


def person(label: Any, **options: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=label,
        queryset=User.objects.none(),
        empty_label=_("Choose …"),
        widget=NameSelect,
        **options,
    )


class ReductionForm(forms.Form):
    """Time off the cases, as agreed."""

    user = person(_("Who"))
    reason = forms.ChoiceField(label=_("Reason"), choices=[CHOOSE, *ReductionReason.choices])
    percent = forms.IntegerField(
        label=_("Share of the working time, %"),
        min_value=1,
        max_value=100,
        help_text=_("Of the person's own hours: 10 % is half a day a week at full time."),
    )
    from_on = forms.DateField(label=_("First day"), widget=DateInput)
    until_on = forms.DateField(label=_("Last day"), widget=DateInput)
    note = forms.CharField(label=_("Note"), max_length=limit(Reduction, "note"), required=False)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class CompetenceForm(forms.Form):
    """What a worker can."""

    user = person(_("Who"))
    kind = forms.ChoiceField(label=_("Competence"), choices=[CHOOSE, *CompetenceKind.choices])
    detail = forms.CharField(
        label=_("Which"),
        max_length=limit(Competence, "detail"),
        required=False,
        help_text=_("Which language, area or other competence."),
    )
    from_on = forms.DateField(label=_("From"), widget=DateInput)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class IntroductionForm(forms.Form):
    """A new worker's first year: from when, with whom, with how much time."""

    user = person(_("New worker"))
    from_on = forms.DateField(label=_("First day"), widget=DateInput)
    mentor = person(_("Mentor"), required=False)
    mentor_percent = forms.IntegerField(
        label=_("The mentor's reduction, %"), min_value=0, max_value=100, initial=10
    )
    own_percent = forms.IntegerField(
        label=_("The new worker's reduction, %"), min_value=0, max_value=100, initial=20
    )
    months = forms.IntegerField(
        label=_("Months the reductions last"), min_value=1, max_value=12, initial=6
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["mentor"].queryset = people  # type: ignore[attr-defined]


class MentorForm(forms.Form):
    mentor = person(_("Mentor"))
    percent = forms.IntegerField(
        label=_("The mentor's reduction, %"), min_value=0, max_value=100, initial=10
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentor"].queryset = people  # type: ignore[attr-defined]


class StepForm(forms.Form):
    title = forms.CharField(
        label=_("What is to be done"), max_length=limit(IntroductionStep, "title")
    )
    due_on = forms.DateField(label=_("To be done by"), widget=DateInput)
