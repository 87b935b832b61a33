"""What the menu offers of the statistics: the month's figures, to those who may see them."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item
from organisation.permissions import Action
from organisation.views.requests import StaffRequest


def items(request: StaffRequest) -> Iterator[Item]:
    if request.access and request.access.units_with(Action.SEE_AGGREGATES):
        yield Item(_("Month's figures"), reverse("statistics"), "table", section=_("To lead"))
