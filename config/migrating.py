"""The same migrations in a tenth of the time, for databases that are made from nothing.

Django describes all related models anew after every operation; with some hundred models and
operations that is where nearly all the time goes. Here it does so after a run of operations of one
kind, and not for those that need no description: constraints, indexes and triggers. The tests and
the first `make run` use it; the database is the same to the letter
(tests/config/test_migrating.py). A database that holds anything is migrated by Django's own, one of
another version not at all (`is_of_another_version`).

    python -m config.migrating      on the database of DATABASE_URL
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

TOGETHER = (operations.CreateModel, operations.AddField)
"""What these do in the database does not change by what the next of their kind adds."""
LATER = (
    operations.AddConstraint,
    operations.RemoveConstraint,
    operations.AddIndex,
    operations.RemoveIndex,
    AddTrigger,
    RemoveTrigger,
)
"""What these do in the database needs nothing of the model but its fields."""


def migrate() -> None:
    """Apply every migration that is missing.

    Raises what `manage.py migrate` raises; each migration is one transaction there as here.
    """
    with mock.patch.object(Migration, "apply", _Applying()):
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def is_of_another_version(loader: MigrationLoader, tables: Iterable[str]) -> bool:
    """Whether migrations of ours made the database that the code does not have (any more).

    Told by their names, or by an app's tables without any migration of it.
    """
    ours = {app.label: app for app in apps.get_app_configs() if _is_ours(app.path)}
    applied = {(app, name) for app, name in loader.applied_migrations if app in ours}
    if applied - set(loader.disk_migrations):
        return True
    there = set(tables)
    return any(
        model._meta.db_table in there
        for label in ours.keys() - {app for app, _name in applied}
        for model in ours[label].get_models(include_auto_created=True)
    )


def _is_ours(path: str) -> bool:
    return Path(path).parent == settings.BASE_DIR


class _Applying:
    """`Migration.apply`, with a list of the models that are still to be described anew."""

    def __init__(self) -> None:
        self.changed: dict[tuple[str, str], bool] = {}

    def __get__(self, migration: Migration, owner: type[Migration]) -> Any:
        def apply(state: ProjectState, schema_editor: Any, collect_sql: bool = False) -> Any:
            for kind, found in groupby(migration.operations, key=type):
                run = list(found)
                if kind in TOGETHER + LATER:
                    self.run(migration.app_label, run, state, schema_editor)
                else:
                    self.describe(state)
                    for operation in run:
                        before = state.clone()
                        operation.state_forwards(migration.app_label, state)
                        operation.database_forwards(
                            migration.app_label, schema_editor, before, state
                        )
            return state

        return apply

    def run(self, app: str, run: list[Any], state: ProjectState, schema_editor: Any) -> None:
        before = state.clone()
        with mock.patch.object(state, "reload_model", self.remember):
            for operation in run:
                operation.state_forwards(app, state)
        if isinstance(run[0], TOGETHER):
            self.describe(state)
        for operation in run:
            operation.database_forwards(app, schema_editor, before, state)

    def remember(self, app: str, model: str, delay: bool = False) -> None:
        self.changed[app, model] = self.changed.get((app, model), True) and delay

    def describe(self, state: ProjectState) -> None:
        if self.changed:
            state.reload_models(list(self.changed), delay=all(self.changed.values()))
            self.changed.clear()


if __name__ == "__main__":
    django.setup()
    migrate()
