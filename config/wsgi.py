"""The web server's entry."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()
# What is registered in half (a role without a start page, a kind of matter without an address)
# stops the start, not the first to need it.
call_command("check", tags=["registries"], verbosity=0)

# Tasks declared with @shared_task belong to this application from here on.
from config.celery import app as celery_app  # noqa: E402, F401 (needs the settings above)
