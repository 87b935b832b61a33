"""Tasks of the platform itself; tasks about cases live with the cases."""

import time

import redis
from celery import shared_task
from django.conf import settings

HEARTBEAT_KEY = "jamvikt:heartbeat"


@shared_task
def heartbeat() -> None:
    """Leave a sign that beat schedules, Redis carries and a worker works; `/readyz` reads it."""
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2
    ) as client:
        client.set(HEARTBEAT_KEY, int(time.time()))
