"""Fixtures shared by all tests; those that start services are in tests/plugin.py."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.factories import World
from tests.template import template_database

LONG = (
    "tests/browser/test_every_page.py",
    "tests/test_crawl.py",
    "tests/cases/test_demo_data.py",
    "tests/security/",
    "tests/browser/",
    "tests/services/",
    "tests/config/test_services.py",
    "tests/benchmarks/",
)
"""Begun first, so that no process is left alone with one of them at the end."""
TOGETHER = ("tests/test_crawl.py", "tests/cases/test_demo_data.py")
"""Modules with a fixture that takes a minute to make: one process runs all of each."""
ON_STAGE = tuple(
    f"tests/security/test_{name}.py" for name in ("forgery", "leaks", "markers", "matrix")
)
"""Also these in `make test`, where their fixture takes longer than its tests. In `make test-slow`
each test takes a minute."""


class Spread(LoadScopeScheduling):
    """Who is free takes the next test, or the next module of TOGETHER or ON_STAGE.

    Not xdist's own groups: those are written into a test's id, which pytest 9 keeps for itself.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        quick = self.config.option.markexpr == "not slow"
        return path if path in TOGETHER or (quick and path in ON_STAGE) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread | None:
    return Spread(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    yield
    # After the others' hooks, of which one sorts by the kind of database access.
    items.sort(key=_when_begun)


def _when_begun(item: pytest.Item) -> int:
    places = (index for index, path in enumerate(LONG) if item.nodeid.startswith(path))
    return next(places, len(LONG))


def pytest_collection_finish() -> None:
    """As the web processes do (config/gunicorn.py): what is loaded now stays, and is not walked
    through again and again for what is short-lived."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy each test database from one that is migrated already.

    Here and not in the plugin, because pytest-django's own fixture has to be overridden.
    """
    from django.db import connection

    if name := template_database(os.environ["DATABASE_URL"]):
        connection.settings_dict["TEST"]["TEMPLATE"] = name


@pytest.fixture
def world(db: None) -> World:
    """An organisation with people in every role; see `tests.factories.World`."""
    from django.core.cache import cache

    # What a browser's test has counted at the real time is in the future at a set one.
    cache.clear()
    return World()


@pytest.fixture(autouse=True)
def _swedish() -> Iterator[None]:
    """Begin in Swedish, whatever language the test before asked a page for."""
    from django.utils import translation

    with translation.override("sv"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _emptied_after_real_transactions() -> Iterator[None]:
    """Let a test that commits be cleaned up after: only the tables that have rows, which are few.

    Emptying all of them takes ten times as long. Guarded tables refuse TRUNCATE and DELETE even
    then, so no trigger of ours is asked; foreign keys are.
    """
    from django.db.backends.postgresql.operations import DatabaseOperations

    def empty(self: Any, style: Any, tables: list[str], **_options: Any) -> list[str]:
        emptied = sorted(set(tables) - _SAME_AFTER_EVERY_TEST)
        return [_EMPTY.format(", ".join(f"'{self.quote_name(table)}'" for table in emptied))]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", empty)
        yield


_SAME_AFTER_EVERY_TEST = {"auth_permission", "django_content_type"}
"""Written by the migrations, and written anew after them where they are not there."""
_EMPTY = """
DO $$
DECLARE
    place regclass;
    has_rows boolean;
    filled regclass[] := ARRAY[]::regclass[];
BEGIN
    FOREACH place IN ARRAY ARRAY[{}]::regclass[] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', place) INTO has_rows;
        IF has_rows THEN
            filled := filled || place;
        END IF;
    END LOOP;
    FOREACH place IN ARRAY filled LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', place);
        EXECUTE format('DELETE FROM %s', place);
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    FOREACH place IN ARRAY filled LOOP
        EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', place);
    END LOOP;
END
$$
"""
