"""`/healthz` and `/readyz`: what they say when something is away, and that they do not wait."""

import socket
import time

import pytest
import redis

from config import health
from core.tasks import HEARTBEAT_KEY, heartbeat


def test_healthz_asks_nobody(client):
    # No database mark: a query would fail the test.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_without_redis_says_so_and_stays_quick(client):
    started = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - started < 2
    assert answer.status_code == 503
    state = answer.json()
    assert {name: probe["ok"] for name, probe in state.items()} == {
        "database": True,
        "migrations": True,
        "redis": False,
        "worker": False,
    }
    assert state["redis"]["detail"] == "failed: ConnectionError"


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.django_db
def test_readyz_is_a_page_with_words_to_a_browser_and_figures_to_programs(client):
    page = client.get("/readyz", headers={"accept": BROWSER, "accept-language": "sv"})
    assert page.status_code == 503
    assert page["Content-Type"].startswith("text/html")
    html = page.content.decode()
    for words in ("Något svarar inte", "Databas", "fungerar", "svarar inte", "Bakgrundsarbetare"):
        assert words in html
    for accept in ("*/*", "application/json", ""):
        answer = client.get("/readyz", headers={"accept": accept})
        assert (answer.status_code, answer["Content-Type"]) == (503, "application/json")
        assert answer.json()["database"]["ok"] is True


@pytest.mark.services
@pytest.mark.django_db
def test_readyz_with_everything_is_200(client, redis_url):
    assert client.get("/readyz").json()["worker"] == {"ok": False, "detail": "no heartbeat yet"}
    heartbeat()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert all(probe["ok"] for probe in answer.json().values())


@pytest.mark.services
def test_old_heartbeat_is_no_worker(redis_url):
    with redis.Redis.from_url(redis_url) as connection:
        connection.set(HEARTBEAT_KEY, int(time.time()) - health.HEARTBEAT_LIMIT - 5)
    assert health.worker().ok is False


def test_redis_that_never_answers_costs_a_second(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        probes = health.measure({"redis": health.redis_answers, "worker": health.worker})
    assert time.monotonic() - started < 1.5
    assert not any(probe.ok for probe in probes.values())


@pytest.mark.django_db
def test_unapplied_migration_is_counted(client, monkeypatch):
    monkeypatch.setattr(health, "_expected_migrations", lambda: frozenset({("cases", "9999_x")}))
    assert client.get("/readyz").json()["migrations"] == {"ok": False, "detail": "1 not applied"}


@pytest.mark.django_db
def test_command_asks_an_address_and_answers_with_its_status(live_server, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", ".localhost,other")
    assert health.main(f"{live_server.url}/healthz") == 0
    assert health.main(f"{live_server.url}/readyz") == 1
    assert health.main("http://127.0.0.1:1/healthz") == 1
