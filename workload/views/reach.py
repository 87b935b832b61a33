"""What the pages share: the day asked for, the groups reached, the refusals."""

from __future__ import annotations

from datetime import date

from cases.statistics import groups_in, scope_for
from core.errors import Forbidden
from core.names import SwedishOrder
from organisation.models import OrgUnit
from organisation.permissions import refusal
from organisation.rights import Action, Reach
from organisation.views.requests import StaffRequest


def day_asked(request: StaffRequest) -> date:
    """The day in the address (`on`), today when it names none, and never a day to come."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.today
    return min(day, request.today) if day.year >= 2000 else request.today


def groups_led(request: StaffRequest, action: Action = Action.SEE_GROUP_WORKLOAD) -> list[OrgUnit]:
    """The groups whose workers `action` reaches, by unit and name."""
    return groups_in(scope_for(request.access, action))


def units_led(request: StaffRequest, action: Action) -> list[OrgUnit]:
    """The units that `action` reaches the whole of; one or, rarely, more."""
    units = request.access.units_with(action)
    return (
        list(OrgUnit.objects.filter(pk__in=units).order_by(SwedishOrder("name"))) if units else []
    )


def demand(request: StaffRequest, action: Action, at_least: Reach = Reach.OWN) -> None:
    """Forbidden, with the reason, for who has the action nowhere."""
    if not request.access.units_with(action, at_least):
        raise Forbidden(refusal(action))
