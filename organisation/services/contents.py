"""What a part of the organisation has, and who is in it: asked before it is taken out of use.

What a group can have is said by the apps above, in the setting GROUP_CONTENTS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Conflict
from organisation.models import OrgUnit, RoleAssignment, User


@dataclass(frozen=True, slots=True)
class GroupHolding:
    """What a group has of one kind, in words (`Investigations`), and how many."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class GroupMove:
    """One group taken out of use: what it has goes to `to`, its people to `people_to`."""

    group: OrgUnit
    to: OrgUnit
    people_to: OrgUnit
    by: User
    at: datetime


@dataclass(frozen=True, slots=True)
class Contents:
    """What an app's rows have to do with groups.

    `held`: what a group has that somebody has to answer for. `unfit`: why a group cannot take what
    another has, empty when it can. `move`: moves it, after the people; within a transaction.
    """

    held: Callable[[OrgUnit, date], Sequence[GroupHolding]]
    unfit: Callable[[OrgUnit, OrgUnit], str]
    move: Callable[[GroupMove], None]


def contents() -> list[Contents]:
    return [cast(Contents, import_string(dotted)) for dotted in settings.GROUP_CONTENTS]


def held_by(group: OrgUnit, *, on: date) -> list[GroupHolding]:
    """What the group has and who is in it that day or later, each that is not none."""
    people = (
        RoleAssignment.objects.ending_after(on)
        .filter(node=group)
        .values("user_id")
        .distinct()
        .count()
    )
    found = [GroupHolding(_("People with a role in it"), people)]
    for one in contents():
        found += one.held(group, on)
    return [one for one in found if one.count]


def must_be_empty(group: OrgUnit, *, on: date) -> None:
    """Conflict, saying what there is, while the group has anything or anybody."""
    found = held_by(group, on=on)
    if found:
        what = ", ".join(f"{one.label.lower()}: {one.count}" for one in found)
        raise Conflict(
            _("Say first where they go (%(what)s): choose “Take the group out of use”.")
            % {"what": what}
        )


def must_have_nobody(node: OrgUnit, *, on: date) -> None:
    """Conflict while anybody has a role at a part that is no group."""
    people = RoleAssignment.objects.ending_after(on).filter(node=node).count()
    if people:
        raise Conflict(
            ngettext(
                "%(count)s role is held here. End it first.",
                "%(count)s roles are held here. End them first.",
                people,
            )
            % {"count": people}
        )
