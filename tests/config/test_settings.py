"""Each environment's settings: what they insist on, and how they say so.

Settings are read once in a process, so each case here is a process of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "SECRET_KEY": "k7Qz-Vb3nXw9TfLp2RsYd8GhJm4CuEa6NiOo1WqZr5StBxHy0PlKvDgM",
    "ALLOWED_HOSTS": "jamvikt.example.se",
    "DATABASE_URL": "postgresql://user:word@db.invalid:5432/jamvikt",
    "REDIS_URL": "redis://:word@redis.invalid:6379/0",
    "EMAIL_URL": "smtp+tls://user:word@mail.invalid:587",
}
NAMED = {*COMPLETE, "DEBUG", "DEMO", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DATA_DIR"}


def load(module: str, environ: dict[str, str], show: str = "''") -> subprocess.CompletedProcess:
    rest = {name: value for name, value in os.environ.items() if name not in NAMED}
    code = f"import config.settings.{module} as s; print({show})"
    return subprocess.run(
        [sys.executable, "-c", code],
        env=rest | environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_everything_named():
    result = load("production", COMPLETE, "s.DEBUG, s.SESSION_COOKIE_SECURE, s.EMAIL_HOST")
    assert result.stdout.strip() == "False True mail.invalid"


@pytest.mark.parametrize("name", COMPLETE)
def test_production_names_what_is_missing(name: str):
    result = load("production", {k: v for k, v in COMPLETE.items() if k != name})
    last = result.stderr.strip().splitlines()[-1]
    assert result.returncode != 0
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert f"{name} is not set (" in last


def test_production_names_everything_missing_in_one_line():
    last = load("production", {}).stderr.strip().splitlines()[-1]
    assert all(f"{name} is not set" in last for name in COMPLETE)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DEBUG", "true", "DEBUG must be off"),
        ("DEMO", "1", "DEMO must be off"),
        ("MFA_REQUIRED", "off", "MFA_REQUIRED must be on"),
        ("OIDC_ISSUER", "https://id.example.se", "OIDC_CLIENT_ID is not set"),
        ("PASSWORD_BREACHED_FILE", "/finns/inte", "PASSWORD_BREACHED_FILE is not a file"),
        ("SECRET_KEY", "local-only-" + "x" * 50, "SECRET_KEY is a default"),
        ("SECRET_KEY", "short", "shorter than 50 characters"),
        ("SECRET_KEY", "x" * 60, "SECRET_KEY is a default"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must not be *"),
        ("SESSION_COOKIE_SECURE", "false", "SESSION_COOKIE_SECURE must be on"),
        ("SECURE_SSL_REDIRECT", "0", "SECURE_SSL_REDIRECT must be on"),
    ],
)
def test_production_refuses_what_is_unsafe(name: str, value: str, message: str):
    result = load("production", COMPLETE | {name: value})
    assert result.returncode != 0
    assert message in result.stderr.strip().splitlines()[-1]


def test_manage_py_says_what_is_missing_in_one_line():
    environ = {k: v for k, v in os.environ.items() if k not in NAMED}
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env=environ | {"DJANGO_SETTINGS_MODULE": "config.settings.production"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "DATABASE_URL is not set" in result.stderr


def test_local_makes_its_own_secret_key_and_keeps_it(tmp_path: Path):
    environ = {"DATA_DIR": str(tmp_path / "data")}
    keys = {load("local", environ, "s.SECRET_KEY").stdout for _ in range(2)}
    assert len(keys) == 1
    assert len(keys.pop().strip()) >= 50
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_socket_folder_in_the_address_becomes_the_host():
    environ = {"DATABASE_URL": "postgresql://a@/b?host=%2Ftmp%2Fmy%20folder"}
    result = load("test", environ, "s.DATABASES['default']['HOST']")
    assert result.stdout.strip() == "/tmp/my folder"  # noqa: S108
