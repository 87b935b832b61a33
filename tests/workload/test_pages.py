"""Pages of the workload: who sees whom, as of which day, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import TrailEntry
from organisation.models import User
from tests.factories import World, moment
from tests.factories.workload import many, use_example
from workload.models import CaseFactor, Competence, IntroductionPlan, Reduction, WeightSet
from workload.services import introductions, staffing, weights

TODAY = date(2026, 3, 16)
AT = moment("2026-03-16 09:00")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    class Now:
        @staticmethod
        def now() -> object:
            return AT

    monkeypatch.setattr("organisation.views.middleware.timezone", Now)


def ask(client: Client, user: User, url: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(url, headers={"accept-language": "en"})
    assert response.status_code == status, url
    return response.content.decode()


def send(client: Client, user: User, url: str, /, **data: object) -> int:
    client.force_login(user)
    return client.post(url, data, headers={"accept-language": "en"}).status_code


Page = Callable[[World], str]

PAGES: dict[str, Page] = {
    "groups": lambda w: reverse("workload_groups"),
    "own": lambda w: reverse("workload_own"),
    "person": lambda w: reverse("workload_person", args=[w.co.pk]),
    "weights": lambda w: reverse("weight_sets"),
    "reductions/new": lambda w: reverse("reduction_add"),
    "competences": lambda w: reverse("competences"),
    "introductions/new": lambda w: reverse("introduction_add"),
}


def test_each_page_is_for_whom_the_policy_says_and_nobody_else(
    world: World, client: Client
) -> None:
    use_example(world)
    found = {
        name: {page for page, url in PAGES.items() if _status(client, user, url(world)) == 200}
        for name, user in world.people.items()
    }
    leading = set(PAGES)
    carries = {"own"}
    assert found == {
        "reception": carries,
        "reception_leader": leading - {"person"},
        "leader": leading,
        "leader2": leading - {"person"},
        "main": carries,
        "co": {"own", "person"},
        "third": carries,
        "worker2": carries,
        "consultant": carries,
        "family_home_worker": carries,
        "head": leading,
        "coordinator": {"introductions/new"},
        "placement_secretary": set(),
        "administrator": set(),
        "disability_worker": carries,
        "on_duty": set(),
        "department_head": set(),
        "director": set(),
        "sysadmin": set(),
        "other_head": leading - {"person"},
        "other_reception": carries,
        "other_leader": leading - {"person"},
        "other_worker": carries,
        "stranger": set(),
    }


def _status(client: Client, user: User, url: str) -> int:
    client.force_login(user)
    status = client.get(url).status_code
    return 200 if status == 302 and url.endswith(f"/people/{user.pk}/") else status


def test_the_groups_page_shows_names_in_order_and_the_day_asked_for(
    world: World, client: Client
) -> None:
    use_example(world)
    world.investigation("2026-03-10")
    text = ask(client, world.leader, reverse("workload_groups"))
    assert text.index("Co Test") < text.index("Main Test") < text.index("Third Test")
    assert "4%, 4.2 of 120 points" in " ".join(text.split()).replace("4 %", "4%")
    earlier = ask(client, world.leader, reverse("workload_groups") + "?on=2026-03-09")
    assert "0%, 0 of 120 points" in " ".join(earlier.split()).replace("0 %", "0%")
    ahead = ask(client, world.leader, reverse("workload_groups") + "?on=2027-01-01")
    assert "2026-03-16" in ahead


def test_the_unit_head_sees_those_without_a_group_too(world: World, client: Client) -> None:
    use_example(world)
    assert "Disability_worker Test" in ask(client, world.head, reverse("workload_groups"))
    assert "Disability_worker Test" not in ask(client, world.leader, reverse("workload_groups"))


def test_reading_a_load_leaves_a_trace(world: World, client: Client) -> None:
    use_example(world)
    ask(client, world.leader, reverse("workload_person", args=[world.co.pk]))
    entry = TrailEntry.objects.filter(action="workload.read").get()
    assert (entry.actor, entry.targets) == (world.leader, [world.co.pk])


@pytest.mark.parametrize("page", ["groups", "home", "person"])
def test_pages_take_the_same_queries_for_one_case_as_for_thirty(
    world: World, client: Client, page: str
) -> None:
    use_example(world)
    url = {
        "groups": reverse("workload_groups"),
        "home": reverse("home"),
        "person": reverse("workload_person", args=[world.main.pk]),
    }[page]
    world.investigation("2026-03-10")
    ask(client, world.leader, url)
    with CaptureQueriesContext(connection) as few:
        ask(client, world.leader, url)
    many(world, workers=30, cases=30, on=TODAY)
    with CaptureQueriesContext(connection) as lots:
        ask(client, world.leader, url)
    assert len(lots) == len(few)


def test_a_case_is_explained_and_judged_by_its_handler(world: World, client: Client) -> None:
    use_example(world)
    case = world.investigation("2026-03-10")
    url = reverse("workload_case", args=[case.pk])
    text = ask(client, world.main, url)
    assert reverse("investigation_list") in text.partition("<h1>")[0].rpartition("<main")[2]
    assert "not judged yet, counted as this" in text
    assert 'selected value="none"' not in text
    assert send(client, world.main, url, factor_court="care", factor_risk="") == 302
    row = CaseFactor.objects.get()
    assert (row.factor_code, row.level_code, row.from_on) == ("court", "care", TODAY)
    assert row.assessed_by == world.main
    after = ask(client, world.co, url)
    assert "Main Test" in after
    assert ask(client, world.worker2, url, status=404)
    assert "Weighs 11 points" in ask(client, world.main, reverse("investigation", args=[case.pk]))


def test_a_contact_is_written_down_and_taken_back(world: World, client: Client) -> None:
    use_example(world)
    case = world.investigation("2026-03-10")
    add = reverse("workload_contact_add", args=[case.pk])
    given = {
        "done_by": world.third.pk,
        "done_for": world.main.pk,
        "contact_on": "2026-03-12",
    }
    assert send(client, world.main, add, **{**given, "done_by": world.main.pk}) == 422
    assert send(client, world.main, add, **{**given, "contact_on": "2026-03-09"}) == 422
    assert send(client, world.main, add, **given) == 302
    text = ask(client, world.main, reverse("workload_case", args=[case.pk]))
    assert "Third Test for Main Test" in text
    mine = ask(client, world.third, reverse("workload_own"))
    assert "Contact for a colleague" in mine
    assert reverse("investigation", args=[case.pk]) not in mine
    from workload.models import ContactForOther

    row = ContactForOther.objects.get()
    back = reverse("workload_contact_withdraw", args=[row.pk])
    assert send(client, world.worker2, back) == 404
    assert send(client, world.main, back) == 302
    assert "Contact for" not in ask(client, world.third, reverse("workload_own"))


def test_a_unit_head_begins_changes_previews_and_uses_a_set(world: World, client: Client) -> None:
    world.investigation("2026-03-10")
    assert send(client, world.leader, reverse("weight_set_begin", args=[world.unit.pk])) == 403
    assert send(client, world.head, reverse("weight_set_begin", args=[world.unit.pk])) == 302
    draft = WeightSet.objects.get()
    page = reverse("weight_set", args=[draft.pk])
    assert "Save the draft" in ask(client, world.head, page)
    ask(client, world.leader, page, status=404)
    numbers = {name: getattr(draft, name) for name in weights.NUMBERS}
    form = {"name": "Våra vikter", "version": 1, **numbers, "norm_used": 100}
    assert send(client, world.head, page, **form) == 302
    assert send(client, world.head, page, **form) == 409
    factor = reverse("weight_factor", args=[draft.pk, "court"])
    rows = [("none", "No court", 0), ("custody", "", ""), ("care", "LVU", 6), ("", "Appeal", 2)]
    sent: dict[str, object] = {
        "name": "Court",
        "assumed": "none",
        "version": 2,
        "levels-TOTAL_FORMS": 4,
        "levels-INITIAL_FORMS": 3,
    }
    for n, (code, name, value) in enumerate(rows):
        sent |= {f"levels-{n}-code": code, f"levels-{n}-name": name, f"levels-{n}-points": value}
    assert send(client, world.head, factor, **sent) == 302
    court = draft.factors.get(code="court")
    assert [(x.code, x.points) for x in court.levels.all()] == [
        ("none", 0),
        ("care", 6),
        ("appeal", 2),
    ]
    use = reverse("weight_set_use", args=[draft.pk])
    assert "With the draft" in ask(client, world.head, use)
    assert send(client, world.head, use, from_on="2026-03-15", version=3) == 422
    assert send(client, world.head, use, from_on="2026-03-16", version=3) == 302
    assert "of 100 points" in ask(client, world.leader, reverse("workload_groups"))
    assert "Save the draft" not in ask(client, world.head, page)
    assert send(client, world.head, page, **form) == 200


def test_reductions_are_agreed_ended_and_seen_by_who_has_them(world: World, client: Client) -> None:
    use_example(world)
    form = {
        "user": world.main.pk,
        "reason": "union",
        "percent": 20,
        "from_on": "2026-03-16",
        "until_on": "2026-06-30",
    }
    add = reverse("reduction_add")
    assert send(client, world.main, add, **form) == 403
    assert send(client, world.leader2, add, **form) == 422
    assert send(client, world.leader, add, **{**form, "from_on": "2026-03-15"}) == 422
    assert send(client, world.leader, add, **form) == 302
    assert send(client, world.leader, add, **{**form, "percent": 81}) == 422
    assert "union duties −20 %" in ask(client, world.leader, reverse("workload_groups"))
    row = Reduction.objects.get()
    assert "Union duties" in ask(client, world.main, reverse("reductions"))
    assert "Union duties" not in ask(client, world.co, reverse("reductions"))
    end = reverse("reduction_end", args=[row.pk])
    assert send(client, world.leader2, end, until_on="2026-04-01") == 404
    assert send(client, world.leader, end, until_on="2026-03-14") == 422
    assert send(client, world.leader, end, until_on="2026-03-15") == 302
    assert not Reduction.objects.exists()


def test_competences_are_noted_once_and_ended(world: World, client: Client) -> None:
    add = reverse("competence_add")
    form = {"user": world.main.pk, "kind": "language", "detail": "", "from_on": "2026-03-16"}
    assert send(client, world.leader, add, **form) == 422
    assert send(client, world.leader, add, **{**form, "detail": "persiska"}) == 302
    assert send(client, world.leader, add, **{**form, "detail": "Persiska"}) == 422
    text = ask(client, world.leader, reverse("competences") + "?kind=language")
    assert "persiska" in text
    assert "Co Test" not in text
    row = Competence.objects.get()
    assert send(client, world.leader2, reverse("competence_end", args=[row.pk])) == 404
    assert send(client, world.leader, reverse("competence_end", args=[row.pk])) == 302


def test_an_introduction_has_steps_a_mentor_and_time_for_both(world: World, client: Client) -> None:
    form = {
        "user": world.third.pk,
        "from_on": "2026-03-02",
        "mentor": world.main.pk,
        "mentor_percent": 10,
        "own_percent": 20,
        "months": 6,
    }
    add = reverse("introduction_add")
    assert send(client, world.leader, add, **{**form, "mentor": world.third.pk}) == 422
    assert not IntroductionPlan.objects.exists()
    assert send(client, world.coordinator, add, **form) == 302
    plan = IntroductionPlan.objects.get()
    assert {(r.user, r.percent, r.from_on, r.until_on) for r in plan.reductions.all()} == {
        (world.main, 10, TODAY, date(2026, 9, 1)),
        (world.third, 20, TODAY, date(2026, 9, 1)),
    }
    page = reverse("introduction", args=[plan.pk])
    ask(client, world.co, page, status=404)
    assert "Add a step" in ask(client, world.leader, page)
    assert "Add a step" not in ask(client, world.third, page)
    step = plan.steps.first()
    assert step is not None
    mark = reverse("introduction_step_mark", args=[step.pk])
    assert send(client, world.co, mark) == 404
    assert send(client, world.main, mark) == 302
    step.refresh_from_db()
    assert (step.done_on, step.done_by) == (TODAY, world.main)
    change = reverse("introduction_step_change", args=[step.pk])
    assert send(client, world.third, change, title="X", due_on="2026-03-20") == 403
    assert send(client, world.leader, page, title="Kurs", due_on="2026-05-01") == 302
    assert send(client, world.leader, page, title="Kurs", due_on="2028-05-01") == 422


def test_another_mentor_takes_over_the_rest_of_the_time(world: World) -> None:
    plan = introductions.plan_introduction(
        user=world.third,
        from_on=TODAY,
        mentor=world.main,
        mentor_percent=10,
        by=world.leader,
        at=AT,
    )
    later = moment("2026-05-04 09:00")
    introductions.change_mentor(plan.pk, mentor=world.co, percent=15, by=world.leader, at=later)
    assert {(r.user, r.percent, r.from_on, r.until_on) for r in plan.reductions.all()} == {
        (world.main, 10, TODAY, date(2026, 5, 3)),
        (world.co, 15, date(2026, 5, 4), date(2026, 9, 15)),
    }


def test_reductions_together_never_take_more_than_all_the_time(world: World) -> None:
    def agree(percent: int, first: str, last: str) -> None:
        staffing.agree_reduction(
            user=world.main,
            reason="other",
            percent=percent,
            from_on=date.fromisoformat(first),
            until_on=date.fromisoformat(last),
            by=world.leader,
            at=AT,
        )

    agree(60, "2026-04-01", "2026-04-30")
    agree(40, "2026-04-15", "2026-05-15")
    agree(60, "2026-05-01", "2026-05-15")
    with pytest.raises(Exception, match="100"):
        agree(1, "2026-03-20", "2026-04-20")
