"""Signing in as a person does it: the pages of a second factor, with a key made of software."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from core.models import TrailEntry
from organisation.models import User
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "grus-lampa-sju-Moln"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
START = re.compile(r"//[^/]+/$")
WIDTH = "document.scrollingElement.scrollWidth <= innerWidth"


@pytest.fixture
def main(world: World) -> User:
    world.main.set_password(PASSWORD)
    world.main.save()
    return world.main


def key_of_software(page: Any) -> None:
    """A security key that is always there and always touched."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.fixture
def look(assert_accessible: Callable[..., None]) -> Callable[[Any, str], None]:
    """Look at a page on a desk and on a phone; SHOTS=folder keeps the pictures."""

    def at(page: Any, name: str) -> None:
        assert_accessible(page)
        for size, kind in ((PHONE, "phone"), (DESK, "desk")):
            page.set_viewport_size(size)
            assert page.evaluate(WIDTH), f"{name} is too wide for a {kind}"
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=str(Path(folder) / f"{name}-{kind}.png"), full_page=True)

    return at


def sign_in(page: Any) -> None:
    page.goto("/")
    page.locator("[name=login]").fill("main")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()


def test_a_security_key_is_made_and_signs_in(
    main: User, page: Any, settings: Any, look: Callable[[Any, str], None]
) -> None:
    settings.MFA_REQUIRED = True
    key_of_software(page)
    sign_in(page)
    page.wait_for_url("**/accounts/2fa/")
    look(page, "choose")
    page.get_by_role("link", name="En app i telefonen").click()
    look(page, "app")
    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="En säkerhetsnyckel eller passkey").click()
    look(page, "key")
    page.get_by_role("button", name="Använd nyckeln").click()
    page.wait_for_url("**/recovery-codes/")
    look(page, "codes")
    page.get_by_role("link", name="Jag har sparat dem, gå vidare").click()
    page.wait_for_url(START)
    page.goto(reverse("own_account"))
    look(page, "account")
    page.goto("/accounts/logout/")
    with page.expect_navigation():
        page.get_by_role("button", name="Logga ut").click()
    sign_in(page)
    page.wait_for_url("**/accounts/2fa/authenticate/")
    look(page, "second")
    page.get_by_role("button", name="Använd din säkerhetsnyckel").click()
    page.wait_for_url(START)
    last = TrailEntry.objects.filter(action="login.ok").latest("pk")
    assert last.details["methods"] == ["password", "mfa"]


def test_the_pages_of_a_changed_login_are_accessible(
    main: User, world: World, page: Any, look: Callable[[Any, str], None], login: Any
) -> None:
    main.must_change_password = True
    main.save()
    sign_in(page)
    page.wait_for_url("**/password/change/")
    look(page, "first-password")
    login(page, world.sysadmin)
    page.goto(reverse("login_state", args=[main.pk]))
    look(page, "state")
    page.goto(reverse("login_reset", args=[main.pk]))
    look(page, "reset")


def test_the_end_of_a_session_is_warned_of_covers_the_page_and_keeps_what_was_typed(
    world: World, new_page: Any, login: Any, look: Callable[[Any, str], None]
) -> None:
    page = new_page()
    page.clock.install()
    login(page, world.main)
    page.goto(reverse("absence_add"))
    page.locator("[name=from_on]").fill("2026-03-02")
    page.clock.run_for(1500)
    page.get_by_text("Utkast sparat").wait_for()
    dialog = page.get_by_role("alertdialog")
    page.clock.fast_forward(23 * 60 * 1000)
    assert not dialog.is_visible()
    page.clock.fast_forward(90 * 1000)
    dialog.wait_for()
    assert "Är du kvar?" in dialog.inner_text()
    look(page, "session-ending")
    with page.expect_response("**/keepalive/") as answer:
        page.get_by_role("button", name="Fortsätt vara inloggad").click()
    assert answer.value.status == 204
    dialog.wait_for(state="hidden")
    page.clock.fast_forward(29 * 60 * 1000 + 5000)
    dialog.wait_for()
    assert "Du har loggats ut" in dialog.inner_text()
    assert not page.locator("main").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("main").is_visible()
    # The same person signs in in another tab, and goes on here.
    other = page.context.new_page()
    other.goto("/")
    page.locator("main").wait_for()
    assert page.locator("[name=from_on]").input_value() == "2026-03-02"


def test_another_person_in_another_tab_uncovers_nothing(
    world: World, new_page: Any, login: Any
) -> None:
    page = new_page()
    page.clock.install()
    login(page, world.main)
    page.goto(reverse("absences"))
    page.clock.fast_forward(31 * 60 * 1000)
    page.get_by_role("alertdialog").wait_for()
    login(page, world.co)
    page.context.new_page().goto("/")
    # The page leaves: what is shown then is the other person's own.
    page.wait_for_url(lambda url: url.endswith("/"))
    page.locator(".user-button").wait_for()
    assert world.main.get_full_name() not in page.locator("body").inner_text()
    assert world.co.get_full_name() in page.locator(".user-button").inner_text()
