"""The sweep and the morning's mail with a real Redis, a real worker and a real mail server."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from benchmarks.sweep import fill
from cases.deadlines.models import Deadline, Escalation
from cases.deadlines.sweep import CHUNK
from cases.notices.models import Digest, Notice
from cases.tasks import send_digest
from config import servers
from core import dispatch
from core.calendar import local_date
from tests.factories import World
from tests.plugin import Worker, worker_environ

pytestmark = pytest.mark.services

PATIENCE = 120  # seconds, for a busy machine; some two are needed


def until(is_so: Callable[[], object], what: str) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"not within {PATIENCE} s: {what}"
        time.sleep(0.05)


@pytest.fixture
def today() -> date:
    """The worker reads the clock, so these tests have to."""
    return local_date(timezone.now())


@pytest.fixture(autouse=True)
def forgotten_failures() -> None:
    dispatch._failed_at.clear()


@pytest.fixture
def own_redis(tmp_path: Path, settings) -> Iterator[servers.Redis]:
    """A Redis to stop and start, keeping what it has been given as in production."""
    server = servers.Redis(tmp_path / "redis", tmp_path / "redis.log", persistent=True)
    server.start()
    settings.REDIS_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def own_worker(
    own_redis: servers.Redis, transactional_db: None, tmp_path: Path
) -> Iterator[Worker]:
    worker = Worker(worker_environ(own_redis.url), tmp_path / "worker.log")
    worker.start()
    yield worker
    worker.stop()


def overdue(world: World, today: date, days: int) -> Deadline:
    """An assessment that should have been made that many days ago."""
    report = world.report(f"{today - timedelta(days=days)} 09:00")
    return report.matter.deadlines.get(kind="protection_assessment")


def assert_each_once() -> None:
    told = list(
        Notice.objects.filter(kind="deadline").values_list("deadline", "recipient", "due_on")
    )
    assert len(told) == len(set(told))
    rungs = list(Escalation.objects.values_list("deadline", "due_on", "rung"))
    assert len(rungs) == len(set(rungs))


def test_a_task_sent_from_the_web_is_done_by_the_worker(celery_worker: Worker, today: date) -> None:
    duty = overdue(World(), today, 1)
    assert dispatch.send("cases.tasks.sweep_deadlines")
    until(lambda: Notice.objects.filter(deadline=duty).count() == 3, "three are told")
    duty.refresh_from_db()
    assert duty.overdue_since == today
    assert list(duty.escalations.order_by("pk").values_list("rung", flat=True)) == [
        "before",
        "due",
        "after",
    ]


@pytest.mark.slow
def test_redis_stopped_under_load_and_started_again_loses_nothing(
    own_redis: servers.Redis, own_worker: Worker, today: date, client
) -> None:
    world = World()
    first = overdue(world, today, 1)
    for n in range(40):
        dispatch.send("cases.tasks.sweep_deadlines")
        if n == 20:
            servers.stop_process(own_redis.process, (signal.SIGTERM, 10))
    assert dispatch.send("cases.tasks.sweep_deadlines") is False
    # The unit works on meanwhile.
    second = overdue(world, today, 2)
    assert client.get(reverse("account_login")).status_code == 200
    assert client.get("/readyz").status_code == 503

    own_redis.launch()
    dispatch._failed_at.clear()
    until(lambda: dispatch.send("cases.tasks.sweep_deadlines"), "the broker takes tasks")
    until(lambda: Notice.objects.filter(deadline=second).exists(), "the worker is back")
    until(lambda: Notice.objects.filter(deadline=first).exists(), "nothing is lost")
    assert_each_once()


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_a_sweep_is_made_up_for(
    celery_worker: Worker, today: date
) -> None:
    fill(CHUNK + 20, on=today, due_in=range(-1, 1))
    last = Deadline.objects.order_by("pk").last()
    with transaction.atomic():
        # The sweep waits here, in its second chunk, to see whether we keep this rung.
        Escalation.objects.create(
            deadline=last, due_on=last.due_on, rung="before", reached_on=last.warn_on
        )
        assert dispatch.send("cases.tasks.sweep_deadlines")
        until(
            lambda: Escalation.objects.exclude(deadline=last).count() > CHUNK,
            "the first chunk is done",
        )
        done = Notice.objects.count()
        (child,) = children(celery_worker.process.pid)
        os.kill(child, signal.SIGKILL)
        transaction.set_rollback(True)
    # Nobody sends it again: what was not finished comes back by itself.
    until(lambda: Escalation.objects.filter(deadline=last).exists(), "the sweep is finished")
    assert Escalation.objects.values("deadline").distinct().count() == CHUNK + 20
    assert Notice.objects.count() > done
    assert_each_once()


def children(pid: int) -> list[int]:
    """The processes a worker does its tasks in."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(line) for line in found.stdout.split()]


class Mailbox:
    """A mail server's memory; `refusals` mails are turned away before the first is taken."""

    def __init__(self) -> None:
        self.refusals = 0
        self.taken: list[tuple[list[str], str]] = []

    async def handle_DATA(  # noqa: N802 (the name aiosmtpd calls)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 Try again later"
        assert isinstance(envelope.content, bytes)
        self.taken.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    handler = Mailbox()
    server = Controller(handler, hostname="127.0.0.1", port=servers.free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield handler
    server.stop()


def made_digest(world: World, day: date) -> Digest:
    return Digest.objects.create(
        recipient=world.main, day=day, overdue=2, due_today=0, due_soon=1, unread=0
    )


def test_the_worker_hands_the_mail_to_a_mail_server_once(
    celery_worker: Worker, mailbox: Mailbox, settings, today: date
) -> None:
    row = made_digest(World(), today)
    celery_worker.stop()
    celery_worker.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{settings.EMAIL_PORT}"
    for _ in range(3):
        assert dispatch.send("cases.tasks.send_digest", row.pk)
    celery_worker.start()
    until(lambda: Digest.objects.filter(sent_at__isnull=False).exists(), "the mail is sent")
    until(lambda: celery_worker.log.read_text().count("succeeded") >= 3, "all three are done")
    ((recipients, text),) = mailbox.taken
    assert recipients == ["main@example.test"]
    assert "Subject: =?utf-8?" in text
    assert "Auto-Submitted: auto-generated" in text


@pytest.mark.django_db
def test_a_mail_server_that_says_later_is_asked_again_until_it_takes_the_mail_once(
    world: World, mailbox: Mailbox, today: date
) -> None:
    mailbox.refusals = 2
    row = made_digest(world, today)
    send_digest.apply(args=[row.pk])  # Celery's own retries, without the waiting
    assert (mailbox.refusals, len(mailbox.taken)) == (0, 1)
    row.refresh_from_db()
    assert row.sent_at is not None


@pytest.mark.django_db
def test_a_mail_server_that_is_away_all_day_costs_no_mail(
    world: World, mailbox: Mailbox, settings, today: date
) -> None:
    row = made_digest(world, today)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, servers.free_port()
    assert send_digest.apply(args=[row.pk]).failed()
    assert mailbox.taken == []
    settings.EMAIL_PORT = port
    send_digest.apply(args=[row.pk])  # as the next hour's run does
    send_digest.apply(args=[row.pk])
    assert len(mailbox.taken) == 1
