"""The pages of tokens: one's own, and everybody's to the system administrator."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from organisation import tokens
from organisation.enums import TokenScope
from organisation.models import ApiToken
from tests.factories import World, moment

AT = moment("2026-03-10 14:30")
PASSWORD = "ett-mycket-langt-losenord"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


@pytest.fixture
def main(world: World) -> Client:
    """Signed in, and asked for the password a moment ago."""
    world.main.set_password(PASSWORD)
    world.main.save()
    client = signed_in(world, "main")
    asked = client.get("/organisation/tokens/new/")
    assert client.post(asked["Location"], {"password": PASSWORD}).status_code == 302
    return client


FILLED = {"name": "e-tjänst", "scopes": ["reports:write"], "days": "30"}


def test_a_token_is_shown_once_and_works(main: Client, world: World) -> None:
    page = main.post("/organisation/tokens/new/", FILLED)
    token = re.search(r"jv_[\w-]{43}", page.content.decode())
    assert page.status_code == 200
    assert token is not None
    assert page["Cache-Control"] == "no-store, private"
    row = tokens.recognised(token[0], at=AT)
    assert row is not None
    assert (row.user, row.name, row.scopes) == (world.main, "e-tjänst", ["reports:write"])
    assert (row.expires_at - row.created_at).days == 30
    listed = main.get("/organisation/tokens/").content.decode()
    assert row.prefix in listed
    assert token[0] not in listed


def test_nothing_is_chosen_beforehand(main: Client) -> None:
    page = main.get("/organisation/tokens/new/").content.decode()
    assert page.count('name="scopes"') == len(TokenScope)
    assert not re.search(r'name="scopes"[^>]*checked', page)


@pytest.mark.parametrize(
    "change",
    [{"scopes": []}, {"scopes": ["reports:delete"]}, {"days": "367"}, {"days": ""}, {"name": ""}],
)
def test_a_token_half_described_is_not_made(main: Client, change: dict[str, Any]) -> None:
    assert main.post("/organisation/tokens/new/", {**FILLED, **change}).status_code == 422
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_left_open_makes_no_token(world: World, method: str) -> None:
    """Whoever finds one has to know the password, too."""
    world.main.set_password(PASSWORD)
    world.main.save()
    answer = getattr(signed_in(world, "main"), method)("/organisation/tokens/new/", FILLED)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()


def test_who_sees_everybodys_tokens(world: World) -> None:
    tokens.issue(world.main, days=9, by=None, at=AT)
    seen = {
        name
        for name in world.people
        if signed_in(world, name).get("/organisation/tokens/all/").status_code == 200
    }
    assert seen == {"sysadmin"}
    page = signed_in(world, "sysadmin").get("/organisation/tokens/all/").content.decode()
    assert ApiToken.objects.get().prefix in page


def test_a_token_is_taken_back_by_its_user_and_by_who_runs_the_system(world: World) -> None:
    answers: dict[int, set[str]] = {}
    for name in world.people:
        token = tokens.issue(world.main, days=9, by=None, at=AT)
        row = ApiToken.objects.get(prefix=token[: tokens.SHOWN])
        answer = signed_in(world, name).post(f"/organisation/tokens/{row.pk}/revoke/")
        answers.setdefault(answer.status_code, set()).add(name)
        if tokens.recognised(token, at=AT):
            tokens.revoke(world.main, token, by=None, at=AT)
        else:
            assert answer.status_code == 302
    assert answers == {302: {"main", "sysadmin"}, 404: set(world.people) - {"main", "sysadmin"}}


@pytest.mark.parametrize("address", ["/organisation/tokens/", "/organisation/tokens/all/"])
def test_many_tokens_cost_no_more_queries(
    world: World, address: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(world, "sysadmin")
    tokens.issue(world.sysadmin, days=9, by=None, at=AT)
    client.get(address)
    with django_assert_max_num_queries(20) as one:
        client.get(address)
    for _index in range(19):
        tokens.issue(world.sysadmin, days=9, by=None, at=AT)
        tokens.issue(world.main, days=9, by=None, at=AT)
    with django_assert_max_num_queries(len(one)):
        client.get(address)
