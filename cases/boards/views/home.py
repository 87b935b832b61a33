"""The start page: what waits for a person in their role, and how soon.

Reception's and the workers' own start pages are in `cases.reports.views` and
`cases.investigations.views`; those of leaders, coordinators and everyone else are here.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, Q, Value, When
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import statistics
from cases.boards.navigation import by_responsibility
from cases.boards.start_pages import view_of
from cases.boards.views.dashboard import SIX_DAYS, week_labels
from cases.deadlines.lines import deadline_lines, deadline_rows
from cases.deadlines.models import Deadline
from cases.investigations.lines import investigation_lines, to_read_rows, waiting_rows
from cases.investigations.models import Investigation
from cases.notices.lines import latest
from cases.notices.models import Notice
from cases.reports.lines import begun_lines, report_lines
from cases.reports.models import Report
from config import health
from core import trail
from core.charts import drawn
from core.figures import figures
from core.panels import panels
from organisation.enums import Role
from organisation.rights import Action, Reach
from organisation.roles import ROLES, StartPage
from organisation.statistics import organisation_figures
from organisation.views.requests import StaffRequest

SHOWN = 10
"""Rows of each part of a start page; the whole list is a click away."""

RECENT_DAYS = 60
"""How long a concluded investigation stands on the coordinator's start page."""

FIGURES_OF_UNITS = (
    "deadlines.overdue",
    "deadlines.overdue_at_week_end",
    "decisions.in_time_week",
    "decisions.late_week",
    "decisions.in_time_percent_12_weeks",
    "protection.in_time_percent_12_weeks",
    "investigations.open",
    "investigations.open_at_week_end",
    "investigations.median_days_12_weeks",
)
"""What the start page of those above the unit head shows, and says at its end what it counts."""


@login_required
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """The start page of the role in `?as=`, else of the most responsible one.

    Includes the roles one stands in for today; roles with the same page share a tab.
    """
    access = request.access
    own = by_responsibility(held for held in access.held if held.for_user_id == access.user_id)
    others = by_responsibility(held for held in access.held if held.for_user_id != access.user_id)
    pages: dict[StartPage, str] = {}
    for held in (*own, *others):
        pages.setdefault(ROLES[held.role].start, held.role)
    asked = ROLES.get(request.GET.get("as", ""))
    first = next(iter(pages), StartPage.CALM)
    chosen = asked.start if asked and asked.start in pages else first
    if len(pages) > 1:
        request.start_tabs = [  # type: ignore[attr-defined]
            {"label": Role(role).label, "url": f"?as={role}", "active": page == chosen}
            for page, role in pages.items()
        ]
    if access.units_with(Action.LOG_REPORT) and (begun := begun_lines(request.user)):
        # Whatever the start page: half a call is waiting to become a report.
        part = render_to_string(
            "cases/reports/_begun.html", {"begun": begun, "today": request.today}
        )
        request.start_parts = [part]  # type: ignore[attr-defined]
    return view_of(chosen)(request)


def _page(request: StaffRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"cases/boards/{name}.html", {"today": request.today, **context})


def leader(request: StaffRequest) -> HttpResponse:
    """The group leader's: what has no owner first, then what waits for a decision."""
    access = request.access
    today = access.on
    groups = access.groups_with(Action.ASSIGN_HANDLERS)
    scope = statistics.Scope(
        group_ids=groups,
        within=frozenset(
            held.unit_id for held in access.held if held.node_id in groups and held.unit_id
        ),
        without=access.blocked,
    )
    standing = statistics.standing_total(statistics.standing(scope))
    unassigned = list(
        Report.objects.visible_to(access)
        .undecided()
        .without_worker()
        .filter(group_id__in=groups)
        .select_related("child")
        .order_by("received_on", "pk")[:SHOWN]
    )
    proposals = list(
        Report.objects.visible_to(access, Action.DECIDE_OPENING)
        .undecided()
        .filter(proposal__isnull=False)
        .with_duties()
        .annotate(
            mine=Case(
                When(Q(proposal__group_id__in=groups) | Q(group_id__in=groups), then=Value(True)),
                default=Value(False),
            )
        )
        .select_related("proposal", "proposal__group", "proposal__proposed_by")
        .order_by("-mine", "received_on", "pk")[: SHOWN + 1]
    )
    waiting = list(waiting_rows(access, groups)[:SHOWN])
    to_read = list(to_read_rows(access, brief=True)[:SHOWN])
    deadlines = list(
        deadline_rows(
            Deadline.objects.visible_to(access)
            .filter(group_id__in=groups)
            .open()
            .filter(due_on__lte=statistics.weeks(today)[-1].start + SIX_DAYS)
            .order_by("due_on", "pk"),
            on=today,
        )[:SHOWN]
    )
    trail.read("start.read", _once([*unassigned, *proposals]), by=request.user, at=request.at)
    trail.read("start.read", _once([*waiting, *to_read]), by=request.user, at=request.at)
    trail.read("start.read", deadlines, by=request.user, at=request.at)
    places = [node for node in statistics.groups_in(scope) if node.pk in groups]
    shown = panels("GROUP_PANELS", request, groups=places)
    loads = {} if shown else statistics.loads(groups, on=today, without=access.blocked)
    members = {load.user_id: load for group in loads.values() for load in group}
    return _page(
        request,
        "home_leader",
        {
            "places": places,
            "standing": standing,
            "nobodys": standing.waiting + standing.unassigned_reports,
            "urgency": statistics.deadline_matrix(scope, on=today).total,
            "unassigned": unassigned,
            "waiting": investigation_lines(waiting, on=access.on),
            "proposals": report_lines(proposals[:SHOWN], on=access.on),
            "more_proposals": len(proposals) > SHOWN,
            "to_read": investigation_lines(to_read, on=access.on),
            "deadlines": deadline_lines(deadlines),
            "away": statistics.away(groups, on=today),
            "loads": members.values(),
            "panels": shown,
        },
    )


def _once(rows: list[Any]) -> list[Any]:
    return list({row.pk: row for row in rows}.values())


def coordinator(request: StaffRequest) -> HttpResponse:
    """The coordinator's: what has been concluded lately to read closely, and all that is open."""
    access = request.access
    visible: Any = Investigation.objects.visible_to(access)
    concluded = list(
        visible.concluded_within(days=RECENT_DAYS, before=access.on)
        .with_page_rows(on=access.on)
        .order_by("-concluded_on", "-pk")[:SHOWN]
    )
    opened = list(visible.open().with_page_rows(on=access.on).order_by("opened_on", "pk")[:SHOWN])
    trail.read("start.read", [*concluded, *opened], by=request.user, at=request.at)
    return _page(
        request,
        "home_coordinator",
        {
            "concluded": investigation_lines(concluded, on=access.on),
            "opened": investigation_lines(opened, on=access.on),
            "open_count": visible.open().count(),
            "days": RECENT_DAYS,
        },
    )


def aggregates(request: StaffRequest) -> HttpResponse:
    """The department head's and director's: figures of whole units, never a person."""
    access = request.access
    units = statistics.units_below(access)
    overview = statistics.overview(units, on=access.on)
    shown = statistics.suppressed_trend(overview.trend)
    labels = tuple(week_labels(overview.trend))
    return _page(
        request,
        "home_aggregates",
        {
            "overview": overview,
            "smallest": statistics.SMALLEST,
            "charts": [
                drawn(
                    "stacked",
                    _("Decisions within 14 days"),
                    labels,
                    (
                        (_("in time"), tuple(row["in_time"] for row in shown), "ok"),
                        (_("late"), tuple(row["late"] for row in shown), "late"),
                    ),
                    _("decisions"),
                ),
                drawn(
                    "line",
                    _("Open investigations"),
                    labels,
                    ((_("open"), tuple(row["open"] for row in shown), "main"),),
                    _("investigations"),
                ),
                drawn(
                    "line",
                    _("Overdue at the end of the week"),
                    labels,
                    ((_("overdue"), tuple(row["overdue"] for row in shown), "late"),),
                    _("deadlines"),
                ),
            ],
            "figures": [figures[code] for code in FIGURES_OF_UNITS],
        },
    )


def system(request: StaffRequest) -> HttpResponse:
    """The system administrator's: the organisation in numbers, and whether the services work."""
    probes = health.measure(
        {
            "database": health.database,
            "redis": health.redis_answers,
            "worker": health.worker,
            "migrations": health.migrations,
        }
    )
    return _page(
        request,
        "home_system",
        {
            "figures": organisation_figures(on=request.today),
            "services": health.in_words(probes),
            "well": all(probe.ok for probe in probes.values()),
        },
    )


def calm(request: StaffRequest) -> HttpResponse:
    """For roles whose own pages are few: one's notices, one's cases, what one can do now."""
    access = request.access
    mine = list(
        Investigation.objects.visible_to(access)
        .open()
        .handled_by(access.acts_for, on=access.on)
        .with_page_rows(on=access.on)
        .order_by("opened_on", "pk")[:SHOWN]
    )
    shared = list(
        Investigation.objects.visible_to(access)
        .filter(pk__in=access.granted)
        .with_page_rows(on=access.on)
        .order_by("-opened_on", "pk")[:SHOWN]
    )
    trail.read("start.read", _once([*mine, *shared]), by=request.user, at=request.at)
    unread = Notice.objects.shown_to(access).unread()
    return _page(
        request,
        "home_calm",
        {
            "has_role": bool(access.roles),
            "works": bool(access.units_with(Action.WORK_ON_INVESTIGATION, Reach.OWN)),
            "mine": investigation_lines(mine, on=access.on),
            "shared": investigation_lines(shared, on=access.on),
            "news": latest(unread, SHOWN, today=access.on),
        },
    )
