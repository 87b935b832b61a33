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

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection, migrations
from django.db.migrations import operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
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

    Raises what `manage.py migrate` raises; each migration is one transaction there as here, and
    what listens to it hears the same.
    """
    executor = QuickExecutor(connection)
    loader = executor.loader
    if loader.applied_migrations or loader.detect_conflicts():
        # Django's own: it describes what is there, or says what is wrong.
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        return
    targets = loader.graph.leaf_nodes()
    plan = executor.migration_plan(targets)
    before = ProjectState(real_apps=loader.unmigrated_apps)
    emit_pre_migrate_signal(0, False, connection.alias, apps=before.apps, plan=plan)
    state = executor.migrate(targets, plan, PatientState(real_apps=loader.unmigrated_apps))
    state.clear_delayed_apps_cache()
    emit_post_migrate_signal(0, False, connection.alias, apps=_described(state), plan=plan)


def _described(state: ProjectState) -> Any:
    """The models as they end up; those of apps without migrations with what points to them."""
    found = state.apps
    keys = [(model.app_label, model.name_lower) for model in found.real_models]
    with found.bulk_update():
        for key in keys:
            found.unregister_model(*key)
    found.render_multiple([ModelState.from_model(apps.get_model(*key)) for key in keys])
    return found


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


class PatientState(ProjectState):
    """Keeps a list of the models that are to be described anew, and does so when told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed: dict[tuple[str, str], bool] = {}
        self.waits = False

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        if self.waits:
            key = app_label, model_name
            self.changed[key] = self.changed.get(key, True) and delay
        else:
            super().reload_model(app_label, model_name, delay)

    def describe(self) -> None:
        if self.changed:
            self.reload_models(list(self.changed), delay=all(self.changed.values()))
            self.changed.clear()


class QuickExecutor(MigrationExecutor):
    """Applies the operations of a migration in runs of one kind."""

    def apply_migration(
        self,
        state: Any,
        migration: migrations.Migration,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        with self.connection.schema_editor(atomic=migration.atomic) as editor:
            for kind, found in groupby(migration.operations, key=type):
                if kind in TOGETHER + LATER:
                    self.run(migration.app_label, list(found), state, editor)
                else:
                    state.describe()
                    for operation in found:
                        before = state.clone()
                        operation.state_forwards(migration.app_label, state)
                        operation.database_forwards(migration.app_label, editor, before, state)
        self.record_migration(migration)  # type: ignore[call-arg, arg-type] # the stubs are behind
        done: ProjectState = state
        return done

    def run(self, app: str, run: list[Any], state: PatientState, editor: Any) -> None:
        before = state.clone()
        state.waits = True
        for operation in run:
            operation.state_forwards(app, state)
        state.waits = False
        if isinstance(run[0], TOGETHER):
            state.describe()
        for operation in run:
            operation.database_forwards(app, editor, before, state)


if __name__ == "__main__":
    django.setup()
    migrate()
