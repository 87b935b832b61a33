"""Hand a task to the worker from a web request, without ever waiting for a broker that is away.

Nothing may depend on the task being taken: the hourly sweep finds whatever was not sent. Call it
from ``transaction.on_commit``, with ids only.
"""

import logging
import threading
import time

from django.conf import settings
from kombu import Connection, Producer
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.celery import app

logger = logging.getLogger(__name__)

TIMEOUT = 0.5  # seconds for a connection, and for an answer
PAUSE = 5.0  # seconds without a try after a failure, so that one request never waits twice

_local = threading.local()
_failed_at: dict[str, float] = {}


def send(task_name: str, *args: int | str) -> bool:
    """Send a task by name; False when the broker cannot take it now.

    Example: ``transaction.on_commit(lambda: send("workload.tasks.calculate_proposal", made.pk))``
    """
    url = settings.REDIS_URL
    if time.monotonic() - _failed_at.get(url, -PAUSE) < PAUSE:
        logger.warning("task %s not sent: the broker was away a moment ago", task_name)
        return False
    try:
        app.send_task(task_name, args=args, producer=_producer(url), retry=False)
    except (OSError, KombuError, RedisError) as error:
        _failed_at[url] = time.monotonic()
        _forget()
        logger.warning("task %s not sent: %s", task_name, type(error).__name__)
        return False
    return True


def _producer(url: str) -> Producer:
    """This thread's own connection, with shorter patience than the worker's."""
    if getattr(_local, "url", None) != url:
        _forget()
        connection = Connection(
            url,
            transport_options=app.conf.broker_transport_options
            | {"socket_connect_timeout": TIMEOUT, "socket_timeout": TIMEOUT},
        )
        # Otherwise the channel would try to connect twice, two seconds apart.
        connection.ensure_connection(max_retries=0)
        _local.producer = Producer(connection.channel())
        _local.connection = connection
        _local.url = url
    producer: Producer = _local.producer
    return producer


def _forget() -> None:
    connection = getattr(_local, "connection", None)
    _local.url = None
    if connection is not None:
        try:
            connection.release()
        except (OSError, KombuError, RedisError):
            logger.debug("the broken connection did not close")
        _local.connection = None
