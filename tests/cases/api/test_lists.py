"""Lists: the same queries for one row and thirty, pages, filters, deadlines as of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.interventions import services as interventions
from tests.cases.api.conftest import Caller
from tests.factories import World, moment


def fill(world: World, number: int) -> None:
    for _index in range(number):
        investigation = world.investigation("2026-03-02")
        interventions.grant(
            investigation.pk,
            kind="family_treatment",
            goal="Trygghet.",
            decided_on=date(2026, 3, 5),
            started_on=date(2026, 3, 6),
            responsible=world.main,
            by=world.leader,
            at=moment("2026-03-05"),
        )


NOTHING = {"count": 0, "next": None, "previous": None, "results": []}


def test_a_list_asks_the_same_of_the_database_for_one_row_and_thirty(
    caller: Callable[..., Caller], world: World
) -> None:
    asking = {who: caller(who) for who in ("head", "leader", "main")}
    lists = ("reports/", "investigations/", "interventions/", "deadlines/", "notices/")

    def answers() -> dict[tuple[str, str], tuple[int, int]]:
        """The rows and the questions of each list, asked once before."""
        found = {}
        for who, ask in asking.items():
            for address in lists:
                ask.get(address)
                with CaptureQueriesContext(connection) as questions:
                    rows = ask.get(address).json()["count"]
                found[who, address] = rows, len(questions)
        return found

    fill(world, 1)
    one = answers()
    fill(world, 29)
    assert answers() == {key: (30 * rows, asked) for key, (rows, asked) in one.items()}
    assert max(asked for _rows, asked in one.values()) <= 20


def test_pages_follow_each_other_without_losing_a_row(
    caller: Callable[..., Caller], world: World
) -> None:
    made = [world.report().pk for _index in range(7)]
    ask, address, seen, pages = caller("head"), "reports/?page_size=3&unit=ST-BOU", [], 0
    while address:
        page = ask.get(address).json()
        assert page["count"] == 7
        seen += [row["id"] for row in page["results"]]
        address, pages = page["next"], pages + 1
    assert pages == 3
    assert seen == sorted(made, reverse=True)
    assert "page=2" in page["previous"]
    assert "unit=ST-BOU" in page["previous"]


def test_links_repeat_no_word_the_list_does_not_know(
    caller: Callable[..., Caller], world: World
) -> None:
    for _index in range(2):
        world.report()
    page = caller("head").get("reports/?page_size=1&name=Alva").json()
    assert "Alva" not in page["next"]


def test_a_page_of_a_thousand_is_given(caller: Callable[..., Caller]) -> None:
    assert caller("head").get("reports/?page_size=1000").json() == NOTHING


def test_filters_narrow_the_lists(caller: Callable[..., Caller], world: World) -> None:
    waiting = world.investigation("2026-03-02", allocated=False)
    ongoing = world.investigation("2026-03-03")
    other = world.investigation("2026-03-04", allocated=False, group="barn-2")
    undecided = world.report("2026-03-05 09:00")
    head = caller("head")

    def ids(address: str) -> list[int]:
        return [row["id"] for row in head.get(address).json()["results"]]

    assert ids("investigations/") == [other.pk, ongoing.pk, waiting.pk]
    assert ids("investigations/?status=ongoing") == [ongoing.pk]
    assert ids("investigations/?group=barn-2&unit=ST-BOU") == [other.pk]
    assert ids("investigations/?group=no-such") == []
    assert ids("reports/?status=received") == [undecided.pk]


LISTS = ("reports", "investigations", "interventions", "deadlines")


@pytest.mark.parametrize("list_", LISTS)
def test_a_unit_of_others_is_as_empty_as_one_that_does_not_exist(
    caller: Callable[..., Caller], world: World, list_: str
) -> None:
    fill(world, 2)
    head, other = caller("head"), caller("other_head")
    assert head.get(f"{list_}/?unit=ST-BOU").json()["count"] >= 2
    assert other.get(f"{list_}/?unit=ST-BOU").json() == NOTHING
    with CaptureQueriesContext(connection) as hidden:
        assert head.get(f"{list_}/?unit=EV-BOU").json() == NOTHING
    with CaptureQueriesContext(connection) as unknown:
        assert head.get(f"{list_}/?unit=NO-SUCH").json() == NOTHING
    assert len(hidden) == len(unknown)


def deadlines(caller: Caller, question: str) -> list[tuple[str, str, str | None]]:
    page = caller.get(f"deadlines/?{question}").json()
    assert page["count"] == len(page["results"])
    return [(row["kind"], row["status"], row["met_on"]) for row in page["results"]]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("on=2026-03-01", []),
        (
            "on=2026-03-02",
            [("protection_assessment", "due", None), ("opening_decision", "due", None)],
        ),
        (
            "on=2026-03-03",
            [("protection_assessment", "overdue", None), ("opening_decision", "due", None)],
        ),
        ("on=2026-03-16&kind=opening_decision", [("opening_decision", "due", None)]),
        (
            "on=2026-03-17",
            [("protection_assessment", "overdue", None), ("opening_decision", "overdue", None)],
        ),
        ("on=2026-03-17&status=due", []),
        ("on=2026-03-16&status=due", [("opening_decision", "due", None)]),
        ("on=2026-03-16&status=overdue", [("protection_assessment", "overdue", None)]),
        (
            "kind=opening_decision&status=met_late",
            [("opening_decision", "met_late", "2026-03-18")],
        ),
        ("status=met", []),
        ("on=2026-03-17&status=met_late", []),
        ("unit=ST-BOU&status=overdue", []),
        ("unit=ST-BOU&status=missed", [("protection_assessment", "missed", None)]),
    ],
)
def test_deadlines_are_told_as_of_the_day(
    caller: Callable[..., Caller],
    world: World,
    clock: Any,
    question: str,
    expected: list[tuple[str, str, str | None]],
) -> None:
    clock.move_to(moment("2026-03-20 09:00"))
    report = world.report("2026-03-02 09:00")
    world.decide(report, "2026-03-18", "do_not_open", late_reason="Sjukdom.")
    assert deadlines(caller("head"), question) == expected


def test_a_deadline_names_its_matter(caller: Callable[..., Caller], world: World) -> None:
    investigation = world.investigation("2026-03-02")
    report = investigation.reports.get()
    rows = caller("head").get("deadlines/").json()["results"]
    assert [
        {name: row[name] for name in ("number", "report", "investigation", "placement")}
        for row in rows
    ] == [
        {
            "number": report.number,
            "report": report.pk,
            "investigation": None,
            "placement": None,
        }
    ] * 2 + [
        {
            "number": investigation.number,
            "report": None,
            "investigation": investigation.pk,
            "placement": None,
        }
    ]
    assert rows[-1]["due_on"] == "2026-07-02"


def test_deadlines_come_the_first_due_first(caller: Callable[..., Caller], world: World) -> None:
    for day in ("2026-03-05", "2026-03-02", "2026-03-04"):
        world.report(f"{day} 09:00")
    rows = caller("head").get("deadlines/").json()["results"]
    assert [(row["due_on"], row["id"]) for row in rows] == sorted(
        (row["due_on"], row["id"]) for row in rows
    )
