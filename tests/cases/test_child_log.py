"""The child's log: who sees it, what stands in it, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openpyxl
import pghistory
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from cases.access import child_log as readings
from cases.investigations.models import Investigation
from cases.matters.registry import KINDS
from core import trail
from core.models import TrailEntry
from tests.factories import World, moment
from tests.test_architecture import APPS, ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_swedish() -> Iterator[None]:
    with override("sv"):
        yield


@pytest.fixture
def case(world: World) -> Investigation:
    with pghistory.context(user=world.main.pk):
        return world.investigation()


def page(user: Any, case: Investigation, **query: Any) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse("child_log", args=[case.child_id]), query)


def test_the_unit_head_and_the_leader_of_the_case_see_it_and_nobody_else(
    world: World, case: Investigation
) -> None:
    seen = {
        name: page(user, case).status_code
        for name, user in world.people.items()
        if name != "department_head"
    }
    assert {name for name, status in seen.items() if status == 200} == {
        "head",
        "leader",
        # The report came in through reception's group.
        "reception_leader",
    }
    # Who may open the child's page is told why the log is not theirs; to others nothing exists.
    assert {name for name, status in seen.items() if status == 403} == {
        "main",
        "co",
        "reception",
        "coordinator",
    }
    assert set(seen.values()) == {200, 403, 404}


def test_it_says_who_read_what_when_and_what_tied_them_to_the_child(
    world: World, case: Investigation
) -> None:
    at = moment("2026-03-03 10:00")
    trail.read("investigation.read", [case], by=world.main, at=at)
    trail.read("investigation.read", [case], by=world.worker2, at=at)
    other = world.investigation()
    trail.read("investigation.listed", [case, other], by=world.leader, at=at)
    trail.read("investigation.read", [other], by=world.third, at=at)
    rows = readings.of_child(case.child).filter(kind="read").select_related("actor")
    found = {
        line.entry.actor.username: (line.words, line.why, line.tied, line.several)
        for line in readings.lines(list(rows), case.child)
    }
    assert found["main"][:3] == ("Öppnade utredningen", "Huvudhandläggare", True)
    assert found["worker2"][2] is False
    assert found["leader"][1:] == ("Gruppledare, barn-1", True, 2)
    assert "third" not in found
    html = page(world.head, case).content.decode()
    assert "Worker2 Test" in html
    assert "Third Test" not in html


def test_a_tie_ends_with_the_assignment(world: World, case: Investigation) -> None:
    case.matter.workers.filter(user=world.main).update(until_on="2026-03-05", end_reason="other")
    ties = readings.Ties([case.child_id], [world.main.pk])
    day = moment("2026-03-05").date()
    assert ties.of(world.main.pk, case.child_id, day) == "Huvudhandläggare"
    assert ties.of(world.main.pk, case.child_id, moment("2026-03-06").date()) == ""


def test_a_role_is_a_tie_where_it_reads_whatever_belongs_there(
    world: World, case: Investigation
) -> None:
    ties = readings.Ties([case.child_id], [user.pk for user in world.people.values()])
    day = moment("2026-03-05").date()
    in_words = {name: ties.of(user.pk, case.child_id, day) for name, user in world.people.items()}
    assert {name: words for name, words in in_words.items() if words} == {
        "reception": "handläggare för anmälan",
        "main": "Huvudhandläggare",
        "co": "Medhandläggare",
        "reception_leader": "Gruppledare, mottagning",
        "leader": "Gruppledare, barn-1",
        "head": "Enhetschef, Barn och ungdom",
        "coordinator": "Samordnare, Barn och ungdom",
    }


def test_it_is_filtered_by_person_kind_and_day(world: World, case: Investigation) -> None:
    for user, day in ((world.main, "2026-03-03"), (world.co, "2026-03-04")):
        trail.read("investigation.read", [case], by=user, at=moment(f"{day} 23:30"))

    def lines(**query: Any) -> list[tuple[str, str]]:
        shown = page(world.head, case, **query).context["lines"]
        return [(line.entry.action, line.actor) for line in shown]

    assert lines(person=world.main.pk) == [("investigation.read", "Main Test")]
    assert lines(kind="read", first="2026-03-04", last="2026-03-04") == [
        ("investigation.read", "Co Test")
    ]
    assert lines(kind="export") == []
    assert {action for action, _by in lines(kind="change")} >= {"report.logged"}


def test_looking_at_it_and_taking_it_out_is_logged(world: World, case: Investigation) -> None:
    page(world.head, case)
    answer = page(world.head, case, format="xlsx")
    acts = TrailEntry.objects.filter(actor=world.head, children=[case.child_id]).order_by("pk")
    assert [(row.kind, row.action) for row in acts][-2:] == [
        ("read", "child.log_read"),
        ("export", "child.log_exported"),
    ]
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[1] != "Direkt i databasen"]
    assert len(rows) == 1 + readings.of_child(case.child).count()
    assert "Head Test" in {row[1] for row in rows}
    # The file's name and the address tell nothing of the child.
    assert case.child.last_name not in answer["Content-Disposition"]


ABOUT_CHILDREN = [app for app in APPS if app not in {"core", "organisation", "api", "demo"}]
ABOUT_NO_CHILD = {
    f"{subject}.{act}"
    for subject, acts in {
        "allocation": [
            "given_out",
            "pair_ended",
            "pair_set",
            "proposal_accepted",
            "proposal_asked",
            "week_written",
        ],
        "competences": ["read"],
        "event": ["marked", "unmarked"],
        "introductions": ["read"],
        "log_check": ["closed", "judged", "opened", "reviewer_named"],
        "measurement": ["answered", "closed", "opened", "points_read", "read", "team_read"],
        "plan": ["answered", "done", "follow_up_set", "followed_up", "offered", "read", "written"],
        "reductions": ["read"],
        "review": ["held", "list_read", "read", "task_done"],
        "rounds": ["months_set"],
        "staffing": ["read"],
        "statistics": ["closed"],
        "survey": ["answered", "answers_read", "closed", "opened"],
        "temperature": ["taken"],
        "turnover": ["read"],
        "warnings": ["read"],
        "weights": ["begun", "changed", "discarded", "factor_changed", "factor_removed", "in_use"],
        "workload": [
            "competence_ended",
            "competence_noted",
            "introduction_planned",
            "mentor_changed",
            "read",
            "reduction_agreed",
            "reduction_ended",
            "step_added",
            "step_changed",
            "step_marked",
            "step_removed",
        ],
    }.items()
    for act in acts
}
"""Of employees, units and rounds: their rows have no child."""


def test_every_act_about_a_child_has_words_of_its_own() -> None:
    written = re.compile(r'trail\.(?:changed|read|exported|refused)\(\s*"([a-z_]+\.[a-z_]+)"')
    acts = {
        action
        for app in ABOUT_CHILDREN
        for path in (ROOT / app).rglob("*.py")
        for action in written.findall(path.read_text())
    } - ABOUT_NO_CHILD
    # What becomes of any matter whose worker had to leave, or whose group is out of use.
    any_matter = ("handler_left", "handler_blocked", "regrouped")
    acts |= {f"{kind.code}.{act}" for kind in KINDS for act in any_matter}
    worded = readings.WORDS.keys() | {act for kind in KINDS for act in kind.log_words}
    assert len(acts) > 60
    wanted = "say in WORDS of cases/access/child_log.py, or in log_words of its kind, what was done"
    assert acts - worded == set(), f"{wanted}; or in ABOUT_NO_CHILD that it is of none"
    assert ABOUT_NO_CHILD & worded == set()


def test_a_change_by_direct_sql_stands_in_it(world: World, case: Investigation) -> None:
    said = "Ändrat vid sidan av programmet"
    assert said not in page(world.head, case).content.decode()
    with connection.cursor() as cursor:
        # As from another session: none of the program's.
        cursor.execute("SELECT set_config('pghistory.context_id', NULL, true)")
        cursor.execute(
            "UPDATE cases_report SET concern = 'Smyg' WHERE child_id = %s", [case.child_id]
        )
        cursor.execute("UPDATE cases_person SET school = 'S' WHERE id = %s", [case.child_id])
        cursor.execute(
            "UPDATE cases_matterworker SET end_reason = '' WHERE matter_id = %s", [case.pk]
        )
    told = page(world.head, case)
    assert said in told.content.decode()
    assert {one.what for one in told.context["outside"]} >= {"anmälan ändrad", "barn ändrad"}
    assert "Smyg" not in told.content.decode()
    sheet = openpyxl.load_workbook(BytesIO(page(world.head, case, format="xlsx").content)).active
    assert "Direkt i databasen" in {row[1] for row in sheet.iter_rows(values_only=True)}


def test_a_page_of_it_costs_the_same_however_many_have_been_there(
    world: World, case: Investigation
) -> None:
    def cost() -> int:
        page(world.head, case)
        with CaptureQueriesContext(connection) as queries:
            assert page(world.head, case).status_code == 200
        return len(queries)

    before = cost()
    for user in list(world.people.values())[:20]:
        for hour in range(9, 12):
            trail.read("report.read", [case], by=user, at=moment(f"2026-03-03 {hour:02}:00"))
    assert cost() == before
