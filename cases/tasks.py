"""What the worker does by itself about cases. Each task is safe to run twice, and two at once."""

from __future__ import annotations

import logging
from datetime import time

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from cases.access import conflicts, departures
from cases.deadlines import sweep
from cases.notices import digest
from cases.signing import texts
from core.calendar import in_stockholm, is_working_day
from organisation.services import leaving

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
MORNING = time(6)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=5, retry_backoff_max=300, max_retries=5)
def sweep_deadlines() -> None:
    """Bring every deadline up to today. Days on which nothing ran are made up for.

    Matters of those who have left go back to their leader first, so that the right people hear.
    """
    now = timezone.now()
    today = in_stockholm(now).date()
    departures.release_departed(on=today, at=now)
    departures.end_grants(on=today, at=now)
    leaving.release_stand_ins(on=today, at=now)
    conflicts.release_blocked(on=today, at=now)
    result = sweep.sweep(on=today, at=now)
    logger.info(
        "swept deadlines: %s became overdue, %s rungs, %s notices",
        *(result.overdue, result.rungs, result.notices),
    )
    if result.untold:
        logger.warning("%s deadlines have nobody to tell: the unit has no head", result.untold)


@shared_task(
    autoretry_for=(*DATABASE_AWAY, digest.NotDelivered),
    retry_backoff=60,
    retry_backoff_max=600,
    max_retries=3,
)
def send_digests() -> None:
    """Make the morning's mails if that is not done, and hand those unsent to tasks of their own.

    On working days, from six in the morning: a duty that falls due on a weekend has been warned
    about on the days before it. While the mail server is away only this task finds out, not one
    for each mail.
    """
    now = in_stockholm(timezone.now())
    if not is_working_day(now.date()) or now.time() < MORNING:
        return
    made = digest.make(day=now.date())
    waiting = digest.unsent(day=now.date())
    logger.info("digests: %s made, %s to send", made, len(waiting))
    if not waiting:
        return
    with digest.mail_server():
        pass
    for pk in waiting:
        send_digest.delay(pk)


@shared_task(
    autoretry_for=(*DATABASE_AWAY, digest.NotDelivered),
    retry_backoff=30,
    retry_backoff_max=600,
    max_retries=6,
)
def send_digest(digest_id: int) -> None:
    """Send one mail of today; one of an earlier day is no longer worth sending."""
    now = timezone.now()
    digest.deliver(digest_id, day=in_stockholm(now).date(), at=now)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=5, retry_backoff_max=300, max_retries=5)
def verify_signatures() -> None:
    """Compute every signed text's digest again; what differs is an error in the log, by id."""
    broken = texts.broken_signatures()
    for code, pk in broken:
        logger.error("signed text %s %s is not what was signed", code, pk)
    logger.info("verified signatures: %s do not match", len(broken))
