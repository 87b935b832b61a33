"""What the menu offers of the organisation, and what waits of it for who runs it.

Absences and one's own account to all; the tree and the members of staff to who runs them.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import Item, Room, Source, Waiting, counted
from organisation.enums import Role
from organisation.statistics import nodes_without_leader, staff_without_role
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


def waiting(request: StaffRequest) -> Iterator[Waiting]:
    """What nobody leads, and who can do nothing here, wait for the system administrator."""
    access = request.access
    if not access or Role.SYSTEM_ADMINISTRATOR not in access.roles:
        return
    yield from counted(
        [
            Source(
                "nodes_without_leader",
                _("Units and groups without a leader"),
                f"{reverse('home')}?as={Role.SYSTEM_ADMINISTRATOR}",
                "diagram-3",
                lambda: [nodes_without_leader(on=access.on)],
            ),
            Source(
                "staff_without_role",
                _("Members of staff without a role"),
                f"{reverse('staff_list')}?state=no_role",
                "person-exclamation",
                lambda: [staff_without_role(on=access.on)],
            ),
        ],
        reader=access,
    )
