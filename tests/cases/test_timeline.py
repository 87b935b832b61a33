"""The line of events around a child: all of it, in order, and only what the reader may see."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from cases.interventions import services as interventions
from cases.investigations import services as investigations
from cases.investigations.models import DOCUMENT_PARTS, Investigation
from cases.journal import services as notes
from cases.journal.timeline import events_for_child
from cases.reports import services
from cases.reports.services import ChildInput, ReporterInput
from organisation.permissions import access_for
from tests.factories import LEFT, World, moment

ON = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with override("en"):
        yield


def full_story(world: World) -> Investigation:
    """Everything that can happen around a child, each thing on its own day."""
    report = world.report(
        "2026-03-02 09:00",
        reporter=ReporterInput(category="police", wants_feedback=True),
        is_crime_report=True,
    )
    services.assess_protection(
        report.pk,
        assessed_at=moment("2026-03-02 10:00"),
        outcome="no_immediate_need",
        child_spoken_with=True,
        rationale="Skäl.",
        by=world.reception,
        at=moment("2026-03-02 10:30"),
    )
    services.record_serious_talk(
        report.pk,
        offered_at=moment("2026-03-02 11:00"),
        result="declined",
        by=world.reception,
        at=moment("2026-03-02 11:00"),
    )
    services.propose_decision(
        report.pk,
        outcome="open",
        rationale="Skäl.",
        group=world.groups["barn-1"],
        by=world.reception,
        at=moment("2026-03-03"),
    )
    report = world.decide(report, "2026-03-04")
    services.give_feedback(
        report.pk,
        given_on=date(2026, 3, 5),
        channel="phone",
        by=world.reception,
        at=moment("2026-03-05"),
    )
    assert report.investigation is not None
    pk = report.investigation.pk
    investigations.assign_handlers(
        pk,
        main=world.main,
        co=world.co,
        from_on=date(2026, 3, 6),
        by=world.leader,
        at=moment("2026-03-06"),
    )
    work: dict[str, Any] = {"by": world.main, "at": moment("2026-06-01")}
    notes.write_note(
        pk,
        kind="child_conversation",
        happened_at=moment("2026-03-10 13:00"),
        text="Samtal i skolan.",
        child_spoken_with=True,
        child_alone=True,
        **work,
    )
    guardian = investigations.add_guardian(
        pk, relation="mother", first_name="Eva", last_name="Ek", has_custody=True, **work
    )
    investigations.record_participation(
        pk, guardian_id=guardian.pk, took_part=True, on=date(2026, 3, 11), how="Möte.", **work
    )
    investigations.assess_risk(
        pk,
        assessed_on=date(2026, 3, 12),
        level="high",
        risk_factors="Otrygg hemmiljö.",
        protective_factors="",
        **work,
    )
    investigations.record_instrument(
        pk, instrument="adad", used_on=date(2026, 3, 13), level="low", **work
    )
    investigations.rate_safety(pk, rater="child", rated_on=date(2026, 3, 14), value=6, **work)
    investigations.assign_handlers(
        pk,
        main=world.main,
        co=world.third,
        from_on=date(2026, 4, 1),
        reason="Byter grupp.",
        by=world.leader,
        at=moment("2026-04-01"),
    )
    investigations.extend(
        pk,
        until=date(2026, 8, 5),
        reason="Särskilda skäl.",
        decided_on=date(2026, 5, 1),
        by=world.leader,
        at=moment("2026-05-01"),
    )
    investigations.communicate(
        pk,
        recipient="mother",
        communicated_on=date(2026, 5, 20),
        how="Brev",
        response="",
        **work,
    )
    investigations.write_document(pk, parts=dict.fromkeys(DOCUMENT_PARTS, "Text."), **work)
    investigations.submit_document(pk, **work)
    investigations.conclude(
        pk,
        concluded_on=date(2026, 6, 2),
        outcome="intervention",
        rationale="Insats behövs.",
        read_by_leader=True,
        left_open=LEFT,
        by=world.leader,
        at=moment("2026-06-02"),
    )
    granted = interventions.grant(
        pk,
        kind="family_treatment",
        goal="Trygghet.",
        decided_on=date(2026, 6, 2),
        started_on=date(2026, 6, 4),
        responsible=world.main,
        by=world.leader,
        at=moment("2026-06-04"),
    )
    interventions.follow_up(
        granted.pk,
        followed_up_on=date(2026, 9, 1),
        child_took_part=True,
        note="Bra.",
        by=world.main,
        at=moment("2026-09-01"),
    )
    interventions.end(
        granted.pk,
        ended_on=date(2026, 10, 1),
        reason="Klart.",
        by=world.main,
        at=moment("2026-10-01"),
    )
    return Investigation.objects.get(pk=pk)


def codes(world: World, name: str, investigation: Investigation) -> list[str]:
    access = access_for(world.people[name], on=ON)
    return [event.code for event in events_for_child(investigation.child, access)]


def test_everything_is_there_newest_first(world: World) -> None:
    assert codes(world, "head", full_story(world)) == [
        "intervention_ended",
        "follow_up",
        "intervention",
        "investigation_concluded",
        "document_read",
        "document_submitted",
        "communication",
        "extension",
        "handler",
        "handler_left",
        "safety_rating",
        "instrument",
        "risk",
        "participation",
        "note",
        "handler",
        "handler",
        "feedback",
        "investigation_opened",
        "decision",
        "proposal",
        "serious_talk",
        "protection_assessment",
        "report",
    ]


def test_a_matter_out_of_reach_leaves_no_trace(world: World) -> None:
    investigation = full_story(world)
    assert codes(world, "worker2", investigation) == []
    assert codes(world, "other_head", investigation) == []
    seen = set(codes(world, "reception", investigation))
    assert seen == {
        "report",
        "protection_assessment",
        "serious_talk",
        "proposal",
        "decision",
        "feedback",
    }


def test_a_long_text_is_an_excerpt_that_leads_to_the_whole(world: World) -> None:
    report = world.report(concern="Ord. " * 500)
    (event,) = events_for_child(report.child, access_for(world.reception, on=ON))
    assert len(event.text) <= 280
    assert event.url == f"/reports/{report.pk}/"


@pytest.mark.parametrize(("protection", "said"), [("none", True), ("secrecy_marking", False)])
def test_where_a_protected_child_has_moved_is_not_said(
    world: World, protection: str, said: bool
) -> None:
    child = ChildInput(first_name="Alva", last_name="Ek", protected_identity=protection)
    report = world.decide(world.report("2026-03-02 09:00", children=[child]), "2026-03-03")
    Investigation.objects.filter(pk=report.investigation_id).update(
        child_moved_on=date(2026, 4, 1), child_moved_to="Kiruna"
    )
    events = events_for_child(report.child, access_for(world.head, on=ON))
    (moved,) = [event for event in events if event.code == "moved"]
    assert (moved.text == "Kiruna") is said


def test_an_event_with_an_hour_says_the_hour_and_a_day_says_the_day(world: World) -> None:
    report = world.decide(world.report("2026-03-29 23:30"), "2026-04-01", "do_not_open")
    decision, received = events_for_child(report.child, access_for(world.head, on=ON))
    assert received.when.endswith("23.30")
    assert received.datetime == "2026-03-29T23:30+02:00"
    assert decision.datetime == "2026-04-01"
