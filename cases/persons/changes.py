"""Writing down what was changed of a child or of somebody around it: before, after, why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from cases.persons import identity
from cases.persons.models import Guardian, Person, PersonChange
from organisation.models import User


def shown(row: Person | Guardian, name: str) -> str:
    """A particular as people read it; days in ISO form."""
    value: Any = getattr(row, name)
    if name == "personal_identity_number":
        return identity.shown(value)
    if isinstance(value, date):
        return value.isoformat()
    column: Any = row._meta.get_field(name)
    if column.choices:
        return str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "")


def apply(
    row: Person | Guardian,
    values: Mapping[str, Any],
    *,
    kind: str,
    reason: str,
    by: User,
    at: datetime,
    hidden: bool = False,
) -> list[str]:
    """Give the row the values, saved with its next version; the columns that changed, in order.

    Each is written down. Nothing is saved when nothing differs.
    """
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return []
    before = {name: shown(row, name) for name in changed}
    for name in changed:
        setattr(row, name, values[name])
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    guardian = row if isinstance(row, Guardian) else None
    child_id = row.child_id if guardian is None else guardian.child_id
    PersonChange.objects.bulk_create(
        PersonChange(
            child_id=child_id,
            guardian=guardian,
            kind=kind,
            field=name,
            old=before[name],
            new=shown(row, name),
            reason=reason,
            is_hidden=hidden,
            made_by=by,
            made_at=at,
        )
        for name in changed
    )
    return changed
