"""Reading given to one named person for a stated need (OSL 26), from a day to a day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.enums import GrantPurpose
from cases.models import Investigation, ReadingGrant, Report
from cases.provisions import blocked_from
from cases.services.gate import (
    access,
    checked_choice,
    checked_texts,
    investigation_reach,
    lock,
    permit,
    report_reach,
)
from core import trail
from core.calendar import local_date
from core.errors import Conflict, Invalid, Missing
from organisation.models import RoleAssignment, User
from organisation.permissions import Access, Action

LONGEST_GRANT = 366
"""Days: a need that lasts longer is stated anew."""


def _target(
    who: Access, model: type[Report] | type[Investigation], pk: int
) -> Report | Investigation:
    target: Report | Investigation
    if model is Report:
        target = lock(Report.objects.visible_to(who), pk)
        reach = report_reach(target)
    else:
        target = lock(Investigation.objects.visible_to(who), pk)
        reach = investigation_reach(target, on=who.on)
    permit(who, Action.GRANT_READING, **reach)
    return target


@transaction.atomic
def grant_reading(
    model: type[Report] | type[Investigation],
    pk: int,
    *,
    reader: User,
    reason: str,
    from_on: date,
    until_on: date,
    purpose: str = GrantPurpose.STATED_NEED,
    with_whereabouts: bool = False,
    by: User,
    at: datetime,
) -> ReadingGrant:
    """Let `reader`, who works in the same unit, read one report or investigation for a time."""
    who = access(by, at)
    target = _target(who, model, pk)
    texts = checked_texts({"reason": reason}, required=["reason"])
    checked_choice("purpose", purpose, GrantPurpose)
    if from_on < who.on:
        raise Invalid({"from_on": _("The first day is today at the earliest.")})
    if until_on < from_on:
        raise Invalid({"until_on": _("The last day cannot be before the first.")})
    if (until_on - from_on).days > LONGEST_GRANT or (from_on - who.on).days > LONGEST_GRANT:
        raise Invalid({"until_on": _("At most a year. If the need remains, give it again.")})
    here = (
        RoleAssignment.objects.active(who.on)
        .filter(user=reader, user__is_active=True)
        .filter(Q(node_id=target.unit_id) | Q(node__parent_id=target.unit_id))
    )
    if not here.exists():
        raise Invalid({"reader": _("Choose a member of the unit's staff.")})
    if reader.pk in blocked_from(target.child_id, on=who.on):
        raise Invalid({"reader": _("%(name)s cannot be given this case.") % {"name": reader}})
    name = target._meta.model_name or ""
    earlier = ReadingGrant.objects.to_come_or_in_force(on=from_on).filter(
        reader=reader, from_on__lte=until_on, **{name: target}
    )
    if earlier.exists():
        raise Conflict(_("The person already has the right to read this in those days."))
    grant = ReadingGrant.objects.create(
        reader=reader,
        unit_id=target.unit_id,
        purpose=purpose,
        reason=texts["reason"],
        with_whereabouts=with_whereabouts,
        from_on=from_on,
        until_on=until_on,
        granted_by=by,
        granted_at=at,
        **{name: target},
    )
    trail.changed(
        "access.granted",
        target,
        by=by,
        at=at,
        reason=texts["reason"],
        reader=reader.pk,
        purpose=purpose,
        from_on=from_on.isoformat(),
        until_on=until_on.isoformat(),
        with_whereabouts=with_whereabouts,
    )
    return grant


@transaction.atomic
def revoke_grant(grant_id: int, *, by: User, at: datetime) -> None:
    """Take a grant back before its last day; nothing happens to one already over."""
    who = access(by, at)
    grant = (
        ReadingGrant.objects.select_for_update(of=("self",))
        .select_related("report", "investigation")
        .filter(pk=grant_id, unit_id__in=who.units_with(Action.GRANT_READING))
        .first()
    )
    target = (grant.report or grant.investigation) if grant else None
    if grant is None or target is None or target.child_id in who.blocked:
        raise Missing(_("It does not exist, or is not yours to see."))
    if grant.ended_at is not None or grant.until_on < who.on:
        return
    grant.ended_at, grant.ended_by = at, by
    grant.save(update_fields=["ended_at", "ended_by"])
    trail.changed("access.revoked", target, by=by, at=at, reader=grant.reader_id)


def revoke_reading(
    model: type[Report] | type[Investigation], pk: int, *, reader: User, by: User, at: datetime
) -> None:
    """Take back what the person has been given to read of that one matter."""
    target = _target(access(by, at), model, pk)
    for grant in grants_on(target, on=local_date(at)).filter(reader=reader):
        revoke_grant(grant.pk, by=by, at=at)


def grants_on(target: Report | Investigation, *, on: date) -> QuerySet[ReadingGrant]:
    """The grants of reading the matter, now or to come, by reader."""
    grants: QuerySet[ReadingGrant] = ReadingGrant.objects.to_come_or_in_force(on=on)
    return (
        grants.filter(**{target._meta.model_name or "": target})
        .select_related("reader", "granted_by")
        .order_by("reader__last_name", "reader__first_name", "from_on")
    )
