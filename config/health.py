"""Whether the product works: `/healthz` for the process, `/readyz` for what it depends on.

As a command it asks such an address, for a container's health check:

    python -m config.health http://127.0.0.1:8000/healthz
"""

import functools
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

PROBE_SECONDS = 1.0
HEARTBEAT_LIMIT = 90  # seconds; three heartbeats


@dataclass(frozen=True)
class Probe:
    """One dependency's state; its text names no host and no person.

    `text` is English with a place for `value`: machines read it as it stands (`detail`), a page
    may say it in the reader's language.
    """

    ok: bool
    text: str
    value: str = ""

    @property
    def detail(self) -> str:
        return self.text % {"value": self.value}


_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="probe")


def healthz(request):  # type: ignore[no-untyped-def]
    """The process answers; it asks nothing of anyone else."""
    from django.http import HttpResponse

    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request):  # type: ignore[no-untyped-def]
    """200 when everything works, else 503; either way what works and what does not."""
    from django.http import HttpResponse, JsonResponse
    from django.template.loader import render_to_string

    # Reads the migrations' files, once in a process; not a matter of the probe's second.
    _expected_migrations()
    probes = measure(
        {
            "database": database,
            "redis": redis_answers,
            "worker": worker,
            "migrations": migrations,
        }
    )
    well = all(probe.ok for probe in probes.values())
    # Programs ask for anything, browsers for a page before anything else.
    wanted = request.get_preferred_type(["application/json", "text/html"])
    if wanted == "text/html":
        page = render_to_string("core/readyz.html", {"services": in_words(probes), "well": well})
        response = HttpResponse(page)
    else:
        answer = {name: {"ok": probe.ok, "detail": probe.detail} for name, probe in probes.items()}
        response = JsonResponse(answer)
    response.status_code = 200 if well else 503
    # Whoever asks every few seconds knows; the log need not repeat it as an error.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


NAMES = {
    "database": gettext_noop("Database"),
    "redis": gettext_noop("Queue (Redis)"),
    "worker": gettext_noop("Background worker"),
    "migrations": gettext_noop("Database structure"),
}


def in_words(probes: dict[str, Probe]) -> list[dict[str, object]]:
    """The probes for a page, in the reader's language: each {label, ok, detail}."""
    return [
        {
            "label": gettext(NAMES[name]),
            "ok": probe.ok,
            "detail": gettext(probe.text) % {"value": probe.value},
        }
        for name, probe in probes.items()
    ]


def measure(probes: dict[str, Callable[[], Probe]]) -> dict[str, Probe]:
    """Run the probes side by side; one that takes too long has failed."""
    until = time.monotonic() + PROBE_SECONDS
    futures: dict[str, Future[Probe]] = {n: _pool.submit(probe) for n, probe in probes.items()}
    results: dict[str, Probe] = {}
    for name, future in futures.items():
        try:
            results[name] = future.result(max(0.0, until - time.monotonic()))
        except TookTooLong:
            future.cancel()
            results[name] = Probe(
                False, gettext_noop("no answer within %(value)s s"), f"{PROBE_SECONDS:g}"
            )
        except Exception as error:
            results[name] = Probe(False, gettext_noop("failed: %(value)s"), type(error).__name__)
    return results


def _query(statement: str) -> list[tuple[object, ...]]:
    """On a connection of its own: the probe runs in another thread and leaves nothing open."""
    import psycopg
    from django.db import connections

    parameters = connections["default"].get_connection_params() | {"connect_timeout": 2}
    with psycopg.connect(**parameters) as connection, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '1s'")
        return cursor.execute(statement).fetchall()


def database() -> Probe:
    _query("SELECT 1")
    return Probe(True, gettext_noop("answers"))


def migrations() -> Probe:
    applied = set(_query("SELECT app, name FROM django_migrations"))
    missing = len(_expected_migrations() - applied)
    if missing:
        return Probe(False, gettext_noop("%(value)s not applied"), str(missing))
    return Probe(True, gettext_noop("all applied"))


@functools.cache
def _expected_migrations() -> frozenset[tuple[object, ...]]:
    from django.db.migrations.loader import MigrationLoader

    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _redis_value(key: str) -> bytes | None:
    import redis
    from django.conf import settings

    with redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=PROBE_SECONDS,
        socket_timeout=PROBE_SECONDS,
        retry=None,
    ) as client:
        return client.get(key)  # type: ignore[return-value]


def redis_answers() -> Probe:
    _redis_value("jamvikt:none")
    return Probe(True, gettext_noop("answers"))


def worker() -> Probe:
    from core.tasks import HEARTBEAT_KEY

    beat = _redis_value(HEARTBEAT_KEY)
    if beat is None:
        return Probe(False, gettext_noop("no heartbeat yet"))
    age = int(time.time()) - int(beat)
    return Probe(age <= HEARTBEAT_LIMIT, gettext_noop("heartbeat %(value)s s ago"), str(age))


def main(address: str) -> int:
    """Ask our own server, under a name it answers to; the exit status says whether it is well."""
    import http.client
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    names = [name for name in os.environ.get("ALLOWED_HOSTS", "").split(",") if name.strip()]
    host = names[0].strip().lstrip(".") if names else "localhost"
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/", headers={"Host": host.replace("*", "x")})
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
