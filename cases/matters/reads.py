"""Workers of a matter, fetched for the REST API."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from cases.matters.models import MatterWorker


def workers() -> Prefetch[str, QuerySet[MatterWorker], str]:
    """Those with a part now or to come."""
    rows = MatterWorker.objects.current().select_related("user").order_by("pk")
    return Prefetch("matter__workers", queryset=rows, to_attr="workers_today")
