"""What the menu offers of the workload area, by what the person's rights give something behind.

What is used every week comes first, what is set up now and then last; what is about each worker
stands with the staff.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item
from organisation.enums import Level
from organisation.permissions import Access, Action, Reach
from organisation.roles import ABOVE_UNIT
from organisation.views.requests import StaffRequest
from workload.models import LoadWarning
from workload.readers import paths_above, units_headed
from workload.views.reviews import has_reviews
from workload.views.surveys import has_survey, open_rounds


def _reaches(access: Access, action: Action) -> bool:
    return bool(access.units_with(action) or access.groups_with(action))


def _standing(access: Access) -> int:
    """Warnings that are not over, where the person leads. One query."""
    return LoadWarning.objects.visible_to(access).count()


def items(request: StaffRequest) -> Iterator[Item]:
    access: Access | None = request.access
    if not access:
        return
    yield from _load(request, access)
    yield from _staff(access)


def _load(request: StaffRequest, access: Access) -> Iterator[Item]:
    section = _("Workload")
    leads = _reaches(access, Action.SEE_GROUP_WORKLOAD)
    reviews, heads = has_reviews(request), bool(units_headed(access))
    if leads:
        yield Item(_("The groups' workload"), reverse("workload_groups"), "people", section=section)
        yield Item(
            _("Warnings"),
            reverse("workload_warnings"),
            "exclamation-triangle",
            _standing(access),
            section,
        )
    elif access.units_with(Action.SEE_OWN_WORKLOAD, Reach.OWN):
        yield Item(_("My workload"), reverse("workload_own"), "speedometer2", section=section)
    if reviews or paths_above(access):
        yield Item(
            _("Workload measurement"), reverse("measurements"), "ui-checks-grid", section=section
        )
    if reviews:
        yield Item(_("Case reviews"), reverse("reviews"), "journal-check", section=section)
    if has_survey(request):
        yield Item(
            _("The Stockholm model"),
            reverse("survey"),
            "clipboard-heart",
            open_rounds(request),
            section,
        )
    own = [held for held in access.held if held.for_user_id == access.user_id]
    if heads or any(held.node_level == Level.GROUP for held in own):
        yield Item(_("Temperature"), reverse("temperatures"), "thermometer-half", section=section)
    if leads:
        yield Item(_("Weights"), reverse("weight_sets"), "sliders", section=section)
    if heads:
        yield Item(_("Rounds and marks"), reverse("rounds_run"), "calendar2-range", section=section)


def _staff(access: Access) -> Iterator[Item]:
    section = _("Staff")
    if access.units_with(Action.MANAGE_STAFFING) or access.roles & ABOVE_UNIT:
        yield Item(_("Staffing"), reverse("staffing"), "graph-up", section=section)
    if _reaches(access, Action.MANAGE_INTRODUCTIONS):
        yield Item(_("Introductions"), reverse("introductions"), "signpost-2", section=section)
    if _reaches(access, Action.MANAGE_COMPETENCES):
        yield Item(_("Competences"), reverse("competences"), "translate", section=section)
    if _reaches(access, Action.MANAGE_REDUCTIONS):
        yield Item(_("Reductions"), reverse("reductions"), "clock-history", section=section)
