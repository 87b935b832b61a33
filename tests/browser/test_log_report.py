"""Logging a report in a real browser, from the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.drafts.models import Draft
from cases.reports.models import Report
from cases.reports.services import ChildInput
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_STROKES = 25
CASE_PAGE = re.compile(r"/reports/\d+/")


class Hands:
    """A pair of hands that counts: keys and clicks cost one each, typed text nothing.

    A key held down with another (Alt+N) costs one for each of the two.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        self.strokes = 0

    def press(self, key: str) -> None:
        self.strokes += len(key.split("+"))
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        focused = (
            "document.activeElement.matches('textarea, input:not([type=radio], [type=checkbox])')"
        )
        assert self.page.evaluate(focused), f"not in a text field when typing {text!r}"
        self.page.keyboard.type(text)

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.id"))


@pytest.fixture
def logging(world: World, page: Any, login: Callable[..., None]) -> Any:
    login(page, world.reception)
    page.goto(reverse("report_log"))
    page.locator(".draft-state").wait_for(state="attached")
    return page


def write_report(hands: Hands) -> None:
    """A report about two siblings by phone from a school that wants feedback."""
    hands.type("20140312-2383")
    hands.press("Tab")
    hands.type("Alva")
    hands.press("Tab")
    hands.type("Ek")
    hands.press("Alt+N")
    hands.type("20170504-2396")
    hands.press("Tab")
    hands.type("Nils")
    hands.press("Tab")  # the last name is taken over
    hands.press("Tab")
    hands.press("s")  # the school
    hands.press("Tab")
    hands.type("Tunaskolan")
    hands.press("Tab")
    hands.press("Space")  # wants feedback
    hands.press("Tab")
    hands.type("Karin Lund")
    hands.press("Tab")
    hands.type("08-123 456")
    hands.press("Tab")
    hands.press("t")  # by phone
    hands.press("Tab")
    hands.press("o")  # a report of concern
    hands.press("Tab")
    hands.press("n")  # not a crime report
    hands.press("Tab")
    hands.press("b")  # Bevittnat våld
    hands.press("Space")
    hands.press("Tab")
    hands.type("Barnen kom till skolan utan vinterkläder och berättade om bråk hemma.")


def test_a_report_about_two_siblings_takes_at_most_25_strokes_beside_the_text(
    logging: Any, assert_accessible: Callable[..., None]
) -> None:
    hands = Hands(logging)
    assert hands.focused() == "children-0-personal_identity_number"
    write_report(hands)
    assert hands.focused() == "concern"
    assert_accessible(logging)
    hands.press("Control+Enter")
    logging.wait_for_url(CASE_PAGE)
    assert hands.strokes <= MOST_STROKES, hands.strokes
    first, second = Report.objects.select_related("child").order_by("pk")
    assert [first.child.name, second.child.name] == ["Alva Ek", "Nils Ek"]
    assert second.linked_to == first
    assert (first.reporter_category, first.reporter_organisation) == ("school", "Tunaskolan")
    assert (first.reporter_name, first.reporter_contact) == ("Karin Lund", "08-123 456")
    assert (first.channel, first.kind, first.is_crime_report) == ("phone", "report", False)
    assert first.reasons == ["witnessed_violence"]
    assert first.wants_feedback
    assert timezone.now() - first.received_at < timedelta(minutes=5)


def test_what_is_wrong_is_said_at_its_field_and_the_text_stays(
    logging: Any, assert_accessible: Callable[..., None]
) -> None:
    hands = Hands(logging)
    hands.type("20140312-2384")
    logging.get_by_text("Kontrollsiffran").first.wait_for()
    hands.press("Tab")
    hands.type("Alva")
    logging.locator("[name=concern]").fill("Oro som inte får gå förlorad.")
    hands.press("Control+Enter")
    logging.locator("[data-error-summary]").wait_for()
    assert logging.locator("[name=concern]").input_value() == "Oro som inte får gå förlorad."
    assert logging.locator("[name=children-0-first_name]").input_value() == "Alva"
    number = logging.locator("[name=children-0-personal_identity_number]")
    assert (
        "Kontrollsiffran"
        in logging.locator("#div_id_children-0-personal_identity_number").inner_text()
    )
    assert number.get_attribute("aria-invalid") == "true"
    assert_accessible(logging)
    assert not Report.objects.exists()


def test_the_draft_survives_a_reload_with_its_rows(logging: Any, world: World) -> None:
    write_report(Hands(logging))
    logging.get_by_text("Utkast sparat").wait_for()
    logging.reload()
    logging.locator(".draft-bar").wait_for()
    for name, value in (
        ("children-0-first_name", "Alva"),
        ("children-1-first_name", "Nils"),
        ("children-1-last_name", "Ek"),
        ("reporter_organisation", "Tunaskolan"),
    ):
        assert logging.locator(f"[name={name}]").input_value() == value
    assert logging.locator("[name=reporter_category][value=school]").is_checked()
    assert logging.locator("[name=reporter_wants_feedback]").is_checked()
    logging.locator("[name=concern]").press("Control+Enter")
    logging.wait_for_url(CASE_PAGE)
    assert Report.objects.count() == 2
    assert not Draft.objects.exists()


def test_a_double_click_makes_one(logging: Any) -> None:
    write_report(Hands(logging))
    logging.locator(".form-actions .btn-primary").dblclick()
    logging.wait_for_url(CASE_PAGE)
    assert Report.objects.count() == 2


def test_a_known_child_is_shown_and_chosen(
    world: World, page: Any, login: Callable[..., None], assert_accessible: Callable[..., None]
) -> None:
    child = world.report(
        children=[
            ChildInput(
                personal_identity_number="20140312-2383",
                first_name="Alva",
                last_name="Ek",
                protected_identity="secrecy_marking",
            )
        ]
    ).child
    login(page, world.reception)
    page.goto(reverse("report_log"))
    hands = Hands(page)
    hands.press("Tab")
    hands.type("Alva")
    hands.press("Tab")
    hands.type("Ek")
    page.locator(".known-child").wait_for()
    assert_accessible(page)
    page.locator(".known-child button").click()
    page.locator(".known-child .badge-status").wait_for()
    assert page.locator("[name=children-0-child_id]").input_value() == str(child.pk)
    number = page.locator("[name=children-0-personal_identity_number]")
    assert number.input_value() == "201403122383"
    protection = page.locator("[name=children-0-protected_identity]")
    # How the identity is protected is not told; what is in force stays in force.
    assert protection.input_value() == "none"


def test_only_a_mandated_reporter_is_offered_feedback(logging: Any) -> None:
    feedback = logging.locator("[name=reporter_wants_feedback]")
    assert not feedback.is_visible()
    logging.get_by_label("Polis", exact=True).check()
    assert feedback.is_visible()
    feedback.check()
    logging.get_by_label("Privatperson", exact=True).check()
    assert not feedback.is_visible()
    assert not feedback.is_checked()
