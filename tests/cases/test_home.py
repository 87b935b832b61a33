"""The start page: each role its own, nothing without an owner, nobody else's cases."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.investigations import services as investigations
from cases.reports import services as reports
from cases.reports.models import Report
from core.models import TrailEntry
from organisation.enums import AbsenceReason, Role
from organisation.models import Absence, User
from organisation.roles import ROLES, StartPage
from tests.factories import World, give, make_user, moment

Clock = Callable[[str], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set when the requests come in: the middleware is the only reader of the clock."""

    class Now:
        @staticmethod
        def now() -> object:
            return moment(Now.text)

        text = ""

    def travel(text: str) -> None:
        Now.text = text
        monkeypatch.setattr("organisation.views.middleware.timezone", Now)

    return travel


def page(client: Client, user: User, url: str = "/") -> str:
    client.force_login(user)
    response = client.get(url, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def propose(world: World, report: Report) -> None:
    reports.propose_decision(
        report.pk,
        outcome="open",
        rationale="Skäl.",
        group=world.groups["barn-1"],
        by=world.reception,
        at=moment("2026-03-04"),
    )


def away(user: User, stand_in: User | None) -> None:
    Absence.objects.create(
        user=user,
        from_on=date(2026, 3, 9),
        until_on=date(2026, 3, 20),
        reason=AbsenceReason.ILLNESS,
        stand_in=stand_in,
    )


HEADINGS = {
    Role.DIRECTOR: "The units in figures",
    Role.DEPARTMENT_HEAD: "The units in figures",
    Role.UNIT_HEAD: "Deadline dashboard",
    Role.GROUP_LEADER: "barn-1",
    Role.COORDINATOR: "Investigations to read closely",
    Role.RECEPTION: "Reception",
    Role.INVESTIGATOR: "My work",
    Role.FAMILY_HOME_WORKER: "My work",
    Role.CHILD_WORKER: "My work",
    Role.DISABILITY_WORKER: "What is yours",
    Role.ON_DUTY: "What is yours",
    Role.PLACEMENT_SECRETARY: "What is yours",
    Role.ADMINISTRATOR: "What is yours",
    Role.SYSTEM_ADMINISTRATOR: "Organisation and services",
}


def heading(html: str) -> str:
    return html.split("<h1>", 1)[1].split("</h1>", 1)[0].strip()


@pytest.mark.parametrize("role", Role)
def test_each_role_begins_at_its_own_page(
    world: World, client: Client, at: Clock, role: Role
) -> None:
    at("2026-03-16 10:00")
    world.investigation()
    branch = (world.groups["barn-1"], world.unit, world.department, world.administration)
    user = make_user("somebody")
    give(user, role, next(node for node in branch if node.level in ROLES[role].levels))
    assert heading(page(client, user)) == HEADINGS[role]


def test_who_has_no_role_gets_a_page_all_the_same(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    html = page(client, world.stranger)
    assert heading(html) == "What is yours"
    assert 'class="btn btn-secondary" href="/todo/"' not in " ".join(html.split())


def test_who_has_no_cases_is_led_to_what_waits(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    user = make_user("somebody")
    give(user, Role.ADMINISTRATOR, world.unit)
    html = " ".join(page(client, user).split())
    assert 'class="btn btn-secondary" href="/todo/">To do</a>' in html


def test_every_start_page_there_is_belongs_to_a_role_and_is_provided() -> None:
    assert {spec.start for spec in ROLES.values()} == set(StartPage) == set(settings.START_PAGES)


@pytest.mark.parametrize("view", [None, "cases.boards.views.home.nobody", "nowhere.at_all"])
def test_a_role_without_a_start_page_stops_the_program(settings: Any, view: str | None) -> None:
    call_command("check")
    pages = {**settings.START_PAGES, "coordinator": view}
    settings.START_PAGES = {code: path for code, path in pages.items() if path}
    with pytest.raises(SystemCheckError, match="The role coordinator has no start page") as stopped:
        call_command("check")
    assert str(stopped.value).count("cases.E001") == 1


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("disability_worker", "You have no investigation now"),
        ("placement_secretary", "No cases belong to your role"),
        ("administrator", "No cases belong to your role"),
    ],
)
def test_only_who_is_given_investigations_is_told_to_wait_for_one(
    world: World, client: Client, at: Clock, name: str, title: str
) -> None:
    at("2026-03-16 10:00")
    html = page(client, world.people[name])
    titles = {"You have no investigation now", "No cases belong to your role"}
    assert {one for one in titles if one in html} == {title}


@pytest.mark.parametrize("name", ["reception", "main", "family_home_worker"])
def test_home_of_workers_opens(world: World, client: Client, at: Clock, name: str) -> None:
    at("2026-03-16 10:00")
    world.investigation()
    page(client, world.people[name])


def test_home_needs_a_login(client: Client, db: None) -> None:
    assert client.get("/").status_code == 302


def test_leader_sees_what_has_no_owner_first(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    waiting = world.investigation(allocated=False)
    given = world.investigation()
    html = page(client, world.leader)
    unassigned, rest = html.split("Proposals to decide on", 1)
    assert waiting.number in unassigned
    assert given.number not in unassigned
    assert "1 matter has no owner yet." in html
    assert rest


def test_reception_leader_sees_reports_without_a_worker(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    report = world.report()
    report.matter.workers.all().delete()
    html = page(client, world.reception_leader)
    assert report.number in html.split("Proposals to decide on", 1)[0]


def test_leader_sees_proposals_with_time_left(world: World, client: Client, at: Clock) -> None:
    at("2026-03-13 10:00")
    report = world.report("2026-03-02 09:00")
    propose(world, report)
    part = page(client, world.leader).split("Proposals to decide on", 1)[1]
    assert report.number in part
    assert "3 days left" in part


def test_leader_sees_who_is_away_without_the_reason(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    away(world.main, world.co)
    html = page(client, world.leader)
    assert "Main Test" in html.split("Away today", 1)[1]
    assert "stand-in Co Test" in html
    assert "llness" not in html


@pytest.mark.parametrize("name", ["leader2", "other_leader", "other_head"])
def test_other_leaders_see_nothing_of_the_group(
    world: World, client: Client, at: Clock, name: str
) -> None:
    at("2026-07-30 10:00")
    mine = [world.investigation(), world.investigation(allocated=False)]
    html = page(client, world.people[name])
    for one in mine:
        assert one.number not in html
        assert one.child.name not in html


@pytest.mark.parametrize("name", ["department_head", "director"])
def test_those_above_the_unit_head_see_no_case_and_no_person(
    world: World, client: Client, at: Clock, name: str
) -> None:
    at("2026-07-30 10:00")
    one = world.investigation()
    html = page(client, world.people[name])
    assert one.number not in html
    assert one.child.name not in html
    assert "Main Test" not in html
    assert "/investigations/" not in html
    assert "/deadlines/" not in html
    assert "Barn och ungdom väst" in html


def test_tabs_for_several_roles_lead_with_the_most_responsible(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    give(world.leader, Role.COORDINATOR, world.unit)
    html = page(client, world.leader)
    assert html.index("?as=group_leader") < html.index("?as=coordinator")
    assert "Without an owner" in html
    assert "Investigations to read closely" in page(client, world.leader, "/?as=coordinator")


def test_a_role_one_does_not_have_gives_ones_own_page(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    html = page(client, world.leader, "/?as=unit_head")
    assert "Without an owner" in html
    assert "Organisation and services" not in page(
        client, world.leader, "/?as=system_administrator"
    )


def test_a_stand_in_gets_the_start_page_stood_in_for(
    world: World, client: Client, at: Clock
) -> None:
    at("2026-03-16 10:00")
    away(world.leader, world.leader2)
    waiting = world.investigation(allocated=False)
    assert waiting.number in page(client, world.leader2)
    client.logout()  # a session lasts no week
    at("2026-03-23 10:00")
    assert waiting.number not in page(client, world.leader2)


def test_reading_the_start_page_is_logged(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    waiting = world.investigation(allocated=False)
    page(client, world.leader)
    entries = TrailEntry.objects.filter(action="start.read", actor=world.leader)
    assert {entry.target_type for entry in entries} == {"investigation"}
    assert any(waiting.pk in entry.targets for entry in entries)


def test_menu_has_only_what_the_role_can_open(world: World) -> None:
    from cases.boards import navigation
    from organisation.permissions import access_for

    def offered(name: str) -> set[str]:
        access = access_for(world.people[name], on=date(2026, 3, 16))
        return {item.url for item in navigation.items(type("R", (), {"access": access})())}

    leads = {"/allocation/", "/to-read/", "/dashboard/"}
    assert leads <= offered("leader")
    for name in ("coordinator", "disability_worker"):
        assert not leads & offered(name)
        assert "/deadlines/" in offered(name)
    for name in ("administrator", "department_head", "sysadmin", "stranger"):
        assert not (leads | {"/deadlines/", "/reports/"}) & offered(name)


def test_menu_counts_what_waits_for_the_leader(world: World, client: Client, at: Clock) -> None:
    at("2026-03-16 10:00")
    world.investigation(allocated=False)
    world.investigation(allocated=False, group="barn-2")
    from cases.boards import navigation
    from organisation.permissions import access_for

    def badges(user: User) -> dict[str, int]:
        request = type("R", (), {"access": access_for(user, on=date(2026, 3, 16))})()
        return {one.url: one.count for one in navigation.waiting(request)}

    assert badges(world.leader)["/allocation/"] == 1
    assert badges(world.head)["/allocation/"] == 2
    assert badges(world.leader)["/to-read/"] == 0


def queries(client: Client, user: User, url: str = "/") -> int:
    page(client, user, url)
    with CaptureQueriesContext(connection) as captured:
        page(client, user, url)
    return len(captured)


def test_home_asks_as_many_queries_for_ten_rows_as_for_one(
    world: World, client: Client, at: Clock
) -> None:
    names = ("leader", "head", "coordinator", "department_head")

    def more(count: int) -> None:
        for _ in range(count):
            world.investigation(allocated=False)
            given = world.investigation()
            investigations.assign_handlers(
                given.pk,
                main=world.third,
                co=world.co,
                from_on=date(2026, 3, 4),
                reason="Byte.",
                by=world.leader,
                at=moment("2026-03-04"),
            )
            propose(world, world.report())

    at("2026-07-16 10:00")
    more(1)
    one = {name: queries(client, world.people[name]) for name in names}
    more(9)
    assert {name: queries(client, world.people[name]) for name in names} == one
