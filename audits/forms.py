"""Forms of the log checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.enums import Judgement, LogRule
from audits.models import LogCheckHit
from core.fields import TEXT_LIMIT
from core.widgets import NameSelect, RadioCards
from organisation.models import User

TO_JUDGE = "to_judge"


class HitFilter(forms.Form):
    """Which of the drawn readings to show. Codes only: it stands in the address."""

    rule = forms.ChoiceField(
        label=gettext_lazy("Drawn because"),
        required=False,
        choices=[("", gettext_lazy("All")), *LogRule.choices],
    )
    judgement = forms.ChoiceField(
        label=gettext_lazy("Judgement"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            (TO_JUDGE, gettext_lazy("To be judged")),
            *Judgement.choices,
        ],
    )

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class JudgeForm(forms.Form):
    """One reading: was there a reason for it?"""

    judgement = forms.ChoiceField(
        label=gettext_lazy("Judgement"),
        choices=Judgement,
        widget=RadioCards(
            descriptions={
                Judgement.JUSTIFIED: gettext_lazy("The work gave reason to read."),
                Judgement.NEEDS_EXPLANATION: gettext_lazy(
                    "The person is asked; write what is asked and, later, the answer."
                ),
                Judgement.DEVIATION: gettext_lazy(
                    "There was no reason to read. It is dealt with as a deviation."
                ),
            }
        ),
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        help_text=gettext_lazy("Needed unless the reading was justified."),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class JustifyForm(forms.Form):
    """Several readings there was reason for, chosen in the list."""

    readings = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Readings"),
        queryset=LogCheckHit.objects.none(),
        error_messages={"required": gettext_lazy("Choose at least one reading.")},
    )

    def __init__(self, *args: Any, hits: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["readings"].queryset = hits  # type: ignore[attr-defined]


class ReviewerForm(forms.Form):
    """Who judges what the unit head may not."""

    reviewer = forms.ModelChoiceField(
        label=gettext_lazy("Second reviewer"), queryset=User.objects.none(), widget=NameSelect
    )

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = staff  # type: ignore[attr-defined]
        self.fields["reviewer"].empty_label = _("Choose")  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """What the check has shown, in a few sentences."""

    conclusion = forms.CharField(
        label=gettext_lazy("Conclusion"),
        help_text=gettext_lazy("What the check showed and what is done about it."),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
