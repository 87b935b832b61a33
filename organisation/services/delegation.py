"""The delegation order of a unit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import trail
from core.errors import Invalid, Missing
from organisation.enums import DelegatedDecision, Level, Role
from organisation.models import Delegation, OrgUnit, User
from organisation.services.tree import must_administer


@transaction.atomic
def delegate(*, unit: OrgUnit, decision: str, role: str, by: User, at: datetime) -> Delegation:
    """Add a line to the unit's delegation order."""
    must_administer(by, at=at)
    if unit.level != Level.UNIT:
        raise Invalid({"unit": _("Choose a unit.")})
    if decision not in DelegatedDecision.values:
        raise Invalid({"decision": _("Choose one of the alternatives.")})
    if role not in Role.values:
        raise Invalid({"role": _("Choose one of the alternatives.")})
    line, made = Delegation.objects.get_or_create(unit=unit, decision=decision, role=role)
    if made:
        trail.changed("organisation.delegated", line, by=by, at=at, decision=decision, role=role)
    return line


@transaction.atomic
def withdraw_delegation(line_id: int, *, by: User, at: datetime) -> None:
    """Take a line out of the delegation order; its history stays."""
    must_administer(by, at=at)
    line = Delegation.objects.filter(pk=line_id).first()
    if line is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    trail.changed("organisation.delegation_withdrawn", line, by=by, at=at)
    line.delete()
