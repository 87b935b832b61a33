"""Rows as they were: what django-pghistory's triggers keep of every tracked model."""

from typing import Any

import pghistory


def tracked(*, exclude: list[str] | None = None) -> Any:
    """Keep the row as it was before each change or deletion, whoever makes it.

    Triggers do it, so bulk changes and direct SQL are caught too. Insertion needs no event: the
    oldest event, or the row itself, is what was first written.
    """
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old),
        pghistory.DeleteEvent(),
        exclude=exclude,
    )
