"""Bring the database up to the code: migrations, cache table, demo data where there is nothing.

    python -m config.prepare [--no-demo]

Safe to run at every start; `make run` does. A database that another version made and this one
cannot carry on with is left as it is: the exit status is `ANOTHER_VERSION`.
"""

import argparse
import os
import sys

import django

from config.messages import compile_messages
from config.supervisor import ANOTHER_VERSION


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    # Before Django starts: it reads the compiled files once.
    compile_messages()
    django.setup()

    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from config.migrating import is_of_another_version, migrate

    print("Preparing the database ...", flush=True)
    executor = MigrationExecutor(connection)
    tables = connection.introspection.table_names()
    if is_of_another_version(executor.loader, tables):
        print("The database was made by another version.", flush=True)
        sys.exit(ANOTHER_VERSION)
    if not tables:
        migrate()
    elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    wants_demo = settings.DEMO and not options.no_demo
    if wants_demo and not apps.get_model("organisation", "OrgUnit").objects.exists():
        print("Filling the demo unit, once ...", flush=True)
        call_command("demo_data", seed=1, scale=1)


if __name__ == "__main__":
    main()
