"""What the worker does by itself about workload. Each task is safe to run twice, two at once."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from core.calendar import local_date
from workload.services import allocation, facts, tending, warnings

logger = logging.getLogger(__name__)


@shared_task(
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=5,
    retry_backoff_max=300,
    max_retries=5,
)
def calculate_proposal(proposal_id: int) -> None:
    """Calculate a proposed allocation that somebody waits for."""
    allocation.calculate(proposal_id, at=timezone.now())


@shared_task(
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=5,
    retry_backoff_max=300,
    max_retries=5,
)
def look_through() -> None:
    """Note what the record says of the cases, then tell leaders what has become too heavy."""
    at = timezone.now()
    on = local_date(at)
    facts.note_from_records(on=on, at=at)
    warnings.warn(on=on, at=at)


@shared_task(
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=5,
    retry_backoff_max=300,
    max_retries=5,
)
def tend_rounds() -> None:
    """Open, remind of and close the rounds of every unit."""
    at = timezone.now()
    done = tending.tend(on=local_date(at), at=at)
    logger.info(
        "rounds: %s opened, %s closed, %s reminders", done.opened, done.closed, done.reminded
    )
