"""The Stockholm model: who is asked, who reads what, plans, closing, and what is published."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from cases.notices.models import Notice
from core.errors import Conflict, Forbidden, Invalid, Missing
from organisation.enums import AbsenceReason, Role
from organisation.models import Absence, RoleAssignment, User
from organisation.permissions import access_for
from tests.factories import World, give, moment
from workload import published
from workload.models import PlanFollowUp, PublishedPart, RoundSettings, SurveyAnswer, SurveyRound
from workload.readers import answers_read_by, plans_read_by
from workload.scales import PublishedFor
from workload.services import rounds, surveys
from workload.services.tending import tend

OPENED = date(2026, 3, 2)
CLOSES = date(2026, 3, 23)
AFTER = date(2026, 3, 24)


def opened(world: World, unit: Any = None) -> SurveyRound:
    unit = unit or world.unit
    return rounds.open_survey(unit.pk, on=OPENED, at=moment("2026-03-02"))


def give_answer(found: SurveyRound, user: User, *steps: int, day: str = "2026-03-10") -> None:
    names = ("situation", "good_work", "recommend")
    surveys.answer(
        found.pk,
        steps=dict(zip(names, steps or (4, 4, 4), strict=True)),
        reasons={"situation": "Så är det."},
        by=user,
        at=moment(day),
    )


def close(found: SurveyRound) -> None:
    assert rounds.close_survey(found.pk, on=AFTER, at=moment("2026-03-24"))


def test_everybody_but_the_head_is_asked_each_with_the_nearest_manager(world: World) -> None:
    found = opened(world)
    nodes = dict(found.answers.values_list("user__username", "node__code"))
    assert nodes == {
        "reception": "mottagning",
        "main": "barn-1",
        "co": "barn-1",
        "third": "barn-1",
        "worker2": "barn-2",
        "consultant": "barn-2",
        # Leaders, staff of the unit itself, and a group without a leader: the unit head's.
        "reception_leader": "ST-BOU",
        "leader": "ST-BOU",
        "leader2": "ST-BOU",
        "coordinator": "ST-BOU",
        "placement_secretary": "ST-BOU",
        "administrator": "ST-BOU",
        "disability_worker": "ST-BOU",
        "family_home_worker": "ST-BOU",
        "on_duty": "ST-BOU",
    }


def test_who_is_away_all_the_time_is_not_asked(world: World) -> None:
    for user, until in ((world.main, CLOSES), (world.co, CLOSES - timedelta(days=1))):
        Absence.objects.create(
            user=user, from_on=OPENED, until_on=until, reason=AbsenceReason.PARENTAL_LEAVE
        )
    asked = set(opened(world).answers.values_list("user__username", flat=True))
    assert "main" not in asked
    assert "co" in asked


def test_a_round_counts_the_cases_and_employees_of_its_day(world: World) -> None:
    world.investigation("2026-02-01")
    world.investigation("2026-03-02", group="barn-2", allocated=False)
    found = opened(world)
    # Reception, three in barn-1, two in barn-2, one in family-home care.
    assert (found.cases, found.employees) == (2, 7)
    assert found.per_employee == pytest.approx(2 / 7)
    assert (found.title, found.closes_on) == ("våren 2026", CLOSES)


def test_there_is_one_round_in_a_half_year(world: World) -> None:
    opened(world)
    with pytest.raises(Conflict, match="halvår"):
        rounds.open_survey(
            world.unit.pk, on=date(2026, 6, 1), at=moment("2026-06-01"), by=world.head
        )
    rounds.open_survey(world.unit.pk, on=date(2026, 7, 1), at=moment("2026-07-01"), by=world.head)


def test_only_the_unit_head_opens_a_round(world: World) -> None:
    allowed = set()
    for name, user in world.people.items():
        try:
            with transaction.atomic():
                rounds.open_survey(world.unit.pk, on=OPENED, at=moment("2026-03-02"), by=user)
                allowed.add(name)
                transaction.set_rollback(True)
        except Forbidden:
            continue
    assert allowed == {"head"}


def test_an_answer_may_be_changed_until_the_round_closes_and_never_after(world: World) -> None:
    found = opened(world)
    give_answer(found, world.main, 2, 3, 4)
    give_answer(found, world.main, 5, 5, 5)
    close(found)
    row = SurveyAnswer.objects.get(round=found, user=world.main)
    assert (row.situation, row.situation_reason) == (5, "Så är det.")
    with pytest.raises(Conflict, match="stängt"):
        give_answer(found, world.main, 1, 1, 1, day="2026-03-24")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        SurveyAnswer.objects.filter(pk=row.pk).update(situation=1)
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        SurveyAnswer.objects.filter(pk=row.pk).delete()


def test_an_answer_is_whole_and_ones_own(world: World) -> None:
    found = opened(world)
    with pytest.raises(Invalid) as refused:
        surveys.answer(
            found.pk,
            steps={"situation": 6, "good_work": 3},
            reasons={"recommend": "x" * 501},
            by=world.main,
            at=moment("2026-03-10"),
        )
    assert set(refused.value.fields) == {"situation", "recommend", "recommend_reason"}
    for outsider in (world.head, world.other_worker, world.stranger):
        with pytest.raises(Missing):
            give_answer(found, outsider)


def readers(world: World, answer: SurveyAnswer, on: date = AFTER) -> set[str]:
    return {
        name
        for name, user in world.people.items()
        if answers_read_by(access_for(user, on=on)).filter(pk=answer.pk).exists()
    }


def test_only_the_nearest_manager_reads_names_and_only_when_closed(world: World) -> None:
    found = opened(world)
    for user in (world.main, world.leader, world.family_home_worker):
        give_answer(found, user, 1, 2, 3)
    rows = {row.user_id: row for row in found.answers.all()}
    main, leader = rows[world.main.pk], rows[world.leader.pk]
    homeless = rows[world.family_home_worker.pk]
    assert readers(world, main) == set()
    close(found)
    assert readers(world, main) == {"leader"}
    assert readers(world, leader) == {"head"}
    assert readers(world, homeless) == {"head"}


def test_a_stand_in_and_a_later_leader_read_no_answers(world: World) -> None:
    found = opened(world)
    give_answer(found, world.main, 1, 2, 3)
    close(found)
    answer = SurveyAnswer.objects.get(round=found, user=world.main)
    surveys.offer_plan(answer.pk, by=world.leader, at=moment("2026-03-25"))
    Absence.objects.create(
        user=world.leader,
        from_on=AFTER,
        until_on=AFTER,
        reason=AbsenceReason.ILLNESS,
        stand_in=world.leader2,
    )
    RoleAssignment.objects.filter(user=world.leader).update(until_on=date(2026, 3, 31))
    give(world.coordinator, Role.GROUP_LEADER, world.groups["barn-1"], from_on=date(2026, 4, 1))
    assert readers(world, answer) == {"leader"}
    assert readers(world, answer, on=date(2026, 4, 1)) == set()
    # The plan goes over to who leads now.
    plans = {
        name
        for name, user in world.people.items()
        if plans_read_by(access_for(user, on=date(2026, 4, 1))).exists()
    }
    assert plans == {"main", "coordinator"}


def plan_for(world: World, *steps: int) -> Any:
    found = opened(world)
    give_answer(found, world.main, *steps)
    close(found)
    answer = SurveyAnswer.objects.get(round=found, user=world.main)
    return surveys.offer_plan(answer.pk, by=world.leader, at=moment("2026-03-25"))


def test_a_plan_is_offered_to_whoever_answered_one_of_the_two_worst_steps(world: World) -> None:
    with pytest.raises(Conflict, match="sämsta"):
        plan_for(world, 3, 3, 3)
    SurveyRound.objects.all()
    answer = SurveyAnswer.objects.get(user=world.main)
    assert answer.is_satisfied
    for steps in ((2, 5, 5), (5, 1, 5), (5, 5, 2)):
        assert not SurveyAnswer(
            situation=steps[0], good_work=steps[1], recommend=steps[2]
        ).is_satisfied


def test_a_plan_from_offer_to_done(world: World) -> None:
    plan = plan_for(world, 2, 4, 4)
    by_leader = {"by": world.leader, "at": moment("2026-03-26")}
    with pytest.raises(Conflict, match="accepterad"):
        surveys.write_plan(plan.pk, content="Färre ärenden.", **by_leader)
    with pytest.raises(Forbidden):
        surveys.respond(plan.pk, response="accepted", **by_leader)
    surveys.respond(plan.pk, response="accepted", by=world.main, at=moment("2026-03-26"))
    surveys.write_plan(plan.pk, content="Färre ärenden.", **by_leader)
    follow_up = surveys.plan_follow_up(plan.pk, due_on=date(2026, 4, 20), **by_leader)
    with pytest.raises(Conflict, match="kvar"):
        surveys.finish_plan(plan.pk, by=world.leader, at=moment("2026-04-21"))
    surveys.follow_up(
        follow_up.pk,
        done_on=date(2026, 4, 20),
        note="Bättre.",
        by=world.main,
        at=moment("2026-04-21"),
    )
    done = surveys.finish_plan(plan.pk, by=world.leader, at=moment("2026-04-21"))
    assert done.done_on == date(2026, 4, 21)
    assert done.content == "Färre ärenden."
    with pytest.raises(Missing):
        surveys.write_plan(plan.pk, content="x", by=world.head, at=moment("2026-04-21"))


# By itself


def test_rounds_open_remind_and_close_by_themselves_once(world: World) -> None:
    RoundSettings.objects.create(unit=world.unit, survey_days=10)
    assert tend(on=date(2026, 3, 1), at=moment("2026-03-01")).opened == 0  # a Sunday
    assert tend(on=OPENED, at=moment("2026-03-02")).opened == 2  # both units
    assert tend(on=OPENED, at=moment("2026-03-02 13:00")).opened == 0
    found = SurveyRound.objects.get(unit=world.unit)
    assert found.closes_on == date(2026, 3, 12)
    give_answer(found, world.main, 2, 4, 4)
    assert tend(on=date(2026, 3, 6), at=moment("2026-03-06")).reminded == 0
    assert tend(on=date(2026, 3, 7), at=moment("2026-03-07")).reminded == 14
    assert tend(on=date(2026, 3, 8), at=moment("2026-03-08")).reminded == 0
    assert tend(on=date(2026, 3, 12), at=moment("2026-03-12")).closed == 0
    assert tend(on=date(2026, 3, 13), at=moment("2026-03-13")).closed == 1
    assert tend(on=date(2026, 3, 14), at=moment("2026-03-14")).closed == 0
    told = Notice.objects.filter(kind="survey_plans").values_list("recipient__username", flat=True)
    assert list(told) == ["leader"]


def test_a_follow_up_is_said_to_both_in_good_time(world: World) -> None:
    plan = plan_for(world, 2, 4, 4)
    surveys.respond(plan.pk, response="accepted", by=world.main, at=moment("2026-03-26"))
    row: PlanFollowUp = surveys.plan_follow_up(
        plan.pk, due_on=date(2026, 4, 20), by=world.leader, at=moment("2026-03-26")
    )
    tend(on=date(2026, 4, 15), at=moment("2026-04-15"))
    told = Notice.objects.filter(kind="plan_follow_up", topic_id=row.pk)
    assert set(told.values_list("recipient__username", flat=True)) == {"main", "leader"}


def test_the_months_are_one_in_each_half_year(world: World) -> None:
    given: dict[str, Any] = {
        "survey_days": 14,
        "measurement_months": [2, 5],
        "measurement_days": 14,
        "by": world.head,
        "at": moment("2026-03-02"),
    }
    for months in ([3], [3, 4], [3, 9, 10]):
        with pytest.raises(Invalid, match="våren"):
            rounds.set_months(world.unit.pk, survey_months=months, **given)
    made = rounds.set_months(world.unit.pk, survey_months=[11, 4], **given)
    assert (made.survey_months, made.measurement_months) == ([4, 11], [2, 5])
    with pytest.raises(Forbidden):
        rounds.set_months(world.unit.pk, survey_months=[4, 11], **given | {"by": world.leader})


# Published


def parts(audience: str) -> list[tuple[list[int], int]]:
    rows = PublishedPart.objects.filter(audience=audience).order_by("pk")
    return [(row.nodes, row.size) for row in rows]


def test_groups_too_small_are_published_together_or_not_at_all(world: World) -> None:
    found = opened(world)
    for name in ("reception", "main", "co", "third", "worker2", "consultant"):
        give_answer(found, world.people[name])
    for name in ("leader", "coordinator", "administrator"):
        give_answer(found, world.people[name], 1, 1, 1)  # the head's own staff: by name
    close(found)
    groups = [world.groups[code].pk for code in ("mottagning", "barn-1", "barn-2")]
    assert parts(PublishedFor.UNIT) == [(sorted(groups), 6)]
    assert parts(PublishedFor.ABOVE) == [([world.unit.pk], 9)]


def test_units_wait_for_the_last_open_one_and_are_divided_once(world: World) -> None:
    here, there = opened(world), opened(world, world.other_unit)
    for name in ("main", "co", "third", "worker2", "consultant", "leader"):
        give_answer(here, world.people[name])
    for name in ("other_reception", "other_leader", "other_worker"):
        give_answer(there, world.people[name])
    close(here)
    assert parts(PublishedFor.ABOVE) == []
    close(there)
    together = [(sorted([world.unit.pk, world.other_unit.pk]), 9)]
    assert parts(PublishedFor.ABOVE) == together
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        PublishedPart.objects.all().delete()


def test_a_unit_asked_later_is_not_divided_with_what_is_published(world: World) -> None:
    here = opened(world)
    for name in ("main", "co", "third", "worker2", "consultant"):
        give_answer(here, world.people[name])
    close(here)
    late = rounds.open_survey(world.other_unit.pk, on=date(2026, 4, 1), at=moment("2026-04-01"))
    for name in ("other_reception", "other_leader", "other_worker"):
        give_answer(late, world.people[name], day="2026-04-02")
    rounds.close_survey(late.pk, on=date(2026, 5, 1), at=moment("2026-05-01"))
    assert parts(PublishedFor.ABOVE) == [([world.unit.pk], 5)]


def test_each_reader_is_shown_whole_parts_of_what_they_lead(world: World) -> None:
    here = opened(world)
    for name in ("reception", "main", "co", "third", "worker2", "consultant"):
        give_answer(here, world.people[name])
    close(here)

    def shown(user: User) -> tuple[list[int], list[int]]:
        access = access_for(user, on=AFTER)
        return tuple(  # type: ignore[return-value]
            [row.size for period in results.periods for row in period.rows]
            for results in (published.of_groups(access), published.of_units(access))
        )

    seen = {name: shown(user) for name, user in world.people.items()}
    assert {name: found for name, found in seen.items() if found != ([], [])} == {
        "head": ([6], []),
        "department_head": ([], [6]),
        "director": ([], [6]),
    }


def test_who_has_read_names_in_a_unit_sees_no_figure_it_is_in(world: World) -> None:
    """The head takes the department: the unit's figure less those read by name is the rest's."""
    here = opened(world)
    for name in ("reception", "main", "co", "third", "worker2", "consultant"):
        give_answer(here, world.people[name])
    close(here)
    give(world.head, Role.DEPARTMENT_HEAD, world.department)
    give(world.leader, Role.DEPARTMENT_HEAD, world.department)
    for user in (world.head, world.leader):
        results = published.of_units(access_for(user, on=AFTER))
        assert [row for period in results.periods for row in period.rows] == []
