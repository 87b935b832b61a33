"""What stands under a text of a case: its signature, its versions, its corrections."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

from cases.signing import texts
from core.decisions import Decision

register = template.Library()


@register.inclusion_tag("cases/signing/_foot.html", takes_context=True)
def text_foot(
    context: template.Context,
    code: str,
    row: Any,
    today: date,
    may_add: Decision | None = None,
    versions: int = 0,
) -> dict[str, Any]:
    """Who signed and whether it still holds, corrections, and the ways on from here.

    Of many rows, fetch what is added to them at once (`texts.with_additions`). `versions`: how
    many there are, 0 when that is not known.
    """
    kind = texts.KINDS[code]
    author = getattr(row, kind.author) if kind.author else None
    signable = kind.is_signed
    read = kind.read_as_well and row.read_digest
    if signable and not hasattr(row, "additions"):
        texts.with_additions(code, [row])
    return {
        "code": code,
        "row": row,
        "today": today,
        "signable": signable,
        "holds": signable and row.is_signed and texts.unchanged(code, row),
        "may_sign": (
            author is not None and not row.is_signed and author == context["request"].user.pk
        ),
        "additions": [
            {"row": one, "holds": texts.unchanged("addition", one)} for one in row.additions
        ]
        if signable
        else [],
        "may_add": bool(may_add) and signable and row.is_signed,
        "versions": versions,
        "reading": read,
        "reading_holds": read and texts.unchanged_since_reading(code, row),
    }
