"""Taking a group out of use: what it has, and who is in it, goes to another group of the unit.

Nothing is left with nobody. The numbers and clocks of what moves are as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import trail
from core.calendar import local_date
from core.errors import Conflict, Invalid, Missing
from core.names import SwedishOrder
from organisation.enums import Level, Role
from organisation.login.accounts import shut_out
from organisation.models import ClaimedRole, OrgUnit, RoleAssignment, User
from organisation.services.contents import GroupMove, contents, held_by
from organisation.services.leaving import hand_back
from organisation.services.roles import same_role
from organisation.services.tree import must_administer


def destinations(group: OrgUnit) -> QuerySet[OrgUnit]:
    """The groups that can take over: those in use in the same unit."""
    others: QuerySet[OrgUnit] = (
        OrgUnit.objects.groups().filter(parent=group.parent_id).exclude(pk=group.pk)
    )
    return others.order_by(SwedishOrder("name"))


def _locked(group_id: int, *others: int) -> dict[int, OrgUnit]:
    """The groups, locked in one order by everybody: two that take over from each other wait."""
    rows = (
        OrgUnit.objects.select_for_update(of=("self",))
        .filter(pk__in={group_id, *others}, level=Level.GROUP)
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def _move_people(move: GroupMove, *, leaders_follow: bool, on: date) -> list[User]:
    """Move each role from the day: ended the day before, and begun in the other group.

    One that had not begun has had no day, and is only at the other group. Returns the people.
    """
    rows = list(
        RoleAssignment.objects.select_for_update(of=("self",))
        .select_related("user")
        .ending_after(on)
        .filter(node=move.group)
        .order_by("user_id", "pk")
    )
    # What single sign-on gave here, it can give no longer: the part is out of use.
    ClaimedRole.objects.filter(assignment__in=rows).delete()
    for row in rows:
        if row.role != Role.GROUP_LEADER or leaders_follow:
            RoleAssignment.objects.bulk_create(
                RoleAssignment(
                    user=row.user, role=row.role, node=move.people_to, from_on=first, until_on=last
                )
                for first, last in _days_without(row, move.people_to, since=on)
            )
        if row.from_on < on:
            row.until_on = on - timedelta(days=1)
            row.save(update_fields=["until_on"])
        else:
            row.delete()
    return list({row.user_id: row.user for row in rows}.values())


def _days_without(
    row: RoleAssignment, node: OrgUnit, *, since: date
) -> Iterator[tuple[date, date | None]]:
    """The days of the role, from `since`, on which its holder does not have it there already."""
    begins = max(row.from_on, since)
    there = same_role(row.user, row.role, node, from_on=begins, until_on=row.until_on)
    for first, last in there.order_by("from_on").values_list("from_on", "until_on"):
        if begins < first:
            yield begins, first - timedelta(days=1)
        if last is None:
            return
        begins = max(begins, last + timedelta(days=1))
    if row.until_on is None or begins <= row.until_on:
        yield begins, row.until_on


@transaction.atomic
def close_group(
    group_id: int,
    *,
    to: OrgUnit | None,
    by: User,
    at: datetime,
    people_to: OrgUnit | None = None,
    leaders_follow: bool = False,
) -> OrgUnit:
    """Take a group out of use from today.

    `to` takes over what the group has, `people_to` (`to`, when not said) its people; both are in
    use in the same unit, and needed when there is anything or anybody. Its leaders' role ends
    unless `leaders_follow`; whoever is left without any role is signed out.
    """
    must_administer(by, at=at)
    on = local_date(at)
    people_to = people_to or to
    rows = _locked(group_id, *(one.pk for one in (to, people_to) if one is not None))
    group = rows.get(group_id)
    if group is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if not group.active:
        raise Conflict(_("The group is out of use already."))
    found = held_by(group, on=on)
    people: list[User] = []
    if found:
        if to is None or people_to is None:
            raise Invalid({"to": _("Choose the group that takes over.")})
        for name, chosen in (("to", to), ("people_to", people_to)):
            row = rows.get(chosen.pk)
            if row is None or not row.active or row.parent_id != group.parent_id or row == group:
                raise Invalid({name: _("Choose another group in use in the same unit.")})
        for one in contents():
            if reason := one.unfit(group, to):
                raise Invalid({"to": reason})
        move = GroupMove(group=group, to=to, people_to=people_to, by=by, at=at)
        people = _move_people(move, leaders_follow=leaders_follow, on=on)
        for one in contents():
            one.move(move)
        for user in people:
            if not RoleAssignment.objects.ending_after(on).filter(user=user).exists():
                shut_out(user, by=by, at=at)
                hand_back(user, by=by, at=at)
    group.active = False
    group.save(update_fields=["active"])
    trail.changed(
        "organisation.group_closed",
        group,
        by=by,
        at=at,
        to=to.pk if to and found else None,
        people_to=people_to.pk if people_to and found else None,
        people=len(people),
    )
    return group
