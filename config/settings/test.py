"""The test suite's settings: fast hashing, mail in memory, services of its own."""

from .base import *  # noqa: F403
from .base import DATABASES, env

ENVIRONMENT = "test"
DEBUG = False
DEMO = True
MFA_REQUIRED = False
SECRET_KEY = "test-only-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Threads of tests must not leave connections open behind them.
DATABASES["default"] |= {"CONN_MAX_AGE": 0}
# Nobody listens there, so a test that wants Redis has to say so (fixture `redis_url`).
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:1/0")

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL"))
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
