"""Lists as files: the only place that writes them. Who may take one, and the trail of it, is the
view's to see to."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.calendar import STOCKHOLM

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
WIDEST = 60
"""Characters of the widest column."""


NAME_LIMIT = 31
"""Characters of a sheet's name, by the format."""
REFUSED_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a file, with the name it stands under."""

    name: Any
    headers: Sequence[Any]
    rows: Iterable[Sequence[Any]]


def about(*lines: tuple[Any, Any]) -> Sheet:
    """The sheet that says what the file is: whose, of which time, in which version."""
    return Sheet(_("About the file"), [_("What"), _("Value")], lines)


def xlsx_file(*sheets: Sheet) -> bytes:
    """The sheets, the first seen first: headings, rows, a filter on every column.

    Every text is stored as text, so that `=...` is never run as a formula, there or when the
    sheet is saved as something else. Times are written as in Stockholm.
    """
    # With the first file: few processes make one, and it is large.
    import xlsxwriter

    file = BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    looks = Looks(
        heading=book.add_format({"bold": True, "bottom": 1}),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        literal=book.add_format({"quote_prefix": True}),
    )
    for one in sheets:
        name = " ".join(REFUSED_IN_NAMES.sub(" ", str(one.name)).split())
        _write(book.add_worksheet(name[:NAME_LIMIT].strip("' ")), one, looks)
    book.close()
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Looks:
    heading: Any
    day: Any
    moment: Any
    literal: Any


def _write(sheet: Any, table: Sheet, looks: Looks) -> None:
    widths = [len(str(text)) for text in table.headers]
    for column, text in enumerate(table.headers):
        sheet.write_string(0, column, str(text), looks.heading)
    last = 0
    for last, row in enumerate(table.rows, start=1):
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, datetime):
                local = timezone.localtime(value, STOCKHOLM) if timezone.is_aware(value) else value
                sheet.write_datetime(last, column, local.replace(tzinfo=None), looks.moment)
                width = 16
            elif isinstance(value, date):
                midnight = datetime.combine(value, time.min)
                sheet.write_datetime(last, column, midnight, looks.day)
                width = 10
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                sheet.write_number(last, column, value)
                width = len(str(value))
            else:
                text = str(value)
                sheet.write_string(
                    last, column, text, looks.literal if text.startswith(FORMULA_SIGNS) else None
                )
                width = len(text)
            widths[column] = max(widths[column], width)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width, WIDEST) + 2)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, max(len(table.headers) - 1, 0))


def csv_file(headers: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """Comma-separated lines. A text that a spreadsheet would run as a formula begins with `'`."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([_literal(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _literal(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(FORMULA_SIGNS)
    return f"'{value}" if is_formula else value


def xlsx_response(name: str, *sheets: Sheet) -> HttpResponse:
    """The sheets of `xlsx_file` as a download `name`.xlsx.

    `name` stands in the address bar and on disks: no personal data in it.
    """
    return HttpResponse(
        xlsx_file(*sheets),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
