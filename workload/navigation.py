"""What the menu offers and what waits of the workload area, by what the person may open.

What is used every week comes first, what is set up now and then last; what is about each worker
stands with the staff.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item, Room, Source, Waiting, counted
from organisation.enums import Level
from organisation.permissions import Access
from organisation.rights import Action, Reach
from organisation.roles import ABOVE_UNIT
from organisation.views.requests import StaffRequest
from workload.models import ActionPlan, IntroductionStep, LoadWarning, Measurement, SurveyAnswer
from workload.readers import paths_above, units_headed
from workload.services.reviews import decisions_read_by
from workload.views.reviews import has_reviews
from workload.views.staffing import plans_seen
from workload.views.surveys import has_survey

UNANSWERED = {"frozen_at__isnull": True, "answered_at__isnull": True}


def _reaches(access: Access, action: Action) -> bool:
    return bool(access.units_with(action) or access.groups_with(action))


def _has_survey(request: StaffRequest) -> bool:
    """Kept: the menu and what waits both ask."""
    kept: bool | None = getattr(request, "_has_survey", None)
    if kept is None:
        kept = has_survey(request)
        request._has_survey = kept  # type: ignore[attr-defined]
    return kept


def _has_reviews(request: StaffRequest) -> bool:
    """Kept, as above."""
    kept: bool | None = getattr(request, "_has_reviews", None)
    if kept is None:
        kept = has_reviews(request)
        request._has_reviews = kept  # type: ignore[attr-defined]
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
    reviews, heads = _has_reviews(request), bool(units_headed(access))
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
    """Warnings where the person leads, and what waits for their own answer or to be done."""
    access: Access | None = request.access
    if access:
        yield from counted(_sources(request, access), reader=access)


def _sources(request: StaffRequest, access: Access) -> Iterator[Source]:
    if _reaches(access, Action.SEE_GROUP_WORKLOAD):
        yield Source(
            "workload_warnings",
            _("Warnings about workload"),
            reverse("workload_warnings"),
            "exclamation-triangle",
            lambda: [LoadWarning.objects.visible_to(access)],
        )
    if _reaches(access, Action.MANAGE_INTRODUCTIONS):
        yield Source(
            "introduction_steps_late",
            _("Steps of introductions that are late"),
            reverse("introductions"),
            "signpost-2",
            lambda: [
                IntroductionStep.objects.filter(
                    plan__in=plans_seen(request), done_on__isnull=True, due_on__lt=access.on
                )
            ],
        )
    if _has_reviews(request):
        yield Source(
            "measurements_to_answer",
            _("Workload measurement to answer"),
            reverse("measurements"),
            "ui-checks-grid",
            lambda: [Measurement.objects.filter(user_id=access.user_id, **UNANSWERED)],
        )
        yield Source(
            "review_tasks",
            _("Your tasks from case reviews"),
            reverse("reviews"),
            "list-check",
            lambda: [
                decisions_read_by(access).filter(
                    review__worker_id=access.user_id, due_on__isnull=False, done_on__isnull=True
                )
            ],
        )
    # Who leads above the units reads the results, and is asked nothing.
    if _has_survey(request) and access.units:
        yield Source(
            "surveys_to_answer",
            _("The Stockholm model to answer"),
            reverse("survey"),
            "clipboard-heart",
            lambda: [SurveyAnswer.objects.filter(user_id=access.user_id, **UNANSWERED)],
        )
        yield Source(
            "plans_to_answer",
            _("Offered action plans to answer"),
            reverse("survey"),
            "chat-left-text",
            lambda: [ActionPlan.objects.filter(answer__user_id=access.user_id, response="")],
        )
