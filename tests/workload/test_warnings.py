"""Warnings: raised when the state is there, told once, over when it is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.access import conflicts
from cases.enums import ConflictCategory
from cases.matters.models import MatterWorker
from cases.notices.models import Notice
from organisation.models import Absence, Employment, User
from tests.factories import World, make_user, moment
from tests.factories.workload import use_example
from workload import findings, snapshots
from workload.enums import WarningKind
from workload.models import CaseFactor, LoadWarning, Reduction
from workload.services import facts, measurements, meetings, reviews, warnings

DAY = date(2026, 4, 6)

pytestmark = pytest.mark.django_db


def warn(day: date = DAY) -> set[tuple[str, str]]:
    warnings.warn(on=day, at=moment(day.isoformat()))
    return {
        (row.kind, str(row.user or row.matter or row.group.code))
        for row in LoadWarning.objects.filter(ended_on__isnull=True)
    }


def burden(world: World, since: str) -> None:
    """A reduction that makes one case too much for `main`, from that day."""
    Reduction.objects.create(
        user=world.main,
        reason="other",
        percent=99,
        from_on=date.fromisoformat(since),
        until_on=DAY + timedelta(days=3),
        decided_at=moment(since),
    )


def test_over_110_percent_for_four_weeks_is_told_once_and_then_over(world: World) -> None:
    use_example(world)
    world.investigation("2026-03-02")
    burden(world, "2026-03-16")
    assert warn() == {("overload", "Main Test")}
    assert warn() == warn(DAY + timedelta(days=1)) == {("overload", "Main Test")}
    notices = Notice.objects.filter(kind="workload.warning")
    assert [one.recipient for one in notices] == [world.leader]
    assert warn(DAY + timedelta(days=4)) == set()
    assert LoadWarning.objects.get().ended_on == DAY + timedelta(days=4)


def test_three_weeks_are_not_four(world: World) -> None:
    use_example(world)
    world.investigation("2026-03-02")
    burden(world, "2026-03-17")
    assert warn() == set()
    assert warn(DAY + timedelta(days=1)) == {("overload", "Main Test")}


def test_a_new_worker_is_warned_of_above_the_lower_ceiling(world: World) -> None:
    use_example(world)
    world.investigation("2026-03-30")
    Employment.objects.filter(user=world.main).update(experience="new", hours_percent=4)
    # 3.6 points available and 4.2 carried; for another the ceiling is 110 %, for the new 90 %.
    assert warn() == {("new_ceiling", "Main Test")}


def test_a_case_with_one_handler_is_told_to_the_leader_of_its_group(
    world: World, client: Client
) -> None:
    use_example(world)
    case = world.investigation("2026-03-02")
    waiting = world.investigation("2026-03-02", allocated=False)
    assert warn() == set()
    MatterWorker.objects.filter(user=world.co).update(
        until_on=DAY - timedelta(days=1), end_reason="Slutat"
    )
    assert warn() == {("one_handler", case.number)}
    assert waiting.number != case.number
    client.force_login(world.leader)
    text = client.get(reverse("workload_warnings")).content.decode()
    assert case.number in text
    client.force_login(world.leader2)
    assert case.number not in client.get(reverse("workload_warnings")).content.decode()
    client.force_login(world.main)
    assert client.get(reverse("workload_warnings")).status_code == 403


def take(world: World, day: date, *, load: str = "red", wellbeing: str = "green") -> None:
    hands = {f"load_{load}": 4, f"wellbeing_{wellbeing}": 4}
    meetings.take_temperature(
        world.groups["barn-1"].pk,
        meeting_on=day,
        hands=hands,
        comment="",
        by=world.leader,
        at=moment("2026-07-01"),
    )


def notices_to(user: User) -> int:
    return Notice.objects.filter(kind="workload.warning", recipient=user).count()


def test_three_reds_in_a_row_are_told_once_until_a_meeting_that_is_not_red(world: World) -> None:
    use_example(world)
    week = timedelta(weeks=1)
    take(world, DAY - 2 * week)
    take(world, DAY - week)
    assert warn(DAY - week) == set()
    take(world, DAY, wellbeing="red")
    for day in (DAY, DAY, DAY + timedelta(days=3)):
        assert warn(day) == {("red_load", "barn-1")}
    assert notices_to(world.leader) == 1
    take(world, DAY + week, wellbeing="red")
    take(world, DAY + 2 * week, wellbeing="red")
    assert warn(DAY + 2 * week) == {("red_load", "barn-1"), ("red_wellbeing", "barn-1")}
    assert notices_to(world.leader) == 2
    take(world, DAY + 3 * week, load="yellow")
    assert warn(DAY + 3 * week) == set()
    assert notices_to(world.leader) == 2
    assert notices_to(world.leader2) == 0


def test_a_spell_that_comes_back_is_told_again(world: World) -> None:
    use_example(world)
    for week in range(8):
        take(world, DAY + timedelta(weeks=week), load="green" if week == 4 else "red")
        warn(DAY + timedelta(weeks=week))
    spells = LoadWarning.objects.order_by("raised_on").values_list("raised_on", "ended_on")
    assert [tuple((day - DAY).days // 7 if day else None for day in spell) for spell in spells] == [
        (2, 4),
        (7, None),
    ]
    assert notices_to(world.leader) == 2


def measured(world: World, experience: int, *, opened: date, tenths: int) -> None:
    """`main` measured with 100 points available, and the round closed."""
    at = moment(opened.isoformat())
    found = measurements.open_measurement(world.unit.pk, on=opened, at=at)
    measurements.answer(
        found.pk, experience=experience, flex_hours=None, comment="", by=world.main, at=at
    )
    after = found.closes_on + timedelta(days=1)
    with pytest.MonkeyPatch.context() as patched:
        shot = snapshots.Snapshot(tenths=tenths, available_tenths=1000)
        patched.setattr(snapshots, "take", lambda _unit, ids, *, on: dict.fromkeys(ids, shot))
        measurements.close_measurement(found.pk, on=after, at=moment(after.isoformat()))


@pytest.mark.parametrize(
    ("experience", "tenths", "kind"),
    [
        (5, 794, "felt_heavy"),
        (4, 400, "felt_heavy"),
        (4, 800, None),
        (3, 400, None),
        (3, 1400, None),
        (2, 1014, "felt_light"),
        (1, 1400, "felt_light"),
        (1, 1000, None),
    ],
)
def test_points_and_experience_that_say_different_things_are_told(
    world: World, experience: int, tenths: int, kind: str | None
) -> None:
    use_example(world)
    measured(world, experience, opened=date(2026, 2, 2), tenths=tenths)
    assert warn(date(2026, 2, 17)) == ({(kind, "Main Test")} if kind else set())
    row = LoadWarning.objects.first()
    assert row is None or (row.experience, row.percent) == (experience, round(tenths / 10))


def test_what_was_felt_is_told_once_until_it_has_been_talked_of(world: World) -> None:
    use_example(world)
    measured(world, 5, opened=date(2026, 2, 2), tenths=400)
    for day in (date(2026, 2, 17), date(2026, 2, 18), date(2026, 3, 20)):
        assert warn(day) == {("felt_heavy", "Main Test")}
    assert notices_to(world.leader) == 1
    reviews.hold_review(
        world.main.pk,
        held_on=date(2026, 3, 23),
        summary="Samtal om läget.",
        decisions=[],
        by=world.leader,
        at=moment("2026-03-23"),
    )
    assert warn(date(2026, 3, 24)) == set()
    measured(world, 4, opened=date(2026, 4, 1), tenths=400)
    assert warn(date(2026, 4, 17)) == {("felt_heavy", "Main Test")}
    assert notices_to(world.leader) == 2
    measured(world, 4, opened=date(2026, 6, 1), tenths=900)
    assert warn(date(2026, 6, 17)) == set()


def test_what_was_felt_long_ago_is_no_warning(world: World) -> None:
    use_example(world)
    measured(world, 5, opened=date(2026, 2, 2), tenths=400)
    last = date(2026, 2, 16) + timedelta(days=findings.MEASURED_DAYS)
    assert warn(last) == {("felt_heavy", "Main Test")}
    assert warn(last + timedelta(days=1)) == set()


def test_what_was_felt_is_shown_to_who_reads_answers_and_not_to_a_stand_in(
    world: World, client: Client
) -> None:
    use_example(world)
    measured(world, 5, opened=date(2026, 2, 2), tenths=400)
    take(world, date(2026, 2, 2))
    take(world, date(2026, 2, 9))
    take(world, date(2026, 2, 16))
    Absence.objects.create(
        user=world.leader,
        stand_in=world.leader2,
        from_on=date(2026, 2, 10),
        until_on=date(2026, 2, 28),
        reason="vacation",
    )
    assert warn(date(2026, 2, 17)) == {("felt_heavy", "Main Test"), ("red_load", "barn-1")}
    assert (notices_to(world.leader), notices_to(world.leader2)) == (2, 1)
    with time_machine.travel(moment("2026-02-17 10:00"), tick=False):
        shown = {}
        for who in ("leader", "leader2", "head"):
            client.force_login(world.people[who])
            page = client.get(reverse("workload_warnings"))
            shown[who] = {one.row.kind for one in page.context["rows"]}
            start = client.get(reverse("home")).content.decode()
            assert ("Main Test</a>: Arbetet upplevs tungt" in start) == (who != "leader2")
    assert shown == {
        "leader": {"felt_heavy", "red_load"},
        "leader2": {"red_load"},
        "head": {"felt_heavy", "red_load"},
    }


def test_a_leaders_own_load_is_told_to_the_unit_head(world: World) -> None:
    found = findings.Finding(
        WarningKind.OVERLOAD, world.groups["barn-1"].pk, user_id=world.leader.pk, percent=120
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(warnings, "find", lambda _unit, *, on: [found])
        use_example(world)
        assert warn() == {("overload", "Leader Test")}
    assert (notices_to(world.leader), notices_to(world.head)) == (0, 1)


def test_nobody_is_warned_of_a_case_they_are_blocked_from(world: World, client: Client) -> None:
    use_example(world)
    case = world.investigation("2026-03-02")
    MatterWorker.objects.filter(user=world.co).update(
        until_on=DAY - timedelta(days=1), end_reason="Slutat"
    )
    conflicts.declare(
        conflicts.ChildNamed(child_id=case.child_id),
        staff=world.leader,
        category=ConflictCategory.values[0],
        includes_siblings=False,
        from_on=date(2026, 3, 3),
        by=world.head,
        at=moment("2026-03-03"),
    )
    assert warn() == {("one_handler", case.number)}
    assert (notices_to(world.leader), notices_to(world.head)) == (0, 1)
    with time_machine.travel(moment("2026-04-06 10:00"), tick=False):
        for who, sees in (("leader", False), ("head", True)):
            client.force_login(world.people[who])
            page = client.get(reverse("workload_warnings")).content.decode()
            assert (case.number in page) == sees


def test_a_warning_is_about_what_its_kind_says(world: World) -> None:
    group, case = world.groups["barn-1"], world.investigation("2026-03-02")
    about = {
        "overload": {"user": world.main},
        "felt_light": {"user": world.main},
        "one_handler": {"matter": case.matter},
        "red_load": {},
    }
    for kind, whom in about.items():
        LoadWarning.objects.create(kind=kind, group=group, raised_on=DAY, **whom)
    for kind, whom in (("overload", {}), ("red_load", {"user": world.main}), ("one_handler", {})):
        with (
            pytest.raises(IntegrityError, match="about_what_the_kind_says"),
            transaction.atomic(),
        ):
            LoadWarning.objects.create(kind=kind, group=group, raised_on=DAY, **whom)
    with (
        pytest.raises(IntegrityError, match="workload_loadwarning_of_group_once"),
        transaction.atomic(),
    ):
        LoadWarning.objects.create(kind="red_load", group=group, raised_on=DAY)


def test_the_warnings_ask_the_same_number_of_questions_however_many_there_are(
    world: World, client: Client
) -> None:
    use_example(world)
    group = world.groups["barn-1"]
    client.force_login(world.leader)

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(name)).status_code == 200
        return len(found)

    def warned(numbers: range) -> None:
        for number in numbers:
            user = make_user(f"warned{number}")
            LoadWarning.objects.create(kind="felt_heavy", user=user, group=group, raised_on=DAY)

    pages = ("workload_warnings", "workload_groups", "home")
    warned(range(1))
    queries("home")  # what is kept from the first request on
    one = [queries(name) for name in pages]
    warned(range(1, 30))
    assert [queries(name) for name in pages] == one


def test_an_interpreter_is_noted_once_with_its_day_and_never_over_a_judgement(
    world: World,
) -> None:
    use_example(world)
    case = world.investigation("2026-03-02")

    def note(day: str) -> list[tuple[str, str]]:
        facts.note_from_records(on=date.fromisoformat(day), at=moment(day))
        return [
            (row.level_code, row.from_on.isoformat()) for row in CaseFactor.objects.order_by("pk")
        ]

    assert note("2026-03-03") == note("2026-03-04") == [("none", "2026-03-03")]
    case.child.interpreter_language = "persiska"
    case.child.save()
    assert note("2026-03-05") == [("none", "2026-03-03"), ("needed", "2026-03-05")]
    facts.judge(case.pk, levels={"interpreter": "none"}, by=world.main, at=moment("2026-03-06"))
    assert len(note("2026-03-07")) == 3
