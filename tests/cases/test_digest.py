"""The morning's mail: who gets one, what it says, and that it is sent once."""

from __future__ import annotations

from datetime import date
from smtplib import SMTPServerDisconnected
from unittest.mock import patch

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from cases import tasks
from cases.access import conflicts, emergency
from cases.access.conflicts import ChildNamed
from cases.deadlines.models import Deadline
from cases.enums import ConflictCategory, NoticeKind
from cases.notices import digest
from cases.notices.digest import NotDelivered
from cases.notices.models import Digest, Notice
from organisation.models import Absence
from tests.factories import World, moment

DAY, NEXT = date(2026, 7, 2), date(2026, 7, 3)  # a Thursday, a Friday


def figures(who: str) -> tuple[int, int, int, int] | None:
    """Overdue, due today, due within seven days, unread: what the person's mail of the day says."""
    rows = Digest.objects.filter(recipient__username=who, day=DAY)
    return rows.values_list("overdue", "due_today", "due_soon", "unread").first()


def who_get_one() -> set[str]:
    return set(Digest.objects.filter(day=DAY).values_list("recipient__username", flat=True))


def send(who: str = "main") -> bool:
    row = Digest.objects.get(recipient__username=who, day=DAY)
    return digest.deliver(row.pk, day=DAY, at=moment(f"{DAY} 06:30"))


@pytest.fixture
def case(world: World) -> World:
    """`main` and `co`, in `leader`'s group, have one overdue, one due today and two soon."""
    for opened in ("2026-02-20", "2026-03-02", "2026-03-03", "2026-03-09", "2026-03-10"):
        world.investigation(opened)
    Deadline.objects.filter(matter_kind="report").update(
        met_on="2026-04-01", met_at=None, missed_on=None
    )
    Notice.objects.all().delete()
    return world


class TestWhoAndWhat:
    def test_handlers_leader_and_head_see_what_they_answer_for(self, case: World) -> None:
        digest.make(day=DAY)
        assert who_get_one() == {"main", "co", "leader", "head"}
        assert {figures(who) for who in who_get_one()} == {(1, 1, 2, 0)}

    def test_a_handler_who_also_leads_counts_a_deadline_once(self, case: World) -> None:
        case.leader.role_assignments.update(user=case.main)
        digest.make(day=DAY)
        assert figures("main") == (1, 1, 2, 0)

    def test_unread_notices_alone_are_worth_a_mail(self, case: World) -> None:
        for who, read in (("third", None), ("worker2", moment("2026-07-01"))):
            Notice.objects.create(
                recipient=case.people[who],
                kind=NoticeKind.ASSIGNED,
                created_at=moment("2026-07-01"),
                read_at=read,
            )
        digest.make(day=DAY)
        assert figures("third") == (0, 0, 0, 1)
        assert figures("worker2") is None

    def test_no_mail_to_those_who_have_left_or_have_no_address(self, case: World) -> None:
        case.main.is_active = False
        case.main.save()
        case.co.email = ""
        case.co.save()
        digest.make(day=DAY)
        assert who_get_one() == {"leader", "head"}

    def test_the_mail_of_the_stand_in_covers_whoever_is_away(self, case: World) -> None:
        self.away(case, "main", stand_in="third")
        digest.make(day=DAY)
        assert figures("main") is None
        assert figures("third") == (1, 1, 2, 0)

    def test_whoever_is_away_without_a_stand_in_keeps_the_mail(self, case: World) -> None:
        self.away(case, "main")
        self.away(case, "co", stand_in="third")
        self.away(case, "third")
        digest.make(day=DAY)
        assert {"main", "co", "third"} <= who_get_one()

    def test_what_is_met_or_later_is_not_counted(self, case: World) -> None:
        Deadline.objects.filter(due_on__lt=DAY).update(met_on=DAY, missed_on=None)
        Deadline.objects.filter(due_on=DAY).update(cancelled_on=DAY, cancel_reason="x")
        digest.make(day=DAY)
        assert figures("main") == (0, 0, 2, 0)

    def away(self, case: World, who: str, *, stand_in: str | None = None) -> None:
        Absence.objects.create(
            user=case.people[who],
            from_on=DAY,
            until_on=DAY,
            reason="illness",
            stand_in=case.people[stand_in] if stand_in else None,
        )


class TestLetter:
    def test_it_gives_figures_and_a_link_and_nothing_about_anybody(
        self, case: World, settings
    ) -> None:
        settings.SITE_URL = "https://jamvikt.example"
        case.main.language = "en"
        case.main.save()
        digest.make(day=DAY)
        send()
        (message,) = mail.outbox
        assert message.to == ["main@example.test"]
        assert message.subject == "Jämvikt: your day, Thu 2 July"
        assert message.body == (
            "Good morning!\n\nThis is what is waiting for you on Thu 2 July:\n\n"
            "- 1 deadline is overdue\n"
            "- 1 deadline falls due today\n"
            "- 2 deadlines fall due in the next seven days\n\n"
            "Open Jämvikt: https://jamvikt.example/\n\n"
            "The figures are those of this morning, and include what you look after for "
            "colleagues who are away. The mail names nobody and cannot be answered.\n"
        )

    def test_it_is_in_the_language_of_the_reader(self, case: World) -> None:
        digest.make(day=DAY)
        send()
        assert "tors 2 juli" in mail.outbox[0].subject

    def test_it_names_no_case_and_no_child(self, case: World) -> None:
        digest.make(day=DAY)
        send("head")
        text = str(mail.outbox[0].message())
        assert case.unit.code not in text
        assert "Testsson" not in text

    def test_the_head_is_told_of_emergency_openings_to_review(self, case: World) -> None:
        child = case.investigation("2026-03-11").child
        opening = emergency.open_case(
            child.pk, reason="Akut läge i natt.", hours=4, by=case.leader2, at=moment("2026-07-01")
        )
        Notice.objects.all().delete()
        digest.make(day=DAY)
        told = Digest.objects.filter(day=DAY, emergencies=1)
        assert [row.recipient for row in told] == [case.head]
        case.head.language = "sv"
        case.head.save()
        send("head")
        assert "- 1 nödöppning att granska\n" in mail.outbox[0].body
        opening.refresh_from_db()
        emergency.review(
            opening.pk, verdict="justified", note="", by=case.head, at=moment("2026-07-02 08:00")
        )
        digest.make(day=NEXT)
        assert not Digest.objects.filter(day=NEXT, emergencies__gt=0).exists()

    def test_nothing_of_a_child_one_is_blocked_from_is_counted(self, case: World) -> None:
        child = case.investigation("2026-03-08").child
        emergency.open_case(
            child.pk, reason="Akut läge i natt.", hours=4, by=case.leader2, at=moment("2026-07-01")
        )
        for person in (case.leader, case.head):
            conflicts.declare(
                ChildNamed(child_id=child.pk),
                staff=person,
                category=ConflictCategory.values[0],
                includes_siblings=False,
                from_on=DAY,
                by=person,
                at=moment("2026-07-02 05:00"),
            )
        # A notice from before the conflict was declared.
        Notice.objects.all().delete()
        for person in (case.leader, case.head, case.main):
            Notice.objects.create(
                recipient=person,
                kind=NoticeKind.ASSIGNED,
                matter=child.investigations.get().matter,
                created_at=moment("2026-07-01"),
            )
        digest.make(day=DAY)
        assert figures("head") == figures("leader") == (1, 1, 2, 0)
        assert figures("main") == (1, 1, 3, 1)
        assert not Digest.objects.filter(emergencies__gt=0).exists()

    def test_a_copy_has_the_same_message_id(self, case: World) -> None:
        digest.make(day=DAY)
        row = Digest.objects.first()
        first, second = (digest.letter(row).message()["Message-ID"] for _ in range(2))
        assert first == second


class TestOnce:
    def test_the_mails_of_a_morning_are_made_once(self, case: World) -> None:
        assert digest.make(day=DAY) == 4
        Notice.objects.create(
            recipient=case.third, kind="assigned", created_at=moment("2026-07-02")
        )
        assert digest.make(day=DAY) == 0
        assert figures("third") is None

    def test_a_mail_is_sent_once(self, case: World) -> None:
        digest.make(day=DAY)
        assert (send(), send()) == (True, False)
        assert len(mail.outbox) == 1
        assert digest.unsent(day=DAY) == list(
            Digest.objects.exclude(recipient=case.main).order_by("pk").values_list("pk", flat=True)
        )

    def test_what_the_server_refuses_is_tried_again(self, case: World) -> None:
        digest.make(day=DAY)
        with (
            patch.object(
                EmailBackend, "send_messages", side_effect=SMTPServerDisconnected("main@")
            ),
            pytest.raises(NotDelivered) as refused,
        ):
            send()
        assert str(refused.value) == "mail server: SMTPServerDisconnected"
        assert send()

    def test_a_server_that_is_away_leaves_the_mail_untouched(self, case: World) -> None:
        digest.make(day=DAY)
        with (
            patch.object(EmailBackend, "open", side_effect=ConnectionRefusedError),
            pytest.raises(NotDelivered),
        ):
            send()
        assert len(digest.unsent(day=DAY)) == 4

    def test_a_worker_that_dies_while_sending_does_not_send_again(self, case: World) -> None:
        digest.make(day=DAY)
        with (
            patch.object(EmailBackend, "send_messages", side_effect=KeyboardInterrupt),
            pytest.raises(KeyboardInterrupt),
        ):
            send()
        assert send() is False

    def test_the_mail_of_another_day_is_not_sent(self, case: World) -> None:
        digest.make(day=DAY)
        row = Digest.objects.first()
        assert not digest.deliver(row.pk, day=date(2026, 7, 3), at=moment("2026-07-03"))


class TestTask:
    @pytest.fixture(autouse=True)
    def at_once(self):
        """Subtasks run where they are sent from."""
        with patch.object(tasks.send_digest, "delay", tasks.send_digest):
            yield

    @pytest.mark.parametrize("time", ["06:30", "13:30"])
    def test_every_mail_of_the_morning_is_sent(self, case: World, time: str) -> None:
        with time_machine.travel(moment(f"2026-07-02 {time}"), tick=False):
            tasks.send_digests()
            tasks.send_digests()
        assert len(mail.outbox) == 4
        assert Digest.objects.filter(sent_at__isnull=False).count() == 4

    @pytest.mark.parametrize(
        "time",
        [
            "2026-07-04 06:30",  # a Saturday
            "2026-06-19 06:30",  # Midsummer Eve
            "2026-07-02 00:30",  # left over from the evening before
        ],
    )
    def test_no_mail_on_days_off_or_at_night(self, case: World, time: str) -> None:
        with time_machine.travel(moment(time), tick=False):
            tasks.send_digests()
        assert not Digest.objects.exists()

    def test_a_mail_server_that_is_away_is_found_out_once(self, case: World) -> None:
        with (
            time_machine.travel(moment("2026-07-02 06:30"), tick=False),
            patch.object(EmailBackend, "open", side_effect=ConnectionRefusedError) as opened,
            pytest.raises(NotDelivered),
        ):
            tasks.send_digests.run.__wrapped__()
        assert opened.call_count == 1
        assert Digest.objects.filter(claimed_at=None).count() == 4
