"""Case numbers: one series per unit, year and letter, without gaps."""

from __future__ import annotations

from django.db import transaction

from cases.matters.models import NumberSeries
from organisation.models import OrgUnit


@transaction.atomic
def next_number(unit: OrgUnit, year: int, letter: str = "") -> str:
    """The next case number of the unit and year, such as `ST-BOU-2026-00123` or `...-U00045`.

    The series' row is locked until the transaction ends, so that numbers have no gaps.
    """
    NumberSeries.objects.get_or_create(unit=unit, year=year, letter=letter)
    series = NumberSeries.objects.select_for_update().get(unit=unit, year=year, letter=letter)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{unit.code}-{year}-{letter}{series.last:05d}"
