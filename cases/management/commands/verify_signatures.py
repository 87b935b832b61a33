"""`manage.py verify_signatures`: is every signed text still exactly what was signed?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.signing import texts


class Command(BaseCommand):
    help = (
        "Compute the digest of every signed note, assessment, decision, document and addition"
        " again. Prints kind and id of each that differs, and ends with an error if any does."
    )

    def handle(self, **_options: Any) -> None:
        broken = texts.broken_signatures()
        for code, pk in broken:
            self.stdout.write(f"{code} {pk}")
        if broken:
            raise CommandError(f"{len(broken)} signed texts are not what was signed.")
        self.stdout.write("Every signed text is what was signed.")
