"""The allocation board worked with by keyboard and by dragging, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from cases.investigations.models import Investigation
from tests.factories import World
from tests.factories.workload import use_example
from workload.models import PlannedPair

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("ALLOCATION_SHOTS")
PHONE = {"width": 390, "height": 844}


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.fixture
def waiting(world: World) -> Investigation:
    with transaction.atomic():
        use_example(world)
    for user in (world.main, world.co, world.third):
        user.employments.update(experience="expert")
    days = (10, 1)
    cases = [
        world.investigation(
            (timezone.localdate() - timedelta(days=ago)).isoformat(), allocated=False
        )
        for ago in days
    ]
    world.investigation((timezone.localdate() - timedelta(days=40)).isoformat())
    return cases[0]


def test_a_pair_is_planned_by_keyboard_and_given_out(
    world: World,
    waiting: Investigation,
    page: Any,
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    login(page, world.leader)
    page.goto("/allocation/")
    assert_accessible(page)
    shot(page, "board")
    card = page.locator(f"#case-{waiting.pk}")
    card.locator(".card-actions a").first.focus()
    page.keyboard.press("Enter")
    card.locator("[data-plan-form]").wait_for()
    assert page.evaluate("document.activeElement.name") == "main"
    card.locator("[name=main]").select_option(str(world.third.pk))
    card.locator("[name=co]").select_option(str(world.main.pk))
    card.locator(".effects li").nth(1).wait_for()
    assert "Third Test" in card.locator(".effects").inner_text()
    assert not PlannedPair.objects.exists()
    assert_accessible(page)
    shot(page, "board-open")
    card.locator("[data-autofocus]").focus()
    page.keyboard.press("Enter")
    card.locator(".card-pair").wait_for()
    assert PlannedPair.objects.get().main == world.third
    assert page.locator(f"#worker-{world.third.pk} .is-planned").count() == 1
    assert waiting.number in page.locator("#board-said").inner_text()
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert_accessible(page)
    shot(page, "board-phone")
    page.locator(".board-give button").click()
    page.locator(".messages, [role=status]").first.wait_for()
    page.wait_for_url("**/allocation/groups/**")
    assert set(waiting.matter.workers.values_list("user_id", flat=True)) == {
        world.third.pk,
        world.main.pk,
    }


def test_a_case_is_dragged_to_two_workers_and_saved_when_seen(
    world: World, waiting: Investigation, page: Any, login: Callable[..., None]
) -> None:
    login(page, world.leader)
    page.goto("/allocation/")
    card = page.locator(f"#case-{waiting.pk}")
    card.drag_to(page.locator(f"#worker-{world.main.pk}"))
    card.locator("[data-plan-form]").wait_for()
    assert card.locator("[name=main]").input_value() == str(world.main.pk)
    card.locator(".card-head").drag_to(page.locator(f"#worker-{world.co.pk}"))
    chosen = card.locator(f"[name=co] option[value='{world.co.pk}']:checked")
    chosen.wait_for(state="attached")
    assert "Co Test" in card.locator(".effects").inner_text()
    assert not PlannedPair.objects.exists()
    card.locator("[data-autofocus]").click()
    card.locator(".card-pair").wait_for()
    plan = PlannedPair.objects.get()
    assert (plan.main, plan.co) == (world.main, world.co)


def test_a_proposal_is_read_and_given_out(
    world: World,
    waiting: Investigation,
    page: Any,
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    from workload.models import AllocationWish

    for kind, detail in (("area", "Norra delen"), ("experience", "")):
        AllocationWish.objects.create(
            investigation=waiting,
            kind=kind,
            detail=detail,
            noted_by=world.leader,
            noted_at=timezone.now(),
        )
    login(page, world.leader)
    page.goto("/allocation/")
    page.locator(".board-propose button").click()
    page.wait_for_url("**/allocation/proposals/**")
    assert_accessible(page)
    shot(page, "proposal")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shot(page, "proposal-phone")
    page.locator("form .form-actions .btn-primary").click()
    page.locator(".empty").first.wait_for()
    assert not Investigation.objects.waiting().exists()
