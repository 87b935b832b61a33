"""Forms of emergency openings and conflicts of interest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases.access.emergency import HOURS
from cases.enums import ConflictCategory, EmergencyVerdict
from cases.provisions.models import ConflictOfInterest, EmergencyAccess
from core.forms import CHOOSE, DayField, FreeText, YesNoField
from core.limits import limit
from core.widgets import NameSelect, RadioCards
from organisation.models import User


class EmergencySearchForm(forms.Form):
    q = forms.CharField(
        label=_("Case number, personal identity number or whole name"),
        max_length=120,
        help_text=_("First and last name. Part of a name finds nothing here."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class EmergencyForm(forms.Form):
    reason = FreeText(
        label=_("What is the emergency?"),
        rows=4,
        max_length=limit(EmergencyAccess, "reason"),
        help_text=_("The unit head reads it today. It stays in the log."),
    )
    hours = forms.TypedChoiceField(label=_("For how long"), coerce=int)
    with_whereabouts = forms.BooleanField(
        label=_("I need to know where the child is, although its identity is protected"),
        required=False,
    )

    def __init__(self, *args: Any, protected: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["hours"]
        field.choices = [
            CHOOSE,
            *((n, ngettext("%(count)d hour", "%(count)d hours", n) % {"count": n}) for n in HOURS),
        ]
        if not protected:
            del self.fields["with_whereabouts"]


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Your verdict"), choices=EmergencyVerdict, widget=RadioCards()
    )
    note = FreeText(
        label=_("What you have found"),
        rows=3,
        required=False,
        max_length=limit(EmergencyAccess, "review_note"),
        help_text=_("Needed when it was not justified: what is done about it."),
    )


class ConflictForm(forms.Form):
    """A conflict with a child that is only named; the child of a case one sees is given."""

    staff = forms.ModelChoiceField(
        label=_("Who has the conflict of interest"),
        queryset=User.objects.none(),
        empty_label=CHOOSE[1],
        widget=NameSelect,
    )
    personal_identity_number = forms.CharField(
        label=_("The child's personal identity number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "The surest way. You are not told whether the child is known, here or anywhere."
        ),
    )
    first_name = forms.CharField(
        label=_("Otherwise: first name"),
        required=False,
        max_length=limit(ConflictOfInterest, "first_name"),
    )
    last_name = forms.CharField(
        label=_("Last name"), required=False, max_length=limit(ConflictOfInterest, "last_name")
    )
    birth_date = DayField(label=_("Date of birth"), required=False)
    category = forms.ChoiceField(label=_("Ground"), choices=[CHOOSE, *ConflictCategory.choices])
    includes_siblings = YesNoField(label=_("Does it hold for brothers and sisters too?"))
    note = FreeText(
        label=_("Explanation"),
        rows=3,
        required=False,
        max_length=limit(ConflictOfInterest, "note"),
        help_text=_("Read by the unit head only. As little as is needed."),
    )
    from_on = DayField(label=_("From"))
    until_on = DayField(
        label=_("Up to and including"), required=False, help_text=_("Empty: until it is ended.")
    )

    def __init__(self, *args: Any, staff: Any, child: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["staff"]
        field.queryset = staff
        if child:
            for name in ("personal_identity_number", "first_name", "last_name", "birth_date"):
                del self.fields[name]


class EndConflictForm(forms.Form):
    reason = FreeText(
        label=_("Why the conflict of interest is there no more"),
        rows=3,
        max_length=limit(ConflictOfInterest, "end_reason"),
    )
