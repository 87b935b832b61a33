"""Do once what the hourly sweep does."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

import pghistory
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.access import conflicts, departures
from cases.deadlines import sweep
from core.calendar import local_date


class Command(BaseCommand):
    help = (
        "Set what has become overdue and tell whoever has to know, as the hourly job does. Running "
        "it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on",
            metavar="YYYY-MM-DD",
            help="the day to bring the deadlines up to (today); a day to come only in a demo",
        )

    @pghistory.context(user=None, command="sweep_deadlines")
    def handle(self, *args: Any, on: str | None = None, **options: Any) -> None:
        now = timezone.now()
        day = local_date(now)
        if on is not None:
            try:
                asked = date.fromisoformat(on) if len(on) == len("YYYY-MM-DD") else None
            except ValueError:
                asked = None
            if asked is None:
                raise CommandError("--on takes a day that exists, written YYYY-MM-DD.")
            if asked > day and not settings.DEMO:
                raise CommandError(
                    f"{asked} has not come yet (today is {day}); people would be told too early."
                )
            day = asked
        departures.release_departed(on=day, at=now)
        conflicts.release_blocked(on=day, at=now)
        result = sweep.sweep(on=day, at=now)
        self.stdout.write(
            f"{day}: {result.overdue} became overdue, {result.rungs} rungs reached, "
            f"{result.notices} notices"
        )
        if result.untold:
            self.stderr.write(f"{result.untold} deadlines have nobody to tell")
