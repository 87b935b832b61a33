"""The page that describes the API: for everybody, on a phone, in the dark, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = "/api/v1/docs/"


def operations() -> set[str]:
    """The names of all calls of the API."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {one["operationId"] for path in paths.values() for one in path.values()}


def test_the_api_is_described_to_somebody_signed_in(
    page: Any, world: Any, login: Callable[..., None]
) -> None:
    login(page, world.head)
    page.goto(ADDRESS)
    assert page.locator("header.topbar").is_visible()
    headings = page.locator(".guide-operation h3[id]").evaluate_all("all => all.map(one => one.id)")
    assert operations() - set(headings) == set()
    page.click(".guide-contents >> text=Registrera en anmälan")
    page.wait_for_url("**/docs/#reports_create")
    assert page.locator("#reports_create").is_visible()
    body = page.get_by_role("region", name="Innehåll att skicka: Registrera en anmälan om ett barn")
    assert body.locator("text=child.first_name").is_visible()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_description_can_be_read_by_anybody(
    new_page: Callable[..., Any],
    world: Any,
    assert_accessible: Callable[..., None],
    width: int,
    scheme: str,
) -> None:
    page = new_page(width=width, color_scheme=scheme)
    page.goto(ADDRESS)
    page.click("details.guide-example >> nth=0 >> summary")
    assert page.locator("details.guide-example >> nth=0 >> pre").is_visible()
    assert_accessible(page)
    across = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert across <= 0


def test_the_description_is_read_in_english_too(page: Any, world: Any) -> None:
    page.goto(ADDRESS)
    page.click("button[name=language][value=en]")
    page.wait_for_selector("text=Log a report about one child or several siblings >> nth=0")
    assert page.locator("html").get_attribute("lang") == "en"
