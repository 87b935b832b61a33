"""A stage for the tests that try to break in: both units filled, every address of the product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cases.matters.addresses import what_of
from cases.notices.models import Notice
from tests.factories import World, moment
from tests.factories.populated import HERE, Matters, populate

NOW = moment("2026-07-10 10:00")


@dataclass(frozen=True)
class Stage:
    world: World
    matters: dict[str, Matters]

    def client(self, person: str, **how: Any) -> Client:
        client = Client(headers={"accept-language": "sv"}, **how)
        client.force_login(self.world.people[person])
        return client


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """Made once a module; tests ask for `scene`."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        transaction.atomic(),
    ):
        world = World()
        yield Stage(world, populate(world, date(2026, 7, 10)))
        transaction.set_rollback(True)


@pytest.fixture
def scene(stage: Stage, db: None) -> Stage:
    """The stage for one test, as it was found: what the test changes is rolled back after it."""
    return stage


@dataclass(frozen=True)
class Address:
    """One address of the product: its full name, and the parameters it takes."""

    name: str
    parameters: tuple[str, ...]
    what: str = ""
    """What it says that its `pk` is of (`cases.matters.addresses.about`)."""

    def at(self, **given: Any) -> str:
        """The address with these parameters; a word or a number for those not given."""
        words = {"key": "x", "uidb36": "x", "rest": "x/", "code": "note"}
        return reverse(
            self.name,
            kwargs={name: given.get(name, words.get(name, 1)) for name in self.parameters},
        )


def matter_ids(stage: Stage, marker: str) -> dict[str, int]:
    """Ids in the unit of that marker, by what addresses say they are about."""
    matters = stage.matters[marker]
    owner = stage.world.main if marker == HERE else stage.world.other_worker
    return {
        "report": matters.report.pk,
        "child": matters.report.child_id,
        "investigation": matters.investigation.pk,
        "intervention": matters.intervention.pk,
        "note": matters.note.pk,
        "notice": Notice.objects.filter(recipient=owner).earliest("pk").pk,
    }


def about(address: Address, ids: dict[str, int]) -> int | None:
    """Which of the ids the address is about; None when about none of them."""
    return ids.get({"text": "note", "matter": "investigation"}.get(address.what, address.what))


def addresses() -> list[Address]:
    """Every named address, in whichever app."""
    return sorted(_within(get_resolver(), "", ()), key=lambda one: one.name)


def _within(place: URLResolver, space: str, outer: tuple[str, ...]) -> Iterator[Address]:
    for one in place.url_patterns:
        taken = (*outer, *one.pattern.regex.groupindex)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _within(one, inner, taken)
        elif isinstance(one, URLPattern) and one.name:
            yield Address(f"{space}{one.name}", taken, what_of(one.callback))
