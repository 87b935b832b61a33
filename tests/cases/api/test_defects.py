"""When the product itself fails: a problem to the caller, the whole truth to the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from api.me import MeView
from tests.cases.api.conftest import Caller

SECRET = "Alva Ek"


def fails(*_args: Any, **_more: Any) -> None:
    raise RuntimeError(SECRET)


@pytest.fixture
def broken_view(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MeView, "get", fails)


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test client tells of a defect as an answer, as a server does."""
    init = Client.__init__
    monkeypatch.setattr(
        Client,
        "__init__",
        lambda self, **more: init(self, **{**more, "raise_request_exception": False}),
    )


def defects(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [one for one in caplog.records if one.levelno >= logging.ERROR]


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    ("language", "title"), [("en", "Something went wrong"), ("sv", "Något gick fel")]
)
def test_a_defect_is_a_problem_and_stands_in_the_log_once(
    broken_view: None,
    quiet: None,
    caller: Callable[..., Caller],
    caplog: pytest.LogCaptureFixture,
    settings: Any,
    debug: bool,
    language: str,
    title: str,
) -> None:
    settings.DEBUG = debug
    told = caller(language=language).get("me/")
    assert told.status_code == 500
    problem = told.json()
    assert (problem["type"], problem["title"]) == ("urn:jamvikt:problem:server-error", title)
    assert set(problem) == {"type", "title", "status", "detail"}
    assert SECRET not in told.content.decode()
    (record,) = defects(caplog)
    assert record.exc_info is not None
    assert record.exc_info[0] is RuntimeError


def test_a_defect_is_not_hidden_from_those_who_listen_for_one(
    broken_view: None, caller: Callable[..., Caller]
) -> None:
    with pytest.raises(RuntimeError):
        caller().get("me/")


def test_a_defect_outside_the_views_is_a_problem_too(
    quiet: None,
    caller: Callable[..., Caller],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask = caller()
    monkeypatch.setattr("organisation.views.middleware.AccessMiddleware.__call__", fails)
    told = ask.get("me/")
    assert told.status_code == 500
    assert told.json()["title"] == "Something went wrong"
    assert len(defects(caplog)) == 1


def test_a_defect_elsewhere_is_a_page(
    quiet: None, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("organisation.views.middleware.AccessMiddleware.__call__", fails)
    page = Client().get("/")
    assert page.status_code == 500
    assert page.headers["Content-Type"].startswith("text/html")
