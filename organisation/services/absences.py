"""Days away and who stands in."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import trail
from core.calendar import local_date
from core.errors import Forbidden, Invalid, Missing
from core.wording import UNKNOWN_END
from organisation.enums import END_UNKNOWN, AbsenceReason, Level, Role
from organisation.models import Absence, RoleAssignment, User
from organisation.permissions import access_for, refusal
from organisation.rights import Action
from organisation.services.roles import checked_period, one_at_a_time

LONGEST_ABSENCE = 3 * 366
"""Days. Parental leave can be long; a mistyped year is longer."""


def staffs(user: User, *, by: User, at: datetime) -> None:
    who = access_for(by, on=local_date(at))
    if any(held.role == Role.SYSTEM_ADMINISTRATOR for held in who.held):
        return
    if not User.objects.filter(pk=user.pk).reached_by(who, Action.MANAGE_STAFFING).exists():
        raise Forbidden(refusal(Action.MANAGE_STAFFING))


def _leads(by: User, user: User, *, at: datetime) -> bool:
    """Whether `by` leads a group or unit where `user` has a role that day."""
    who = access_for(by, on=local_date(at))
    groups = who.groups_with(Action.MANAGE_ABSENCE)
    units = who.units_with(Action.MANAGE_ABSENCE)
    return bool(
        RoleAssignment.objects.active(who.on)
        .filter(user=user)
        .filter(
            Q(node_id__in=groups)
            | Q(node_id__in=units)
            | Q(node__parent_id__in=units, node__level=Level.GROUP)
        )
        .exists()
    )


@transaction.atomic
def plan_absence(
    *,
    user: User,
    from_on: date,
    until_on: date | None,
    reason: str,
    by: User,
    at: datetime,
    stand_in: User | None = None,
) -> Absence:
    """Plan days away and the stand-in who takes over; by oneself, one's leader or the system
    administrator.

    `until_on` is None where the end of an illness is not known (`END_UNKNOWN`): away until further
    notice, and ended later.

    The stand-in has to work in the same unit when it begins, and not be away on any of the days.
    """
    who = access_for(by, on=local_date(at))
    administrates = any(held.role == Role.SYSTEM_ADMINISTRATOR for held in who.held)
    if by.pk != user.pk and not administrates and not _leads(by, user, at=at):
        raise Forbidden(_("Only the person's own leader plans the absence."))
    if reason not in AbsenceReason.values:
        raise Invalid({"reason": _("Choose one of the alternatives.")})
    _known_or_unknown(until_on, reason)
    checked_period(from_on, until_on)
    _not_too_long(from_on, until_on)
    one_at_a_time(user)
    overlapping = _on_any_of(from_on, until_on)
    if overlapping.filter(user=user).exists():
        raise Invalid({"from_on": _("The person is already away then.")})
    if stand_in is not None:
        if stand_in.pk == user.pk:
            raise Invalid({"stand_in": _("The stand-in has to be somebody else.")})
        if overlapping.filter(user=stand_in).exists():
            raise Invalid({"stand_in": _("The stand-in is away then too.")})
        if not stand_in.is_active or not _same_unit(user, stand_in, on=from_on):
            raise Invalid({"stand_in": _("The stand-in has to work in the same unit.")})
    absence = Absence.objects.create(
        user=user, from_on=from_on, until_on=until_on, reason=reason, stand_in=stand_in
    )
    trail.changed(
        "organisation.absence_planned",
        absence,
        by=by,
        at=at,
        user=user.pk,
        stand_in=stand_in.pk if stand_in else None,
    )
    return absence


def _known_or_unknown(until_on: date | None, reason: str) -> None:
    if until_on is None and reason not in END_UNKNOWN:
        message = _(
            "Give the last day. Only of illness and care of one's own child can it be unknown."
        )
        raise Invalid({"until_on": message})


def _on_any_of(from_on: date, until_on: date | None) -> QuerySet[Absence]:
    """Absences on any of the days, to all days to come when the last is None."""
    return Absence.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=from_on), from_on__lte=until_on or date.max
    )


def _not_too_long(from_on: date, until_on: date | None) -> None:
    if until_on is not None and (until_on - from_on).days > LONGEST_ABSENCE:
        raise Invalid({"until_on": _("An absence is at most three years.")})


def _same_unit(first: User, second: User, *, on: date) -> bool:
    def units(user: User) -> set[int | None]:
        return {
            node_id if level == Level.UNIT else parent_id
            for node_id, level, parent_id in RoleAssignment.objects.active(on)
            .filter(user=user, node__level__in=[Level.UNIT, Level.GROUP])
            .values_list("node_id", "node__level", "node__parent_id")
        }

    return bool(units(first) & units(second))


@transaction.atomic
def end_absence(absence_id: int, *, until_on: date | None, by: User, at: datetime) -> Absence:
    """Back earlier (or later) than planned: `until_on` is the last day away.

    None where the end of an illness is not known any more.
    """
    absence = (
        Absence.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=absence_id)
        .first()
    )
    if absence is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    who = access_for(by, on=local_date(at))
    administrates = any(held.role == Role.SYSTEM_ADMINISTRATOR for held in who.held)
    if by.pk != absence.user_id and not administrates and not _leads(by, absence.user, at=at):
        raise Missing(_("It does not exist, or is not yours to see."))
    _known_or_unknown(until_on, absence.reason)
    checked_period(absence.from_on, until_on)
    _not_too_long(absence.from_on, until_on)
    one_at_a_time(absence.user)
    if (until_on or UNKNOWN_END) > absence.away_until:
        added = _on_any_of(absence.from_on, until_on).exclude(pk=absence.pk)
        if added.filter(user=absence.user_id).exists():
            raise Invalid({"until_on": _("The person is already away then.")})
        if absence.stand_in_id and added.filter(user=absence.stand_in_id).exists():
            raise Invalid({"until_on": _("The stand-in is away then too.")})
    absence.until_on = until_on
    until = until_on.isoformat() if until_on else None
    absence.save(update_fields=["until_on"])
    trail.changed("organisation.absence_ended", absence, by=by, at=at, until=until)
    return absence
