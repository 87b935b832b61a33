"""Searches and exports: enough for work, too few to empty the register."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from core.models import TrailEntry, TrailKind
from core.rates import KINDS, kind_of
from tests.factories import World, moment
from tests.security.conftest import addresses

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
    [("search", "/search/", 3), ("export", "/investigations/export/", 2)],
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


def test_which_pages_have_a_rate_of_their_own() -> None:
    limited = {kind: set() for kind, _pattern in KINDS}
    for address in addresses():
        if kind := kind_of(address.name):
            limited[kind].add(address.name)
    assert limited["search"] >= {"search", "child_lookup"}
    assert limited["export"] >= {"investigation_export"}
