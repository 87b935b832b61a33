"""What need-to-know and the trail cost a page that is opened every day."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.investigations.models import Investigation
from cases.matters import querysets
from core import trail
from core.models import TrailEntry
from organisation.permissions import access_for
from organisation.views import middleware
from tests.factories import World, moment

pytestmark = pytest.mark.django_db
MOST = 3


@pytest.fixture
def case(world: World) -> Investigation:
    return world.investigation("2026-03-02")


def _asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("role", ["main", "leader", "head"])
@pytest.mark.parametrize("page", ["investigations", "reports"])
def test_a_case_page_asks_at_most_three_questions_more_for_access_and_the_trail(
    world: World, case: Investigation, role: str, page: str
) -> None:
    user = getattr(world, role)
    found: Any = case if page == "investigations" else case.reports.get()
    address = f"/{page}/{found.pk}/"
    client = Client()
    client.force_login(user)
    with time_machine.travel(moment("2026-03-10 10:00"), tick=False):
        client.get(address)
        entries = TrailEntry.objects.count()
        guarded = _asked(client, address)
        assert TrailEntry.objects.count() == entries + 1

        reached = access_for(user, on=moment("2026-03-10").date())

        def everything(rows: QuerySet[Any], *_: Any, **_named: Any) -> QuerySet[Any]:
            return rows.all()

        with (
            mock.patch.object(middleware, "access_for", return_value=reached),
            mock.patch.object(trail, "_entry", return_value=None),
            mock.patch.object(querysets.MatterQuerySet, "visible_to", everything),
            mock.patch.object(querysets.MatterRecordQuerySet, "visible_to", everything),
        ):
            open_to_all = _asked(client, address)
    assert TrailEntry.objects.count() == entries + 1
    assert 0 < guarded - open_to_all <= MOST
