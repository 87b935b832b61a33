"""Changes of a child's records that were made past the program, by SQL straight in the database.

The triggers of history keep the row as it was for those too, but with nobody's name: what is
missing from the trail is found here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection
from django.utils.translation import gettext as _

from cases.matters.models import Matter, MatterRecord

MOST = 100
"""Changes shown; more than that is a matter for whoever runs the database."""
_OF_CHILD = "e.child_id = %(child)s"
_OF_MATTER = "e.{column} IN (SELECT id FROM cases_matter WHERE child_id = %(child)s)"
"""By which columns a kept row is a child's: its own, or one of a matter or of a kind's row."""


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    what: str


@cache
def _statement() -> tuple[str, dict[str, Any]]:
    parts, models = [], {}
    for event in _events():
        table = event._meta.db_table
        tracked = event.pgh_tracked_model
        ways = list(_ways(event))
        if tracked._meta.db_table == "cases_person":
            ways = ["e.pgh_obj_id = %(child)s"]
        if not ways:
            continue
        models[table] = tracked
        parts.append(
            f"SELECT '{table}', e.pgh_label, e.pgh_created_at FROM {table} e"  # noqa: S608
            f" WHERE e.pgh_context_id IS NULL AND ({' OR '.join(ways)})"
        )
    order = f" ORDER BY 3 DESC LIMIT {MOST}"
    return " UNION ALL ".join(parts) + order, models


def _ways(event: Any) -> Iterator[str]:
    """How rows of the event's table come to the child they are about."""
    for field in event._meta.concrete_fields:
        to = field.related_model
        if field.name.startswith("pgh_") or to is None:
            continue
        if field.attname == "child_id":
            yield _OF_CHILD
        elif issubclass(to, Matter | MatterRecord) and not field.unique:
            yield _OF_MATTER.format(column=field.column)


def _events() -> Iterator[Any]:
    for model in apps.get_models():
        if issubclass(model, pghistory.models.Event) and model._meta.managed:
            yield model


def of_child(child_id: int) -> list[Change]:
    """Changes of the child's records without anybody's name, the latest first. One query."""
    statement, models = _statement()
    with connection.cursor() as cursor:
        cursor.execute(statement, {"child": child_id})
        return [
            Change(
                at,
                _("%(what)s removed") % {"what": models[table]._meta.verbose_name}
                if label == "delete"
                else _("%(what)s changed") % {"what": models[table]._meta.verbose_name},
            )
            for table, label, at in cursor.fetchall()
        ]
