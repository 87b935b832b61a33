"""Loads of workers and points of cases, on any day, in a constant number of queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.interventions import services as interventions
from cases.investigations import services as investigations
from cases.matters import registry as matters
from cases.matters import workers
from cases.matters.models import MatterWorker
from cases.reports import services as reports
from cases.reports.models import Report
from core.errors import Missing
from organisation.enums import AbsenceReason, Experience, Role
from organisation.models import Absence, Employment, EmploymentTerms, OrgUnit, RoleAssignment
from tests.factories import World, give, moment
from tests.factories.workload import many, use_example
from workload import capacity, points
from workload.gauges import gauge
from workload.models import CaseFactor, ContactForOther, Reduction, WeightSet
from workload.services import facts, weights
from workload.views.loads import in_words, tone_of

DAY = date(2026, 3, 16)

pytestmark = pytest.mark.django_db


def load_of(world: World, user: str, on: date = DAY) -> capacity.WorkerLoad:
    return next(
        load for load in capacity.loads(unit_id=world.unit.pk, on=on) if load.user.username == user
    )


def judge(case, factor: str, level: str, on: str, by) -> None:
    CaseFactor.objects.create(
        matter=case.matter,
        factor_code=factor,
        level_code=level,
        from_on=date.fromisoformat(on),
        assessed_by=by,
        assessed_at=moment(on),
    )


def test_the_parts_of_a_pair_add_up_to_the_points_of_the_case(world: World) -> None:
    use_example(world)
    case = world.investigation("2026-03-02")
    total = capacity.case_points([case.pk], on=DAY)[case.pk].total
    # Example set: every case 3, first month 2, medium risk until judged 1, usual complexity 1.
    assert total == 7
    assert load_of(world, "main").points == Decimal("4.2")
    assert load_of(world, "co").points == Decimal("2.8")
    assert load_of(world, "third").points == 0


def test_a_worker_without_cases_has_room_and_one_without_time_is_unavailable(world: World) -> None:
    use_example(world)
    world.investigation("2026-03-02")
    free = load_of(world, "third")
    assert (free.percent, free.norm, free.available) == (0, 120, Decimal(120))
    Employment.objects.filter(user=world.main).update(on_leave=True)
    gone = load_of(world, "main")
    assert (gone.percent, gone.points, gone.available) == (None, Decimal("4.2"), 0)


def test_hours_experience_and_reductions_of_the_day_make_the_norm(world: World) -> None:
    use_example(world)
    employment = Employment.objects.get(user=world.main)
    EmploymentTerms.objects.create(
        employment=employment,
        from_on=date(2026, 3, 10),
        hours_percent=80,
        experience=Experience.EXPERT,
    )
    Reduction.objects.create(
        user=world.main,
        reason="mentor",
        percent=25,
        from_on=date(2026, 3, 16),
        until_on=date(2026, 3, 20),
        decided_at=moment("2026-03-10"),
    )
    found = {
        str(day): load_of(world, "main", day).available
        for day in (date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 16), date(2026, 3, 21))
    }
    assert found == {
        "2026-03-09": Decimal(120),
        "2026-03-10": Decimal(120),
        "2026-03-16": Decimal(90),
        "2026-03-21": Decimal(120),
    }
    assert load_of(world, "main", date(2026, 3, 9)).norm == 120
    assert load_of(world, "main", date(2026, 3, 10)).norm == 150


@pytest.mark.parametrize(("last", "percent"), [("2026-03-29", 0), ("2026-03-30", None)])
def test_a_short_absence_keeps_the_norm_and_a_long_one_leaves_none(
    world: World, last: str, percent: int | None
) -> None:
    use_example(world)
    Absence.objects.create(
        user=world.third,
        from_on=DAY,
        until_on=date.fromisoformat(last),
        reason=AbsenceReason.ILLNESS,
    )
    found = load_of(world, "third")
    assert found.away_until == date.fromisoformat(last)
    assert found.percent == percent


def test_who_is_away_is_said_to_be_away_and_never_0_per_cent(world: World) -> None:
    use_example(world)
    world.investigation("2026-03-02")
    assert in_words(load_of(world, "third")) == "0 %, 0 av 120 poäng"
    for user in (world.third, world.main):
        Absence.objects.create(
            user=user, from_on=DAY, until_on=date(2026, 3, 20), reason=AbsenceReason.ILLNESS
        )
    third, main = load_of(world, "third"), load_of(world, "main")
    assert (in_words(third), tone_of(third)) == ("borta", "muted")
    assert in_words(main) == "borta, 4 %, 4,2 av 120 poäng"
    Absence.objects.filter(user=world.main).update(until_on=date(2026, 3, 31))
    assert in_words(load_of(world, "main")) == "borta, 4,2 poäng"
    assert gauge(0, away=True).text == gauge(None, away=True).text == "borta"
    assert [gauge(4, away=True).text, gauge(0).text] == ["4 %", "0 %"]
    assert gauge(None).text == "inte tillgänglig"


def test_siblings_in_the_same_report_and_the_latest_risk_weigh(world: World) -> None:
    use_example(world)
    reports = world.reports(
        "2026-03-02 09:00",
        children=[
            capacity_child("Ett"),
            capacity_child("Två"),
            capacity_child("Tre"),
        ],
    )
    first = world.decide(reports[0], "2026-03-02").investigation
    second = world.decide(reports[1], "2026-03-02").investigation
    assert first is not None
    assert second is not None
    found = capacity.case_points([first.pk, second.pk], on=DAY)
    levels = {
        pk: {line.factor: (line.level, line.value) for line in points.lines}
        for pk, points in found.items()
    }
    assert levels[first.pk]["children"] == levels[second.pk]["children"] == ("more", 3)
    investigations.assess_risk(
        first.pk,
        assessed_on=date(2026, 3, 10),
        level="high",
        risk_factors="Våld i hemmet.",
        protective_factors="",
        by=world.head,
        at=moment("2026-03-10"),
    )
    after = capacity.case_points([first.pk], on=DAY)[first.pk]
    before = capacity.case_points([first.pk], on=date(2026, 3, 9))[first.pk]
    assert (after.total, before.total) == (found[first.pk].total + 2, found[first.pk].total)


def capacity_child(name: str):
    from cases.reports.services import ChildInput

    return ChildInput(first_name=name, last_name="Syskon", gender="girl")


def test_a_contact_for_a_colleague_counts_for_who_did_it_while_it_lasts(world: World) -> None:
    use_example(world)
    case = world.investigation("2026-03-02")
    contact = ContactForOther.objects.create(
        matter=case.matter,
        done_by=world.third,
        done_for=world.main,
        contact_on=date(2026, 3, 9),
        recorded_on=date(2026, 3, 10),
        recorded_by=world.third,
    )
    parts = {name: load_of(world, name).points for name in ("main", "co", "third")}
    assert parts == {"main": Decimal("3.7"), "co": Decimal("2.8"), "third": Decimal("0.5")}
    assert load_of(world, "third", date(2026, 3, 9)).points == 0
    assert load_of(world, "third", date(2026, 4, 6)).points == Decimal("0.5")
    assert load_of(world, "third", date(2026, 4, 7)).points == 0
    contact.withdrawn_on = date(2026, 3, 12)
    contact.save()
    assert load_of(world, "third").points == 0


def test_a_contact_done_from_another_unit_counts_for_who_did_it(world: World) -> None:
    """Whatever the unit: the parts of the case are all in somebody's load."""
    use_example(world)
    use_example(world, unit=world.other_unit)
    case = world.investigation("2026-03-02")
    facts.record_contact(
        case.pk,
        done_by=world.other_worker,
        done_for=world.main,
        contact_on=date(2026, 3, 9),
        by=world.main,
        at=moment("2026-03-10"),
    )
    found = capacity.cases([case.pk], on=date(2026, 3, 16))[case.pk]
    assert [part.part for part in found.parts] == ["main", "co", "contact"]
    carried = [
        one.points
        for unit in (world.unit, world.other_unit)
        for load in capacity.loads(unit_id=unit.pk, on=date(2026, 3, 16))
        for one in load.carried
    ]
    assert sum(carried) == found.points.total
    (load,) = capacity.loads(
        unit_id=world.other_unit.pk, on=date(2026, 3, 16), user_ids=[world.other_worker.pk]
    )
    assert load.points == Decimal("0.5")


def test_who_moves_to_another_unit_takes_the_load_along(world: World) -> None:
    use_example(world)
    use_example(world, unit=world.other_unit)
    world.investigation("2026-03-02")
    before = load_of(world, "main", date(2026, 3, 16)).points
    RoleAssignment.objects.filter(user=world.main).update(until_on=date(2026, 3, 16))
    group = OrgUnit.objects.filter(parent=world.other_unit).first()
    assert group is not None
    give(world.main, Role.INVESTIGATOR, group, from_on=date(2026, 3, 17))
    (load,) = capacity.loads(
        unit_id=world.other_unit.pk, on=date(2026, 3, 17), user_ids=[world.main.pk]
    )
    assert load.points == before > 0


def test_an_intervention_counts_for_who_is_responsible_that_day(world: World) -> None:
    use_example(world)
    case = world.investigation("2026-03-02")
    granted = interventions.grant(
        case.pk,
        kind="contact_person",
        goal="Stöd.",
        decided_on=date(2026, 3, 4),
        started_on=date(2026, 3, 9),
        responsible=world.third,
        by=world.leader,
        at=moment("2026-03-04"),
    )
    held = MatterWorker.objects.get(matter=granted.pk)
    workers.end(held, on=date(2026, 3, 16), reason="Byte.")
    workers.give(
        granted, world.co, held.part, from_on=DAY, by=world.leader, at=moment("2026-03-16")
    )
    found = {
        (day, name): [
            (one.number, one.points, one.case)
            for one in load_of(world, name, date(2026, 3, day)).carried
            if one.part == points.INTERVENTION
        ]
        for day in (8, 9, 15, 16)
        for name in ("third", "co")
    }
    whole = [(granted.number, Decimal(2), None)]
    assert {key for key, lines in found.items() if lines == whole} == {
        (9, "third"),
        (15, "third"),
        (16, "co"),
    }
    assert not found[8, "third"]
    assert not found[16, "third"]
    assert load_of(world, "third", date(2026, 3, 15)).cases == 0
    (seen,) = capacity.loads(
        unit_id=world.unit.pk,
        on=date(2026, 3, 15),
        user_ids=[world.third.pk],
        without=frozenset({case.child_id}),
    )
    assert seen.carried == ()


def test_a_matter_of_a_kind_that_does_not_weigh_counts_for_nobody(world: World) -> None:
    use_example(world)
    report = received(world)
    assert MatterWorker.objects.get(matter=report.pk).user == world.reception
    assert matters.weighing() == ["investigation"]
    assert capacity.cases([report.pk], on=DAY) == {}
    assert load_of(world, "reception").points == 0
    with pytest.raises(Missing):
        facts.judge(
            report.pk, levels={"court": "care"}, by=world.reception, at=moment("2026-03-16")
        )
    assert not CaseFactor.objects.exists()


def received(world: World) -> Report:
    """A report that `reception` has."""
    report = world.report("2026-03-10 09:00")
    reports.assess_protection(
        report.pk,
        assessed_at=moment("2026-03-10 10:00"),
        outcome="no_immediate_need",
        child_spoken_with=False,
        rationale="Inget akut.",
        by=world.reception,
        at=moment("2026-03-10 10:00"),
    )
    return report


def test_any_kind_that_says_so_weighs_with_the_parts_of_its_own(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_example(world)
    report = received(world)
    kind = replace(matters.kind("report"), weighs=True)
    monkeypatch.setitem(matters.KINDS._kinds, "report", kind)
    found = capacity.cases([report.pk], on=DAY)[report.pk]
    load = load_of(world, "reception")
    assert load.points == found.points.total > 0
    assert (load.cases, [one.part for one in load.carried]) == (1, ["reception"])
    at = moment("2026-03-16")
    (judged,) = facts.judge(report.pk, levels={"court": "care"}, by=world.reception, at=at)
    assert judged.matter_id == report.pk
    facts.note_from_records(on=DAY, at=at)
    assert CaseFactor.objects.filter(matter=report.pk, factor_code="interpreter").exists()
    with time_machine.travel(at, tick=False):
        client.force_login(world.reception)
        mine = client.get(reverse("workload_own")).content.decode()
        page = client.get(reverse("workload_case", args=[report.pk])).content.decode()
    for address in ("report", "workload_case"):
        assert reverse(address, args=[report.pk]) in mine
    assert reverse("report", args=[report.pk]) in page


def test_a_leader_is_shown_only_while_carrying_a_case(world: World) -> None:
    use_example(world)
    assert "leader" not in names(world)
    case = world.investigation("2026-03-02", allocated=False)
    investigations.assign_handlers(
        case.pk,
        main=world.leader,
        co=world.co,
        from_on=date(2026, 3, 2),
        by=world.head,
        at=moment("2026-03-02"),
    )
    assert "leader" in names(world)


def names(world: World) -> list[str]:
    return [load.user.username for load in capacity.loads(unit_id=world.unit.pk, on=DAY)]


def test_a_group_shows_its_own_workers_and_a_unit_each_of_them_once(world: World) -> None:
    use_example(world)
    give(world.worker2, Role.INVESTIGATOR, world.groups["barn-1"])
    group = capacity.loads(group_id=world.groups["barn-1"].pk, on=DAY)
    assert {load.user.username for load in group} == {"main", "co", "third", "worker2"}
    assert sorted(names(world)) == sorted(
        [
            "reception",
            "main",
            "co",
            "third",
            "worker2",
            "consultant",
            "family_home_worker",
            "disability_worker",
        ]
    )
    with pytest.raises(ValueError, match="unit or of a group"):
        capacity.loads(on=DAY)


def test_without_a_weight_set_nothing_is_measured(world: World) -> None:
    case = world.investigation("2026-03-02")
    assert capacity.case_points([case.pk], on=DAY) == {}
    found = load_of(world, "main")
    assert (found.norm, found.percent, found.points) == (None, None, 0)


def test_the_same_day_measures_the_same_after_three_weight_sets(world: World) -> None:
    first = use_example(world, from_on=date(2026, 1, 1))
    case = world.investigation("2026-03-02")
    judge(case, "court", "care", "2026-03-05", world.main)
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(0, 60, 4)]

    def measured() -> list[object]:
        return [
            [
                (load.user.pk, load.points, load.available, load.percent)
                for load in capacity.loads(unit_id=world.unit.pk, on=day)
            ]
            + [capacity.case_points([case.pk], on=day)[case.pk].lines]
            for day in days
        ]

    before = measured()
    for month, court in ((5, 9), (7, 1), (9, 40)):
        at = moment(f"2026-{month:02}-01")
        draft = weights.begin_draft(unit=world.unit, by=world.head, at=at)
        weights.change_factor(
            draft.pk,
            code="court",
            name="Domstol",
            levels=[
                weights.LevelInput("none", "Ingen", 0),
                weights.LevelInput("care", "LVU", court),
            ],
            assumed="none",
            by=world.head,
            at=at,
        )
        weights.change_draft(
            draft.pk, name=f"Set {month}", numbers={"norm_used": 100}, by=world.head, at=at
        )
        weights.take_into_use(draft.pk, from_on=at.date(), by=world.head, at=at)
    judge(case, "court", "none", "2026-09-02", world.main)
    investigations.assign_handlers(
        case.pk,
        main=world.third,
        co=world.co,
        from_on=date(2026, 9, 3),
        by=world.head,
        at=moment("2026-09-03"),
        reason="Byte.",
    )
    assert measured() == before
    assert WeightSet.objects.count() == 4
    first.refresh_from_db()
    assert first.until_on == date(2026, 4, 30)
    # And the new sets do measure: LVU weighs 40 on the first of September.
    assert capacity.case_points([case.pk], on=date(2026, 9, 1))[case.pk].total > 40


@pytest.mark.parametrize("place", ["unit", "group"])
def test_loads_take_as_many_queries_for_one_case_as_for_many(world: World, place: str) -> None:
    use_example(world)
    chosen = (
        {"unit_id": world.unit.pk} if place == "unit" else {"group_id": world.groups["barn-1"].pk}
    )
    world.investigation("2026-03-02")
    with CaptureQueriesContext(
        connection,
    ) as one:
        capacity.loads(on=DAY, **chosen)
    many(world, workers=30, cases=60, on=DAY)
    with CaptureQueriesContext(connection) as thirty:
        found = capacity.loads(on=DAY, **chosen)
        for load in found:
            assert all(one.case.lines for one in load.carried if one.case)
    assert len(thirty) == len(one) <= (8 if place == "unit" else 9)
    assert sum(load.cases for load in found) == 122


def test_sixty_workers_with_four_hundred_cases_are_measured_in_an_instant(world: World) -> None:
    use_example(world)
    many(world, workers=60, cases=400, on=DAY)
    capacity.loads(unit_id=world.unit.pk, on=DAY)
    took = []
    for _ in range(5):
        began = perf_counter()
        capacity.loads(unit_id=world.unit.pk, on=DAY)
        took.append(perf_counter() - began)
    # Measured at 40 ms; the limit leaves room for a busy machine.
    assert min(took) < 0.25
