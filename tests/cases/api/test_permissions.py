"""Who may do what over HTTP, as whole sets: the same as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cases.reports import services as reports
from organisation.enums import Role
from organisation.models import User
from tests.cases.api.conftest import NOW, Caller, report_body
from tests.factories import World, give, moment

EVERYBODY = {
    "reception",
    "reception_leader",
    "leader",
    "leader2",
    "main",
    "co",
    "third",
    "worker2",
    "consultant",
    "family_home_worker",
    "head",
    "coordinator",
    "placement_secretary",
    "administrator",
    "disability_worker",
    "on_duty",
    "department_head",
    "director",
    "sysadmin",
    "other_head",
    "other_reception",
    "other_leader",
    "other_worker",
    "stranger",
}


def by_status(
    caller: Callable[..., Caller], world: World, method: str, address: str, body: Any = None
) -> dict[int, set[str]]:
    """Everybody in the world, by the status they get; nobody's writing changes the next one's."""
    assert set(world.people) == EVERYBODY
    result: dict[int, set[str]] = {}
    for name in sorted(EVERYBODY):
        response = caller(name)(method, address, body)
        result.setdefault(response.status_code, set()).add(name)
    return result


def test_who_may_log_a_report(caller: Callable[..., Caller], world: World) -> None:
    assert by_status(caller, world, "POST", "reports/", report_body()) == {
        201: {
            "reception",
            "reception_leader",
            "leader",
            "leader2",
            "main",
            "co",
            "third",
            "worker2",
            "consultant",
            "family_home_worker",
            "head",
            "on_duty",
        },
        # They know the unit, but it is not theirs to log in.
        403: {
            "coordinator",
            "placement_secretary",
            "administrator",
            "disability_worker",
            "department_head",
            "director",
            "sysadmin",
        },
        # To them there is no such unit.
        400: {"other_head", "other_reception", "other_leader", "other_worker", "stranger"},
    }


def test_who_may_read_an_undecided_report(caller: Callable[..., Caller], world: World) -> None:
    report = world.report()
    may = {"reception", "reception_leader", "leader", "leader2", "head", "coordinator"}
    assert by_status(caller, world, "GET", f"reports/{report.pk}/") == {
        200: may,
        404: EVERYBODY - may,
    }
    seen = {
        name
        for name in EVERYBODY
        if caller(name).get("reports/").json()["results"]
        or caller(name).get("deadlines/").json()["results"]
    }
    assert seen == may


def test_who_may_read_an_investigation(caller: Callable[..., Caller], world: World) -> None:
    investigation = world.investigation("2026-03-02")
    may = {"leader", "main", "co", "head", "coordinator"}
    assert by_status(caller, world, "GET", f"investigations/{investigation.pk}/") == {
        200: may,
        404: EVERYBODY - may,
    }
    listed = {name for name in EVERYBODY if caller(name).get("investigations/").json()["count"]}
    assert listed == may


@pytest.mark.parametrize(
    ("address", "may", "seen"),
    [
        (
            "decision",
            {"reception_leader", "leader", "leader2", "head"},
            {"reception", "coordinator"},
        ),
        (
            "protection_assessment",
            {"reception", "reception_leader", "leader", "leader2", "head"},
            {"coordinator"},
        ),
        (
            "serious_talk",
            {"reception", "reception_leader", "leader", "leader2", "head"},
            {"coordinator"},
        ),
        (
            "feedback",
            {"reception", "reception_leader", "leader", "leader2", "head"},
            {"coordinator"},
        ),
    ],
)
def test_who_may_act_on_an_undecided_report(
    caller: Callable[..., Caller], world: World, address: str, may: set[str], seen: set[str]
) -> None:
    report = world.report()
    # An empty body: whoever gets so far as to hear of it may do the thing.
    assert by_status(caller, world, "POST", f"reports/{report.pk}/{address}/", {}) == {
        400: may,
        403: seen,
        404: EVERYBODY - may - seen,
    }


@pytest.mark.parametrize("address", ["extension", "conclusion", "handlers"])
def test_who_may_act_on_an_investigation(
    caller: Callable[..., Caller], world: World, address: str
) -> None:
    investigation = world.investigation("2026-03-02")
    may, seen = {"leader", "head"}, {"main", "co", "coordinator"}
    assert by_status(
        caller, world, "POST", f"investigations/{investigation.pk}/{address}/", {}
    ) == {400: may, 403: seen, 404: EVERYBODY - may - seen}


def test_a_refusal_says_why(caller: Callable[..., Caller], world: World) -> None:
    report = world.report()
    told = caller("reception").post(f"reports/{report.pk}/decision/", {}).json()
    assert told["detail"] == "The group leader or unit head decides by delegation."


ADDRESSES = [
    ("GET", "me/"),
    ("GET", "notices/"),
    ("GET", "todo/"),
    ("GET", "reports/"),
    ("POST", "reports/"),
    ("GET", "reports/1/"),
    ("POST", "reports/1/protection_assessment/"),
    ("POST", "reports/1/decision/"),
    ("POST", "reports/1/feedback/"),
    ("POST", "reports/1/serious_talk/"),
    ("POST", "reports/1/serious_talk/correction/"),
    ("POST", "reports/1/feedback/correction/"),
    ("POST", "reports/1/correction/"),
    ("POST", "reports/1/withdrawal/"),
    ("POST", "reports/1/move/"),
    ("POST", "reports/1/reversal/"),
    ("POST", "reports/1/undo/"),
    ("POST", "reports/1/join/"),
    ("POST", "reports/1/feedback/asked/"),
    ("GET", "investigations/"),
    ("GET", "investigations/1/"),
    ("POST", "investigations/1/extension/"),
    ("POST", "investigations/1/conclusion/"),
    ("POST", "investigations/1/handlers/"),
    ("POST", "investigations/1/handlers/cancel/"),
    ("POST", "investigations/1/entries/risk/1/correction/"),
    ("POST", "investigations/1/reversal/"),
    ("POST", "investigations/1/undo/"),
    ("POST", "investigations/1/handover/"),
    ("GET", "handovers/"),
    ("GET", "handovers/1/"),
    ("POST", "handovers/1/acceptance/"),
    ("POST", "handovers/1/refusal/"),
    ("POST", "handovers/1/withdrawal/"),
    ("GET", "interventions/"),
    ("GET", "interventions/1/"),
    ("POST", "interventions/1/follow_ups/"),
    ("GET", "deadlines/"),
    ("GET", "workload/loads/"),
    ("GET", "workload/warnings/"),
    ("GET", "workload/waiting/"),
    ("GET", "workload/staffing/"),
    ("GET", "workload/turnover/"),
]


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_nobody_comes_in_without_a_login(
    caller: Callable[..., Caller], method: str, address: str
) -> None:
    told = caller(None)(method, address, {} if method == "POST" else None)
    assert told.status_code == 401
    assert told.headers["WWW-Authenticate"] == "Token"


def test_every_address_has_its_row_here() -> None:
    from config.api import urlpatterns

    open_to_all = {"schema/", "docs/", "^(?P<rest>.*)$"}
    here = {
        address.replace("risk/1/", "<str:entry_kind>/<int:entry>/").replace("/1/", "/<int:pk>/")
        for _method, address in ADDRESSES
    }
    assert {str(one.pattern) for one in urlpatterns} - open_to_all == here


@pytest.mark.parametrize(
    "header", ["Token", "Token ", "Token x", "Token a b", "Token jv_å", "token jv_" + "a" * 9000]
)
def test_a_token_that_is_not_valid_is_refused(caller: Callable[..., Caller], header: str) -> None:
    assert caller().get("me/", Authorization=header).status_code == 401


def test_a_token_ends_with_its_users_account(caller: Callable[..., Caller], world: World) -> None:
    ask = caller("main")
    assert ask.get("me/").status_code == 200
    User.objects.filter(username="main").update(is_active=False)
    assert ask.get("me/").status_code == 401


def test_a_token_has_its_users_rights_of_the_day(
    caller: Callable[..., Caller], world: World, clock: Any
) -> None:
    report = world.report()
    ask = caller("stranger")
    assert ask.get(f"reports/{report.pk}/").status_code == 404
    give(world.stranger, Role.UNIT_HEAD, world.unit, from_on=moment("2026-03-11").date())
    assert ask.get(f"reports/{report.pk}/").status_code == 404
    clock.move_to(moment("2026-03-11 00:01"))
    assert ask.get(f"reports/{report.pk}/").status_code == 200


def test_the_rest_of_a_family_is_not_told_to_who_may_not_read_it(
    caller: Callable[..., Caller], world: World
) -> None:
    body = report_body(child=None, children=[{"first_name": "Alva"}, {"first_name": "Nils"}])
    answer = caller("reception").post("reports/", body).json()
    first, second = answer["id"], answer["siblings"][0]["id"]
    reports.decide_opening(
        first,
        decided_on=NOW.date(),
        outcome="open",
        rationale="Ja.",
        unassessed_reason="Bedömdes muntligt.",
        group=world.groups["barn-1"],
        by=world.head,
        at=NOW,
    )
    reports.decide_opening(
        second,
        decided_on=NOW.date(),
        outcome="do_not_open",
        rationale="Nej.",
        unassessed_reason="Bedömdes muntligt.",
        by=world.head,
        at=NOW,
    )
    leader = caller("leader")
    assert leader.get(f"reports/{first}/").json()["siblings"] == []
    assert leader.get(f"reports/{second}/").status_code == 404


def test_where_a_child_lives_is_not_told(caller: Callable[..., Caller], world: World) -> None:
    report = world.report()
    child = report.child
    child.address = "Hemliga gatan 7"
    child.protected_identity = "protected_registration"
    child.save()
    investigation = world.decide(report, "2026-03-03").investigation
    head = caller("head")
    for address in (
        "reports/",
        f"reports/{report.pk}/",
        "investigations/",
        f"investigations/{investigation.pk}/",
        "deadlines/",
    ):
        assert "Hemliga" not in head.get(address).content.decode()
    assert head.get("reports/").json()["results"][0]["child"]["protected_identity"] == (
        "protected_registration"
    )
