"""Take in employments from a CSV file."""

import argparse
from pathlib import Path

import pghistory
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from organisation.imports import COLUMNS, BadFile, import_employments, read


class Command(BaseCommand):
    help = (
        "Take in employments from a CSV file, all or none. Columns: "
        f"{','.join(COLUMNS)}. The same file again changes nothing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")

    @pghistory.context(user=None, command="import_employments")
    def handle(self, *, file: Path, **options: object) -> None:
        try:
            rows = read(file)
        except BadFile as error:
            raise CommandError(str(error)) from error
        done = import_employments(rows, at=timezone.now())
        self.stdout.write(
            f"{done.added} employments added, {done.changed} changed, {done.unchanged} unchanged"
        )
