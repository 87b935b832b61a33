"""The month's figures of a unit, for those who take them further."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.calendar import Month, local_date
from core.errors import Invalid
from core.exports import csv_file, xlsx_file
from organisation.enums import Level
from organisation.models import OrgUnit
from unitstats import sheets
from unitstats.services import closing


class Command(BaseCommand):
    help = (
        "Write a month's figures of a unit: those it was closed with, or, while it is not closed "
        "(revision 0), those the records give now."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", metavar="YYYY-MM")
        parser.add_argument("--unit", required=True, metavar="CODE", help="the unit's code")
        parser.add_argument("--format", choices=("json", "csv", "xlsx"), default="json")
        parser.add_argument("--revision", type=int, help="an earlier revision (the last)")
        parser.add_argument("--output", metavar="FILE", help="write there, not to the terminal")

    def handle(self, *args: Any, month: str, unit: str, **options: Any) -> None:
        try:
            asked = Month.parse(month)
        except ValueError as error:
            raise CommandError("The month is written YYYY-MM, such as 2026-03.") from error
        today = local_date(timezone.now())
        if asked.first > today:
            raise CommandError(f"{asked} has not begun yet (today is {today}).")
        place = OrgUnit.objects.filter(level=Level.UNIT, code=unit).first()
        if place is None:
            raise CommandError(f"There is no unit with the code {unit}.")
        if options["revision"] is not None and options["revision"] < 1:
            raise CommandError("Revisions count from 1.")
        try:
            found = closing.figures_of(place, asked, revision=options["revision"])
        except Invalid as error:
            raise CommandError(str(error)) from error
        self._write(self._content(place, found, options["format"]), options["output"])

    def _content(self, unit: OrgUnit, found: closing.MonthlyFigures, kind: str) -> bytes:
        if kind == "xlsx":
            before = closing.figures_of(unit, found.month.year_before)
            return xlsx_file(*sheets.sheets(unit, found, before))
        if kind == "csv":
            return csv_file(sheets.CSV_COLUMNS, sheets.csv_rows(found))
        answer = {
            "unit": unit.code,
            "period": str(found.month),
            "revision": found.revision,
            "figures": {
                code: {"value": one.value, "by_gender": dict(one.by_gender)}
                for code, one in found.figures.items()
            },
        }
        return (json.dumps(answer, indent=2) + "\n").encode()

    def _write(self, content: bytes, output: str | None) -> None:
        if output:
            try:
                Path(output).write_bytes(content)
            except OSError as error:
                raise CommandError(f"cannot write {output}: {error.strerror}") from error
            return
        buffer = getattr(self.stdout, "buffer", None)
        if content.startswith(b"PK"):
            if sys.stdout.isatty():
                raise CommandError("A spreadsheet is not for the terminal: use --output FILE.")
            buffer = buffer or sys.stdout.buffer
            buffer.write(content)
            buffer.flush()
        else:
            self.stdout.write(content.decode(), ending="")
