"""One machine, for development and for a newcomer's first look: `make run`."""

from config import services

services.read_env_file()
_urls = services.running_urls(services.data_dir())

from .base import *  # noqa: E402, F403 (the environment has to be complete first)
from .base import database, env  # noqa: E402

ENVIRONMENT = "local"
# A first look meets the pages that users meet. DEBUG=1 shows a developer where an error came from
# and reads templates and scripts anew at each request.
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", True)
MFA_REQUIRED = env.bool("MFA_REQUIRED", not DEMO)
SECRET_KEY = env.str("SECRET_KEY", "") or services.secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DATA_DIR = services.data_dir()

# manage.py and `make run` name the services; a program started in another way uses those that run.
if _urls and not env.str("DATABASE_URL", ""):
    DATABASES = {"default": database(_urls.database)}
if _urls and not env.str("REDIS_URL", ""):
    REDIS_URL = _urls.redis

# Mail is written to files, one each, for a person to read.
if env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")

# Static files straight from their folders, without collecting them first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
