"""What the menu offers of the statistics: the month's figures, to those who may see them."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item, Room
from organisation.rights import Action, Reach
from organisation.views.requests import StaffRequest


def items(request: StaffRequest) -> Iterator[Item]:
    access = request.access
    if access and access.units_with(Action.SEE_AGGREGATES):
        # Those who read no cases work with the figures.
        first = not any(
            access.units_with(action, Reach.OWN)
            for action in (Action.READ_REPORT, Action.READ_INVESTIGATION)
        )
        yield Item(_("Month's figures"), reverse("statistics"), "table", Room.QUALITY, first=first)
