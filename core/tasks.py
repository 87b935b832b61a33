"""Tasks of the platform itself; tasks about cases live with the cases."""

import logging
import time
from typing import Any

import celery
import pghistory
import redis
from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError

from core import seals

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
HEARTBEAT_KEY = "jamvikt:heartbeat"


class Task(celery.Task):  # type: ignore[type-arg]
    """A task whose changes say in their history which task made them."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with pghistory.context(user=None, task=self.name):
            return super().__call__(*args, **kwargs)


@shared_task
def heartbeat() -> None:
    """Leave a sign that beat schedules, Redis carries and a worker works; `/readyz` reads it."""
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2
    ) as client:
        client.set(HEARTBEAT_KEY, int(time.time()))


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=5, retry_backoff_max=60, max_retries=3)
def seal_trail() -> None:
    """Seal the trail until now; every minute, and what could not be sealed then the next time."""
    if seals.seal() is None:
        logger.warning("the trail was not sealed: another does it, or a transaction goes on")
