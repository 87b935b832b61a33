"""What the workload puts on the pages of cases: a case's points, the group's loads."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cases.investigations.models import Investigation
from core import trail
from organisation.models import OrgUnit
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload import capacity
from workload.views.loads import row_of


def case_points(request: StaffRequest, *, investigation: Investigation) -> SafeString | str:
    """The points of the case with their explanation; nothing for a closed case."""
    found = capacity.cases([investigation.pk], on=request.today).get(investigation.pk)
    if found is None:
        return ""
    return render_to_string(
        "workload/partials/_case_panel.html",
        {"case": found, "investigation": investigation},
        request=request,
    )


def group_loads(request: StaffRequest, *, groups: list[OrgUnit]) -> SafeString | str:
    """The load of each worker of the groups in points, by name; nothing where nothing weighs."""
    units = request.access.units_with(Action.SEE_GROUP_WORKLOAD)
    led = request.access.groups_with(Action.SEE_GROUP_WORKLOAD)
    shown = [group for group in groups if group.parent_id in units or group.pk in led]
    loads = capacity.loads_by_group(shown, on=request.today, without=request.access.blocked)
    found = [
        {"group": group, "rows": [row_of(load) for load in loads[group.pk]]}
        for group in shown
        if any(load.norm for load in loads[group.pk])
    ]
    if not found:
        return ""
    people = {load.user.pk: load.user for group in shown for load in loads[group.pk]}
    trail.read("workload.read", people.values(), by=request.user, at=request.at)
    return render_to_string(
        "workload/partials/_group_panel.html",
        {"groups": found, "today": request.today},
        request=request,
    )
