"""Boards over many cases: deadlines, allocation, documents to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import rules, statistics
from cases.deadlines import status
from cases.enums import DeadlineKind, HandlerPart
from cases.forms.boards import AssignForm, DeadlineFilter
from cases.models import Deadline, HandlerAssignment, Investigation, Report
from cases.navigation import address
from cases.provisions import blocked_from
from cases.services import investigations as services
from cases.services.gate import investigation_reach
from core import trail
from core.calendar import week_start
from core.charts import Chart, Series, line_chart, stacked_bar
from core.decisions import Allowed, Decision, Denied
from core.errors import Forbidden
from core.panels import panels
from core.web import attempt, form_status
from organisation.models import OrgUnit, User
from organisation.permissions import Access, Action, Reach, refusal
from organisation.views.requests import StaffRequest

PER_PAGE = 50
EXPORT_LIMIT = 10_000
SIX_DAYS = timedelta(days=6)


# Rows


@dataclass(frozen=True, slots=True)
class InvestigationLine:
    """An investigation in a list: its number leads to it, its deadline says how soon."""

    investigation: Investigation
    url: str
    deadline: Deadline | None
    main: User | None
    co: User | None


def investigation_lines(rows: Iterable[Any], *, on: date) -> list[InvestigationLine]:
    """Rows fetched `with_page_rows`; the deadline is that of the investigation itself."""
    lines = []
    for row in rows:
        parts = {one.part: one.user for one in row.handlers_today}
        lines.append(
            InvestigationLine(
                investigation=row,
                url=address(investigation=row.pk),
                deadline=_with_status(
                    next((d for d in row.duties if d.kind == DeadlineKind.INVESTIGATION), None), on
                ),
                main=parts.get(HandlerPart.MAIN),
                co=parts.get(HandlerPart.CO),
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class ReportLine:
    report: Report
    url: str
    deadline: Deadline | None


def report_lines(rows: Iterable[Any], *, on: date) -> list[ReportLine]:
    """Rows fetched `with_page_rows`; the deadline is that of the decision."""
    return [
        ReportLine(
            report=row,
            url=address(report=row.pk),
            deadline=_with_status(
                next((d for d in row.duties if d.kind == DeadlineKind.OPENING_DECISION), None), on
            ),
        )
        for row in rows
    ]


def _with_status(deadline: Any, on: date) -> Any:
    """The deadline, able to say its status as of the day."""
    if deadline is not None and not hasattr(deadline, "status"):
        deadline.status = status(
            due_on=deadline.due_on,
            on=on,
            met_on=deadline.met_on,
            cancelled_on=deadline.cancelled_on,
            due_at=deadline.due_at,
            met_at=deadline.met_at,
        )
    return deadline


def deadline_rows(queryset: QuerySet[Deadline], *, on: date) -> QuerySet[Deadline]:
    """With all that a row shows: the matter, the child and the handlers of the day."""
    handlers: Any = HandlerAssignment.objects.active(on).select_related("user")
    return (
        queryset.with_status(on=on)  # type: ignore[attr-defined]
        .select_related(
            "child",
            "group",
            "report__handler",
            "investigation",
            "intervention__responsible",
        )
        .defer("report__concern", "investigation__plan", "investigation__protection_needs")
        .prefetch_related(
            Prefetch(
                "investigation__handler_assignments",
                queryset=handlers.main_first(),
                to_attr="handlers_today",
            )
        )
    )


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    deadline: Deadline
    number: str
    url: str
    handlers: tuple[User, ...]


def deadline_lines(rows: Iterable[Any]) -> list[DeadlineLine]:
    """Rows fetched by `deadline_rows`."""
    lines = []
    for row in rows:
        matter = row.report or row.investigation or row.intervention
        handlers: list[User | None]
        if row.report is not None:
            handlers = [row.report.handler]
        elif row.investigation is not None:
            handlers = [one.user for one in row.investigation.handlers_today]
        else:
            handlers = [row.intervention.responsible]
        lines.append(
            DeadlineLine(
                deadline=row,
                number=matter.number,
                url=address(
                    report=row.report_id,
                    investigation=row.investigation_id,
                    intervention=row.intervention_id,
                ),
                handlers=tuple(user for user in handlers if user is not None),
            )
        )
    return lines


# The dashboard


def week_labels(rows: Sequence[statistics.WeekFigures]) -> list[str]:
    return [_("w %(number)d") % {"number": row.week.number} for row in rows]


def _refused(action: Action) -> Forbidden:
    return Forbidden(refusal(action))


def _list_url(**filters: Any) -> str:
    return reverse("deadline_list") + "?" + urlencode({k: v for k, v in filters.items() if v})


@dataclass(frozen=True, slots=True)
class Cell:
    """A count that leads to the rows it counts; nothing where there are none."""

    count: int
    url: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    label: str
    cells: tuple[Cell, ...]
    overdue: Cell
    this_week: Cell
    next_week: Cell


def _cells(urgency: statistics.Urgency, on: date, **filters: Any) -> dict[str, Cell]:
    sunday = week_start(on) + SIX_DAYS
    return {
        "overdue": Cell(urgency.overdue, _list_url(status="overdue", **filters)),
        "this_week": Cell(urgency.this_week, _list_url(due_from=on, due_to=sunday, **filters)),
        "next_week": Cell(
            urgency.next_week,
            _list_url(
                due_from=sunday + timedelta(days=1), due_to=sunday + timedelta(days=7), **filters
            ),
        ),
    }


@login_required
@require_GET
def dashboard(request: StaffRequest) -> HttpResponse:
    """What is late and what is about to be: by group and kind, and over twelve weeks."""
    access = request.access
    scope = statistics.scope_for(access)
    if not scope:
        raise _refused(Action.SEE_DEADLINE_DASHBOARD)
    today = access.on
    groups = statistics.groups_in(scope)
    matrix = statistics.deadline_matrix(scope, on=today)
    standing = statistics.standing(scope)
    durations = statistics.durations(scope, on=today)
    weeks = statistics.trend(scope, on=today)
    kinds = matrix.kinds
    labels = dict(DeadlineKind.choices)
    rows = [
        MatrixRow(
            label=group.name,
            cells=tuple(
                Cell(
                    matrix.cells.get((group.pk, kind), statistics.Urgency()).overdue,
                    _list_url(status="overdue", group=group.pk, kind=kind),
                )
                for kind in kinds
            ),
            **_cells(matrix.of_group(group.pk), today, group=group.pk),
        )
        for group in groups
    ]
    by_kind = [
        MatrixRow(
            label=str(labels[kind]), cells=(), **_cells(matrix.of_kind(kind), today, kind=kind)
        )
        for kind in kinds
    ]
    return render(
        request,
        "cases/dashboard.html",
        {
            "today": today,
            "groups": groups,
            "several_units": len({group.parent_id for group in groups}) > 1,
            "total": _cells(matrix.total, today),
            "kinds": [labels[kind] for kind in kinds],
            "rows": rows,
            "by_kind": by_kind,
            "standing": statistics.standing_total(standing),
            "by_group": [
                {
                    "group": group,
                    "standing": standing.get(group.pk, statistics.Standing()),
                    "duration": durations.by_group.get(group.pk, statistics.Duration()),
                }
                for group in groups
            ],
            "durations": durations,
            "charts": _charts(weeks),
            "figures": statistics.FIGURES,
            "panels": panels("DASHBOARD_PANELS", request, groups=groups),
        },
    )


def _charts(rows: Sequence[statistics.WeekFigures]) -> list[tuple[Chart, Any]]:
    labels = tuple(week_labels(rows))
    figures = statistics.FIGURES
    return [
        (
            drawn(
                "stacked",
                _("Decisions within 14 days"),
                labels,
                (
                    (_("in time"), tuple(row.decisions.in_time for row in rows), "ok"),
                    (_("late"), tuple(row.decisions.late for row in rows), "late"),
                ),
                _("decisions"),
            ),
            figures["decisions.in_time"].definition,
        ),
        (
            drawn(
                "stacked",
                _("Protection assessments"),
                labels,
                (
                    (_("in time"), tuple(row.protection.in_time for row in rows), "ok"),
                    (_("late"), tuple(row.protection.late for row in rows), "late"),
                ),
                _("assessments"),
            ),
            figures["protection.in_time"].definition,
        ),
        (
            drawn(
                "line",
                _("Investigations"),
                labels,
                (
                    (_("opened"), tuple(row.opened for row in rows), "main"),
                    (_("concluded"), tuple(row.concluded for row in rows), "second"),
                    (_("open"), tuple(row.open for row in rows), "before"),
                ),
                _("investigations"),
            ),
            figures["investigations.open_at_week_end"].definition,
        ),
        (
            drawn(
                "line",
                _("Overdue at the end of the week"),
                labels,
                ((_("overdue"), tuple(row.overdue for row in rows), "late"),),
                _("deadlines"),
            ),
            figures["deadlines.overdue_at_week_end"].definition,
        ),
    ]


def drawn(
    kind: str,
    title: str,
    labels: tuple[str, ...],
    series: tuple[tuple[str, tuple[int | None, ...], Any], ...],
    unit: str,
) -> Chart:
    """A chart, drawn once for the same figures in the same language: drawing is what takes time."""
    return _drawn(get_language() or "", kind, title, labels, series, unit)


@lru_cache(maxsize=512)
def _drawn(
    _language: str,
    kind: str,
    title: str,
    labels: tuple[str, ...],
    series: tuple[tuple[str, tuple[int | None, ...], Any], ...],
    unit: str,
) -> Chart:
    draw = stacked_bar if kind == "stacked" else line_chart
    return draw(title, labels, [Series(name, values, tone) for name, values, tone in series], unit)


# The list of deadlines

SORTS = {
    "due": ("due_on", "pk"),
    "-due": ("-due_on", "-pk"),
    "kind": ("kind", "due_on", "pk"),
    "-kind": ("-kind", "due_on", "pk"),
    "group": ("group__name", "due_on", "pk"),
    "-group": ("-group__name", "due_on", "pk"),
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
        .order_by("parent__name", "name")
    )


def _handled_by(user_ids: frozenset[int], on: date) -> Q:
    handles = HandlerAssignment.objects.active(on).filter(
        investigation=OuterRef("investigation_id"), user_id__in=user_ids
    )
    return (
        Q(report__handler_id__in=user_ids)
        | Q(intervention__responsible_id__in=user_ids)
        | Q(Exists(handles))
    )


def _filtered(request: StaffRequest, form: DeadlineFilter) -> QuerySet[Deadline]:
    access, today = request.access, request.access.on
    chosen = form.cleaned_data if form.is_valid() else {}
    rows: Any = Deadline.objects.visible_to(access)
    wanted = chosen.get("status")
    rows = rows.in_status(wanted, on=today) if wanted else rows.open()
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("group"):
        rows = rows.filter(group_id=chosen["group"])
    if chosen.get("handler") == "me":
        rows = rows.filter(_handled_by(access.acts_for, today))
    if chosen.get("due_from"):
        rows = rows.filter(due_on__gte=chosen["due_from"])
    if chosen.get("due_to"):
        rows = rows.filter(due_on__lte=chosen["due_to"])
    if not form.is_valid():
        rows = rows.none()
    return rows.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["due"]))


@login_required
@require_GET
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
            raise _refused(Action.EXPORT_LISTS)
        return _export(request, rows)
    page = Paginator(deadline_rows(rows, on=access.on), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    trail.read("deadline.list_read", shown, by=request.user, at=request.at)
    query = request.GET.copy()
    query["format"] = "xlsx"
    query.pop("page", None)
    return render(
        request,
        "cases/deadline_list.html",
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
    from cases.exports import xlsx_response

    scope = statistics.scope_for(request.access, Action.EXPORT_LISTS)
    taken = list(deadline_rows(rows.filter(scope.of()), on=request.access.on)[:EXPORT_LIMIT])
    trail.exported("deadline.list_exported", taken, by=request.user, at=request.at)
    labels: dict[str, Any] = dict(DeadlineFilter.base_fields["status"].choices)  # type: ignore[attr-defined]
    return xlsx_response(
        "deadlines",
        [
            _("Case number"),
            _("Kind"),
            _("Last day"),
            _("Act by"),
            _("Status"),
            _("Done on"),
            _("Group"),
            _("Handlers"),
        ],
        [
            [
                line.number,
                line.deadline.get_kind_display(),
                line.deadline.due_on,
                line.deadline.act_by,
                str(labels.get(line.deadline.status, "")),  # type: ignore[attr-defined]
                line.deadline.met_on,
                line.deadline.group.name,
                ", ".join(str(user) for user in line.handlers),
            ]
            for line in deadline_lines(taken)
        ],
    )


# Allocation


def waiting_rows(access: Access, groups: Iterable[int] | None = None) -> QuerySet[Investigation]:
    """Investigations given to nobody that the person may give out, oldest first."""
    rows: Any = Investigation.objects.visible_to(access, Action.ASSIGN_HANDLERS).waiting()
    if groups is not None:
        rows = rows.filter(group_id__in=groups)
    first = Report.objects.select_related("handler").order_by("received_on", "pk")
    return (
        rows.with_page_rows(on=access.on)
        .prefetch_related(Prefetch("reports", queryset=first, to_attr="its_reports"))
        .order_by("opened_on", "pk")
    )


@login_required
@require_http_methods(["GET", "POST"])
def investigation_assign(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the investigation to a pair, or change the pair: a page, or a row of the board."""
    access, today = request.access, request.access.on
    investigation: Any = get_object_or_404(
        Investigation.objects.visible_to(access).with_page_rows(on=today), pk=pk
    )
    allowed = access.ask(Action.ASSIGN_HANDLERS, **investigation_reach(investigation, on=today))
    if not allowed:
        raise Forbidden(allowed.reason)
    state = rules.may_assign(status=investigation.status)
    current: dict[str, Any] = {
        row.part: row
        for row in HandlerAssignment.objects.current()
        .filter(investigation=investigation)
        .select_related("user", "assigned_by")
    }
    people = _choosable(investigation, current, on=today)
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        people=people,
        loads=statistics.load_of(people, on=today, without=access.blocked),
        staying={part: row.user_id for part, row in current.items()},
        today=today,
        initial={
            "from": max(today, investigation.opened_on),
            "version": investigation.version,
            **{part: row.user_id for part, row in current.items()},
        },
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        given = attempt(
            form,
            lambda: services.assign_handlers(
                investigation.pk,
                main=form.people[chosen["main"]],
                co=form.people[chosen["co"]],
                from_on=chosen["from"],
                reason=chosen.get("reason", ""),
                handover_note=chosen.get("handover_note", ""),
                version=chosen["version"],
                by=request.user,
                at=request.at,
            ),
        )
        if given is not None:
            messages.success(
                request, _("%(number)s has its handlers.") % {"number": investigation.number}
            )
            return _back(request, investigation)
    trail.read("investigation.assign_read", [investigation], by=request.user, at=request.at)
    refused = request.method == "POST"
    conflict = getattr(form, "conflict", None)
    if conflict is not None:
        # What the person now sees beside their own choice is what they decide over next.
        form.data = {**form.data.dict(), "version": str(conflict.version)}  # type: ignore[attr-defined]
    [line] = investigation_lines([investigation], on=today)
    return render(
        request,
        "cases/allocation_assign.html",
        {
            "today": today,
            "line": line,
            "form": form,
            "state": state,
            "current": current,
            "conflict_rows": _versions(form, current) if conflict is not None else None,
            "conflict_by": next((str(row.assigned_by) for row in current.values()), ""),
            "back": request.GET.get("from", ""),
        },
        status=form_status(form) if refused else 200,
    )


def _choosable(investigation: Investigation, current: dict[str, Any], *, on: date) -> list[User]:
    """The workers of the group by name, those away among them, and whoever has the case now."""
    members = statistics.loads([investigation.group_id], on=on)[investigation.group_id]
    ids = {load.user_id for load in members}
    ids |= set(User.objects.workers_in(investigation.group_id, on=on).values_list("pk", flat=True))
    ids -= blocked_from(investigation.child_id, on=on)
    ids |= {row.user_id for row in current.values()}
    return list(User.objects.filter(pk__in=ids))


def _versions(form: AssignForm, current: dict[str, Any]) -> list[dict[str, str]]:
    """What one chose beside what another has chosen meanwhile."""
    rows = []
    for part in (HandlerPart.MAIN.value, HandlerPart.CO.value):
        chosen = form.cleaned_data.get(part)
        theirs = current.get(part)
        rows.append(
            {
                "label": str(form.fields[part].label),
                "yours": str(form.people[chosen]) if chosen in form.people else "–",
                "theirs": str(theirs.user) if theirs else "–",
            }
        )
    return rows


def _back(request: StaffRequest, investigation: Investigation) -> HttpResponse:
    """To the board one came from, else to the case."""
    if request.GET.get("from") == "allocation":
        return redirect("allocation")
    return redirect(address(investigation=investigation.pk))


# Documents to read


def to_read_rows(access: Access) -> QuerySet[Investigation]:
    """Investigations whose decision document waits for the person, the nearest last day first."""
    last_day = Deadline.objects.filter(
        investigation=OuterRef("pk"), kind=DeadlineKind.INVESTIGATION
    ).order_by("-pk")
    rows: Any = Investigation.objects.visible_to(access, Action.READ_DOCUMENT).to_read()
    return (
        rows.with_page_rows(on=access.on)
        .select_related("document", "document__submitted_by")
        .annotate(last_day=Subquery(last_day.values("due_on")[:1]))
        .order_by("last_day", "pk")
    )


@login_required
@require_GET
def to_read(request: StaffRequest) -> HttpResponse:
    """Decision documents waiting for the leader."""
    access = request.access
    if not statistics.scope_for(access, Action.READ_DOCUMENT):
        raise _refused(Action.READ_DOCUMENT)
    page = Paginator(to_read_rows(access), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    trail.read("to_read.read", shown, by=request.user, at=request.at)
    return render(
        request,
        "cases/to_read.html",
        {"today": access.on, "page": page, "lines": investigation_lines(shown, on=access.on)},
    )
