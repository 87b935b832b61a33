"""Loads: one's own, the group's, the unit's, one worker's; on any day. Never in order of size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from cases.matters import registry as matters
from cases.matters.models import Matter
from core import trail
from core.charts import figure
from core.errors import Forbidden
from organisation.enums import Experience, Level
from organisation.models import Employment, OrgUnit, RoleAssignment, User
from organisation.permissions import refusal
from organisation.rights import Action, Reach
from organisation.views.requests import StaffRequest
from workload import capacity, points
from workload.capacity import Carried, WorkerLoad
from workload.enums import ReductionReason
from workload.models import Competence, IntroductionPlan
from workload.views import warnings
from workload.views.reach import day_asked, groups_led, units_led


@dataclass(frozen=True, slots=True)
class LoadInWords:
    """A worker's load in words; `tone` for the bar, which says nothing the text does not."""

    load: WorkerLoad
    url: str
    text: str
    tone: str
    terms: str


def in_words(load: WorkerLoad) -> str:
    """ "84 %, 101 of 120 points"; who has no time says so instead of a per cent.

    Who is away says that first, and of them nothing is 0 %: "away", "away, 12 points".
    """
    if load.away_until is None:
        return _use_in_words(load)
    if load.norm is None or not load.tenths:
        return pgettext("capacity", "away")
    said = (
        _use_in_words(load)
        if load.percent
        else _("%(points)s points") % {"points": figure(float(load.points))}
    )
    return str(_("away, %(load)s") % {"load": said})


def _use_in_words(load: WorkerLoad) -> str:
    if load.norm is None:
        return str(_("not measured"))
    carried = figure(float(load.points))
    used = load.percent
    if used is None:
        return str(_("no available time, %(points)s points") % {"points": carried})
    return str(
        _("%(percent)s %%, %(points)s of %(available)s points")
        % {
            "percent": used,
            "points": carried,
            "available": figure(float(load.available)),
        }
    )


def tone_of(load: WorkerLoad) -> str:
    """Calm up to 100 %, over it soon, over one's ceiling or 110 % late."""
    used = load.percent
    if used is None or (load.away_until is not None and not used):
        return "muted"
    if used > points.OVERLOAD_PERCENT or load.is_over_ceiling:
        return "late"
    return "soon" if used > 100 else "ok"


def terms_of(load: WorkerLoad) -> str:
    """Experience, hours and reductions, in words."""
    if load.experience is None:
        return str(_("no employment"))
    said = [str(Experience(load.experience).label).lower()]
    if load.hours_percent == 0:
        said.append(str(_("on leave")))
    elif load.hours_percent != 100:
        said.append(f"{load.hours_percent} %")
    said += [
        f"{str(ReductionReason(one.reason).label).lower()} −{one.percent} %"
        for one in load.reductions
    ]
    return ", ".join(said)


def row_of(load: WorkerLoad) -> LoadInWords:
    return LoadInWords(load, "", in_words(load), tone_of(load), terms_of(load))


@dataclass(frozen=True, slots=True)
class Group:
    """A group's workers and their sum."""

    node: OrgUnit
    rows: list[LoadInWords]
    summary: str


def summary_of(loads: Iterable[WorkerLoad]) -> str:
    """What the group carries of what it can."""
    loads = list(loads)
    tenths = sum(load.tenths for load in loads)
    available = sum(load.available_tenths for load in loads)
    used = points.percent(tenths, available)
    over = sum(1 for load in loads if (load.percent or 0) > points.OVERLOAD_PERCENT)
    said = (
        str(_("no available time"))
        if used is None
        else str(
            _("together %(percent)s %%, %(points)s of %(available)s points")
            % {
                "percent": used,
                "points": figure(tenths / 10),
                "available": figure(available / 10),
            }
        )
    )
    if over:
        said += ", " + ngettext(
            "%(count)s worker over 110 %%", "%(count)s workers over 110 %%", over
        ) % {"count": over}
    return said


@require_GET
@login_required
def workload(request: StaffRequest) -> HttpResponse:
    """To the group's or unit's loads for who leads, to one's own for who works."""
    if groups_led(request):
        return redirect("workload_groups")
    return redirect("workload_own")


@require_GET
@login_required
def groups(request: StaffRequest) -> HttpResponse:
    """Each worker's load in the groups one leads, on a day; by group and name."""
    led = groups_led(request)
    if not led:
        raise Forbidden(refusal(Action.SEE_GROUP_WORKLOAD))
    on = day_asked(request)
    chosen = request.GET.get("group", "")
    shown = [group for group in led if str(group.pk) == chosen] or led
    loads = capacity.loads_by_group(shown, on=on, without=request.access.blocked)
    found = [
        Group(group, [row_of(load) for load in loads[group.pk]], summary_of(loads[group.pk]))
        for group in shown
    ]
    found += [
        Group(unit, [row_of(load) for load in loads[unit.pk]], summary_of(loads[unit.pk]))
        for unit in units_led(request, Action.SEE_GROUP_WORKLOAD)
        if loads.get(unit.pk)
    ]
    everybody = [row.load for group in found for row in group.rows]
    measured = any(load.norm is not None for load in everybody)
    people = list({load.user.pk: load.user for load in everybody}.values())
    trail.read("workload.read", people, by=request.user, at=request.at)
    return render(
        request,
        "workload/groups.html",
        {
            "on": on,
            "today": request.today,
            "groups": found,
            "choices": led,
            "chosen": chosen,
            "measured": measured,
            "warnings": warnings.panel(request, groups=shown) if on == request.today else "",
            "may_weigh": bool(request.access.units_with(Action.MANAGE_WEIGHTS)),
        },
    )


@require_GET
@login_required
def own(request: StaffRequest) -> HttpResponse:
    """One's own load, line by line."""
    if not request.access.units_with(Action.SEE_OWN_WORKLOAD, Reach.OWN):
        raise Forbidden(refusal(Action.SEE_OWN_WORKLOAD))
    return _person(request, request.user, is_own=True)


@require_GET
@login_required
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """One worker's load, line by line, for who leads them; one's own for oneself."""
    if pk == request.user.pk:
        return redirect("workload_own")
    people: Any = User.objects.reached_by(request.access, Action.SEE_GROUP_WORKLOAD)
    return _person(request, get_object_or_404(people, pk=pk), is_own=False)


@dataclass(frozen=True, slots=True)
class CarriedCase:
    """A case one carries a part of; `url` is empty where the reader may not open it."""

    carried: Carried
    part: str
    url: str
    points_url: str


def _line(one: Carried, seen: set[int]) -> CarriedCase:
    url = points_url = ""
    if one.matter_id in seen:
        url = matters.address(one.kind, one.matter_id)
        points_url = reverse("workload_case", args=[one.matter_id]) if one.case else ""
    return CarriedCase(one, part_in_words(one.part), url, points_url)


def part_in_words(part: str) -> str:
    if part == points.CONTACT:
        return _("Contact for a colleague")
    if part == points.INTERVENTION:
        return _("Intervention to follow up")
    return matters.part_name(part)


def _person(request: StaffRequest, user: User, *, is_own: bool) -> HttpResponse:
    on = day_asked(request)
    units = (
        RoleAssignment.objects.active(on)
        .filter(user=user, role__in=capacity.WORKERS, node__level__in=[Level.UNIT, Level.GROUP])
        .values_list("node__level", "node_id", "node__parent_id")
    )
    ids = sorted({(node if level == Level.UNIT else parent) or 0 for level, node, parent in units})
    if not ids and not is_own:
        raise Http404
    # All that is carried counts in each unit; who works in two is shown the first.
    loads = (
        capacity.loads(unit_id=ids[0], on=on, user_ids=[user.pk], without=request.access.blocked)
        if ids
        else []
    )
    seen = set(
        Matter.objects.visible_to(request.access)
        .filter(pk__in=[one.matter_id for load in loads for one in load.carried])
        .values_list("pk", flat=True)
    )
    trail.read("workload.read", [user], by=request.user, at=request.at)
    return render(
        request,
        "workload/person.html",
        {
            "person": user,
            "is_own": is_own,
            "on": on,
            "today": request.today,
            "parts": [
                {
                    "row": row_of(load),
                    "lines": [_line(one, seen) for one in load.carried],
                }
                for load in loads
            ],
            "employments": Employment.objects.active(on).filter(user=user)
            if User.objects.filter(pk=user.pk)
            .reached_by(request.access, Action.MANAGE_STAFFING)
            .exists()
            else [],
            "competences": Competence.objects.active(on).filter(user=user),
            "plan": IntroductionPlan.objects.active(on)
            .filter(user=user)
            .select_related("mentor")
            .first(),
        },
    )
