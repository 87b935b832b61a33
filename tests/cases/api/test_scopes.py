"""A token does what it was made for, within what its user may do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.models import TrailEntry, TrailKind
from organisation import tokens
from organisation.enums import TokenScope
from organisation.models import ApiToken, User
from tests.cases.api.conftest import NOW, Caller
from tests.cases.api.test_permissions import ADDRESSES
from tests.factories import World

READS = {
    "own:read": {("GET", "me/"), ("GET", "notices/"), ("GET", "todo/")},
    "deadlines:read": {("GET", "deadlines/")},
    "workload:read": {asked for asked in ADDRESSES if asked[1].startswith("workload/")},
    **{
        f"{area}:read": {("GET", f"{area}/"), ("GET", f"{area}/1/")}
        for area in ("reports", "investigations", "interventions")
    },
}
READS["investigations:read"] |= {("GET", "handovers/"), ("GET", "handovers/1/")}
WRITES = {
    f"{area}:write": {asked for asked in ADDRESSES if asked[1].startswith(f"{area}/")}
    for area in ("reports", "investigations", "interventions")
}
WRITES["investigations:write"] |= {asked for asked in ADDRESSES if "handovers/" in asked[1]}


def test_every_scope_has_its_row_here() -> None:
    assert {*READS, *WRITES, "all"} == set(TokenScope.values)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("scope", TokenScope.values)
def test_a_token_reaches_what_its_scope_names_and_nothing_else(world: World, scope: str) -> None:
    token = tokens.issue(world.head, days=1, by=None, at=NOW, scopes=[scope])
    ask = Caller(token)
    reached = {
        (method, address)
        for method, address in ADDRESSES
        if ask(method, address, {} if method == "POST" else None).status_code != 403
    }
    assert reached == {**READS, **WRITES, "all": set(ADDRESSES)}[scope]


def test_what_is_out_of_scope_is_said_and_logged(world: World, clock: Any) -> None:
    token = tokens.issue(world.head, days=1, by=None, at=NOW, scopes=["reports:read"])
    told = [Caller(token).post("reports/", {}) for _index in range(3)]
    assert told[0].status_code == 403
    assert told[0].json()["detail"] == (
        "The token may not be used for this: it lacks the scope reports:write."
    )
    entry = TrailEntry.objects.get(kind=TrailKind.REFUSED)
    assert (entry.action, entry.actor, entry.targets, entry.details) == (
        "token.used",
        world.head,
        [ApiToken.objects.get().pk],
        {"why": "out_of_scope", "scope": "reports:write"},
    )


def test_a_method_that_is_not_there_is_no_question_of_scopes(world: World, clock: Any) -> None:
    token = tokens.issue(world.head, days=1, by=None, at=NOW, scopes=["deadlines:read"])
    assert Caller(token)("PUT", "deadlines/", {}).status_code == 405


def test_a_session_has_no_scopes(world: World, client: Any) -> None:
    client.force_login(world.head)
    assert client.get("/api/v1/reports/").status_code == 200


def test_the_token_of_a_dismissed_worker_is_refused_and_logged(world: World, clock: Any) -> None:
    ask = Caller(tokens.issue(world.main, days=9, by=None, at=NOW - timedelta(days=1)))
    assert ask.get("investigations/").status_code == 200
    User.objects.filter(pk=world.main.pk).update(is_active=False)
    for address in ("investigations/", "me/"):
        assert ask.get(address).status_code == 401
    entry = TrailEntry.objects.get(kind=TrailKind.REFUSED)
    assert (entry.action, entry.actor, entry.details) == (
        "token.used",
        world.main,
        {"why": "account_closed"},
    )


def test_a_refused_version_is_told_where_the_version_of_the_record_is_not(
    world: World, clock: Any
) -> None:
    investigation = world.investigation("2026-03-02")
    ask = Caller(tokens.issue(world.head, days=9, by=None, at=NOW))
    told = ask.post(f"investigations/{investigation.pk}/extension/", {"version": 0}).json()
    assert "version" not in told
    assert told["errors"]["version"] == ["Send a number from 1 to 9223372036854775807."]
