"""Corrections in words: on the page of their matter, in the API and in a party's copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import DateField, DateTimeField, ForeignKey
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.corrections.models import Correction
from cases.law.classification import FACTS, SHARING, Fact, Share
from core.calendar import in_stockholm

OPEN_TO_PARTY = {Share.OPEN, Share.SCAN, Fact.SHOWN, Fact.DERIVED}
"""Columns whose former words a party reads too; of others only that they were corrected."""


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One column in words. `name` is its model's and its own; `private` of those a reader who does
    not work with the matter is not shown."""

    name: str
    label: str
    old: str
    new: str

    @property
    def for_party(self) -> bool:
        return (SHARING.get(self.name) or FACTS.get(self.name)) in OPEN_TO_PARTY

    @property
    def tells_reporter(self) -> bool:
        return SHARING.get(self.name) is Share.PRIVATE_REPORTER


def _value(column: Any, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(column, ArrayField):
        labels = dict(column.base_field.flatchoices)
        return ", ".join(str(labels.get(one, one)) for one in value)
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(column, DateTimeField):
        moment = parse_datetime(value)
        return date_format(in_stockholm(moment), "j F Y H.i") if moment else str(value)
    if isinstance(column, DateField):
        return date_format(date.fromisoformat(value), "j F Y")
    if isinstance(column, ForeignKey):
        found = column.related_model._default_manager.filter(pk=value).first()
        return str(found) if found is not None else "–"
    return str(value)


def changes_of(correction: Correction) -> list[ColumnChange]:
    """What was put right, column by column; a key of another row is named by that row."""
    model = apps.get_model("cases", correction.subject)
    made = []
    for one in correction.changes:
        column: Any = model._meta.get_field(one["field"])
        made.append(
            ColumnChange(
                f"{model.__name__}.{column.name}",
                str(column.verbose_name),
                _value(column, one["old"]),
                _value(column, one["new"]),
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class Told:
    """A correction as pages show it."""

    row: Correction
    what: str
    changes: list[ColumnChange]

    @property
    def at(self) -> datetime:
        return self.row.made_at


def what_of(correction: Correction) -> str:
    """What was corrected, in words: the name of the row."""
    return str(apps.get_model("cases", correction.subject)._meta.verbose_name)


def history(matter_id: int, *subjects: str) -> list[Told]:
    """The corrections of a matter, the latest first; of rows of those models when any are named."""
    rows = Correction.objects.filter(matter=matter_id)
    rows = rows.select_related("made_by", "undoes", "undone_by")
    if subjects:
        rows = rows.filter(subject__in=subjects)
    return told(rows.order_by("-made_at", "-pk"))


def told(rows: Iterable[Correction]) -> list[Told]:
    return [Told(row, what_of(row), changes_of(row)) for row in rows]


def write_for_party(writer: Any, rows: Iterable[Correction]) -> None:
    """What of corrections stands in a party's copy, after the text they are of."""
    for row in rows:
        made_on = date_format(in_stockholm(row.made_at), "j F Y H.i")
        writer.add(f"\n{row.get_act_display()} {made_on}\n")
        for change in changes_of(row):
            label = change.label.capitalize()
            if change.for_party:
                writer.add(f"{label}: {change.old} → {change.new}\n")
            else:
                writer.add(f"{label}: " + _("corrected") + "\n")
        writer.field(row, "reason")
