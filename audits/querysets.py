"""Named reads of the self-audits."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Count, Q

from audits.enums import Judgement
from organisation.permissions import Access, Action


class LogCheckRoundQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Rounds of the units whose logs the person checks, and those they are named for."""
        units = access.units_with(Action.CHECK_LOGS)
        return self.filter(Q(unit_id__in=units) | Q(reviewer_id=access.user_id))

    def with_results(self) -> Self:
        """Annotate how many were drawn, judged, and judged in each way."""
        return self.annotate(
            drawn=Count("hits"),
            judged=Count("hits", filter=Q(hits__judged_at__isnull=False)),
            **{value: Count("hits", filter=Q(hits__judgement=value)) for value in Judgement.values},
        )
