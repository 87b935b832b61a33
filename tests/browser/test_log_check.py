"""Signing what was drawn in a log check, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.services import log_checks
from core import trail
from core.calendar import day_start, local_date
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_what_has_a_tie_is_chosen_at_once_and_the_rest_one_by_one(
    world: World,
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
    width: int,
) -> None:
    now = timezone.now()
    month = (local_date(now).replace(day=1) - timedelta(days=1)).replace(day=1)
    case = world.investigation(month.isoformat())
    for user in (world.main, world.co, world.stranger):
        at = day_start(month + timedelta(days=3)) + timedelta(hours=10)
        trail.read("investigation.read", [case], by=user, at=at)
    drawn = log_checks.open_round(world.unit, month=month, at=now)
    page = new_page(width=width)
    login(page, world.head)
    page.goto(reverse("log_check", args=[drawn.pk]))
    every = page.get_by_label("Välj alla på sidan som har en koppling")
    ones = page.locator('input[name="readings"]')
    every.check()
    page.get_by_text("Valda: 2").wait_for()
    assert (ones.count(), page.locator('input[name="readings"]:checked').count()) == (3, 2)
    ones.and_(page.locator(":checked")).first.uncheck()
    page.get_by_text("Valda: 1").wait_for()
    assert every.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    assert_accessible(page)
    page.get_by_role("button", name="Signera de valda som befogade").click()
    page.get_by_text("1 läsning är signerad som befogad.").wait_for()
    assert drawn.hits.filter(judgement="justified").count() == 1
