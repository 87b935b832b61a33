"""Fill an empty database with a city of synthetic units."""

import argparse
import gc
import os
import re
import secrets
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

import pghistory
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cases.deadlines.sweep import sweep
from cases.notices.models import Notice
from core.calendar import STOCKHOLM, local_date
from demo import audits, unitstats
from demo.cases import access, disclosed, load, rows, staff
from demo.cases.elsewhere import elsewhere
from demo.workload import allocation, rounds, weights
from organisation.models import OrgUnit


def _day(text: str | date) -> date:
    if isinstance(text, date):
        return text
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CommandError("--on takes a day that exists, written YYYY-MM-DD.")


MOST_UNITS = 300
FILLERS = (weights.fill, allocation.fill, rounds.fill, unitstats.fill, audits.fill)
"""What the apps above the cases add, in this order."""


def parcels(
    seed: int, scale: int, on: date, password: str, first_ids: load.Ids
) -> Iterator[load.Parcel]:
    """Each unit's rows, made one after another; `password` is hashed.

    Garbage is collected when a unit has been written, not over and over while it grows.
    """
    batch = load.Batch(first_ids)
    rng = Random(f"{seed} staff")  # noqa: S311 (synthetic data, not secrets)
    people, city, units = staff.build(batch, rng, on=on, password=password)
    gc.disable()
    try:
        for number in range(1, scale + 1):
            if number > 1:
                units = [staff.another(people, rng, city=city, number=number)]
            for unit in units:
                rows.write(batch, unit, Random(f"{seed} {unit.code}"), on=on)  # noqa: S311
            yield batch.take()
            gc.collect()
    finally:
        gc.enable()


class Command(BaseCommand):
    help = (
        "Fill an empty database with synthetic units: the same seed and day give the same data. "
        "Scale 1 is the reference unit ST-BOU and the small unit EV-BOU; each step above adds a "
        "unit of the reference size."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="another seed, other data (1)")
        parser.add_argument("--scale", type=int, default=1, help="number of units (1)")
        parser.add_argument(
            "--on",
            metavar="YYYY-MM-DD",
            help="the day the data ends (today)",
        )

    @pghistory.context(user=None, command="demo_data")
    def handle(self, *, seed: int, scale: int, on: str | date | None, **options: object) -> None:
        today = local_date(timezone.now())
        on = _day(on) if on else today
        if not 1 <= scale <= MOST_UNITS:
            raise CommandError(f"--scale takes a number from 1 to {MOST_UNITS}.")
        if not settings.DEMO:
            raise CommandError("Demo data is for demonstration only: set DEMO=true to allow it.")
        if not date(2024, 1, 1) <= on <= today:
            raise CommandError("The day has to be from 2024-01-01 to today.")
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(12)
        with transaction.atomic():
            load.prepare()
            if OrgUnit.objects.exists():
                raise CommandError("The database already has an organisation: nothing was changed.")
            self._fill(seed, scale, on, make_password(password))
        # As the hourly job would have left it this morning; each chunk is a transaction of its own.
        morning = datetime.combine(on, time(0), tzinfo=STOCKHOLM)
        sweep(on=on, at=morning)
        access.fill(on=on)
        disclosed.make(at=morning)
        Notice.objects.filter(due_on__lt=on - timedelta(days=8)).update(read_at=morning)
        for fill in FILLERS:
            fill(seed=seed, on=on, at=morning)
        if not os.environ.get("DEMO_PASSWORD"):
            self.stdout.write(f"Password of every demo account: {password}")

    def _fill(self, seed: int, scale: int, on: date, hashed: str) -> None:
        made = (seed, scale, on, hashed, load.first_ids())
        # With several units, one is made while the database stores another.
        units = elsewhere(parcels, *made) if scale > 1 else parcels(*made)
        for number, parcel in enumerate(units, 1):
            load.copy(parcel)
            if scale > 1:
                self.stderr.write(f"unit {number} of {scale}")
        load.finish(parcel.next_ids)
