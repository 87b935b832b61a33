"""The list of investigations: filtered, sorted, a page at a time, or all of it as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.enums import CLOSED_INVESTIGATION, DeadlineKind
from cases.investigations.forms import InvestigationFilter
from cases.investigations.models import Investigation
from cases.investigations.progress import LONG_TEXTS, next_step, with_progress
from cases.investigations.views.case import consultants
from cases.law import deadlines
from cases.matters.models import MatterWorker
from cases.persons.whereabouts import name_in_file
from core import trail
from core.decisions import Allowed, Decision, Denied
from core.errors import Forbidden
from core.exports import Sheet, xlsx_response
from core.names import SwedishOrder, in_order
from core.rates import Rate, rated
from organisation.files import about_list
from organisation.models import OrgUnit, User
from organisation.permissions import Access
from organisation.rights import Action
from organisation.views.requests import StaffRequest

PER_PAGE = 50
LARGEST_EXPORT = 5_000
"""Rows of a file; more than a unit has open at once."""

ORDERS = {
    "due": ("duty__due_on", "pk"),
    "number": ("opened_on", "number"),
    "group": ("group_place", "duty__due_on", "pk"),
    "status": ("status", "duty__due_on", "pk"),
}


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day of an investigation, as the deadline chip shows it."""

    due_on: date
    act_by: date
    status: str
    met_on: date | None


@dataclass(frozen=True, slots=True)
class InvestigationTableRow:
    investigation: Any
    duty: LastDay
    handlers: list[Any]
    next_label: str


def with_duty(investigations: QuerySet[Investigation]) -> QuerySet[Investigation]:
    """Join each investigation with its one deadline, for filter and order by an index."""
    return investigations.annotate(
        duty=FilteredRelation(
            "matter__deadlines",
            condition=Q(
                matter__deadlines__kind=DeadlineKind.INVESTIGATION,
                matter__deadlines__cancelled_on__isnull=True,
            ),
        ),
        due_on=F("duty__due_on"),
        act_by=F("duty__act_by"),
        met_on=F("duty__met_on"),
    )


def duty_of(row: Any, *, on: date) -> LastDay:
    status = deadlines.status(due_on=row.due_on, met_on=row.met_on, on=on)
    return LastDay(due_on=row.due_on, act_by=row.act_by, status=status, met_on=row.met_on)


def may_export(access: Access) -> Decision:
    if access.units_with(Action.EXPORT_LISTS) or access.groups_with(Action.EXPORT_LISTS):
        return Allowed()
    return Denied(_("Leaders may take lists out of the system."))


def _filter_form(request: StaffRequest, visible: QuerySet[Investigation]) -> InvestigationFilter:
    access = request.access
    return InvestigationFilter(
        request.GET or None,
        groups=OrgUnit.objects.filter(pk__in=visible.values("group")).order_by(
            SwedishOrder("name")
        ),
        handlers=User.objects.filter(
            pk__in=MatterWorker.objects.active(access.on)
            .filter(matter__in=visible.open().values("pk"))  # type: ignore[attr-defined]
            .values("user")
        ).order_by(*in_order()),
    )


def _chosen(
    visible: QuerySet[Investigation], form: InvestigationFilter, access: Access
) -> QuerySet[Investigation]:
    """The rows that the filter names; what it cannot read, it does not filter by."""
    on = access.on
    form.is_valid()
    asked = getattr(form, "cleaned_data", {})
    rows: Any = with_duty(visible)
    status = asked.get("status") or InvestigationFilter.OPEN
    if status == InvestigationFilter.OPEN:
        rows = rows.exclude(status__in=CLOSED_INVESTIGATION)
    elif status == InvestigationFilter.RETURNED:
        rows = rows.filter(pk__in=Investigation.objects.returned_to(access).values("pk"))
    elif status != InvestigationFilter.ALL:
        rows = rows.filter(status=status)
    if asked.get("due") == "overdue":
        rows = rows.filter(duty__due_on__lt=on, duty__met_on__isnull=True)
    elif asked.get("due"):
        rows = rows.filter(
            duty__due_on__gte=on,
            duty__due_on__lte=on + timedelta(days=int(asked["due"])),
            duty__met_on__isnull=True,
        )
    if asked.get("group"):
        rows = rows.filter(group=asked["group"])
    if asked.get("type"):
        rows = rows.filter(type=asked["type"])
    if asked.get("handler"):
        rows = rows.handled_by([asked["handler"].pk], on=on)
    return rows


def _ordered(rows: QuerySet[Investigation], asked: str) -> QuerySet[Investigation]:
    backwards = asked.startswith("-")
    names = ORDERS.get(asked.removeprefix("-"), ORDERS["due"])
    rows = rows.alias(group_place=SwedishOrder("group__name"))
    return rows.order_by(*(f"-{name}" for name in names) if backwards else names)


def lines(rows: list[Any], *, on: date) -> list[InvestigationTableRow]:
    """Rows read with `with_duty` and `with_progress` and their handlers, as a table shows them."""
    hired = consultants([h.user_id for row in rows for h in row.matter.workers_today], on=on)
    for row in rows:
        for handler in row.matter.workers_today:
            handler.is_consultant = handler.user_id in hired
    made = []
    for row in rows:
        step = next_step(row)
        made.append(
            InvestigationTableRow(
                row, duty_of(row, on=on), row.matter.workers_today, step.label if step else ""
            )
        )
    return made


@login_required
@require_GET
def investigation_list(request: StaffRequest) -> HttpResponse:
    """Investigations the reader may see, those that end soonest first."""
    access = request.access
    visible = Investigation.objects.visible_to(access)
    form = _filter_form(request, visible)
    chosen = _ordered(_chosen(visible, form, access), request.GET.get("sort", ""))
    rows: Any = with_progress(chosen)
    page = Paginator(rows.with_page_rows(on=access.on).defer(*LONG_TEXTS), PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page)
    trail.read("investigation.listed", shown, by=request.user, at=request.at)
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "cases/investigations/list.html",
        {
            "form": form,
            "page": page,
            "lines": lines(shown, on=access.on),
            "filtered": any(query.get(name) for name in form.fields),
            "may_export": may_export(access),
            "export_query": query.urlencode(),
            "today": request.today,
        },
    )


@login_required
@require_GET
@rated(Rate.EXPORT)
def investigation_export(request: StaffRequest) -> HttpResponse:
    """The same list as a spreadsheet, as far as the reader may take lists out."""
    access = request.access
    decision = may_export(access)
    if not decision:
        raise Forbidden(getattr(decision, "reason", ""))
    visible = Investigation.objects.visible_to(access, Action.EXPORT_LISTS)
    form = _filter_form(request, visible)
    chosen: Any = _ordered(_chosen(visible, form, access), request.GET.get("sort", ""))
    rows = list(chosen.with_page_rows(on=access.on).defer(*LONG_TEXTS)[:LARGEST_EXPORT])
    trail.exported("investigation.list_exported", rows, by=request.user, at=request.at)
    return xlsx_response(
        f"utredningar-{access.on.isoformat()}",
        Sheet(
            _("Investigations"),
            [
                _("Case number"),
                _("Child"),
                _("Opened"),
                _("Last day"),
                _("Act by"),
                _("Status"),
                _("Handlers"),
                _("Group"),
                _("Type of investigation"),
                _("Concluded"),
                _("Outcome"),
            ],
            (
                [
                    row.number,
                    name_in_file(row.child),
                    row.opened_on,
                    row.due_on,
                    row.act_by,
                    row.get_status_display(),
                    ", ".join(str(one.user) for one in row.matter.workers_today),
                    row.group.name,
                    row.get_type_display(),
                    row.concluded_on,
                    row.get_outcome_display() if row.outcome else "",
                ]
                for row in rows
            ),
        ),
        about_list(rows, on=access.on),
    )
