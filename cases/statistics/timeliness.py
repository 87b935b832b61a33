"""Which duties were done in time and which were left, said once for the weeks and the months."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q

IN_TIME = Q(met_on__lte=F("due_on")) & (
    Q(met_at__isnull=True) | Q(due_at__isnull=True) | Q(met_at__lte=F("due_at"))
)
"""Of deadlines: met, on the last day or before, and where hours count by the hour."""


def unfinished(day: date) -> Q:
    """Of deadlines: neither met nor cancelled when the day ended, and possible still, as the
    records stand now."""
    return (
        (Q(met_on__isnull=True) | Q(met_on__gt=day))
        & (Q(cancelled_on__isnull=True) | Q(cancelled_on__gt=day))
        & (Q(missed_on__isnull=True) | Q(missed_on__gt=day))
    )
