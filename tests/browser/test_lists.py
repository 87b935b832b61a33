"""Lists in a real browser: every column on the screen of an ordinary laptop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from organisation.models import User
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HIDDEN = """() => [...document.querySelectorAll('main table')].map(table =>
    Math.max(0, table.scrollWidth - table.parentElement.clientWidth))"""

BROKEN = """() => [...document.querySelectorAll('main .badge-status')].flatMap(badge => {
    const text = [...badge.childNodes].findLast(node => node.nodeType === Node.TEXT_NODE);
    return [...text.data.matchAll(/\\S+/g)].filter(word => {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return range.getClientRects().length > 1;
    }).map(word => word[0]);
})"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_list_of_reports_hides_no_column(
    world: World, new_page: Callable[..., Any], login: Callable[..., None], width: int
) -> None:
    first, second = world.report("2026-03-02 09:00"), world.report("2026-03-02 10:00")
    first.number = "ST-BOU-2026-01289"
    second.number, second.status = "ST-BOU-2026-01288", "joined"
    second.investigation = world.investigation("2026-03-02")
    for report in (first, second):
        report.save()
        assert report.matter.workers.get().user == world.reception
    User.objects.filter(pk=world.reception.pk).update(last_name="Ljungströmmer-Åkerströmmer")
    page = new_page(width=width)
    login(page, world.head)
    page.goto(reverse("report_list"))
    assert page.evaluate(HIDDEN) == [0]
    assert page.evaluate(BROKEN) == []


def test_no_state_is_broken_inside_a_word(
    world: World, new_page: Callable[..., Any], login: Callable[..., None]
) -> None:
    report = world.report("2026-03-02 09:00")
    report.status = "assessed"
    report.save()
    page = new_page()
    login(page, world.reception)
    page.goto(reverse("home"))
    assert page.locator("main .badge-status").count() > 0
    assert page.evaluate(BROKEN) == []
