"""Two versions of a form side by side, when somebody else has saved meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm


def fingerprint(values: Mapping[str, Any]) -> str:
    """A short mark of what was read, to tell whether it is still what stands."""
    text = "\x1f".join(f"{name}={values[name]}" for name in sorted(values))
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:20]


def as_shown(form: BaseForm, name: str, value: Any) -> str:
    """A field's value as its reader knows it: the words of a choice, not its code."""
    if value in (None, ""):
        return ""
    choices = dict(getattr(form.fields[name], "choices", ()))
    return str(choices.get(value, value))


def conflict_rows(form: Any, theirs: Mapping[str, Any]) -> list[dict[str, str]]:
    """Both versions, field by field, for the conflict component."""
    return [
        {
            "label": str(form.fields[name].label),
            "yours": as_shown(form, name, form.cleaned_data.get(name)),
            "theirs": as_shown(form, name, value),
        }
        for name, value in theirs.items()
    ]
