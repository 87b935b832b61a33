"""What every answer carries: pages, errors, the API, files, to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from core.middleware import CONTENT_SECURITY_POLICY, PERMISSIONS_POLICY
from tests.factories import World

CLOSED_DOWN = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": PERMISSIONS_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
# What the servers before the views answer themselves: files, and requests refused at the door.
WITHOUT_FRAME_OPTIONS = {"a file", "an unknown host"}

ANSWERS: dict[str, tuple[int, Callable[[Client], HttpResponse]]] = {
    "a page": (200, lambda client: client.get("/")),
    "the way in": (200, lambda client: Client().get("/accounts/login/")),
    "sent to the way in": (302, lambda client: Client().get("/reports/")),
    "an export": (200, lambda client: client.get("/investigations/export/")),
    "a refusal": (403, lambda client: client.get("/organisation/")),
    "a missing page": (404, lambda client: client.get("/reports/999999/")),
    "no address at all": (404, lambda client: client.get("/nope/")),
    "another method": (405, lambda client: client.delete("/notices/read/")),
    "a refused form": (422, lambda client: client.post("/search/", {"q": "x"})),
    "without its mark": (
        403,
        lambda client: Client(enforce_csrf_checks=True).post("/accounts/login/"),
    ),
    "an unknown host": (400, lambda client: client.get("/", headers={"host": "evil.example"})),
    "the API": (200, lambda client: client.get("/api/v1/me/")),
    "the API closed": (401, lambda client: Client().get("/api/v1/me/")),
    "the API's description": (200, lambda client: client.get("/api/v1/schema/")),
    "no address of the API": (404, lambda client: client.get("/api/v1/nope/")),
    "a file": (200, lambda client: client.get("/static/css/app.css")),
    "the health": (200, lambda client: client.get("/healthz")),
}


@pytest.fixture
def head(world: World) -> Client:
    client = Client()
    client.force_login(world.head)
    return client


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_closes_the_browser_down(head: Client, name: str) -> None:
    status, ask = ANSWERS[name]
    answer = ask(head)
    assert answer.status_code == status
    wanted = dict(CLOSED_DOWN)
    if name in WITHOUT_FRAME_OPTIONS:
        wanted.pop("X-Frame-Options")  # frame-ancestors says the same
    assert {header: answer.headers.get(header) for header in wanted} == wanted
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
    answer.close()


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "a file"])
def test_nothing_but_files_is_kept_by_a_browser(head: Client, name: str) -> None:
    answer = ANSWERS[name][1](head)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]


def test_a_defect_is_answered_closed_down_too(head: Client, monkeypatch: Any) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("Hemliga gatan 7")

    monkeypatch.setattr("cases.boards.views.deadlines.render", broken)
    head.raise_request_exception = False
    answer = head.get("/deadlines/")
    assert answer.status_code == 500
    assert "Hemliga" not in answer.content.decode()
    assert {name: answer.headers.get(name) for name in CLOSED_DOWN} == CLOSED_DOWN
    assert "no-store" in answer.headers["Cache-Control"]


def test_signing_out_clears_the_browser_and_ends_the_session(head: Client, world: World) -> None:
    stolen = head.cookies["sessionid"].value
    answer = head.post("/accounts/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/reports/").status_code == 302
    assert thief.get("/api/v1/me/").status_code == 401


def test_an_ordinary_answer_clears_nothing(head: Client) -> None:
    assert "Clear-Site-Data" not in head.get("/").headers


def test_production_insists_on_https() -> None:
    from tests.config.test_settings import COMPLETE, load

    shown = load(
        "production",
        COMPLETE,
        "s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_SSL_REDIRECT,"
        " s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE",
    )
    assert shown.stdout.split() == ["31536000", "True", "True", "__Host-session", "True", "True"]
