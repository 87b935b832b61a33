"""What the menu offers and what waits of the self-audits."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.models import LogCheckRound
from core.navigation import Item, Room, Waiting
from organisation.permissions import Action
from organisation.views.requests import StaffRequest


def items(request: StaffRequest) -> Iterator[Item]:
    """The log checks of whoever makes them."""
    access = request.access
    if access and access.units_with(Action.CHECK_LOGS):
        yield Item(_("Log checks"), reverse("log_check_list"), "shield-check", Room.QUALITY)


def waiting(request: StaffRequest) -> Iterator[Waiting]:
    """The rounds that are not closed."""
    access = request.access
    if access and access.units_with(Action.CHECK_LOGS):
        rounds = LogCheckRound.objects.visible_to(access).filter(closed_at__isnull=True)
        yield Waiting(
            _("Log checks to close"), rounds.count(), reverse("log_check_list"), "shield-check"
        )
