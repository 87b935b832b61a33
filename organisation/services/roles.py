"""Roles: who holds which, where, from a day to a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import trail
from core.calendar import local_date
from core.errors import Conflict, Invalid, Missing
from organisation.enums import Role
from organisation.login.accounts import shut_out
from organisation.models import OrgUnit, RoleAssignment, User
from organisation.roles import ROLES
from organisation.services.leaving import hand_back
from organisation.services.tree import must_administer


def checked_period(from_on: date, until_on: date | None, *, name: str = "until_on") -> None:
    if until_on is not None and until_on < from_on:
        raise Invalid({name: _("The last day cannot be before the first.")})


def one_at_a_time(user: User) -> None:
    """Until the transaction ends, whoever else changes this person's days waits."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def same_role(
    user: User, role: str, node: OrgUnit, *, from_on: date, until_on: date | None
) -> QuerySet[RoleAssignment]:
    """What the person has of the role there on any of those days."""
    return RoleAssignment.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=from_on),
        user=user,
        role=role,
        node=node,
        from_on__lte=until_on or date.max,
    )


@transaction.atomic
def give_role(
    *,
    user: User,
    role: str,
    node: OrgUnit,
    from_on: date,
    by: User,
    at: datetime,
    until_on: date | None = None,
) -> RoleAssignment:
    """Give a role at a node from a day to a day, both included."""
    must_administer(by, at=at)
    if role not in Role.values:
        raise Invalid({"role": _("Choose one of the alternatives.")})
    if node.level not in ROLES[role].levels:
        raise Invalid({"node": _("The role cannot be held at that level.")})
    checked_period(from_on, until_on)
    one_at_a_time(user)
    if same_role(user, role, node, from_on=from_on, until_on=until_on).exists():
        raise Invalid({"role": _("The person already has this role then.")})
    given = RoleAssignment.objects.create(
        user=user, role=role, node=node, from_on=from_on, until_on=until_on
    )
    trail.changed("organisation.role_given", given, by=by, at=at, role=role, user=user.pk)
    return given


@transaction.atomic
def end_role(assignment_id: int, *, until_on: date, by: User, at: datetime) -> RoleAssignment:
    """Set the last day of a role; nobody ends the last system administrator.

    Somebody else has to hold that role the day after, and without an end of their own: two who
    end each other's would leave nobody.
    """
    must_administer(by, at=at)
    # All system administrators are locked too, in the same order by everybody: two who end each
    # other's role at once must not both count on the other.
    rows = (
        RoleAssignment.objects.select_for_update(of=("self",))
        .select_related("user", "node")
        .filter(Q(pk=assignment_id) | Q(role=Role.SYSTEM_ADMINISTRATOR))
        .order_by("pk")
    )
    held: dict[int, RoleAssignment] = {row.pk: row for row in rows}
    given = held.get(assignment_id)
    if given is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    checked_period(given.from_on, until_on)
    one_at_a_time(given.user)
    same = same_role(
        given.user, given.role, given.node, from_on=given.from_on, until_on=until_on
    ).exclude(pk=given.pk)
    if same.exists():
        raise Invalid({"until_on": _("The person already has this role then.")})
    if given.role == Role.SYSTEM_ADMINISTRATOR:
        day_after = until_on + timedelta(days=1)
        if not any(
            row.role == Role.SYSTEM_ADMINISTRATOR
            and row.user.is_active
            and row.from_on <= day_after
            and row.until_on is None
            for pk, row in held.items()
            if pk != given.pk
        ):
            raise Conflict(_("Somebody has to be system administrator after that day."))
    given.until_on = until_on
    given.save(update_fields=["until_on"])
    trail.changed("organisation.role_ended", given, by=by, at=at, until=until_on.isoformat())
    if not RoleAssignment.objects.ending_after(local_date(at)).filter(user=given.user).exists():
        shut_out(given.user, by=by, at=at)
    if until_on < local_date(at):
        hand_back(given.user, by=by, at=at)
    return given
