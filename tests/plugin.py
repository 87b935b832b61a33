"""Services of the test run: a PostgreSQL for everything, a Redis and a worker for those that ask.

Loaded as a plugin (`-p tests.plugin`), because settings need the database's address before any
conftest is read. With pytest-xdist the first process starts PostgreSQL and the workers inherit its
address. What DATABASE_URL and REDIS_URL name is used instead of servers of our own.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from config import servers, services
from config.messages import compile_messages

WORKER_START = 30  # seconds


# First, because pytest-django loads the settings in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compile_messages()
    if "DATABASE_URL" in os.environ:
        return
    running = contextlib.ExitStack()
    # Not a hook: when settings do not load, pytest ends without calling any.
    atexit.register(running.close)
    try:
        urls = running.enter_context(services.temporary_services(redis=False))
    except servers.ServiceError as error:
        pytest.exit(f"error: {error}", returncode=1)
    os.environ["DATABASE_URL"] = urls.database


def pytest_configure() -> None:
    import hypothesis

    # How long an example takes says more about the machine's load than about the code.
    hypothesis.settings.register_profile("jamvikt", deadline=None)
    hypothesis.settings.load_profile("jamvikt")


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of a Redis for this process's tests, started when the first one asks."""
    with services.temporary_services(postgres=False) as urls:
        yield urls.redis


@pytest.fixture
def redis_url(redis_server: str, settings) -> str:
    """An empty Redis that the test's settings, and so `core.dispatch`, point to."""
    import redis

    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    settings.REDIS_URL = redis_server
    return redis_server


class Worker:
    """A Celery worker in a process of its own, on the test database."""

    def __init__(self, environ: dict[str, str], log: Path) -> None:
        self.environ = environ
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker"]
        command += ["--concurrency", "1", "--loglevel", "INFO", "--without-mingle"]
        with self.log.open("wb") as log:
            self.process = servers.spawn(command, stdout=log, env=os.environ | self.environ)
        until = time.monotonic() + WORKER_START
        while " ready." not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the worker did not start: {self.log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process:
            servers.stop_process(
                self.process,
                (signal.SIGTERM, 10),
                (signal.SIGQUIT, 5),
                group=True,
            )
            self.process = None


def worker_environ(redis_address: str) -> dict[str, str]:
    """What a worker has to know to work on the test database with that Redis."""
    from django.db import connection

    database = connection.settings_dict
    login = quote(database["USER"]) + (
        ":" + quote(database["PASSWORD"]) if database["PASSWORD"] else ""
    )
    host, query = database["HOST"], ""
    if host.startswith("/"):
        host, query = "", f"?host={quote(host)}"
    port = f":{database['PORT']}" if database["PORT"] else ""
    return {
        "DATABASE_URL": f"postgresql://{login}@{host}{port}/{database['NAME']}{query}",
        "REDIS_URL": redis_address,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }


@pytest.fixture
def celery_worker(redis_url: str, transactional_db, tmp_path: Path) -> Iterator[Worker]:
    """A real worker, ready to take tasks; it sees what the test commits."""
    worker = Worker(worker_environ(redis_url), tmp_path / "worker.log")
    worker.start()
    yield worker
    worker.stop()
