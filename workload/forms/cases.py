"""Forms of a case's weight: the judgements and a contact for a colleague."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.widgets import DateInput
from organisation.models import User
from workload.enums import FactorSource
from workload.forms.staffing import person
from workload.points import CasePoints


class FactorsForm(forms.Form):
    """A choice for each factor that people judge; what is derived can be judged otherwise.

    Nothing is chosen beforehand where nobody has judged.
    """

    def __init__(self, *args: Any, points: CasePoints, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        judged = points.facts.judged
        for factor in points.weights.factors:
            if factor.source == FactorSource.ALWAYS:
                continue
            levels = [(level.code, f"{level.name} ({level.points} p)") for level in factor.levels]
            derived = factor.source not in {FactorSource.JUDGED, FactorSource.INTERPRETER}
            self.fields[f"factor_{factor.code}"] = forms.ChoiceField(
                label=factor.name,
                choices=[
                    ("", _("As the case says") if derived else _("Not judged")),
                    *levels,
                ],
                required=False,
                initial=judged.get(factor.code, ""),
            )

    def levels(self) -> dict[str, str]:
        """Factor code -> level code, of what is chosen."""
        return {
            name.removeprefix("factor_"): value
            for name, value in self.cleaned_data.items()
            if value
        }


class ContactForm(forms.Form):
    """Who did a contact for whom, and when."""

    done_by = person(_("Done by"))
    done_for = person(_("Done for"))
    contact_on = forms.DateField(label=_("Day"), widget=DateInput)

    def __init__(
        self,
        *args: Any,
        colleagues: QuerySet[User],
        handlers: QuerySet[User],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_by"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["done_for"].queryset = handlers  # type: ignore[attr-defined]
        self.fields["contact_on"].widget.attrs["max"] = today.isoformat()
