"""What the menu offers and what waits of the self-audits."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.models import LogCheckRound
from core.navigation import Item, Room, Source, Waiting, counted
from organisation.rights import Action
from organisation.views.requests import StaffRequest


def _checks(request: StaffRequest) -> bool:
    """Whether the person checks a unit's logs, or is named to in one of the rounds."""
    access = request.access
    if not access or not access.held:
        return False
    kept: bool | None = getattr(request, "_checks_logs", None)
    if kept is None:
        kept = bool(access.units_with(Action.CHECK_LOGS)) or (
            LogCheckRound.objects.visible_to(access).exists()
        )
        request._checks_logs = kept  # type: ignore[attr-defined]
    return kept


def items(request: StaffRequest) -> Iterator[Item]:
    """The log checks of whoever makes them."""
    if _checks(request):
        yield Item(_("Log checks"), reverse("log_check_list"), "shield-check", Room.QUALITY)


def waiting(request: StaffRequest) -> Iterator[Waiting]:
    """The rounds that are not closed."""
    if _checks(request):
        access = request.access
        yield from counted(
            [
                Source(
                    "log_checks_to_close",
                    _("Log checks to close"),
                    reverse("log_check_list"),
                    "shield-check",
                    lambda: [
                        LogCheckRound.objects.visible_to(access).filter(closed_at__isnull=True)
                    ],
                )
            ],
            reader=access,
        )
