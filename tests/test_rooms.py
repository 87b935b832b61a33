"""The rooms of everybody: few, open, in view, and what waits one press away."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.navigation import Navigation, Room
from tests.factories import World, moment
from tests.factories.measured import measure
from tests.factories.populated import populate

pytestmark = pytest.mark.django_db

NOW = moment("2026-07-10 10:00")
START, TODO, CASES, STAFF = Room.START, Room.TODO, Room.CASES, Room.STAFF
WORKLOAD, QUALITY, SETTINGS = Room.WORKLOAD, Room.QUALITY, Room.SETTINGS
WORKS = [START, TODO, CASES, WORKLOAD, STAFF, SETTINGS]
LEADS = [START, TODO, CASES, WORKLOAD, STAFF, QUALITY, SETTINGS]
ROOMS: dict[str, list[Room]] = {
    **dict.fromkeys(
        (
            *("reception", "main", "co", "third", "worker2", "consultant", "family_home_worker"),
            *("on_duty", "disability_worker", "other_reception", "other_worker", "other_co"),
        ),
        WORKS,
    ),
    **dict.fromkeys(
        (
            *("reception_leader", "leader", "leader2", "head", "coordinator"),
            *("other_head", "other_leader"),
        ),
        LEADS,
    ),
    "placement_secretary": [START, TODO, WORKLOAD, STAFF, SETTINGS],
    "administrator": [START, QUALITY, TODO, WORKLOAD, STAFF, SETTINGS],
    "department_head": [START, WORKLOAD, TODO, STAFF, SETTINGS],
    "director": [START, WORKLOAD, TODO, STAFF, SETTINGS],
    "sysadmin": [START, SETTINGS, TODO, STAFF],
    "stranger": [START, TODO, STAFF, SETTINGS],
}
VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "use"})


class BeforeMain(HTMLParser):
    """How many things the Tab key stops at before the content."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stops: list[str] = []
        self._hidden = 0
        self._reached = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._reached = self._reached or tag == "main"
        if self._reached or tag in VOID - {"input"}:
            return
        if self._hidden:
            self._hidden += tag != "input"
        elif "dropdown-menu" in (given.get("class") or ""):
            self._hidden = 1
        elif (tag == "a" and "href" in given) or tag in {"button", "select", "textarea"}:
            self.stops.append(given.get("href") or tag)
        elif tag == "input" and given.get("type") != "hidden":
            self.stops.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag not in VOID:
            self._hidden -= 1


def opened(client: Client, url: str) -> Any:
    response = client.get(url)
    assert response.status_code == 200, url
    return response


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    return client


def test_everybody_has_few_rooms_that_open_and_show_where_one_is(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        populate(world, date(2026, 7, 10))
        measure(world, date(2026, 7, 10))
        found = {}
        for name, user in world.people.items():
            client = signed_in(user)
            todo = opened(client, reverse("todo"))
            nav: Navigation = todo.context["nav"]
            found[name] = [place.room for place in nav.rooms]
            assert 0 < len(nav.rooms) <= 8
            waiting = [*todo.context["waiting"], *todo.context["done"]]
            badge = next(place.badge for place in nav.rooms if place.room is TODO)
            assert badge == sum(one.count for one in waiting), name
            for one in waiting:
                opened(client, one.url)
            for place in nav.rooms:
                page = opened(client, place.url)
                assert page.context["nav"].here is place.room, (name, place.url)
                stops = BeforeMain(page.content.decode()).stops
                assert 4 < len(stops) < 10, (name, stops)
                for tab in page.context["nav"].tabs:
                    inside = opened(client, tab.url).context["nav"]
                    assert inside.here is place.room, (name, tab.url)
                    assert [one.label for one in inside.tabs if one.active] == [tab.label]
    assert found == ROOMS


def test_what_waits_is_counted_for_whom_it_is(world: World) -> None:
    def numbers(name: str) -> dict[str, int]:
        page = opened(signed_in(world.people[name]), reverse("todo"))
        return {one.url: one.count for one in page.context["waiting"]}

    with time_machine.travel(moment("2026-03-10 10:00"), tick=False):
        before = {name: numbers(name) for name in ("head", "leader", "leader2", "main")}
        world.investigation("2026-03-02", allocated=False)
        assert numbers("leader") == before["leader"] | {reverse("allocation"): 1}
        assert numbers("head").get(reverse("allocation")) == 1
        assert numbers("leader2") == before["leader2"]
        assert numbers("main") == before["main"]
        world.investigation("2025-09-01")
        late = f"{reverse('deadline_list')}?status=overdue&handler=me"
        assert numbers("main")[late] >= 1
        assert late not in numbers("worker2")
        listed = opened(signed_in(world.main), late).context["page"].paginator.count
        assert listed == numbers("main")[late]


def test_the_page_asks_as_much_for_ten_rows_as_for_one(world: World) -> None:
    def asked(name: str) -> int:
        client = signed_in(world.people[name])
        client.get(reverse("todo"))
        with CaptureQueriesContext(connection) as captured:
            opened(client, reverse("todo"))
        return len(captured)

    names = ("head", "leader", "main", "reception")
    with time_machine.travel(moment("2026-03-10 10:00"), tick=False):

        def more(count: int) -> None:
            for _ in range(count):
                world.investigation("2026-03-02", allocated=False)
                world.investigation("2025-09-01")

        more(1)
        one = {name: asked(name) for name in names}
        more(9)
        assert {name: asked(name) for name in names} == one
