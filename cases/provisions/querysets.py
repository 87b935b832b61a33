"""Named reads of what is given and denied by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from cases.law.rules import READ_AFTER_END_DAYS
from organisation.object_permissions import ObjectGrant


class ReadingGrantQuerySet(models.QuerySet):
    """One given while its matter was open ends some time after the matter has."""

    def in_force(self, *, on: date) -> Self:
        return self.filter(self._matter_lasts(on), ObjectGrant.in_force(on))

    def to_come_or_in_force(self, *, on: date) -> Self:
        return self.filter(self._matter_lasts(on), ended_at__isnull=True, until_on__gte=on)

    @staticmethod
    def _matter_lasts(on: date) -> Q:
        return (
            Q(content_object__closed_on__isnull=True)
            | Q(content_object__closed_on__lt=F("from_on"))
            | Q(content_object__closed_on__gte=on - timedelta(days=READ_AFTER_END_DAYS))
        )


class EmergencyAccessQuerySet(models.QuerySet):
    def in_force(self, *, at: datetime) -> Self:
        return self.filter(ended_at__isnull=True, opened_at__lte=at, until_at__gt=at)

    def to_review(self) -> Self:
        return self.filter(reviewed_at__isnull=True)


class ConflictQuerySet(models.QuerySet):
    def in_force(self, *, on: date) -> Self:
        return self.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=on), ended_at__isnull=True, from_on__lte=on
        )

    def not_over(self, *, on: date) -> Self:
        """In force, or to come."""
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), ended_at__isnull=True)
