"""A database that is away is a 503 in plain words, and a session that is over is told as such."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import ConnectionError as RedisAway

from cases.drafts.models import Draft
from core.web import DomainErrorMiddleware
from organisation.tokens import issue
from tests.factories import World


@pytest.fixture
def client(world: World) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(world.main)
    return made


def away(error: type[Exception] = OperationalError) -> Any:
    """Every statement fails, as when PostgreSQL has been killed."""

    def refuse(*_given: Any) -> Any:
        raise error("the connection is closed")

    return connection.execute_wrapper(refuse)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("debug", [True, False])
def test_a_page_is_503_in_plain_swedish_with_when_to_come_again(
    client: Client, settings: Any, error: type[Exception], debug: bool
) -> None:
    settings.DEBUG = debug
    with away(error):
        for answer in (
            client.get("/"),
            client.post(reverse("draft"), {"key": "k", "data": "{}"}),
            client.get(reverse("account_login")),
            client.get(reverse("session_state")),
        ):
            if answer.status_code == 302:
                continue
            assert answer.status_code == 503, answer.content[:500]
            assert answer["Retry-After"] == "5"
            text = answer.content.decode()
            assert "Jämvikt är borta en stund" in text
            assert "Traceback" not in text
            assert "connection is closed" not in text
            assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert client.get("/").status_code == 200


def test_the_api_is_503_as_a_problem_before_and_in_a_view(client: Client, world: World) -> None:
    token = issue(world.main, days=1, by=None, at=timezone.now())
    by_token = {"Authorization": f"Token {token}"}
    for headers in ({}, by_token):
        with away():
            answer = client.get("/api/v1/reports/", headers=headers)
        assert answer.status_code == 503
        assert answer["Retry-After"] == "5"
        assert answer["Content-Type"] == "application/problem+json"
        told = answer.json()
        assert (told["status"], told["type"]) == (503, "urn:jamvikt:problem:unavailable")
        assert "idempotency_key" in told["detail"]


@pytest.mark.parametrize("error", [OperationalError("x"), RedisAway("x"), BrokerAway("x")])
def test_what_a_view_meets_is_503_and_a_defect_is_not(rf: Any, error: Exception) -> None:
    middleware = DomainErrorMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
    answer = middleware.process_exception(rf.get("/"), error)
    assert answer is not None
    assert answer.status_code == 503
    assert middleware.process_exception(rf.get("/"), ValueError("x")) is None


def test_a_defect_stays_a_500(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(_request: Any) -> None:
        raise ValueError

    monkeypatch.setattr("core.views.waiting_for", defect)
    assert client.get(reverse("todo")).status_code == 500


# A session that is over


SCRIPTED = [
    {"HX-Request": "true"},
    {"X-Requested-With": "XMLHttpRequest"},
]


@pytest.mark.parametrize("headers", SCRIPTED)
@pytest.mark.parametrize("name", ["draft", "todo", "keepalive"])
def test_a_script_of_a_page_is_told_and_not_shown_the_login_page(
    client: Client, headers: dict[str, str], name: str
) -> None:
    Session.objects.all().delete()
    answer = client.post(reverse(name), headers=headers)
    assert (answer.status_code, answer["X-Session"]) == (401, "ended")
    assert answer.content == b""


def test_a_person_is_led_to_the_login_page_as_before(client: Client) -> None:
    Session.objects.all().delete()
    answer = client.get(reverse("todo"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_a_page_of_somebody_else_saves_nothing_in_my_name(client: Client, world: World) -> None:
    theirs = {"X-Session-Who": str(world.co.pk)}
    given = {"key": "k", "data": "{}"}
    answer = client.post(reverse("draft"), given, headers=theirs)
    assert (answer.status_code, answer["X-Session"]) == (401, "ended")
    assert not Draft.objects.exists()
    mine = {"X-Session-Who": str(world.main.pk)}
    assert client.post(reverse("draft"), given, headers=mine).status_code == 204
    assert Client().post(reverse("draft"), given, headers=mine).status_code == 401


def test_who_is_signed_in_is_said_with_a_token_that_holds(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get(reverse("session_state")).json() == {"who": None}
    client.force_login(world.main)
    told = client.get(reverse("session_state")).json()
    assert told["who"] == str(world.main.pk)
    assert 0 < told["left"] <= 12 * 3600
    given = {"key": "k", "data": "{}"}
    old = client.post(reverse("draft"), given, headers={"X-CSRFToken": "x" * 64})
    assert (old.status_code, old["X-Session"]) == (403, "renewed")
    good = client.post(reverse("draft"), given, headers={"X-CSRFToken": told["token"]})
    assert good.status_code == 204


def test_being_asked_who_is_there_keeps_nobody_signed_in(client: Client) -> None:
    client.get(reverse("todo"))
    before = Session.objects.get().expire_date
    client.get(reverse("session_state"), headers={"X-Background": "1"})
    assert Session.objects.get().expire_date == before


def test_every_page_says_where_its_scripts_ask(client: Client) -> None:
    page = client.get("/").content.decode()
    said = re.search(r'data-session-url="([^"]+)" data-draft-url="([^"]+)"', page)
    assert said
    assert said.groups() == (reverse("session_state"), reverse("draft"))
