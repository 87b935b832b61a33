"""Reading given to one named person for a stated need (OSL 26), from a day to a day."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.enums import GrantPurpose
from cases.matters import registry as matters
from cases.matters.models import Matter, MatterRecord
from cases.matters.working import reach
from cases.provisions.lookup import blocked_from
from cases.provisions.models import ReadingGrant
from core import trail
from core.calendar import local_date
from core.errors import Conflict, Invalid, Missing
from core.names import in_order
from organisation.acting import access, checked_choice, checked_texts, permit
from organisation.models import RoleAssignment, User
from organisation.permissions import Access
from organisation.rights import Action

LONGEST_GRANT = 366
"""Days: a need that lasts longer is stated anew."""


def _target(who: Access, matter_id: int) -> MatterRecord:
    """The kind's row of a matter the actor may give to others to read, locked."""
    matter = Matter.objects.visible_to(who).filter(pk=matter_id).first()
    if matter is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    rows = matters.kind(matter.kind).rows
    target: MatterRecord = rows.select_for_update(of=("self",)).get(pk=matter_id)
    permit(who, Action.GRANT_READING, **reach(target, on=who.on))
    return target


def read_permission() -> Permission:
    """The object permission that a grant of reading is."""
    return Permission.objects.get_by_natural_key("read_matter", "cases", "matter")


@transaction.atomic
def grant_reading(
    matter_id: int,
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
    """Let `reader`, who works in the same unit, read one matter of any kind for a time."""
    who = access(by, at)
    target = _target(who, matter_id)
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
    if target.child_id is not None and reader.pk in blocked_from(target.child_id, on=who.on):
        raise Invalid({"reader": _("%(name)s cannot be given this case.") % {"name": reader}})
    earlier = ReadingGrant.objects.to_come_or_in_force(on=from_on).filter(
        user=reader, from_on__lte=until_on, content_object=target.pk
    )
    if earlier.exists():
        raise Conflict(_("The person already has the right to read this in those days."))
    grant: ReadingGrant = ReadingGrant.objects.create(
        user=reader,
        permission=read_permission(),
        content_object=target.matter,
        unit_id=target.unit_id,
        purpose=purpose,
        reason=texts["reason"],
        with_whereabouts=with_whereabouts,
        from_on=from_on,
        until_on=until_on,
        granted_by=by,
        granted_at=at,
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
        .select_related("content_object")
        .filter(pk=grant_id, unit_id__in=who.units_with(Action.GRANT_READING))
        .first()
    )
    if grant is None or grant.matter.child_id in who.blocked:
        raise Missing(_("It does not exist, or is not yours to see."))
    if grant.ended_at is not None or grant.until_on < who.on:
        return
    grant.ended_at, grant.ended_by = at, by
    grant.save(update_fields=["ended_at", "ended_by"])
    trail.changed("access.revoked", grant.matter.record, by=by, at=at, reader=grant.user_id)


def revoke_reading(matter_id: int, *, reader: User, by: User, at: datetime) -> None:
    """Take back what the person has been given to read of that one matter."""
    target = _target(access(by, at), matter_id)
    for grant in grants_on(target.pk, on=local_date(at)).filter(user=reader):
        revoke_grant(grant.pk, by=by, at=at)


def grants_on(matter_id: int, *, on: date) -> QuerySet[ReadingGrant]:
    """The grants of reading the matter, now or to come, by reader."""
    grants: QuerySet[ReadingGrant] = ReadingGrant.objects.to_come_or_in_force(on=on)
    return (
        grants.filter(content_object=matter_id)
        .select_related("user", "granted_by", "content_object")
        .order_by(*in_order("user__"), "from_on")
    )
