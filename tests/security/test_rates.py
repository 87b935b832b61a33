"""Searches and exports: enough for work, too few to empty the register."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import resolve

from config.settings import base
from core import rates
from core.models import TrailEntry, TrailKind
from core.rates import Rate, Rated, Undeclared, rated_of
from tests.factories import World, moment
from tests.security.conftest import Address, addresses

NOW = moment("2026-07-10 10:00").replace(second=15)


@pytest.fixture(autouse=True)
def clock(settings: Any, db: None) -> Any:
    settings.PAGE_RATES = {"search": "3/min", "export": "2/min"}
    cache.clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


@pytest.mark.parametrize(
    ("kind", "address", "most"),
    [
        ("search", "/search/", 3),
        ("export", "/investigations/export/", 2),
        ("export", "/deadlines/?format=xlsx", 2),
    ],
)
def test_who_asks_too_often_waits_and_is_noticed(
    world: World, clock: Any, kind: str, address: str, most: int
) -> None:
    head = signed_in(world, "head")
    answers = [head.get(address) for _index in range(most + 2)]
    assert [one.status_code for one in answers] == [200] * most + [429, 429]
    assert answers[-1].headers["Retry-After"] == "45"
    entry = TrailEntry.objects.get(kind=TrailKind.REFUSED)
    assert (entry.action, entry.actor) == (f"{kind}.too_often", world.head)
    assert signed_in(world, "leader").get(address).status_code == 200
    clock.move_to(NOW + timedelta(minutes=1))
    assert head.get(address).status_code == 200


def test_a_page_that_is_also_a_file_is_counted_only_as_the_file(world: World) -> None:
    head = signed_in(world, "head")
    assert {head.get("/deadlines/").status_code for _index in range(5)} == {200}


def declared(address: Address) -> Rated | None:
    return rated_of(resolve(address.at()).func)


def test_each_rate_is_set_and_used() -> None:
    assert set(base.PAGE_RATES) == set(Rate)
    assert {one.rate for address in addresses() if (one := declared(address))} == set(Rate)


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("/search/", {"q": "Anna Berg"}),
        ("/search/", {"q": "20140312-2383"}),
        ("/emergency/", {"q": "Anna Berg"}),
        ("/reports/new/child/", {"row": "children-0", "children-0-first_name": "Anna"}),
    ],
)
def test_a_page_that_looks_people_up_and_has_not_said_so_is_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch, address: str, given: dict[str, str]
) -> None:
    monkeypatch.setattr(rates, "rated_of", lambda view: None)
    given = {"children-0-last_name": "Berg", **given}
    client = signed_in(world, "on_duty" if address == "/emergency/" else "reception")
    with pytest.raises(Undeclared, match=r"decorate its view with @rated\(Rate.SEARCH\)"):
        client.post(address, given)


@pytest.mark.parametrize("address", ["/investigations/export/", "/deadlines/?format=xlsx"])
def test_a_page_that_gives_a_file_and_has_not_said_so_is_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(rates, "rated_of", lambda view: None)
    with pytest.raises(Undeclared, match=r"decorate its view with @rated\(Rate.EXPORT\)"):
        signed_in(world, "head").get(address)


def test_people_are_looked_up_by_number_where_the_rate_is_asked_for() -> None:
    """What logs a report finds the child it is about, and what corrects a number asks whether it is
    another record's; nothing else filters by the number."""
    root = Path(__file__).parents[2]
    looking = {
        path.relative_to(root).as_posix()
        for app in ("cases", "workload", "audits", "organisation", "unitstats")
        for path in (root / app).rglob("*.py")
        if re.search(r"(?:filter|get)\([^)]*personal_identity_number=", path.read_text())
    }
    assert {Path(one).name for one in looking} == {"querysets.py", "children.py", "corrections.py"}
