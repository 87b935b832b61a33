"""Give the application's own database role what it needs, and nothing over what only grows."""

from __future__ import annotations

import argparse
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

READ_ONLY = frozenset({"django_migrations"})
GROWING = frozenset({"core_trailentry", "core_trailseal"})
CONTEXT = "pghistory_context"
"""Added to while a request goes on; its own trigger keeps what has been said."""


def growing_tables() -> frozenset[str]:
    """Tables whose rows are added and never changed: the trail, and rows as they were."""
    kept = {
        model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")
    }
    return GROWING | kept


def privileges_of(table: str, growing: frozenset[str]) -> str:
    """What the application may do with the rows of a table."""
    if table in READ_ONLY:
        return "SELECT"
    if table in growing:
        return "SELECT, INSERT"
    if table == CONTEXT:
        return "SELECT, INSERT, UPDATE"
    return "SELECT, INSERT, UPDATE, DELETE"


class Command(BaseCommand):
    help = (
        "Grant the role that the application connects as its rights, after each migration. Run "
        "it as the role that owns the tables. The role must exist and own nothing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("role", help="the role in the application's DATABASE_URL")

    def handle(self, *, role: str, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper, pg_has_role(rolname, current_user, 'MEMBER')"
                " FROM pg_roles WHERE rolname = %s",
                [role],
            )
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"There is no role {role}: create it first (CREATE ROLE).")
            if any(found):
                raise CommandError(
                    f"The role {role} is a superuser, or the owner of the tables itself: the "
                    "application needs one of its own."
                )
            tables = self._grant(cursor, role)
        self.stdout.write(f"{role}: rights to {tables} tables.")

    def _grant(self, cursor: Any, role: str) -> int:
        name = sql.Identifier(role)
        growing = growing_tables()
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
        cursor.execute(
            "SELECT c.relname, c.relkind FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'S')"
            " ORDER BY c.relname"
        )
        rows = cursor.fetchall()
        for relation, kind in rows:
            what = "SEQUENCE" if kind == "S" else "TABLE"
            rights = "USAGE, SELECT" if kind == "S" else privileges_of(relation, growing)
            for statement in (
                "REVOKE ALL ON {} {} FROM {}",
                f"GRANT {rights} ON {{}} {{}} TO {{}}",
            ):
                cursor.execute(
                    sql.SQL(statement).format(sql.SQL(what), sql.Identifier(relation), name)
                )
        return sum(kind != "S" for _relation, kind in rows)
