"""Derive every deadline again from the facts, and say what differed."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.deadlines import store as deadlines
from core.calendar import local_date


class Command(BaseCommand):
    help = (
        "Derive every deadline, and what is said of every matter, again from its facts; store what "
        "differs and print it: case number, kind, field, stored -> derived."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing; exit 1 if anything differs",
        )

    @pghistory.context(user=None, command="rebuild_deadlines")
    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        found = 0
        differences = (
            deadlines.differences() if check else deadlines.rebuild(on=local_date(timezone.now()))
        )
        for difference in differences:
            found += 1
            for line in lines(difference):
                self.stdout.write(line)
        if check and found:
            raise CommandError(
                f"{found} deadlines differ; `python manage.py rebuild_deadlines` puts them right."
            )
        self.stdout.write(
            f"{found} deadlines differed and are put right." if found else "No drift."
        )


def lines(difference: deadlines.Difference) -> Iterator[str]:
    """The difference in words; days, codes and ids, never a person."""
    head = f"{difference.matter} {difference.kind}"
    stored, derived = difference.stored, difference.derived
    if difference.changes:
        for name, old, new in difference.changes:
            yield f"{head} {name}: {old} -> {new}"
    elif derived is None:
        assert stored is not None
        yield f"{head} due {stored.due_on}: stored -> does not apply"
    else:
        yield f"{head} due {derived.due_on}: missing -> derived"
