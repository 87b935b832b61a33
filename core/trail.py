"""Writing the trail, in the same transaction as the act it tells of."""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import models

from core.models import TrailEntry, TrailKind

emergency: ContextVar[frozenset[int]] = ContextVar("emergency", default=frozenset())
"""Children whose matters the actor has open in an emergency: what is read of them says so."""


def _entry(
    kind: TrailKind,
    action: str,
    targets: Iterable[models.Model],
    *,
    by: Any,
    at: datetime,
    reason: str = "",
    unit_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    rows = list(targets)
    children = {child for row in rows if (child := getattr(row, "child_id", None))}
    marked = {"emergency": True} if emergency.get() & children else {}
    TrailEntry.objects.create(
        at=at,
        kind=kind,
        action=action,
        actor=by,
        target_type=(rows[0]._meta.model_name or "") if rows else "",
        targets=[row.pk for row in rows],
        children=sorted(children),
        unit_id=getattr(rows[0], "unit_id", None) if rows else unit_id,
        reason=reason,
        details={**(details or {}), **marked},
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


def read(
    action: str, targets: Iterable[models.Model], *, by: Any, at: datetime, **details: Any
) -> None:
    """Record that `by` was shown `targets` (all of one type); nothing is written for none.

    `details` are codes: how a search was made, never what was searched for.
    """
    if rows := list(targets):
        _entry(TrailKind.READ, action, rows, by=by, at=at, details=details)


def searched(
    action: str,
    targets: Iterable[models.Model],
    *,
    by: Any,
    at: datetime,
    unit_id: int | None,
    **details: Any,
) -> None:
    """Record a search by `by`, also one that found nothing; that is the unit's of who searched."""
    rows = list(targets)
    _entry(TrailKind.READ, action, rows, by=by, at=at, unit_id=unit_id, details=details)


def exported(action: str, targets: Iterable[models.Model], *, by: Any, at: datetime) -> None:
    """Record that `by` took `targets` out of the system as a file; nothing is written for none."""
    if rows := list(targets):
        _entry(TrailKind.EXPORT, action, rows, by=by, at=at)


def refused(
    action: str,
    *,
    by: Any,
    at: datetime,
    targets: Iterable[models.Model] = (),
    reason: str = "",
    **details: Any,
) -> None:
    """Record an attempt that was turned away; `by` is None when nobody had signed in.

    Call it outside the transaction that the refusal rolls back.
    """
    _entry(TrailKind.REFUSED, action, targets, by=by, at=at, reason=reason, details=details)
