"""Writing the trail, in the same transaction as the act it tells of."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from core.models import TrailEntry, TrailKind


def _entry(
    kind: TrailKind,
    action: str,
    targets: Iterable[models.Model],
    *,
    by: Any,
    at: datetime,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> TrailEntry | None:
    rows = list(targets)
    if not rows and kind != TrailKind.REFUSED:
        return None
    first = rows[0] if rows else None
    single = len(rows) == 1
    return TrailEntry.objects.create(
        at=at,
        kind=kind,
        action=action,
        actor=by,
        target_type=(first._meta.model_name or "") if first else "",
        targets=[row.pk for row in rows],
        child_id=getattr(first, "child_id", None) if single else None,
        unit_id=getattr(first, "unit_id", None),
        reason=reason,
        details=details or {},
    )


def changed(
    action: str,
    target: models.Model,
    *,
    by: Any,
    at: datetime,
    reason: str = "",
    **details: Any,
) -> None:
    """Record that `by` did `action` to `target`; `details` are codes, days and ids only."""
    _entry(TrailKind.CHANGE, action, [target], by=by, at=at, reason=reason, details=details)


def read(action: str, targets: Iterable[models.Model], *, by: Any, at: datetime) -> None:
    """Record that `by` was shown `targets` (all of one type); nothing is written for none."""
    _entry(TrailKind.READ, action, targets, by=by, at=at)


def exported(action: str, targets: Iterable[models.Model], *, by: Any, at: datetime) -> None:
    """Record that `by` took `targets` out of the system as a file."""
    _entry(TrailKind.EXPORT, action, targets, by=by, at=at)


def refused(
    action: str,
    *,
    by: Any,
    at: datetime,
    targets: Iterable[models.Model] = (),
    reason: str = "",
    **details: Any,
) -> None:
    """Record that `by` (None: nobody known) tried `action` and was not let; `targets` may be none.

    Written outside the transaction of what was refused, or it would be rolled back with it.
    """
    _entry(TrailKind.REFUSED, action, targets, by=by, at=at, reason=reason, details=details)
