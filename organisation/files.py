"""What a list that is taken out says of itself: whose it is, of which day, how much of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.exports import Sheet, about
from core.names import SwedishOrder
from organisation.models import OrgUnit


def about_list(
    rows: Sequence[Any],
    *,
    on: date,
    unit_ids: Iterable[int] | None = None,
    more: Sequence[tuple[Any, Any]] = (),
) -> Sheet:
    """The sheet about a list as it stood on a day: the units its rows are of, and their number.

    `unit_ids` when the rows do not say `unit_id` themselves. One query.
    """
    ids = {row.unit_id for row in rows} if unit_ids is None else set(unit_ids)
    names = OrgUnit.objects.filter(pk__in=ids).order_by(SwedishOrder("name"))
    return about(
        (_("Unit"), ", ".join(names.values_list("name", flat=True)) or "–"),
        (_("As of"), on),
        *more,
        (_("Number of rows"), len(rows)),
    )
