"""What the menu offers of the measurements: to whoever is asked, leads or sees results."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item
from organisation.enums import Level
from organisation.views.requests import StaffRequest
from workload.readers import paths_above, units_headed
from workload.views.reviews import has_reviews
from workload.views.surveys import has_survey, open_rounds


def items(request: StaffRequest) -> Iterator[Item]:
    access = request.access
    if not access or not access.held:
        return
    section = _("Workload")
    if has_survey(request):
        yield Item(
            _("The Stockholm model"),
            reverse("survey"),
            "clipboard-heart",
            badge=open_rounds(request),
            section=section,
        )
    if has_reviews(request) or paths_above(access):
        yield Item(
            _("Workload measurement"), reverse("measurements"), "speedometer2", section=section
        )
    if has_reviews(request):
        yield Item(_("Case reviews"), reverse("reviews"), "journal-check", section=section)
    own = [held for held in access.held if held.for_user_id == access.user_id]
    if units_headed(access) or any(held.node_level == Level.GROUP for held in own):
        yield Item(_("Temperature"), reverse("temperatures"), "thermometer-half", section=section)
    if units_headed(access):
        yield Item(_("Rounds and marks"), reverse("rounds_run"), "calendar2-range", section=section)
