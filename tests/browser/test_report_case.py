"""A report from its case page to the decision, as reception and the leader do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.reports.models import Report
from cases.reports.services import ChildInput, ReporterInput
from core.calendar import STOCKHOLM
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def report(world: World) -> Report:
    hour_ago = timezone.now() - timedelta(hours=1)
    return world.report(
        f"{hour_ago.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}",
        reporter=ReporterInput(category="school", wants_feedback=True),
        children=[
            ChildInput(first_name="Alva", last_name="Ek", protected_identity="secrecy_marking"),
            ChildInput(first_name="Nils", last_name="Ek"),
        ],
        is_crime_report=True,
    )


def test_reception_assesses_and_proposes_and_the_leader_decides_in_one_act(
    world: World,
    report: Report,
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    page = new_page()
    login(page, world.reception)
    page.goto("/")
    assert_accessible(page)
    page.get_by_role("link", name=report.number).first.click()
    assert_accessible(page)
    protection = page.locator("#protection")
    protection.locator("[value=no_immediate_need]").check()
    protection.locator("[name=assess-child_spoken_with][value=no]").check()
    protection.locator("textarea").fill("Skolan ser barnet.")
    protection.locator("button.btn-primary").click()
    protection.locator(".prose").get_by_text("Skolan ser barnet.").wait_for()

    proposal = page.locator("#proposal")
    if not proposal.locator("form").is_visible():
        proposal.locator("summary").click()
    proposal.locator("[value=open]").check()
    proposal.locator("[name=propose-group]").select_option(label="barn-1")
    proposal.locator("[name=propose-investigation_type]").select_option("ordinary")
    proposal.locator("textarea").fill("Utredning behövs.")
    proposal.locator("form button.btn").click()
    proposal.locator(".prose").get_by_text("Utredning behövs.").wait_for()

    leader = new_page()
    login(leader, world.leader)
    leader.goto(reverse("report", args=[report.pk]))
    assert_accessible(leader)
    leader.locator("#decision form").first.locator("button.btn-primary").click()
    leader.locator("#decision .badge-status").first.wait_for()
    report.refresh_from_db()
    assert report.status == "opened"
    assert report.decision.decided_by == world.leader


def test_what_a_search_finds_is_accessible_on_a_phone(
    world: World,
    report: Report,
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    page = new_page(width=390)
    login(page, world.head)
    page.goto(reverse("search"))
    page.locator("#search").fill("Ek")
    page.locator("#search").press("Enter")
    page.get_by_role("link", name="Alva Ek").wait_for()
    assert_accessible(page)
