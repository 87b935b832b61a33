"""The start page: each role its own, nothing without an owner, no more queries for more rows."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Notice
from cases.services import investigations, reports
from organisation.enums import AbsenceReason, Level, Role
from organisation.models import Absence, User
from organisation.services import make_node
from tests.factories import World, give, make_user, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set the day the requests come in; the middleware is the only reader of the clock."""

    def travel(text: str) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment(text))

    return travel


def page(client: Client, user: User, url: str = "/") -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


ROLES = [
    "reception",
    "reception_leader",
    "leader",
    "main",
    "family_home_worker",
    "head",
    "coordinator",
    "placement_secretary",
    "administrator",
    "disability_worker",
    "department_head",
    "director",
    "sysadmin",
    "consultant",
    "stranger",
]


@pytest.mark.parametrize("name", ROLES)
def test_home_opens_for_every_role(world: World, client: Client, name: str) -> None:
    world.investigation()
    page(client, world.people[name])
