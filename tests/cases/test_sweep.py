"""The sweep: states and ladders as `cases.law.deadlines` defines them, and everybody told once."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.deadlines import store as deadlines
from cases.deadlines import sweep as sweep_module
from cases.deadlines.models import Deadline, Escalation
from cases.deadlines.sweep import SweepResult, sweep
from cases.enums import DeadlineKind, NoticeKind
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.law.ladder import Recipients, rungs_reached
from cases.matters.models import Matter
from cases.notices.models import Notice
from cases.reports.models import Report
from core.calendar import ONE_DAY, working_days_before
from organisation.models import Absence, RoleAssignment
from tests.factories import LEFT, World, give, moment

DUE = date(2026, 7, 2)  # a Thursday, four months after 2 March
BEFORE = date(2026, 6, 29)


def days(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def sweep_on(day: date, **options: int) -> SweepResult:
    return sweep(on=day, at=moment(f"{day} 01:05"), **options)


def ladder(deadline: Deadline) -> list[tuple[str, date]]:
    rows = Escalation.objects.filter(deadline=deadline, due_on=deadline.due_on)
    return list(rows.order_by("reached_on", "pk").values_list("rung", "reached_on"))


def told(deadline: Deadline, rung: str | None = None) -> list[str]:
    """Who has been told of a deadline, once for each notice."""
    notices = Notice.objects.filter(deadline=deadline, kind=NoticeKind.DEADLINE)
    if rung is not None:
        notices = notices.filter(rung=rung)
    return sorted(notices.values_list("recipient__username", flat=True))


def state() -> tuple[list[object], list[object]]:
    """Everything the sweep is to leave behind, whatever days it ran on."""
    return (
        list(Deadline.objects.order_by("pk").values_list("pk", "due_on", "overdue_since")),
        sorted(Escalation.objects.values_list("deadline", "due_on", "rung", "reached_on")),
    )


def opened(world: World, on: str, **options: bool) -> Deadline:
    """The open four months of an investigation whose report has all its own duties met."""
    investigation = world.investigation(on, **options)
    Deadline.objects.filter(matter__report__investigation=investigation, met_on=None).update(
        met_on=on, missed_on=None
    )
    return investigation.matter.deadlines.get()


@pytest.fixture
def duty(world: World) -> Deadline:
    """The four months of an investigation that `main` and `co` have in `leader`'s group."""
    return opened(world, "2026-03-02")


def due_days(of: Matter, due: list[date], *, starts: list[date]) -> list[Deadline]:
    """One open deadline of each kind; only their days matter."""
    return Deadline.objects.bulk_create(
        Deadline(
            matter=of,
            matter_kind=of.kind,
            unit_id=of.unit_id,
            group_id=of.group_id,
            child_id=of.child_id,
            kind=kind,
            rule_version="1",
            starts_on=start,
            due_on=day,
            act_by=day,
            warn_on=max(working_days_before(day, 3), start),
        )
        for kind, day, start in zip(DeadlineKind.values, due, starts, strict=False)
    )


class TestLadder:
    def test_nothing_happens_before_the_warning(self, duty: Deadline) -> None:
        assert sweep_on(BEFORE - ONE_DAY) == SweepResult()

    def test_the_handlers_are_warned_three_working_days_before(self, duty: Deadline) -> None:
        assert sweep_on(BEFORE) == SweepResult(rungs=1, notices=2)
        assert ladder(duty) == [("before", BEFORE)]
        assert told(duty) == ["co", "main"]

    def test_on_the_day_the_group_leader_is_told_too(self, duty: Deadline) -> None:
        sweep_on(BEFORE)
        assert sweep_on(DUE) == SweepResult(rungs=1, notices=3)
        assert told(duty, "due") == ["co", "leader", "main"]
        duty.refresh_from_db()
        assert duty.overdue_since is None

    def test_the_day_after_it_is_overdue_and_the_leaders_are_told(self, duty: Deadline) -> None:
        sweep_on(BEFORE)
        sweep_on(DUE)
        assert sweep_on(DUE + ONE_DAY) == SweepResult(overdue=1, rungs=1, notices=2)
        assert told(duty, "after") == ["head", "leader"]
        duty.refresh_from_db()
        assert duty.overdue_since == date(2026, 7, 3)

    def test_then_the_leaders_are_told_every_week(self, duty: Deadline) -> None:
        for day in days(BEFORE, DUE + timedelta(days=16)):
            sweep_on(day)
        assert ladder(duty)[3:] == [
            ("weekly-1", date(2026, 7, 10)),
            ("weekly-2", date(2026, 7, 17)),
        ]
        assert told(duty, "weekly-2") == ["head", "leader"]

    def test_a_duty_of_the_same_day_gives_one_notice_for_two_rungs(self, world: World) -> None:
        report = world.report("2026-03-02 09:00")
        assessment = report.matter.deadlines.get(kind=DeadlineKind.PROTECTION_ASSESSMENT)
        sweep_on(date(2026, 3, 2))
        assert ladder(assessment) == [("before", date(2026, 3, 2)), ("due", date(2026, 3, 2))]
        assert told(assessment) == ["reception", "reception_leader"]
        assert set(assessment.notices.values_list("rung", flat=True)) == {"due"}

    def test_running_again_does_nothing(self, duty: Deadline) -> None:
        sweep_on(DUE + ONE_DAY)
        before = state()
        assert sweep_on(DUE + ONE_DAY) == SweepResult()
        assert state() == before

    def test_what_is_met_or_cancelled_climbs_no_more(self, world: World) -> None:
        met, cancelled, other = (
            opened(world, day) for day in ("2026-03-02", "2026-03-01", "2026-02-27")
        )
        Deadline.objects.filter(pk=met.pk).update(met_on=BEFORE)
        Deadline.objects.filter(pk=cancelled.pk).update(cancelled_on=BEFORE, cancel_reason="x")
        sweep_on(DUE + ONE_DAY)
        assert (ladder(met), ladder(cancelled), len(ladder(other))) == ([], [], 3)

    def test_an_overdue_day_that_was_lost_is_set_again(self, duty: Deadline) -> None:
        sweep_on(DUE + ONE_DAY)
        Deadline.objects.filter(pk=duty.pk).update(overdue_since=None)
        assert sweep_on(DUE + ONE_DAY) == SweepResult(overdue=1)


class TestExtension:
    def test_the_new_last_day_is_warned_about_anew(self, world: World, duty: Deadline) -> None:
        sweep_on(BEFORE)
        investigations.extend(
            duty.matter_id,
            until=date(2026, 8, 5),
            reason="Särskilda skäl.",
            decided_on=date(2026, 7, 1),
            by=world.leader,
            at=moment("2026-07-01"),
        )
        duty.refresh_from_db()
        for day in days(date(2026, 7, 1), date(2026, 8, 5)):
            sweep_on(day)
        assert ladder(duty) == [("before", date(2026, 7, 31)), ("due", date(2026, 8, 5))]
        assert told(duty, "before") == ["co", "co", "main", "main"]
        assert told(duty, "due") == ["co", "leader", "main"]
        assert duty.escalations.filter(due_on=DUE).count() == 1

    def test_what_was_overdue_is_not_once_it_is_moved(self, world: World, duty: Deadline) -> None:
        sweep_on(DUE + ONE_DAY)
        Investigation.objects.update(extended_to=date(2026, 8, 5))
        deadlines.refresh(Investigation.objects.get(), on=date(2026, 7, 4))
        duty.refresh_from_db()
        assert duty.overdue_since is None
        assert sweep_on(date(2026, 7, 4)) == SweepResult()


class TestStandstill:
    def test_everyone_concerned_is_told_once_how_it_stands(self, duty: Deadline) -> None:
        sweep_on(DUE + timedelta(days=9))
        assert [rung for rung, _ in ladder(duty)] == ["before", "due", "after", "weekly-1"]
        assert told(duty) == told(duty, "weekly-1") == ["co", "head", "leader", "main"]

    def test_whoever_has_been_told_of_a_rung_is_not_told_of_it_again(self, duty: Deadline) -> None:
        sweep_on(DUE)
        sweep_on(DUE + timedelta(days=9))
        assert told(duty, "weekly-1") == ["head", "leader"]
        assert told(duty) == ["co", "head", "leader", "leader", "main"]

    def test_ten_days_leave_the_states_that_daily_sweeps_would_have(self, world: World) -> None:
        """Among them deadlines that are met, extended and cancelled while nothing is swept."""
        start, end = date(2026, 6, 25), date(2026, 7, 5)
        acts = {
            date(2026, 6, 30): self.extend,
            date(2026, 7, 2): self.cancel,
            date(2026, 7, 4): self.meet,
        }

        def run(swept: list[date]) -> tuple[list[object], list[object]]:
            point = transaction.savepoint()
            for day in days(start, end):
                if day in swept:
                    sweep_on(day)
                if day in acts:
                    acts[day](world)
            left = state()
            transaction.savepoint_rollback(point)
            return left

        for day in ("2026-02-20", "2026-02-26", "2026-02-27", "2026-03-01", "2026-03-02"):
            opened(world, day)
        world.report("2026-06-18 09:00")
        daily = run(days(start, end))
        assert len(daily[1]) > 10
        assert run([start, end]) == daily

    def extend(self, world: World) -> None:
        duty = Deadline.objects.get(matter__investigation__opened_on="2026-03-01")
        investigations.extend(
            duty.matter_id,
            until=date(2026, 9, 1),
            reason="Särskilda skäl.",
            decided_on=date(2026, 6, 30),
            by=world.leader,
            at=moment("2026-06-30"),
        )

    def meet(self, world: World) -> None:
        case = Investigation.objects.get(opened_on="2026-02-27")
        world.hand_in(case, moment("2026-07-04"))
        investigations.conclude(
            case.pk,
            concluded_on=date(2026, 7, 4),
            outcome="no_intervention",
            rationale="Klar.",
            read_by_leader=True,
            left_open=LEFT,
            by=world.head,
            at=moment("2026-07-04"),
        )

    def cancel(self, world: World) -> None:
        """A report that joins the open investigation has no decision due any more."""
        report = Report.objects.get(received_on="2026-06-18")
        world.decide(report, "2026-07-02", "do_not_open")


ANY_DAY = st.integers(-30, 30).map(lambda n: date(2026, 5, 1) + timedelta(days=n))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    due=st.lists(st.tuples(ANY_DAY, st.integers(0, 20)), min_size=1, max_size=20),
    sweeps=st.lists(ANY_DAY, min_size=1, max_size=4).map(sorted),
    chunk=st.integers(1, 30),
)
def test_the_ladder_in_sql_is_the_pure_one(
    world: World, due: list[tuple[date, int]], sweeps: list[date], chunk: int
) -> None:
    """Whatever the due days, the days swept and the chunks: due days, audiences and all."""
    point = transaction.savepoint()
    matter = opened(world, "2026-03-02").matter
    matter.deadlines.all().delete()
    duties = due_days(
        matter,
        [day for day, _ in due],
        starts=[day - timedelta(days=length) for day, length in due],
    )
    audiences = {
        Recipients.HANDLERS: {"main", "co"},
        Recipients.GROUP_LEADER: {"leader"},
        Recipients.UNIT_HEAD: {"head"},
    }
    notices: dict[int, list[tuple[str, str]]] = {d.pk: [] for d in duties}
    for last, on in zip([None, *sweeps], sweeps, strict=False):
        sweep_on(on, chunk=chunk)
        for d in duties:
            old = _reached(d, last) if last else []
            new = _reached(d, on)[len(old) :]
            people = {who for rung in new for a in rung.audience for who in audiences[a]}
            notices[d.pk] += [(new[-1].code, who) for who in people]
    for d in duties:
        d.refresh_from_db()
        assert ladder(d) == [(r.code, max(r.on, d.warn_on)) for r in _reached(d, sweeps[-1])]
        assert d.overdue_since == (d.due_on + ONE_DAY if d.due_on < sweeps[-1] else None)
        found = d.notices.values_list("rung", "recipient__username")
        assert sorted(found) == sorted(notices[d.pk])
    transaction.savepoint_rollback(point)


def _reached(deadline: Deadline, on: date) -> list:
    if on < deadline.warn_on:
        return []
    return rungs_reached(deadline.due_on, on)


class TestWhoIsTold:
    def test_without_handlers_the_group_leader_has_it(self, world: World) -> None:
        duty = opened(world, "2026-03-02", allocated=False)
        sweep_on(BEFORE)
        assert told(duty) == ["leader"]

    def test_without_a_group_leader_the_unit_head_has_it(self, world: World) -> None:
        duty = opened(world, "2026-03-02", allocated=False)
        RoleAssignment.objects.filter(user=world.leader).update(until_on=date(2026, 6, 1))
        sweep_on(BEFORE)
        assert told(duty) == ["head"]

    def test_whoever_has_left_is_never_told(self, world: World, duty: Deadline) -> None:
        for user in (world.main, world.co, world.leader):
            user.is_active = False
            user.save()
        sweep_on(DUE)
        assert told(duty) == ["head"]

    def test_handlers_of_the_day_are_told(self, world: World, duty: Deadline) -> None:
        duty.matter.workers.filter(user=world.co).update(until_on=BEFORE - ONE_DAY)
        sweep_on(BEFORE)
        assert told(duty) == ["main"]

    def test_the_worker_of_a_report_is_told(self, world: World) -> None:
        report = world.report("2026-03-02 09:00")
        duty = report.matter.deadlines.get(kind=DeadlineKind.OPENING_DECISION)
        sweep_on(duty.warn_on)
        assert told(duty) == ["reception"]

    def test_the_stand_in_of_somebody_away_is_told_as_well(
        self, world: World, duty: Deadline
    ) -> None:
        self.away(world, "main", BEFORE, stand_in="third")
        sweep_on(BEFORE)
        assert told(duty) == ["co", "main", "third"]

    def test_the_stand_in_is_not_told_before_or_after(self, world: World, duty: Deadline) -> None:
        self.away(world, "main", BEFORE - ONE_DAY, stand_in="third")
        self.away(world, "main", BEFORE + ONE_DAY, stand_in="worker2")
        sweep_on(BEFORE)
        assert told(duty) == ["co", "main"]

    def test_a_stand_in_who_has_left_is_not_told(self, world: World, duty: Deadline) -> None:
        self.away(world, "main", BEFORE, stand_in="third")
        world.third.is_active = False
        world.third.save()
        sweep_on(BEFORE)
        assert told(duty) == ["co", "main"]

    def test_handlers_away_without_a_stand_in_leave_it_to_the_leader(
        self, world: World, duty: Deadline
    ) -> None:
        self.away(world, "main", BEFORE)
        self.away(world, "co", BEFORE)
        sweep_on(BEFORE)
        assert told(duty) == ["co", "leader", "main"]

    def test_a_leader_away_without_a_stand_in_leaves_it_to_the_head(
        self, world: World, duty: Deadline
    ) -> None:
        self.away(world, "leader", DUE)
        sweep_on(DUE)
        assert told(duty) == ["co", "head", "leader", "main"]

    def test_one_who_is_handler_and_leader_is_told_once(self, world: World, duty: Deadline) -> None:
        give(world.main, "group_leader", world.groups["barn-1"])
        sweep_on(DUE)
        assert told(duty) == ["co", "leader", "main"]

    def test_leaders_of_other_groups_and_units_are_not_told(
        self, world: World, duty: Deadline
    ) -> None:
        sweep_on(DUE + ONE_DAY)
        assert not {"leader2", "other_leader", "other_head"} & set(told(duty))

    def test_a_duty_with_nobody_to_tell_is_counted(self, world: World, duty: Deadline) -> None:
        RoleAssignment.objects.update(until_on=date(2026, 6, 1))
        duty.matter.workers.update(until_on=date(2026, 6, 1))
        assert sweep_on(BEFORE) == SweepResult(rungs=1, untold=1)

    def away(self, world: World, who: str, day: date, *, stand_in: str | None = None) -> None:
        Absence.objects.create(
            user=world.people[who],
            from_on=day,
            until_on=day,
            reason="illness",
            stand_in=world.people[stand_in] if stand_in else None,
        )


class Killed(BaseException):
    pass


class TestTroubles:
    def test_two_at_once_do_it_once(self, transactional_db: None) -> None:
        world = World()
        for day in ("2026-02-26", "2026-02-27", "2026-03-01", "2026-03-02"):
            opened(world, day)
        results: list[SweepResult] = []
        start = threading.Barrier(3)

        def run() -> None:
            try:
                start.wait(10)
                results.append(sweep_on(DUE + ONE_DAY, chunk=2))
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(results) == 3
        total = results[0] + results[1] + results[2]
        assert total.rungs == Escalation.objects.count() == 4 * 3
        assert total.notices == Notice.objects.filter(kind="deadline").count() == 4 * 4
        assert total.overdue == 4
        assert sweep_on(DUE + ONE_DAY) == SweepResult()

    def test_one_that_waits_for_another_writes_nothing_twice(self, transactional_db: None) -> None:
        """The other has written its rungs and has not yet committed."""
        world = World()
        duty = opened(world, "2026-03-02")
        second: list[SweepResult] = []

        def run() -> None:
            try:
                second.append(sweep_on(DUE))
            finally:
                connection.close()

        with transaction.atomic():
            first = sweep_on(DUE)
            thread = threading.Thread(target=run)
            thread.start()
            thread.join(10)  # it skips what the first holds, and does not wait
            assert second == [SweepResult()]
        assert first == SweepResult(rungs=2, notices=3)
        assert told(duty) == ["co", "leader", "main"]

    def test_a_row_that_is_being_changed_is_left_for_the_next_sweep(
        self, transactional_db: None
    ) -> None:
        world = World()
        held = opened(world, "2026-03-02")
        free = opened(world, "2026-03-01")

        def run() -> None:
            try:
                sweep_on(DUE + ONE_DAY)
            finally:
                connection.close()

        with transaction.atomic():
            Deadline.objects.select_for_update().get(pk=held.pk)
            thread = threading.Thread(target=run)
            thread.start()
            thread.join(10)
            assert (ladder(held), len(ladder(free))) == ([], 3)
        sweep_on(DUE + ONE_DAY)
        assert len(ladder(held)) == 3

    def test_killed_between_chunks_loses_and_repeats_nothing(self, transactional_db: None) -> None:
        world = World()
        for day in ("2026-02-26", "2026-02-27", "2026-03-01", "2026-03-02"):
            opened(world, day)
        done = 0

        def dies(*args: object) -> SweepResult:
            nonlocal done
            done += 1
            if done == 4:  # in the second chunk
                raise Killed
            return SweepResult(*args)

        with patch.object(sweep_module, "SweepResult", dies), pytest.raises(Killed):
            sweep_on(DUE, chunk=1)
        assert 0 < Escalation.objects.values("deadline").distinct().count() < 4
        sweep_on(DUE, chunk=1)
        assert Escalation.objects.values("deadline").distinct().count() == 4
        told_of = Notice.objects.filter(kind="deadline").values_list("deadline", "recipient")
        assert len(told_of) == len(set(told_of)) == 3 * 4 + 3
