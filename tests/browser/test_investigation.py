"""An investigation worked on in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.drafts.models import Draft
from cases.investigations.models import DecisionDocument, Investigation
from cases.journal.models import Note
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case(world: World) -> Investigation:
    """Opened ten days ago, given to `main` and `co`."""
    return world.investigation((timezone.localdate() - timedelta(days=10)).isoformat())


def at(name: str, case: Investigation) -> str:
    return reverse(name, args=[case.pk])


def test_worker_writes_a_note_in_place(
    world: World,
    case: Investigation,
    page: Any,
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    page.clock.install()
    login(page, world.main)
    page.goto(at("investigation", case))
    assert_accessible(page)
    page.locator("#notes .section-actions a").click()
    form = page.locator("#notes form")
    form.wait_for()
    assert page.evaluate("document.activeElement.name") == "kind"
    assert_accessible(page)
    # Sent empty, the errors stand there and what was typed is kept.
    form.locator("[name=text]").fill("Samtal i skolan.")
    form.locator(".form-actions button").click()
    page.locator("#notes [data-error-summary]").wait_for()
    assert page.locator("#notes [name=text]").input_value() == "Samtal i skolan."
    page.locator("#notes [name=kind]").select_option("child_conversation")
    page.locator("#notes [name=child][value=alone]").check()
    page.locator("#notes .form-actions button").click()
    page.locator("#notes ol li").wait_for()
    assert page.url.endswith(at("investigation", case))
    assert Note.objects.get().child_alone is True
    assert "1" in page.locator("#case-head .step").nth(2).inner_text()
    assert_accessible(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    page.clock.fast_forward(20_000)  # longer than a draft waits, and than it waits to try again
    page.reload()
    assert [one for one in sent if one.startswith("POST") and "drafts" in one] == []
    assert not Draft.objects.exists()


def test_two_people_on_the_document_see_both_versions_and_lose_nothing(
    world: World,
    case: Investigation,
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    main, co = new_page(), new_page()
    login(main, world.main)
    login(co, world.co)
    for page in (main, co):
        page.goto(at("investigation_document", case))
    co.fill("[name=background]", "Co:s bakgrund")
    co.fill("[name=assessment]", "Co:s bedömning")
    with co.expect_navigation():
        co.locator(".form-actions button").first.click()
    main.fill("[name=assessment]", "Mains bedömning")
    main.locator(".form-actions button").first.click()
    main.locator(".conflict").wait_for()
    shown = main.locator(".conflict").inner_text()
    for words in ("Co:s bakgrund", "Co:s bedömning", "Mains bedömning"):
        assert words in shown
    assert main.input_value("[name=background]") == "Co:s bakgrund"
    assert main.input_value("[name=assessment]") == "Mains bedömning"
    assert_accessible(main)
    main.fill("[name=assessment]", "Mains bedömning. Co:s bedömning")
    main.locator(".form-actions button").first.click()
    main.locator(".conflict").wait_for(state="detached")
    document = DecisionDocument.objects.get()
    assert document.background == "Co:s bakgrund"
    assert document.assessment == "Mains bedömning. Co:s bedömning"


def test_half_written_document_survives_a_closed_window(
    world: World, case: Investigation, page: Any, login: Callable[..., None]
) -> None:
    login(page, world.main)
    page.goto(at("investigation_document", case))
    page.locator(".draft-state").wait_for(state="attached")
    # The page also asks for a draft of before; on a busy machine that answer comes late.
    with page.expect_response(
        lambda answer: "drafts" in answer.url and answer.request.method == "POST"
    ):
        page.fill("[name=proposal]", "Halvfärdigt förslag")
    page.goto(at("investigation_document", case))
    page.locator(".draft-bar").wait_for()
    assert page.input_value("[name=proposal]") == "Halvfärdigt förslag"
