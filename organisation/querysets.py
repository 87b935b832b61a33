"""Named reads of the organisation."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q

from organisation.enums import CASE_WORKERS, Level


class OrgUnitQuerySet(models.QuerySet):
    def units(self) -> Self:
        return self.filter(level=Level.UNIT, active=True)

    def groups(self) -> Self:
        return self.filter(level=Level.GROUP, active=True)

    def below(self, *paths: str) -> Self:
        """The nodes at or under any of `paths`."""
        condition = Q(pk__in=[])
        for path in paths:
            condition |= Q(path__startswith=path)
        return self.filter(condition)


class PeriodQuerySet(models.QuerySet):
    """Rows with a first and a last day, both included; a null last day is open."""

    first_day = "from_on"
    last_day = "until_on"

    def active(self, on: date) -> Self:
        return self.filter(
            Q(**{f"{self.last_day}__isnull": True}) | Q(**{f"{self.last_day}__gte": on}),
            **{f"{self.first_day}__lte": on},
        )


class EmploymentQuerySet(PeriodQuerySet):
    first_day = "started_on"
    last_day = "ended_on"


class UserQuerySet(models.QuerySet):
    def workers_in(self, group_id: int, *, on: date) -> Self:
        """Staff who can be handlers in the group that day and are not away."""
        from organisation.models import Absence, RoleAssignment

        roles = RoleAssignment.objects.active(on).filter(node_id=group_id, role__in=CASE_WORKERS)
        away = Absence.objects.active(on)
        return self.filter(pk__in=roles.values("user"), is_active=True).exclude(
            pk__in=away.values("user")
        )


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    use_in_migrations = False
