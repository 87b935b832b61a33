"""The servers a newcomer does not have: started anywhere, shared, and never left behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config import services
from tests.template import template_database, with_database

ROOT = Path(__file__).resolve().parents[2]
LOOK = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as c:
    c.execute("CREATE TABLE IF NOT EXISTS visits (at int)")
    c.execute("INSERT INTO visits VALUES (1)")
    visits = c.execute("SELECT count(*) FROM visits").fetchone()[0]
with redis.Redis.from_url(os.environ["REDIS_URL"]) as r:
    print(visits, r.incr("visits"))
"""

pytestmark = pytest.mark.services


@pytest.fixture
def environ() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "config.services", *words]


def look(data: Path, environ: dict[str, str], cwd: Path = ROOT) -> str:
    result = subprocess.run(
        command("exec", "--", sys.executable, "-c", LOOK),
        env=environ | {"DATA_DIR": str(data)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip() or result.stderr


@pytest.fixture
def holding(environ: dict[str, str]) -> Iterator[Callable[[Path], subprocess.Popen[bytes]]]:
    """Start a command that uses a data folder's services until it is ended."""
    started: list[subprocess.Popen[bytes]] = []

    def hold(data: Path) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command("exec", "--", "sleep", "60"), env=environ | {"DATA_DIR": str(data)}, cwd=ROOT
        )
        started.append(process)
        wait_until(lambda: services.running_urls(data) is not None)
        return process

    yield hold
    for process in started:
        for child in psutil.Process(process.pid).children() if process.poll() is None else []:
            if child.name() == "sleep":
                child.kill()
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def processes_of(data: Path) -> list[str]:
    """The servers that work in a data folder, and whoever names it in its environment."""
    found = []
    for process in psutil.process_iter(["name", "status"]):
        try:
            if process.info["status"] == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            where = [process.cwd(), *process.cmdline()]
            named = process.environ().get("DATA_DIR") == str(data)
        except psutil.Error:
            continue
        if named or any(str(data) in word for word in where):
            found.append(" ".join(process.cmdline()))
    return found


@pytest.mark.parametrize("name", ["a folder with spaces åäö", "x" * 120])
def test_services_work_from_any_folder_and_leave_no_process(
    tmp_path: Path, environ: dict[str, str], name: str
):
    project = tmp_path / name
    shutil.copytree(ROOT / "config", project / "config", ignore=shutil.ignore_patterns("__pyc*"))
    assert look(project / ".data", environ, cwd=project) == "1 1"
    # Data outlives the servers.
    assert look(project / ".data", environ, cwd=project) == "2 2"
    assert processes_of(project / ".data") == []


def test_two_data_folders_do_not_meet(tmp_path: Path, environ: dict[str, str], holding):
    first, second = tmp_path / "first", tmp_path / "second"
    holding(first)
    assert look(second, environ) == "1 1"
    assert look(first, environ) == "1 1"


def test_commands_share_servers_and_the_last_one_stops_them(
    tmp_path: Path, environ: dict[str, str], holding
):
    data = tmp_path / "data"
    holder = holding(data)
    before = services.running_urls(data)
    assert look(data, environ) == "1 1"
    assert services.running_urls(data) == before
    # Killed, not asked: nothing of ours runs at its end.
    for child in psutil.Process(holder.pid).children():
        if child.name() == "sleep":
            child.kill()
    holder.kill()
    holder.wait()
    wait_until(lambda: processes_of(data) == [])


def test_killed_keeper_takes_its_servers_along_and_the_next_start_recovers(
    tmp_path: Path, environ: dict[str, str], holding
):
    data = tmp_path / "data"
    holding(data)
    assert look(data, environ) == "1 1"
    keeper = psutil.Process(json.loads((data / "services.json").read_text())["pids"]["keeper"])
    keeper.kill()
    # Its parent lives and does not look after it: the number stays taken.
    wait_until(lambda: keeper.status() == psutil.STATUS_ZOMBIE)
    assert services.running_urls(data) is None
    # A recycled number in the lock file must not keep the server from starting.
    (data / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert look(data, environ) == "2 2"


def test_server_that_dies_is_started_again(tmp_path: Path, holding):
    data = tmp_path / "data"
    holding(data)
    urls = services.running_urls(data)
    with redis.Redis.from_url(urls.redis) as connection:
        psutil.Process(connection.info("server")["process_id"]).kill()

    def answers() -> bool:
        with redis.Redis.from_url(urls.redis, retry=None) as connection:
            try:
                return bool(connection.ping())
            except redis.RedisError:
                return False

    wait_until(answers)


def test_temporary_services_are_empty_and_gone_afterwards(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    with services.temporary_services() as urls, psycopg.connect(urls.database) as connection:
        role = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = user")
        assert role.fetchone() == (False,)
        encoding, collation = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocale FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
        assert (encoding, collation) == ("UTF8", "C.UTF-8")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls.database, connect_timeout=2)


def test_unwritable_data_folder_is_one_clear_line(tmp_path: Path, environ: dict[str, str]):
    (tmp_path / "file").touch()
    answer = look(tmp_path / "file" / "data", environ)
    assert answer.startswith("error: cannot write in the data folder")
    assert len(answer.splitlines()) == 1


MADE_EARLIER = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as c:
    c.execute("CREATE TABLE django_migrations (id bigserial, app text, name text, applied date)")
    c.execute("INSERT INTO django_migrations VALUES (1, 'cases', '0002_history', now())")
"""


def test_data_of_another_version_stops_with_one_line_that_says_what_to_delete(
    tmp_path: Path, environ: dict[str, str]
):
    data = tmp_path / "all data"
    environ |= {"DATA_DIR": str(data), "PORT": str(free_port())}
    environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    made = command("exec", "--", sys.executable, "-c", MADE_EARLIER)
    subprocess.run(made, env=environ, cwd=ROOT, check=True)
    result = subprocess.run(
        command("run"), env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr == (
        f"error: the data in {data} was made by another version and cannot be carried over; "
        f"delete it (rm -r '{data}'), then start again\n"
    )
    assert processes_of(data) == []


class TestRun:
    """`make run` after installation, on a database that is migrated already."""

    @pytest.fixture
    def product(self, tmp_path: Path, redis_server: str) -> Iterator[dict[str, str]]:
        name = f"run_{os.getpid()}"
        url = os.environ["DATABASE_URL"]
        template = template_database(url)
        if template is None:
            pytest.skip("needs the embedded PostgreSQL's template database")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            yield os.environ | {
                "DATABASE_URL": with_database(url, name),
                "REDIS_URL": redis_server,
                "DATA_DIR": str(tmp_path / "data"),
                "DJANGO_SETTINGS_MODULE": "config.settings.local",
                "DEMO": "0",
                "PORT": str(free_port()),
            }
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def test_run_serves_pages_restarts_what_dies_and_stops_clean(
        self, tmp_path: Path, product: dict[str, str]
    ):
        log = tmp_path / "output"
        with log.open("wb") as output:
            process = subprocess.Popen(command("run"), env=product, cwd=ROOT, stdout=output)
        try:
            wait_until(lambda: "Jämvikt runs at" in log.read_text(), 60)
            password = (tmp_path / "data" / "demo-password").read_text().strip()
            assert f"http://localhost:{product['PORT']}/" in log.read_text()
            assert password in log.read_text()
            address = f"http://127.0.0.1:{product['PORT']}/healthz"
            with urllib.request.urlopen(address) as page:
                assert page.status == 200

            again = subprocess.run(
                command("run"),
                env=product | {"PORT": str(free_port())},
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert again.returncode == 1
            assert "runs already with the data folder" in again.stderr

            children = psutil.Process(process.pid).children()
            [web] = [child for child in children if "gunicorn" in child.cmdline()]
            web.kill()
            wait_until(lambda: "web    | ended (status -9)" in log.read_text())
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        assert processes_of(tmp_path / "data") == []
        assert "Stopped." in log.read_text()

    def test_database_of_another_version_is_left_alone_and_named(self, product: dict[str, str]):
        with psycopg.connect(product["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(
                "INSERT INTO django_migrations (app, name, applied)"
                " VALUES ('cases', '0007_signatures_and_additions', now())"
            )
        result = subprocess.run(
            command("run"), env=product, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert result.returncode == 1
        assert result.stderr == (
            "error: the database that DATABASE_URL names was made by another version and cannot be "
            "carried over; name an empty one\n"
        )

    def test_busy_port_is_refused_before_anything_starts(
        self, tmp_path: Path, product: dict[str, str]
    ):
        with socket.create_server(("127.0.0.1", 0)) as busy:
            result = subprocess.run(
                command("run"),
                env=product | {"PORT": str(busy.getsockname()[1])},
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
        assert result.returncode == 1
        assert result.stderr.startswith("error: cannot use 127.0.0.1:")
        assert not (tmp_path / "data").exists()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
