"""What is chosen and written on the statistics pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.limits import limit
from organisation.models import OrgUnit
from unitstats.models import MonthlyClosing


class ChoiceForm(forms.Form):
    """Which unit's which month (`YYYY-MM`), in which revision."""

    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(), label=_("Unit"), required=False, empty_label=None
    )
    month = forms.ChoiceField(label=_("Month"), required=False)
    revision = forms.IntegerField(required=False, min_value=1, max_value=1000)

    def __init__(
        self, *args: Any, units: Any, months: Iterable[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["month"].choices = list(months)  # type: ignore[attr-defined]


class RevisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the figures are corrected"),
        max_length=limit(MonthlyClosing, "reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
