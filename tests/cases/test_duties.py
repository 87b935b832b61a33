"""When a duty arises, is met, cancelled or missed: pure, with properties."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.enums import DeadlineKind, DeadlineStatus, InterventionKind
from cases.interventions import services as interventions
from cases.investigations.models import Investigation
from cases.law.deadlines import status
from cases.law.duties import (
    CANCELLED_ENDED,
    CANCELLED_JOINED,
    InterventionFacts,
    InvestigationFacts,
    ReportFacts,
    intervention_duties,
    investigation_duties,
    is_decision_late,
    report_duties,
)
from cases.matters import registry as matters
from core.calendar import STOCKHOLM, local_date
from tests.factories import World
from tests.factories.populated import populate

RECEIVED = datetime(2026, 3, 2, 9, tzinfo=STOCKHOLM)
PLAIN = ReportFacts(
    kind="report", received_at=RECEIVED, child_suspected=False, wants_feedback=False
)


def kinds(facts: ReportFacts) -> set[str]:
    return {duty.kind for duty in report_duties(facts)}


def the(kind: DeadlineKind, facts: ReportFacts):
    (found,) = [duty for duty in report_duties(facts) if duty.kind == kind]
    return found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"protection_assessment", "opening_decision"}),
        ({"kind": "application"}, {"opening_decision"}),
        (
            {"child_suspected": True},
            {"protection_assessment", "opening_decision", "serious_talk"},
        ),
        ({"wants_feedback": True}, {"protection_assessment", "opening_decision"}),
        (
            {"wants_feedback": True, "decided_on": date(2026, 3, 5), "outcome": "open"},
            {"protection_assessment", "opening_decision", "reporter_feedback"},
        ),
    ],
)
def test_a_report_gives_the_duties_its_facts_call_for(changes, expected) -> None:
    assert kinds(replace(PLAIN, **changes)) == expected


def test_a_report_that_joins_an_open_investigation_has_no_decision_due() -> None:
    joined = replace(
        PLAIN,
        decided_on=date(2026, 3, 20),
        outcome="joins_open",
        joined_opened_on=date(2026, 2, 1),
    )
    duty = the(DeadlineKind.OPENING_DECISION, joined)
    assert (duty.met_on, duty.cancelled_on, duty.cancel_reason) == (
        None,
        date(2026, 3, 20),
        CANCELLED_JOINED,
    )
    assert not is_decision_late(joined)


def test_joining_an_investigation_opened_after_the_last_day_is_late() -> None:
    joined = replace(
        PLAIN,
        decided_on=date(2026, 3, 20),
        outcome="joins_open",
        joined_opened_on=date(2026, 3, 17),
    )
    assert is_decision_late(joined)
    duty = the(DeadlineKind.OPENING_DECISION, joined)
    assert (duty.met_on, duty.cancelled_on) == (date(2026, 3, 20), None)


@pytest.mark.parametrize(
    ("decided_on", "late"),
    [(date(2026, 3, 2), False), (date(2026, 3, 16), False), (date(2026, 3, 17), True)],
)
def test_a_decision_is_late_only_after_the_fourteenth_day(decided_on: date, late: bool) -> None:
    assert is_decision_late(replace(PLAIN, decided_on=decided_on, outcome="open")) is late


def test_a_serious_talk_after_forty_eight_hours_is_late_by_the_hour() -> None:
    offered = RECEIVED + timedelta(hours=48, minutes=1)
    duty = the(
        DeadlineKind.SERIOUS_TALK, replace(PLAIN, child_suspected=True, talk_offered_at=offered)
    )
    assert (
        status(
            due_on=duty.due_on,
            on=date(2026, 4, 1),
            met_on=duty.met_on,
            due_at=duty.due_at,
            met_at=duty.met_at,
        )
        == DeadlineStatus.MET_LATE
    )


def test_an_extension_moves_the_last_day_and_keeps_the_start() -> None:
    (duty,) = investigation_duties(
        InvestigationFacts(opened_on=date(2026, 4, 30), extended_to=date(2026, 9, 30))
    )
    assert (duty.starts_on, duty.due_on) == (date(2026, 4, 30), date(2026, 9, 30))


def test_follow_ups_form_a_chain_each_counted_from_the_one_before() -> None:
    duties = intervention_duties(
        InterventionFacts(
            kind="family_treatment",
            started_on=date(2026, 1, 15),
            followed_up_on=[date(2026, 6, 1), date(2026, 12, 10)],
        )
    )
    assert [(duty.due_on, duty.met_on) for duty in duties] == [
        (date(2026, 7, 15), date(2026, 6, 1)),
        (date(2026, 12, 1), date(2026, 12, 10)),
        (date(2027, 6, 10), None),
    ]


def test_ending_cancels_the_follow_up_to_come_but_not_the_one_missed() -> None:
    in_time, missed = (
        intervention_duties(
            InterventionFacts(
                kind="contact_family", started_on=date(2026, 1, 15), ended_on=ended_on
            )
        )[-1]
        for ended_on in (date(2026, 7, 15), date(2026, 7, 16))
    )
    assert (in_time.cancelled_on, in_time.cancel_reason) == (date(2026, 7, 15), CANCELLED_ENDED)
    assert missed.cancelled_on is None
    assert missed.missed_on is None
    assert status(due_on=missed.due_on, on=date(2026, 8, 1)) == DeadlineStatus.OVERDUE


moments = st.builds(
    lambda day, minute: (
        datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM) + timedelta(minutes=minute)
    ),
    st.dates(date(2015, 1, 1), date(2035, 12, 31)),
    st.integers(0, 24 * 60 - 1),
)


@given(received_at=moments, crime=st.booleans(), wait=st.integers(0, 400))
def test_no_duty_ends_before_it_starts_and_warnings_come_in_between(
    received_at: datetime, crime: bool, wait: int
) -> None:
    facts = replace(
        PLAIN,
        received_at=received_at,
        child_suspected=crime,
        wants_feedback=True,
        decided_on=local_date(received_at) + timedelta(days=wait),
        outcome="open",
    )
    for duty in report_duties(facts):
        assert duty.starts_on <= duty.act_by <= duty.due_on
        assert duty.starts_on <= duty.warn_on <= duty.due_on


@given(
    started_on=st.dates(date(2015, 1, 1), date(2035, 1, 1)),
    gaps=st.lists(st.integers(0, 500), max_size=6),
    tail=st.integers(0, 500),
)
def test_a_chain_of_follow_ups_has_one_open_end_and_no_gap(
    started_on: date, gaps: list[int], tail: int
) -> None:
    days, day = [], started_on
    for gap in gaps:
        day += timedelta(days=gap)
        days.append(day)
    duties = intervention_duties(
        InterventionFacts(
            kind="bsft",
            started_on=started_on,
            followed_up_on=days,
            ended_on=day + timedelta(days=tail),
        )
    )
    assert [duty.met_on for duty in duties[:-1]] == [duty.starts_on for duty in duties[1:]]
    assert duties[-1].met_on is None
    assert duties[0].starts_on == started_on


@pytest.mark.parametrize("kind", list(matters.KINDS), ids=lambda kind: kind.code)
def test_every_duty_a_kind_says_it_has_arises_from_its_facts(world: World, kind: Any) -> None:
    populate(world, date(2026, 7, 10))
    if kind.code == "intervention":
        case = Investigation.objects.filter(status="concluded", unit=world.unit).latest("pk")
        interventions.grant(
            case.pk,
            kind=InterventionKind.FOLLOW_UP,
            goal="Se efter om ett halvår.",
            decided_on=case.concluded_on,
            started_on=case.concluded_on,
            responsible=world.main,
            by=world.leader,
            at=datetime(2026, 7, 10, 9, tzinfo=STOCKHOLM),
        )
    arising = {duty.kind for row in kind.with_facts(kind.rows.all()) for duty in kind.derive(row)}
    assert arising == {*kind.duties}, "derive these from facts (cases/law/duties.py), or name them"
