"""The application's own database role: it works with it, and cannot touch what only grows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core import trail
from core.management.commands.database_role import growing_tables
from tests.factories import World, moment

ROLE = f"application_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def server(user: str) -> psycopg.Connection[Any]:
    settings = connection.settings_dict
    return psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"] or None,
        dbname=settings["NAME"],
        user=user,
        autocommit=True,
    )


@pytest.fixture
def application(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the application has it where it is set up with a role of its own."""
    # The embedded server lets its superuser in. Another without one is to fail here, not to skip:
    # what is held is that the trail cannot be changed.
    with server("postgres") as superuser:
        superuser.execute(f"DROP ROLE IF EXISTS {ROLE}")
        superuser.execute(f"CREATE ROLE {ROLE} LOGIN")
        try:
            call_command("database_role", ROLE, stdout=StringIO())
            with server(ROLE) as own:
                yield own
        finally:
            superuser.execute(f"DROP OWNED BY {ROLE}")
            superuser.execute(f"DROP ROLE {ROLE}")


def refusal_of(own: psycopg.Connection[Any], statement: str) -> str:
    try:
        own.execute(statement)
    except psycopg.Error as error:
        return type(error).__name__
    return ""


def test_it_cannot_touch_what_only_grows(application: psycopg.Connection[Any]) -> None:
    world = World()
    trail.read("report.read", [world.unit], by=world.head, at=moment("2026-03-02"))
    said = set()
    for table in growing_tables():
        key = "id" if table.startswith("core_") else "pgh_id"
        for statement in (
            f"UPDATE {table} SET {key} = {key}",  # noqa: S608
            f"DELETE FROM {table}",  # noqa: S608
            f"TRUNCATE {table}",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"DROP TABLE {table}",
        ):
            answer = refusal_of(application, statement)
            if answer != "InsufficientPrivilege":
                said.add((statement, answer))
    assert said == set()


def test_it_cannot_step_round_the_guards(application: psycopg.Connection[Any]) -> None:
    said = {
        statement: refusal_of(application, statement)
        for statement in (
            "SET session_replication_role = replica",
            f"SET ROLE {connection.settings_dict['USER']}",
            "CREATE TABLE public.core_more (id int)",
            "SELECT setval('core_trailentry_id_seq', 1)",
            "DELETE FROM pghistory_context",
            "UPDATE django_migrations SET name = 'x'",
            "DROP FUNCTION core_context_grows()",
        )
    }
    assert set(said.values()) == {"InsufficientPrivilege"}, said


def test_it_can_do_its_work(application: psycopg.Connection[Any]) -> None:
    world = World()
    application.execute(
        "SELECT set_config('pghistory.context_id', gen_random_uuid()::text, false),"
        " set_config('pghistory.context_metadata', '{}', false)"
    )
    application.execute(
        "UPDATE organisation_user SET first_name = 'Ny' WHERE id = %s", [world.main.pk]
    )
    application.execute(
        "UPDATE organisation_user SET first_name = 'Nyare' WHERE id = %s", [world.main.pk]
    )
    application.execute("DELETE FROM organisation_roleassignment WHERE user_id = %s", [world.co.pk])
    application.execute(
        "INSERT INTO core_trailentry (at, kind, action, target_type, targets, children, reason,"
        " details) VALUES (now(), 'read', 'x', 'report', '{1}', '{}', '', '{}')"
    )
    events = application.execute(
        "SELECT count(*) FROM organisation_userevent WHERE pgh_obj_id = %s", [world.main.pk]
    ).fetchone()
    assert events == (2,)


def test_a_role_that_owns_the_tables_or_is_not_there_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="There is no role"):
        call_command("database_role", "nobody_of_that_name")
    owner = connection.settings_dict["USER"]
    with pytest.raises(CommandError, match="owner of the tables"):
        call_command("database_role", owner)
