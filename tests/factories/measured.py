"""Rounds in a populated unit: one that has closed, one that is open, a plan and temperatures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from core.calendar import STOCKHOLM
from tests.factories import World
from workload.models import ActionPlan, SurveyAnswer
from workload.services import measurements, meetings, reviews, rounds, surveys

STEPS = ("situation", "good_work", "recommend")


def measure(world: World, today: date) -> ActionPlan:
    """Fill ST-BOU's rounds as of `today`; the plan offered to `main` by `leader`."""

    def at(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 10, tzinfo=STOCKHOLM)

    first = today - timedelta(days=120)
    closed = rounds.open_survey(world.unit.pk, on=first, at=at(first))
    people = ("main", "co", "third", "worker2", "consultant", "reception", "leader", "coordinator")
    for number, name in enumerate(people):
        surveys.answer(
            closed.pk,
            steps=dict.fromkeys(STEPS, 1 + number % 5),
            reasons={"situation": "Arbetet är som det är."},
            by=world.people[name],
            at=at(first + timedelta(days=2)),
        )
    after = closed.closes_on + timedelta(days=1)
    rounds.close_survey(closed.pk, on=after, at=at(after))
    answer = SurveyAnswer.objects.get(round=closed, user=world.main)
    plan = surveys.offer_plan(answer.pk, by=world.leader, at=at(after))
    surveys.respond(plan.pk, response="accepted", by=world.main, at=at(after))
    surveys.plan_follow_up(plan.pk, due_on=today + timedelta(days=7), by=world.leader, at=at(today))
    rounds.open_survey(world.unit.pk, on=today, at=at(today))
    for weeks, hands in ((4, (2, 1, 1)), (2, (1, 1, 2)), (0, (0, 1, 3))):
        meetings.take_temperature(
            world.groups["barn-1"].pk,
            meeting_on=today - timedelta(weeks=weeks),
            hands=dict(zip(meetings.HANDS, (*hands, *hands), strict=True)),
            comment="Många nya ärenden.",
            by=world.leader,
            at=at(today),
        )
    begun = today - timedelta(days=60)
    for opened in (begun, today):
        measured = measurements.open_measurement(world.unit.pk, on=opened, at=at(opened))
        for number, name in enumerate(("main", "co", "third", "worker2", "consultant")):
            measurements.answer(
                measured.pk,
                experience=1 + number,
                flex_hours=Decimal(number * 4 - 6),
                comment="Mycket på en gång.",
                by=world.people[name],
                at=at(opened),
            )
        over = measured.closes_on + timedelta(days=1)
        measurements.close_measurement(measured.pk, on=min(over, today), at=at(min(over, today)))
    case = reviews.cases_of(world.main, on=today).first()
    reviews.hold_review(
        world.main.pk,
        held_on=today,
        summary="Det är mycket nu.",
        decisions=[
            reviews.DecisionInput("Boka samtal.", case.pk if case else None, today),
            reviews.DecisionInput("En dag i veckan utan möten."),
        ],
        by=world.leader,
        at=at(today),
    )
    meetings.mark_event(
        world.unit.pk,
        from_on=first,
        until_on=None,
        text="Ny mottagningsgrupp",
        by=world.head,
        at=at(today),
    )
    return plan
