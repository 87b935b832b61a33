"""What the worker does by itself for the self-audits. Each task is safe to run twice."""

from __future__ import annotations

import logging
from datetime import timedelta
from itertools import islice

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from audits.services import log_checks
from audits.topics import TRAIL_BROKEN
from cases.notices.services import tell_topic
from core import seals
from core.calendar import local_date
from core.tasks import DATABASE_AWAY
from organisation.enums import Role
from organisation.models import RoleAssignment

logger = logging.getLogger(__name__)

MOST_SAID = 50


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=60, max_retries=3)
def open_log_checks() -> None:
    """Draw last month's log check in every unit that has none yet."""
    made = log_checks.open_last_month(at=timezone.now())
    logger.info("log checks: %s opened", made)


@shared_task(autoretry_for=(*DATABASE_AWAY, OSError), retry_backoff=60, max_retries=3)
def verify_trail() -> None:
    """Verify yesterday's trail; tell the system administrators when it is broken.

    With TRAIL_HEADS_TO, the day's head and the outcome are mailed there, to be kept outside.
    """
    now = timezone.now()
    seals.seal()
    day = local_date(now) - timedelta(days=1)
    faults = [str(fault) for fault in islice(seals.verify(first=day, last=day), MOST_SAID)]
    for fault in faults:
        logger.error("the trail is not as it was written: %s", fault)
    if faults:
        administrators = RoleAssignment.objects.active(local_date(now)).filter(
            role=Role.SYSTEM_ADMINISTRATOR, user__is_active=True
        )
        # By the day's number: a notice a day and person, however often this runs.
        told = administrators.values_list("user_id", flat=True)
        tell_topic(told, TRAIL_BROKEN, day.toordinal(), at=now)
    if settings.TRAIL_HEADS_TO:
        said = [
            f"{head.day} {head.entries} {head.digest}" for head in seals.heads(first=day, last=day)
        ]
        send_mail(
            f"Jämvikt: {'the trail is broken' if faults else 'head of the trail'} {day}",
            "\n".join([*said, *faults]) or f"{day}: nothing is sealed",
            None,
            settings.TRAIL_HEADS_TO,
        )
