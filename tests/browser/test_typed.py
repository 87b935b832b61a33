"""Every way to lose what one is typing, in a real browser: each letter is found again.

The waits of the page are made short by its data attributes; what is typed is typed key by key.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from cases.drafts.models import Draft
from cases.investigations.models import Investigation
from cases.journal.models import Note
from cases.reports.models import Report
from core.web import DomainErrorMiddleware
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "Flickan berättar att hon inte vågar gå hem på helgen, och att mamma är ledsen. 😀"
SHORT = "document.body.dataset.sessionPoll = 0.3"
KEPT = "Utkast sparat"


@pytest.fixture
def case(world: World) -> Investigation:
    return world.investigation((timezone.localdate() - timedelta(days=10)).isoformat())


@pytest.fixture
def writing(world: World, case: Investigation, page: Any, login: Callable[..., None]) -> Any:
    """A note on the investigation's page, opened in place and half written."""
    login(page, world.main)
    open_note(page, case)
    return page


def open_note(page: Any, case: Investigation) -> None:
    page.goto(reverse("investigation", args=[case.pk]))
    page.evaluate(SHORT)
    page.locator("#notes .section-actions a").click()
    page.locator("#notes .draft-state").wait_for(state="attached")


def fill_rest(page: Any) -> None:
    page.locator("#notes [name=kind]").select_option("journal")
    page.locator("#notes [name=child][value=not]").check()


def write(page: Any, text: str = TEXT, name: str = "text", delay: int = 5) -> None:
    page.locator(f"main [name={name}]").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text, delay=delay)


def sign_out(page: Any) -> None:
    """As when the session's time is out: the cookies stay, and open nothing."""
    Session.objects.all().delete()
    page.context.clear_cookies(name="csrftoken")


def written() -> list[str]:
    return [str(text) for text in Note.objects.values_list("text", flat=True)]


def until(page: Any, holds: Callable[[], Any], tries: int = 100) -> None:
    for _try in range(tries):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came to hold")


def drafted(name: str = "text") -> list[str]:
    return [row.data.get(name, [""])[0] for row in Draft.objects.order_by("pk")]


def save(page: Any) -> None:
    page.locator("#notes .form-actions button").click()


def test_a_session_that_ends_while_one_writes_is_gone_on_with_after_a_new_sign_in(
    world: World, writing: Any, login: Callable[..., None]
) -> None:
    fill_rest(writing)
    write(writing, "Före. ")
    writing.get_by_text(KEPT).wait_for()
    sign_out(writing)
    write(writing)
    dialog = writing.get_by_role("alertdialog")
    dialog.wait_for()
    assert "Du har loggats ut" in dialog.inner_text()
    # The child is not in view behind it, and no login page is inside the case.
    assert not writing.locator("main").is_visible()
    assert writing.locator("main [name=password]").count() == 0
    login(writing, world.main)
    writing.context.new_page().goto("/")
    writing.locator("main").wait_for()
    assert writing.locator("#notes [name=text]").input_value() == f"Före. {TEXT}"
    # The autosave that was refused is made again, with the token that holds now; then the saving.
    until(writing, lambda: drafted() == [f"Före. {TEXT}"])
    save(writing)
    writing.locator("#notes ol li").wait_for()
    assert written() == [f"Före. {TEXT}"]
    assert not Draft.objects.exists()


def test_saving_while_signed_out_waits_and_is_done_after_a_new_sign_in(
    world: World, writing: Any, login: Callable[..., None]
) -> None:
    fill_rest(writing)
    write(writing)
    writing.get_by_text(KEPT).wait_for()
    sign_out(writing)
    save(writing)
    writing.get_by_role("alertdialog").wait_for()
    assert writing.locator("[name=password]").count() == 0
    login(writing, world.main)
    writing.locator("#notes ol li").wait_for()  # asked every few seconds, without another tab
    assert written() == [TEXT]
    assert not Draft.objects.exists()


def test_another_person_in_the_same_browser_sees_nothing_and_saves_nothing(
    world: World, writing: Any, login: Callable[..., None]
) -> None:
    write(writing)
    writing.get_by_text(KEPT).wait_for()
    sign_out(writing)
    write(writing, " Mer.")
    writing.get_by_role("alertdialog").wait_for()
    login(writing, world.stranger)
    writing.wait_for_url(lambda url: url.endswith("/"))
    writing.locator(".user-button").wait_for()
    assert TEXT not in writing.content()
    stored = writing.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Flickan" not in stored
    assert {row.user for row in Draft.objects.all()} == {world.main}
    # And the first finds it again.
    login(writing, world.main)
    open_note(writing, Investigation.objects.get())
    writing.locator(".draft-bar").wait_for()
    assert writing.locator("#notes [name=text]").input_value().startswith(TEXT)


def test_a_refused_form_left_through_the_menu_is_found_again(
    world: World, page: Any, login: Callable[..., None]
) -> None:
    login(page, world.reception)
    page.goto(reverse("report_log"))
    page.locator(".draft-state").wait_for(state="attached")
    page.fill("[name=children-0-first_name]", "Alva")
    page.fill("[name=received_at]", f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}")
    write(page, name="concern")
    page.keyboard.press("Control+Enter")  # at once: nothing is saved yet
    page.locator("[data-error-summary]").wait_for()
    write(page, " Efteråt.", name="concern")
    page.locator("#menu a").first.click()
    page.locator("#begun").wait_for()
    assert page.title() == "Start · Jämvikt"
    assert "Alva" not in page.url
    page.get_by_role("link", name="Alva").click()
    page.locator(".draft-bar").wait_for()
    assert "Alva" not in page.url
    assert page.locator("[name=concern]").input_value() == f"{TEXT} Efteråt."
    assert drafted("concern") == [f"{TEXT} Efteråt."]


def test_a_conflict_left_at_once_is_found_again(
    world: World, case: Investigation, page: Any, login: Callable[..., None]
) -> None:
    login(page, world.main)
    address = reverse("investigation_plan", args=[case.pk])
    page.goto(address)
    field = page.locator("main textarea").first
    name = str(field.get_attribute("name"))
    page.locator(".draft-state").wait_for(state="attached")
    write(page, name=name)
    Investigation.objects.filter(pk=case.pk).update(**{name: "Någon annans."})
    page.keyboard.press("Control+Enter")
    page.locator("[data-error-summary]").wait_for()
    assert page.locator(f"main [name={name}]").input_value() == TEXT
    page.goto("/")
    page.goto(address)
    page.locator(".draft-bar").wait_for()
    assert page.locator(f"main [name={name}]").input_value() == TEXT


def test_steady_typing_is_saved_without_a_pause(writing: Any) -> None:
    writing.evaluate("document.body.dataset.draftEvery = 0.5")
    write(writing, "x", delay=0)
    # Half a second stands for the ten; no key waits long enough for a pause.
    writing.keyboard.type("ABCDEFGHIJKLMNOPQRST", delay=100)
    assert Draft.objects.count() == 1
    assert len(drafted()[0]) >= 5
    until(writing, lambda: drafted() == ["xABCDEFGHIJKLMNOPQRST"])


def test_a_tab_closed_in_the_middle_of_a_word_has_lost_no_letter(writing: Any) -> None:
    write(writing)
    writing.close(run_before_unload=True)
    for _try in range(50):
        if drafted() == [TEXT]:
            break
        threading.Event().wait(0.1)
    assert drafted() == [TEXT]


def test_without_network_the_page_warns_keeps_the_text_and_sends_it_once(writing: Any) -> None:
    fill_rest(writing)
    writing.context.set_offline(True)
    write(writing)
    leaving = "new Event('beforeunload', { cancelable: true })"
    assert writing.evaluate(f"(e => (dispatchEvent(e), e.defaultPrevented))({leaving})")
    save(writing)
    writing.get_by_text("Inte skickat").first.wait_for()
    save(writing)  # pressed again meanwhile
    assert written() == []
    writing.context.set_offline(False)
    writing.locator("#notes ol li").wait_for()
    assert written() == [TEXT]
    assert not Draft.objects.exists()


def test_an_answer_lost_on_its_way_doubles_nothing(writing: Any) -> None:
    """The server took it and went away before it had answered."""
    fill_rest(writing)
    write(writing)
    lost = []

    def lose(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    writing.route("**/notes/**", lose)
    save(writing)
    writing.locator("#notes ol li").wait_for()
    assert len(lost) == 1
    assert written() == [TEXT]
    assert not Draft.objects.exists()


@pytest.fixture
def database() -> Iterator[Callable[[bool], None]]:
    """`database(False)`: whatever a view asks of it fails, until `database(True)`."""
    away = threading.Event()
    before = DomainErrorMiddleware.__call__

    def call(self: Any, request: Any) -> Any:
        if away.is_set():
            return self.process_exception(request, OperationalError("gone"))
        return before(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DomainErrorMiddleware, "__call__", call)
        yield lambda there: away.clear() if there else away.set()


def test_a_server_restarted_while_one_saves_gets_the_text_once_when_it_is_back(
    writing: Any, database: Callable[[bool], None]
) -> None:
    fill_rest(writing)
    write(writing, "Före. ")
    writing.get_by_text(KEPT).wait_for()
    database(False)
    write(writing)
    save(writing)
    writing.get_by_text("Inte skickat").first.wait_for()
    assert writing.locator("#notes [name=text]").input_value() == f"Före. {TEXT}"
    database(True)
    writing.locator("#notes ol li").wait_for()
    assert written() == [f"Före. {TEXT}"]
    assert not Draft.objects.exists()


def test_a_server_gone_between_the_draft_and_the_saving_gets_it_once_too(
    writing: Any, database: Callable[[bool], None]
) -> None:
    fill_rest(writing)
    write(writing)
    failed = []

    def fail(route: Any) -> None:
        if route.request.method == "POST" and not failed:
            failed.append(1)
            route.fulfill(status=503, headers={"Retry-After": "5"}, body="")
        else:
            route.continue_()

    writing.route("**/notes/**", fail)
    save(writing)
    writing.locator("#notes ol li").wait_for()
    assert failed == [1]
    assert written() == [TEXT]


def test_two_calls_in_two_tabs_are_two_drafts_and_sending_one_leaves_the_other(
    world: World, page: Any, login: Callable[..., None]
) -> None:
    login(page, world.reception)
    tabs = [page, page.context.new_page()]
    for tab, name in zip(tabs, ("Alva", "Nils"), strict=True):
        tab.goto(reverse("report_log"))
        tab.locator(".draft-state").wait_for(state="attached")
        tab.fill("[name=children-0-first_name]", name)
        tab.fill("[name=children-0-last_name]", "Ek")
        write(tab, f"{name}: {TEXT}", name="concern")
        tab.get_by_text(KEPT).wait_for()
    page.goto("/")
    assert page.locator("#begun a").all_inner_texts() == ["Nils Ek", "Alva Ek"]
    other = tabs[1]
    for field, value in (
        ("reporter_category", "school"),
        ("channel", "phone"),
        ("kind", "report"),
        ("is_crime_report", "no"),
        ("reasons", "neglect"),
    ):
        other.check(f"[name={field}][value={value}]")
    other.locator("[name=concern]").press("Control+Enter")
    other.wait_for_url(lambda url: "/reports/" in url and "new" not in url)
    assert Report.objects.get().concern == f"Nils: {TEXT}"
    assert drafted("concern") == [f"Alva: {TEXT}"]


def test_two_tabs_with_the_same_form_keep_both_texts(writing: Any, case: Investigation) -> None:
    other = writing.context.new_page()
    open_note(other, case)
    write(writing, "Den ena. ")
    writing.get_by_text(KEPT).wait_for()
    write(other, "Den andra. ")
    other.get_by_text(KEPT).wait_for()
    write(writing, "Mer.")
    until(writing, lambda: sorted(drafted()) == ["Den andra. ", "Den ena. Mer."])
    fill_rest(other)
    save(other)
    other.locator("#notes ol li").wait_for()
    assert written() == ["Den andra."]
    assert drafted() == ["Den ena. Mer."]


def test_the_keyboard_goes_into_the_form_that_opens_and_back_after_cancel(
    world: World, case: Investigation, page: Any, login: Callable[..., None]
) -> None:
    login(page, world.main)
    page.goto(reverse("investigation", args=[case.pk]))
    for part in ("instruments", "safety", "guardians", "communication", "plan"):
        opener = page.locator(f"#{part} .section-actions a").first
        address = opener.get_attribute("href")
        opener.focus()
        page.keyboard.press("Enter")
        page.locator(f"#{part} form").wait_for()
        inside = f"!!document.activeElement.closest('#{part} form .field')"
        until(page, lambda inside=inside: page.evaluate(inside))
        cancel = page.locator(f"#{part} .form-actions a")
        cancel.focus()
        page.keyboard.press("Enter")
        page.locator(f"#{part} form").wait_for(state="detached")
        until(page, lambda: page.evaluate("document.activeElement.getAttribute('href')"))
        assert page.evaluate("document.activeElement.getAttribute('href')") == address, part


def test_the_next_step_opens_in_the_case_and_leads_to_the_one_after_it(
    world: World, case: Investigation, page: Any, login: Callable[..., None]
) -> None:
    login(page, world.main)
    address = reverse("investigation", args=[case.pk])
    page.goto(address)
    before = page.locator("[data-next-step] a").inner_text()
    page.locator("[data-next-step] a").click()
    page.locator("#plan form textarea").fill("Planen.")
    page.locator("#plan .form-actions button").click()
    page.get_by_text("Planen.").wait_for()
    # Still on the case, with the hand on what comes next.
    assert page.url.endswith(address)
    assert page.title() == f"{case.number} · Jämvikt"
    at_next = "!!document.activeElement.closest('[data-next-step]')"
    until(page, lambda: page.evaluate(at_next))
    assert page.evaluate("document.activeElement.innerText") != before
    page.keyboard.press("Enter")
    page.locator("#notes form").wait_for()
    assert page.locator("#notes [name=kind]").input_value() == "child_conversation"


def test_a_form_that_names_no_draft_has_one_and_loses_it_when_it_is_accepted(
    world: World, page: Any, login: Callable[..., None]
) -> None:
    login(page, world.main)
    page.goto(reverse("absence_add"))
    page.locator(".draft-state").wait_for(state="attached")
    page.fill("[name=from_on]", "2026-03-02")
    page.get_by_text(KEPT).wait_for()
    page.goto("/")
    page.goto(reverse("absence_add"))
    page.locator(".draft-bar").wait_for()
    assert page.locator("[name=from_on]").input_value() == "2026-03-02"
