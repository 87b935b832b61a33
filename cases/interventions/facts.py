"""What of an intervention decides its duties, read off its row."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.interventions.models import Intervention, InterventionFollowUp
from cases.law.duties import InterventionFacts


def intervention_facts(intervention: Intervention) -> InterventionFacts:
    return InterventionFacts(
        kind=intervention.kind,
        started_on=intervention.started_on,
        followed_up_on=[done.followed_up_on for done in intervention.follow_ups.all()],
        ended_on=intervention.ended_on,
    )


def interventions_with_facts(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.prefetch_related(
        Prefetch("follow_ups", queryset=InterventionFollowUp.objects.order_by("pk"))
    )
