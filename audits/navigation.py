"""The menu of the self-audits."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.models import LogCheckRound
from core.navigation import Item
from organisation.permissions import Action
from organisation.views.requests import StaffRequest


def items(request: StaffRequest) -> Iterator[Item]:
    """The log checks of whoever makes them; the number is that of the open rounds."""
    access = request.access
    if access is None or not access.units_with(Action.CHECK_LOGS):
        return
    waiting = LogCheckRound.objects.visible_to(access).filter(closed_at__isnull=True).count()
    yield Item(_("Log checks"), reverse("log_check_list"), "shield-check", waiting, _("To lead"))
