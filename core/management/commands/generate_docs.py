"""Write the documents that are made from the code, or check that they are up to date."""

from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Write docs/rules.md, states.md, access.md and indicators.md from the tables in the code."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only say which differ; exit 1 if any does"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        stale = []
        for name, module in settings.GENERATED_DOCS.items():
            path = settings.BASE_DIR / "docs" / name
            text = import_module(module).markdown().rstrip("\n") + "\n"
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            if check:
                stale.append(name)
                continue
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"docs/{name} written")
        if stale:
            raise CommandError(
                f"Not up to date: {', '.join(stale)}. Run `python manage.py generate_docs`."
            )
