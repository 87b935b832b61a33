"""Fixtures shared by all tests; those that start services are in tests/plugin.py."""

import os

import pytest

from tests.factories import World
from tests.template import template_database


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy each test database from one that is migrated already.

    Here and not in the plugin, because pytest-django's own fixture has to be overridden.
    """
    from django.db import connection

    if name := template_database(os.environ["DATABASE_URL"]):
        connection.settings_dict["TEST"]["TEMPLATE"] = name


@pytest.fixture
def world(db: None) -> World:
    """An organisation with people in every role; see `tests.factories.World`."""
    return World()
