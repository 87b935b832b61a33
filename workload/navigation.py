"""What the menu offers and what waits of the workload area, by what the person may open.

What is used every week comes first, what is set up now and then last; what is about each worker
stands with the staff.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item, Room, Waiting
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


def _has_survey(request: StaffRequest) -> bool:
    """Kept: the menu and what waits both ask."""
    kept: bool | None = getattr(request, "_has_survey", None)
    if kept is None:
        kept = has_survey(request)
        request._has_survey = kept  # type: ignore[attr-defined]
    return kept


def items(request: StaffRequest) -> Iterator[Item]:
    access: Access | None = request.access
    if not access:
        return
    yield from _load(request, access)
    yield from _staff(access)


def _load(request: StaffRequest, access: Access) -> Iterator[Item]:
    room = Room.WORKLOAD
    leads = _reaches(access, Action.SEE_GROUP_WORKLOAD)
    reviews, heads = has_reviews(request), bool(units_headed(access))
    if leads:
        yield Item(
            _("The groups' workload"), reverse("workload_groups"), "people", room, ("/workload",)
        )
        yield Item(_("Warnings"), reverse("workload_warnings"), "exclamation-triangle", room)
    elif access.units_with(Action.SEE_OWN_WORKLOAD, Reach.OWN):
        yield Item(_("My workload"), reverse("workload_own"), "speedometer2", room, ("/workload",))
    above = bool(paths_above(access))
    if reviews or above:
        yield Item(
            _("Workload measurement"),
            reverse("measurements"),
            "ui-checks-grid",
            room,
            first=above,
        )
    if reviews:
        yield Item(_("Case reviews"), reverse("reviews"), "journal-check", room)
    if _has_survey(request):
        yield Item(
            _("The Stockholm model"),
            reverse("survey"),
            "clipboard-heart",
            room,
            ("/workload/plans",),
        )
    own = [held for held in access.held if held.for_user_id == access.user_id]
    if heads or any(held.node_level == Level.GROUP for held in own):
        yield Item(_("Temperature"), reverse("temperatures"), "thermometer-half", room)
    if leads:
        yield Item(_("Weights"), reverse("weight_sets"), "sliders", Room.SETTINGS)
    if heads:
        yield Item(_("Rounds and marks"), reverse("rounds_run"), "calendar2-range", Room.SETTINGS)


def _staff(access: Access) -> Iterator[Item]:
    room = Room.STAFF
    if access.units_with(Action.MANAGE_STAFFING) or access.roles & ABOVE_UNIT:
        yield Item(_("Staffing"), reverse("staffing"), "graph-up", room)
    if _reaches(access, Action.MANAGE_INTRODUCTIONS):
        yield Item(
            _("Introductions"), reverse("introductions"), "signpost-2", room, ("/workload/steps",)
        )
    if _reaches(access, Action.MANAGE_COMPETENCES):
        yield Item(_("Competences"), reverse("competences"), "translate", room)
    if _reaches(access, Action.MANAGE_REDUCTIONS):
        yield Item(_("Reductions"), reverse("reductions"), "clock-history", room)


def waiting(request: StaffRequest) -> Iterator[Waiting]:
    """Warnings where the person leads, and rounds that wait for their own answer."""
    access: Access | None = request.access
    if not access:
        return
    if _reaches(access, Action.SEE_GROUP_WORKLOAD):
        yield Waiting(
            _("Warnings about workload"),
            LoadWarning.objects.visible_to(access).count(),
            reverse("workload_warnings"),
            "exclamation-triangle",
        )
    if _has_survey(request):
        yield Waiting(
            _("The Stockholm model to answer"),
            open_rounds(request),
            reverse("survey"),
            "clipboard-heart",
        )
