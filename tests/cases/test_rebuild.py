"""The two commands about deadlines, and that stored and derived stay the same."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from cases.deadlines.models import Deadline, Escalation
from cases.enums import DeadlineKind
from cases.matters.models import Matter
from cases.notices.models import Notice
from tests.factories import World, moment


def run(command: str, *arguments: str) -> list[str]:
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=out)
    return out.getvalue().splitlines()


class TestRebuild:
    def test_nothing_differs_after_the_services(self, world: World) -> None:
        world.investigation("2026-03-02")
        assert run("rebuild_deadlines", "--check") == ["No drift."]

    def test_check_says_what_differs_and_changes_nothing(self, world: World) -> None:
        duty = world.investigation("2026-03-02").matter.deadlines.get()
        Deadline.objects.filter(pk=duty.pk).update(due_on="2026-07-05", cancel_reason="")
        out = StringIO()
        with pytest.raises(CommandError, match="1 deadlines differ"):
            call_command("rebuild_deadlines", "--check", stdout=out)
        assert out.getvalue() == (
            f"{duty.matter.number} investigation due_on: 2026-07-05 -> 2026-07-02\n"
        )
        duty.refresh_from_db()
        assert duty.due_on == date(2026, 7, 5)

    def test_rebuilding_puts_right_what_differs_and_says_so(self, world: World) -> None:
        investigation = world.investigation("2026-03-02")
        report = investigation.reports.get()
        Deadline.objects.filter(matter=investigation.matter).update(due_on="2026-07-05")
        Deadline.objects.filter(matter=report.matter, kind=DeadlineKind.OPENING_DECISION).delete()
        extra = report.matter.deadlines.get()
        Deadline.objects.filter(pk=extra.pk).update(kind=DeadlineKind.SERIOUS_TALK)
        with time_machine.travel(moment("2026-03-05"), tick=False):
            printed = run("rebuild_deadlines")
        assert printed == [
            f"{report.number} opening_decision due 2026-03-16: missing -> derived",
            f"{report.number} protection_assessment due 2026-03-02: missing -> derived",
            f"{report.number} serious_talk due 2026-03-02: stored -> does not apply",
            f"{investigation.number} investigation due_on: 2026-07-05 -> 2026-07-02",
            "4 deadlines differed and are put right.",
        ]
        assert run("rebuild_deadlines", "--check") == ["No drift."]
        extra.refresh_from_db()
        assert extra.cancelled_on == date(2026, 3, 5)

    def test_a_matter_that_says_otherwise_than_its_own_row_is_put_right(self, world: World) -> None:
        investigation = world.investigation("2026-03-02")
        Matter.objects.filter(pk=investigation.pk).update(closed_on="2026-03-09")
        with pytest.raises(CommandError, match="1 deadlines differ"):
            run("rebuild_deadlines", "--check")
        assert run("rebuild_deadlines")[0] == (
            f"{investigation.number} matter closed_on: 2026-03-09 -> None"
        )
        assert run("rebuild_deadlines", "--check") == ["No drift."]

    def test_the_lines_name_nobody(self, world: World) -> None:
        investigation = world.investigation("2026-03-02")
        Deadline.objects.update(child=world.report("2026-03-03 09:00").child)
        out = StringIO()
        with pytest.raises(CommandError):
            call_command("rebuild_deadlines", "--check", stdout=out)
        assert investigation.child.first_name not in out.getvalue()


class TestSweepCommand:
    def test_it_sweeps_today(self, world: World) -> None:
        world.report("2026-03-02 09:00")
        with time_machine.travel(moment("2026-03-02 10:00"), tick=False):
            assert run("sweep_deadlines") == [
                "2026-03-02: 0 became overdue, 2 rungs reached, 2 notices"
            ]

    def test_it_sweeps_a_day_that_has_been(self, world: World) -> None:
        world.report("2026-03-02 09:00")
        with time_machine.travel(moment("2026-03-09 10:00"), tick=False):
            run("sweep_deadlines", "--on", "2026-03-03")
        assert set(Escalation.objects.values_list("rung", flat=True)) == {"before", "due", "after"}

    def test_the_day_is_the_swedish_one_just_after_midnight(self, world: World) -> None:
        world.report("2026-03-02 09:00")
        with time_machine.travel(moment("2026-03-03 00:05"), tick=False):
            run("sweep_deadlines")
        assert Deadline.objects.filter(overdue_since="2026-03-03").count() == 1

    def test_a_demo_can_look_ahead(self, world: World) -> None:
        world.report("2026-03-02 09:00")
        with time_machine.travel(moment("2026-03-02 10:00"), tick=False):
            run("sweep_deadlines", "--on", "2026-03-03")
        assert Deadline.objects.filter(overdue_since="2026-03-03").count() == 1

    def test_matters_of_those_who_left_go_back_to_their_leader_first(self, world: World) -> None:
        investigation = world.investigation("2026-03-02")
        for user in (world.main, world.co):
            user.is_active = False
            user.save()
        with time_machine.travel(moment("2026-03-03 10:00"), tick=False):
            run("sweep_deadlines")
        investigation.refresh_from_db()
        assert investigation.status == "waiting"

    @pytest.mark.parametrize(
        ("day", "message"),
        [
            ("2026-03-10", "has not come yet"),
            ("2026-02-30", "a day that exists"),
            ("20260302", "a day that exists"),
            ("tomorrow", "a day that exists"),
            ("", "a day that exists"),
        ],
    )
    def test_a_day_that_makes_no_sense_is_refused(
        self, world: World, settings, day: str, message: str
    ) -> None:
        settings.DEMO = False
        world.report("2026-03-02 09:00")
        given = Notice.objects.count()
        with (
            time_machine.travel(moment("2026-03-09 23:59"), tick=False),
            pytest.raises(CommandError, match=message) as refused,
        ):
            run("sweep_deadlines", f"--on={day}")
        assert "\n" not in str(refused.value)
        assert Notice.objects.count() == given
