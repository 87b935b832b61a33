"""The test suite's settings: fast hashing, mail in memory, services of its own."""

from .base import *  # noqa: F403

ENVIRONMENT = "test"
DEBUG = False
DEMO = True
SECRET_KEY = "test-only-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
