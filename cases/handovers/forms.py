"""What is asked before a family is handed over, and by the unit that answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums import FilePart, HandoverGround
from cases.handovers.models import Handover
from cases.handovers.texts import ALWAYS
from cases.investigations.models import Investigation
from core.forms import CHOOSE, DayField, FreeText
from core.limits import limit
from core.widgets import RadioCards
from organisation.models import OrgUnit


class OfferForm(forms.Form):
    """To which unit, by what ground, with whom and what."""

    to_unit = forms.TypedChoiceField(label=_("To which unit"), coerce=int)
    with_siblings = forms.TypedMultipleChoiceField(
        label=_("Brothers and sisters who go along"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each with a file of its own, whole."),
    )
    reason = FreeText(
        label=_("Why the case is handed over"),
        rows=3,
        max_length=limit(Handover, "reason"),
        help_text=_("The unit head of the other unit reads it before answering."),
    )
    ground = forms.ChoiceField(
        label=_("By what ground the other unit may be told"),
        choices=HandoverGround,
        widget=RadioCards(),
    )
    consent_by = forms.CharField(
        label=_("Who consented, and how"),
        max_length=limit(Handover, "consent_by"),
        required=False,
        help_text=_("Only with consent: every guardian, and the child itself from 15 years."),
    )
    consented_on = DayField(label=_("Day of the consent"), required=False)
    parts = forms.MultipleChoiceField(
        label=_("What goes along"),
        choices=[(part.value, part.label) for part in FilePart],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "A copy, given when the other unit has accepted. The plan and the extensions always go"
            " along. Who reported privately never does."
        ),
    )

    def __init__(
        self,
        *args: Any,
        units: Iterable[OrgUnit],
        siblings: Iterable[Investigation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units}
        fields: Any = self.fields
        fields["to_unit"].choices = [CHOOSE, *((pk, one.name) for pk, one in self.units.items())]
        found = [(one.pk, f"{one.child}, {one.number}") for one in siblings]
        fields["with_siblings"].choices = found
        if not found:
            del self.fields["with_siblings"]
        self.initial.setdefault("with_siblings", [pk for pk, _name in found])
        self.initial.setdefault("parts", [part.value for part in FilePart])

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        values = {"with_siblings": [], **self.cleaned_data}
        values["to_unit"] = self.units[values["to_unit"]]
        values["parts"] = [*values["parts"], *ALWAYS]
        return values


class AcceptForm(forms.Form):
    group = forms.TypedChoiceField(label=_("Which group takes over"), coerce=int)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, groups: Iterable[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = {group.pk: group for group in groups}
        field: Any = self.fields["group"]
        field.choices = [CHOOSE, *((pk, one.name) for pk, one in self.groups.items())]


class RefuseForm(forms.Form):
    reason = FreeText(label=_("Why not"), rows=3, max_length=limit(Handover, "answer_reason"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
