"""The chain of the trail: what is found when the database's owner changes it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from core import seals, trail
from core.calendar import day_start, local_date
from core.models import TrailEntry, TrailSeal
from organisation.models import User
from tests.factories import World, moment

DAY = date(2026, 3, 2)


@contextmanager
def as_owner() -> Iterator[Any]:
    """As whoever owns the tables can: the guards off, and on again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("core_trailentry", "core_trailseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in ("core_trailentry", "core_trailseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def write(world: World, count: int, *, day: date | None = None, hour: int = 9) -> list[int]:
    """Entries of the trail; with `day`, as if recorded then, one a minute, chained as always."""
    before = TrailEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for _ in range(count):
        trail.read("report.read", [world.unit], by=world.head, at=moment("2026-03-02 09:00"))
    made = list(
        TrailEntry.objects.filter(pk__gt=before).order_by("pk").values_list("pk", flat=True)
    )
    if day is not None:
        with as_owner() as cursor:
            for number, pk in enumerate(made):
                at = day_start(day) + timedelta(hours=hour, minutes=number)
                cursor.execute(
                    "UPDATE core_trailentry SET recorded_at = %s WHERE id = %s", [at, pk]
                )
                rechain(cursor, pk)
    return made


def rechain(cursor: Any, pk: int) -> None:
    """Make the entry's digest anew, as one who knows how could."""
    cursor.execute(
        f"UPDATE core_trailentry e SET digest = {seals.digest_sql('e', 'p.digest')}"  # noqa: S608
        " FROM core_trailentry e2 LEFT JOIN core_trailentry p ON p.id = e2.previous_id"
        " WHERE e2.id = e.id AND e.id = %s",
        [pk],
    )


def faults(**days: Any) -> list[str]:
    return [str(fault) for fault in seals.verify(**days)]


@pytest.fixture
def sealed(world: World) -> list[int]:
    """Six entries on two days, both closed; what is recorded now is sealed too, with the history of
    a name."""
    User.objects.filter(pk=world.main.pk).update(first_name="Eva")
    first = write(world, 3, day=DAY)
    second = write(world, 3, day=DAY + timedelta(days=1))
    assert seals.seal()
    return first + second


def test_each_entry_names_the_one_before_and_is_digested(world: World) -> None:
    one, two, three = write(world, 3)
    rows = TrailEntry.objects.in_bulk([one, two, three])
    assert (rows[one].previous_id, rows[two].previous_id, rows[three].previous_id) == (
        None,
        one,
        two,
    )
    assert len({bytes(row.digest) for row in rows.values()}) == 3
    assert faults() == []


def test_nobody_chooses_the_digest_or_the_time_of_an_entry(world: World) -> None:
    TrailEntry.objects.create(
        at=moment("2026-03-02 09:00"),
        kind="read",
        action="x",
        target_type="report",
        targets=[1],
        digest=b"x",
        previous_id=7,
        recorded_at=moment("2020-01-01 09:00"),
    )
    [row] = TrailEntry.objects.all()
    assert bytes(row.digest) != b"x"
    assert row.previous_id is None
    assert row.recorded_at > moment("2026-03-02 09:00")


def test_what_is_whole_has_no_fault(sealed: list[int]) -> None:
    assert faults() == []
    checked = seals.Checked()
    assert list(seals.verify(first=DAY, last=DAY, checked=checked)) == []
    assert (checked.entries, checked.seals) == (3, 1)


def test_every_day_to_today_is_closed_even_without_entries(sealed: list[int]) -> None:
    found = list(seals.heads())
    today = local_date(seals.database_time())
    assert [head.day for head in found] == [
        DAY + timedelta(days=n) for n in range((today - DAY).days)
    ]
    assert [head.entries for head in found[:3]] == [3, 3, 0]
    assert TrailSeal.objects.filter(closes=True).count() == len(found)


@pytest.mark.parametrize("which", range(6))
def test_a_removed_entry_is_found(sealed: list[int], which: int) -> None:
    with as_owner() as cursor:
        cursor.execute("DELETE FROM core_trailentry WHERE id = %s", [sealed[which]])
    found = faults()
    day = DAY + timedelta(days=which // 3)
    number = "holds 3 entries, but 2 are found"
    assert any(line.startswith(f"{day}: seal 1 ") and number in line for line in found)
    if which < 5:
        assert any(f"entry {sealed[which]} has been removed" in line for line in found)


def test_an_entry_removed_before_it_is_sealed_is_found_by_the_next(world: World) -> None:
    _one, two, three = write(world, 3)
    with as_owner() as cursor:
        cursor.execute("DELETE FROM core_trailentry WHERE id = %s", [two])
    [line] = faults()
    assert line.endswith(f"entry {two} has been removed: entry {three} was written after it")


def test_the_newest_entry_removed_before_it_is_sealed_is_missed(world: World) -> None:
    *_rest, last = write(world, 3)
    with as_owner() as cursor:
        cursor.execute("DELETE FROM core_trailentry WHERE id = %s", [last])
    [line] = faults()
    assert f"ids {last} to {last} were given out and have no entry" in line


def test_all_entries_removed_before_anything_is_sealed_are_missed(world: World) -> None:
    made = write(world, 2)
    with as_owner() as cursor:
        cursor.execute("DELETE FROM core_trailentry")
    [line] = faults()
    assert f" to {made[-1]} were given out" in line


@pytest.mark.parametrize(
    "change",
    ["actor_id = NULL", "reason = 'annat'", "targets = '{9}'", "at = at - interval '1 minute'"],
)
def test_a_changed_entry_is_found(sealed: list[int], change: str) -> None:
    with as_owner() as cursor:
        cursor.execute(f"UPDATE core_trailentry SET {change} WHERE id = {sealed[1]}")  # noqa: S608
    assert faults() == [f"{DAY}: entry {sealed[1]} is not as it was written"]


def test_a_change_with_a_digest_made_anew_is_found(sealed: list[int]) -> None:
    with as_owner() as cursor:
        cursor.execute("UPDATE core_trailentry SET reason = 'x' WHERE id = %s", [sealed[1]])
        rechain(cursor, sealed[1])
    found = faults()
    assert f"{DAY}: entry {sealed[2]} is not as it was written" in found
    assert any("does not fit what it covers" in line for line in found)


def test_an_entry_put_in_afterwards_is_found(sealed: list[int]) -> None:
    with as_owner() as cursor:
        cursor.execute(
            "INSERT INTO core_trailentry (id, at, kind, action, target_type, targets, children,"
            " reason, details, recorded_at, previous_id, digest) SELECT 999999, at, kind, action,"
            " target_type, targets, children, reason, details, recorded_at + interval '1 second',"
            " id, '' FROM core_trailentry WHERE id = %s",
            [sealed[0]],
        )
        rechain(cursor, 999999)
    assert any("holds 3 entries, but 4 are found" in line for line in faults())


def test_entries_in_another_order_are_found(sealed: list[int]) -> None:
    with as_owner() as cursor:
        cursor.execute(
            "UPDATE core_trailentry SET recorded_at = recorded_at + interval '90 seconds'"
            " WHERE id = %s",
            [sealed[0]],
        )
    found = faults()
    assert f"{DAY}: entry {sealed[0]} is not as it was written" in found


@pytest.mark.parametrize("change", ["DELETE", "UPDATE"])
def test_a_seal_removed_or_changed_is_found(sealed: list[int], change: str) -> None:
    second = TrailSeal.objects.get(day=DAY + timedelta(days=1))
    with as_owner() as cursor:
        if change == "DELETE":
            cursor.execute("DELETE FROM core_trailseal WHERE id = %s", [second.pk])
        else:
            cursor.execute("UPDATE core_trailseal SET entries = 4 WHERE id = %s", [second.pk])
    assert faults() != []


def test_a_trail_written_anew_is_found_by_the_heads_kept_outside(
    sealed: list[int], tmp_path: Path
) -> None:
    out = StringIO()
    call_command("verify_trail", "--heads", stdout=out)
    kept = tmp_path / "heads"
    kept.write_text(out.getvalue())
    call_command("verify_trail", against=kept, stdout=StringIO())
    with as_owner() as cursor:
        cursor.execute("UPDATE core_trailentry SET reason = 'x' WHERE id = %s", [sealed[0]])
        for pk in TrailEntry.objects.order_by("pk").values_list("pk", flat=True):
            rechain(cursor, pk)
        cursor.execute("DELETE FROM core_trailseal")
    seals.seal()
    assert faults() == []
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_trail", against=kept, stdout=out)
    assert stopped.value.code == 1
    assert f"{DAY}: the head is another than the one that was kept outside" in out.getvalue()


def test_the_command_says_one_line_for_each_fault(sealed: list[int]) -> None:
    with as_owner() as cursor:
        cursor.execute("UPDATE core_trailentry SET reason = 'x' WHERE id = %s", [sealed[4]])
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_trail", stdout=out)
    lines = out.getvalue().splitlines()
    first, total = [line for line in lines if not line.startswith("note: ")]
    assert first == f"{DAY + timedelta(days=1)}: entry {sealed[4]} is not as it was written"
    assert total.startswith("1 fault in 7 entries, ")  # the last tells of the history
    # The day before is whole.
    call_command("verify_trail", "--from", str(DAY), "--to", str(DAY), stdout=StringIO())


def test_the_command_refuses_days_the_wrong_way_round(db: None) -> None:
    with pytest.raises(CommandError, match="--to is before --from"):
        call_command("verify_trail", "--from", "2026-03-03", "--to", "2026-03-02")


def test_a_day_that_was_never_closed_is_a_fault(world: World) -> None:
    write(world, 2, day=DAY)
    assert faults(first=DAY, last=DAY) == [
        f"{DAY}: the day is over and has not been closed: does the worker run?"
    ]
    assert any("nothing is sealed since then" in line for line in faults())


def test_many_entries_are_sealed_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    write(world, 10, day=DAY)
    monkeypatch.setattr(seals, "MOST", 4)
    seals.seal()
    found = list(
        TrailSeal.objects.filter(day=DAY).order_by("number").values_list("entries", "closes")
    )
    assert found == [(4, False), (4, False), (2, True)]
    assert faults() == []


def test_sealing_again_at_once_seals_nothing_new(sealed: list[int]) -> None:
    before = TrailSeal.objects.count()
    assert seals.seal() == 0
    assert TrailSeal.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_an_entry_committed_late_is_waited_for_and_never_missed() -> None:
    world = World()
    write(world, 1)
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                trail.read("slow", [world.unit], by=world.head, at=moment("2026-03-02 09:00"))
                User.objects.filter(pk=world.main.pk).update(first_name="Sen")
                written.set()
                may_commit.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(20)
    # A later id is committed first; sealing now would leave the earlier one outside.
    [later] = write(world, 1)
    User.objects.filter(pk=world.co.pk).update(first_name="Snar")
    assert seals.seal(patience=0.1) is None
    assert not TrailSeal.objects.exists()
    may_commit.set()
    thread.join()
    assert seals.seal() == 1
    seal = TrailSeal.objects.get()
    kept = TrailEntry.objects.get(action="history.sealed")
    assert kept.pk > later
    assert (seal.entries, seal.last_id) == (4, kept.pk)
    assert kept.details["tables"]["organisation_userevent"][2] == 2
    assert faults() == []
