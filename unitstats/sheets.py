"""A month's figures as rows, for spreadsheets and comma-separated files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from cases.enums import Gender
from core.figures import figures
from unitstats.services.closing import MonthlyFigures

CSV_COLUMNS = ("code", "value", *Gender.values)


def headers() -> list[str]:
    return [_("Code"), _("Figure"), _("All"), *(str(label) for label in Gender.labels)]


def rows(found: MonthlyFigures) -> Iterator[list[Any]]:
    """Code, name, value, and the value of each gender; empty where there is nothing to tell from.

    Codes a closed month has and the registry has not any more keep their rows.
    """
    for code, one in found.figures.items():
        label = str(figures[code].label) if code in figures else ""
        yield [code, label, one.value, *(one.by_gender.get(g) for g in Gender.values)]


def csv_rows(found: MonthlyFigures) -> Iterator[list[Any]]:
    for row in rows(found):
        yield [row[0], *row[2:]]
