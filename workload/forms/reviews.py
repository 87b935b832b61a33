"""A case review: a line for each case, and one for the work as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.matters.models import Matter
from core.limits import limit
from core.widgets import DateInput
from workload.models import CaseReview, ReviewDecision


class WorkloadReviewForm(forms.Form):
    """Each line: what was decided and, when it is a task, the day it is to be done by."""

    held_on = forms.DateField(label=_("Day of the review"), widget=DateInput)
    summary = forms.CharField(
        label=_("In short"),
        max_length=limit(CaseReview, "summary"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The load, what goes well, what is hard."),
    )

    def __init__(self, *args: Any, cases: Sequence[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cases: list[Matter | None] = [*cases, None]
        for case in self._cases:
            key = case.pk if case else "whole"
            self.fields[f"text-{key}"] = forms.CharField(
                label=_("Decision"),
                max_length=limit(ReviewDecision, "text"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[f"due-{key}"] = forms.DateField(
                label=_("To be done by"), required=False, widget=DateInput
            )

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "case": case,
                "text": self[f"text-{case.pk if case else 'whole'}"],
                "due": self[f"due-{case.pk if case else 'whole'}"],
            }
            for case in self._cases
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            text = f"text-{name.removeprefix('due-')}"
            if name.startswith("due-") and value and not cleaned.get(text):
                self.add_error(text, _("Write what is to be done."))
        return cleaned

    def decisions(self) -> list[dict[str, Any]]:
        found = []
        for case in self._cases:
            key = case.pk if case else "whole"
            text: str = self.cleaned_data[f"text-{key}"]
            due: date | None = self.cleaned_data[f"due-{key}"]
            if text:
                found.append(
                    {
                        "text": text,
                        "matter_id": case.pk if case else None,
                        "due_on": due,
                    }
                )
        return found
