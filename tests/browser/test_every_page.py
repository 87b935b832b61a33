"""Every page that anybody reaches, in a real browser: no axe violation, and no wider than a phone.

The unit is in the middle of its work, with very long words in it; `stranger` and `other_head` have
the empty pages. Each role follows its own links, one page of each kind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.urls import get_resolver, resolve, reverse

from cases.models import Investigation
from tests.factories import World, moment
from tests.factories.measured import measure
from tests.factories.populated import HERE, Matters, populate

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOW = moment("2026-07-10 10:00")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SKIPPED = {
    "investigation_export",  # a file
    "statistics_export",  # a file
    "investigation_document_pdf",  # a file
    "disclosure_pdf",  # a file
    "readyz",
    "healthz",
    "api:docs",  # tests/browser/test_api_docs.py
    "api:schema",
    "styleguide",
    "account_logout",
    "notice_open",  # leads on to one of the others
}
NOT_PAGES = {
    "child_lookup",
    "draft",
    "event_unmark",
    "investigation_read",
    "investigation_revoke",
    "investigation_submit",
    "keepalive",
    "log_check_close",
    "log_check_open",
    "log_check_reviewer",
    "login_sessions_end",
    "login_unlock",
    "notices_read",
    "measurement_open",
    "organisation_delegate",
    "organisation_delegation_withdraw",
    "own_sessions_end",
    "plan_offer",
    "report_adopt",
    "report_assess",
    "report_assign",
    "report_decide",
    "report_feedback",
    "report_note",
    "report_propose",
    "report_talk",
    "review_task_done",
    "set_language",
    "survey_open",
}
"""Names that are not pages: what is only sent to, and what is loaded into a page."""
NOT_REACHED = {
    "allocation_give",
    "allocation_pair_end",
    "allocation_proposal",
    "allocation_proposal_accept",
    "allocation_propose",
    "allocation_week",
    "child_emergency",
    "child_log",
    "child_whereabouts",
    "competence_end",
    "conflict_end",
    "disclosure",
    "disclosure_act",
    "disclosure_keep_back",
    "disclosure_preview",
    "disclosure_review",
    "disclosure_text",
    "disclosure_unmask",
    "emergency_end",
    "emergency_review",
    "grant_revoke",
    "introduction",
    "introduction_mentor",
    "introduction_step_change",
    "introduction_step_mark",
    "introduction_step_remove",
    "investigation_effect",
    "login_reset",
    "reduction_end",
    "statistics_revise",
    "text_sign",
    "token_revoke",
    "weight_factor",
    "weight_factor_remove",
    "weight_set",
    "weight_set_begin",
    "weight_set_discard",
    "weight_set_use",
    "wish_withdraw",
    "workload",
    "workload_case",
    "workload_contact_add",
    "workload_contact_withdraw",
}
"""Sent to, loaded into a page, or about rows that the scene does not have."""
ALLAUTH = ("account_", "mfa_", "openid_connect_", "socialaccount_", "usersessions_")
"""Pages of signing in: tests/browser/test_sign_in.py."""
PERSONAL = {"home", "report", "investigation"}
"""Kinds of page that look different to each."""
PEOPLE = (
    "leader",
    "main",
    "reception",
    "head",
    "coordinator",
    "sysadmin",
    "department_head",
    "administrator",
    "stranger",
)
LINKS = """[...document.querySelectorAll('a[href]:not([download])')]
    .map(link => link.getAttribute('href'))"""
TOO_WIDE = """() => {
    const most = innerWidth;
    if (document.scrollingElement.scrollWidth <= most) return [];
    const clipped = one => {
        for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
            if (getComputedStyle(up).overflowX !== 'visible') return true;
        return false;
    };
    return ['wider than the window', ...[...document.querySelectorAll('body *')]
        .filter(one => one.getBoundingClientRect().right > most + 1 && !clipped(one))
        .slice(0, 8)
        .map(one => one.outerHTML.slice(0, 120))];
}"""


def every_page() -> set[str]:
    """The names of all addresses of our own that a person opens, as the resolver knows them."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    return {name for name in names if not name.startswith(ALLAUTH)} - SKIPPED


class Walk:
    """One person's way through the product, a page of each kind once."""

    def __init__(self, page: Any, check: Callable[..., None], seen: set[str]) -> None:
        self.page = page
        self.check = check
        self.seen = seen
        self.wrong: list[str] = []
        self.titles: dict[str, str] = {}

    def follow(self, first: list[str]) -> None:
        todo = deque(first)
        while todo:
            url = todo.popleft()
            name = resolve(urlsplit(url).path).view_name
            if name in self.seen or name in SKIPPED:
                continue
            self.seen.add(name)
            todo.extend(self.visit(url))

    def visit(self, url: str) -> list[str]:
        self.page.set_viewport_size(DESK)
        answer = self.page.goto(url)
        if answer.status != 200:
            self.wrong.append(f"{url}: {answer.status}")
            return []
        self.look(url)
        links = [urljoin(url, link).partition("#")[0] for link in self.page.evaluate(LINKS)]
        return [
            link
            for link in links
            if link.startswith("/") and not link.startswith(("/static/", "/i18n/", "/api/"))
        ]

    def look(self, url: str) -> None:
        try:
            self.check(self.page)
        except AssertionError as found:
            self.wrong.append(str(found))
        self.page.set_viewport_size(PHONE)
        if wide := self.page.evaluate(TOO_WIDE):
            self.wrong.append(f"{url} is {wide}")


@pytest.fixture
def matters(world: World) -> Any:
    with time_machine.travel(NOW, tick=True):
        matters = populate(world, NOW.date())[HERE]
        measure(world, NOW.date())
        yield matters


def test_every_page_is_accessible_and_fits_a_phone(
    world: World,
    matters: Matters,
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    walked: set[str] = set()
    wrong: list[str] = []
    one = matters.investigation.pk
    to_read = Investigation.objects.get(unit=world.unit, status="to_read")
    for person in PEOPLE:
        page = new_page()
        login(page, world.people[person])
        # What is the same for everybody is looked at once.
        walk = Walk(page, assert_accessible, walked - PERSONAL)
        starts = ["/"]
        if person == "head":
            starts += [reverse("investigation_grant", args=[one]), reverse("search")]
        if person == "main":
            starts += [reverse("investigation", args=[one])]
        if person == "leader":
            starts += [
                reverse("report", args=[matters.report.pk]),
                reverse("investigation", args=[one]),
                reverse("investigation_document", args=[to_read.pk]),
                reverse("investigation_return", args=[to_read.pk]),
                reverse("investigation_conclude", args=[one]),
            ]
        walk.follow(starts)
        walked |= walk.seen
        wrong += [f"{person}: {line}" for line in walk.wrong]
        page.context.close()
    assert wrong == []
    missing = every_page() - walked
    missing -= NOT_REACHED
    assert missing == NOT_PAGES, ", ".join(sorted(missing ^ NOT_PAGES))


def test_empty_pages_and_what_is_refused_are_accessible_and_fit_a_phone(
    world: World,
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    page = new_page()
    walk = Walk(page, assert_accessible, set())
    page.goto("/")
    walk.look("the login page")
    login(page, world.other_head)
    for name in (
        "home",
        "report_list",
        "investigation_list",
        "intervention_list",
        "deadline_list",
        "dashboard",
        "allocation",
        "to_read",
        "notices",
        "search",
        "absences",
    ):
        walk.visit(reverse(name))
    for path, status in ((reverse("report", args=[1]), 404), (reverse("staff_list"), 403)):
        page.set_viewport_size(DESK)
        assert page.goto(path).status == status
        walk.look(path)
    assert walk.wrong == []
