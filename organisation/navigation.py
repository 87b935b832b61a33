"""What the menu offers of the organisation: absences and one's own account to all.

The tree and the members of staff to who runs them.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item, Room
from organisation.enums import Role
from organisation.views.requests import StaffRequest


def items(request: StaffRequest) -> Iterator[Item]:
    if not request.access:
        return
    yield Item(_("Absences"), reverse("absences"), "calendar-x", Room.STAFF)
    settings = Room.SETTINGS
    if Role.SYSTEM_ADMINISTRATOR in request.access.roles:
        yield Item(_("Organisation"), reverse("organisation"), "diagram-3", settings, first=True)
        yield Item(_("Members of staff"), reverse("staff_list"), "people", settings)
        yield Item(_("API tokens"), reverse("token_list_all"), "key", settings)
    yield Item(_("My account"), reverse("own_account"), "person-lock", settings, ("/accounts",))
    yield Item(_("Your API tokens"), reverse("token_list"), "plug", settings)
