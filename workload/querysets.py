"""Named reads of the workload area."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from organisation.querysets import PeriodQuerySet


class WeightSetQuerySet(PeriodQuerySet):
    def drafts(self) -> Self:
        return self.filter(from_on__isnull=True)

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)

    def planned(self, on: date) -> Self:
        """Decided, but not in use until later."""
        return self.filter(from_on__gt=on)


class CaseFactorQuerySet(models.QuerySet):
    def counting(self, investigation_ids: Iterable[int], *, on: date) -> Self:
        """What counted on the day: the last judgement of each factor written by then."""
        return (
            self.filter(investigation_id__in=list(investigation_ids), from_on__lte=on)
            .order_by("investigation_id", "factor_code", "-from_on", "-pk")
            .distinct("investigation_id", "factor_code")
        )


def contacts_counting(on: date) -> Q:
    """Contacts written down by the day and not withdrawn by it; the weight set says how long."""
    return Q(recorded_on__lte=on) & (Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on))
