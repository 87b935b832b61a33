"""Every page that anybody reaches, in a real browser: no axe violation, and no wider than a phone.

The unit is in the middle of its work, with very long words in it; `stranger` and `other_head` have
the empty pages. Each role follows its own links, one page of each kind: the way is found without a
browser, which then looks at what was found.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from cases.investigations.models import Investigation
from tests.factories import World, moment
from tests.factories.measured import measure
from tests.factories.populated import HERE, Matters, populate
from tests.factories.rarities import add_rarities
from workload.models import MeasurementRound

NOW = moment("2026-07-10 10:00")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PARTS = 2
"""Halves of the pages, looked at by different processes."""
FILES = {
    "disclosure_pdf",
    "investigation_document_pdf",
    "investigation_export",
    "statistics_export",
}
ELSEWHERE = {
    "healthz",
    "readyz",
    "styleguide",  # tests/core/test_ui.py
}
LEADING_ON = {
    "notice_open",
    "workload",
}
"""They redirect to one of the others."""
LOADED = {
    "child_lookup",
    "draft",
    "investigation_effect",
    "keepalive",
    "session_state",
}
"""Loaded into a page, or asked by its script."""
SENT_TO = {
    "allocation_give",
    "allocation_pair_end",
    "allocation_proposal_accept",
    "allocation_propose",
    "allocation_week",
    "competence_end",
    "disclosure_act",
    "disclosure_keep_back",
    "disclosure_review",
    "disclosure_unmask",
    "emergency_end",
    "event_unmark",
    "grant_revoke",
    "handover_accept",
    "handover_refuse",
    "handover_withdraw",
    "introduction_step_mark",
    "introduction_step_remove",
    "investigation_read",
    "investigation_revoke",
    "investigation_submit",
    "log_check_close",
    "log_check_open",
    "log_check_justify",
    "log_check_reviewer",
    "login_sessions_end",
    "login_unlock",
    "measurement_open",
    "notices_read",
    "organisation_delegate",
    "organisation_delegation_withdraw",
    "own_sessions_end",
    "plan_offer",
    "report_adopt",
    "report_ask_feedback",
    "report_correct",
    "report_feedback_correct",
    "report_join",
    "report_move",
    "report_reverse",
    "report_talk_correct",
    "report_undo",
    "report_withdraw",
    "report_assess",
    "report_assign",
    "report_decide",
    "report_feedback",
    "report_note",
    "report_propose",
    "report_talk",
    "review_task_done",
    "set_language",
    "statistics_revise",
    "survey_open",
    "text_sign",
    "token_revoke",
    "weight_factor_remove",
    "weight_set_begin",
    "weight_set_discard",
    "wish_withdraw",
    "workload_contact_withdraw",
}
"""Forms send to them; there is nothing to be looked at (GET is refused, or leads back)."""
NOT_PAGES = FILES | ELSEWHERE | LEADING_ON | LOADED | SENT_TO
ALLAUTH = ("account_", "mfa_", "openid_connect_", "socialaccount_", "usersessions_")
"""Pages of signing in: tests/browser/test_sign_in.py."""
PERSONAL = {
    "child",
    "conflict_list",
    "dashboard",
    "home",
    "investigation",
    "measurement_team",
    "measurements",
    "report",
    "survey",
    "survey_team",
    "todo",
    "weight_set",
}
"""Kinds of page that look different to each, or whose room has other tabs."""
PEOPLE = (
    "leader",
    "main",
    "reception",
    "head",
    "coordinator",
    "sysadmin",
    "department_head",
    "administrator",
    "leader2",
    "stranger",
)
LINK = re.compile(r'<a\b(?![^>]*\bdownload\b)[^>]*\bhref="([^"]+)"')
UNNAMED = """() => [...document.querySelectorAll(
    ".data-table.as-cards :is(tbody, tfoot) tr"
)].flatMap((row) => {
  const cells = [...row.cells].filter((cell) => cell.tagName === "TD" && cell.offsetParent);
  const bare = cells.filter((cell) => !cell.dataset.label && cell.colSpan === 1
    && cell.innerText.trim() && !cell.querySelector("a, button, input"));
  const labels = cells.map((cell) => cell.dataset.label).filter(Boolean);
  const twice = labels.filter((label, place) => labels.indexOf(label) !== place);
  return [...bare.map((cell) => cell.innerText.trim()), ...twice];
}).slice(0, 3)"""
"""Where a table's rows are cards: figures that do not say what they are, and names said twice."""

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
    """The names of all addresses of our own, as the resolver knows them."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    return {name for name in names if not name.startswith(ALLAUTH)}


def links_of(html: str, url: str) -> Iterator[str]:
    for link in LINK.findall(html):
        target = urljoin(url, link.replace("&amp;", "&")).partition("#")[0]
        if target.startswith("/") and not target.startswith(("/static/", "/i18n/", "/api/")):
            yield target


def way_of(user: Any, starts: list[str], known: set[str]) -> dict[str, str]:
    """What the person comes to by links, one address for each kind of page that is not known."""
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    todo, way = deque(starts), {}
    while todo:
        url = todo.popleft()
        name = resolve(urlsplit(url).path).view_name
        if name in known | NOT_PAGES | way.keys() or name == "account_logout":
            continue
        way[name] = url
        answer = client.get(url)
        if answer.status_code == 200:  # else the browser will say so
            todo.extend(links_of(answer.content.decode(), url))
    return way


class Scene:
    """Both units filled; `ways` is who comes to which kinds of page, and at which address."""

    def __init__(self, world: World) -> None:
        matters = populate(world, NOW.date())[HERE]
        plan = measure(world, NOW.date())
        rare = add_rarities(world, matters, NOW.date()) | {"plan": plan.pk}
        starts = self.starts(world, matters, rare)
        self.ways: dict[str, dict[str, str]] = {}
        for person in PEOPLE:
            # What is the same for everybody is looked at once.
            known = {name for way in self.ways.values() for name in way} - PERSONAL
            self.ways[person] = way_of(world.people[person], ["/", *starts.get(person, [])], known)

    @staticmethod
    def starts(world: World, matters: Matters, rare: dict[str, Any]) -> dict[str, list[str]]:
        """What is come to by a search or a form, and what shall be shown at its fullest."""
        one = matters.investigation.pk
        child = matters.investigation.child_id
        to_read = Investigation.objects.filter(unit=world.unit, status="to_read").earliest("pk")
        measured = MeasurementRound.objects.get(closed_at__isnull=False)
        return {
            "head": [
                reverse("investigation_grant", args=[one]),
                reverse("child_log", args=[child]),
                reverse("search"),
                reverse("weight_set", args=[rare["draft"]]),
                reverse("child_birth", args=[child]),
                reverse("child_death_withdraw", args=[child]),
                reverse("child_guardian_reopen", args=[child, rare["guardian"]]),
                reverse("child_merge_with", args=[child, rare["merged_child"]]),
                reverse("child_merge_undo", args=[rare["merged_child"], rare["merge"]]),
                reverse("investigation_annulled", args=[rare["annulled"]]),
                reverse("handover", args=[rare["handover"]]),
            ],
            "main": [
                reverse("investigation", args=[one]),
                reverse("child", args=[child]),
                reverse("investigation_late_note", args=[rare["concluded"]]),
                reverse("investigation_plan_correct", args=[rare["concluded"]]),
                reverse("investigation_protection_correct", args=[rare["concluded"]]),
            ],
            "leader": [
                reverse("report", args=[matters.report.pk]),
                reverse("investigation", args=[one]),
                reverse("investigation_document", args=[to_read.pk]),
                reverse("investigation_return", args=[to_read.pk]),
                reverse("investigation_conclude", args=[to_read.pk]),
                reverse("investigation_cancel_planned", args=[one]),
                reverse("investigation_reverse", args=[rare["concluded"]]),
                reverse("investigation_again", args=[rare["reversed"]]),
                reverse("investigation_hand_over", args=[one]),
                reverse(
                    "investigation_extension_correct", args=[rare["concluded"], rare["extension"]]
                ),
                reverse(
                    "investigation_correction_undo", args=[rare["concluded"], rare["corrected"]]
                ),
                reverse("allocation_proposal", args=[rare["proposal"]]),
                reverse("measurement_team", args=[measured.pk]),
                reverse("plan", args=[rare["plan"]]),
            ],
            "leader2": [reverse("child_emergency", args=[rare["other_child"]])],
            "sysadmin": [
                reverse("login_reset", args=[world.main.pk]),
                reverse("organisation_group_close", args=[world.groups["barn-1"].pk]),
            ],
        }


@pytest.fixture
def scene(world: World) -> Iterator[Scene]:
    with time_machine.travel(NOW, tick=True):
        yield Scene(world)


@pytest.mark.django_db
def test_what_is_only_sent_to_has_no_page(world: World) -> None:
    client = Client()
    client.force_login(world.head)
    pk = world.investigation().pk  # some look for the case first
    words = {"code": "note", "name": "x", "key": "x"}
    answered = {}
    for name in SENT_TO:
        [(_pattern, parameters)] = get_resolver().reverse_dict.getlist(name)[0][0]
        url = reverse(name, kwargs={key: words.get(key, pk) for key in parameters})
        answered[name] = client.get(url).status_code
    assert {name: status for name, status in answered.items() if status not in (302, 405)} == {}


class Look:
    """What is wrong with the pages looked at."""

    def __init__(self, page: Any, check: Callable[..., None]) -> None:
        self.page = page
        self.check = check
        self.wrong: list[str] = []

    def visit(self, url: str, status: int = 200) -> None:
        self.page.set_viewport_size(DESK)
        answer = self.page.goto(url)
        if answer.status != status:
            self.wrong.append(f"{url}: {answer.status}")
        else:
            self.look(url)

    def look(self, url: str) -> None:
        self.accessible("at a desk")
        self.page.set_viewport_size(PHONE)
        self.accessible("on a phone")
        if wide := self.page.evaluate(TOO_WIDE):
            self.wrong.append(f"{url} is {wide}")
        if unnamed := self.page.evaluate(UNNAMED):
            self.wrong.append(f"{url} has cells on a phone that nothing names: {unnamed}")

    def accessible(self, where: str) -> None:
        try:
            self.check(self.page)
        except AssertionError as found:
            self.wrong.append(f"{where}: {found}")


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_come_to_accessible_and_fits_a_phone(
    world: World,
    scene: Scene,
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
    part: int,
) -> None:
    walked = {name for way in scene.ways.values() for name in way}
    assert every_page() - NOT_PAGES - walked == set()
    assert NOT_PAGES & walked == set()
    assert NOT_PAGES - every_page() == set(), "these addresses are no more"
    page = new_page()
    look = Look(page, assert_accessible)
    for person, way in scene.ways.items():
        login(page, world.people[person])
        for url in list(way.values())[part::PARTS]:
            look.visit(url)
    assert look.wrong == [], "\n".join(look.wrong)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_empty_pages_and_what_is_refused_are_accessible_and_fit_a_phone(
    world: World,
    new_page: Callable[..., Any],
    login: Callable[..., None],
    assert_accessible: Callable[..., None],
) -> None:
    page = new_page()
    look = Look(page, assert_accessible)
    page.goto("/")
    look.look("the login page")
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
        look.visit(reverse(name))
    for path, status in ((reverse("report", args=[1]), 404), (reverse("staff_list"), 403)):
        look.visit(path, status)
    assert look.wrong == []
