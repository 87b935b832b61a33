"""Writing a correction down, and finding the one that can be taken back.

Who may correct, and what follows from it, is said by the room of what is corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from cases.corrections.models import Correction
from cases.enums import UNDOABLE, CorrectionAct
from cases.matters.models import MatterRecord
from core.errors import Conflict, Invalid
from organisation.acting import checked_texts
from organisation.models import User


def checked_reason(reason: str) -> str:
    """The reason trimmed; Invalid without one."""
    text = checked_texts({"reason": reason})["reason"]
    if not text:
        raise Invalid({"reason": _("Say why it is corrected.")})
    return text


def as_code(value: Any) -> Any:
    """A column's value as it is kept: codes, ids, days and times in their ISO form."""
    if isinstance(value, Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def difference(row: Model, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns of the row that `wanted` says otherwise of: field, old and new."""
    return [
        {"field": name, "old": as_code(getattr(row, name)), "new": as_code(value)}
        for name, value in wanted.items()
        if getattr(row, name) != value
    ]


def write(
    record: MatterRecord,
    act: CorrectionAct,
    *,
    of: Model | None = None,
    reason: str,
    by: User,
    at: datetime,
    changes: list[dict[str, Any]] | None = None,
    kept: dict[str, Any] | None = None,
    child_id: int | None = None,
    to_child_id: int | None = None,
    unit_id: int | None = None,
    undoes: Correction | None = None,
) -> Correction:
    """Keep the act with the matter. `child_id` and `unit_id`: before it, when it changed them."""
    row = record if of is None else of
    return Correction.objects.create(
        matter_id=record.pk,
        unit_id=unit_id or record.unit_id,
        child_id=child_id or record.child_id,
        to_child_id=to_child_id,
        act=act,
        subject=row._meta.model_name or "",
        subject_id=row.pk,
        reason=reason,
        changes=changes or [],
        kept=kept or {},
        undoes=undoes,
        made_by=by,
        made_at=at,
    )


def standing(matter_id: int, *acts: CorrectionAct) -> Correction | None:
    """The latest act on the matter that stands and can be taken back; none when it is not of
    `acts`."""
    last = (
        Correction.objects.filter(matter=matter_id, act__in=UNDOABLE, undone_by__isnull=True)
        .order_by("-made_at", "-pk")
        .first()
    )
    return last if last is not None and (not acts or last.act in acts) else None


def to_undo(matter_id: int, *acts: CorrectionAct) -> Correction:
    """As `standing`, locked; Conflict when there is none."""
    last = standing(matter_id, *acts)
    if last is None:
        raise Conflict(_("There is nothing here to take back."))
    return Correction.objects.select_for_update(of=("self",)).get(pk=last.pk)
