"""Signing in through the real pages, at a set time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.models import TrailEntry
from organisation.models import User
from tests.factories import World, moment

PASSWORD = "grus-lampa-sju-Moln"
NOW = moment("2026-03-02 10:00")


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def main(world: World) -> User:
    world.main.set_password(PASSWORD)
    world.main.save()
    return world.main


@pytest.fixture
def sign_in() -> Callable[..., Any]:
    """`sign_in(client, name, password)`: post the login form, without following."""

    def post(client: Client, name: str = "main", password: str = PASSWORD, **extra: Any) -> Any:
        return client.post(reverse("account_login"), {"login": name, "password": password}, **extra)

    return post


def trail(*actions: str) -> list[TrailEntry]:
    return list(TrailEntry.objects.filter(action__in=actions).order_by("pk"))


def signed_in(client: Client) -> bool:
    return client.get(reverse("absences")).status_code == 200
