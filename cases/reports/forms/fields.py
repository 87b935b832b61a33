"""Fields that forms of reports share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from core.fields import TEXT_LIMIT


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


def with_empty(choices: Iterable[Any]) -> list[Any]:
    return [("", gettext_lazy("Choose …")), *choices]
