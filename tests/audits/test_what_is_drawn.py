"""Log checks see searches, look-ups and lists too, every month, also of a unit put out of use."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audits import drawing
from audits.drawing import Reading
from audits.enums import LogAct
from audits.models import LogCheckHit, LogCheckRound
from audits.services import log_checks
from cases.notices.models import Notice
from cases.persons.models import Person
from cases.reports.services import ChildInput
from core import trail
from core.errors import Forbidden, Missing
from core.models import TrailEntry
from organisation.models import OrgUnit, RoleAssignment
from tests.factories import World, moment

MARCH = date(2026, 3, 1)
AFTER = moment("2026-04-02 09:00")


def child_of(world: World, last_name: str, **fields: Any) -> Person:
    report = world.report(
        "2026-02-20 09:00", children=[ChildInput(first_name="Alva", last_name=last_name)]
    )
    Person.objects.filter(pk=report.child_id).update(**fields)
    return Person.objects.get(pk=report.child_id)


def search(world: World, who: Any, found: list[Person], at: str, how: str = "name") -> None:
    trail.searched("search.read", found, by=who, at=moment(at), unit_id=world.unit.pk, sought=how)


@pytest.fixture
def nothing_at_random(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SAMPLE", 0)
    monkeypatch.setattr(drawing, "SAMPLE_BESIDE", {})


def drawn(world: World) -> list[tuple[str, str, list[str], int, int]]:
    made = log_checks.open_round(world.unit, month=MARCH, at=AFTER)
    return [
        (hit.actor.username, hit.act, hit.rules, hit.entries, hit.children)
        for hit in made.hits.select_related("actor").order_by("day", "first_at", "pk")
    ]


@pytest.mark.usefixtures("nothing_at_random")
def test_searches_look_ups_and_lists_meet_the_rules(world: World) -> None:
    world.main.last_name = "Lind"
    world.main.save()
    namesake, other = child_of(world, "Lind"), child_of(world, "Storm")
    guarded = child_of(world, "Ask", protected_identity="secrecy_marking")
    # The same family name among several found.
    search(world, world.main, [namesake, other], "2026-03-03 10:00")
    # A protected child among several, while logging.
    trail.read(
        "child.looked_up", [guarded, other], by=world.reception, at=moment("2026-03-03 10:01")
    )
    # By night, and nothing was found.
    search(world, world.reception, [], "2026-03-03 23:00")
    # A list, by night; and one by day, which meets no rule.
    for at in ("2026-03-04 22:00", "2026-03-05 10:00"):
        trail.read("report.list_read", [namesake, other], by=world.leader, at=moment(at))
    assert drawn(world) == [
        ("main", "search", ["own_name"], 1, 2),
        ("reception", "look_up", ["protected"], 1, 2),
        ("reception", "search", ["off_hours"], 1, 0),
        ("leader", "list", ["off_hours"], 1, 2),
    ]


@pytest.mark.usefixtures("nothing_at_random")
def test_a_search_that_shows_one_child_without_a_tie_is_drawn(world: World) -> None:
    child = child_of(world, "Storm")
    search(world, world.worker2, [child], "2026-03-03 10:00")
    search(world, world.worker2, [child], "2026-03-03 10:05")
    made = log_checks.open_round(world.unit, month=MARCH, at=AFTER)
    (hit,) = made.hits.all()
    assert (hit.act, hit.child, hit.rules, hit.entries) == ("search", child, ["no_tie"], 2)


@pytest.mark.usefixtures("nothing_at_random")
def test_many_searches_in_a_day_are_drawn(world: World) -> None:
    other = child_of(world, "Storm"), child_of(world, "Ask")
    for day, times in ((3, 2), (4, 2), (5, 2), (6, 14)):
        for minute in range(times):
            search(world, world.main, list(other), f"2026-03-{day:02} 10:{minute:02}")
    assert drawn(world) == [("main", "search", ["many"], 14, 2)]


def test_searches_look_ups_and_lists_are_drawn_at_random_apart_from_cases() -> None:
    when = moment("2026-03-03 10:00")

    def rows(act: str) -> list[Reading]:
        return [
            Reading(actor, None, date(2026, 3, day), when, when, 1, act=act)
            for actor in range(10)
            for day in range(2, 6)
        ]

    every = [*rows("search"), *rows("look_up"), *rows("list")]
    found = drawing.reasons(
        every,
        seed="s",
        staff_names={},
        family_names={},
        protected=set(),
        on_duty=lambda user, day: True,
        is_tied=lambda user, child, day: True,
    )
    counts = {act: sum(row.act == act for row in found) for act in LogAct.values}
    assert counts == {"case": 0, **{str(act): n for act, n in drawing.SAMPLE_BESIDE.items()}}


def test_the_search_says_how_it_was_made_and_never_what_for(world: World) -> None:
    child_of(world, "Storm")
    client = Client()
    client.force_login(world.head)
    for asked in ("Alva Storm", "Nobody Known"):
        client.post(reverse("search"), {"q": asked})
    entries = list(TrailEntry.objects.filter(action="search.read").order_by("pk"))
    assert [(len(one.children), one.details["sought"], one.unit_id) for one in entries] == [
        (1, "name", world.unit.pk),
        (0, "name", world.unit.pk),
    ]
    assert not any("Storm" in str((one.details, one.reason)) for one in entries)


@pytest.mark.usefixtures("nothing_at_random")
@time_machine.travel(AFTER, tick=False)
def test_the_reviewer_sees_how_many_were_found_and_not_who(world: World) -> None:
    found = [child_of(world, "Stormhatt"), child_of(world, "Askehav")]
    search(world, world.main, found, "2026-03-03 22:00", "number")
    search(world, world.main, found[:1], "2026-03-03 22:10")
    trail.read("investigation.read", found[:1], by=world.main, at=moment("2026-03-03 22:20"))
    made = log_checks.open_round(world.unit, month=MARCH, at=AFTER)
    client = Client(headers={"accept-language": "sv"})
    client.force_login(world.head)
    several = made.hits.get(act="search", child=None)
    page = client.get(reverse("log_check_hit", args=[made.pk, several.pk])).content.decode()
    assert "Sökte på nummer; 2 barn visades" in page
    assert "Stormhatt" not in page
    assert "Askehav" not in page
    # What it rests on: of each what it is, and nothing of the others.
    assert [len(log_checks.acts_of(hit)) for hit in made.hits.order_by("pk")] == [1, 1, 1]
    listed = client.get(reverse("log_check", args=[made.pk])).content.decode()
    assert "2 barn visades" in listed


@pytest.mark.usefixtures("nothing_at_random")
def test_what_a_check_shows_is_not_checked_again(world: World) -> None:
    child = child_of(world, "Storm")
    trail.read("log_check.read", [child], by=world.head, at=moment("2026-03-03 22:00"))
    trail.read(
        "log_check.read",
        [child, child_of(world, "Ask")],
        by=world.head,
        at=moment("2026-03-04 22:00"),
    )
    assert drawn(world) == []


# Every month


def put_out(world: World, at: str) -> None:
    OrgUnit.objects.filter(pk=world.unit.pk).update(active=False)
    trail.changed(
        "organisation.node_changed", world.unit, by=world.sysadmin, at=moment(at), active=False
    )


def months(unit: OrgUnit) -> list[str]:
    rounds = LogCheckRound.objects.filter(unit=unit).order_by("from_on")
    return [f"{one.from_on:%Y-%m}" for one in rounds]


def test_a_unit_put_out_of_use_has_its_last_month_checked_and_none_after(world: World) -> None:
    put_out(world, "2026-03-10 09:00")
    log_checks.open_last_month(at=AFTER)
    assert months(world.unit) == ["2026-03"]
    log_checks.open_last_month(at=moment("2026-05-02 09:00"))
    assert months(world.unit) == ["2026-03"]
    assert months(world.other_unit) == ["2026-03", "2026-04"]
    # But what somebody reads of it afterwards is.
    child = child_of(world, "Storm")
    trail.read("child.read", [child], by=world.head, at=moment("2026-05-20 10:00"))
    log_checks.open_last_month(at=moment("2026-06-02 09:00"))
    assert months(world.unit) == ["2026-03", "2026-05"]


def test_months_that_were_left_out_are_drawn_too(world: World) -> None:
    log_checks.open_last_month(at=moment("2026-02-02 09:00"))
    assert months(world.unit) == ["2026-01"]
    log_checks.open_last_month(at=moment("2026-05-02 09:00"))
    assert months(world.unit) == ["2026-01", "2026-02", "2026-03", "2026-04"]


def end_heads(world: World, unit: OrgUnit) -> None:
    RoleAssignment.objects.filter(node=unit, role="unit_head").update(until_on=date(2026, 3, 20))


@time_machine.travel(AFTER, tick=False)
def test_somebody_owns_the_last_round_and_can_see_it_through(world: World) -> None:
    put_out(world, "2026-03-20 09:00")
    end_heads(world, world.unit)
    trail.read(
        "child.read", [child_of(world, "Storm")], by=world.main, at=moment("2026-03-03 22:00")
    )
    log_checks.open_last_month(at=AFTER)
    made = LogCheckRound.objects.get(unit=world.unit)
    assert made.owner == world.other_head
    assert Notice.objects.filter(
        kind="log_check_opened", topic_id=made.pk, recipient=world.other_head
    ).exists()
    client = Client()
    client.force_login(world.other_head)
    assert client.get(reverse("log_check", args=[made.pk])).status_code == 200
    who: dict[str, Any] = {"by": world.other_head, "at": AFTER}
    for hit in LogCheckHit.objects.filter(round=made):
        assert client.get(reverse("log_check_hit", args=[made.pk, hit.pk])).status_code == 200
        log_checks.judge(hit.pk, judgement="justified", comment="", **who)
    with pytest.raises((Missing, Forbidden)):
        log_checks.close(made.pk, conclusion="Klart.", by=world.leader, at=AFTER)
    assert log_checks.close(made.pk, conclusion="Klart.", **who).is_closed


def test_the_last_head_owns_it_while_still_on_the_staff(world: World) -> None:
    put_out(world, "2026-03-20 09:00")
    end_heads(world, world.unit)
    RoleAssignment.objects.create(
        user=world.head, node=world.other_unit, role="coordinator", from_on=date(2026, 3, 21)
    )
    log_checks.open_last_month(at=AFTER)
    assert LogCheckRound.objects.get(unit=world.unit).owner == world.head


def test_a_round_with_a_head_has_no_other_owner(world: World) -> None:
    log_checks.open_last_month(at=AFTER)
    assert LogCheckRound.objects.get(unit=world.unit).owner is None
