"""Forms of a party's access to the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.disclosure.models import Disclosure, DisclosurePiece, Redaction
from cases.disclosure.services import RightInput
from cases.enums import (
    DisclosureRelation,
    DisclosureStatus,
    RightGround,
    RightOutcome,
    SecrecyGround,
)
from cases.persons.models import Guardian
from core.forms import CHOOSE, DayField, FreeText
from core.limits import limit


class RightForm(forms.Form):
    """How the right to the file was examined."""

    right_ground = forms.ChoiceField(
        label=_("Ground of the right"),
        choices=[CHOOSE, *RightGround.choices],
        required=False,
        help_text=_(
            "Examined for a child of 15 or older, a parent without custody and everybody else but"
            " the guardian of a child under 15."
        ),
    )
    right_outcome = forms.ChoiceField(
        label=_("Right to the file"), choices=[CHOOSE, *RightOutcome.choices], required=False
    )
    right_reason = forms.CharField(
        label=_("Reason for the right"),
        max_length=limit(Disclosure, "right_reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands on the copy: write nothing that is masked."),
    )

    def given(self) -> RightInput | None:
        """What was examined; None when nothing is filled in."""
        data = self.cleaned_data
        names = ("right_ground", "right_outcome", "right_reason")
        if not any(data.get(name) for name in names):
            return None
        return RightInput(*(data.get(name, "") for name in names))


class PrepareForm(RightForm):
    """Whose access, to which matters. `matters`: value and label of each the reader may choose."""

    field_order = ("matters", "relation", "guardian", "recipient_name", "requested_on")

    matters = forms.MultipleChoiceField(
        label=_("Matters"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All the texts of the matters are collected."),
    )
    relation = forms.ChoiceField(
        label=_("Who asks?"), widget=forms.RadioSelect, choices=DisclosureRelation.choices
    )
    guardian = forms.TypedChoiceField(
        label=_("Guardian"), coerce=int, required=False, empty_value=None
    )
    recipient_name = forms.CharField(
        label=_("Recipient's name"),
        max_length=limit(Disclosure, "recipient_name"),
        required=False,
        help_text=_("For another party or a representative."),
    )
    requested_on = DayField(label=_("Asked for"))

    def __init__(
        self,
        *args: Any,
        matters: list[tuple[str, str]],
        guardians: Iterable[Guardian],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matters"].choices = matters  # type: ignore[attr-defined]
        self.fields["guardian"].choices = [  # type: ignore[attr-defined]
            CHOOSE,
            *((one.pk, f"{one} ({one.get_relation_display()})") for one in guardians),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        relation = data.get("relation")
        if relation == DisclosureRelation.GUARDIAN and not data.get("guardian"):
            self.add_error("guardian", _("Choose one of the child's guardians."))
        named = {DisclosureRelation.OTHER_PARTY, DisclosureRelation.REPRESENTATIVE}
        if relation in named and not data.get("recipient_name"):
            self.add_error("recipient_name", _("Give the recipient's name."))
        return data


class MaskForm(forms.Form):
    """What to mask in a text: words, or sentences by their place; and why."""

    phrase = forms.CharField(
        label=_("Words to mask"),
        max_length=2000,
        required=False,
        help_text=_("Type them, or select them in the text above."),
    )
    everywhere = forms.BooleanField(label=_("In every text of this disclosure"), required=False)
    sentences = forms.MultipleChoiceField(
        label=_("Or choose whole sentences"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ground = forms.ChoiceField(label=_("Legal ground"), choices=[CHOOSE, *SecrecyGround.choices])
    reason = forms.CharField(
        label=_("Reason"),
        max_length=limit(Redaction, "reason"),
        required=False,
        help_text=_("Stands in the list the party gets: write nothing that is masked."),
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sentences"].choices = places  # type: ignore[attr-defined]

    def places(self) -> list[tuple[int, int]]:
        """Sentences and selection as places in the text; none when words are masked everywhere."""
        data = self.cleaned_data
        pairs = [value.split("-") for value in data["sentences"]]
        chosen = [(int(start), int(end)) for start, end in pairs]
        if None not in (data["start"], data["end"]) and data["phrase"] and not data["everywhere"]:
            chosen.append((data["start"], data["end"]))
        return chosen


class WeighForm(forms.Form):
    """What was come to of a text that tells of violence against a parent who does not ask."""

    weighed = forms.CharField(
        label=_("What was weighed"),
        max_length=limit(DisclosurePiece, "weighed"),
        help_text=_("What is masked for the other parent's safety, or why it can be given out."),
    )


class KeepBackForm(forms.Form):
    ground = forms.ChoiceField(
        label=_("Keep the whole text back"),
        choices=[("", _("No, it is given out")), *SecrecyGround.choices],
        required=False,
    )


class RefusalForm(forms.Form):
    refusal_text = FreeText(label=_("Decision on what is withheld"), rows=16)
    version = forms.IntegerField(widget=forms.HiddenInput)


class CommentForm(forms.Form):
    comment = FreeText(
        label=_("What has to be done"), rows=3, max_length=limit(Disclosure, "return_comment")
    )


class DeliverForm(forms.Form):
    delivered_on = DayField(label=_("Handed over"))
    how = forms.CharField(
        label=_("How"),
        max_length=limit(Disclosure, "delivered_how"),
        help_text=_("Registered letter, in person, for instance."),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is withdrawn"), max_length=limit(Disclosure, "withdrawn_reason")
    )


class DisclosureFilter(forms.Form):
    TO_PREPARE, TO_APPROVE = "to_prepare", "to_approve"

    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All")),
            (TO_PREPARE, _("For me to go through or hand over")),
            (TO_APPROVE, _("For me to approve")),
            *DisclosureStatus.choices,
        ],
    )
