"""Forms that put right what is written of a child, and of those around it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.child.merging import GONE, KEPT, Differing
from cases.enums import Gender, GuardianRelation, NumberChange, ProtectedIdentity
from cases.matters.models import Matter
from cases.persons.models import Guardian, Person, PersonChange, PersonMerge
from core.forms import CHOOSE, DayField, FreeText, YesNoField, choices_of
from core.limits import limit

BECAUSE = _("Why it is changed")
WHY = _("Stays in the history, with what it was before.")


def _first_name() -> forms.CharField:
    return forms.CharField(
        label=_("First name"), max_length=limit(Person, "first_name"), required=False
    )


def _last_name() -> forms.CharField:
    return forms.CharField(
        label=_("Last name"), max_length=limit(Person, "last_name"), required=False
    )


def _number(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        max_length=limit(Person, "temporary_number"),
        widget=forms.TextInput(attrs={"placeholder": _("YYYYMMDD-NNNN"), "spellcheck": "false"}),
        **kwargs,
    )


def _reason(help_text: Any = WHY, label: Any = BECAUSE) -> FreeText:
    return FreeText(
        label=label, rows=3, max_length=limit(PersonChange, "reason"), help_text=help_text
    )


class Versioned(forms.Form):
    """What is changed by a form was read in some version."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CorrectForm(Versioned):
    first_name = _first_name()
    last_name = _last_name()
    birth_date = DayField(label=_("Date of birth"), required=False)
    differs_from_number = forms.BooleanField(
        label=_("The date of birth is right although the number says another"), required=False
    )
    gender = forms.ChoiceField(label=_("Gender"), choices=Gender.choices)
    reason = _reason()


class NumberFoundForm(Versioned):
    number = _number(
        label=_("Personal identity number"),
        help_text=_("A temporary number, such as 20150401-TF10, can be written meanwhile."),
    )
    differs_from_birth = forms.BooleanField(
        label=_("The number is right although it says another date of birth"), required=False
    )
    reason = _reason(_("How the number is known."), _("Source"))


class NumberChangedForm(Versioned):
    number = _number(label=_("New personal identity number"))
    why_changed = forms.ChoiceField(
        label=_("Why it changed"),
        choices=[CHOOSE, *choices_of(NumberChange, without=[NumberChange.MERGED])],
        help_text=_(
            "After an adoption or a change of legal gender, what was before is shown to the leaders"
            " of the case alone; a leader writes it."
        ),
    )
    first_name = _first_name()
    last_name = _last_name()
    gender = forms.ChoiceField(
        label=_("Gender"), choices=[("", _("As before")), *Gender.choices], required=False
    )
    differs_from_birth = forms.BooleanField(
        label=_("The number is right although it says another date of birth"), required=False
    )
    reason = _reason()


class BirthForm(Versioned):
    birth_date = DayField(label=_("Date of birth"))
    number = _number(label=_("Personal identity number"), required=False)
    first_name = _first_name()
    last_name = _last_name()
    gender = forms.ChoiceField(
        label=_("Gender"), choices=Gender.choices, initial=Gender.UNKNOWN, required=False
    )


class DeathForm(Versioned):
    died_on = DayField(label=_("Died on"))
    reason = _reason(_("How it is known."), _("Source"))


class WhyForm(Versioned):
    reason = _reason()


class PersonAroundForm(Versioned):
    """Somebody around the child. `offered`: those around brothers and sisters, to choose from."""

    same_as = forms.TypedChoiceField(
        label=_("Already written down with a brother or sister"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("The person is then changed once for all of them."),
    )
    relation = forms.ChoiceField(
        label=_("Relation to the child"), choices=[CHOOSE, *GuardianRelation.choices]
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=limit(Guardian, "first_name"), required=False
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=limit(Guardian, "last_name"), required=False
    )
    has_custody = YesNoField(label=_("Has custody"))
    custody_from = DayField(label=_("Custody from"), required=False)
    custody_until = DayField(
        label=_("Custody until"), required=False, help_text=_("The last day, when it has ended.")
    )
    contact = forms.CharField(
        label=_("Contact"),
        max_length=limit(Guardian, "contact"),
        required=False,
        help_text=_("Phone, for instance."),
    )
    interpreter_language = forms.CharField(
        label=_("Needs an interpreter for"),
        max_length=limit(Guardian, "interpreter_language"),
        required=False,
    )
    protected_identity = forms.ChoiceField(
        label=_("Protected identity"),
        choices=ProtectedIdentity.choices,
        initial=ProtectedIdentity.NONE,
        help_text=_(
            "The contact is then shown to those who work with the child only. If the child's"
            " address tells where the person is, protect the child's identity too."
        ),
    )

    def __init__(
        self,
        *args: Any,
        offered: Iterable[Guardian] = (),
        hidden: bool = False,
        shared: str = "",
        is_new: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.pk, f"{one}, {one.get_relation_display()}") for one in offered]
        if is_new and choices:
            self.fields["same_as"].choices = [CHOOSE, *choices]  # type: ignore[attr-defined]
        else:
            del self.fields["same_as"]
        if hidden:
            del self.fields["contact"], self.fields["protected_identity"]
        if not is_new:
            if shared:
                self.fields["everywhere"] = forms.BooleanField(
                    label=_("Also for %(names)s") % {"names": shared},
                    required=False,
                    initial=True,
                    help_text=_(
                        "Name, contact, language and protection. Relation and custody are each"
                        " child's own."
                    ),
                )
            self.fields["reason"] = _reason()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("same_as") and not data.get("first_name") and not data.get("last_name"):
            self.add_error("first_name", _("Write the name."))
        return data


class EndAroundForm(Versioned):
    ended_on = DayField(label=_("Last day"))
    reason = FreeText(label=_("Why it ends"), rows=3, max_length=limit(Guardian, "end_reason"))


class OtherRecordForm(forms.Form):
    number = forms.CharField(
        label=_("Case number of the other record"),
        max_length=limit(Matter, "number"),
        help_text=_("Of any of its matters."),
    )


class MergeForm(Versioned):
    """For each particular that differs, which record's is right."""

    def __init__(self, *args: Any, differences: Iterable[Differing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in differences:
            self.fields[one.name] = forms.ChoiceField(
                label=one.label,
                choices=[(KEPT, one.kept), (GONE, one.gone)],
                widget=forms.RadioSelect,
            )
        self.fields["reason"] = FreeText(
            label=_("How it is known that they are the same child"),
            rows=3,
            max_length=limit(PersonMerge, "reason"),
        )

    def chosen(self) -> dict[str, str]:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("version", "reason")
        }
