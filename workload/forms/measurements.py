"""The measurement on one page: experience, flex balance, and the judged factors of one's cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.limits import limit
from workload.capacity import Carried
from workload.enums import Basis, FactorSource
from workload.models import Measurement
from workload.points import CONTACT, CasePoints, FactorLine
from workload.scales import Strain


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case on the page: its points, what they come of, and the boxes to judge it in."""

    carried: Carried
    lines: tuple[FactorLine, ...]
    fields: list[Any]


class MeasurementForm(forms.Form):
    """Nothing of the experience is chosen beforehand; the levels stand as they count now."""

    experience = forms.TypedChoiceField(
        label=_("How has the work been since the last measurement?"),
        choices=Strain.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    flex_hours = forms.DecimalField(
        label=_("Flex balance, hours"),
        required=False,
        min_value=-500,
        max_value=500,
        decimal_places=1,
        max_digits=4,
        localize=True,
        help_text=_("As it stands today; minus when you owe hours."),
    )
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=limit(Measurement, "comment"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For the talk with your leader. No names of children."),
    )

    def __init__(self, *args: Any, carried: Iterable[Carried], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows: list[tuple[Carried, CasePoints, list[str]]] = []
        for one in carried:
            if one.case is None:
                continue
            names = []
            if one.part != CONTACT:
                for factor, line in zip(one.case.weights.factors, one.case.lines, strict=True):
                    if factor.source != FactorSource.JUDGED:
                        continue
                    name = f"case-{one.matter_id}-{factor.code}"
                    self.fields[name] = forms.ChoiceField(
                        label=factor.name,
                        choices=[(level.code, _label(level)) for level in factor.levels],
                        initial=line.level,
                        widget=forms.Select(attrs={"class": "form-select"}),
                    )
                    names.append(name)
            self._rows.append((one, one.case, names))

    def cases(self) -> list[CaseRow]:
        return [
            CaseRow(carried=one, lines=case.lines, fields=[self[name] for name in names])
            for one, case, names in self._rows
        ]

    def judged(self) -> dict[int, dict[str, str]]:
        """Levels by case: what was changed, and what nobody had judged before."""
        found: dict[int, dict[str, str]] = {}
        for one, case, names in self._rows:
            lines = {line.factor: line for line in case.lines}
            levels = {}
            for name in names:
                code = name.rpartition("-")[2]
                level = self.cleaned_data[name]
                if level != lines[code].level or lines[code].basis is Basis.ASSUMED:
                    levels[code] = level
            if levels:
                found[one.matter_id] = levels
        return found


def _label(level: Any) -> str:
    return f"{level.name} ({level.points} p)"
