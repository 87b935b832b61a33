"""The main job from end to end, as services see it."""

from datetime import date

import pytest

from cases.deadlines import store as deadlines
from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind
from cases.interventions import services as interventions
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.reports import services as reports
from cases.reports.models import Report
from cases.reports.services import ChildInput, ReporterInput
from core.errors import Conflict, Forbidden, Invalid, Missing
from tests.factories import LEFT, World, moment


def deadline(record: Report | Investigation, kind: DeadlineKind) -> Deadline:
    return record.matter.deadlines.get(kind=kind)


def test_a_report_of_concern_becomes_a_decided_investigation_on_time(world: World) -> None:
    first, second = world.reports(
        "2026-03-02 09:00",
        children=[
            ChildInput(first_name="Alva", last_name="Ek"),
            ChildInput(first_name="Nils", last_name="Ek"),
        ],
        reporter=ReporterInput(category="police", wants_feedback=True),
        is_crime_report=True,
    )
    assert second.linked_to == first
    assert deadline(first, DeadlineKind.OPENING_DECISION).due_on == date(2026, 3, 16)

    reports.assess_protection(
        first.pk,
        assessed_at=moment("2026-03-02 10:00"),
        outcome="no_immediate_need",
        child_spoken_with=True,
        rationale="Samtal i skolan.",
        by=world.reception,
        at=moment("2026-03-02 10:30"),
    )
    reports.propose_decision(
        first.pk,
        outcome="open",
        rationale="Behov av utredning.",
        group=world.groups["barn-1"],
        by=world.reception,
        at=moment("2026-03-03"),
    )
    with pytest.raises(Forbidden):
        reports.decide_opening(
            first.pk,
            decided_on=date(2026, 3, 3),
            outcome="open",
            rationale="Jag",
            group=world.groups["barn-1"],
            by=world.reception,
            at=moment("2026-03-03"),
        )
    reports.decide_opening(
        first.pk,
        decided_on=date(2026, 3, 5),
        outcome="open",
        rationale="Enligt förslaget.",
        group=world.groups["barn-1"],
        by=world.leader,
        at=moment("2026-03-05"),
    )
    first.refresh_from_db()
    investigation = first.investigation
    assert investigation is not None
    assert deadline(first, DeadlineKind.OPENING_DECISION).met_on == date(2026, 3, 5)
    assert deadline(first, DeadlineKind.REPORTER_FEEDBACK).due_on == date(2026, 3, 12)
    assert deadline(investigation, DeadlineKind.INVESTIGATION).due_on == date(2026, 7, 5)

    reports.give_feedback(
        first.pk,
        given_on=date(2026, 3, 6),
        channel="letter",
        by=world.reception,
        at=moment("2026-03-06"),
    )
    with pytest.raises(Missing):
        investigations.write_plan(
            investigation.pk, plan="Plan", by=world.main, at=moment("2026-03-06")
        )
    investigations.assign_handlers(
        investigation.pk,
        main=world.main,
        co=world.co,
        from_on=date(2026, 3, 9),
        by=world.leader,
        at=moment("2026-03-09"),
    )
    investigations.write_plan(investigation.pk, plan="Plan", by=world.main, at=moment("2026-03-10"))
    with pytest.raises(Conflict):
        investigations.submit_document(investigation.pk, by=world.main, at=moment("2026-06-01"))
    investigations.write_document(
        investigation.pk,
        parts=dict.fromkeys(
            (
                "background",
                "child_view",
                "guardians_view",
                "others_view",
                "assessment",
                "best_interests",
                "proposal",
            ),
            "Text",
        ),
        by=world.co,
        at=moment("2026-06-01"),
    )
    investigations.extend(
        investigation.pk,
        until=date(2026, 8, 5),
        reason="Särskilda skäl: språktolk saknas.",
        decided_on=date(2026, 7, 1),
        by=world.leader,
        at=moment("2026-07-01"),
    )
    assert deadline(investigation, DeadlineKind.INVESTIGATION).due_on == date(2026, 8, 5)
    investigations.submit_document(investigation.pk, by=world.main, at=moment("2026-07-20"))
    investigations.conclude(
        investigation.pk,
        concluded_on=date(2026, 7, 22),
        outcome="intervention",
        rationale="Insats behövs.",
        read_by_leader=True,
        left_open=LEFT,
        by=world.leader,
        at=moment("2026-07-22"),
    )
    granted = interventions.grant(
        investigation.pk,
        kind="family_treatment",
        goal="Trygghet.",
        decided_on=date(2026, 7, 22),
        started_on=date(2026, 8, 1),
        responsible=world.main,
        by=world.leader,
        at=moment("2026-07-22"),
    )
    interventions.follow_up(
        granted.pk,
        followed_up_on=date(2026, 12, 1),
        child_took_part=True,
        note="Går bra.",
        by=world.main,
        at=moment("2026-12-01"),
    )
    assert [d.due_on for d in granted.matter.deadlines.order_by("due_on")] == [
        date(2027, 2, 1),
        date(2027, 6, 1),
    ]
    assert list(deadlines.differences()) == []


def test_a_late_decision_needs_a_reason_and_stays_late(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    with pytest.raises(Invalid) as refused:
        world.decide(report, "2026-03-17", "do_not_open")
    assert set(refused.value.fields) == {"late_reason"}
    world.decide(report, "2026-03-17", "do_not_open", late_reason="Sjukdom.")
    report.refresh_from_db()
    assert report.decision.is_late
    assert deadline(report, DeadlineKind.OPENING_DECISION).met_on == date(2026, 3, 17)
