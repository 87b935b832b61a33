"""The forecast page: for those who lead, with its own error, in as many questions for any size."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.investigations.models import Investigation
from cases.persons.models import Person
from tests.factories import World, moment
from tests.factories.workload import use_example

pytestmark = pytest.mark.django_db
NOW = moment("2026-03-18 09:00")


@pytest.fixture(autouse=True)
def wednesday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def history(world: World, number: int) -> None:
    """Investigations over two years, most of them ended."""
    chance = Random(number)
    children = Person.objects.bulk_create(
        Person(unit=world.unit, first_name=f"H{n}", created_at=NOW) for n in range(number)
    )
    rows = []
    for n, child in enumerate(children):
        opened = NOW.date() - timedelta(days=1 + 800 * n // number)
        ended = opened + timedelta(days=chance.randint(40, 150))
        over = ended <= NOW.date()
        rows.append(
            Investigation(
                unit=world.unit,
                group=world.groups["barn-1"],
                number=f"H{number}-{n}",
                child=child,
                status="concluded" if over else "ongoing",
                opened_on=opened,
                opened_by=world.leader,
                concluded_on=ended if over else None,
                concluded_by=world.leader if over else None,
                outcome="no_intervention" if over else None,
            )
        )
    Investigation.objects.bulk_create(rows)


def test_leader_sees_the_weeks_and_how_well_they_would_have_been_foretold(
    world: World, client: Client
) -> None:
    use_example(world)
    history(world, 300)
    client.force_login(world.leader)
    html = client.get("/forecast/", headers={"accept-language": "en"}).content.decode()
    assert html.count('class="chart-svg"') == 2
    assert "Open in twelve weeks" in html
    assert "Pass it with one more worker" in html
    assert html.count('<th scope="row">12 weeks</th>') == 1
    with CaptureQueriesContext(connection) as asked:
        client.get("/forecast/")
    assert len(asked) < 25


def test_forecast_without_history_says_what_it_waits_for(world: World, client: Client) -> None:
    client.force_login(world.leader)
    html = client.get("/forecast/", headers={"accept-language": "en"}).content.decode()
    assert "Nothing to foretell from yet" in html


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("leader", 200),
        ("head", 200),
        ("main", 403),
        ("coordinator", 403),
        ("department_head", 403),
        ("stranger", 403),
    ],
)
def test_forecast_is_for_those_who_lead(
    world: World, client: Client, who: str, status: int
) -> None:
    client.force_login(getattr(world, who))
    assert client.get("/forecast/").status_code == status


def test_another_leaders_group_is_not_found(world: World, client: Client) -> None:
    client.force_login(world.leader)
    assert client.get(f"/forecast/?group={world.groups['barn-2'].pk}").status_code == 404
