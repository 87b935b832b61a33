"""Interventions with all that is told of them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from cases.deadlines.api.reads import duties
from cases.interventions.models import Intervention, InterventionFollowUp
from cases.matters.reads import workers


def intervention_rows(rows: QuerySet[Intervention]) -> QuerySet[Intervention]:
    return rows.select_related("matter", "child", "unit", "group").prefetch_related(
        duties(), workers()
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
