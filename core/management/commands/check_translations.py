"""`check_translations`: whether every text of the interface has its Swedish wording."""

import os
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.messages import merged, sources

LEFT_OUT = ("tests", "benchmarks", "docs", "media", "staticfiles", "requirements", "__pycache__")


class Command(BaseCommand):
    help = (
        "Collect the texts of the code anew and compare: fails when a Swedish wording is missing, "
        "empty or marked fuzzy. Changes nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--locale", default="sv", help="the language to check (sv)")

    def handle(self, *args: Any, **options: Any) -> None:
        if shutil.which("xgettext") is None:
            raise CommandError("gettext is not installed; on Debian: apt-get install gettext")
        problems = list(find_problems(settings.BASE_DIR, options["locale"]))
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(
                f"{len(problems)} texts lack their wording; run `make messages` and translate them"
            )
        self.stdout.write(f"All texts have their wording ({options['locale']}).")


def find_problems(root: Path, locale: str) -> Iterator[str]:
    """A line for each text that two files word differently or none has a finished wording for."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        copy_sources(root, copy)
        for domain in ("django", "djangojs"):
            collect(copy, locale, domain)
            language = Path("locale") / locale / "LC_MESSAGES"
            wanted = entries(copy / language / f"{domain}.po")
            # Merging with the old catalogue may guess; only what is written there counts.
            present, differing = merged(sources(root / language, domain))
            yield from differing
            worded = {(entry.msgctxt, entry.msgid) for entry in present}
            for key in wanted:
                if key not in worded:
                    yield f"{domain}: without a finished wording: {key[1]!r}"


def copy_sources(root: Path, target: Path) -> None:
    """The program's own folders and manage.py; no environment, data or version control."""
    target.mkdir()
    shutil.copy2(root / "manage.py", target)
    for folder in root.iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in LEFT_OUT:
            ignore = shutil.ignore_patterns("__pycache__", "*.mo")
            shutil.copytree(folder, target / folder.name, ignore=ignore)


def collect(folder: Path, locale: str, domain: str) -> None:
    command = [sys.executable, "-W", "ignore", "manage.py", "makemessages", "--no-wrap"]
    command += ["--locale", locale, "--domain", domain]
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    result = subprocess.run(  # noqa: S603 (our own command)
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise CommandError(f"the texts could not be collected: {result.stderr.strip()}")


def entries(path: Path) -> list[tuple[str | None, str]]:
    if not path.exists():
        return []
    catalogue = polib.pofile(str(path))
    return [(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete]
