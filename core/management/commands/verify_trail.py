"""Say whether the trail is as it was written: one line for each fault, and status 1."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import seals

MOST_SHOWN = 1_000


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written YYYY-MM-DD") from None


class Command(BaseCommand):
    help = (
        "Verify the trail: that no entry, and no row of the history, was changed, removed or put "
        "in afterwards. Prints one line for each fault and exits with 1 if there is any; lines "
        "that begin with note: tell of changes by direct SQL."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=_day, metavar="YYYY-MM-DD")
        parser.add_argument(
            "--to",
            dest="last",
            type=_day,
            metavar="YYYY-MM-DD",
            help="the last day (without: also what is not sealed yet)",
        )
        parser.add_argument(
            "--heads",
            action="store_true",
            help="print the head of every closed day, to be kept outside the system, and no more",
        )
        parser.add_argument(
            "--against",
            type=Path,
            metavar="FILE",
            help="compare with heads that --heads printed earlier",
        )

    def handle(
        self,
        *,
        first: date | None,
        last: date | None,
        heads: bool,
        against: Path | None,
        **options: Any,
    ) -> None:
        if first and last and last < first:
            raise CommandError("--to is before --from.")
        if heads:
            for head in seals.heads(first=first, last=last):
                self.stdout.write(f"{head.day} {head.entries} {head.digest}")
            return
        checked = seals.Checked()
        found = 0
        kept = _kept(against) if against else None
        for fault in seals.verify(first=first, last=last, kept=kept, checked=checked):
            found += 1
            if found <= MOST_SHOWN:
                self.stdout.write(str(fault))
        for line in checked.outside:
            self.stdout.write(f"note: {line}")
        looked = f"{checked.entries} entries, {checked.seals} seals"
        if not found:
            self.stdout.write(f"The trail is as it was written: {looked}.")
            return
        self.stdout.write(f"{found} fault{'' if found == 1 else 's'} in {looked}.")
        sys.exit(1)


def _kept(path: Path) -> dict[date, str]:
    """The heads in a file of lines `day entries digest`; CommandError when it is not one."""
    try:
        lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
        return {date.fromisoformat(day): digest for day, _entries, digest in lines}
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError:
        raise CommandError(f"{path} does not hold lines of a day, a number, a digest.") from None
