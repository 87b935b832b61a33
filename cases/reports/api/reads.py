"""Reports with all that is told of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from cases.deadlines.api.reads import duties
from cases.matters.reads import workers
from cases.reports.models import Report
from organisation.permissions import Access


def report_rows(rows: QuerySet[Report]) -> QuerySet[Report]:
    return rows.select_related("matter", "child", "unit", "group", "decision").prefetch_related(
        duties(), workers()
    )


def report_details(rows: QuerySet[Report]) -> QuerySet[Report]:
    return report_rows(rows).select_related(
        "logged_by",
        "investigation",
        "protection_assessment__assessed_by",
        "decision__decided_by",
        "feedback__given_by",
        "serious_talk",
    )


def siblings_of(report: Report, access: Access) -> Sequence[Report]:
    """The other matters of the same report that the actor may read."""
    first = report.linked_to_id or report.pk
    return list(
        Report.objects.visible_to(access)
        .filter(Q(pk=first) | Q(linked_to=first))
        .exclude(pk=report.pk)
        .select_related("matter", "child")
        .prefetch_related(duties())
        .order_by("pk")
    )
