"""Which units and groups a person sees figures of."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from core.names import SwedishOrder
from organisation.models import OrgUnit
from organisation.permissions import Access
from organisation.rights import Action


@dataclass(frozen=True, slots=True)
class Scope:
    """Whole units, and single groups of other units; `within` holds those groups' units.

    The unit always stands in the condition, because the indexes begin with it. `without`: children
    the reader has a conflict of interest with, who are in no figure the reader is shown.
    """

    unit_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()
    within: frozenset[int] = frozenset()
    without: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.unit_ids or self.group_ids)

    def of(self, *, group: str = "group_id") -> Q:
        """The condition on a model with `unit`, `child` and the group column named."""
        condition = Q(pk__in=[])
        if self.unit_ids:
            condition = Q(unit_id__in=self.unit_ids)
        if self.group_ids:
            grouped = Q(unit_id__in=self.within) & Q(**{f"{group}__in": self.group_ids})
            condition = condition | grouped if self.unit_ids else grouped
        if self.without:
            condition &= ~Q(child_id__in=self.without)
        return condition


def scope_for(access: Access, action: Action = Action.SEE_DEADLINE_DASHBOARD) -> Scope:
    """The units and groups whose figures `action` lets the person see."""
    units = access.units_with(action)
    groups = access.groups_with(action)
    partly = frozenset(
        held.unit_id
        for held in access.held
        if held.node_id in groups and held.unit_id is not None and held.unit_id not in units
    )
    return Scope(
        unit_ids=units,
        group_ids=frozenset(
            held.node_id
            for held in access.held
            if held.node_id in groups and held.unit_id in partly
        ),
        within=partly,
        without=access.blocked,
    )


def groups_in(scope: Scope) -> list[OrgUnit]:
    """The groups in use that the scope covers, by unit and name. One query."""
    return list(
        OrgUnit.objects.groups()
        .filter(Q(parent_id__in=scope.unit_ids) | Q(pk__in=scope.group_ids))
        .select_related("parent")
        .order_by(SwedishOrder("parent__name"), SwedishOrder("name"))
    )


def units_below(access: Access) -> list[OrgUnit]:
    """The units of the departments and administrations the person heads. One query.

    For aggregates only: nobody above the unit head is shown a person.
    """
    paths = access.paths_with(Action.SEE_AGGREGATES)
    if not paths:
        return []
    return list(OrgUnit.objects.units().below(*paths).order_by(SwedishOrder("name")))
