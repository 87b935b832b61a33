"""The rooms of everybody: few, open, in view, and what waits one press away.

What waits, kind by kind: tests/test_waiting.py.
"""

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

from cases.access import grants as access
from core.navigation import Navigation, Room, items_for
from organisation.enums import Role
from organisation.models import RoleAssignment
from organisation.rights import TABLE, Action
from organisation.roles import ABOVE_UNIT, ROLES
from tests.factories import World, give, make_user, moment
from tests.factories.measured import measure
from tests.factories.populated import populate

pytestmark = pytest.mark.django_db

NOW = moment("2026-07-10 10:00")
START, TODO, CASES, STAFF = Room.START, Room.TODO, Room.CASES, Room.STAFF
WORKLOAD, QUALITY, SETTINGS = Room.WORKLOAD, Room.QUALITY, Room.SETTINGS
WORKS = [START, TODO, CASES, WORKLOAD, STAFF, SETTINGS]
LEADS = [START, TODO, CASES, WORKLOAD, STAFF, QUALITY, SETTINGS]
ROOMS: dict[str, list[Room]] = {
    Role.DIRECTOR: [START, WORKLOAD, TODO, STAFF, SETTINGS],
    Role.DEPARTMENT_HEAD: [START, WORKLOAD, TODO, STAFF, SETTINGS],
    Role.UNIT_HEAD: LEADS,
    Role.GROUP_LEADER: LEADS,
    Role.COORDINATOR: LEADS,
    Role.RECEPTION: WORKS,
    Role.INVESTIGATOR: WORKS,
    Role.FAMILY_HOME_WORKER: WORKS,
    Role.CHILD_WORKER: WORKS,
    Role.DISABILITY_WORKER: WORKS,
    Role.ON_DUTY: WORKS,
    Role.PLACEMENT_SECRETARY: [START, TODO, WORKLOAD, STAFF, SETTINGS],
    Role.ADMINISTRATOR: [START, QUALITY, TODO, WORKLOAD, STAFF, SETTINGS],
    Role.SYSTEM_ADMINISTRATOR: [START, SETTINGS, TODO, STAFF],
}
"""The rooms of each role in a unit that measures its workload."""
CARRIES = TABLE[Action.SEE_OWN_WORKLOAD].keys() | ABOVE_UNIT
"""Roles with a state of work of their own, asked or not."""
NO_ROLE = [START, TODO, STAFF, SETTINGS]
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
        roles = dict(RoleAssignment.objects.values_list("user__username", "role"))
        found = {}
        walked: set[tuple[str | None, tuple[str, ...]]] = set()
        for name, user in world.people.items():
            client = signed_in(user)
            todo = opened(client, reverse("todo"))
            nav: Navigation = todo.context["nav"]
            found[name] = [place.room for place in nav.rooms]
            assert 0 < len(nav.rooms) <= 8
            waiting = [*todo.context["waiting"], *todo.context["done"]]
            badge = next(place.badge for place in nav.rooms if place.room is TODO)
            assert badge == sum(one.count for one in waiting), name
            for url in {one.url for one in waiting}:
                opened(client, url)
            # Colleagues have the same role and the same pages in it: one of them opens each.
            menu = (roles.get(name), tuple(item.url for item in items_for(todo.wsgi_request)))
            if menu in walked:
                arrived(opened(client, "/"), START, name)
            else:
                walked.add(menu)
                walk(client, name)
    held = {name: roles.get(name) for name in world.people}
    assert found == {name: ROOMS[role] if role else NO_ROLE for name, role in held.items()}


def walk(client: Client, name: str) -> list[Room]:
    """Open every room and every list in it; in each the person is told where they are."""
    start = opened(client, "/")
    nav: Navigation = start.context["nav"]
    for place in nav.rooms:
        page = start if place.url == "/" else opened(client, place.url)
        arrived(page, place.room, name)
        stops = BeforeMain(page.content.decode()).stops
        assert 4 < len(stops) < 10, (name, stops)
        for tab in page.context["nav"].tabs:
            # A room opens at its first list, which is then here already.
            inside = page if tab.url == place.url else opened(client, tab.url)
            arrived(inside, place.room, name)
            active = [one.label for one in inside.context["nav"].tabs if one.active]
            assert active == [tab.label], (name, tab.url)
    return [place.room for place in nav.rooms]


def arrived(page: Any, room: Room, name: str) -> None:
    assert page.context["nav"].here is room, (name, page.request["PATH_INFO"])


def test_every_role_has_its_rooms_and_one_that_nobody_here_holds_opens_each(world: World) -> None:
    held = set(RoleAssignment.objects.values_list("role", flat=True))  # they have walked above
    branch = (world.administration, world.department, world.unit, world.groups["barn-1"])
    for role in ROLES:
        assert role in ROOMS, f"say in ROOMS which rooms the role {role} has"
        if role in held:
            continue
        user = make_user(f"somebody_{role}")
        with time_machine.travel(NOW, tick=False):
            give(user, role, next(node for node in branch if node.level in ROLES[role].levels))
            # Nobody has asked this person anything: what only the asked see is not there.
            unasked = [room for room in ROOMS[role] if room is not WORKLOAD or role in CARRIES]
            assert walk(signed_in(user), role) == unasked


def test_whose_role_reads_no_cases_is_in_the_room_of_cases_with_one_to_read(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        case = world.investigation("2026-07-01")
        client = signed_in(world.placement_secretary)
        assert CASES not in [place.room for place in opened(client, "/").context["nav"].rooms]
        access.grant_reading(
            case.pk,
            reader=world.placement_secretary,
            reason="Medbedömning.",
            from_on=NOW.date(),
            until_on=NOW.date(),
            by=world.head,
            at=NOW,
        )
        page = opened(client, reverse("investigation", args=[case.pk]))
        assert page.context["nav"].here is CASES
        listed = opened(client, reverse("investigation_list"))
        assert case.number in listed.content.decode()


def test_pages_of_no_room_mark_none(world: World) -> None:
    page = opened(signed_in(world.main), reverse("notices"))
    assert page.context["nav"].here is None
    assert not any(place.active for place in page.context["nav"].rooms)


def test_the_skip_links_lead_to_the_content_and_to_the_menu(world: World) -> None:
    html = opened(signed_in(world.main), "/").content.decode()
    stops = BeforeMain(html).stops
    assert stops[:2] == ["#content", "#menu"]
    for target in stops[:2]:
        assert f'id="{target[1:]}"' in html


def test_the_reports_list_leaves_logging_to_the_header(world: World) -> None:
    world.report("2026-03-09 09:00")
    html = opened(signed_in(world.reception), reverse("report_list")).content.decode()
    assert html.count(f'href="{reverse("report_log")}"') == 1


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
