"""What the worker does by itself about statistics. Safe to run twice, and two at once."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from core.calendar import local_date
from core.errors import Conflict
from organisation.enums import Level
from organisation.models import OrgUnit
from unitstats.services import closing

logger = logging.getLogger(__name__)


@shared_task(
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=30,
    retry_backoff_max=600,
    max_retries=5,
)
def close_months() -> None:
    """Close every month of every unit whose day has come; months missed are made up for."""
    now = timezone.now()
    closed = 0
    for unit in OrgUnit.objects.filter(level=Level.UNIT).order_by("pk"):
        for month in closing.to_close(unit, on=local_date(now)):
            try:
                closing.close(unit, month, by=None, at=now)
            except Conflict:
                # Somebody else closed it meanwhile.
                continue
            closed += 1
    if closed:
        logger.info("statistics: %s months closed", closed)
