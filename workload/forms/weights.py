"""Forms of a weight set's draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core.limits import limit
from core.widgets import DateInput
from workload.enums import MEASURED, FactorSource
from workload.models import WeightFactor, WeightLevel, WeightSet
from workload.services.weights import NUMBERS, LevelInput

FIXED: frozenset[str] = frozenset(
    {FactorSource.ALWAYS, FactorSource.RISK, FactorSource.INTERPRETER}
)
"""Factors whose levels are the record's own: they get other points, not other levels."""


def label_of(name: str) -> str:
    """The model's own words for one of the numbers."""
    return str(getattr(WeightSet._meta.get_field(name), "verbose_name", name))


class NumbersForm(forms.Form):
    """The name and the numbers of a draft."""

    name = forms.CharField(label=_("Name"), max_length=limit(WeightSet, "name"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, weight_set: WeightSet, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "name": weight_set.name,
            "version": weight_set.version,
            **{name: getattr(weight_set, name) for name in NUMBERS},
        }
        super().__init__(*args, **kwargs)
        for name, (least, most) in NUMBERS.items():
            label = label_of(name)
            self.fields[name] = forms.IntegerField(
                label=label[:1].upper() + label[1:], min_value=least, max_value=most
            )

    def numbers(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in NUMBERS}


class LevelForm(forms.Form):
    """One level; a row without a name is left out."""

    code = forms.CharField(
        max_length=limit(WeightLevel, "code"), required=False, widget=forms.HiddenInput
    )
    name = forms.CharField(label=_("Level"), max_length=limit(WeightLevel, "name"), required=False)
    points = forms.IntegerField(label=_("Points"), min_value=0, max_value=100, required=False)
    from_value = forms.IntegerField(label=_("From the number"), min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("name") and cleaned.get("points") is None and "points" not in self.errors:
            self.add_error("points", _("Write the points."))
        return cleaned


class FactorForm(forms.Form):
    """A factor of a draft: its name, and what counts until somebody has judged."""

    name = forms.CharField(label=_("Factor"), max_length=limit(WeightFactor, "name"))
    assumed = forms.ChoiceField(label=_("Counts until somebody has judged"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assumed"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["assumed"]


class UseForm(forms.Form):
    from_on = forms.DateField(label=_("Measure with it from"), widget=DateInput)
    version = forms.IntegerField(widget=forms.HiddenInput)


def level_formset(factor: WeightFactor | None, data: Any = None) -> Any:
    """The levels of a factor with two empty rows to fill in, where levels can be added."""
    fixed = factor is not None and factor.source in FIXED
    made = formset_factory(LevelForm, extra=0 if fixed else 2 if factor else 4, max_num=12)
    initial = (
        [
            {
                "code": level.code,
                "name": level.name,
                "points": level.points,
                "from_value": level.from_value,
            }
            for level in factor.levels.all()
        ]
        if factor
        else []
    )
    formset = made(data, initial=initial, prefix="levels")
    if factor is None or factor.source not in MEASURED:
        for form in formset.forms:
            del form.fields["from_value"]
    return formset


def levels_of(formset: Any) -> list[LevelInput]:
    """The filled rows; a new one gets a code of its own from its name."""
    found: list[LevelInput] = []
    taken = {row.get("code") for row in formset.cleaned_data if row.get("code")}
    for row in formset.cleaned_data:
        if not row.get("name"):
            continue
        code = row.get("code") or ""
        if not code:
            code = free_code(row["name"], taken)
            taken.add(code)
        found.append(LevelInput(code, row["name"], row.get("points") or 0, row.get("from_value")))
    return found


def free_code(name: str, taken: set[Any]) -> str:
    """A code from the name that is not taken."""
    base = slugify(name)[:30] or "x"
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code
