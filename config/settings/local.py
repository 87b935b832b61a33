"""One machine, for development and for a newcomer's first look: `make run`."""

from .base import *  # noqa: F403
from .base import env

ENVIRONMENT = "local"
DEBUG = env.bool("DEBUG", True)
DEMO = env.bool("DEMO", True)
SECRET_KEY = env.str("SECRET_KEY", "local-only-" + "x" * 50)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
