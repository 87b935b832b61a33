"""The main job over HTTP, as a program of another authority or of the unit's own does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cases.investigations.models import Investigation
from cases.reports.models import Report
from core.models import TrailEntry
from tests.cases.api.conftest import Caller, report_body
from tests.factories import World, moment


def test_a_report_becomes_a_concluded_investigation(
    caller: Callable[..., Caller], world: World, clock
) -> None:
    reception, leader, main = caller("reception"), caller("leader"), caller("main")
    logged = reception.post("reports/", report_body())
    assert logged.status_code == 201, logged.content
    report = logged.json()
    assert report["status"] == "received"
    assert report["number"] == "ST-BOU-2026-00001"
    assert report["late"] is None
    assert logged.headers["Location"].endswith(f"/api/v1/reports/{report['id']}/")
    assert [
        (d["kind"], d["starts_on"], d["due_on"], d["act_by"], d["met_on"], d["status"])
        for d in report["deadlines"]
    ] == [
        ("protection_assessment", "2026-03-10", "2026-03-10", "2026-03-10", None, "due"),
        ("opening_decision", "2026-03-10", "2026-03-24", "2026-03-24", None, "due"),
    ]
    at = f"reports/{report['id']}/"

    assessed = reception.post(
        f"{at}protection_assessment/",
        {
            "assessed_at": "2026-03-10T10:00:00+01:00",
            "outcome": "no_immediate_need",
            "child_spoken_with": True,
            "rationale": "Samtal.",
            "version": report["version"],
        },
    )
    assert assessed.status_code == 200, assessed.content
    assert assessed.json()["status"] == "assessed"
    assert assessed.json()["protection_assessment"]["assessed_by"] == "reception"
    assert assessed.json()["deadlines"][0]["status"] == "met"

    decided = leader.post(
        f"{at}decision/",
        {
            "decided_on": "2026-03-10",
            "outcome": "open",
            "rationale": "Behov.",
            "group": "barn-1",
            "late_reason": "",
        },
    )
    assert decided.status_code == 200, decided.content
    assert decided.json()["status"] == "opened"
    assert decided.json()["late"] is False
    assert decided.json()["decision"]["outcome"] == "open"
    investigation = f"investigations/{decided.json()['investigation']}/"

    told = reception.post(f"{at}feedback/", {"given_on": "2026-03-10", "channel": "letter"})
    assert told.status_code == 200, told.content
    assert told.json()["feedback"]["answer"] == "opened"

    waiting = leader.get(investigation).json()
    assert {
        name: waiting[name]
        for name in ("status", "opened_on", "due_on", "act_by", "extended_to", "handlers")
    } == {
        "status": "waiting",
        "opened_on": "2026-03-10",
        "due_on": "2026-07-10",
        "act_by": "2026-07-10",
        "extended_to": None,
        "handlers": [],
    }
    assert main.get(investigation).status_code == 404

    given = leader.post(
        f"{investigation}handlers/", {"main": "main", "co": "co", "from": "2026-03-10"}
    )
    assert given.status_code == 200, given.content
    assert given.json()["handlers"] == [
        {"username": "main", "name": "Main Test", "part": "main", "from": "2026-03-10"}
        | {"until": None},
        {"username": "co", "name": "Co Test", "part": "co", "from": "2026-03-10", "until": None},
    ]
    assert main.get(investigation).status_code == 200
    changed = leader.post(
        f"{investigation}handlers/",
        {"main": "main", "co": "third", "from": "2026-03-12", "reason": "Föräldraledighet."},
    )
    assert [(h["username"], h["until"]) for h in changed.json()["handlers"]] == [
        ("main", None),
        ("co", "2026-03-11"),
        ("third", None),
    ]

    clock.move_to(moment("2026-07-01 09:00"))
    extended = leader.post(
        f"{investigation}extension/",
        {"until": "2026-08-30", "reason": "Särskilda skäl.", "decided_on": "2026-07-01"},
    )
    assert extended.status_code == 200, extended.content
    assert extended.json()["extended_to"] == extended.json()["due_on"] == "2026-08-30"
    assert extended.json()["act_by"] == "2026-08-28"
    assert [h["username"] for h in extended.json()["handlers"]] == ["main", "third"]
    assert [h["username"] for h in extended.json()["earlier_handlers"]] == ["co"]

    clock.move_to(moment("2026-08-30 09:00"))
    end = {
        "concluded_on": "2026-08-30",
        "outcome": "no_intervention",
        "rationale": "Behov tillgodosett.",
        "read_by_leader": True,
    }
    refused = leader.post(f"{investigation}conclusion/", end)
    assert refused.status_code == 409
    assert "decision document" in refused.json()["detail"]
    world.hand_in(Investigation.objects.get(), moment("2026-08-29"))
    concluded = leader.post(f"{investigation}conclusion/", end)
    assert concluded.status_code == 200, concluded.content
    assert concluded.json()["status"] == "concluded"
    assert concluded.json()["late"] is False
    assert concluded.json()["concluded_by"] == "leader"
    assert concluded.json()["deadlines"][0]["status"] == "met"


def test_siblings_become_matters_of_their_own(caller: Callable[..., Caller]) -> None:
    body = report_body(children=[{"first_name": "Alva"}, {"first_name": "Nils"}])
    del body["child"]
    answer = caller().post("reports/", body).json()
    assert answer["child"]["first_name"] == "Alva"
    assert [one["child"]["first_name"] for one in answer["siblings"]] == ["Nils"]
    assert [one["number"] for one in answer["siblings"]] == ["ST-BOU-2026-00002"]
    assert len(answer["siblings"][0]["deadlines"]) == 2
    second = caller().get(f"reports/{answer['siblings'][0]['id']}/").json()
    assert second["linked_to"] == answer["id"]
    assert [one["id"] for one in second["siblings"]] == [answer["id"]]


def test_a_late_decision_says_why_and_is_late_for_ever(
    caller: Callable[..., Caller], world: World
) -> None:
    report = world.report("2026-02-20 09:00")
    body = {
        "decided_on": "2026-03-10",
        "outcome": "do_not_open",
        "rationale": "Nej.",
        "unassessed_reason": "Bedömdes muntligt.",
    }
    refused = caller("head").post(f"reports/{report.pk}/decision/", body)
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {"late_reason"}
    decided = caller("head").post(
        f"reports/{report.pk}/decision/", {**body, "late_reason": "Sjukdom."}
    )
    assert decided.json()["late"] is True
    assert decided.json()["investigation"] is None


def test_a_report_joins_the_open_investigation(caller: Callable[..., Caller], world: World) -> None:
    first = world.decide(world.report("2026-03-02 09:00"), "2026-03-03")
    again = caller().post("reports/", report_body(child={"id": first.child_id})).json()
    body = {"decided_on": "2026-03-10", "outcome": "open", "rationale": "x", "group": "barn-1"}
    refused = caller("head").post(f"reports/{again['id']}/decision/", body)
    assert refused.status_code == 409
    joined = caller("head").post(
        f"reports/{again['id']}/decision/", {**body, "outcome": "joins_open"}
    )
    assert joined.json()["status"] == "joined"
    assert joined.json()["investigation"] == first.investigation_id


def test_a_serious_talk_is_recorded_after_a_crime_report(caller: Callable[..., Caller]) -> None:
    reception = caller()
    child = {"first_name": "Kim", "birth_date": "2012-05-01"}
    report = reception.post("reports/", report_body(child=child, is_crime_report=True)).json()
    talk = {
        "offered_at": "2026-03-10T10:00:00+01:00",
        "result": "held",
        "held_at": "2026-03-10T11:00:00+01:00",
        "with_guardians": True,
    }
    told = reception.post(f"reports/{report['id']}/serious_talk/", talk)
    assert told.status_code == 200, told.content
    assert told.json()["serious_talk"]["held_at"] == "2026-03-10T11:00:00+01:00"
    kinds = {d["kind"]: d["status"] for d in told.json()["deadlines"]}
    assert kinds["serious_talk"] == "met"


def test_an_intervention_is_read_and_followed_up(
    caller: Callable[..., Caller], world: World, clock
) -> None:
    from cases.interventions import services as interventions

    investigation = world.investigation("2026-03-02")
    granted = interventions.grant(
        investigation.pk,
        kind="family_treatment",
        goal="Trygghet.",
        decided_on=moment("2026-03-05").date(),
        started_on=moment("2026-03-06").date(),
        responsible=world.main,
        by=world.leader,
        at=moment("2026-03-05"),
    )
    listed = caller("main").get("interventions/?status=ongoing&unit=ST-BOU").json()
    assert [row["id"] for row in listed["results"]] == [granted.pk]
    done = caller("main").post(
        f"interventions/{granted.pk}/follow_ups/",
        {"followed_up_on": "2026-03-10", "child_took_part": True, "note": "Bra."},
    )
    assert done.status_code == 200, done.content
    read = caller("main").get(f"interventions/{granted.pk}/").json()
    assert [one["followed_up_by"] for one in read["follow_ups"]] == ["main"]
    assert [d["status"] for d in read["deadlines"]] == ["met", "due"]
    assert caller("worker2").get(f"interventions/{granted.pk}/").status_code == 404


def test_me_tells_roles_and_units(caller: Callable[..., Caller]) -> None:
    assert caller("leader").get("me/").json() == {
        "username": "leader",
        "name": "Leader Test",
        "roles": [
            {
                "role": "group_leader",
                "level": "group",
                "code": "barn-1",
                "name": "barn-1",
                "standing_in_for": None,
            }
        ],
        "units": [{"code": "ST-BOU", "name": "Barn och ungdom"}],
    }
    assert caller("stranger").get("me/").json()["units"] == []


def test_notices_are_ones_own(caller: Callable[..., Caller], world: World) -> None:
    world.decide(world.report("2026-03-02 09:00"), "2026-03-03")
    mine = caller("leader").get("notices/?unread=true").json()
    assert [one["kind"] for one in mine["results"]] == ["unassigned"]
    assert caller("leader").get("notices/?unread=false").json()["count"] == 0
    assert caller("stranger").get("notices/").json()["count"] == 0


def test_what_is_read_is_in_the_trail(caller: Callable[..., Caller], world: World) -> None:
    first, second = world.report(), world.report()
    reception = caller()
    before = TrailEntry.objects.count()
    reception.get(f"reports/{first.pk}/")
    reception.get("reports/")
    reception.get("deadlines/?status=overdue")
    entries = list(TrailEntry.objects.order_by("pk")[before:])
    assert [(one.action, one.actor) for one in entries] == [
        ("report.read", world.reception),
        ("report.listed", world.reception),
        ("deadline.listed", world.reception),
    ]
    assert entries[0].targets == [first.pk]
    assert entries[0].children == [first.child_id]
    assert set(entries[1].targets) == {first.pk, second.pk}
    assert set(entries[1].children) == {first.child_id, second.child_id}
    assert len(entries[2].targets) == 2


def test_a_browsers_session_is_enough_to_read(world: World, client, clock) -> None:
    world.report()
    client.force_login(world.reception)
    assert client.get("/api/v1/reports/").json()["count"] == 1


def test_a_browsers_session_has_to_guard_its_writes(world: World, clock) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(world.reception)
    answer = client.post("/api/v1/reports/", report_body(), content_type="application/json")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Report.objects.exists()


@pytest.mark.parametrize(("language", "word"), [("sv", "tillåts inte"), ("en", "not allowed")])
def test_messages_are_in_the_callers_language(
    caller: Callable[..., Caller], language: str, word: str
) -> None:
    told = caller("reception", language=language)("PATCH", "reports/", {})
    assert told.status_code == 405
    assert word in told.json()["detail"]


def test_messages_are_in_swedish_when_no_language_is_asked_for(
    caller: Callable[..., Caller],
) -> None:
    told = caller("reception", language="")("PATCH", "reports/", {})
    assert "tillåts inte" in told.json()["detail"]


def test_a_fields_message_is_in_swedish(caller: Callable[..., Caller]) -> None:
    told = caller("reception", language="sv").post("reports/", report_body(is_crime_report="x"))
    assert told.json()["errors"] == {"is_crime_report": ["Skicka true eller false."]}


def test_a_decision_before_any_assessment_asks_why_at_its_field(
    caller: Callable[..., Caller], world: World
) -> None:
    report = world.report("2026-03-09 09:00")
    body = {"decided_on": "2026-03-10", "outcome": "do_not_open", "rationale": "Nej."}
    body["unassessed_reason"] = ""
    refused = caller("head").post(f"reports/{report.pk}/decision/", body)
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {"unassessed_reason"}
    body["unassessed_reason"] = "Barnet är på sjukhus."
    told = caller("head").post(f"reports/{report.pk}/decision/", body).json()
    assert told["decision"]["unassessed_reason"] == "Barnet är på sjukhus."
    statuses = {duty["kind"]: duty["status"] for duty in told["deadlines"]}
    assert statuses == {"protection_assessment": "missed", "opening_decision": "met"}
    asked = caller("head").get("deadlines/?status=missed&on=2026-03-10").json()
    assert [(one["report"], one["kind"]) for one in asked["results"]] == [
        (report.pk, "protection_assessment")
    ]
    assert caller("head").get("deadlines/?status=missed&on=2026-03-09").json()["count"] == 0
    assert caller("head").get("deadlines/?status=overdue&on=2026-03-20").json()["count"] == 0


def test_a_report_joins_with_an_empty_body(caller: Callable[..., Caller], world: World) -> None:
    first = world.decide(world.report("2026-03-02 09:00"), "2026-03-03")
    again = caller().post("reports/", report_body(child={"id": first.child_id})).json()
    joined = caller().post(f"reports/{again['id']}/join/")
    assert joined.status_code == 200, joined.content
    assert joined.json()["status"] == "joined"
    assert joined.json()["investigation"] == first.investigation_id
    statuses = {duty["kind"]: duty["status"] for duty in joined.json()["deadlines"]}
    # The reporter wants to know: that an investigation already ran is said the same day.
    assert statuses == {
        "protection_assessment": "due",
        "opening_decision": "cancelled",
        "reporter_feedback": "due",
    }
    assert caller().post(f"reports/{again['id']}/join/").status_code == 409


def test_what_is_not_finished_is_told_and_asked_for_at_its_field(
    caller: Callable[..., Caller], world: World
) -> None:
    case = world.investigation("2026-03-02")
    world.hand_in(case, moment("2026-03-09"))
    again = caller().post("reports/", report_body(child={"id": case.child_id})).json()
    caller().post(f"reports/{again['id']}/join/")
    leader, address = caller("leader"), f"investigations/{case.pk}/"
    assert leader.get(address).json()["loose_ends"] == [{"code": "unread_reports", "number": 1}]
    end = {
        "concluded_on": "2026-03-10",
        "outcome": "no_intervention",
        "rationale": "Klart.",
        "read_by_leader": True,
    }
    refused = leader.post(f"{address}conclusion/", end)
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {"unread_reports_reason"}
    end["unread_reports_reason"] = "Samma uppgifter som i den förra."
    told = leader.post(f"{address}conclusion/", end).json()
    assert (told["status"], told["loose_ends"]) == ("concluded", [])
    assert told["left_open"] == [
        {"code": "unread_reports", "number": 1, "reason": "Samma uppgifter som i den förra."}
    ]


def test_a_program_says_whether_the_child_is_suspected(caller: Callable[..., Caller]) -> None:
    def kinds(born: str, **fields: Any) -> tuple[bool, bool]:
        child = {"first_name": "Kim", "birth_date": born}
        told = caller().post("reports/", report_body(child=child, **fields))
        assert told.status_code == 201, told.content
        talk = "serious_talk" in {duty["kind"] for duty in told.json()["deadlines"]}
        return told.json()["child_suspected"], talk

    twelve, eleven = "2014-03-10", "2014-03-11"
    assert kinds(twelve, child_suspected=True) == (True, True)
    assert kinds(eleven, child_suspected=True) == (True, False)
    assert kinds(twelve, is_crime_report=True, child_suspected=False) == (False, False)
    # Programs that do not say it yet.
    assert kinds(twelve, is_crime_report=True) == (True, True)
    assert kinds(eleven, is_crime_report=True) == (False, False)
    assert kinds(twelve) == (False, False)


def test_feedback_can_be_asked_for_later(caller: Callable[..., Caller], world: World) -> None:
    report = world.decide(world.report("2026-03-01 09:00"), "2026-03-02", "do_not_open")
    told = caller("head").post(f"reports/{report.pk}/feedback/asked/", {"asked_on": "2026-03-10"})
    assert told.status_code == 200, told.content
    assert told.json()["reporter"]["feedback_asked_on"] == "2026-03-10"
    due = {duty["kind"]: duty["due_on"] for duty in told.json()["deadlines"]}
    assert due["reporter_feedback"] == "2026-03-10"


def test_a_caller_that_does_not_know_the_question_decides_and_the_duty_is_missed(
    caller: Callable[..., Caller], world: World
) -> None:
    report = world.report("2026-03-09 09:00")
    body = {"decided_on": "2026-03-10", "outcome": "do_not_open", "rationale": "Nej."}
    told = caller("head").post(f"reports/{report.pk}/decision/", body).json()
    assert (
        told["decision"]["unassessed_reason"] == "Systemet som skickade beslutet angav inget skäl."
    )
    assert {duty["kind"]: duty["status"] for duty in told["deadlines"]} == {
        "protection_assessment": "missed",
        "opening_decision": "met",
    }
