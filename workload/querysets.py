"""Named reads of the workload area."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from organisation.permissions import Access
from organisation.querysets import PeriodQuerySet
from organisation.rights import Action
from workload.enums import TOLD_IN_CONFIDENCE


class WeightSetQuerySet(PeriodQuerySet):
    def drafts(self) -> Self:
        return self.filter(from_on__isnull=True)

    def in_unit(self, unit_id: int) -> Self:
        return self.filter(unit_id=unit_id)

    def planned(self, on: date) -> Self:
        """Decided, but not in use until later."""
        return self.filter(from_on__gt=on)


class LoadWarningQuerySet(models.QuerySet):
    def visible_to(self, access: Access) -> Self:
        """Warnings that are not over, of where the person leads.

        Of no child they are blocked from, and of nothing a worker has told somebody else.
        """
        told = access.leads(Action.READ_MEASUREMENTS)
        groups = access.groups_with(Action.SEE_GROUP_WORKLOAD)
        units = access.units_with(Action.SEE_GROUP_WORKLOAD)
        rows = self.filter(
            Q(group__in=groups) | Q(group__in=units) | Q(group__parent__in=units),
            ~Q(kind__in=sorted(TOLD_IN_CONFIDENCE)) | Q(group__in=told) | Q(group__parent__in=told),
            ended_on__isnull=True,
        )
        blocked = access.blocked
        return rows.exclude(matter__isnull=False, matter__child__in=blocked) if blocked else rows

    def with_page_rows(self) -> Self:
        """What each is about in the same query, the latest first."""
        return self.select_related("user", "matter", "group").order_by("-raised_on", "kind", "pk")


class CaseFactorQuerySet(models.QuerySet):
    def counting(self, matter_ids: Iterable[int], *, on: date) -> Self:
        """What counted on the day: the last judgement of each factor written by then."""
        return (
            self.filter(matter_id__in=list(matter_ids), from_on__lte=on)
            .order_by("matter_id", "factor_code", "-from_on", "-pk")
            .distinct("matter_id", "factor_code")
        )


def contacts_counting(on: date) -> Q:
    """Contacts written down by the day and not withdrawn by it; the weight set says how long."""
    return Q(recorded_on__lte=on) & (Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on))
