"""Investigations with all that is told of them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from cases.deadlines.api.reads import duties
from cases.investigations.models import Extension, Investigation, LeftOpen
from cases.matters import registry as matters
from cases.matters.models import MatterWorker


def investigation_rows(rows: QuerySet[Investigation]) -> QuerySet[Investigation]:
    return rows.select_related("matter", "child", "unit", "group").prefetch_related(
        Prefetch(
            "matter__workers",
            queryset=MatterWorker.objects.select_related("user").order_by("pk"),
            to_attr="all_workers",
        ),
        duties(),
    )


def investigation_details(rows: QuerySet[Investigation]) -> QuerySet[Investigation]:
    return (
        investigation_rows(rows)
        .select_related("concluded_by")
        .prefetch_related(
            Prefetch("reports", queryset=matters.kind("report").rows.only("pk", "investigation")),
            Prefetch(
                "extensions",
                queryset=Extension.objects.select_related("decided_by"),
                to_attr="all_extensions",
            ),
            Prefetch(
                "left_open",
                queryset=LeftOpen.objects.filter(standing=True),
                to_attr="standing_left_open",
            ),
        )
    )
