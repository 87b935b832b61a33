"""Real Chromium on a live server: `page`, `login(page, user)`, `assert_accessible(page)`.

Without a Chromium on the machine these tests are skipped and say so; REQUIRE_BROWSER=1 makes that
a failure. Tests mark themselves `browser` and `django_db(transaction=True)`, and use `world`.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT = 15_000
"""Milliseconds to wait for anything on a page: two cores, shared."""
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)
"""The first that is there; the same engine without a window takes two thirds of the time."""


def _without_browser(why: str) -> None:
    message = (
        f"no Chromium to drive ({why}): install Debian's chromium-headless-shell, or set CHROMIUM"
    )
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def _executable(playwright: Any) -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    found = next(filter(None, map(shutil.which, NAMES)), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


# For the package, not the session: Playwright runs an event loop in this thread, which other
# tests must not meet. Inside a loop Django has a database connection of its own. The test database
# has to be made before, by the one outside, and the one inside closed: whichever were left open at
# the end would keep the database from being dropped.
@pytest.fixture(scope="package")
def chromium(django_db_setup: None) -> Iterator[Any]:
    from django.db import connections

    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        _without_browser(str(error))
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    with sync_playwright() as playwright:
        path = _executable(playwright)
        if path is None:
            _without_browser("none found")
        # The ORM refuses to work in a thread with an event loop; ours only waits for the browser.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        try:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            yield browser
            browser.close()
        finally:
            connections.close_all()
            if before is None:
                os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
            else:
                os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def new_page(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Make pages, each in a browser profile of its own, in Swedish, 1280 pixels wide by default."""
    contexts = []

    def make(width: int = 1280, height: int = 900, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=live_server.url,
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            viewport={"width": width, "height": height},
            **options,
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    # What the pages had asked for last is still being answered: the database is emptied next.
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Iterator[Any]:
    """A page that fails the test if a script on it failed or the policy blocked something."""
    made = new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on(
        "console",
        lambda message: (
            wrong.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    yield made
    assert wrong == []


@pytest.fixture
def login(live_server: Any, settings: Any) -> Callable[..., None]:
    """`login(page, user)`: the page's next request is the user's, without the login form."""
    from django.test import Client

    def as_user(page: Any, user: Any) -> None:
        client = Client()
        client.force_login(user)
        page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": live_server.url,
                }
            ]
        )

    return as_user


@pytest.fixture
def assert_accessible() -> Callable[..., None]:
    """`assert_accessible(page)`: axe finds nothing against WCAG 2.2 A and AA on it."""
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}

    def check(page: Any, *, context: str | None = None) -> None:
        # Else what has been scrolled half under the bar at the top counts as too small to touch.
        page.evaluate("scrollTo(0, 0)")
        if page.evaluate("() => !window.axe"):  # once a document: half a megabyte of script
            page.evaluate(Axe().axe_script)
        found = page.evaluate(
            "([where, options]) => axe.run(where || document, options)", [context, options]
        )
        problems = [
            f"{one['id']}: {one['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in one["nodes"][:5])
            for one in found["violations"]
        ]
        assert not problems, f"{page.url}\n" + "\n".join(problems)

    return check
