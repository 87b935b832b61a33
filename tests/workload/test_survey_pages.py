"""The pages of the Stockholm model: who opens what, and that nobody above learns an answer."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from html import unescape
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse, reverse_lazy

from organisation.enums import GroupFunction, Level, Role
from organisation.models import RoleAssignment, User
from organisation.services.tree import make_node
from tests.factories import World, give, make_user, moment
from tests.factories.measured import STEPS, measure
from workload.models import ActionPlan, SurveyAnswer, SurveyRound
from workload.services import measurements, rounds, surveys

NOW = moment("2026-07-10 10:00")


@pytest.fixture
def july() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


PEOPLE = {
    "main",
    "co",
    "worker2",
    "leader",
    "leader2",
    "head",
    "coordinator",
    "department_head",
    "director",
    "other_head",
    "other_worker",
    "stranger",
}


def client_for(user: User) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    return client


def text_of(client: Client, url: str) -> str:
    html = re.sub(
        r"<(script|style|template).*?</\1>", " ", client.get(url).content.decode(), flags=re.S
    )
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def statuses(world: World, url: str) -> dict[str, int]:
    return {
        name: client_for(user).get(url).status_code
        for name, user in world.people.items()
        if name in PEOPLE
    }


def who_opens(world: World, url: str) -> set[str]:
    found = statuses(world, url)
    assert set(found.values()) <= {200, 302, 404}, found
    return {name for name, status in found.items() if status == 200}


@pytest.mark.usefixtures("july")
def test_each_page_opens_for_those_it_is_for(world: World) -> None:
    plan = measure(world, NOW.date())
    closed, current = SurveyRound.objects.order_by("opened_on")
    follow_up = plan.follow_ups.get()
    group = world.groups["barn-1"].pk
    asked = set(current.answers.values_list("user__username", flat=True))
    leaders = {"leader", "leader2", "head"}
    assert who_opens(world, reverse("survey_answer", args=[current.pk])) == asked & PEOPLE
    assert who_opens(world, reverse("survey_team", args=[closed.pk])) == leaders
    assert who_opens(world, reverse("survey_results")) == {
        "head",
        "other_head",
        "department_head",
        "director",
    }
    assert who_opens(world, reverse("plan", args=[plan.pk])) == {"main", "leader"}
    assert who_opens(world, reverse("plan_follow_up", args=[follow_up.pk])) == {"main", "leader"}
    assert who_opens(world, reverse("temperature_take", args=[group])) == {"leader", "head"}
    assert who_opens(world, reverse("rounds_run")) == {"head", "other_head"}
    for name in ("rounds_months", "event_mark"):
        assert who_opens(world, reverse(name, args=[world.unit.pk])) == {"head"}


@pytest.mark.usefixtures("july")
def test_a_temperature_says_its_colours_in_words(world: World) -> None:
    measure(world, NOW.date())
    page = client_for(world.leader).get(reverse("temperatures")).content.decode()
    cells = re.findall(r'<td class="tone-(ok|soon|late)"[^>]*>([^<]*)</td>', page)
    assert len(cells) >= 2
    words = {"ok": "Grönt", "soon": "Gult", "late": "Rött"}
    assert all(word == words[tone] for tone, word in cells)


@pytest.mark.usefixtures("july")
def test_the_question_of_a_temperature_is_said_once_and_in_each_message(world: World) -> None:
    url = reverse("temperature_take", args=[world.groups["barn-1"].pk])
    client = client_for(world.leader)
    page = client.get(url).content.decode()
    labels = [" ".join(one.split()) for one in re.findall(r"<label[^>]*>([^<]*)<", page)]
    assert [one for one in labels if one in {"Grönt", "Gult", "Rött"}] == [
        "Grönt",
        "Gult",
        "Rött",
    ] * 2
    assert "Mående, grönt" not in page
    assert page.count("Mående") == 1
    wrong = client.post(url, {"meeting_on": "2026-07-10", "wellbeing_green": "-1"})
    assert wrong.status_code == 422
    assert "Mående, grönt: " in wrong.content.decode()


@pytest.mark.usefixtures("july")
def test_an_answer_is_given_on_the_page_with_nothing_chosen_beforehand(world: World) -> None:
    measure(world, NOW.date())
    current = SurveyRound.objects.latest("opened_on")
    client = client_for(world.main)
    url = reverse("survey_answer", args=[current.pk])
    page = client.get(url).content.decode()
    radios = re.findall(r"<input[^>]*name=\"(?:situation|good_work|recommend)\"[^>]*>", page)
    assert len(radios) == 15
    assert not any("checked" in radio for radio in radios)
    assert "Jag känner att jag kan göra ett gott arbete." in page
    refused = client.post(url, {"situation": "4", "situation_reason": "Bra grupp"})
    assert refused.status_code == 422
    assert "Bra grupp" in refused.content.decode()
    given = dict.fromkeys(STEPS, "4") | {"recommend_reason": "Bra chef"}
    assert client.post(url, given).status_code == 302
    row = SurveyAnswer.objects.get(round=current, user=world.main)
    assert [getattr(row, one) for one in STEPS] == [4, 4, 4]
    assert "Bra chef" in client.get(url).content.decode()


@pytest.mark.usefixtures("july")
def test_the_nearest_manager_reads_names_and_offers_a_plan(world: World) -> None:
    measure(world, NOW.date())
    closed = SurveyRound.objects.earliest("opened_on")
    client = client_for(world.leader)
    url = reverse("survey_team", args=[closed.pk])
    page = client.get(url).content.decode()
    assert "Arbetet är som det är." in page
    assert {name for name in ("Main Test", "Co Test", "Worker2 Test") if name in page} == {
        "Main Test",
        "Co Test",
    }
    answer = SurveyAnswer.objects.get(round=closed, user=world.co)
    offered = client.post(reverse("plan_offer", args=[answer.pk]))
    assert offered.status_code == 302
    assert client_for(world.co).get(offered.headers["Location"]).status_code == 200
    for other in (world.leader2, world.head, world.department_head):
        refused = client_for(other).post(reverse("plan_offer", args=[answer.pk]))
        assert refused.status_code == 404


@pytest.mark.usefixtures("july")
def test_the_team_page_asks_the_same_number_of_questions_however_many_answered(
    world: World,
) -> None:
    measure(world, NOW.date())
    closed = SurveyRound.objects.earliest("opened_on")

    def queries() -> int:
        client = client_for(world.leader)
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("survey_team", args=[closed.pk])).status_code == 200
        return len(found)

    before = queries()
    for number in range(30):
        SurveyAnswer.objects.create(
            round=closed,
            user=make_user(f"more{number}"),
            node=world.groups["barn-1"],
            **dict.fromkeys(STEPS, 2),
            answered_at=NOW,
        )
    assert queries() == before


# What a department head can get at

ANSWERS = {1: "Stämmer mycket dåligt", 5: "Stämmer mycket bra"}


def city(world: World, sizes: tuple[int, ...]) -> dict[int, list[User]]:
    """A department of its own with a unit of each size; who was asked in each, by unit."""
    department = make_node(
        level=Level.DEPARTMENT, code="TEST", name="Prov", parent=world.administration
    )
    boss = make_user("boss")
    give(boss, Role.DEPARTMENT_HEAD, department)
    staff: dict[int, list[User]] = {}
    for number, size in enumerate(sizes):
        unit = make_node(
            level=Level.UNIT, code=f"P{number}", name=f"Provenhet {number}", parent=department
        )
        group = make_node(
            level=Level.GROUP,
            code="grupp",
            name="grupp",
            parent=unit,
            function=GroupFunction.CHILD,
        )
        leader = make_user(f"boss{number}")
        give(leader, Role.GROUP_LEADER, group)
        staff[unit.pk] = [leader]
        for index in range(size - 1):
            worker = make_user(f"w{number}-{index}")
            give(worker, Role.INVESTIGATOR, group)
            staff[unit.pk].append(worker)
    return staff


def ask(staff: dict[int, list[User]], steps: dict[int, list[int]], opened: date) -> None:
    at = moment(opened.isoformat())
    found = [rounds.open_survey(unit, on=opened, at=at) for unit in staff]
    for one in found:
        for user, step in zip(staff[one.unit_id], steps[one.unit_id], strict=True):
            surveys.answer(
                one.pk,
                steps=dict.fromkeys(STEPS, step),
                reasons={"recommend": "Hemligt skäl"},
                by=user,
                at=at,
            )
    for one in found:
        over = one.closes_on + timedelta(days=1)
        rounds.close_survey(one.pk, on=over, at=moment(over.isoformat()))


FILTERS: dict[str, tuple[str, ...]] = {
    "unit": ("{unit}", "P0"),
    "group": ("{group}", "grupp"),
    "user": ("{user}",),
    "round": ("{round}",),
    "statement": ("situation",),
    "step": ("1", "5"),
    "gender": ("woman",),
    "form": ("consultant",),
    "format": ("csv", "xlsx", "json"),
    "as": ("unit_head", "group_leader"),
}
"""What somebody might add to an address, hoping for a smaller group."""


@pytest.mark.usefixtures("july")
def test_no_filter_changes_what_a_department_head_sees(world: World) -> None:
    staff = city(world, (1, 2, 3, 4, 5, 6))
    steps = {
        unit: [5 - index % 5 for index in range(len(people))] for unit, people in staff.items()
    }
    ask(staff, steps, date(2026, 3, 2))
    client = client_for(User.objects.get(username="boss"))
    unit = next(iter(staff))
    row = SurveyAnswer.objects.filter(round__unit_id=unit).first()
    assert row is not None
    values = {"unit": unit, "group": row.node_id, "user": row.user_id, "round": row.round_id}
    url = reverse("survey_results")
    plain = text_of(client, url)
    questions: list[dict[str, str]] = [
        {name: value} for name, given in FILTERS.items() for value in given
    ]
    questions += [
        {one: FILTERS[one][0], other: FILTERS[other][-1]} for one, other in combinations(FILTERS, 2)
    ]
    questions.append({name: given[0] for name, given in FILTERS.items()})
    for question in questions:
        query = urlencode({name: value.format(**values) for name, value in question.items()})
        assert text_of(client, f"{url}?{query}") == plain, query
    assert len(questions) > 30
    assert "Provenhet" in plain
    assert "Hemligt skäl" not in plain


@pytest.mark.usefixtures("july")
@pytest.mark.slow
def test_no_other_address_gives_a_department_head_an_answer(world: World) -> None:
    """Every address there is, with the ids of a round, an answer, a unit, a group and a person."""
    staff = city(world, (1, 2, 3, 4, 5, 6))
    ask(staff, {unit: [1] * len(people) for unit, people in staff.items()}, date(2026, 3, 2))
    row = SurveyAnswer.objects.latest("pk")
    answers = SurveyAnswer.objects.filter(answered_at__isnull=False)
    client = client_for(User.objects.get(username="boss"))
    ids = {row.pk, row.round_id, row.round.unit_id}
    resolver = get_resolver()
    spaces: list[tuple[str, Any]] = [("", resolver)]
    spaces += [(f"{name}:", pair[1]) for name, pair in resolver.namespace_dict.items()]
    tried = 0
    for space, where in spaces:
        for name in [one for one in where.reverse_dict if isinstance(one, str)]:
            parameters = where.reverse_dict.getlist(name)[0][0][0][1]
            if name in {"account_logout", "readyz"} or len(parameters) > 1:
                continue
            urls = (
                [reverse(f"{space}{name}", args=[pk]) for pk in ids]
                if parameters == ["pk"]
                else [reverse(f"{space}{name}")]
                if not parameters
                else []
            )
            for url in urls:
                answer = client.get(url)
                tried += 1
                body = answer.content.decode(errors="replace")
                assert "Hemligt skäl" not in body, url
                if name not in {"survey_results", "api:schema", "api:docs"}:
                    assert not any(text in unescape(body) for text in ANSWERS.values()), url
    assert tried > 90
    assert answers.count() == 21


def figures(client: Client) -> dict[str, tuple[str, ...]]:
    """Every row of the page: its name, and its number and means."""
    html = client.get(reverse("survey_results")).content.decode()
    rows = defaultdict(tuple)
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL):
        if "Provenhet" in row and "<td" in row and "<strong>" in row:
            cells = [
                re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip()
                for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
            ]
            rows[cells[0]] = tuple(cells[1:5])
    return dict(rows)


@pytest.mark.usefixtures("july")
@pytest.mark.parametrize(
    "sizes", [(1, 6), (2, 5), (4, 5), (3, 6, 6), (1, 2, 3, 4, 5, 6), (5,), (4,)]
)
def test_the_page_reads_the_same_whatever_any_one_person_answered(
    world: World, sizes: tuple[int, ...]
) -> None:
    """Change one person's answers, in every unit in turn: nothing tells that they were all alike.

    All answer the same; then one does not. Whoever sees the page cannot tell which it was.
    """
    staff = city(world, sizes)
    client = client_for(User.objects.get(username="boss"))
    seen = []
    for different in [None, *staff]:
        with transaction.atomic():
            steps = {unit: [5] * len(people) for unit, people in staff.items()}
            if different is not None:
                steps[different][0] = 4
            ask(staff, steps, date(2026, 3, 2))
            seen.append(figures(client))
            transaction.set_rollback(True)
    assert all(one == seen[0] for one in seen)
    shown = sum(int(row[0]) for row in seen[0].values())
    assert shown == (sum(sizes) if sum(sizes) >= 5 else 0)
    assert all(int(row[0]) >= 5 for row in seen[0].values())


@pytest.mark.usefixtures("july")
def test_the_page_of_one_person_shows_nothing_before_the_round_has_closed(world: World) -> None:
    """Or the figures before and after an answer would differ by that answer."""
    rounds.open_survey(world.unit.pk, on=NOW.date(), at=NOW)
    client = client_for(world.department_head)
    before = text_of(client, reverse("survey_results"))
    found = SurveyRound.objects.get()
    for name in ("main", "co", "third", "worker2", "consultant"):
        surveys.answer(
            found.pk,
            steps=dict.fromkeys(STEPS, 1),
            reasons={},
            by=world.people[name],
            at=NOW,
        )
    assert text_of(client, reverse("survey_results")) == before


# Over time, and by every way there is

EVERYWHERE = (
    reverse_lazy("survey_results"),
    reverse_lazy("measurements"),
    reverse_lazy("staffing"),
    reverse_lazy("statistics"),
    reverse_lazy("home"),
    *(f"/api/v1/workload/{name}/" for name in ("staffing", "turnover")),
)
"""What a department head opens in which staff, answers or figures of units stand."""

EXPORTS = [f"/statistics/export/?month=2026-06&format={form}" for form in ("csv", "xlsx", "json")]
CHANGING = re.compile(
    r"chart-[0-9a-f]{8}|CSRFToken\": \"\w+\"|nonce=\"[^\"]*\"|value=\"[^\"]{60,}\""
)
"""Ids of charts and marks of the session."""


def told(client: Client) -> list[str]:
    """All that is said, drawn and handed out to the reader."""
    found = []
    for url in [*map(str, EVERYWHERE), *EXPORTS]:
        answer = client.get(url)
        body = answer.content.decode() if "xlsx" not in url else ""
        found.append(CHANGING.sub("", f"{answer.status_code} {body}"))
    return found


def weigh(staff: dict[int, list[User]], felt: dict[int, int], opened: date) -> None:
    """A measurement in each unit that closes; `felt` by person, 3 of all others."""
    at = moment(opened.isoformat())
    found = [measurements.open_measurement(unit, on=opened, at=at) for unit in staff]
    for one in found:
        for row in one.measurements.select_related("user"):
            measurements.answer(
                one.pk,
                experience=felt.get(row.user_id, 3),
                flex_hours=None,
                comment="Hemligt skäl",
                by=row.user,
                at=at,
            )
    for one in found:
        over = one.closes_on + timedelta(days=1)
        measurements.close_measurement(one.pk, on=over, at=moment(over.isoformat()))


@pytest.mark.usefixtures("july")
@pytest.mark.parametrize(
    "sizes",
    [
        (2, 5),
        *(
            pytest.param(sizes, marks=pytest.mark.slow)
            for sizes in [(1, 6), (4, 5), (3, 6, 6), (1, 2, 3, 4, 5, 6), (5,), (4,)]
        ),
    ],
)
def test_nothing_tells_what_one_who_comes_or_goes_between_two_rounds_has_answered(
    world: World, sizes: tuple[int, ...]
) -> None:
    """One more or one fewer than in the round before, and that one is not satisfied: or is.

    Everybody else answers the same in both rounds, so that all of the difference is that person.
    """
    staff = city(world, sizes)
    client = client_for(User.objects.get(username="boss"))
    for unit, comes in ((unit, comes) for unit in staff for comes in (True, False)):
        seen = []
        for step in (3, 2):
            with transaction.atomic():
                one = staff[unit][-1]
                role = RoleAssignment.objects.filter(user=one)
                if comes:
                    role.update(from_on=date(2026, 1, 1))
                else:
                    role.update(until_on=date(2025, 12, 31))
                for opened in (date(2025, 10, 1), date(2026, 3, 2)):
                    here = comes == (opened.year == 2026)
                    there = {
                        pk: [user for user in people if here or user != one]
                        for pk, people in staff.items()
                    }
                    asked = {pk: people for pk, people in there.items() if people}
                    ask(
                        asked,
                        {
                            pk: [step if user == one else 3 for user in people]
                            for pk, people in asked.items()
                        },
                        opened,
                    )
                    weigh(
                        {pk: people for pk, people in asked.items() if len(people) > 1},
                        {one.pk: 6 - step},
                        opened,
                    )
                seen.append(told(client))
                transaction.set_rollback(True)
        assert seen[0] == seen[1]
        assert "Hemligt skäl" not in "".join(seen[1])
        assert "Provenhet" in seen[0][0]


@pytest.mark.usefixtures("july")
def test_whether_plans_are_offered_is_told_of_many_and_after_a_time(world: World) -> None:
    """At once, a yes would say of each that nobody was dissatisfied; of few, a no of somebody."""
    staff = city(world, (6, 20))
    small, large = staff
    boss = User.objects.get(username="boss")
    ask(staff, {small: [2] * 6, large: [2] + [3] * 19}, date(2026, 3, 2))
    offered = "Alla som inte är nöjda har erbjudits en plan"
    missing = "Alla som inte är nöjda har inte erbjudits en plan"

    def said(day: str) -> tuple[int, int]:
        with time_machine.travel(moment(day), tick=False):
            page = text_of(client_for(boss), reverse("survey_results"))
        return page.count(offered), page.count(missing)

    closes = SurveyRound.objects.get(unit=large).closes_on
    first = closes + timedelta(days=31)
    assert said((first - timedelta(days=1)).isoformat()) == (0, 0)
    assert said(first.isoformat()) == (0, 1)
    worried = SurveyAnswer.objects.get(round__unit=large, situation=2)
    ActionPlan.objects.create(answer=worried, offered_on=first, offered_by=world.leader)
    assert said(first.isoformat()) == (1, 0)
