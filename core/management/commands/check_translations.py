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
    """A line for each text without a finished wording, by catalogue."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        copy_sources(root, copy)
        for domain in ("django", "djangojs"):
            collect(copy, locale, domain)
            name = Path("locale") / locale / "LC_MESSAGES" / f"{domain}.po"
            wanted = entries(copy / name)
            # Merging with the old catalogue may guess; only what is written there counts.
            present = entries(root / name)
            for key in wanted:
                entry = present.get(key)
                if entry is None:
                    yield f"{name}: missing: {key[1]!r}"
                elif entry.fuzzy:
                    yield f"{name}: fuzzy: {key[1]!r}"
                elif not entry.translated():
                    yield f"{name}: untranslated: {key[1]!r}"


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


def entries(path: Path) -> dict[tuple[str | None, str], polib.POEntry]:
    if not path.exists():
        return {}
    catalogue = polib.pofile(str(path))
    return {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
