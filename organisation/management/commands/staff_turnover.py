"""Print the staff turnover of a year."""

import argparse
import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

from organisation.turnover import StaffTurnover, professions, turnover


def _figures(figures: StaffTurnover) -> dict[str, object]:
    return {"left": figures.left, **asdict(figures)}


class Command(BaseCommand):
    help = (
        "Staff turnover of a year: permanent employments on 31 December of the year before that "
        "ended during the year, and all of them."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--profession", help="only this profession (all)")
        parser.add_argument("--format", dest="written", choices=["text", "json"], default="text")

    def handle(self, *, year: int, profession: str | None, written: str, **options: object) -> None:
        if not 1950 <= year <= 2200:
            raise CommandError(f"{year} is not a year there can be figures of.")
        known = {name.casefold() for name in professions()}
        if profession is not None and profession.casefold() not in known:
            raise CommandError(f"Nobody has been employed as {profession!r}.")
        result = turnover(year, profession=profession)
        if written == "json":
            self.stdout.write(
                json.dumps(
                    {
                        "city": _figures(result.city),
                        "administrations": {
                            name: _figures(each) for name, each in result.administrations.items()
                        },
                    },
                    ensure_ascii=False,
                )
            )
            return
        rows = [*result.administrations.items(), ("City", result.city)]
        width = max(len(name) for name, _each in rows)
        for name, each in rows:
            share = "-" if each.share is None else f"{each.share:.1%}"
            self.stdout.write(f"{name:{width}} {each.left:5} of {each.employed:5} {share:>7}")
