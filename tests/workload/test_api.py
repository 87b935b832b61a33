"""The workload in the API: to the same people as on the pages, and nobody's figures above them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.enums import HandlerPart
from cases.matters.models import MatterWorker
from core.models import TrailEntry
from organisation.models import Employment
from tests.cases.api.conftest import NOW, Caller
from tests.cases.api.conftest import caller as caller
from tests.cases.api.conftest import clock as clock
from tests.cases.api.test_permissions import by_status
from tests.factories import World
from tests.factories.workload import many, use_example
from workload.models import AllocationWish, LoadWarning, PlannedPair

Callers = Callable[..., Caller]

HEADS = {"head", "other_head"}
ABOVE = {"department_head", "director"}
LEADERS = {"leader", "leader2", "reception_leader", "other_leader"} | HEADS
WORKERS = {
    "main",
    "co",
    "third",
    "worker2",
    "consultant",
    "reception",
    "family_home_worker",
    "disability_worker",
    "other_worker",
    "other_reception",
}


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("loads", LEADERS | WORKERS),
        ("warnings", LEADERS),
        ("waiting", LEADERS),
        ("staffing", HEADS | ABOVE),
        ("turnover", HEADS | ABOVE),
    ],
)
def test_who_may_ask_for_what(caller: Callers, world: World, address: str, may: set[str]) -> None:
    found = by_status(caller, world, "GET", f"workload/{address}/")
    assert found == {200: may, 403: set(world.people) - may}


def rows(caller: Callers, who: str, address: str) -> list[dict[str, Any]]:
    answer = caller(who).get(f"workload/{address}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def names(caller: Callers, who: str, address: str = "loads/") -> set[str]:
    return {row["username"] for row in rows(caller, who, address)}


def test_loads_are_of_those_one_leads_and_ones_own(caller: Callers, world: World) -> None:
    use_example(world)
    world.investigation("2026-03-02")
    assert names(caller, "main") == {"main"}
    assert names(caller, "leader") == {"main", "co", "third"}
    assert names(caller, "leader", "loads/?group=barn-2") == set()
    assert names(caller, "head") > {"main", "worker2", "consultant"}
    assert names(caller, "head", "loads/?group=barn-2") == {"worker2", "consultant"}
    assert names(caller, "head", "loads/?unit=EV-BOU") == set()
    assert "main" not in names(caller, "other_head")


def test_a_load_says_what_the_page_says(caller: Callers, world: World) -> None:
    use_example(world)
    world.investigation("2026-03-02")
    (row,) = rows(caller, "main", "loads/")
    assert row["unit"], row["group"] == ("ST-BOU", "barn-1")
    assert (row["cases"], row["is_over_ceiling"], row["away_until"]) == (1, False, None)
    assert row["percent"] == round(100 * row["points"] / row["available"])
    (before,) = rows(caller, "main", "loads/?on=2026-03-01")
    assert (before["cases"], before["points"], before["percent"]) == (0, 0.0, 0)
    Employment.objects.filter(user=world.main).update(on_leave=True)
    (away,) = rows(caller, "main", "loads/")
    assert (away["percent"], away["available"]) == (None, 0.0)


def test_a_day_or_a_year_to_come_is_refused(caller: Callers, world: World) -> None:
    for address, field in (("loads/?on=2026-03-11", "on"), ("turnover/?year=2027", "year")):
        answer = caller("head").get(f"workload/{address}")
        assert (answer.status_code, [*answer.json()["errors"]]) == (400, [field])


def test_warnings_are_those_of_the_page(caller: Callers, world: World) -> None:
    group = world.groups["barn-1"]
    for kind, whom in (("felt_heavy", {"user": world.main}), ("red_load", {})):
        LoadWarning.objects.create(
            kind=kind, group=group, raised_on=date(2026, 3, 9), experience=None, **whom
        )
    found = rows(caller, "leader", "warnings/")
    assert [(one["kind"], one["place"], one["username"]) for one in found] == [
        ("felt_heavy", "barn-1", "main"),
        ("red_load", "barn-1", None),
    ]
    assert all(one["step"] for one in found)
    assert [one["kind"] for one in rows(caller, "leader", "warnings/?kind=red_load")] == [
        "red_load"
    ]
    assert rows(caller, "leader2", "warnings/") == rows(caller, "other_head", "warnings/") == []
    assert len(rows(caller, "head", "warnings/?unit=ST-BOU&group=barn-1")) == 2


def test_a_warning_of_a_case_says_which(caller: Callers, world: World) -> None:
    case = world.investigation("2026-03-02")
    LoadWarning.objects.create(
        kind="one_handler",
        group=world.groups["barn-1"],
        matter=case.matter,
        raised_on=date(2026, 3, 9),
    )
    (found,) = rows(caller, "leader", "warnings/")
    assert {name: found[name] for name in ("kind", "investigation", "number", "username")} == {
        "kind": "one_handler",
        "investigation": case.pk,
        "number": case.number,
        "username": None,
    }


def test_waiting_cases_say_points_wishes_and_the_plan(caller: Callers, world: World) -> None:
    use_example(world)
    case = world.investigation("2026-03-02", allocated=False)
    AllocationWish.objects.create(
        investigation=case, kind="language", detail="somaliska", noted_by=world.leader, noted_at=NOW
    )
    PlannedPair.objects.create(
        investigation=case, main=world.main, pinned=True, planned_by=world.leader, planned_at=NOW
    )
    (row,) = rows(caller, "leader", "waiting/")
    assert row["points"] > 0
    assert {name: row[name] for name in row if name != "points"} == {
        "id": case.pk,
        "number": case.number,
        "unit": "ST-BOU",
        "group": "barn-1",
        "opened_on": "2026-03-02",
        "due_on": "2026-07-02",
        "wishes": [{"kind": "language", "detail": "somaliska", "is_required": False}],
        "planned_main": "main",
        "planned_co": None,
        "pinned": True,
    }
    assert rows(caller, "leader2", "waiting/") == rows(caller, "other_head", "waiting/") == []
    assert not MatterWorker.objects.filter(part__in=HandlerPart.values).exists()


def test_small_numbers_are_kept_from_who_is_above_the_unit(caller: Callers, world: World) -> None:
    (own,) = rows(caller, "head", "staffing/")
    assert own["workers"] > 0
    assert None not in [one["workers"] for one in own["by_experience"]]
    for row in rows(caller, "department_head", "staffing/"):
        known = [row["workers"], row["consultants"]]
        known += [one["workers"] for one in row["by_experience"]]
        assert all(value is None or value == 0 or value >= 5 for value in known)
    Employment.objects.filter(user__in=[world.main, world.co]).update(
        started_on=date(2020, 1, 1), ended_on=date(2025, 6, 30), end_reason="retirement"
    )
    year = "workload/turnover/?year=2025"
    own_view, above = caller("head").get(year).json(), caller("director").get(year).json()
    assert own_view["city"]["left"] == 2
    assert {one["reason"]: one["left"] for one in own_view["city"]["by_reason"]}["retirement"] == 2
    figures = [above["city"], *above["administrations"]]
    assert [one["left"] for one in figures] == [None] * len(figures)
    assert all(not one["left"] for figure in figures for one in figure["by_reason"])


def test_what_is_read_is_logged(caller: Callers, world: World) -> None:
    use_example(world)
    before = TrailEntry.objects.count()
    for address in ("loads/", "warnings/", "waiting/", "staffing/", "turnover/"):
        caller("head").get(f"workload/{address}")
    LoadWarning.objects.create(
        kind="red_load", group=world.groups["barn-1"], raised_on=date(2026, 3, 9)
    )
    caller("head").get("workload/warnings/")
    logged = TrailEntry.objects.order_by("pk")[before:]
    actions = {(entry.actor, entry.action) for entry in logged if entry.kind == "read"}
    assert {(world.head, "workload.read"), (world.head, "warnings.read")} <= actions
    read = next(entry for entry in logged if entry.action == "workload.read")
    assert {world.main.pk, world.worker2.pk} <= set(read.targets)


def test_lists_ask_the_same_number_of_questions_for_any_number_of_rows(
    caller: Callers, world: World
) -> None:
    use_example(world)
    world.investigation("2026-03-02")
    ask = caller("leader")

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert ask.get(f"workload/{address}/?page_size=1000").json()["count"]
        return len(found)

    def more(numbers: range) -> None:
        for _number in numbers:
            case = world.investigation("2026-03-02", allocated=False)
            PlannedPair.objects.create(
                investigation=case,
                main=world.main,
                co=world.co,
                planned_by=world.leader,
                planned_at=NOW,
            )

    more(range(1))
    queries("waiting")
    before = {address: queries(address) for address in ("loads", "waiting")}
    more(range(11))
    many(world, workers=30, cases=30, on=NOW.date())
    assert {address: queries(address) for address in before} == before
