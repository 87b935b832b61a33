"""The Celery application: what runs in the background, when, and how it talks to Redis.

Web requests do not send tasks through this module but through ``core.dispatch``, which never waits
for a broker that is away.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

HEARTBEAT_SECONDS = 30

app = Celery("jamvikt", task_cls="core.tasks:Task")
app.conf.update(
    broker_url=settings.REDIS_URL,
    task_ignore_result=True,
    # A task is done when it has ended, not when it was fetched: a worker that dies loses nothing.
    # Every task is therefore safe to run twice.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        # An unacknowledged task comes back after this; longer than the longest task.
        "visibility_timeout": 3600,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
    timezone="Europe/Stockholm",
    enable_utc=True,
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    worker_send_task_events=False,
    task_time_limit=1800,
    beat_schedule={
        "heartbeat": {
            "task": "core.tasks.heartbeat",
            "schedule": HEARTBEAT_SECONDS,
            # Those that piled up while the worker was away say nothing any more.
            "options": {"expires": HEARTBEAT_SECONDS},
        },
        "seal the trail": {
            "task": "core.tasks.seal_trail",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "verify the trail": {
            "task": "audits.tasks.verify_trail",
            "schedule": crontab(hour=3, minute=10),
            "options": {"expires": 6 * 3600},
        },
        "open log checks": {
            "task": "audits.tasks.open_log_checks",
            # Last month's, every morning: a day on which nothing ran is made up for.
            "schedule": crontab(hour=4, minute=20),
            "options": {"expires": 6 * 3600},
        },
        "sweep deadlines": {
            "task": "cases.tasks.sweep_deadlines",
            "schedule": crontab(minute=5),
            "options": {"expires": 3600},
        },
        "close months": {
            "task": "unitstats.tasks.close_months",
            "schedule": crontab(hour=3, minute=20),
            "options": {"expires": 12 * 3600},
        },
        "tidy logins": {
            "task": "organisation.tasks.tidy_logins",
            # A role that ended with the day before ends its sessions and tokens.
            "schedule": crontab(hour=0, minute=2),
            "options": {"expires": 3600},
        },
        "look through workloads": {
            "task": "workload.tasks.look_through",
            # Several times, so that a morning without a worker is made up for; once is enough.
            "schedule": crontab(hour="5-9", minute=20),
            "options": {"expires": 3600},
        },
        "tend rounds": {
            "task": "workload.tasks.tend_rounds",
            "schedule": crontab(hour="5-8", minute=40),
            "options": {"expires": 3600},
        },
        "send digests": {
            "task": "cases.tasks.send_digests",
            # The first run makes the morning's mails; later ones send what could not be sent, or
            # make them when the worker was away at half past six.
            "schedule": crontab(hour="6-17", minute=30),
            "options": {"expires": 3600},
        },
        "verify signatures": {
            "task": "cases.tasks.verify_signatures",
            "schedule": crontab(hour=2, minute=20),
            "options": {"expires": 12 * 3600},
        },
    },
)
app.autodiscover_tasks(lambda: [name for name in settings.INSTALLED_APPS if "." not in name])


@setup_logging.connect
def use_django_logging(**_: Any) -> None:
    """Keep Celery from installing its own loggers, which print arguments and error texts."""
    from logging.config import dictConfig

    dictConfig(settings.LOGGING)
