"""The rounds and warnings that come by themselves: twice, two at once, and after a standstill."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection, transaction

from cases.matters.models import MatterWorker
from cases.notices.models import Notice
from tests.factories import World, moment
from tests.factories.workload import use_example
from workload.models import LoadWarning, Measurement, MeasurementRound, PublishedPart, SurveyRound
from workload.services import measurements, warnings
from workload.services.tending import tend

OPENED = date(2026, 4, 1)


def tended(day: date) -> tuple[int, int, int]:
    done = tend(on=day, at=moment(day.isoformat()))
    return done.opened, done.closed, done.reminded


def at_once(times: int, work: Callable[[], object]) -> list[object]:
    """What each of so many threads gives that do the work at the same moment."""
    start = threading.Barrier(times)
    found: list[object] = []

    def run() -> None:
        try:
            start.wait(10)
            found.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_a_round_missed_for_ten_days_opens_late_with_all_its_days(world: World) -> None:
    """Nothing ran from the first of April; the eleventh is a Saturday."""
    assert tended(date(2026, 4, 11)) == (0, 0, 0)
    assert tended(date(2026, 4, 13)) == (2, 0, 0)
    found = MeasurementRound.objects.get(unit=world.unit)
    assert (found.period, found.opened_on, found.closes_on) == (
        date(2026, 4, 1),
        date(2026, 4, 13),
        date(2026, 4, 27),
    )


def test_a_round_whose_end_was_missed_is_frozen_as_of_its_last_day(world: World) -> None:
    """Nothing ran from the day before its end until ten days after."""
    use_example(world)
    world.investigation("2026-03-02")
    tended(OPENED)
    found = MeasurementRound.objects.get(unit=world.unit)
    measurements.answer(
        found.pk, experience=3, flex_hours=None, comment="", by=world.main, at=moment("2026-04-02")
    )
    MatterWorker.objects.filter(user=world.main).update(
        until_on=found.closes_on, end_reason="Annat arbete"
    )
    late = found.closes_on + timedelta(days=10)
    opened, closed, reminded = tended(late)
    assert (opened, closed, reminded) == (0, 2, 0)
    row = Measurement.objects.get(round=found, user=world.main)
    assert row.cases == 1
    assert row.tenths
    assert tended(late) == (0, 0, 0)


def test_every_second_month_opens_a_round_and_closes_it_with_nothing_run_in_between(
    world: World,
) -> None:
    """The worker wakes once in ten days for half a year."""
    for days in range(0, 200, 10):
        tended(date(2026, 2, 2) + timedelta(days=days))
    rounds = MeasurementRound.objects.filter(unit=world.unit).order_by("opened_on")
    assert [one.period.month for one in rounds] == [2, 4, 6, 8]
    assert [one.closed_at is not None for one in rounds] == [True, True, True, False]


class TestTwoAtOnce:
    def test_a_round_opens_and_closes_once(self, transactional_db: None) -> None:
        world = World()
        assert len(at_once(3, lambda: tended(OPENED))) == 3
        assert MeasurementRound.objects.count() == 2
        opened = Notice.objects.filter(kind="measurement_open")
        assert opened.count() == Measurement.objects.count()
        for row in Measurement.objects.select_related("user"):
            measurements.answer(
                row.round_id,
                experience=3,
                flex_hours=None,
                comment="",
                by=row.user,
                at=moment("2026-04-02"),
            )
        after = date(2026, 4, 16)
        counts: list[object] = at_once(3, lambda: tended(after)[1])
        assert sorted(str(one) for one in counts) in (["0", "0", "2"], ["0", "1", "1"])
        assert PublishedPart.objects.count() == 1
        assert PublishedPart.objects.get().size == Measurement.objects.count()
        assert world.unit.pk in PublishedPart.objects.get().nodes

    def test_a_survey_is_asked_once(self, transactional_db: None) -> None:
        World()
        at_once(3, lambda: tended(date(2026, 3, 2)))
        assert SurveyRound.objects.count() == 2
        assert len(set(SurveyRound.objects.values_list("unit_id", flat=True))) == 2

    def test_a_leader_is_warned_once(self, transactional_db: None) -> None:
        world = World()
        with transaction.atomic():
            use_example(world)
            world.investigation("2026-03-02")
        MatterWorker.objects.filter(user=world.co).update(
            until_on=date(2026, 4, 1), end_reason="Slutat"
        )
        day = date(2026, 4, 6)
        told = at_once(3, lambda: warnings.warn(on=day, at=moment(day.isoformat())))
        assert sorted(str(one) for one in told) == ["0", "0", "1"]
        assert LoadWarning.objects.count() == 1
        assert Notice.objects.filter(kind="workload.warning").count() == 1
