"""What the menu offers of the organisation: absences to all, the tree and staff to who runs it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item
from organisation.enums import Role
from organisation.views.requests import StaffRequest


def items(request: StaffRequest) -> Iterator[Item]:
    if not request.access:
        return
    section = _("Staff")
    yield Item(_("Absences"), reverse("absences"), "calendar-x", section=section)
    if Role.SYSTEM_ADMINISTRATOR in request.access.roles:
        yield Item(_("Organisation"), reverse("organisation"), "diagram-3", section=section)
        yield Item(_("Members of staff"), reverse("staff_list"), "people", section=section)
        yield Item(_("API tokens"), reverse("token_list_all"), "key", section=section)
