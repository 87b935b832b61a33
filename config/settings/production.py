"""Where real children's cases are kept: refuses to start when something is missing or unsafe."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from . import sso
from .base import *  # noqa: F403
from .base import DATABASES, env, logging_to

ENVIRONMENT = "production"
MIN_SECRET_LENGTH = 50

REQUIRED = {
    "SECRET_KEY": "make one with: python -c 'import secrets; print(secrets.token_urlsafe(64))'",
    "ALLOWED_HOSTS": "the names users type, such as jamvikt.example.se",
    "DATABASE_URL": "such as postgresql://user:password@host:5432/jamvikt",
    "REDIS_URL": "such as redis://:password@host:6379/0",
    "EMAIL_URL": "such as smtp+tls://user:password@host:587",
}
MUST_BE_ON = {
    "SESSION_COOKIE_SECURE": "the login cookie may travel over HTTPS only",
    "CSRF_COOKIE_SECURE": "the form cookie may travel over HTTPS only",
    "SECURE_SSL_REDIRECT": "pages may be shown over HTTPS only",
    "MFA_REQUIRED": "nobody reaches children's cases by a password alone",
}


def problems() -> list[str]:
    """What is missing or unsafe in the environment, each with a hint."""
    found = [
        f"{name} is not set ({hint})"
        for name, hint in REQUIRED.items()
        if not env.str(name, "").strip()
    ]
    secret = env.str("SECRET_KEY", "").strip()
    if secret and (
        len(secret) < MIN_SECRET_LENGTH
        or len(set(secret)) < 5
        or secret.startswith(("local-only", "test-only", "django-insecure", "change"))
    ):
        found.append(
            f"SECRET_KEY is a default or shorter than {MIN_SECRET_LENGTH} characters "
            f"({REQUIRED['SECRET_KEY']})"
        )
    if "*" in env.list("ALLOWED_HOSTS", default=[]):
        found.append(f"ALLOWED_HOSTS must not be * ({REQUIRED['ALLOWED_HOSTS']})")
    for name in ("DEBUG", "DEMO"):
        if env.bool(name, False):
            found.append(f"{name} must be off in production (remove {name})")
    found += [
        f"{name} must be on in production ({reason})"
        for name, reason in MUST_BE_ON.items()
        if not env.bool(name, True)
    ]
    breached = env.str("PASSWORD_BREACHED_FILE", "")
    if breached and not Path(breached).is_file():
        found.append(f"PASSWORD_BREACHED_FILE is not a file: {breached}")
    return found + sso.problems(env)


_problems = problems()
if _problems:
    raise ImproperlyConfigured("; ".join(_problems))

DEBUG = False
DEMO = False
MFA_REQUIRED = True
# Where the links in mails lead.
SITE_URL = (env.str("SITE_URL", "") or f"https://{env.list('ALLOWED_HOSTS')[0]}").rstrip("/")

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
DEVICE_COOKIE_NAME = "__Host-device"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
# A load balancer asks these over plain HTTP from inside; they say nothing about anyone.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# TLS ends in the proxy in front, which has to set this header itself and drop what clients send.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
PROXY_COUNT = env.int("PROXY_COUNT", 1)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT
USE_X_FORWARDED_HOST = False

_email: dict[str, Any] = env.email_url("EMAIL_URL")
vars().update(_email)

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.StaticFiles"},
}
LOGGING = logging_to("json", env.str("LOG_LEVEL", "INFO"))
DATABASES["default"]["OPTIONS"].setdefault("sslmode", "prefer")
