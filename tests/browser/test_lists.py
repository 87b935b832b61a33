"""Lists in a real browser: every column on the screen of an ordinary laptop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from cases.models import Report
from organisation.models import User
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HIDDEN = """() => [...document.querySelectorAll('main table')].map(table =>
    Math.max(0, table.scrollWidth - table.parentElement.clientWidth))"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_list_of_reports_hides_no_column(
    world: World, new_page: Callable[..., Any], login: Callable[..., None], width: int
) -> None:
    first, second = world.report("2026-03-02 09:00"), world.report("2026-03-02 10:00")
    Report.objects.filter(pk=first.pk).update(number="ST-BOU-2026-01289", handler=world.reception)
    Report.objects.filter(pk=second.pk).update(
        number="ST-BOU-2026-01288",
        status="joined",
        handler=world.reception,
        investigation=world.investigation("2026-03-02"),
    )
    User.objects.filter(pk=world.reception.pk).update(last_name="Ljungströmmer-Åkerströmmer")
    page = new_page(width=width)
    login(page, world.head)
    page.goto(reverse("report_list"))
    assert page.evaluate(HIDDEN) == [0]
