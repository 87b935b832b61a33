"""The rows as the API tells them, each in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, Q, QuerySet

from cases import matters
from cases.models import (
    Deadline,
    Extension,
    Intervention,
    InterventionFollowUp,
    Investigation,
    MatterWorker,
    Report,
)
from organisation.permissions import Access


def _duties() -> Prefetch[str, QuerySet[Deadline], str]:
    return Prefetch(
        "matter__deadlines", queryset=Deadline.objects.order_by("due_on", "pk"), to_attr="duties"
    )


def _workers() -> Prefetch[str, QuerySet[MatterWorker], str]:
    """Those with a part now or to come."""
    rows = MatterWorker.objects.current().select_related("user").order_by("pk")
    return Prefetch("matter__workers", queryset=rows, to_attr="workers_today")


def report_rows(rows: QuerySet[Report]) -> QuerySet[Report]:
    return rows.select_related("matter", "child", "unit", "group", "decision").prefetch_related(
        _duties(), _workers()
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
        .prefetch_related(_duties())
        .order_by("pk")
    )


def investigation_rows(rows: QuerySet[Investigation]) -> QuerySet[Investigation]:
    return rows.select_related("matter", "child", "unit", "group").prefetch_related(
        Prefetch(
            "matter__workers",
            queryset=MatterWorker.objects.select_related("user").order_by("pk"),
            to_attr="all_workers",
        ),
        _duties(),
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
        )
    )


def intervention_rows(rows: QuerySet[Intervention]) -> QuerySet[Intervention]:
    return rows.select_related("matter", "child", "unit", "group").prefetch_related(
        _duties(), _workers()
    )


def intervention_details(rows: QuerySet[Intervention]) -> QuerySet[Intervention]:
    return (
        intervention_rows(rows)
        .select_related("investigation")
        .prefetch_related(
            Prefetch(
                "follow_ups",
                queryset=InterventionFollowUp.objects.select_related("followed_up_by"),
            )
        )
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
        "cancelled_on",
        "child_id",
        "unit__code",
        "matter_kind",
        "matter__number",
    )
