"""How much one caller may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.throttles import address_of
from core.rates import parse_rate
from tests.cases.api.conftest import Caller
from tests.factories import moment


@pytest.fixture
def rates(settings) -> None:
    settings.API_RATES = {"user": "3/min", "anonymous": "2/min"}


@pytest.mark.usefixtures("rates")
def test_a_user_is_stopped_at_the_rate_and_let_in_the_next_minute(
    caller: Callable[..., Caller], clock: Any
) -> None:
    clock.move_to(moment("2026-03-10 14:30").replace(second=20))
    one, other = caller("main"), caller("co")
    assert [one.get("me/").status_code for _index in range(4)] == [200, 200, 200, 429]
    told = one.get("me/")
    assert told.headers["Retry-After"] == "40"
    assert other.get("me/").status_code == 200
    clock.move_to(moment("2026-03-10 14:31"))
    assert one.get("me/").status_code == 200


@pytest.mark.usefixtures("rates")
def test_guessing_at_tokens_is_stopped_and_others_behind_the_address_go_on(
    caller: Callable[..., Caller],
) -> None:
    bad = Caller("jv_guess")
    assert [bad.get("me/").status_code for _index in range(3)] == [401, 401, 429]
    assert caller(None).get("me/").status_code == 429
    assert caller("main").get("me/").status_code == 200


def test_some_hundred_calls_in_a_minute_are_ordinary(caller: Callable[..., Caller]) -> None:
    ask = caller("main")
    assert {ask.get("me/").status_code for _index in range(300)} == {200}


@pytest.mark.parametrize(
    ("rate", "parsed"), [("600/min", (600, 60)), ("5/s", (5, 1)), ("9/hour", (9, 3600))]
)
def test_a_rate_is_requests_and_a_period(rate: str, parsed: tuple[int, int]) -> None:
    assert parse_rate(rate) == parsed


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.1", "10.0.0.1"),
        (2, "6.6.6.6, 10.0.0.1, 10.0.0.2", "10.0.0.1"),
        (2, "10.0.0.1", "127.0.0.1"),
    ],
)
def test_an_address_is_what_our_own_proxies_say(
    rf, settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.PROXY_COUNT = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert address_of(request) == address
