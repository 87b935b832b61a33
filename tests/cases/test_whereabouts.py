"""Protected identity: who sees where the child is, and that nobody else does anywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.access import emergency
from cases.access import grants as access_services
from cases.investigations import services
from cases.investigations.models import Investigation
from cases.persons import protection
from cases.persons.models import Guardian, IdentityProtection, Person
from cases.persons.whereabouts import may_see
from cases.reports.services import ChildInput
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.models import User
from organisation.permissions import access_for
from tests.factories import World, moment

TODAY = date(2026, 3, 10)
NOW = moment("2026-03-10 10:00")
SECRETS = ("Hemliga gatan 7", "Gömda skolan", "Skyddat boende Norr", "070-111 22 33", "Storköping")


@pytest.fixture
def case(world: World) -> Investigation:
    """An investigation of a protected child, with all that tells where it is."""
    case = world.investigation()
    child = case.child
    child.first_name, child.last_name = "Alva", "Ek"
    child.address, child.school, child.whereabouts = SECRETS[:3]
    child.save()
    Guardian.objects.create(child=child, relation="mother", has_custody=True, contact=SECRETS[3])
    services.record_move(
        case.pk, moved_on=date(2026, 3, 5), moved_to=SECRETS[4], by=world.main, at=NOW
    )
    protection.protect(
        child.pk,
        kind="protected_registration",
        source="authority",
        authority="Skatteverket",
        from_on=TODAY,
        by=world.main,
        at=NOW,
    )
    return Investigation.objects.select_related("child").get(pk=case.pk)


def as_(user: User) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    return client


def child_of(case: Investigation) -> Person:
    return Person.objects.get(pk=case.child_id)


def who_sees(world: World, case: Investigation, at: Any = NOW) -> set[str]:
    return {
        name
        for name, user in world.people.items()
        if may_see(child_of(case), access_for(user, on=at.date(), at=at))
    }


def test_whereabouts_are_seen_by_todays_workers_and_their_leaders(
    world: World, case: Investigation
) -> None:
    assert who_sees(world, case) == {"main", "co", "leader", "head"}


def test_whereabouts_are_seen_by_the_workers_no_more_when_the_case_is_over(
    world: World, case: Investigation
) -> None:
    case.status, case.outcome = "concluded", "no_intervention"
    case.concluded_on, case.concluded_by = TODAY, world.leader
    case.save()
    assert who_sees(world, case) == {"head"}


@pytest.mark.parametrize("given", [True, False])
def test_a_grant_shows_whereabouts_only_when_it_says_so(
    world: World, case: Investigation, given: bool
) -> None:
    access_services.grant_reading(
        case.pk,
        reader=world.worker2,
        reason="Syskon.",
        from_on=TODAY,
        until_on=TODAY,
        with_whereabouts=given,
        by=world.head,
        at=NOW,
    )
    assert ("worker2" in who_sees(world, case)) == given


@pytest.mark.parametrize("given", [True, False])
def test_an_emergency_opening_shows_whereabouts_only_when_it_says_so(
    world: World, case: Investigation, given: bool
) -> None:
    emergency.open_case(
        case.child_id,
        reason="Polisen söker barnet.",
        hours=1,
        with_whereabouts=given,
        by=world.on_duty,
        at=NOW,
    )
    assert ("on_duty" in who_sees(world, case)) == given


def pages_of(case: Investigation) -> list[str]:
    report = case.reports.get()
    return [
        reverse("child", args=[case.child_id]),
        reverse("investigation", args=[case.pk]),
        reverse("investigation", args=[case.pk]) + "?tab=assessment",
        reverse("investigation", args=[case.pk]) + "?tab=decision",
        reverse("investigation", args=[case.pk]) + "?tab=events",
        reverse("investigation_document", args=[case.pk]),
        reverse("investigation_document_print", args=[case.pk]),
        reverse("report", args=[report.pk]),
        reverse("investigation_list"),
        reverse("report_list"),
        reverse("deadline_list"),
        reverse("home"),
        f"/api/v1/investigations/{case.pk}/",
        f"/api/v1/reports/{report.pk}/",
        "/api/v1/investigations/",
    ]


def test_nothing_a_coordinator_opens_tells_where_a_protected_child_is(
    world: World, case: Investigation, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    client = as_(world.coordinator)
    told = {}
    for page in pages_of(case):
        answer = client.get(page)
        assert answer.status_code == 200, page
        body = answer.content.decode()
        if found := [secret for secret in (*SECRETS, "protected_registration") if secret in body]:
            told[page] = found
        if page in (reverse("investigation_list"), reverse("home")):
            assert "Alva" not in body, page
    assert told == {}
    assert not TrailEntry.objects.filter(
        action="whereabouts.read", actor=world.coordinator
    ).exists()


def test_who_is_shown_whereabouts_leaves_it_in_the_trail(
    world: World, case: Investigation, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    body = as_(world.main).get(reverse("child", args=[case.child_id])).content.decode()
    assert [secret for secret in SECRETS if secret not in body] == []
    entry = TrailEntry.objects.get(action="whereabouts.read")
    assert (entry.actor, entry.children) == (world.main, [case.child_id])


def test_nothing_of_whereabouts_stands_in_the_trail_itself(
    world: World, case: Investigation
) -> None:
    protection.write_whereabouts(
        case.child_id,
        address="Nya gatan 1",
        school=SECRETS[1],
        whereabouts="",
        by=world.main,
        at=NOW,
    )
    protection.end_protection(
        case.child_id, ended_on=TODAY, reason="Bor åter på Nya gatan 1.", by=world.main, at=NOW
    )
    written = " ".join(f"{entry.reason} {entry.details}" for entry in TrailEntry.objects.all())
    assert [secret for secret in (*SECRETS, "Nya gatan") if secret in written] == []
    assert TrailEntry.objects.get(action="whereabouts.changed").details == {
        "fields": ["address", "whereabouts"]
    }


def test_files_name_a_protected_child_by_the_case_number_alone(
    world: World, case: Investigation, time_machine: Any
) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    time_machine.move_to(NOW, tick=False)
    for address in (reverse("investigation_export"), reverse("report_list") + "?format=xlsx"):
        answer = as_(world.head).get(address)
        cells = {
            str(cell)
            for row in load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
            for cell in row
        }
        assert "Skyddad identitet" in cells, address
        assert not any("Alva" in cell for cell in cells), address


# The protection itself


def test_another_kind_replaces_the_one_in_force_and_both_are_kept(
    world: World, case: Investigation
) -> None:
    protection.protect(
        case.child_id,
        kind="secrecy_marking",
        source="register",
        from_on=TODAY,
        by=world.main,
        at=NOW,
    )
    kept = IdentityProtection.objects.filter(child=case.child_id).order_by("pk")
    assert [(row.kind, row.ended_on) for row in kept] == [
        ("protected_registration", TODAY),
        ("secrecy_marking", None),
    ]
    assert child_of(case).protected_identity == "secrecy_marking"
    protection.end_protection(case.child_id, ended_on=TODAY, reason="Hävd.", by=world.main, at=NOW)
    assert not child_of(case).is_protected


def test_protection_stated_when_a_report_is_logged_is_kept_with_its_source(world: World) -> None:
    child = ChildInput(first_name="Bo", last_name="Ek", protected_identity="secrecy_marking")
    report = world.report(children=[child])
    kept = IdentityProtection.objects.get(child=report.child_id)
    assert (kept.kind, kept.source, kept.registered_by) == (
        "secrecy_marking",
        "report",
        world.reception,
    )


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        ({"kind": "none"}, Invalid),
        ({"source": "authority", "authority": ""}, Invalid),
        ({"from_on": date(2026, 3, 11)}, Invalid),
        ({"kind": "protected_registration"}, Conflict),
        ({"reconsider_on": TODAY}, Invalid),
    ],
)
def test_a_protection_that_makes_no_sense_is_refused(
    world: World, case: Investigation, given: dict[str, Any], raised: type[Exception]
) -> None:
    values = {
        "kind": "secrecy_marking",
        "source": "register",
        "from_on": TODAY,
        "by": world.main,
        "at": NOW,
    }
    with pytest.raises(raised):
        protection.protect(case.child_id, **(values | given))
    assert child_of(case).protected_identity == "protected_registration"


def test_who_may_protect_an_identity_and_write_where_the_child_is(
    world: World, case: Investigation
) -> None:
    wrote, ended = set(), set()
    for name, user in world.people.items():
        try:
            protection.write_whereabouts(
                case.child_id, address=name, school="", whereabouts="", by=user, at=NOW
            )
        except (Forbidden, Missing):
            continue
        wrote.add(name)
    for name, user in world.people.items():
        try:
            protection.end_protection(
                case.child_id, ended_on=date(2026, 3, 9), reason="x", by=user, at=NOW
            )
        except Invalid:  # before it began: theirs to do, but not on that day
            ended.add(name)
        except (Forbidden, Missing):
            continue
    assert wrote == {"main", "co", "leader", "head"}
    # Whoever answers for the report may register and end, and is not told where the child is.
    assert ended - wrote == {"reception", "reception_leader"}


# What access and its log cost


def test_a_case_page_costs_at_most_three_queries_for_access_and_log(
    world: World, time_machine: Any
) -> None:
    """Roles and what is provided are one query each, and the reading is one entry."""
    time_machine.move_to(NOW, tick=False)
    case = world.investigation()
    client = as_(world.main)
    url = reverse("investigation", args=[case.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    spent = [
        query["sql"]
        for query in captured
        if any(
            table in query["sql"]
            for table in (
                "cases_readinggrant",
                "cases_emergencyaccess",
                "cases_conflictofinterest",
                "organisation_roleassignment",
                "organisation_delegation",
                "core_trailentry",
            )
        )
    ]
    assert 1 < len(spent) <= 3, spent


@pytest.mark.parametrize("address", ["investigation_list", "deadline_list"])
def test_a_list_with_thirty_protected_children_costs_as_one_with_one(
    world: World, time_machine: Any, address: str
) -> None:
    time_machine.move_to(NOW, tick=False)
    client = as_(world.coordinator)

    def queries() -> int:
        Person.objects.update(protected_identity="secrecy_marking")
        client.get(reverse(address))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(address)).status_code == 200
        return len(captured)

    world.investigation()
    one = queries()
    for _ in range(7):
        world.investigation()
    assert queries() == one
