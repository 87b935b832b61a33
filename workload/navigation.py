"""What the menu offers of the workload area, by what the person's rights give something behind."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item
from organisation.enums import Role
from organisation.permissions import Access, Action, Reach
from organisation.views.requests import StaffRequest
from workload.models import LoadWarning


def _reaches(access: Access, action: Action) -> bool:
    return bool(access.units_with(action) or access.groups_with(action))


def _standing(access: Access) -> int:
    """Warnings that are not over, where the person leads. One query."""
    places = access.groups_with(Action.SEE_GROUP_WORKLOAD)
    units = access.units_with(Action.SEE_GROUP_WORKLOAD)
    return (
        LoadWarning.objects.filter(ended_on__isnull=True)
        .filter(Q(group__in=places) | Q(group__in=units) | Q(group__parent__in=units))
        .count()
    )


def items(request: StaffRequest) -> Iterator[Item]:
    access: Access | None = request.access
    if access is None:
        return
    section = _("Workload")
    leads = _reaches(access, Action.SEE_GROUP_WORKLOAD)
    if leads:
        yield Item(_("The groups' workload"), reverse("workload_groups"), "people", section=section)
    elif access.units_with(Action.SEE_OWN_WORKLOAD, Reach.OWN):
        yield Item(_("My workload"), reverse("workload_own"), "speedometer2", section=section)
    if leads:
        yield Item(
            _("Warnings"),
            reverse("workload_warnings"),
            "exclamation-triangle",
            _standing(access),
            section,
        )
        yield Item(_("Weights"), reverse("weight_sets"), "sliders", section=section)
    if _reaches(access, Action.MANAGE_REDUCTIONS):
        yield Item(_("Reductions"), reverse("reductions"), "clock-history", section=section)
    if _reaches(access, Action.MANAGE_COMPETENCES):
        yield Item(_("Competences"), reverse("competences"), "translate", section=section)
    if _reaches(access, Action.MANAGE_INTRODUCTIONS):
        yield Item(_("Introductions"), reverse("introductions"), "signpost-2", section=section)
    if access.units_with(Action.MANAGE_STAFFING) or access.roles & {
        Role.DEPARTMENT_HEAD,
        Role.DIRECTOR,
    }:
        yield Item(_("Staffing"), reverse("staffing"), "graph-up", section=section)
