"""What history keeps of changed rows is digested into the trail: a gap in it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pghistory
import pytest
from django.core.management import call_command
from django.db import connection

from cases.reports.models import Report
from core import history_digests as kept
from core import seals
from core.models import TrailEntry
from organisation.models import User
from tests.factories import World

pytestmark = pytest.mark.django_db

TABLE = "organisation_userevent"


@contextmanager
def as_owner_of(table: str) -> Iterator[Any]:
    """As whoever owns the table can: its guards off, and on again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def changed(world: World) -> World:
    """Three changes of one person, in two sealings."""
    for name in ("Ada", "Bea"):
        with pghistory.context(user=world.head.pk):
            User.objects.filter(pk=world.main.pk).update(first_name=name)
    assert seals.seal()
    with pghistory.context(user=world.head.pk):
        User.objects.filter(pk=world.main.pk).update(first_name="Eva")
    assert seals.seal()
    return world


def faults() -> list[str]:
    return [fault.text for fault in seals.verify()]


def ids() -> list[int]:
    rows = User.pgh_event_model.objects.order_by("pgh_id")
    return list(rows.values_list("pgh_id", flat=True))


def test_what_is_whole_has_no_fault(changed: World) -> None:
    assert faults() == []
    parts = [
        entry.details["tables"][TABLE][:3]
        for entry in TrailEntry.objects.filter(action=kept.ACTION).order_by("pk")
    ]
    _first, second, third = ids()
    assert parts == [[0, second, 2], [second, third, 1]]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_kept_row_that_is_removed_is_found(changed: World, which: int) -> None:
    with as_owner_of(TABLE) as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE pgh_id = %s", [ids()[which]])  # noqa: S608
    [fault] = faults()
    assert fault.startswith(f"{TABLE}: rows ")
    assert "are found" in fault


def test_a_kept_row_that_is_changed_is_found(changed: World) -> None:
    with as_owner_of(TABLE) as cursor:
        cursor.execute(f"UPDATE {TABLE} SET last_name = 'X' WHERE pgh_id = %s", [ids()[1]])  # noqa: S608
    [fault] = faults()
    assert fault.endswith("are not as they were kept")


def test_a_kept_row_put_in_afterwards_is_found(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'pgh_id'))", [TABLE])
        [unused] = cursor.fetchone()
        with pghistory.context(user=world.head.pk):
            User.objects.filter(pk=world.main.pk).update(first_name="Ada")
        seals.seal()
        cursor.execute(
            f"INSERT INTO {TABLE} SELECT (jsonb_populate_record(e, jsonb_build_object('pgh_id',"  # noqa: S608
            f" %s::bigint))).* FROM {TABLE} e",
            [unused],
        )
    [fault] = faults()
    assert fault.endswith("were 1, and 2 are found")


def test_an_emptied_history_is_found(changed: World) -> None:
    with as_owner_of(TABLE) as cursor:
        cursor.execute(f"TRUNCATE {TABLE}")
    assert len(faults()) == 2


def test_whose_a_change_was_cannot_be_taken_away_unseen(changed: World) -> None:
    with as_owner_of("pghistory_context") as cursor:
        cursor.execute("DELETE FROM pghistory_context")
    assert len(faults()) == 2
    assert all("whose they are" in fault for fault in faults())


def test_a_column_added_later_is_no_fault_and_the_rows_stay_guarded(changed: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {TABLE} ADD COLUMN later text NOT NULL DEFAULT 'x'")
    assert faults() == []
    assert seals.seal()
    last = TrailEntry.objects.filter(action=kept.ACTION).latest("pk")
    assert last.details["tables"][TABLE][:3] == [0, ids()[-1], 3]
    with as_owner_of(TABLE) as cursor:
        cursor.execute(f"UPDATE {TABLE} SET last_name = 'X' WHERE pgh_id = %s", [ids()[0]])  # noqa: S608
    assert [fault.rsplit(": ", 1)[1] for fault in faults()] == [
        f"rows 1 to {ids()[-1]} are not as they were kept"
    ]


def test_nothing_kept_writes_nothing(changed: World) -> None:
    before = TrailEntry.objects.count()
    seals.seal()
    seals.seal()
    assert TrailEntry.objects.count() == before


def test_a_change_by_direct_sql_is_told_of_and_is_no_fault(world: World) -> None:
    report = world.report()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_report SET concern = 'Smyg' WHERE id = %s", [report.pk])
    seals.seal()
    told = StringIO()
    call_command("verify_trail", stdout=told)
    assert "note: " in told.getvalue()
    assert "cases_reportevent: rows " in told.getvalue()
    assert "kept from changes by direct SQL" in told.getvalue()
    assert "as it was written" in told.getvalue()


def test_no_session_can_have_its_changes_left_out(world: World) -> None:
    report = world.report()
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(tgname) FROM pg_trigger WHERE NOT tgisinternal")
        names = "{" + ",".join(cursor.fetchone()[0]) + "}"
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [names])
        cursor.execute("UPDATE cases_report SET concern = 'Smyg' WHERE id = %s", [report.pk])
        cursor.execute("SELECT set_config('pgtrigger.ignore', '', true)")
    assert Report.pgh_event_model.objects.filter(pgh_obj=report).latest("pgh_id").concern != "Smyg"


def test_every_table_of_history_is_sealed() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'pgh_id'"
            " AND attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r')"
        )
        found = {name for (name,) in cursor.fetchall()}
    assert set(kept.tables()) == found
