"""PostgreSQL and Redis for one machine: those the environment names, else our own.

``DATABASE_URL`` and ``REDIS_URL`` win where they are set. Otherwise the servers come from installed
packages and keep their data under ``DATA_DIR`` (``.data``). They belong to a *keeper*: one
background process per data folder, started by the first command that needs it. Every such command
holds a shared lock on ``users.lock``; the kernel lets go of the lock however the command ends, and
the keeper stops the servers when nobody holds it. So `make run`, `manage.py` and `exec` share
servers in any order, and none is left behind.

Nothing here imports Django: this runs before there are settings.

    python -m config.services run              what `make run` does once packages are installed
    python -m config.services exec -- CMD...   CMD with the data folder's services
    python -m config.services temporary -- CMD...   CMD with services of its own, empty and fast
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.servers import BASE_DIR, Postgres, Redis, ServiceError, open_log, stop_leftovers, tail

TEMPORARY_PREFIX = "jamvikt-test-"
KEEPER_POLL = 0.1  # seconds between looks at the locks


class InUseError(ServiceError):
    """Another process holds the lock."""


@dataclass(frozen=True)
class Urls:
    """Where the two services answer, in the form settings take."""

    database: str
    redis: str

    def environ(self) -> dict[str, str]:
        named = {"DATABASE_URL": self.database, "REDIS_URL": self.redis}
        return {name: url for name, url in named.items() if url}


def data_dir() -> Path:
    """The folder of all a local installation keeps; a relative name counts from the project."""
    return (BASE_DIR / os.environ.get("DATA_DIR", ".data")).resolve()


def prepare_data_dir(data: Path) -> Path:
    """Make the data folder, closed to other users (the database's own user may pass through)."""
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        (data / "log").mkdir(exist_ok=True)
        (data / ".writable").touch()
        (data / ".writable").unlink()
    except OSError as error:
        raise ServiceError(
            f"cannot write in the data folder {data} ({error.strerror}); "
            "choose another with DATA_DIR=..."
        ) from error
    return data


def kept_secret(data: Path, name: str, make: str) -> str:
    """The secret kept in DATA_DIR/name, made on first use and readable by its owner only."""
    path = data / name
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make + "\n")
    return path.read_text().strip()


def secret_key() -> str:
    """Django's secret key of this data folder; made once, so that sessions outlive a restart."""
    return kept_secret(prepare_data_dir(data_dir()), "secret-key", secrets.token_urlsafe(48))


def read_env_file() -> None:
    """Take settings from .env, where the environment does not name them already."""
    path = BASE_DIR / ".env"
    if path.is_file():
        import environ

        environ.Env.read_env(str(path))


# --- services of one command: tests, benchmarks ------------------------------------------------


@contextlib.contextmanager
def temporary_services(*, postgres: bool = True, redis: bool = True) -> Iterator[Urls]:
    """Empty services for the length of the block, quick and without care for a power cut.

    An address the environment names already is used as it is.
    """
    urls = {name: os.environ.get(f"{name}_URL", "") for name in ("DATABASE", "REDIS")}
    sweep_temporary_folders()
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(locked(folder / "lock", fcntl.LOCK_SH))
        if postgres and not urls["DATABASE"]:
            server = Postgres(folder / "postgres", folder / "postgres.log", fast=True)
            stack.callback(server.stop)
            server.start()
            urls["DATABASE"] = server.url
        if redis and not urls["REDIS"]:
            broker = Redis(folder / "redis", folder / "redis.log", persistent=False)
            stack.callback(broker.stop)
            broker.start()
            urls["REDIS"] = broker.url
        yield Urls(database=urls["DATABASE"], redis=urls["REDIS"])


def sweep_temporary_folders() -> None:
    """Remove what killed test runs left behind; a run that lives holds its folder's lock."""
    for folder in Path(tempfile.gettempdir()).glob(TEMPORARY_PREFIX + "*"):
        with contextlib.suppress(OSError, ServiceError), locked(folder / "lock", fcntl.LOCK_EX):
            shutil.rmtree(folder, ignore_errors=True)


# --- services shared by the commands of one data folder ----------------------------------------


@contextlib.contextmanager
def locked(path: Path, kind: int) -> Iterator[None]:
    """Hold a lock on a file; InUseError at once when another process holds it."""
    lock = try_lock(path, kind)
    if lock is None:
        raise InUseError(f"{path} is in use")
    try:
        yield
    finally:
        os.close(lock)


def try_lock(path: Path, kind: int) -> int | None:
    """A descriptor that holds the lock until it is closed, or None."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_locked(path: Path) -> bool:
    lock = try_lock(path, fcntl.LOCK_EX)
    if lock is None:
        return True
    os.close(lock)
    return False


@dataclass
class Lease:
    """The services of a data folder, in use until ``close``."""

    data: Path
    urls: Urls
    _lock: int
    _keeper: subprocess.Popen[bytes] | None

    @property
    def is_alive(self) -> bool:
        """Whether the keeper still stands behind these addresses."""
        return self._lock < 0 or is_locked(self.data / "keeper.lock")

    def close(self) -> None:
        """Let go, and wait for the servers to stop if nobody else uses them."""
        if self._lock < 0:
            return
        os.close(self._lock)
        self._lock = -1
        state = self.data / "services.json"
        until = time.monotonic() + 5 * KEEPER_POLL
        while state.exists() and time.monotonic() < until:
            time.sleep(KEEPER_POLL / 4)
        if state.exists():
            return
        until = time.monotonic() + 30
        while is_locked(self.data / "keeper.lock") and time.monotonic() < until:
            time.sleep(KEEPER_POLL / 4)
        if self._keeper:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._keeper.wait(5)


def running_urls(data: Path) -> Urls | None:
    """The addresses of a data folder's services as its living keeper wrote them down.

    The keeper holds a lock on the very file it wrote, so that what a killed one left behind does
    not count: not while the next one starts, and not while the dead one's number is still known.
    """
    with (
        contextlib.suppress(OSError, ValueError, KeyError),
        (data / "services.json").open() as file,
    ):
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            state = json.load(file)
            return Urls(database=state["database_url"], redis=state["redis_url"])
    return None


def acquire(data: Path) -> Lease:
    """Use the services of a data folder, starting their keeper if there is none."""
    named = Urls(os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
    if named.database and named.redis:
        return Lease(data, named, -1, None)
    prepare_data_dir(data)
    lock = os.open(data / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Waits for a keeper that is just stopping.
        fcntl.flock(lock, fcntl.LOCK_SH)
        running, keeper = _wait_for_keeper(data)
        urls = Urls(named.database or running.database, named.redis or running.redis)
        if not (urls.database and urls.redis):
            raise ServiceError(
                f"the services of {data} were started by a command that has DATABASE_URL or "
                "REDIS_URL set; stop that first, or choose another DATA_DIR"
            )
    except BaseException:
        os.close(lock)
        raise
    return Lease(data, urls, lock, keeper)


def _wait_for_keeper(
    data: Path, seconds: float = 120
) -> tuple[Urls, subprocess.Popen[bytes] | None]:
    """The addresses of the running keeper, started by us if there is none."""
    keeper: subprocess.Popen[bytes] | None = None
    log = data / "log" / "services.log"
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_locked(data / "keeper.lock"):
            urls = running_urls(data)
            if urls:
                return urls, keeper
        elif keeper is None:
            with open_log(log) as output:
                keeper = subprocess.Popen(
                    [sys.executable, "-m", "config.services", "keep"],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd=BASE_DIR,
                    env=os.environ | {"DATA_DIR": str(data)},
                    start_new_session=True,
                )
        elif keeper.poll() is not None:
            # It lost a race to another keeper (0), or the services do not start.
            if keeper.returncode:
                raise ServiceError(tail(log, lines=1).removeprefix("error: "))
            keeper = None
        time.sleep(0.02)
    raise ServiceError(f"the services of {data} did not start; see {log}")


def ensure() -> Urls:
    """Give this process, and those it starts, services until it ends: for manage.py."""
    lease = acquire(data_dir())
    atexit.register(lease.close)
    os.environ.update(lease.urls.environ())
    return lease.urls


class Keeper:
    """The process that owns a data folder's servers while any command uses them."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.state = data / "services.json"
        self.state_lock: int | None = None
        self.servers: dict[str, Postgres | Redis] = {}
        self.stopping = False

    def run(self) -> None:
        own = try_lock(self.data / "keeper.lock", fcntl.LOCK_EX)
        if own is None:
            return
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self._forget_crashed_run()
        users: int | None = None
        try:
            self._start()
            while not self.stopping:
                time.sleep(KEEPER_POLL)
                users = try_lock(self.data / "users.lock", fcntl.LOCK_EX)
                if users is not None:
                    break
                self._revive()
        finally:
            self.state.unlink(missing_ok=True)
            for server in self.servers.values():
                server.stop()
            os.close(own)
            if users is not None:
                os.close(users)

    def _on_signal(self, *_: object) -> None:
        self.stopping = True

    def _forget_crashed_run(self) -> None:
        with contextlib.suppress(OSError, ValueError, KeyError):
            sockets = json.loads(self.state.read_text())["sockets"]
            if Path(sockets).name.startswith("jamvikt-"):
                shutil.rmtree(sockets, ignore_errors=True)
        self.state.unlink(missing_ok=True)

    def _start(self) -> None:
        log = self.data / "log"
        if not os.environ.get("DATABASE_URL"):
            stop_leftovers("postgres", self.data / "postgres", signal.SIGINT)
            self.servers["postgres"] = Postgres(self.data / "postgres", log / "postgres.log")
        if not os.environ.get("REDIS_URL"):
            stop_leftovers("redis-server", self.data / "redis", signal.SIGTERM)
            self.servers["redis"] = Redis(self.data / "redis", log / "redis.log")
        for server in self.servers.values():
            server.start()
        self._write_state()

    def _write_state(self) -> None:
        pids = {name: s.process.pid for name, s in self.servers.items() if s.process}
        urls = {name: server.url for name, server in self.servers.items()}
        postgres = self.servers.get("postgres")
        state = {
            "sockets": str(postgres.sockets) if isinstance(postgres, Postgres) else "",
            "database_url": urls.get("postgres", ""),
            "redis_url": urls.get("redis", ""),
            "pids": {"keeper": os.getpid()} | pids,
        }
        new = self.state.with_suffix(".new")
        new.unlink(missing_ok=True)
        before, self.state_lock = self.state_lock, try_lock(new, fcntl.LOCK_EX)
        new.write_text(json.dumps(state, indent=2) + "\n")
        new.replace(self.state)
        if before is not None:
            os.close(before)

    def _revive(self) -> None:
        """Start again a server that has ended by itself."""
        for name, server in self.servers.items():
            if server.process is None or server.process.poll() is None:
                continue
            print(f"{name} ended (status {server.process.returncode}); starting it again")
            if isinstance(server, Postgres):
                stop_leftovers("postgres", server.data, signal.SIGINT)
            try:
                server.launch()
            except ServiceError as error:
                print(error)
                time.sleep(2)
            else:
                self._write_state()


# --- command line ------------------------------------------------------------------------------


def run_command(command: list[str], urls: Urls) -> int:
    """Run a command with the services in its environment; its exit status is ours."""
    if not command:
        raise ServiceError("no command given; example: exec -- .venv/bin/python manage.py shell")
    # Ctrl-C reaches the command by itself, and we must outlive it to clean up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(  # noqa: S603 (the user's own command)
            command, env=os.environ | urls.environ(), restore_signals=True
        )
    except OSError as error:
        raise ServiceError(f"cannot run {command[0]}: {error.strerror}") from error
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    status = process.wait()
    return status if status >= 0 else 128 - status


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.services")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="everything: services, web server, worker, beat")
    commands.add_parser("keep", help="own the servers of DATA_DIR while commands use them")
    for name, text in (
        ("exec", "run a command with the services of DATA_DIR"),
        ("temporary", "run a command with empty services of its own"),
    ):
        sub = commands.add_parser(name, help=text)
        sub.add_argument("words", nargs=argparse.REMAINDER, metavar="-- CMD")
    options = parser.parse_args(arguments)
    words = [word for i, word in enumerate(getattr(options, "words", [])) if i or word != "--"]
    try:
        if options.command == "temporary":
            with temporary_services() as urls:
                return run_command(words, urls)
        if options.command == "keep":
            Keeper(data_dir()).run()
            return 0
        read_env_file()
        if options.command == "run":
            from config.supervisor import run

            return run(data_dir())
        lease = acquire(data_dir())
        try:
            return run_command(words, lease.urls)
        finally:
            lease.close()
    except ServiceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    # The module as others import it: its classes must not exist twice.
    from config import services

    sys.exit(services.main())
