"""Marks are put where secrets stand, and looked for in everything that comes out.

A protected child's address, school and whereabouts, its name and number, and the name of who
reported: in every page, its title and address, export, mail, notice, log line and row of the
trail, and in every answer of the API, as people in every relation to the case. What is found has
to stand in ALLOWED with its reason.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import connection

from cases.investigations.models import Investigation
from cases.matters.working import reach
from cases.notices import digest
from cases.notices.models import Notice
from cases.persons import whereabouts
from cases.persons.models import Guardian, Person
from cases.reports.models import Report
from core.logs import LinesFormatter, NoPersonalData
from core.models import TrailEntry
from organisation.permissions import access_for
from organisation.rights import Action
from tests.factories.populated import HERE
from tests.security.conftest import NOW, Stage, about, addresses, matter_ids

MARKS = {
    "address": "Adressmärke gatan 7",
    "school": "Skolmärkesskolan",
    "whereabouts": "Vistelsemärke hos mormor",
    "guardian": "Vårdnadsmärke 08-55 55 55",
    "moved": "Flyttmärke i Haparanda",
    "reporter": "Anmälarmärke",
    "contact": "070-99 88 77",
    "name": "Namnmärke",
    "number": "201403122409",
}
WHERE_IT_IS = {"address", "school", "whereabouts", "guardian", "moved"}
WHO_REPORTED = {"reporter", "contact"}

READS_THE_CASE = "whoever may read the case reads whose it is"
WORKS_THERE = "whoever works with the child has to know where it is"
WORKS_ON_THE_REPORT = "whoever works on the report reads who made it"
ALLOWED = {
    "name": READS_THE_CASE,
    "number": READS_THE_CASE,
    **dict.fromkeys(WHERE_IT_IS, WORKS_THERE),
    **dict.fromkeys(WHO_REPORTED, WORKS_ON_THE_REPORT),
}
"""Why a mark may stand in an answer at all; `may_see` says to whom, ONLY_ON says where."""
ONLY_ON = {
    **{mark: {"child", "investigation", "report", "child_whereabouts"} for mark in WHERE_IT_IS},
    # The addresses that lead to the case, and the form that says where the child moved.
    **{
        mark: {
            "child",
            "child_guardian",
            "investigation",
            "investigation_move",
            "investigation_read",
            "investigation_submit",
        }
        for mark in ("guardian", "moved")
    },
    **{mark: {"report", "api:report", "investigation", "child"} for mark in WHO_REPORTED},
}
# The timeline of a report that was investigated says where the child moved.
ONLY_ON["moved"] = ONLY_ON["moved"] | {"report"}
PEOPLE = [
    "main",
    "head",
    "coordinator",
    "reception",
    "leader2",
    "administrator",
    "department_head",
    "sysadmin",
    "other_head",
    "stranger",
]


@pytest.fixture
def marked(scene: Stage) -> Stage:
    case = scene.matters[HERE].investigation
    Person.objects.filter(pk=case.child_id).update(
        last_name=MARKS["name"],
        personal_identity_number=MARKS["number"],
        birth_date="2014-03-12",
        address=MARKS["address"],
        school=MARKS["school"],
        whereabouts=MARKS["whereabouts"],
    )
    Guardian.objects.filter(child_id=case.child_id).update(contact=MARKS["guardian"])
    Investigation.objects.filter(pk=case.pk).update(
        child_moved_on=NOW.date(), child_moved_to=MARKS["moved"]
    )
    Report.objects.filter(child_id=case.child_id).update(
        reporter_name=MARKS["reporter"], reporter_contact=MARKS["contact"]
    )
    return scene


def text_of(answer: Any) -> str:
    """What an answer says, also one that is a spreadsheet."""
    kind = answer.headers.get("Content-Type", "")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "spreadsheet" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist())
    return content.decode(errors="replace")


def marks_in(text: str) -> set[str]:
    digits = re.sub(r"(\d{8})-(\d{4})", r"\1\2", text)
    return {name for name, mark in MARKS.items() if mark in text or mark in digits}


def may_see(stage: Stage, person: str) -> set[str]:
    """The marks that this person's work lets them see."""
    case = stage.matters[HERE].investigation
    who = access_for(stage.world.people[person], on=NOW.date(), at=NOW)
    child = Person.objects.get(pk=case.child_id)
    seen: set[str] = set()
    if Person.objects.visible_to(who).filter(pk=child.pk).exists():
        seen |= {"name", "number"}
        if whereabouts.may_see(child, who):
            seen |= WHERE_IT_IS
    readable = Report.objects.visible_to(who, Action.READ_REPORT).filter(child=child)
    if any(who.may(Action.PROPOSE_DECISION, **reach(report, on=who.on)) for report in readable):
        seen |= WHO_REPORTED
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("person", PEOPLE)
def test_a_mark_stands_only_where_it_may(marked: Stage, person: str, caplog: Any) -> None:
    case = marked.matters[HERE].investigation
    ids = matter_ids(marked, HERE) | {
        "child": case.child_id,
        "report": case.reports.earliest("pk").pk,
    }
    client = marked.client(person)
    allowed = may_see(marked, person)
    wrong: dict[tuple[str, str], set[str]] = {}
    seen: set[str] = set()
    caplog.set_level(logging.DEBUG)
    for address in addresses():
        url = address.at(pk=about(address, ids) or 1)
        answer = client.get(url, follow=True)
        text = text_of(answer)
        title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
        links = " ".join(re.findall(r'(?:href|action|hx-\w+)="([^"]*)"', text))
        if found := marks_in(title[1] if title else "") | marks_in(links + str(answer.headers)):
            wrong[address.name, "title, link or header"] = found
        seen |= marks_in(text)
        for mark in marks_in(text):
            here = address.name in ONLY_ON.get(mark, {address.name})
            if mark not in allowed or not here:
                wrong.setdefault((address.name, "text"), set()).add(mark)
        if "attachment" in answer.headers.get("Content-Disposition", "") and marks_in(text):
            wrong[address.name, "export"] = marks_in(text)
    for mark, secret in MARKS.items():
        if mark not in allowed:
            found = client.post("/search/", {"q": secret}, follow=True).content.decode()
            if marks_in(re.sub(r'value="[^"]*"', "", found)) - {mark}:
                wrong["search", mark] = {mark}
    assert wrong == {}
    assert seen >= allowed & {"name", "reporter"}
    formatter, without = LinesFormatter("{message}", style="{"), NoPersonalData()
    lines = []
    for record in caplog.records:
        if record.name != "django.db.backends":  # held above DEBUG by the settings
            without.filter(record)
            lines.append(formatter.format(record))
    assert marks_in("\n".join(lines)) == set()


def test_no_mark_leaves_by_mail_notice_or_trail(marked: Stage) -> None:
    client = marked.client("main")
    case = marked.matters[HERE].investigation
    client.get(f"/investigations/{case.pk}/")
    client.post("/search/", {"q": MARKS["name"]})
    client.post("/search/", {"q": MARKS["number"]})
    day = NOW.date()
    digest.make(day=day)
    for pk in digest.unsent(day=day):
        digest.deliver(pk, day=day, at=NOW)
    assert mail.outbox
    for message in mail.outbox:
        assert marks_in(str(message.message())) == set()
        assert HERE not in str(message.message())
    entries = TrailEntry.objects.values_list("action", "reason", "details")
    assert marks_in(str(list(entries))) == set()
    notices = [
        str(value) for row in Notice.objects.values() for value in row.values() if value is not None
    ]
    assert marks_in("\n".join(notices)) == set()


def test_the_session_and_the_cache_hold_no_mark(marked: Stage) -> None:
    client = marked.client("main")
    client.post("/search/", {"q": MARKS["name"]})
    client.get(f"/investigations/{marked.matters[HERE].investigation.pk}/")
    assert marks_in(str(dict(client.session.items()))) == set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM django_cache")
        assert marks_in(str(cursor.fetchall())) == set()
    assert MARKS["name"] not in str(client.cookies)
    assert quote(MARKS["name"]) not in str(client.cookies)
