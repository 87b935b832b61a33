"""How many characters a column holds, for whatever takes what is to be stored in it.

The number itself stands in the model and nowhere else: forms, the API and services ask here.
"""

from __future__ import annotations

from django.db.models import Model


def limit(model: type[Model], column: str) -> int:
    """LookupError for a column that has no limit."""
    found: int | None = getattr(model._meta.get_field(column), "max_length", None)
    if found is None:
        raise LookupError(f"{model._meta.label}.{column} has no limit of its own")
    return found
