"""How a page is measured: the clock, the CPU of the two processes that work, and the floor.

Time is a whole request through all middleware, without the network: permissions, queries, the
trail of what was read, the rendered answer. The floor is a cursor that fetches the rows the page
is about, with nothing around it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organisation.models import User

WARM_UP = 3

Floor = Sequence[tuple[str, Sequence[Any]]]
"""Statements with their values."""


@dataclass(frozen=True, slots=True)
class Page:
    """An address as one account opens it, and the statements that fetch the same rows.

    With `posted` it is sent as a form, `headers` beside it.
    """

    name: str
    account: str
    url: str
    floor: Floor
    posted: Callable[[], Mapping[str, Any]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds, and how many statements one request sends.

    `cpu_ms` is the web process's own share of `p50_ms` and `database_ms` the CPU of the database's
    process: what a busy machine cannot lengthen, and together the server time of an idle one. The
    second is None where the database runs on another machine.
    """

    name: str
    account: str
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    database_ms: float | None
    floor_p50_ms: float
    floor_p95_ms: float
    queries: int
    kilobytes: float


class DatabaseClock:
    """CPU of the process that serves our connection, in milliseconds, if it runs here."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self._path = Path(f"/proc/{connection.connection.info.backend_pid}")
        self.here = False
        with suppress(OSError):
            self.here = "postgres" in (self._path / "comm").read_text()

    def __call__(self) -> float:
        return int((self._path / "schedstat").read_text().split()[0]) / 1e6 if self.here else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds of each run by the clock and of our CPU, and of the database's CPU a run."""

    clock: list[float]
    cpu: list[float]
    database: float | None


def spent(act: Callable[[], object], times: int) -> Spent:
    """Run `times` times; some runs before them do not count."""
    for _ in range(WARM_UP):
        act()
    clock, cpu = [], []
    working = DatabaseClock()
    before = working()
    for _ in range(times):
        started, worked = time.perf_counter(), time.process_time()
        act()
        cpu.append((time.process_time() - worked) * 1000)
        clock.append((time.perf_counter() - started) * 1000)
    return Spent(clock, cpu, (working() - before) / times if working.here else None)


def fetch(floor: Floor) -> None:
    with connection.cursor() as cursor:
        for statement, values in floor:
            cursor.execute(statement, values)
            cursor.fetchall()


def measure(page: Page, *, times: int) -> Timing:
    """Open the page so many times; RuntimeError when it does not answer 200."""
    client = Client(headers={"accept-language": "sv"})
    client.force_login(User.objects.get(username=page.account))

    def request() -> bytes:
        if page.posted is None:
            response = client.get(page.url, headers=page.headers)
        else:
            response = client.post(page.url, page.posted(), headers=page.headers)
        if response.status_code != 200:
            raise RuntimeError(f"{page.url} as {page.account} answered {response.status_code}")
        return response.content

    asked = spent(request, times)
    bare = spent(lambda: fetch(page.floor), times)
    with CaptureQueriesContext(connection) as captured:
        content = request()
    return Timing(
        name=page.name,
        account=page.account,
        p50_ms=round(percentile(asked.clock, 0.5), 1),
        p95_ms=round(percentile(asked.clock, 0.95), 1),
        cpu_ms=round(percentile(asked.cpu, 0.5), 1),
        database_ms=None if asked.database is None else round(asked.database, 1),
        floor_p50_ms=round(percentile(bare.clock, 0.5), 2),
        floor_p95_ms=round(percentile(bare.clock, 0.95), 2),
        queries=len(captured),
        kilobytes=round(len(content) / 1024, 1),
    )
