"""What became known late: said for ever, and never dated back unseen."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases import statistics
from cases.deadlines.models import Deadline, Escalation
from cases.deadlines.sweep import sweep
from cases.investigations.models import Investigation
from cases.journal import services as notes
from cases.journal.models import Note
from cases.reports import services as reports
from core.calendar import Month
from core.errors import Conflict, Forbidden
from tests.cases.test_corrections import conclude, written
from tests.factories import World, moment
from unitstats.statistics import counted

NOW = moment("2026-11-28 10:00")


def decide(world: World, report_id: int, on: str, at: str) -> None:
    reports.decide_opening(
        report_id,
        decided_on=date.fromisoformat(on),
        outcome="do_not_open",
        rationale="Skäl.",
        unassessed_reason="Bedömdes muntligt.",
        by=world.head,
        at=moment(at),
    )


@pytest.fixture
def late(world: World) -> int:
    """A decision dated on the last day but one, and written down five days after it."""
    report = world.report("2026-11-09 09:00")
    with time_machine.travel(moment("2026-11-27 06:00"), tick=False):
        sweep(on=date(2026, 11, 27), at=moment("2026-11-27 06:00"))
    decide(world, report.pk, "2026-11-22", "2026-11-28 09:00")
    return report.pk


def test_a_decision_written_down_late_says_so_on_page_list_and_api(
    world: World, late: int, client: Client
) -> None:
    in_time = world.report("2026-11-20 09:00")
    decide(world, in_time.pk, "2026-11-23", "2026-11-23 09:00")
    duty = Deadline.objects.get(matter=late, kind="opening_decision")
    assert (duty.met_on, duty.recorded_on) == (date(2026, 11, 22), date(2026, 11, 28))
    assert duty.recorded_after_due
    # The reminders that were sent meanwhile stay.
    assert Escalation.objects.filter(deadline=duty).exists()
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.head)
        html = client.get(reverse("report", args=[late])).content.decode()
        assert "Inskrivet efter sista dagen" in html
        address = reverse("report_list")
        listed = client.get(address, {"status": "recorded_late"}).content.decode()
        everything = client.get(address).content.decode()
        told = client.get(f"/api/v1/reports/{late}/").json()
        other = client.get(f"/api/v1/reports/{in_time.pk}/").json()
        duties = client.get("/api/v1/deadlines/?kind=opening_decision").json()["results"]
    assert told["number"] in listed
    assert in_time.number not in listed
    assert everything.count("Inskrivet efter sista dagen") >= 1
    assert told["decision"]["recorded_at"].startswith("2026-11-28")
    assert told["decision"]["recorded_after_due"] is True
    assert other["decision"]["recorded_after_due"] is False
    assert {one["report"]: (one["recorded_on"], one["recorded_after_due"]) for one in duties} == {
        late: ("2026-11-28", True),
        in_time.pk: ("2026-11-23", False),
    }
    figures = counted(world.unit.pk, Month(date(2026, 11, 1)))
    assert figures["decisions.in_time"].value == 2
    assert figures["decisions.recorded_late"].value == 1


def test_late_entries_are_listed_for_the_head_with_a_figure_that_leads_to_them(
    world: World, client: Client
) -> None:
    late = world.report("2026-11-10 09:00")
    in_time = world.report("2026-11-11 09:00")
    decide(world, late.pk, "2026-11-22", "2026-11-28 09:00")
    decide(world, in_time.pk, "2026-11-22", "2026-11-23 09:00")
    with time_machine.travel(moment("2026-11-29 09:00"), tick=False):
        client.force_login(world.head)
        html = client.get(reverse("dashboard")).content.decode()
        (found,) = re.findall(r'href="(/deadlines/\?status=recorded_late[^"]*)"', html)
        listed = client.get(found.replace("&amp;", "&")).content.decode()
        api = client.get("/api/v1/deadlines/", {"recorded_after_due": "true"}).json()
        wrong = client.get("/api/v1/deadlines/", {"recorded_after_due": "yes"})
        client.force_login(world.other_head)
        others = client.get(reverse("dashboard")).content.decode()
    assert late.number in listed
    assert in_time.number not in listed
    assert "Inskrivet lör 28 nov" in listed
    assert [one["report"] for one in api["results"]] == [late.pk]
    assert wrong.status_code == 400
    assert "status=recorded_late" not in others
    scope = statistics.Scope(unit_ids=frozenset({world.unit.pk}))
    assert statistics.recorded_late(scope, on=date(2026, 11, 29)) == {
        "deadlines.recorded_late_12_weeks": 1
    }
    assert statistics.recorded_late(scope, on=date(2027, 3, 1)) == {
        "deadlines.recorded_late_12_weeks": 0
    }


@pytest.fixture
def ended(world: World) -> Investigation:
    case = world.investigation("2026-03-02")
    written(world, case, "2026-03-10")
    conclude(case, world.leader, "2026-03-11")
    return case


def write(case: Investigation, by: Any, **more: Any) -> Note:
    return notes.write_note(
        case.pk,
        kind="care_contact",
        happened_at=moment("2026-03-20 09:00"),
        text="Brev från BUP.",
        by=by,
        at=moment("2026-03-20 10:00"),
        **more,
    )


def test_a_late_note_stands_dated_and_signed_on_the_closed_matter(
    world: World, ended: Investigation
) -> None:
    with pytest.raises(Conflict):
        write(ended, world.main)
    note = write(ended, world.main, late=True)
    assert (note.after_closing, note.is_signed) == (True, True)
    ended.refresh_from_db()
    assert (ended.status, ended.concluded_on) == ("concluded", date(2026, 3, 11))
    with pytest.raises(Forbidden):
        write(ended, world.coordinator, late=True)
    running = world.investigation("2026-03-15")
    with pytest.raises(Conflict):
        write(running, world.main, late=True)


def test_the_page_of_a_closed_investigation_takes_a_late_note(
    world: World, ended: Investigation, client: Client
) -> None:
    address = reverse("investigation_late_note", args=[ended.pk])
    with time_machine.travel(moment("2026-03-20 10:00"), tick=False):
        client.force_login(world.main)
        page = reverse("investigation", args=[ended.pk])
        assert address in client.get(page).content.decode()
        assert client.get(address).status_code == 200
        fields = {"kind": "journal", "happened_at": "2026-03-20T09:00", "text": "Ett brev kom."}
        fields["child"] = "not"
        assert client.post(address, fields).status_code == 302
        html = client.get(page).content.decode()
    assert "Sen anteckning" in html
    assert "Ett brev kom." in html
