"""The organisation's pages: who reaches which, what they do, and what they never show."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation.enums import AbsenceReason, DelegatedDecision, EmploymentForm, Level, Role
from organisation.models import Absence, Delegation, Employment, OrgUnit, RoleAssignment, User
from tests.factories import LONG_AGO, World, give, make_user, moment

SECRET = "Hemligt-Efternamn"


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(moment("2026-03-02 10:00"), tick=False):
        yield date(2026, 3, 2)


@pytest.fixture
def away(world: World, today: date) -> Absence:
    return Absence.objects.create(
        user=world.main,
        from_on=today,
        until_on=today + timedelta(days=5),
        reason=AbsenceReason.ILLNESS,
        stand_in=world.co,
    )


@pytest.fixture
def line(world: World) -> Delegation:
    return Delegation.objects.create(
        unit=world.unit, decision=DelegatedDecision.OPENING, role=Role.RECEPTION
    )


def browser(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def admin(world: World) -> Client:
    return browser(world.sysadmin)


def text(response: Any) -> str:
    return response.content.decode()


def addresses(world: World, away: Absence, line: Delegation) -> dict[str, str]:
    """Every address of the organisation's pages, each with something to show; tokens have a file
    of their own."""
    role = RoleAssignment.objects.get(user=world.main)
    job = Employment.objects.get(user=world.main)
    about = {
        "organisation_node": world.unit.pk,
        "organisation_group_close": world.groups["barn-1"].pk,
        "organisation_delegate": world.unit.pk,
        "organisation_delegation_withdraw": line.pk,
        "staff": world.main.pk,
        "role_give": world.main.pk,
        "employment_add": world.main.pk,
        "password_set": world.main.pk,
        "login_state": world.main.pk,
        "login_unlock": world.main.pk,
        "login_reset": world.main.pk,
        "login_sessions_end": world.main.pk,
        "role_end": role.pk,
        "employment_end": job.pk,
        "absence_end": away.pk,
    }
    from organisation.urls import urlpatterns

    return {
        pattern.name: reverse(
            pattern.name, args=[about[pattern.name]] if pattern.name in about else []
        )
        for pattern in urlpatterns
        # These are not the system administrator's alone and have tests of their own.
        if not pattern.name.startswith(("token_", "employment_change"))
    }


FOR_ALL = {"absences", "absence_add"}
BY_POST_ONLY = {
    "organisation_delegate",
    "organisation_delegation_withdraw",
    "login_unlock",
    "login_sessions_end",
}
ENDS_ABSENCE = {"main", "leader", "head", "sysadmin"}


def wanted(name: str, person: str) -> int:
    if person == "nobody":
        return 405 if name in BY_POST_ONLY else 302
    if name in BY_POST_ONLY:
        return 405
    if name in FOR_ALL:
        return 200
    if name == "absence_end":
        return 200 if person in ENDS_ABSENCE else 404
    return 200 if person == "sysadmin" else 403


def one_of_each_role(world: World) -> dict[str, User]:
    """Colleagues of a role meet the same here, but for an absence; `stranger` has none."""
    roles = dict(RoleAssignment.objects.values_list("user__username", "role"))
    first = {roles.get(name, ""): name for name in reversed(world.people)}
    return {name: world.people[name] for name in sorted({*first.values(), *ENDS_ABSENCE})}


def test_each_page_opens_for_exactly_those_it_is_for(
    world: World, away: Absence, line: Delegation
) -> None:
    urls = addresses(world, away, line)
    people: dict[str, User | None] = {**one_of_each_role(world), "nobody": None}
    found = {}
    for person, user in people.items():
        client = browser(user)
        for name, url in urls.items():
            found[name, person] = client.get(url).status_code
    assert found == {(name, person): wanted(name, person) for name in urls for person in people}


def test_nothing_is_changed_by_a_post_from_anybody_but_the_system_administrator(
    world: World, away: Absence, line: Delegation
) -> None:
    urls = addresses(world, away, line)
    changing = urls.keys() - FOR_ALL - {"organisation", "absence_end", "login_state"}
    found: dict[str, set[int]] = {}
    for person, user in one_of_each_role(world).items():
        if person == "sysadmin":
            continue
        client = browser(user)
        for name in changing:
            found.setdefault(name, set()).add(client.post(urls[name], {}).status_code)
    assert found == {name: {403} for name in changing}
    assert Delegation.objects.filter(pk=line.pk).exists()


def test_the_unknown_is_not_found(admin: Client) -> None:
    names = [
        "organisation_node",
        "organisation_group_close",
        "staff",
        "role_give",
        "role_end",
        "employment_add",
        "employment_end",
        "password_set",
        "absence_end",
    ]
    assert {admin.get(reverse(name, args=[10_000_000])).status_code for name in names} == {404}
    assert admin.post(reverse("organisation_delegate", args=[10_000_000])).status_code == 404


def test_the_menu_shows_only_what_opens(world: World) -> None:
    tree, staff = reverse("organisation"), reverse("staff_list")
    shown = {
        person: {url for url in (tree, staff) if f'href="{url}"' in text(page)}
        for person, user in world.people.items()
        if (page := browser(user).get(reverse("absences")))
    }
    assert shown == {person: {tree} if person == "sysadmin" else set() for person in world.people}
    assert f'href="{staff}"' in text(browser(world.sysadmin).get(tree))  # a tab of that room


# The tree


def test_a_part_is_added_under_its_parent(world: World, admin: Client) -> None:
    answer = admin.post(
        reverse("organisation_node_add"),
        {
            "level": Level.GROUP,
            "parent": world.unit.pk,
            "name": "Ungdomsgrupp 2",
            "code": "ungdom-2",
            "function": "youth",
        },
    )
    added = OrgUnit.objects.get(code="ungdom-2")
    assert answer.url == reverse("organisation_node", args=[added.pk])
    assert added.path.startswith(world.unit.path)


def test_a_refused_part_keeps_what_was_typed(world: World, admin: Client) -> None:
    answer = admin.post(
        reverse("organisation_node_add"),
        {
            "level": Level.GROUP,
            "parent": world.unit.pk,
            "name": "Ungdomsgrupp <2>",
            "code": "barn-1",
            "function": "youth",
        },
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"code"}
    assert 'value="Ungdomsgrupp &lt;2&gt;"' in text(answer)
    assert not OrgUnit.objects.filter(name__startswith="Ungdomsgrupp").exists()


def test_the_tree_stands_in_its_order(world: World, admin: Client) -> None:
    nodes = admin.get(reverse("organisation")).context["nodes"]
    assert [(node.depth, node.code) for node in nodes][:5] == [
        (0, "STAD"),
        (1, "ST"),
        (2, "ST-IFO"),
        (3, "ST-BOU"),
        (4, "barn-1"),
    ]
    people = {node.pk: node.people for node in nodes}
    assert people[world.groups["barn-1"].pk] == 4
    assert people[world.groups["ungdom-1"].pk] == 0


def test_a_part_with_parts_in_use_says_why_it_stays(world: World, admin: Client) -> None:
    answer = admin.post(reverse("organisation_node", args=[world.unit.pk]), {"name": "Ny"})
    assert answer.status_code == 422
    assert "underliggande delarna" in text(answer)
    world.unit.refresh_from_db()
    assert (world.unit.name, world.unit.active) == ("Barn och ungdom", True)


def test_the_delegation_order_is_added_to_and_taken_from(world: World, admin: Client) -> None:
    page = reverse("organisation_node", args=[world.unit.pk])
    given = {"decision": DelegatedDecision.EXTENSION, "role": Role.COORDINATOR}
    answer = admin.post(reverse("organisation_delegate", args=[world.unit.pk]), given)
    assert answer.url == page
    line = Delegation.objects.get()
    answer = admin.post(reverse("organisation_delegation_withdraw", args=[line.pk]))
    assert answer.url == page
    assert not Delegation.objects.exists()


def test_a_refused_delegation_shows_beside_its_field(world: World, admin: Client) -> None:
    answer = admin.post(
        reverse("organisation_delegate", args=[world.unit.pk]), {"decision": "extension"}
    )
    assert answer.status_code == 422
    assert set(answer.context["delegation_form"].errors) == {"role"}
    assert 'value="extension" selected' in text(answer)
    group = world.groups["barn-1"]
    answer = admin.post(reverse("organisation_delegate", args=[group.pk]), {})
    assert answer.status_code == 404


# The staff


def test_a_member_of_staff_is_added_given_a_role_and_employed(
    world: World, admin: Client, today: date
) -> None:
    answer = admin.post(
        reverse("staff_add"),
        {
            "username": "ny.person",
            "first_name": "Ny",
            "last_name": "Person",
            "password": "grus-lampa-sju-Moln",
        },
    )
    user = User.objects.get(username="ny.person")
    page = reverse("staff", args=[user.pk])
    assert answer.url == page
    answer = admin.post(
        reverse("role_give", args=[user.pk]),
        {"role": Role.INVESTIGATOR, "node": world.groups["barn-2"].pk, "from_on": today},
    )
    assert answer.url == page
    answer = admin.post(
        reverse("employment_add", args=[user.pk]),
        {
            "administration": world.administration.pk,
            "profession": "Socialsekreterare",
            "form": EmploymentForm.CONSULTANT,
            "hours_percent": 80,
            "experience": "new",
            "started_on": today,
            "ended_on": today + timedelta(days=90),
        },
    )
    assert answer.url == page
    shown = text(admin.get(page))
    assert "Utredare" in shown
    assert "Konsult, 80 %" in shown
    assert browser(None).login(username="ny.person", password="grus-lampa-sju-Moln")


def test_a_refused_member_of_staff_keeps_all_but_the_password(world: World, admin: Client) -> None:
    answer = admin.post(
        reverse("staff_add"),
        {
            "username": "main",
            "first_name": "Åsa",
            "last_name": "Öberg",
            "email": "åsa",
            "password": "grus-lampa-sju-Moln",
        },
    )
    assert answer.status_code == 422
    assert 'value="Åsa"' in text(answer)
    assert 'value="Öberg"' in text(answer)
    assert "grus-lampa" not in text(answer)


@pytest.mark.parametrize(
    ("page", "given", "wrong"),
    [
        ("role_give", {"role": "unit_head"}, {"node"}),
        ("role_give", {"until_on": "2001-01-01"}, {"until_on"}),
        ("role_give", {"from_on": "2026-02-29"}, {"from_on"}),
        ("role_give", {"from_on": "2021-01-01"}, {"role"}),
        ("employment_add", {"hours_percent": "101"}, {"hours_percent"}),
        ("employment_add", {"ended_on": "2001-01-01"}, {"ended_on"}),
        ("employment_add", {"profession": "\x00"}, {"profession"}),
        ("role_end", {"until_on": "2019-12-31"}, {"until_on"}),
        ("employment_end", {"ended_on": "2019-12-31"}, {"ended_on"}),
        ("employment_end", {"end_reason": ""}, {"end_reason"}),
        ("password_set", {"password": "kort"}, {"password"}),
    ],
)
def test_a_refused_form_about_a_person_shows_the_field_and_keeps_the_rest(
    world: World, admin: Client, page: str, given: dict[str, str], wrong: set[str]
) -> None:
    role = RoleAssignment.objects.get(user=world.main)
    job = Employment.objects.get(user=world.main)
    pk = {"role_end": role.pk, "employment_end": job.pk}.get(page, world.main.pk)
    right = {
        "role_give": {
            "role": Role.INVESTIGATOR,
            "node": world.groups["barn-1"].pk,
            "from_on": "2020-06-01",
        },
        "employment_add": {
            "administration": world.administration.pk,
            "profession": "Kurator",
            "form": "temporary",
            "hours_percent": "75",
            "experience": "expert",
            "started_on": "2026-03-02",
        },
        "role_end": {"until_on": "2026-03-02"},
        "employment_end": {"ended_on": "2026-03-02", "end_reason": "retirement"},
        "password_set": {"password": "grus-lampa-sju-Moln"},
    }[page]
    answer = admin.post(reverse(page, args=[pk]), right | given)
    assert answer.status_code == 422
    assert wrong <= set(answer.context["form"].errors)
    kept = answer.context["form"].data
    assert {name: kept[name] for name in right} == {
        name: str(value) for name, value in (right | given).items() if name in right
    }
    assert world.main.role_assignments.filter(until_on=None).count() == 1
    assert world.main.employments.filter(ended_on=None).count() == 1


def test_the_last_system_administrator_is_told_why_the_role_stays(
    world: World, admin: Client, today: date
) -> None:
    role = RoleAssignment.objects.get(user=world.sysadmin)
    answer = admin.post(reverse("role_end", args=[role.pk]), {"until_on": today})
    assert answer.status_code == 422
    assert "Någon måste vara systemadministratör" in text(answer)


def test_particulars_are_changed_and_an_account_closed(world: World, admin: Client) -> None:
    page = reverse("staff", args=[world.main.pk])
    answer = admin.post(
        page, {"first_name": "Maj", "last_name": "Test", "email": "", "phone": "08-1"}
    )
    assert answer.url == page
    world.main.refresh_from_db()
    assert (world.main.first_name, world.main.is_active) == ("Maj", False)
    own = admin.post(
        reverse("staff", args=[world.sysadmin.pk]), {"first_name": "S", "last_name": "A"}
    )
    assert own.status_code == 422


def test_staff_are_filtered_by_role_place_and_account(world: World, admin: Client) -> None:
    User.objects.filter(pk=world.co.pk).update(is_active=False)

    def shown(**chosen: Any) -> set[str]:
        page = admin.get(reverse("staff_list"), chosen).context["page"]
        return {person.username for person in page}

    assert shown(role=Role.GROUP_LEADER) == {
        "reception_leader",
        "leader",
        "leader2",
        "other_leader",
    }
    assert shown(node=world.groups["barn-1"].pk) == {"leader", "main", "third"}
    assert shown(node=world.groups["barn-1"].pk, state="all") == {"leader", "main", "co", "third"}
    assert shown(state="closed") == {"co"}
    assert shown(node=world.other_unit.pk, role=Role.INVESTIGATOR) == {"other_worker"}
    assert "co" not in shown(role="king")


def test_names_are_searched_by_post_and_never_by_the_address(world: World, admin: Client) -> None:
    User.objects.filter(pk=world.main.pk).update(last_name=SECRET)
    User.objects.filter(pk=world.co.pk).update(last_name=SECRET, is_active=False)

    def found(**typed: Any) -> set[str]:
        page = admin.post(reverse("staff_list"), typed).context["page"]
        return {person.username for person in page}

    assert found(name="hemligt main") == {"main"}
    assert found(name="\x00hemligt") == {"main"}
    assert found(name="finns inte") == set()
    closed = admin.post(reverse("staff_list") + "?state=closed", {"name": "hemligt"})
    assert {person.username for person in closed.context["page"]} == {"co"}
    by_address = admin.get(reverse("staff_list"), {"name": "hemligt"})
    assert len(by_address.context["page"].object_list) > 1


def test_no_address_or_title_holds_a_name(
    world: World, admin: Client, away: Absence, line: Delegation
) -> None:
    User.objects.filter(pk=world.main.pk).update(first_name="Xerxina", last_name=SECRET)
    User.objects.filter(pk=world.co.pk).update(first_name="Xerxina", last_name=SECRET)
    urls = addresses(world, away, line)
    for name in urls.keys() - BY_POST_ONLY:
        page = text(admin.get(urls[name]))
        linked = re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', page)
        title = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
        assert linked
        assert title
        held = [each for each in linked + title if SECRET in each or "Xerxina" in each]
        assert held == [], name
    assert SECRET in text(admin.get(urls["staff"]))


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


@pytest.mark.parametrize("page", ["staff_list", "organisation", "absences"])
def test_a_list_asks_as_many_queries_for_one_row_as_for_thirty(
    world: World, admin: Client, today: date, page: str
) -> None:
    def row(number: int) -> None:
        user = make_user(f"rad{number:02}")
        group = OrgUnit.objects.create(
            level=Level.GROUP,
            parent=world.unit,
            code=f"grupp-{number}",
            name=f"Grupp {number}",
            function="child",
            path=f"{world.unit.path}x{number}/",
        )
        give(user, Role.INVESTIGATOR, group)
        Employment.objects.create(
            user=user,
            administration=world.administration,
            profession="Kurator",
            form="permanent",
            started_on=LONG_AGO,
        )
        Absence.objects.create(
            user=user, from_on=today, until_on=today, reason="illness", stand_in=world.co
        )

    row(0)
    one = queries(admin, reverse(page))
    for number in range(1, 30):
        row(number)
    assert queries(admin, reverse(page)) == one


def test_the_staff_list_has_fifty_on_a_page_and_a_search_says_when_there_are_more(
    world: World, admin: Client
) -> None:
    for number in range(60):
        make_user(f"många{number:02}")
    first = admin.get(reverse("staff_list"))
    assert len(first.context["page"].object_list) == 50
    assert first.context["page"].paginator.num_pages == 2
    searched = admin.post(reverse("staff_list"), {"name": "många"})
    assert "Bara de första 50 visas" in text(searched)
    assert "page=2" not in text(searched)


# Absences


def test_a_worker_sees_only_the_own_absence_and_whom_they_stand_in_for(
    world: World, away: Absence, today: date
) -> None:
    Absence.objects.create(user=world.third, from_on=today, until_on=today, reason="training")
    seen = {}
    for person in ("main", "co", "leader", "leader2", "head", "other_head", "sysadmin"):
        context = browser(world.people[person]).get(reverse("absences")).context
        seen[person] = (
            {absence.user.username for absence in context["absences"]},
            {absence.user.username for absence in context["standing_in"]},
        )
    everyone = {"main", "third"}
    assert seen == {
        "main": ({"main"}, set()),
        "co": (set(), {"main"}),
        "leader": (everyone, set()),
        "leader2": (set(), set()),
        "head": (everyone, set()),
        "other_head": (set(), set()),
        "sysadmin": (everyone, set()),
    }


def test_an_absence_that_is_over_is_no_longer_listed(world: World, today: date) -> None:
    yesterday = today - timedelta(days=1)
    Absence.objects.create(user=world.main, from_on=yesterday, until_on=yesterday, reason="illness")
    assert not browser(world.main).get(reverse("absences")).context["absences"]


def test_a_worker_plans_the_own_absence_and_chooses_among_the_unit(
    world: World, today: date
) -> None:
    client = browser(world.main)
    form = client.get(reverse("absence_add")).context["form"]
    assert list(form.fields["user"].queryset) == [world.main]
    colleagues = set(form.fields["stand_in"].queryset)
    assert world.worker2 in colleagues
    assert world.other_worker not in colleagues
    answer = client.post(
        reverse("absence_add"),
        {
            "user": world.main.pk,
            "from_on": today,
            "until_on": today,
            "reason": "care_of_child",
            "stand_in": world.worker2.pk,
        },
    )
    assert answer.url == reverse("absences")
    assert world.main.absences.get().stand_in == world.worker2


def test_a_leader_of_another_group_cannot_choose_the_worker(world: World, today: date) -> None:
    answer = browser(world.leader2).post(
        reverse("absence_add"),
        {"user": world.main.pk, "from_on": today, "until_on": today, "reason": "illness"},
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"user"}
    assert not Absence.objects.exists()


def test_a_refused_absence_keeps_what_was_chosen(world: World, away: Absence, today: date) -> None:
    answer = browser(world.leader).post(
        reverse("absence_add"),
        {
            "user": world.main.pk,
            "from_on": today,
            "until_on": today + timedelta(days=1),
            "reason": "training",
            "stand_in": world.co.pk,
        },
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"from_on"}
    assert 'value="training" selected' in text(answer)
    assert f'value="{today}"' in text(answer)
    assert f'<option value="{world.co.pk}" selected' in text(answer)


def test_the_last_day_of_an_absence_is_changed(world: World, away: Absence, today: date) -> None:
    client = browser(world.leader)
    url = reverse("absence_end", args=[away.pk])
    refused = client.post(url, {"until_on": today - timedelta(days=1)})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"until_on"})
    assert client.post(url, {"until_on": today}).url == reverse("absences")
    away.refresh_from_db()
    assert away.until_on == today


def test_the_pages_speak_swedish_first_and_english_on_request(admin: Client) -> None:
    swedish = text(admin.get(reverse("staff_list")))
    assert "Lägg till medarbetare" in swedish
    english = text(admin.get(reverse("staff_list"), headers={"accept-language": "en"}))
    assert "Add a member of staff" in english
