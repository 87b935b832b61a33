"""The pages of reports: what they show to whom, what is done on them, and at what cost."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.investigations import services as investigation_services
from cases.investigations.models import Investigation
from cases.journal import services as notes
from cases.journal.models import Note
from cases.persons.models import Person
from cases.reports import services
from cases.reports.models import Report
from cases.reports.services import ChildInput, ReporterInput
from core.models import TrailEntry, TrailKind
from organisation.models import User
from tests.factories import LEFT, World, moment

NOW = moment("2026-03-04 10:15")


@pytest.fixture(autouse=True)
def _now(settings: Any) -> Any:
    settings.LANGUAGE_CODE = "en"
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_(client: Client) -> Any:
    def sign_in(user: Any) -> Client:
        client.force_login(user)
        return client

    return sign_in


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def send(
    client: Client, name: str, report: Report, *, in_place: bool = False, **fields: Any
) -> Any:
    """Post the form called `name` of the report's page, `in_place` as htmx does."""
    prefix = name.removeprefix("report_")
    data = {
        f"{prefix}-{field}": value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "hour") else value
        for field, value in fields.items()
    }
    headers = {"HX-Request": "true"} if in_place else {}
    return client.post(reverse(name, args=[report.pk]), data, headers=headers)


def handler(report: Report) -> User | None:
    """Who works on the report today."""
    return Report.objects.with_workers(on=NOW.date()).get(pk=report.pk).handler


def cost(client: Client, url: str, **query: Any) -> int:
    """Queries of one request, once the things Django keeps are warm."""
    client.get(url, query)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url, query).status_code == 200
    return len(queries)


# The case page


def test_the_page_shows_child_report_and_deadlines(world: World, as_: Any) -> None:
    first, _second = world.reports(
        "2026-03-02 09:00",
        children=[
            ChildInput(personal_identity_number="20140312-2383", first_name="Alva", last_name="Ek"),
            ChildInput(first_name="Nils", last_name="Ek"),
        ],
        reporter=ReporterInput(category="police", name="Bo Larsson", wants_feedback=True),
        is_crime_report=True,
    )
    html = page(as_(world.reception), "report", first.pk)
    for text in ("Alva Ek", "20140312-2383", "Bo Larsson", "Nils Ek", "16 March", "Neglect"):
        assert text in html, text
    title = html.split("<title>")[1].split("</title>")[0]
    assert first.number in title
    assert "Alva" not in title
    assert TrailEntry.objects.filter(kind=TrailKind.READ, targets=[first.pk]).exists()


def test_the_reporters_name_is_for_those_who_work_on_it(world: World, as_: Any) -> None:
    report = world.report(reporter=ReporterInput(category="police", name="Bo Larsson"))
    assert "Bo Larsson" in page(as_(world.reception), "report", report.pk)
    assert "Bo Larsson" not in page(as_(world.coordinator), "report", report.pk)


def test_who_may_not_know_of_it_gets_not_found(world: World, as_: Any) -> None:
    report = world.report()
    for name in ("other_head", "main", "department_head", "sysadmin", "stranger"):
        answer = as_(world.people[name]).get(reverse("report", args=[report.pk]))
        assert answer.status_code == 404, name


def test_a_button_that_is_not_yours_says_why(world: World, as_: Any) -> None:
    html = page(as_(world.reception), "report", world.report().pk)
    assert "The group leader or unit head decides by delegation." in html


def test_the_clock_of_the_serious_talk_says_what_is_left(world: World, as_: Any) -> None:
    report = world.report("2026-03-02 14:00", is_crime_report=True)
    assert "3 hours left" in page(as_(world.reception), "report", report.pk)


# What is done on it


def assessed(client: Client, report: Report, **fields: Any) -> Any:
    return send(
        client,
        "report_assess",
        report,
        **{
            "assessed_at": moment("2026-03-02 10:00"),
            "outcome": "no_immediate_need",
            "child_spoken_with": "no",
            "rationale": "Skolan ser barnet i dag.",
            **fields,
        },
    )


def test_the_protection_assessment_is_written(world: World, as_: Any) -> None:
    report = world.report()
    answer = assessed(as_(world.reception), report)
    assert answer.url.endswith("#protection")
    report.refresh_from_db()
    assert report.protection_assessment.child_spoken_with is False
    assert report.status == "assessed"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"outcome": ""}, "outcome"),
        ({"child_spoken_with": ""}, "child_spoken_with"),
        ({"assessed_at": moment("2026-03-05 10:00")}, "assessed_at"),
        ({"assessed_at": moment("2026-03-01 10:00")}, "assessed_at"),
        ({"rationale": "x" * 60_000}, "rationale"),
        ({"rationale": "a\x00b"}, "rationale"),
    ],
)
def test_an_assessment_that_is_wrong_says_where_and_keeps_the_text(
    world: World, as_: Any, fields: dict[str, Any], wrong: str
) -> None:
    report = world.report()
    answer = assessed(as_(world.reception), report, support_granted="Jourhem i natt", **fields)
    assert answer.status_code == 422
    assert set(answer.context["assess_form"].errors) == {wrong}
    assert "Jourhem i natt" in answer.content.decode()
    assert not Report.objects.filter(protection_assessment__isnull=False).exists()


def proposed(client: Client, report: Report, group: Any, **fields: Any) -> Any:
    return send(
        client,
        "report_propose",
        report,
        **{
            "outcome": "open",
            "group": group.pk,
            "investigation_type": "ordinary",
            "rationale": "Behov av utredning.",
            **fields,
        },
    )


def test_a_proposal_is_adopted_by_the_leader_in_one_act(world: World, as_: Any) -> None:
    report = world.report()
    proposed(as_(world.reception), report, world.groups["barn-1"])
    client = as_(world.leader)
    assert "Decide as proposed" in page(client, "report", report.pk)
    seen = {"proposal_version": 1, "version": report.version}
    refused = send(client, "report_adopt", report, **seen)
    assert set(refused.context["adopt_form"].errors) == {"unassessed_reason"}
    answer = send(client, "report_adopt", report, **seen, unassessed_reason="Muntligt.")
    assert answer.status_code == 302
    report.refresh_from_db()
    assert report.decision.rationale == "Behov av utredning."
    assert report.investigation is not None
    assert report.investigation.group == world.groups["barn-1"]


def test_a_proposal_changed_meanwhile_is_not_adopted(world: World, as_: Any) -> None:
    report = world.report()
    client = as_(world.reception)
    proposed(client, report, world.groups["barn-1"])
    proposed(client, report, world.groups["barn-1"], outcome="do_not_open", version=1)
    client = as_(world.leader)
    answer = send(client, "report_adopt", report, proposal_version=1, version=report.version)
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.content.decode()
    assert 'name="adopt-proposal_version" value="2"' in answer.content.decode()
    assert not Investigation.objects.exists()


def test_two_proposals_at_once_show_both_versions_and_lose_nothing(world: World, as_: Any) -> None:
    report = world.report()
    proposed(as_(world.reception), report, world.groups["barn-1"])
    proposed(as_(world.reception_leader), report, world.groups["barn-2"], version=1)
    answer = proposed(
        as_(world.reception), report, world.groups["barn-1"], rationale="Mitt skäl.", version=1
    )
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Mitt skäl." in html
    assert "barn-2" in html.split('class="conflict"')[1].split("</section>")[0]
    assert 'name="propose-version" value="2"' in html
    again = proposed(
        as_(world.reception), report, world.groups["barn-1"], rationale="Mitt skäl.", version=2
    )
    assert again.status_code == 302


def decided(client: Client, report: Report, **fields: Any) -> Any:
    return send(
        client,
        "report_decide",
        report,
        **{
            "decided_on": "2026-03-04",
            "outcome": "do_not_open",
            "rationale": "Ingen utredning behövs.",
            "version": report.version,
            **fields,
        },
    )


ASSESSMENT = {
    "assessed_at": moment("2026-03-02 15:00"),
    "outcome": "no_immediate_need",
    "child_spoken_with": "yes",
    "rationale": "Skolan ser barnet.",
}


def test_an_act_changes_the_page_in_place(world: World, as_: Any) -> None:
    answer = send(
        as_(world.reception), "report_assess", world.report(), in_place=True, **ASSESSMENT
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in html
    # What was done has the focus, who cannot see it is told, and the name's marks follow.
    assert re.search(r'id="protection-title"\s+tabindex="-1"\s+autofocus', html)
    assert html.count("autofocus") == 1
    assert 'hx-swap-oob="true">The protection assessment is written down.' in html
    assert 'id="case-person" hx-swap-oob="true"' in html
    assert "Skolan ser barnet." in html


def test_what_is_refused_in_place_takes_only_its_section(world: World, as_: Any) -> None:
    answer = send(as_(world.reception), "report_assess", world.report(), in_place=True)
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == answer["HX-Reselect"] == "#protection"
    protection = answer.content.decode().split('id="protection"')[1].split("</section>")[0]
    assert "data-error-summary" in protection


def test_a_conflict_in_place_shows_the_whole_case_anew(world: World, as_: Any) -> None:
    report = world.report()
    assessed(as_(world.reception), report)
    answer = decided(as_(world.head), report, in_place=True)
    assert answer.status_code == 409
    assert "HX-Retarget" not in answer
    assert "Ingen utredning behövs." in answer.content.decode()


def test_a_late_decision_asks_for_its_reason_and_is_marked_late(world: World, as_: Any) -> None:
    report = world.report("2026-02-02 09:00")
    client = as_(world.head)
    assert "The last day to decide was" in page(client, "report", report.pk)
    refused = decided(client, report)
    both = {"late_reason", "unassessed_reason"}
    assert set(refused.context["decide_form"].errors) == both
    decided(client, report, late_reason="Sjukdom.", unassessed_reason="Muntligt.")
    assert "Decided late" in page(client, "report", report.pk)


def test_opening_needs_group_and_type(world: World, as_: Any) -> None:
    answer = decided(as_(world.head), world.report(), outcome="open")
    assert set(answer.context["decide_form"].errors) == {"group", "investigation_type"}


def test_deciding_what_has_changed_meanwhile_is_a_conflict(world: World, as_: Any) -> None:
    report = world.report()
    assessed(as_(world.reception), report)
    answer = decided(as_(world.head), report)
    assert answer.status_code == 409
    assert "Ingen utredning behövs." in answer.content.decode()
    again = decided(as_(world.head), Report.objects.get(pk=report.pk))
    assert again.status_code == 302


def test_deciding_twice_keeps_the_second_text_on_the_page(world: World, as_: Any) -> None:
    report = world.report()
    world.decide(report, "2026-03-03", "do_not_open")
    answer = decided(as_(world.head), Report.objects.get(pk=report.pk), rationale="Annat skäl.")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "already been taken" in html
    assert "Annat skäl." in html


def test_reception_cannot_decide(world: World, as_: Any) -> None:
    report = world.report()
    assert decided(as_(world.reception), report).status_code == 403
    assert not Report.objects.get(pk=report.pk).is_decided


def test_feedback_says_only_what_may_be_said(world: World, as_: Any) -> None:
    report = world.report(reporter=ReporterInput(category="school", wants_feedback=True))
    world.decide(report, "2026-03-03")
    client = as_(world.reception)
    assert "An investigation has been opened" in page(client, "report", report.pk)
    send(client, "report_feedback", report, given_on="2026-03-04", channel="phone")
    report = Report.objects.get(pk=report.pk)
    assert report.feedback.answer == "opened"
    assert report.matter.deadlines.get(kind="reporter_feedback").met_on == date(2026, 3, 4)


def test_a_serious_talk_is_booked_and_then_held(world: World, as_: Any) -> None:
    report = world.report(is_crime_report=True)
    client = as_(world.reception)
    send(client, "report_talk", report, offered_at=moment("2026-03-02 15:00"), result="booked")
    answer = send(
        client,
        "report_talk",
        report,
        offered_at=moment("2026-03-02 15:00"),
        result="held",
        held_at=moment("2026-03-04 09:00"),
        with_guardians="on",
    )
    assert answer.status_code == 302
    talk = Report.objects.get(pk=report.pk).serious_talk
    assert (talk.result, talk.with_guardians) == ("held", True)


def test_a_report_without_worker_is_taken(world: World, as_: Any) -> None:
    report = world.report(by=world.main)
    assert handler(report) is None
    client = as_(world.reception)
    assert "Take the report" in page(client, "report", report.pk)
    send(client, "report_assign", report, handler=world.reception.pk)
    assert handler(report) == world.reception
    assert "Take the report" not in page(client, "report", report.pk)


def test_a_report_is_not_given_to_someone_of_another_group(world: World, as_: Any) -> None:
    report = world.report()
    answer = send(as_(world.reception), "report_assign", report, handler=world.main.pk)
    assert answer.status_code == 422
    assert handler(report) == world.reception


def test_a_note_is_written_before_there_is_an_investigation(world: World, as_: Any) -> None:
    report = world.report()
    send(
        as_(world.reception),
        "report_note",
        report,
        kind="child_conversation",
        happened_at=moment("2026-03-03 13:00"),
        child_spoken_with="on",
        child_alone="yes",
        text="Alva berättade.",
    )
    note = Note.objects.get()
    assert (note.matter, note.child_alone) == (report.matter, True)
    html = page(as_(world.reception), "report", report.pk)
    assert html.count("Alva berättade.") == 2  # among the notes, and in the line of events


def test_no_act_is_done_by_a_get(world: World, as_: Any) -> None:
    report = world.report()
    client = as_(world.head)
    for name in ("assess", "propose", "decide", "adopt", "feedback", "talk", "assign", "note"):
        url = reverse(f"report_{name}", args=[report.pk])
        assert client.get(url).status_code == 405, name


# The list


def test_the_list_shows_what_is_within_reach(world: World, as_: Any) -> None:
    mine = world.report()
    theirs = world.report(by=world.other_reception, unit=world.other_unit)
    html = page(as_(world.reception), "report_list")
    assert mine.number in html
    assert theirs.number not in html
    assert TrailEntry.objects.get(action="report.list_read").targets == [mine.pk]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"status": "undecided"}, {"late", "new"}),
        ({"status": "not_opened"}, {"decided"}),
        ({"overdue": "on"}, {"late"}),
        ({"category": "police"}, {"new"}),
        ({"kind": "application"}, {"decided"}),
        ({"received_from": "2026-03-01"}, {"new"}),
        ({"received_to": "2026-02-02"}, {"late"}),
        ({"status": "nonsense", "received_from": "x", "page": "x"}, {"late", "new", "decided"}),
    ],
)
def test_the_list_is_filtered(
    world: World, as_: Any, query: dict[str, str], shown: set[str]
) -> None:
    decided_one = world.report("2026-02-20 09:00", kind="application")
    world.decide(decided_one, "2026-02-23", "do_not_open")
    reports = {
        "late": world.report("2026-02-02 09:00"),
        "new": world.report("2026-03-04 09:00", reporter=ReporterInput(category="police")),
        "decided": decided_one,
    }
    html = page(as_(world.reception), "report_list", **query)
    assert {name for name, report in reports.items() if report.number in html} == shown


@pytest.mark.parametrize("sort", ["number", "received", "due", "status", "group", "reporter"])
def test_the_list_is_sorted_both_ways(world: World, as_: Any, sort: str) -> None:
    early = world.report("2026-02-02 09:00", reporter=ReporterInput(category="police"))
    late = world.report("2026-03-04 09:00", reporter=ReporterInput(category="school"))
    if sort != "due":  # what is decided has no last day left
        world.decide(late, "2026-03-04", "open")

    def order(by: str) -> list[str]:
        html = page(as_(world.head), "report_list", sort=by)
        return sorted((early.number, late.number), key=html.index)

    assert order(sort) != order(f"-{sort}") or sort == "group"


def test_the_list_of_a_day_when_nothing_has_come_says_what_to_do(world: World, as_: Any) -> None:
    client = as_(world.reception)
    assert "No reports yet" in page(client, "report_list")
    assert "No report matches" in page(client, "report_list", status="opened")


def test_the_file_holds_what_may_be_exported_and_hides_the_protected(
    world: World, as_: Any
) -> None:
    plain = world.report(
        children=[ChildInput(first_name="=HYPERLINK(1)", last_name="Ek")], reasons=["neglect"]
    )
    hidden = world.report(
        children=[
            ChildInput(
                personal_identity_number="20140312-2383",
                first_name="Alva",
                protected_identity="secrecy_marking",
            )
        ]
    )
    answer = as_(world.head).get(reverse("report_list"), {"format": "xlsx", "sort": "number"})
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.values)
    assert [row[:2] for row in rows[1:]] == [
        (plain.number, "=HYPERLINK(1) Ek"),
        (hidden.number, "Protected identity"),
    ]
    assert all("20140312" not in str(cell) for row in rows for cell in row)
    assert TrailEntry.objects.get(kind=TrailKind.EXPORT).targets == [plain.pk, hidden.pk]


def test_the_file_is_for_leaders(world: World, as_: Any) -> None:
    world.report()
    answer = as_(world.reception).get(reverse("report_list"), {"format": "xlsx"})
    assert answer.status_code == 403
    assert not TrailEntry.objects.filter(kind=TrailKind.EXPORT).exists()


# The child


def protected_child(world: World) -> Person:
    child = world.report(
        children=[
            ChildInput(first_name="Alva", last_name="Ek", protected_identity="secrecy_marking")
        ]
    ).child
    child.address = "Hemliga gatan 1"
    child.save(update_fields=["address"])
    child.guardians.create(
        relation="mother", first_name="Eva", has_custody=True, contact="Hemliga gatan 1"
    )
    return child


def test_the_childs_page_shows_the_matters_within_reach(world: World, as_: Any) -> None:
    investigation = world.investigation("2026-02-20")
    report = investigation.reports.get()
    html = page(as_(world.head), "child", investigation.child_id)
    assert investigation.number in html
    assert report.number in html
    html = page(as_(world.main), "child", investigation.child_id)
    assert investigation.number in html


def test_protected_identity_hides_address_and_contacts(world: World, as_: Any) -> None:
    child = protected_child(world)
    html = page(as_(world.coordinator), "child", child.pk)
    assert "Protected identity" in html
    assert "Eva" in html
    assert "Hemliga gatan" not in html
    assert "Hemliga gatan" in page(as_(world.head), "child", child.pk)


def test_a_child_out_of_reach_is_not_found(world: World, as_: Any) -> None:
    child = world.report().child
    answer = as_(world.main).get(reverse("child", args=[child.pk]))
    assert answer.status_code == 404


# Searching


def search(client: Client, text: str) -> Any:
    return client.post(reverse("search"), {"q": text})


@pytest.mark.parametrize("text", ["alva ek", "Ek", "20140312-2383", "201403122383", "140312-2383"])
def test_a_child_is_found_by_name_or_number(world: World, as_: Any, text: str) -> None:
    child = world.report(
        children=[
            ChildInput(personal_identity_number="20140312-2383", first_name="Alva", last_name="Ek")
        ]
    ).child
    answer = search(as_(world.reception), text)
    assert "Alva Ek" in answer.content.decode()
    assert TrailEntry.objects.get(action="search.read").targets == [child.pk]


def test_a_case_number_leads_to_the_case(world: World, as_: Any) -> None:
    investigation = world.investigation("2026-02-20")
    report = investigation.reports.get()
    client = as_(world.head)
    assert search(client, report.number.lower()).url == reverse("report", args=[report.pk])
    assert search(client, investigation.number).url == reverse(
        "investigation", args=[investigation.pk]
    )


@pytest.mark.parametrize(
    "text", ["a", "", "Storgatan 5", "2014", "08-123 456 78", "'; drop table", "20140312-2384", "%"]
)
def test_nothing_else_can_be_searched_by(world: World, as_: Any, text: str) -> None:
    world.report(children=[ChildInput(first_name="Alva", last_name="Ek")])
    answer = search(as_(world.head), text)
    assert answer.status_code == 422
    assert answer.context["problem"]
    assert not TrailEntry.objects.filter(action="search.read").exists()


def test_what_is_out_of_reach_is_not_found_by_searching(world: World, as_: Any) -> None:
    report = world.report(children=[ChildInput(first_name="Alva", last_name="Ek")])
    client = as_(world.main)
    assert "Nobody found" in search(client, "Alva Ek").content.decode()
    assert "Nobody found" in search(client, report.number).content.decode()


def test_a_search_shows_protection_but_no_address(world: World, as_: Any) -> None:
    protected_child(world)
    html = search(as_(world.head), "Alva").content.decode()
    assert "Protected identity" in html
    assert "Hemliga" not in html


# Reception's start page


def test_the_inbox_begins_with_what_has_least_time_left(world: World, as_: Any) -> None:
    waits = world.report("2026-02-25 09:00")
    new = world.report("2026-03-04 09:00")
    services.assess_protection(
        waits.pk,
        assessed_at=moment("2026-02-25 10:00"),
        outcome="no_immediate_need",
        child_spoken_with=False,
        rationale="Skäl.",
        by=world.reception,
        at=moment("2026-02-25 10:00"),
    )
    html = page(as_(world.reception), "home")
    assert html.index(new.number) < html.index(waits.number)  # assess today; decide in a week


def test_the_inbox_can_be_ones_own(world: World, as_: Any) -> None:
    other = world.report(by=world.main)
    mine = world.report()
    html = page(as_(world.reception), "home", scope="mine")
    assert mine.number in html
    assert other.number not in html


def test_the_start_page_shows_proposals_feedback_and_what_was_decided_today(
    world: World, as_: Any
) -> None:
    asked = {"reporter": ReporterInput(category="school", wants_feedback=True)}
    waiting, finished = world.report(**asked), world.report(**asked)
    proposed(as_(world.reception), waiting, world.groups["barn-1"])
    world.decide(finished, "2026-03-04", "do_not_open")
    html = page(as_(world.reception), "home")

    def panel(name: str) -> str:
        return html.split(f'id="{name}"')[1].split("</section>")[0]

    assert waiting.number in panel("proposed")
    assert finished.number in panel("feedback")
    assert finished.number in panel("decided")


def test_an_empty_inbox_says_what_to_do(world: World, as_: Any) -> None:
    client = as_(world.reception)
    assert "Nothing waits to be decided" in page(client, "home")
    assert "Nothing waits for you" in page(client, "home", scope="mine")


# The same cost for one and for thirty


def fill(world: World, count: int) -> None:
    asked = {"reporter": ReporterInput(category="school", wants_feedback=True)}
    for _index in range(count):
        world.report("2026-03-04 09:00", **asked)
        report = world.report("2026-03-03 09:00", **asked)
        services.propose_decision(
            report.pk,
            outcome="do_not_open",
            rationale="Skäl.",
            by=world.reception,
            at=moment("2026-03-04 09:30"),
        )
        world.decide(world.report("2026-03-03 09:00", **asked), "2026-03-04", "do_not_open")


@pytest.mark.parametrize(
    ("name", "who"), [("report_list", "head"), ("report_list", "reception"), ("home", "reception")]
)
def test_a_list_costs_the_same_for_one_and_for_thirty(
    world: World, as_: Any, name: str, who: str
) -> None:
    client = as_(world.people[who])
    fill(world, 1)
    one = cost(client, reverse(name), sort="due")
    fill(world, 9)
    assert cost(client, reverse(name), sort="due") == one


def history(world: World, child: ChildInput, times: int) -> Report:
    """Closed investigations about the child with everything in them, and a new report."""
    for _index in range(times):
        report = world.report("2026-01-05 09:00", children=[child], is_crime_report=True)
        notes.write_note(
            report.pk,
            kind="journal",
            happened_at=moment("2026-01-05 10:00"),
            text="Anteckning.",
            by=world.reception,
            at=moment("2026-01-05 11:00"),
        )
        report = world.decide(report, "2026-01-07")
        assert report.investigation_id is not None
        investigation_services.assign_handlers(
            report.investigation_id,
            main=world.main,
            co=world.co,
            from_on=date(2026, 1, 8),
            by=world.head,
            at=moment("2026-01-08"),
        )
        investigation_services.rate_safety(
            report.investigation_id,
            rater="mother",
            rated_on=date(2026, 1, 9),
            value=4,
            by=world.main,
            at=moment("2026-01-09"),
        )
        world.hand_in(report.investigation, moment("2026-02-02"))
        investigation_services.conclude(
            report.investigation_id,
            concluded_on=date(2026, 2, 2),
            outcome="no_intervention",
            rationale="Skäl.",
            read_by_leader=True,
            left_open=LEFT,
            by=world.head,
            at=moment("2026-02-02"),
        )
    return world.report("2026-03-04 09:00", children=[child])


def test_the_case_page_and_the_childs_cost_the_same_for_a_long_history(
    world: World, as_: Any
) -> None:
    child = ChildInput(personal_identity_number="20140312-2383", first_name="Alva", last_name="Ek")
    report = history(world, child, 1)

    def costs() -> list[int]:
        return [
            cost(as_(user), reverse(name, args=[pk]))
            for user in (world.head, world.reception)
            for name, pk in (("report", report.pk), ("child", report.child_id))
        ]

    short = costs()
    history(world, child, 9)
    assert costs() == short


def test_a_search_costs_the_same_for_one_and_for_thirty(world: World, as_: Any) -> None:
    client = as_(world.head)

    def price() -> int:
        search(client, "Ek")
        with CaptureQueriesContext(connection) as queries:
            search(client, "Ek")
        return len(queries)

    world.report(children=[ChildInput(first_name="Alva", last_name="Ek")])
    one = price()
    for _index in range(29):
        world.report(children=[ChildInput(first_name="Alva", last_name="Ek")])
    # With so many of the name itself, none of nearly that name is asked for.
    assert price() == one - 1


def test_a_leader_reads_the_decision_just_taken_on_another_groups_report(
    world: World, client: Client
) -> None:
    """Leaders deputise until the decision; the decision one has taken oneself stays readable."""
    report = world.report()
    other = world.decide(world.report(), "2026-03-03", group="barn-2")
    client.force_login(world.leader)
    version = Report.objects.get(pk=report.pk).version
    services.decide_opening(
        report.pk,
        decided_on=date(2026, 3, 3),
        outcome="open",
        rationale="Skäl.",
        group=world.groups["barn-2"],
        unassessed_reason="Bedömdes muntligt.",
        version=version,
        by=world.leader,
        at=moment("2026-03-03"),
    )
    report.refresh_from_db()
    with time_machine.travel(moment("2026-03-03 12:00"), tick=False):
        assert client.get(reverse("report", args=[report.pk])).status_code == 200
        # Not what others have decided, and not the investigation that came of it.
        assert client.get(reverse("report", args=[other.pk])).status_code == 404
        opened = reverse("investigation", args=[report.investigation_id])
        assert client.get(opened).status_code == 404
