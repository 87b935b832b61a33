"""Forms of interventions: what is typed, not whether it may be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums import InterventionKind
from cases.interventions.models import Intervention
from core.forms import CHOOSE, DayField, FreeText, YesNoField, choices_of
from core.limits import limit
from core.widgets import NameSelect
from organisation.models import OrgUnit, User


class InterventionForm(forms.Form):
    kind = forms.ChoiceField(label=_("Intervention"), choices=[CHOOSE, *InterventionKind.choices])
    goal = FreeText(label=_("Goal"), rows=4, help_text=_("What is to be different for the child."))
    decided_on = DayField(label=_("Decided on"))
    started_on = DayField(
        label=_("Starts"), help_text=_("The follow-ups are counted from this day."), required=False
    )
    responsible = forms.ModelChoiceField(
        label=_("Responsible worker"),
        queryset=User.objects.none(),
        empty_label=CHOOSE[1],
        widget=NameSelect,
    )

    def __init__(self, *args: Any, workers: Any, concluded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        responsible: Any = self.fields["responsible"]
        responsible.queryset = workers
        kind: Any = self.fields["kind"]
        if not concluded:
            # Decided when the investigation has ended (SoL 2025:400 23:1-5).
            kind.choices = [
                CHOOSE,
                *choices_of(InterventionKind, without=[InterventionKind.FOLLOW_UP]),
            ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        counts_from_the_end = data.get("kind") == InterventionKind.FOLLOW_UP
        given = "started_on" in self.errors or data.get("started_on") is not None
        if not counts_from_the_end and not given:
            self.add_error("started_on", _("Say which day it starts."))
        return data


class FollowUpForm(forms.Form):
    followed_up_on = DayField(label=_("Followed up on"))
    child_took_part = YesNoField(label=_("The child took part"))
    note = FreeText(label=_("Result"), help_text=_("Measured against the goal."))


class InterventionEndForm(forms.Form):
    ended_on = DayField(label=_("Ended on"))
    reason = FreeText(label=_("Why it ends"), rows=3, max_length=limit(Intervention, "end_reason"))


class InterventionFilter(forms.Form):
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Ongoing")), ("ended", _("Ended")), ("all", _("All"))],
    )
    due = forms.ChoiceField(
        label=_("Next follow-up"),
        required=False,
        choices=[
            ("", _("Any")),
            ("overdue", _("Overdue")),
            ("open", _("The time to do it has come")),
            ("30", _("Within thirty days")),
        ],
    )
    kind = forms.ChoiceField(
        label=_("Intervention"),
        required=False,
        choices=[("", _("All")), *InterventionKind.choices],
    )
    group = forms.ModelChoiceField(
        label=_("Group"), required=False, queryset=OrgUnit.objects.none(), empty_label=_("All")
    )

    def __init__(self, data: Any, *, groups: Any) -> None:
        super().__init__(data)
        group: Any = self.fields["group"]
        group.queryset = groups
