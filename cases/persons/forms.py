"""Forms of protected identity and whereabouts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.enums import ProtectedIdentity, ProtectionSource
from cases.persons.models import IdentityProtection, Person
from core.forms import CHOOSE, DayField, FreeText, choices_of
from core.limits import limit
from core.widgets import RadioCards


class ProtectForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of protection"),
        choices=choices_of(ProtectedIdentity, without=[ProtectedIdentity.NONE]),
        widget=RadioCards(
            descriptions={
                ProtectedIdentity.SECRECY_MARKING: _("A mark in the population register (OSL)."),
                ProtectedIdentity.PROTECTED_REGISTRATION: _(
                    "A decision by the tax agency: registered where the person does not live."
                ),
            }
        ),
    )
    source = forms.ChoiceField(
        label=_("How it is known"),
        choices=[
            CHOOSE,
            *choices_of(
                ProtectionSource, without=[ProtectionSource.EARLIER, ProtectionSource.REPORT]
            ),
        ],
    )
    authority = forms.CharField(
        label=_("Which authority"),
        required=False,
        max_length=limit(IdentityProtection, "authority"),
    )
    decided_on = DayField(label=_("Decided on"), required=False)
    from_on = DayField(label=_("Protected from"))
    reconsider_on = DayField(
        label=_("Look at it again on"),
        required=False,
        help_text=_("The protection never ends by itself."),
    )


class EndProtectionForm(forms.Form):
    ended_on = DayField(label=_("Last day of the protection"))
    reason = FreeText(
        label=_("Why it ends"),
        rows=3,
        max_length=limit(IdentityProtection, "end_reason"),
        help_text=_("Address and whereabouts are then shown as for any child."),
    )


class WhereaboutsForm(forms.Form):
    address = forms.CharField(
        label=_("Address"), required=False, max_length=limit(Person, "address")
    )
    school = forms.CharField(
        label=_("School or preschool"), required=False, max_length=limit(Person, "school")
    )
    whereabouts = forms.CharField(
        label=_("Staying at"),
        required=False,
        max_length=limit(Person, "whereabouts"),
        help_text=_("Where the child is just now, so that it need not stand in notes."),
    )
