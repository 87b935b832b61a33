"""Giving out several waiting investigations at once: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.investigations import services as investigations
from cases.matters.models import MatterWorker
from core import trail
from core.errors import Conflict, Invalid
from organisation.acting import access
from organisation.models import OrgUnit, User
from workload.models import PlannedPair
from workload.services.allocation.plans import group_to_lead, waiting


@dataclass(frozen=True, slots=True)
class Giving:
    """Who is to have an investigation. `version` of the plan it comes from, None without one."""

    investigation_id: int
    main_id: int
    co_id: int
    version: int | None = None


@transaction.atomic
def give_out(
    group_id: int, givings: Sequence[Giving], *, by: User, at: datetime
) -> list[MatterWorker]:
    """Assign each investigation to its pair from today, through the service of handlers.

    Raises Conflict, naming the case, when one of them cannot be given as it stands; then none is.
    """
    who = access(by, at)
    group = group_to_lead(who, group_id)
    if not givings:
        raise Invalid({"cases": _("Nothing is chosen to be given out.")})
    people = User.objects.in_bulk({one.main_id for one in givings} | {o.co_id for o in givings})
    made: list[MatterWorker] = []
    # In one order for everybody, so that two who give out at once wait and do not block each other.
    for giving in sorted(givings, key=lambda one: one.investigation_id):
        investigation = waiting(who, giving.investigation_id)
        if investigation.group_id != group.pk:
            raise Conflict(
                _("%(number)s is no longer in the group.") % {"number": investigation.number}
            )
        plan = PlannedPair.objects.select_for_update().filter(investigation=investigation).first()
        if giving.version is not None and (plan is None or plan.version != giving.version):
            raise Conflict(
                _("The plan of %(number)s has been changed meanwhile. Look at it again.")
                % {"number": investigation.number},
                current=plan,
            )
        try:
            made += investigations.assign_handlers(
                investigation.pk,
                main=people[giving.main_id],
                co=people[giving.co_id],
                from_on=who.on,
                by=by,
                at=at,
            )
        except (Invalid, KeyError) as error:
            reason = error if isinstance(error, Invalid) else _("The person does not exist.")
            raise Conflict(
                _("%(number)s cannot be given to this pair: %(reason)s")
                % {"number": investigation.number, "reason": reason}
            ) from error
        if plan is not None:
            plan.delete()
    trail.changed(
        "allocation.given_out",
        OrgUnit.objects.get(pk=group.pk),
        by=by,
        at=at,
        investigations=sorted(giving.investigation_id for giving in givings),
    )
    return made
