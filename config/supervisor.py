"""`make run`: prepare everything, then keep web server, worker and beat alive until told to stop.

The servers underneath belong to the keeper (``config.services``); here are the programs of the
product itself. Each writes to DATA_DIR/log/<name>.log and, with its name in front, to the terminal.
"""

import contextlib
import fcntl
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config import servers, services
from config.servers import ServiceError

BACK_OFF = (0.5, 1, 2, 5, 10, 30)  # seconds before each new start of a program that ends
STEADY = 30  # seconds a program must have lived for its next end to count as the first
PATIENCE = 10  # seconds a program gets to stop
ANOTHER_VERSION = 3  # exit status of `config.prepare` on a database it cannot carry on with

ACCOUNTS = (
    ("mottagare", "tar emot orosanmälningar"),
    ("utredare", "utreder i grupp barn-1"),
    ("utredare2", "utreder i grupp barn-1"),
    ("familjehem", "familjehemssekreterare"),
    ("gruppledare", "leder grupp barn-1"),
    ("enhetschef", "chef för enheten ST-BOU"),
    ("avdelningschef", "chef över flera enheter"),
    ("samordnare", "samordnar"),
    ("placering", "placerar"),
    ("administrator", "administratör i enheten"),
    ("funktionsnedsattning", "handläggare, funktionsnedsättning"),
    ("konsult", "inhyrd utredare"),
    ("systemadmin", "sköter systemet"),
    ("annan.enhet", "chef för en annan enhet, EV-BOU"),
)


class StopRequested(Exception):
    """A signal asked us to stop."""


@dataclass
class Program:
    """One of our own processes and how it has fared."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    ended: int = 0
    next_start: float = 0
    pump: threading.Thread | None = field(default=None, repr=False)

    def start(self, env: dict[str, str]) -> None:
        self.process = servers.spawn(self.command, stdout=subprocess.PIPE, env=env)
        self.started_at = time.monotonic()
        self.pump = threading.Thread(target=self._copy_output, args=(self.process.stdout,))
        self.pump.daemon = True
        self.pump.start()

    def _copy_output(self, output: IO[bytes]) -> None:
        with servers.open_log(self.log) as log:
            for line in output:
                log.write(line)
                say(f"{self.name:6} | {line.decode(errors='replace').rstrip()}")

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self) -> float:
        """Note that the process ended; seconds until it is started again."""
        assert self.process is not None
        # What it had started itself must not go on beside its successor.
        servers.kill_group(self.process.pid)
        if time.monotonic() - self.started_at > STEADY:
            self.ended = 0
        pause = BACK_OFF[min(self.ended, len(BACK_OFF) - 1)]
        self.ended += 1
        self.next_start = time.monotonic() + pause
        self.process = None
        return pause


def say(line: str) -> None:
    """Print; a terminal that is gone must not stop anything."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def programs(data: Path) -> list[Program]:
    python = [sys.executable, "-m"]
    (data / "beat").mkdir(exist_ok=True)
    celery = [*python, "celery", "-A", "config.celery", "--quiet"]
    commands = {
        "web": [*python, "gunicorn", "-c", "config/gunicorn.py"],
        "worker": [
            # Of root at each start; here it is a newcomer's container.
            *[
                sys.executable,
                "-W",
                "ignore:You're running the worker",
                *celery[1:],
                "worker",
                "--concurrency",
                "2",
                "--loglevel",
                "INFO",
            ],
            *["--without-mingle", "--without-gossip"],
        ],
        "beat": [
            *[*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
            *["--schedule", str(data / "beat" / "schedule")],
        ],
    }
    # In the order they are started.
    return [
        Program(name, command, data / "log" / f"{name}.log") for name, command in commands.items()
    ]


def address_from_environment() -> tuple[str, int]:
    """HOST and PORT, refused before anything is started when they cannot be used."""
    host, text = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ServiceError(f"PORT must be a number from 1 to 65535, not {text!r}")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServiceError(
                f"cannot use {host}:{port} ({error.strerror}); "
                f"choose another port: PORT={port + 1 if port < 65535 else 8001} make run"
            ) from error
    return host, port


def demo_password(data: Path) -> str:
    """One password for all demo accounts of this data folder, easy to read and to type."""
    if os.environ.get("DEMO_PASSWORD"):
        return os.environ["DEMO_PASSWORD"]
    syllables = [consonant + vowel for consonant in "bdfghklmnprstv" for vowel in "aeiou"]
    words = ["".join(secrets.choice(syllables) for _ in range(2)) for _ in range(4)]
    return services.kept_secret(data, "demo-password", "-".join(words))


def welcome(host: str, port: int, password: str, data: Path) -> str:
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else host  # noqa: S104
    accounts = "\n".join(f"    {name:22} {role}" for name, role in ACCOUNTS)
    return (
        f"\nJämvikt runs at  http://{shown}:{port}/\n\n"
        f"  Demo accounts, all with the password  {password}\n\n{accounts}\n\n"
        f"  Data and logs: {data}\n  Ctrl-C stops everything.\n"
    )


def begin_anew(data: Path) -> str:
    """What to do where the database is of another version."""
    if os.environ.get("DATABASE_URL"):
        return (
            "the database that DATABASE_URL names was made by another version and cannot be "
            "carried over; name an empty one"
        )
    return (
        f"the data in {data} was made by another version and cannot be carried over; "
        f"delete it (rm -r {shlex.quote(str(data))}), then start again"
    )


def run(data: Path) -> int:
    """Run everything until a signal; 0 after a clean stop."""
    # An ignored hang-up (nohup) stays ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN or number is not signal.SIGHUP:
            signal.signal(number, _on_signal)
    host, port = address_from_environment()
    services.prepare_data_dir(data)
    try:
        lock = services.locked(data / "run.lock", fcntl.LOCK_EX)
        with lock:
            return Supervisor(data, host, port).run()
    except services.InUseError:
        raise ServiceError(
            f"Jämvikt runs already with the data folder {data}; stop it, "
            f"or start another beside it: DATA_DIR=.data2 PORT={port} make run"
        ) from None
    except StopRequested:
        return 0


def _on_signal(*_: object) -> None:
    # A second Ctrl-C must not interrupt the stopping.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise StopRequested


class Supervisor:
    """Owns the product's processes from preparation to the last one's end."""

    def __init__(self, data: Path, host: str, port: int) -> None:
        self.data = data
        self.host = host
        self.port = port
        self.password = demo_password(data)
        self.programs = programs(data)
        self.lease: services.Lease | None = None
        # Under make, the end of make is the end of us: it may be killed and cannot pass that on.
        self.parent = os.getppid() if "MAKELEVEL" in os.environ else None

    def run(self) -> int:
        try:
            say("Starting PostgreSQL and Redis ...")
            self.lease = services.acquire(self.data)
            self._prepare()
            # The first page before everything else: each of the programs loads the whole product.
            web, *others = self.programs
            web.start(self._environ())
            self._wait_for_web(web)
            for program in others:
                program.start(self._environ())
            say(welcome(self.host, self.port, self.password, self.data))
            while self.parent is None or os.getppid() == self.parent:
                time.sleep(0.3)
                self._look_after_services()
                self._look_after_programs()
        except StopRequested:
            pass
        finally:
            self._stop()
        return 0

    def _environ(self) -> dict[str, str]:
        assert self.lease is not None
        ours = {
            "DATA_DIR": str(self.data),
            "HOST": self.host,
            "PORT": str(self.port),
            "DEMO_PASSWORD": self.password,
            "DJANGO_SETTINGS_MODULE": os.environ.get(
                "DJANGO_SETTINGS_MODULE", "config.settings.local"
            ),
            "PYTHONUNBUFFERED": "1",
        }
        return os.environ | self.lease.urls.environ() | ours

    def _prepare(self) -> None:
        process = servers.spawn(
            [sys.executable, "-m", "config.prepare"],
            stdout=sys.stdout.fileno(),
            env=self._environ(),
        )
        try:
            status = process.wait()
            if status == ANOTHER_VERSION:
                raise ServiceError(begin_anew(self.data))
            if status:
                raise ServiceError("the database could not be prepared; the reason is above")
        finally:
            servers.stop_process(process, (signal.SIGTERM, PATIENCE))

    def _wait_for_web(self, web: Program) -> None:
        """Until the first page can be shown; a server that ends at once has said why itself."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if web.has_ended():
                raise ServiceError(f"the web server did not start; see {self.data}/log/web.log")
            with contextlib.suppress(OSError):
                url = f"http://{host}:{self.port}/healthz"
                request = urllib.request.Request(url, headers={"Host": "localhost"})
                with contextlib.suppress(urllib.error.HTTPError):
                    urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
                return
            time.sleep(0.1)
        raise ServiceError(f"the web server does not answer; see {self.data}/log/web.log")

    def _look_after_services(self) -> None:
        """If the keeper was killed, start another; everything then moves to its addresses."""
        assert self.lease is not None
        if self.lease.is_alive:
            return
        say("services | the keeper ended; starting it again")
        self.lease.close()
        self.lease = services.acquire(self.data)
        self._stop_programs()
        for program in self.programs:
            program.start(self._environ())

    def _look_after_programs(self) -> None:
        for program in self.programs:
            if program.has_ended():
                assert program.process is not None
                status = program.process.returncode
                pause = program.plan_restart()
                say(f"{program.name:6} | ended (status {status}); again in {pause:g} s")
            elif program.process is None and time.monotonic() >= program.next_start:
                program.start(self._environ())

    def _stop_programs(self) -> None:
        for program in self.programs:
            if program.process and program.process.poll() is None:
                program.process.terminate()
        until = time.monotonic() + PATIENCE
        for program in self.programs:
            if program.process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    program.process.wait(max(0.1, until - time.monotonic()))
                # Celery drops what it does on SIGQUIT; the task comes back when it starts again.
                servers.stop_process(program.process, (signal.SIGQUIT, 3), group=True)
                program.process = None
            if program.pump:
                program.pump.join(1)

    def _stop(self) -> None:
        say("\nStopping ...")
        self._stop_programs()
        if self.lease:
            self.lease.close()
        say("Stopped.")
