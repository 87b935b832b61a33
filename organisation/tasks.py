"""What the worker does by itself about logins. Each task is safe to run twice, and two at once."""

from __future__ import annotations

import logging
from datetime import datetime
from smtplib import SMTPException

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from core.calendar import local_date
from organisation.login import accounts, notices, resets

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
NOT_DELIVERED = (*DATABASE_AWAY, OSError, SMTPException)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=5, retry_backoff_max=300, max_retries=5)
def tidy_logins() -> None:
    """End sessions and tokens of those whose last role has ended, and forget what is old."""
    now = timezone.now()
    ended = accounts.shut_out_departed(on=local_date(now), at=now)
    accounts.tidy(at=now)
    logger.info("logins tidied: %s people had left", ended)


@shared_task(autoretry_for=NOT_DELIVERED, retry_backoff=30, retry_backoff_max=600, max_retries=6)
def tell_of_login(user_id: int, event: str, at: str) -> None:
    """Mail a person what has happened to their sign-in."""
    notices.send(user_id, event, at=datetime.fromisoformat(at))


@shared_task(autoretry_for=NOT_DELIVERED, retry_backoff=30, retry_backoff_max=600, max_retries=3)
def send_password_reset(user_id: int) -> None:
    """Mail a person the link to choose a new password."""
    resets.send(user_id)
