"""The forecast of a group: the coming weeks, four months passed, and the error of it all."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import statistics
from core.charts import drawn, figure
from core.errors import Forbidden, Missing
from organisation.models import OrgUnit
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload.ahead import GroupAhead, group_ahead


def _groups(request: StaffRequest) -> list[OrgUnit]:
    scope = statistics.scope_for(request.access, Action.SEE_FORECAST)
    if not scope:
        raise Forbidden(refusal(Action.SEE_FORECAST))
    return statistics.groups_in(scope)


@login_required
@require_GET
def forecast(request: StaffRequest) -> HttpResponse:
    """The forecast of one's group; with several, of the one chosen."""
    groups = _groups(request)
    chosen = request.GET.get("group", "")
    group = next((one for one in groups if str(one.pk) == chosen), None)
    if chosen and group is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if group is None and groups:
        group = groups[0]
    found = (
        group_ahead(group, on=request.access.on, without=request.access.blocked) if group else None
    )
    return render(
        request,
        "workload/forecast.html",
        {
            "today": request.access.on,
            "groups": [
                {"label": one.name, "url": f"?group={one.pk}", "active": one == group}
                for one in groups
            ],
            "group": group,
            "found": found,
            "charts": _charts(found) if found else [],
            "figures": _figures(found) if found else {},
            "misses": [
                {
                    "weeks": miss.weeks,
                    "cases": figure(round(miss.cases, 1)),
                    "share": round(100 * miss.share),
                    "inside": round(100 * miss.inside),
                    "number": miss.number,
                }
                for miss in (found.tested.misses if found else ())
            ],
        },
    )


def _figures(found: GroupAhead) -> dict[str, Any]:
    last = found.now.weeks[-1]
    more = found.one_more
    return {
        "last": round(last.cases),
        "last_low": round(last.cases_low),
        "last_high": round(last.cases_high),
        "passing": figure(round(found.now.passing, 1)),
        "passing_more": figure(round(more.passing, 1)) if more else "–",
        "last_more": round(more.weeks[-1].cases) if more else None,
        "growth": round(100 * (found.now.growth - 1)),
        "new": figure(round(sum(week.new for week in found.now.weeks), 1)),
    }


def _charts(found: GroupAhead) -> list[Any]:
    weeks = found.now.weeks
    labels = tuple(_("w %(number)d") % {"number": week.monday.isocalendar().week} for week in weeks)
    charts = [
        drawn(
            "line",
            _("Open investigations at the end of each week"),
            labels,
            (
                (_("at most"), tuple(round(week.cases_high) for week in weeks), "before"),
                (_("expected"), tuple(round(week.cases) for week in weeks), "main"),
                (_("at least"), tuple(round(week.cases_low) for week in weeks), "before"),
            ),
            _("investigations"),
        )
    ]
    if found.available_tenths:

        def share(tenths: float) -> int:
            return round(100 * tenths / found.available_tenths)

        charts.append(
            drawn(
                "line",
                _("Points of investigations, per cent of what the group can carry"),
                labels,
                (
                    (_("at most"), tuple(share(week.tenths_high) for week in weeks), "before"),
                    (_("expected"), tuple(share(week.tenths) for week in weeks), "main"),
                    (_("at least"), tuple(share(week.tenths_low) for week in weeks), "before"),
                ),
                "%",
            )
        )
    return charts
