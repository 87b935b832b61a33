"""What every form of a correction asks: why."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import FreeText


class CorrectionForm(forms.Form):
    """The reason, and which version was read."""

    reason = FreeText(
        label=_("Why it is corrected"),
        rows=3,
        help_text=_("Stands in the history, and in a copy for a party."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
