"""The organisation's pages in a real browser: for every reader, on every screen, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.calendar import local_date
from organisation.enums import DelegatedDecision, Role
from organisation.models import Absence, Delegation, Employment, RoleAssignment, User
from tests.browser.conftest import WAIT
from tests.factories import World, give, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_NAME = "Wolffhechel-Strandbergsson von Översköldsmåla"
LONG_GROUP = "Barngrupp 1 med utredningsansvar för förskolebarn och syskonplaceringar"


@pytest.fixture
def filled(world: World) -> dict[str, str]:
    """Long words everywhere, and the address of every page."""
    today = local_date(timezone.now())
    group = world.groups["barn-1"]
    group.name = LONG_GROUP
    group.save()
    User.objects.filter(pk=world.main.pk).update(last_name=LONG_NAME)
    away = Absence.objects.create(
        user=world.main,
        from_on=today,
        until_on=today + timedelta(days=40),
        reason="parental_leave",
        stand_in=world.disability_worker,
    )
    Delegation.objects.create(
        unit=world.unit, decision=DelegatedDecision.OPENING, role=Role.DISABILITY_WORKER
    )
    for number in range(55):
        give(make_user(f"rad{number:02}"), Role.FAMILY_HOME_WORKER, group)
    about = {
        "organisation": None,
        "organisation_node_add": None,
        "organisation_node": world.unit.pk,
        "organisation_group_close": world.groups["barn-1"].pk,
        "staff_list": None,
        "staff_add": None,
        "staff": world.main.pk,
        "role_give": world.main.pk,
        "role_end": RoleAssignment.objects.get(user=world.main).pk,
        "employment_add": world.main.pk,
        "employment_end": Employment.objects.get(user=world.main).pk,
        "password_set": world.main.pk,
        "absences": None,
        "absence_add": None,
        "absence_end": away.pk,
    }
    return {name: reverse(name, args=[pk] if pk else []) for name, pk in about.items()}


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_accessible_and_fit_the_screen(
    world: World,
    filled: dict[str, str],
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
    width: int,
) -> None:
    page = new_page(width=width)
    login(page, world.sysadmin)
    too_wide = {}
    for name, url in filled.items():
        assert page.goto(url).status == 200
        assert_accessible(page)
        too_wide[name] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        # A table that has to be dragged sideways hides its last column.
        too_wide[name] += page.evaluate(
            """() => [...document.querySelectorAll('main table')].reduce((sum, table) =>
                   sum + Math.max(0, table.scrollWidth - table.parentElement.clientWidth), 0)"""
        )
    assert too_wide == dict.fromkeys(filled, 0)


def test_an_absence_is_planned_from_the_keyboard(
    world: World, page: Any, login: Callable[..., None], assert_accessible: Callable[..., None]
) -> None:
    login(page, world.leader)
    page.goto(reverse("absences"))
    page.get_by_role("link", name="Planera frånvaro").first.press("Enter")
    page.get_by_label("Vem").select_option(label="Main Test")
    page.get_by_label("Första dag").fill("2027-02-10")
    page.get_by_label("Sista dag").fill("2027-02-01")
    page.get_by_label("Orsak").select_option(label="Utbildning")
    page.get_by_label("Ersättare", exact=True).select_option(label="Co Test")
    page.get_by_label("Sista dag").press("Enter")
    page.get_by_role("link", name="Sista dagen kan inte vara före den första.").wait_for()
    assert_accessible(page)
    assert page.get_by_label("Orsak").input_value() == "training"
    page.get_by_label("Sista dag").fill("2027-02-12")
    page.get_by_role("button", name="Planera frånvaron").press("Enter")
    page.get_by_text("Frånvaron är planerad.").wait_for()
    assert page.get_by_role("row", name="Main Test").get_by_text("Co Test").is_visible()


def test_staff_are_filtered_in_place_and_found_by_name(
    world: World, page: Any, login: Callable[..., None]
) -> None:
    from playwright.sync_api import expect

    login(page, world.sysadmin)
    page.goto(reverse("staff_list"))
    page.get_by_label("Roll", exact=True).select_option(label="Enhetschef")
    page.wait_for_url("**/staff/?*role=unit_head*")
    rows = page.locator("#staff tbody tr")
    expect(rows).to_have_count(2, timeout=WAIT)
    page.get_by_label("Namn eller användarnamn").fill("other")
    page.get_by_label("Namn eller användarnamn").press("Enter")
    expect(rows).to_have_count(1, timeout=WAIT)
    assert "other" not in page.url
    assert page.get_by_label("Namn eller användarnamn").input_value() == "other"


def test_a_delegation_is_taken_away_only_after_a_question(
    world: World, page: Any, login: Callable[..., None]
) -> None:
    Delegation.objects.create(
        unit=world.unit, decision=DelegatedDecision.EXTENSION, role=Role.COORDINATOR
    )
    login(page, world.sysadmin)
    page.goto(reverse("organisation_node", args=[world.unit.pk]))
    take_away = page.get_by_role("button", name="Ta bort").first
    take_away.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Avbryt").click()
    assert Delegation.objects.exists()
    take_away.click()
    dialog.get_by_role("button", name="Ta bort").click()
    page.get_by_text("Delegationsordningen är ändrad.").wait_for()
    assert not Delegation.objects.exists()
