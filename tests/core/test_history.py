"""Whose change it was: the history knows, whichever way the change came; and it only grows."""

from __future__ import annotations

import json
from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from cases.reports.models import Report
from config.celery import app
from organisation import tokens
from organisation.models import Absence, User
from tests.factories import World

pytestmark = pytest.mark.django_db


def last_context(model: Any) -> dict[str, Any]:
    event = model.pgh_event_model.objects.select_related("pgh_context").order_by("-pgh_id").first()
    return event.pgh_context.metadata


def kept_tables() -> list[str]:
    """Every table that keeps rows as they were, and what knows whose change each was."""
    events = {
        model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")
    }
    return sorted(events | {"core_trailentry", "core_trailseal"})


def test_a_page_leaves_who_and_where(world: World) -> None:
    report = world.report()
    client = Client()
    client.force_login(world.reception)
    client.post(
        f"/reports/{report.pk}/assess/",
        {
            "assess-assessed_at": "2026-03-02T10:00",
            "assess-outcome": "no_immediate_need",
            "assess-child_spoken_with": "no",
            "assess-rationale": "Skäl.",
        },
    )
    report.refresh_from_db()
    assert report.status == "assessed"
    assert last_context(Report) == {
        "user": world.reception.pk,
        "url": f"/reports/{report.pk}/assess/",
    }


def test_a_call_with_a_token_leaves_whose_token_it_was(world: World) -> None:
    report = world.report()
    key = tokens.issue(world.reception, days=9, by=world.reception, at=timezone.now())
    Client().post(
        f"/api/v1/reports/{report.pk}/protection_assessment/",
        json.dumps(
            {
                "assessed_at": "2026-03-02T10:00:00+01:00",
                "outcome": "no_immediate_need",
                "child_spoken_with": False,
                "rationale": "Skäl.",
            }
        ),
        content_type="application/json",
        headers={"authorization": f"Token {key}"},
    )
    assert last_context(Report)["user"] == world.reception.pk


def test_a_task_leaves_its_name(world: World) -> None:
    @app.task(name="tests.rename")
    def rename() -> None:
        User.objects.filter(pk=world.main.pk).update(first_name="Ny")

    rename()
    assert last_context(User) == {"user": None, "task": "tests.rename"}


def test_direct_sql_leaves_the_row_as_it_was(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisation_user SET first_name = 'Smyg' WHERE id = %s", [world.main.pk]
        )
        cursor.execute("DELETE FROM organisation_roleassignment WHERE user_id = %s", [world.co.pk])
    changed = User.pgh_event_model.objects.filter(pgh_obj=world.main).latest("pgh_id")
    assert (changed.first_name, changed.pgh_label) == ("Main", "update")
    role = apps.get_model("organisation", "RoleAssignmentEvent")
    assert role.objects.filter(user_id=world.co.pk, pgh_label="delete").count() == 1


def refusal_of(statement: str) -> str:
    """What the database says to the owner of its tables, other triggers switched off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT array_agg(tgname) FROM pg_trigger WHERE NOT tgisinternal")
        names = "{" + ",".join(cursor.fetchone()[0]) + "}"
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [names])
        try:
            with transaction.atomic():
                cursor.execute(statement)
        except DatabaseError as error:
            return str(error).splitlines()[0]
        finally:
            transaction.set_rollback(True)
    return ""


@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_kept_row_is_changed_or_removed(world: World, act: str) -> None:
    said = {
        table: refusal_of(act.format(table, *["id" if table.startswith("core_") else "pgh_id"] * 2))
        for table in kept_tables()
    }
    assert said == {
        table: f"rows of {table} are added and never changed or removed" for table in said
    }


def test_what_is_known_of_a_change_is_added_to_and_never_taken_back(world: World) -> None:
    with pghistory.context(user=world.head.pk, reason="skäl"):
        Absence.objects.create(
            user=world.main, from_on="2026-03-02", until_on="2026-03-03", reason="illness"
        )
        Absence.objects.update(until_on="2026-03-04")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pghistory_context SET id = gen_random_uuid(),"
            """ metadata = '{"user": 1, "more": 2}'"""
        )
    assert last_context(Absence) == {"user": world.head.pk, "reason": "skäl", "more": 2}
    for act in ("DELETE FROM pghistory_context", "TRUNCATE pghistory_context CASCADE"):
        assert refusal_of(act) == "rows of pghistory_context are added and never removed"
