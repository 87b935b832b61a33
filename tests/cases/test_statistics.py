"""The dashboard's figures: each counts what its definition says, and gives nobody away."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import statistics
from cases.boards.views import dashboard, home
from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.reports import services as reports
from cases.statistics import Duration, Scope, Timeliness, Urgency
from core.figures import Period, figures
from organisation.models import Absence, OrgUnit
from organisation.permissions import access_for
from organisation.rights import Action
from organisation.statistics import organisation_figures
from tests.factories import World, moment

MONDAY = date(2026, 3, 16)


def unit_scope(world: World) -> Scope:
    return Scope(unit_ids=frozenset({world.unit.pk}))


def assess(world: World, report_id: int, when: str) -> None:
    reports.assess_protection(
        report_id,
        assessed_at=moment(when),
        outcome="no_immediate_need",
        child_spoken_with=False,
        rationale="Skäl.",
        by=world.reception,
        at=moment(when),
    )


def conclude(world: World, investigation: Investigation, on: str) -> None:
    investigation = Investigation.objects.get(pk=investigation.pk)
    investigation.status, investigation.outcome = "concluded", "no_intervention"
    investigation.concluded_on, investigation.concluded_by = date.fromisoformat(on), world.head
    investigation.save()
    Deadline.objects.filter(matter=investigation.pk).update(met_on=date.fromisoformat(on))


# Weeks


def test_weeks_end_with_the_present_one_on_its_day() -> None:
    span = statistics.weeks(date(2026, 1, 1))
    assert len(span) == 12
    assert (span[-1].start, span[-1].end) == (date(2025, 12, 29), date(2026, 1, 1))
    assert (span[-2].start, span[-2].end) == (date(2025, 12, 22), date(2025, 12, 28))
    assert span[-1].number == 1


# Deadlines now


def test_deadline_matrix_counts_overdue_this_week_and_next(world: World) -> None:
    for received in (
        "2026-03-01 09:00",  # due 15 March: overdue
        "2026-03-02 09:00",  # due today: this week
        "2026-03-08 09:00",  # due Sunday 22 March: this week
        "2026-03-09 09:00",  # due Monday 23 March: next week
        "2026-03-15 09:00",  # due Sunday 29 March: next week
        "2026-03-16 09:00",  # due 30 March: later
    ):
        assess(world, world.report(received).pk, received.replace("09:", "10:"))
    matrix = statistics.deadline_matrix(unit_scope(world), on=MONDAY)
    group = world.groups["mottagning"].pk
    assert matrix.cells == {(group, DeadlineKind.OPENING_DECISION.value): Urgency(1, 2, 2)}
    assert matrix.total == matrix.of_group(group) == Urgency(1, 2, 2)
    assert matrix.of_kind(DeadlineKind.OPENING_DECISION) == Urgency(1, 2, 2)
    assert not matrix.of_kind(DeadlineKind.INVESTIGATION)


def test_deadline_matrix_leaves_out_what_is_met_and_other_units(world: World) -> None:
    world.decide(world.report("2026-03-01 09:00"), "2026-03-02", "do_not_open")
    assess(world, world.report("2026-03-01 10:00").pk, "2026-03-01 11:00")
    matrix = statistics.deadline_matrix(Scope(unit_ids=frozenset({world.other_unit.pk})), on=MONDAY)
    assert not matrix.total
    here = statistics.deadline_matrix(unit_scope(world), on=MONDAY)
    assert here.of_kind(DeadlineKind.OPENING_DECISION).overdue == 1


# Standing


def test_standing_counts_waiting_and_ownerless_by_group(world: World) -> None:
    world.investigation()
    world.investigation(allocated=False)
    world.investigation(allocated=False, group="barn-2")
    report = world.report()
    report.matter.workers.all().delete()
    found = statistics.standing(unit_scope(world))
    one, two = world.groups["barn-1"].pk, world.groups["barn-2"].pk
    assert (found[one].open, found[one].waiting) == (2, 1)
    assert (found[two].open, found[two].waiting) == (1, 1)
    assert found[world.groups["mottagning"].pk].unassigned_reports == 1
    only = statistics.standing(Scope(group_ids=frozenset({two}), within=frozenset({world.unit.pk})))
    assert set(only) == {two}


# Trends


def test_trend_puts_decisions_in_the_week_they_were_taken(world: World) -> None:
    world.decide(world.report("2026-03-02 09:00"), "2026-03-16", "do_not_open")
    world.decide(
        world.report("2026-03-01 09:00"), "2026-03-16", "do_not_open", late_reason="Sjukdom."
    )
    world.decide(world.report("2026-03-10 09:00"), "2026-03-13", "do_not_open")
    rows = statistics.trend(unit_scope(world), on=date(2026, 3, 18))
    assert [row.decisions for row in rows[-2:]] == [Timeliness(1, 0), Timeliness(1, 1)]
    assert sum((row.decisions for row in rows[:-2]), Timeliness()) == Timeliness()


def test_trend_leaves_out_decisions_after_the_day(world: World) -> None:
    world.decide(world.report("2026-03-02 09:00"), "2026-03-16", "do_not_open")
    rows = statistics.trend(unit_scope(world), on=date(2026, 3, 15))
    assert sum((row.decisions for row in rows), Timeliness()) == Timeliness()


def test_trend_counts_protection_assessments_by_whether_in_time(world: World) -> None:
    assess(world, world.report("2026-03-16 09:00").pk, "2026-03-16 23:00")
    assess(world, world.report("2026-03-16 17:00").pk, "2026-03-17 10:00")
    assess(world, world.report("2026-03-16 09:30").pk, "2026-03-17 10:00")
    rows = statistics.trend(unit_scope(world), on=date(2026, 3, 18))
    assert rows[-1].protection == Timeliness(2, 1)


def test_trend_counts_investigations_opened_concluded_and_open(world: World) -> None:
    old = world.investigation("2025-11-03")
    world.investigation("2026-03-09")
    conclude(world, old, "2026-03-11")
    rows = statistics.trend(unit_scope(world), on=MONDAY)
    assert [(row.opened, row.concluded, row.open) for row in rows[-3:]] == [
        (0, 0, 1),
        (1, 1, 1),
        (0, 0, 1),
    ]


def test_trend_shows_what_was_overdue_at_each_weeks_end(world: World) -> None:
    # Due 16 March, decided on the 25th: overdue on Sunday 22 March, not on the 15th nor the 29th.
    report = world.report("2026-03-02 09:00")
    assess(world, report.pk, "2026-03-02 10:00")
    world.decide(report, "2026-03-25", "do_not_open", late_reason="Sjukdom.")
    rows = statistics.trend(unit_scope(world), on=date(2026, 3, 30))
    assert [row.overdue for row in rows[-4:]] == [0, 1, 0, 0]


def test_due_today_is_not_overdue_in_the_trend(world: World) -> None:
    assess(world, world.report("2026-03-02 09:00").pk, "2026-03-02 10:00")
    assert statistics.trend(unit_scope(world), on=MONDAY)[-1].overdue == 0
    assert statistics.trend(unit_scope(world), on=date(2026, 3, 17))[-1].overdue == 1


def test_median_days_of_concluded_investigations(world: World) -> None:
    for opened, ended in (
        ("2026-01-05", "2026-01-15"),  # 10
        ("2026-01-05", "2026-02-04"),  # 30
        ("2026-01-05", "2026-02-24"),  # 50
        ("2026-01-05", "2026-03-06"),  # 60
    ):
        conclude(world, world.investigation(opened), ended)
    found = statistics.durations(unit_scope(world), on=MONDAY)
    assert found.total == Duration(4, 40.0)
    assert found.parts == {world.groups["barn-1"].pk: Duration(4, 40.0)}
    assert statistics.durations(unit_scope(world), on=date(2026, 7, 1)).total == Duration()


# Workers


def test_loads_count_main_and_co_and_say_who_is_away(world: World) -> None:
    first = world.investigation()
    world.investigation()
    conclude(world, first, "2026-03-10")
    Absence.objects.create(
        user=world.co,
        from_on=MONDAY,
        until_on=date(2026, 3, 20),
        reason="holiday",
        stand_in=world.third,
    )
    [loads] = statistics.loads([world.groups["barn-1"].pk], on=MONDAY).values()
    found = {load.user_id: load for load in loads}
    assert set(found) == {world.main.pk, world.co.pk, world.third.pk}
    assert (found[world.main.pk].main, found[world.main.pk].co) == (1, 0)
    assert (found[world.co.pk].main, found[world.co.pk].co) == (0, 1)
    assert found[world.co.pk].away_until == date(2026, 3, 20)
    assert found[world.co.pk].stand_in == str(world.third)
    assert found[world.third.pk].total == 0


def test_loads_mark_consultants(world: World) -> None:
    [loads] = statistics.loads([world.groups["barn-2"].pk], on=MONDAY).values()
    assert {load.name: load.consultant for load in loads} == {
        str(world.consultant): True,
        str(world.worker2): False,
    }


# Who sees what


def test_scope_of_a_group_leader_is_the_group(world: World) -> None:
    scope = statistics.scope_for(access_for(world.leader, on=MONDAY))
    assert scope == Scope(
        group_ids=frozenset({world.groups["barn-1"].pk}), within=frozenset({world.unit.pk})
    )


@pytest.mark.parametrize(
    "name", ["main", "reception", "coordinator", "department_head", "sysadmin", "stranger"]
)
def test_scope_is_empty_without_the_right(world: World, name: str) -> None:
    access = access_for(world.people[name], on=MONDAY)
    assert not statistics.scope_for(access)
    assert not statistics.scope_for(access, Action.ASSIGN_HANDLERS)


def test_empty_scope_counts_nothing(world: World) -> None:
    world.investigation()
    assert not statistics.deadline_matrix(Scope(), on=date(2027, 1, 1)).total
    assert statistics.standing(Scope()) == {}
    assert statistics.durations(Scope(), on=MONDAY).total == Duration()


def test_units_below_are_those_of_the_department(world: World) -> None:
    def units(name: str) -> set[OrgUnit]:
        return set(statistics.units_below(access_for(world.people[name], on=MONDAY)))

    assert units("department_head") == units("director") == {world.unit, world.other_unit}
    assert units("head") == units("stranger") == set()


# Small numbers


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], []),
        ([0, 0], [0, 0]),
        ([7, 9], [7, 9]),
        ([3, 9, 12], [None, None, 12]),  # one alone follows from the total
        ([3, 4, 12], [None, None, 12]),
        ([1, 1, 12], [None, None, None]),  # two that sum to two are one each
        ([4, 4, 0], [None, None, 0]),
        ([2, 0, 0], [None, 0, 0]),
    ],
)
def test_suppressed_hides_small_parts(values: list[int], shown: list[int | None]) -> None:
    assert statistics.suppressed(values) == shown


@given(st.lists(st.integers(0, 30), max_size=8))
def test_suppressed_never_shows_a_small_number_nor_lets_it_be_worked_out(values: list[int]) -> None:
    shown = statistics.suppressed(values)
    assert all(one is None or one == real for one, real in zip(shown, values, strict=True))
    assert all(one is None or one == 0 or one >= statistics.SMALLEST for one in shown)
    total = statistics.suppressed_total(values)
    hidden = [real for one, real in zip(shown, values, strict=True) if one is None]
    if total is not None and hidden and all(real < statistics.SMALLEST for real in hidden):
        # From the total a reader knows the sum of the hidden ones; at least two fits must remain.
        low, high = len(hidden), len(hidden) * (statistics.SMALLEST - 1)
        assert low < sum(hidden) < high


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(0, 0, None), (3, 20, None), (17, 20, None), (0, 20, 0), (20, 20, 100), (15, 20, 75)],
)
def test_suppressed_share(part: int, whole: int, share: int | None) -> None:
    assert statistics.suppressed_share(part, whole) == share


def test_overview_shows_no_small_number(world: World) -> None:
    for _ in range(2):
        world.investigation()
    found = statistics.overview([world.unit, world.other_unit], on=date(2026, 7, 30))
    here, there = found.units
    assert (here.open, here.overdue) == (None, None)
    assert (there.open, there.overdue) == (0, 0)
    assert (found.open, found.overdue) == (None, None)
    assert here.median_days is None


def test_overview_shows_figures_that_are_large_enough(world: World) -> None:
    for _ in range(6):
        conclude(world, world.investigation(), "2026-03-12")
    found = statistics.overview([world.unit], on=MONDAY)
    assert found.units[0].decided_in_time == 100
    assert found.units[0].median_days == found.median_days == 10
    assert found.units[0].open == 0


def test_suppressed_trend_hides_counts_from_one_to_four(world: World) -> None:
    world.investigation("2026-03-16")
    [row] = statistics.suppressed_trend(statistics.trend(unit_scope(world), on=MONDAY)[-1:])
    assert row["open"] is None
    assert row["opened"] is None
    assert row["concluded"] == 0


def test_figures_of_a_day_a_week_and_twelve_weeks_keep_their_codes() -> None:
    assert set(figures) - set(figures.of(Period.MONTH)) == {
        "deadlines.overdue",
        "deadlines.due_this_week",
        "deadlines.due_next_week",
        "deadlines.overdue_at_week_end",
        "deadlines.recorded_late_12_weeks",
        "reports.unassigned",
        "decisions.in_time_week",
        "decisions.late_week",
        "decisions.in_time_percent_12_weeks",
        "protection.in_time_week",
        "protection.late_week",
        "protection.in_time_percent_12_weeks",
        "investigations.open",
        "investigations.waiting",
        "investigations.to_read",
        "investigations.opened_week",
        "investigations.concluded_week",
        "investigations.open_at_week_end",
        "investigations.concluded_12_weeks",
        "investigations.median_days_12_weeks",
        "workers.open_investigations",
    }


@pytest.mark.parametrize("codes", [dashboard.FIGURES, home.FIGURES_OF_UNITS])
def test_pages_define_figures_there_are(codes: tuple[str, ...]) -> None:
    assert set(codes) <= set(figures)


def test_organisation_figures_name_what_nobody_leads(world: World) -> None:
    found = organisation_figures(on=MONDAY)
    assert (found.units, found.groups) == (2, 8)
    assert found.without_role == 1
    assert found.units_without_head == ()
    assert "Barn och ungdom – ungdom-1" in found.groups_without_leader
    assert "Barn och ungdom – barn-1" not in found.groups_without_leader


def test_open_investigations_ends_with_conclusion_service_only(world: World) -> None:
    """The figures read what the services write: an allocated investigation is open, not waiting."""
    investigation = world.investigation(allocated=False)
    scope = unit_scope(world)
    assert statistics.standing_total(statistics.standing(scope)).waiting == 1
    investigations.assign_handlers(
        investigation.pk,
        main=world.main,
        co=world.co,
        from_on=date(2026, 3, 3),
        by=world.leader,
        at=moment("2026-03-03"),
    )
    after = statistics.standing_total(statistics.standing(scope))
    assert (after.open, after.waiting) == (1, 0)
