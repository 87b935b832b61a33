"""The list of reports: filter, sort, page, and take away as a file for those who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind, DeadlineStatus, ReportStatus
from cases.persons.whereabouts import name_in_file
from cases.reports.forms.listing import ReportFilter
from cases.reports.models import Report, ReportQuerySet
from cases.reports.views.lines import lines, page_rows
from core import trail
from core.decisions import Allowed, Denied
from core.errors import Forbidden
from core.exports import Sheet, xlsx_response
from core.names import SwedishOrder
from core.rates import Rate, rated
from organisation.files import about_list
from organisation.permissions import Access, refusal
from organisation.rights import Action, Reach
from organisation.views.requests import StaffRequest

PAGE = 50
MOST_EXPORTED = 20_000
SORTS: dict[str, tuple[Any, ...]] = {
    "number": ("number",),
    "received": ("received_on", "pk"),
    "due": (F("next_due").asc(nulls_last=True), "pk"),
    "status": ("status", "-received_on", "-pk"),
    "group": ("group_place", "-received_on", "-pk"),
    "reporter": ("reporter_category", "-received_on", "-pk"),
}
DEFAULT = "-received"
WAITING: Mapping[str, Callable[[Any, Access], QuerySet[Report]]] = {
    "to_assess": ReportQuerySet.to_assess_by,
    "to_propose": ReportQuerySet.to_propose_by,
    "to_decide": ReportQuerySet.proposed_to,
    "to_give": ReportQuerySet.to_be_given_by,
}
"""What waits for the reader: counted by the same in the menu (cases.boards.navigation)."""


def next_due() -> Subquery:
    """The first day an open deadline of the report is due on."""
    first = (
        Deadline.objects.open()
        .filter(matter=OuterRef("pk"))
        .order_by()
        .values("matter")
        .annotate(first=Min("due_on"))
        .values("first")
    )
    return Subquery(first)


def _filtered(
    reports: QuerySet[Report], chosen: dict[str, Any], access: Access
) -> QuerySet[Report]:
    status = chosen.get("status")
    waits = WAITING.get(status or "")
    if waits:
        reports = reports.filter(pk__in=waits(Report.objects, access).values("pk"))
    elif status == "undecided":
        reports = reports.undecided()  # type: ignore[attr-defined]
    elif status == "recorded_late":
        late = Deadline.objects.recorded_late().filter(kind=DeadlineKind.OPENING_DECISION)
        reports = reports.filter(Exists(late.filter(matter=OuterRef("pk"))))
    elif status:
        reports = reports.filter(status=status)
    if group := chosen.get("group"):
        reports = reports.filter(Q(group=group) | Q(investigation__group=group))
    if category := chosen.get("category"):
        reports = reports.filter(reporter_category=category)
    if kind := chosen.get("kind"):
        reports = reports.filter(kind=kind)
    if first := chosen.get("received_from"):
        reports = reports.filter(received_on__gte=first)
    if last := chosen.get("received_to"):
        reports = reports.filter(received_on__lte=last)
    if chosen.get("overdue"):
        late = Deadline.objects.overdue(on=access.on).filter(matter=OuterRef("pk"))
        reports = reports.filter(Exists(late))
    return reports


def _sorted(reports: QuerySet[Report], sort: str) -> QuerySet[Report]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        sort, name = DEFAULT, DEFAULT.removeprefix("-")
    if name == "group":
        reports = reports.alias(group_place=SwedishOrder("group__name"))
    if name == "due":
        reports = reports.annotate(next_due=next_due())
        if sort.startswith("-"):
            return reports.order_by(F("next_due").desc(nulls_last=True), "-pk")
    order = SORTS[name]
    if not sort.startswith("-"):
        return reports.order_by(*order)
    return reports.order_by(
        *(field.removeprefix("-") if field.startswith("-") else f"-{field}" for field in order)
    )


@login_required
@require_GET
@rated(Rate.EXPORT, when="format")
def report_list(request: StaffRequest) -> HttpResponse:
    """Reports within the reader's reach; `?format=xlsx` gives the same as a file."""
    access = request.access
    unit_ids = access.units_with(Action.READ_REPORT, Reach.OWN)
    filters = ReportFilter(request.GET or None, unit_ids=unit_ids)
    chosen = filters.chosen() if filters.is_bound else {}
    may_export = bool(access.units_with(Action.EXPORT_LISTS, Reach.GROUP))
    export = request.GET.get("format") == "xlsx"
    if export and not may_export:
        raise Forbidden(refusal(Action.EXPORT_LISTS))
    visible = Report.objects.visible_to(access)
    if chosen.get("status") == ReportStatus.WITHDRAWN:
        # In no other list: for whoever can put them back.
        visible = Report.objects.readable(access)
    if export:
        taken = Report.objects.visible_to(access, Action.EXPORT_LISTS)
        visible = visible.filter(pk__in=taken.values("pk"))
    rows = _sorted(_filtered(visible, chosen, access), request.GET.get("sort", DEFAULT))
    if export:
        return _file(request, list(page_rows(rows, on=request.today)[:MOST_EXPORTED]))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page_rows(page.object_list, on=request.today))  # type: ignore[arg-type]
    trail.read("report.list_read", page.object_list, by=request.user, at=request.at)
    query = request.GET.copy()
    query["format"] = "xlsx"
    return render(
        request,
        "cases/reports/list.html",
        {
            "filters": filters,
            "filtered": bool(chosen),
            "page": page,
            "lines": lines(page.object_list),
            "today": request.today,
            "default_sort": DEFAULT,
            "export_url": f"{reverse('report_list')}?{query.urlencode()}",
            "may_export": Allowed() if may_export else Denied(refusal(Action.EXPORT_LISTS)),
            "may_log": bool(access.units_with(Action.LOG_REPORT)),
        },
    )


def _file(request: StaffRequest, reports: list[Report]) -> HttpResponse:
    """The rows as a sheet; who has protected identity is named by the case number alone."""
    trail.exported("report.list_exported", reports, by=request.user, at=request.at)

    def cells(report: Any) -> list[Any]:
        child = report.child
        duties = {duty.kind: duty for duty in report.duties}
        opening = duties.get(DeadlineKind.OPENING_DECISION)
        return [
            report.number,
            name_in_file(child),
            "" if child.is_protected else child.identity_number,
            child.get_gender_display(),
            report.received_at,
            opening.due_on if opening else None,
            DeadlineStatus(opening.status).label if opening else "",
            report.get_status_display(),
            str(report.handler or ""),
            report.group.name,
            report.get_kind_display(),
            report.get_reporter_category_display(),
        ]

    return xlsx_response(
        f"anmalningar-{request.today.isoformat()}",
        Sheet(
            _("Reports"),
            [
                _("Case number"),
                _("Child"),
                _("Personal identity number"),
                _("Gender"),
                _("Received"),
                _("Decide no later than"),
                _("The decision's deadline"),
                _("Status"),
                _("Worker"),
                _("Group"),
                _("Kind"),
                _("Reporter"),
            ],
            (cells(report) for report in reports),
        ),
        about_list(reports, on=request.today),
    )
