"""Forms of signing: what is written beside a locked text."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums import AdditionKind
from core.forms import FreeText


class AdditionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What it is"), widget=forms.RadioSelect, choices=AdditionKind.choices
    )
    text = FreeText(
        label=_("Text"), rows=8, help_text=_("Say what is wrong or missing, and what is right.")
    )
