"""Forms of notes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums import NoteKind
from cases.journal.models import Note
from core.forms import CHOOSE, FreeText, MomentField
from core.limits import limit


class NoteForm(forms.Form):
    """A journal note. One question says both whether the child was spoken with and if alone."""

    ALONE, WITH_OTHERS, NOT = "alone", "with_others", "not"

    kind = forms.ChoiceField(label=_("Kind"), choices=[CHOOSE, *NoteKind.choices])
    happened_at = MomentField(label=_("When"), either=True)
    present = forms.CharField(
        label=_("Who was present"),
        max_length=limit(Note, "present"),
        required=False,
        help_text=_("Beside the child."),
    )
    child = forms.ChoiceField(
        label=_("Was the child spoken with?"),
        widget=forms.RadioSelect,
        choices=[
            (ALONE, _("Yes, alone")),
            (WITH_OTHERS, _("Yes, with others present")),
            (NOT, _("No")),
        ],
    )
    text = FreeText(label=_("Note"), rows=9)
    sign_now = forms.BooleanField(
        label=_("Sign at once"),
        required=False,
        help_text=_("The text is locked; what is wrong is corrected in an addition."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == NoteKind.CHILD_CONVERSATION and data.get("child") == self.NOT:
            self.add_error(
                "child", _("A conversation with the child means the child was spoken with.")
            )
        return data

    @classmethod
    def said(cls, *, spoken_with: bool, alone: bool | None) -> str:
        if not spoken_with:
            return cls.NOT
        return cls.ALONE if alone else cls.WITH_OTHERS

    @classmethod
    def values_of(cls, data: dict[str, Any]) -> dict[str, Any]:
        """The answers as the service wants them."""
        spoken_with = data["child"] != cls.NOT
        return {
            "kind": data["kind"],
            "happened_at": data["happened_at"],
            "present": data["present"],
            "text": data["text"],
            "sign_now": data["sign_now"],
            "child_spoken_with": spoken_with,
            "child_alone": data["child"] == cls.ALONE if spoken_with else None,
        }


class NoteChangeForm(NoteForm):
    reason = forms.CharField(
        label=_("Why it is changed"), max_length=limit(Note, "change_reason"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
