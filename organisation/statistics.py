"""The organisation in numbers, for whoever runs the system: counts of no case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from core.names import SwedishOrder
from organisation.enums import Level
from organisation.models import Absence, OrgUnit, RoleAssignment, User
from organisation.roles import LEADERS


@dataclass(frozen=True, slots=True)
class OrganisationFigures:
    """What the system administrator keeps in order; counts of the organisation, none of cases."""

    units: int
    groups: int
    staff: int
    without_role: int
    away: int
    groups_without_leader: tuple[str, ...]
    units_without_head: tuple[str, ...]


def staff_without_role(*, on: date) -> QuerySet[User]:
    """Accounts in use that no role on the day gives anything to do."""
    held = RoleAssignment.objects.active(on).values("user_id")
    return User.objects.filter(is_active=True).exclude(pk__in=held)


def nodes_without_leader(*, on: date) -> QuerySet[OrgUnit]:
    """Units and groups in use that nobody leads on the day."""
    held = RoleAssignment.objects.active(on).filter(user__is_active=True, role__in=LEADERS)
    return OrgUnit.objects.filter(active=True, level__in=[Level.UNIT, Level.GROUP]).exclude(
        pk__in=held.values("node_id")
    )


def organisation_figures(*, on: date) -> OrganisationFigures:
    """The organisation in numbers, and the parts nobody leads on the day. Four queries."""
    held = RoleAssignment.objects.active(on).filter(user__is_active=True)
    nodes = list(
        OrgUnit.objects.filter(active=True, level__in=[Level.UNIT, Level.GROUP])
        .select_related("parent")
        .order_by(SwedishOrder("parent__name"), SwedishOrder("name"))
    )
    without = set(nodes_without_leader(on=on).values_list("pk", flat=True))
    staff = User.objects.filter(is_active=True).aggregate(
        all=Count("pk", distinct=True),
        held=Count("pk", distinct=True, filter=Q(pk__in=held.values("user_id"))),
    )
    lacking = [node for node in nodes if node.pk in without]
    return OrganisationFigures(
        units=sum(node.level == Level.UNIT for node in nodes),
        groups=sum(node.level == Level.GROUP for node in nodes),
        staff=staff["all"],
        without_role=staff["all"] - staff["held"],
        away=Absence.objects.active(on).count(),
        groups_without_leader=tuple(
            f"{node.parent} – {node}" for node in lacking if node.level == Level.GROUP
        ),
        units_without_head=tuple(str(node) for node in lacking if node.level == Level.UNIT),
    )
