"""Named reads of the organisation."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core import names
from organisation.enums import Level
from organisation.roles import CASE_WORKERS

STAFF_NAMES = ("first_name", "last_name", "username")
"""What members of staff are found by."""


FORMER_NAMES = ("first_name", "last_name")


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

    def ending_after(self, on: date) -> Self:
        """Those that hold on the day or are still to come."""
        return self.filter(
            Q(**{f"{self.last_day}__isnull": True}) | Q(**{f"{self.last_day}__gte": on})
        )


class EmploymentQuerySet(PeriodQuerySet):
    first_day = "started_on"
    last_day = "ended_on"

    def with_terms(self, on: date) -> Self:
        """Annotate the terms that hold on the day: `hours_on`, `experience_on`, `leave_on`."""
        from organisation.models import EmploymentTerms

        latest = EmploymentTerms.objects.filter(
            employment=OuterRef("pk"), from_on__lte=on
        ).order_by("-from_on")
        return self.annotate(
            hours_on=Coalesce(Subquery(latest.values("hours_percent")[:1]), F("hours_percent")),
            experience_on=Coalesce(Subquery(latest.values("experience")[:1]), F("experience")),
            leave_on=Coalesce(Subquery(latest.values("on_leave")[:1]), F("on_leave")),
        )


class UserQuerySet(models.QuerySet):
    def called(self, asked: str) -> Self:
        """Those whose name, former name or user name is `asked`, begins so or has it in it."""
        from organisation.models import FormerName

        former = FormerName.objects.filter(
            names.begins(asked, *FORMER_NAMES) | names.contains(asked, *FORMER_NAMES)
        )
        return self.filter(
            names.begins(asked, *STAFF_NAMES)
            | names.contains(asked, *STAFF_NAMES)
            | Q(pk__in=former.values("user"))
        )

    def reached_by(self, access: Any, action: Any) -> Self:
        """Those with a role that day in the groups and units where `action` reaches them all.

        `access` and `action` are of `organisation.permissions`, which lies above.
        """
        from organisation.models import RoleAssignment

        units = access.units_with(action)
        roles = RoleAssignment.objects.active(access.on).filter(
            Q(node_id__in=access.groups_with(action))
            | Q(node_id__in=units)
            | Q(node__parent_id__in=units, node__level=Level.GROUP)
        )
        return self.filter(pk__in=roles.values("user"))

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
