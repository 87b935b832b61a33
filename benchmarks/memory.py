"""The memory of one web process as gunicorn serves it: at start, after a page, after many.

The process is a worker of `config/gunicorn.py`, asked over HTTP by the demo accounts, so nothing
of the measuring lies in its memory. Linux only: /proc says what it takes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from signal import SIGTERM
from statistics import median

from django.conf import settings
from django.test import Client

from benchmarks.timing import Page
from config import servers
from organisation.models import User

LATE = ("ortools.sat.python.cp_model", "phonenumbers", "pygal", "xlsxwriter", "typst")
"""Libraries that a process loads with the first page that needs them."""
START = 60  # seconds


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes after so many requests: of the process, and with what it shares divided."""

    when: str
    requests: int
    rss_mb: float
    pss_mb: float


@dataclass(frozen=True, slots=True)
class Served:
    """Processor milliseconds of the web process for one request of a page, in the middle."""

    name: str
    account: str
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    start_seconds: float
    """Processor time until the process takes requests."""
    cpu_ms: float
    """Processor time of a request, on the average over all."""
    memory: list[Memory]
    pages: list[Served]


class Worker:
    """One web process, by its number."""

    def __init__(self, pid: int, port: int) -> None:
        self.folder = Path(f"/proc/{pid}")
        self.port = port

    def memory(self, when: str, requests: int) -> Memory:
        lines = (self.folder / "smaps_rollup").read_text().splitlines()[1:]
        kilobytes = {name: int(size) for name, size, *_ in map(str.split, lines)}
        return Memory(
            when, requests, *(round(kilobytes[name] / 1024, 1) for name in ("Rss:", "Pss:"))
        )

    def cpu_ms(self) -> float:
        """Processor time of its threads so far."""
        clocks = self.folder.glob("task/*/schedstat")
        return sum(int(clock.read_text().split()[0]) for clock in clocks) / 1e6

    def ask(self, url: str, cookie: str) -> None:
        """RuntimeError when it does not answer 200."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", url, headers={"Cookie": cookie, "Accept-Language": "sv"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{url} answered {answer.status}")


@contextmanager
def serving(environ: Mapping[str, str]) -> Iterator[Worker]:
    """A server with one process, on the database of ours."""
    port = servers.free_port()
    wanted = {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    with tempfile.TemporaryFile() as log:
        server = servers.spawn(
            [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"],
            stdout=log,
            env=os.environ | wanted | dict(environ),
        )
        try:
            yield Worker(_worker_of(server, port), port)
        finally:
            servers.stop_process(server, (SIGTERM, 10), group=True)


def _worker_of(server: subprocess.Popen[bytes], port: int) -> int:
    """The number of the process that serves, once it answers."""
    until = time.monotonic() + START
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    while server.poll() is None and time.monotonic() < until:
        # The socket is open before the process is ready, so the answer is what tells.
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=START)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            connection.close()
        except OSError:
            time.sleep(0.1)
        else:
            return int(children.read_text().split()[0])
    raise RuntimeError("the web server did not start")


def _cookie(account: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=account))
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


class Run:
    """One process and what it took so far."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.started = worker.cpu_ms()
        self.memory = [worker.memory("started", 0)]
        self.spent: dict[tuple[str, str], list[float]] = defaultdict(list)

    def ask(self, page: Page, cookie: str) -> None:
        before = self.worker.cpu_ms()
        self.worker.ask(page.url, cookie)
        self.spent[page.name, page.account].append(self.worker.cpu_ms() - before)

    def note(self, when: str, requests: int) -> None:
        self.memory.append(self.worker.memory(when, requests))

    def measured(self) -> Measured:
        every = [each for found in self.spent.values() for each in found]
        return Measured(
            start_seconds=round(self.started / 1000, 2),
            cpu_ms=round(sum(every) / len(every), 1),
            memory=self.memory,
            pages=[Served(*page, round(median(found), 1)) for page, found in self.spent.items()],
        )


def measure(
    pages: Sequence[Page], *, requests: int, beside: Mapping[str, str] | None = None
) -> list[Measured]:
    """Ask for the pages in turn; those that are sent as forms are left out.

    With `beside` a second process has that in its environment, and each request goes to both: what
    else the machine does lengthens both alike.
    """
    asked = [page for page in pages if page.posted is None]
    cookies = {page.account: _cookie(page.account) for page in asked}
    with ExitStack() as running:
        environs = [{}, beside] if beside else [{}]
        runs = [Run(running.enter_context(serving(environ))) for environ in environs]
        for number, page in enumerate(islice(cycle(asked), requests), start=1):
            # Who is asked second finds the database's pages warm.
            for run in runs if number % 2 else reversed(runs):
                run.ask(page, cookies[page.account])
                if number == 1:
                    run.note("after the first page", number)
                elif number == len(asked):
                    run.note("after each page once", number)
        for run in runs:
            run.note("after all", requests)
        return [run.measured() for run in runs]


_TAKEN = """
import importlib, sys
import config.wsgi
def taken():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20
before = taken()
importlib.import_module(sys.argv[1])
print(round(taken() - before, 1))
"""


def of_libraries() -> dict[str, float]:
    """What each of LATE adds to a process that has everything else, in megabytes."""
    return {
        name: float(
            subprocess.run(  # noqa: S603
                [sys.executable, "-c", _TAKEN, name],
                cwd=servers.BASE_DIR,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=True,
            ).stdout.split()[-1]
        )
        for name in LATE
    }
