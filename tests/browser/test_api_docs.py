"""The page that describes the API, under the policy that no inline script or style runs."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_api_is_described_on_a_page_that_works(page: Any, world: Any) -> None:
    page.goto("/api/v1/docs/")
    page.wait_for_selector("#operations-reports-reports_create")
    assert page.locator(".opblock").count() == 18
    page.click("#operations-reports-reports_create .opblock-summary-control")
    page.wait_for_selector("#operations-reports-reports_create >> text=idempotency_key")
