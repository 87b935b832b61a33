"""Reading given to one named person for a stated need (OSL 26), and taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Investigation, Report
from cases.services.gate import (
    access,
    checked_texts,
    investigation_reach,
    lock,
    permit,
    report_reach,
)
from core import trail
from core.errors import Invalid
from organisation import permissions
from organisation.models import RoleAssignment, User
from organisation.permissions import Access, Action


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
    by: User,
    at: datetime,
) -> None:
    """Let `reader`, who works in the same unit, read one report or investigation."""
    who = access(by, at)
    target = _target(who, model, pk)
    texts = checked_texts({"reason": reason}, required=["reason"])
    here = RoleAssignment.objects.active(who.on).filter(user=reader)
    if (
        not here.filter(node_id=target.unit_id).exists()
        and not here.filter(node__parent_id=target.unit_id).exists()
    ):
        raise Invalid({"reader": _("Choose a member of the unit's staff.")})
    permissions.grant_reading(reader, target)
    trail.changed("access.granted", target, by=by, at=at, reason=texts["reason"], reader=reader.pk)


@transaction.atomic
def revoke_reading(
    model: type[Report] | type[Investigation], pk: int, *, reader: User, by: User, at: datetime
) -> None:
    """Take back a reading once granted."""
    target = _target(access(by, at), model, pk)
    permissions.revoke_reading(reader, target)
    trail.changed("access.revoked", target, by=by, at=at, reader=reader.pk)
