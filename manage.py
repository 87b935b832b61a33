#!/usr/bin/env python
"""Django's command line for Jämvikt."""

import os
import sys

from config import servers, services

# Commands that read and write files only and should not start a database for it.
WITHOUT_SERVICES = {
    "check_translations",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "generate_docs",
    "help",
    "makemessages",
    "spectacular",
    "startapp",
    "version",
}


def needs_services(arguments: list[str]) -> bool:
    """Whether a command may want the data folder's services, in local settings only."""
    if os.environ["DJANGO_SETTINGS_MODULE"] != "config.settings.local" or not arguments:
        return False
    asks_for_help = {"-h", "--help", "--version"} & set(arguments)
    return not asks_for_help and arguments[0] not in WITHOUT_SERVICES


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        if needs_services(sys.argv[1:]):
            services.read_env_file()
            services.ensure()
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, servers.ServiceError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
