"""The workload measurement and the case reviews: asked, answered, frozen, talked about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from cases.notices.models import Notice
from core.errors import Conflict, Invalid, Missing
from demo.workload import rounds as demo_rounds
from organisation.models import User
from organisation.permissions import access_for
from tests.factories import World, moment
from workload import courses, published
from workload.models import (
    ActionPlan,
    CaseFactor,
    CaseReview,
    MarkedEvent,
    Measurement,
    MeasurementRound,
    PublishedPart,
    SurveyRound,
    Temperature,
    WeightSet,
)
from workload.readers import measurements_read_by
from workload.services import measurements, meetings, reviews, weights
from workload.services.reviews import DecisionInput
from workload.services.tending import tend

OPENED = date(2026, 4, 1)
AFTER = date(2026, 4, 16)


def weighed(world: World) -> WeightSet:
    made = weights.example(unit=world.unit, by=None, at=moment("2026-01-01"))
    weights.put_in_use(made, from_on=date(2026, 1, 1))
    return made


def opened(world: World) -> MeasurementRound:
    return measurements.open_measurement(world.unit.pk, on=OPENED, at=moment("2026-04-01"))


def answer(found: MeasurementRound, user: User, experience: int, flex: int | None = 4) -> None:
    measurements.answer(
        found.pk,
        experience=experience,
        flex_hours=None if flex is None else Decimal(flex),
        comment="Tungt men bra.",
        by=user,
        at=moment("2026-04-02"),
    )


def close(found: MeasurementRound) -> None:
    assert measurements.close_measurement(found.pk, on=AFTER, at=moment("2026-04-16 06:00"))


def test_those_who_handle_cases_are_asked_in_their_group(world: World) -> None:
    found = opened(world)
    groups = dict(found.measurements.values_list("user__username", "group__code"))
    assert groups == {
        "reception": "mottagning",
        "main": "barn-1",
        "co": "barn-1",
        "third": "barn-1",
        "worker2": "barn-2",
        "consultant": "barn-2",
        "family_home_worker": "familjevard",
    }
    with pytest.raises(Conflict, match="månaden"):
        opened(world)


def test_points_are_frozen_with_their_explanation_and_stay_after_a_new_weight_set(
    world: World,
) -> None:
    weighed(world)
    case = world.investigation("2026-03-02")
    found = opened(world)
    answer(found, world.main, 4, flex=-3)
    close(found)
    row = Measurement.objects.get(round=found, user=world.main)
    other = Measurement.objects.get(round=found, user=world.co)
    (line,) = row.lines
    assert line["number"] == case.number
    whole = sum(points for _name, _level, points in line["factors"])
    assert row.tenths + other.tenths == whole * 10  # type: ignore[operator]
    assert (row.experience, row.flex_hours, row.cases) == (4, Decimal("-3.0"), 1)
    assert row.available_tenths
    before = (row.tenths, row.lines)
    again = weights.copy_of(WeightSet.objects.get(), by=None, at=moment("2026-05-01"))
    weights.put_in_use(again, from_on=date(2026, 5, 1))
    row.refresh_from_db()
    assert (row.tenths, row.lines) == before
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Measurement.objects.filter(pk=row.pk).update(experience=1)
    with pytest.raises(Conflict, match="stängt"):
        answer(found, world.main, 1)


def test_an_answer_is_ones_own_and_on_the_scale(world: World) -> None:
    found = opened(world)
    for outsider in (world.leader, world.head, world.other_worker):
        with pytest.raises(Missing):
            answer(found, outsider, 3)
    for experience, flex, field in (
        (0, 4, "experience"),
        (6, 4, "experience"),
        (3, 501, "flex_hours"),
    ):
        with pytest.raises(Invalid) as refused:
            answer(found, world.main, experience, flex)
        assert set(refused.value.fields) == {field}


def test_a_measurement_is_read_by_oneself_the_leader_and_the_head(world: World) -> None:
    found = opened(world)
    answer(found, world.main, 4)
    close(found)
    row = Measurement.objects.get(round=found, user=world.main)
    assert {
        name
        for name, user in world.people.items()
        if measurements_read_by(access_for(user, on=AFTER)).filter(pk=row.pk).exists()
    } == {"main", "leader", "head"}


def test_above_the_unit_only_five_answers_or_more_are_shown(world: World) -> None:
    found = opened(world)
    for name in ("main", "co", "third", "worker2"):
        answer(found, world.people[name], 5)
    close(found)
    assert not PublishedPart.objects.exists()
    second = measurements.open_measurement(
        world.unit.pk, on=date(2026, 6, 1), at=moment("2026-06-01")
    )
    for name in ("main", "co", "third", "worker2", "consultant"):
        measurements.answer(
            second.pk,
            experience=5,
            flex_hours=None,
            comment="",
            by=world.people[name],
            at=moment("2026-06-02"),
        )
    measurements.close_measurement(second.pk, on=date(2026, 6, 20), at=moment("2026-06-20"))
    access = access_for(world.department_head, on=date(2026, 6, 20))
    ((period, (shown,)),) = published.workload_of_units(access)
    assert (period, shown.size, shown.flex) == (date(2026, 6, 1), 5, None)
    # All five: not to be told from nearly all five.
    assert shown.experience.value == 4.5
    assert "lägre" not in shown.experience.mean


def test_the_rounds_open_and_close_by_themselves_and_remind(world: World) -> None:
    tend(on=OPENED, at=moment("2026-04-01"))
    assert MeasurementRound.objects.count() == 2
    found = MeasurementRound.objects.get(unit=world.unit)
    answer(found, world.main, 3)
    tend(on=date(2026, 4, 12), at=moment("2026-04-12"))
    told = Notice.objects.filter(kind="measurement_remind", topic_id=found.pk)
    assert told.count() == 6
    assert not told.filter(recipient=world.main).exists()
    tend(on=AFTER, at=moment("2026-04-16"))
    found.refresh_from_db()
    assert found.closed_at is not None


def test_a_course_shows_what_is_marked_at_the_round_it_fell_in(world: World) -> None:
    points = [courses.Point(date(2026, month, 1), 90, 3.0) for month in (2, 4, 6)]
    events = [
        MarkedEvent(from_on=day, text=text)
        for day, text in (
            (date(2026, 1, 1), "Före"),
            (date(2026, 5, 20), "Mitt i"),
            (date(2026, 7, 1), "Sommar"),
        )
    ]
    first, second = courses.charts("Barn 1", points, events)
    assert [(mark.index, mark.text) for mark in first.marks] == [(1, "Mitt i"), (2, "Sommar")]
    assert [row.label for row in second.table][1].endswith("(Mitt i)")
    assert str(first.svg).count('class="mark"') == 2


def test_hands_are_counted_on_both_questions(world: World) -> None:
    for hands in ((0,) * 6, (3, 0, 0, 2, 0, 0)):
        with pytest.raises(Invalid, match="händer"):
            meetings.take_temperature(
                world.groups["barn-1"].pk,
                meeting_on=OPENED,
                hands=dict(zip(meetings.HANDS, hands, strict=True)),
                comment="",
                by=world.leader,
                at=moment("2026-04-01"),
            )


# Reviews


def hold(world: World, *decisions: DecisionInput, by: User | None = None) -> Any:
    return reviews.hold_review(
        world.main.pk,
        held_on=AFTER,
        summary="Mycket nu.",
        decisions=decisions,
        by=by or world.leader,
        at=moment("2026-04-16"),
    )


def test_a_review_is_held_by_the_leader_and_read_by_the_two_and_the_head(world: World) -> None:
    case = world.investigation("2026-03-02")
    made = hold(world, DecisionInput("Boka samtal.", case.pk, date(2026, 4, 20)))
    assert {
        name
        for name, user in world.people.items()
        if reviews.reviews_read_by(access_for(user, on=AFTER)).exists()
    } == {"main", "leader", "head"}
    for other in (world.leader2, world.main, world.other_leader, world.coordinator):
        with pytest.raises(Missing):
            hold(world, by=other)
    (task,) = made.decisions.all()
    done = reviews.task_done(task.pk, by=world.main, at=moment("2026-04-17"))
    assert (done.done_on, done.done_by) == (date(2026, 4, 17), world.main)
    with pytest.raises(Missing):
        reviews.task_done(task.pk, by=world.co, at=moment("2026-04-17"))


def test_a_review_decides_on_the_workers_own_cases(world: World) -> None:
    other = world.investigation("2026-03-02", group="barn-2", allocated=False)
    with pytest.raises(Invalid, match="medarbetarens"):
        hold(world, DecisionInput("Boka samtal.", other.pk))
    with pytest.raises(Invalid, match="genomgångens"):
        hold(world, DecisionInput("Boka samtal.", None, date(2026, 4, 1)))
    hold(world, DecisionInput("En dag utan möten."))
    with pytest.raises(Conflict):
        hold(world, DecisionInput("En gång till."))


def test_a_task_is_reminded_of_in_good_time(world: World) -> None:
    made = hold(world, DecisionInput("Boka samtal.", None, date(2026, 4, 30)))
    tend(on=date(2026, 4, 24), at=moment("2026-04-24"))
    assert not Notice.objects.filter(kind="review_task").exists()
    tend(on=date(2026, 4, 25), at=moment("2026-04-25"))
    told = Notice.objects.get(kind="review_task")
    assert (told.recipient, told.topic_id) == (world.main, made.pk)


# Pages


def client_for(user: User) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    return client


def test_the_page_takes_experience_and_judged_factors_together(world: World) -> None:
    weighed(world)
    case = world.investigation("2026-03-02")
    found = opened(world)
    with time_machine.travel(moment("2026-04-02 10:00"), tick=False):
        client = client_for(world.main)
        url = reverse("measurement_answer", args=[found.pk])
        page = client.get(url).content.decode()
        assert case.number in page
        field = f"case-{case.pk}-complexity"
        levels = {"experience": "4", "flex_hours": "-2,5", field: "complex"}
        for factor in ("distance", "placement", "court", "cooperation"):
            levels[f"case-{case.pk}-{factor}"] = (
                "none"
                if factor in {"placement", "court"}
                else ("near" if factor == "distance" else "usual")
            )
        answered = client.post(url, levels)
    assert answered.status_code == 302, answered.content.decode()
    row = Measurement.objects.get(round=found, user=world.main)
    assert (row.experience, row.flex_hours) == (4, Decimal("-2.5"))
    judged = dict(
        CaseFactor.objects.filter(matter=case.pk).values_list("factor_code", "level_code")
    )
    assert judged["complexity"] == "complex"


def test_a_review_is_written_on_the_page_with_tasks(world: World) -> None:
    case = world.investigation("2026-03-02")
    with time_machine.travel(moment("2026-04-16 10:00"), tick=False):
        client = client_for(world.leader)
        url = reverse("review_hold", args=[world.main.pk])
        refused = client.post(url, {"held_on": "2026-04-16", f"due-{case.pk}": "2026-04-20"})
        assert refused.status_code == 422
        given = {
            "held_on": "2026-04-16",
            f"text-{case.pk}": "Boka samtal.",
            f"due-{case.pk}": "2026-04-20",
            "text-whole": "En dag utan möten.",
        }
        answered = client.post(url, given, follow=True)
        assert answered.status_code == 200
        written = answered.content.decode()
        assert "En dag utan möten." in written
        way = reverse("investigation", args=[case.pk])
        assert f'<a href="{way}">{case.number}</a>' in written
        listed = client_for(world.main).get(reverse("reviews")).content.decode()
    assert "Boka samtal." in listed


def test_the_demonstration_has_two_years_of_rounds_by_the_same_rules(world: World) -> None:
    weighed(world)
    world.investigation("2026-03-02")
    demo_rounds.fill(seed=1, on=date(2026, 5, 4), at=moment("2026-05-04"))
    assert SurveyRound.objects.filter(unit=world.unit).count() == 4
    here = MeasurementRound.objects.filter(unit=world.unit)
    assert here.count() == 13
    assert here.filter(closed_at__isnull=True).count() == 1
    assert Measurement.objects.filter(tenths__gt=0).exists()
    assert ActionPlan.objects.exists()
    assert PublishedPart.objects.exists()
    assert not PublishedPart.objects.filter(size__lt=5).exists()
    assert Temperature.objects.count() > 150
    assert CaseReview.objects.filter(decisions__isnull=False).exists()
