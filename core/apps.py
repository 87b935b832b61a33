from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

ALWAYS = """
CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(trigger_name NAME)
RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS 'SELECT FALSE'
"""
"""Triggers of django-pgtrigger ask this function whether they are to be passed over. As installed
it answers by a setting that any role may set for its session; here nothing passes them over."""


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        post_migrate.connect(_record_always, sender=self)


def _record_always(using: str, **_said: Any) -> None:
    """After every migration, since each that makes a trigger brings the library's function back."""
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('public._pgtrigger_should_ignore')")
        if cursor.fetchone()[0]:
            cursor.execute(ALWAYS)
