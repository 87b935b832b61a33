"""Tasks sent from a request: quick and quiet while the broker is away, delivered when it is not."""

import socket
import time

import pytest
import redis

from core import dispatch


@pytest.fixture(autouse=True)
def forgotten_failures():
    dispatch._failed_at.clear()


def test_closed_port_costs_nothing_and_raises_nothing():
    started = time.monotonic()
    assert dispatch.send("core.tasks.heartbeat") is False
    assert time.monotonic() - started < 0.5


def test_broker_that_never_answers_costs_less_than_a_second_once(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        sent = [dispatch.send("core.tasks.heartbeat") for _ in range(20)]
    assert time.monotonic() - started < 1
    assert not any(sent)


def test_log_names_the_task_and_not_its_arguments(caplog):
    dispatch.send("cases.tasks.notify", 4711)
    assert "cases.tasks.notify not sent" in caplog.text
    assert "4711" not in caplog.text


@pytest.mark.services
def test_task_lies_in_the_queue_when_the_broker_is_there(redis_url):
    assert dispatch.send("core.tasks.heartbeat") is True
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.llen("celery") == 1


@pytest.mark.services
def test_broker_that_comes_back_is_used_again(settings, redis_url, monkeypatch):
    monkeypatch.setattr(dispatch, "PAUSE", 0.1)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert dispatch.send("core.tasks.heartbeat") is False
    settings.REDIS_URL = redis_url
    assert dispatch.send("core.tasks.heartbeat") is True


@pytest.mark.services
def test_worker_takes_a_task_and_leaves_its_heartbeat(celery_worker, redis_url):
    assert dispatch.send("core.tasks.heartbeat") is True
    with redis.Redis.from_url(redis_url) as connection:
        until = time.monotonic() + 10
        while connection.get("jamvikt:heartbeat") is None:
            assert time.monotonic() < until, celery_worker.log.read_text()
            time.sleep(0.05)
