"""Every measured page answers, and every floor is SQL that fetches rows."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from benchmarks import board, pages, search, timing, visible
from core.calendar import local_date

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_every_measured_page_answers_and_has_a_floor_that_fetches_rows() -> None:
    today = local_date(timezone.now())
    call_command("demo_data", stdout=StringIO(), stderr=StringIO())
    measured = pages.pages(on=today)
    assert {page.account for page in measured} >= {"mottagare", "utredare", "enhetschef"}
    for page in measured:
        measured_once = timing.measure(page, times=1)
        assert measured_once.queries > 0
        assert measured_once.p50_ms > 0
        with connection.cursor() as cursor:
            rows = 0
            for statement, values in page.floor:
                cursor.execute(statement, values)
                rows += len(cursor.fetchall())
        assert rows > 0, page.name
    moved = list(board.measured(on=today, times=1))
    assert [one.queries > 0 for one in moved] == [True] * 3
    assert "100 cases, 60 workers" in moved[0].name
    # Raises when the floor reads other rows than the list.
    lists = visible.measure(on=today, times=1)
    assert {(one.name, one.account) for one in lists} >= {
        (name, account)
        for name, accounts in (
            ("reports", ("enhetschef", "gruppledare", "mottagare", "utredare")),
            ("investigations", ("enhetschef", "gruppledare", "mottagare", "utredare")),
            ("open deadlines", ("enhetschef", "gruppledare", "utredare")),
        )
        for account in accounts
    }
    assert sum(one.rows for one in lists) > 100


@pytest.mark.django_db(transaction=True)
def test_children_to_look_for_are_made_and_found() -> None:
    search.fill(persons=3000)
    asked = search.measure(on=local_date(timezone.now()), times=1)
    found = {one.name: one.found for one in asked}
    assert found["nobody"] == 0
    assert found["beginnings"] > 0


def test_a_page_that_does_not_answer_stops_the_measuring(world: object) -> None:
    page = timing.Page("none", "main", "/no-such-page/", [])
    with pytest.raises(RuntimeError, match="answered 404"):
        timing.measure(page, times=1)
