"""The list of deadlines, and its export."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import statistics
from cases.boards.forms import RECORDED_LATE, DeadlineFilter
from cases.deadlines.lines import deadline_lines, deadline_rows
from cases.deadlines.models import Deadline
from core import trail
from core.decisions import Allowed, Decision, Denied
from core.errors import Forbidden
from core.names import SwedishOrder
from core.rates import Rate, rated
from organisation.files import about_list
from organisation.models import OrgUnit
from organisation.permissions import Access, refusal
from organisation.rights import Action, Reach
from organisation.views.requests import StaffRequest

PER_PAGE = 50


EXPORT_LIMIT = 10_000


SORTS: dict[str, tuple[Any, ...]] = {
    "due": ("due_on", "pk"),
    "-due": ("-due_on", "-pk"),
    "kind": ("kind", "due_on", "pk"),
    "-kind": ("-kind", "due_on", "pk"),
    "group": (SwedishOrder("group__name"), "due_on", "pk"),
    "-group": (SwedishOrder("group__name").desc(), "due_on", "pk"),
}


def _my_groups(access: Access) -> list[OrgUnit]:
    """The groups of the units where the person may read anything. One query."""
    units = access.units_with(Action.READ_REPORT, Reach.OWN) | access.units_with(
        Action.READ_INVESTIGATION, Reach.OWN
    )
    return list(
        OrgUnit.objects.groups()
        .filter(parent_id__in=units)
        .select_related("parent")
        .order_by(SwedishOrder("parent__name"), SwedishOrder("name"))
    )


def _filtered(request: StaffRequest, form: DeadlineFilter) -> QuerySet[Deadline]:
    access, today = request.access, request.access.on
    chosen = form.cleaned_data if form.is_valid() else {}
    rows: Any = Deadline.objects.visible_to(access)
    wanted = chosen.get("status")
    if wanted == RECORDED_LATE:
        rows = rows.recorded_late()
    else:
        rows = rows.in_status(wanted, on=today) if wanted else rows.open()
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("group"):
        rows = rows.filter(group_id=chosen["group"])
    if chosen.get("handler") == "me":
        rows = rows.worked_on_by(access.acts_for, on=today)
    if chosen.get("due_from"):
        rows = rows.filter(due_on__gte=chosen["due_from"])
    if chosen.get("due_to"):
        rows = rows.filter(due_on__lte=chosen["due_to"])
    if chosen.get("met_from"):
        rows = rows.filter(met_on__gte=chosen["met_from"])
    if chosen.get("met_to"):
        rows = rows.filter(met_on__lte=chosen["met_to"])
    if not form.is_valid():
        rows = rows.none()
    return rows.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["due"]))


@login_required
@require_GET
@rated(Rate.EXPORT, when="format")
def deadline_list(request: StaffRequest) -> HttpResponse:
    """The deadlines one may see, to filter, sort and, for leaders, take out as a file."""
    access = request.access
    groups = _my_groups(access)
    form = DeadlineFilter(request.GET, groups=groups)
    rows = _filtered(request, form)
    may_export: Decision = (
        Allowed()
        if statistics.scope_for(access, Action.EXPORT_LISTS)
        else Denied(refusal(Action.EXPORT_LISTS))
    )
    if request.GET.get("format") == "xlsx":
        if not may_export:
            raise Forbidden(refusal(Action.EXPORT_LISTS))
        return _export(request, rows)
    page = Paginator(deadline_rows(rows, on=access.on), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    trail.read("deadline.list_read", shown, by=request.user, at=request.at)
    query = request.GET.copy()
    query["format"] = "xlsx"
    query.pop("page", None)
    return render(
        request,
        "cases/boards/deadline_list.html",
        {
            "today": access.on,
            "form": form,
            "filtered": any(request.GET.get(name) for name in form.fields),
            "page": page,
            "lines": deadline_lines(shown),
            "may_export": may_export,
            "export_url": f"?{query.urlencode()}",
        },
        status=200 if form.is_valid() else 422,
    )


def _export(request: StaffRequest, rows: QuerySet[Deadline]) -> HttpResponse:
    """The rows the person may take out, by case number: no name leaves in the file."""
    from core.exports import Sheet, xlsx_response

    scope = statistics.scope_for(request.access, Action.EXPORT_LISTS)
    taken = list(deadline_rows(rows.filter(scope.of()), on=request.access.on)[:EXPORT_LIMIT])
    trail.exported("deadline.list_exported", taken, by=request.user, at=request.at)
    labels: dict[str, Any] = dict(DeadlineFilter.base_fields["status"].choices)  # type: ignore[attr-defined]
    return xlsx_response(
        "deadlines",
        Sheet(
            _("Deadlines"),
            [
                _("Case number"),
                _("Kind"),
                _("Last day"),
                _("Act by"),
                _("Status"),
                _("Done on"),
                _("Written down on"),
                _("Handlers"),
                _("Group"),
            ],
            [
                [
                    line.number,
                    line.deadline.get_kind_display(),
                    line.deadline.due_on,
                    line.deadline.act_by,
                    str(labels.get(line.deadline.status, "")),  # type: ignore[attr-defined]
                    line.deadline.met_on,
                    line.deadline.recorded_on,
                    ", ".join(str(user) for user in line.handlers),
                    line.deadline.group.name,
                ]
                for line in deadline_lines(taken)
            ],
        ),
        about_list(taken, on=request.access.on),
    )
