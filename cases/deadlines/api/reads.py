"""Deadlines with all that is told of them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from cases.deadlines.models import Deadline


def duties() -> Prefetch[str, QuerySet[Deadline], str]:
    return Prefetch(
        "matter__deadlines", queryset=Deadline.objects.order_by("due_on", "pk"), to_attr="duties"
    )


def deadline_rows(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """With the numbers of their matters, and nothing of what is written in them."""
    return rows.select_related("unit", "matter").only(
        "kind",
        "starts_on",
        "due_on",
        "act_by",
        "due_at",
        "met_on",
        "met_at",
        "recorded_on",
        "cancelled_on",
        "missed_on",
        "child_id",
        "unit__code",
        "matter_kind",
        "matter__number",
    )
