"""The deadline dashboard of whoever leads: what is late, by group and kind, and week by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import statistics
from cases.boards.forms import RECORDED_LATE
from cases.enums import DeadlineKind
from core.calendar import week_start
from core.charts import Chart, drawn
from core.errors import Forbidden
from core.figures import figures
from core.panels import panels
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest

SIX_DAYS = timedelta(days=6)
FIGURES = (
    "deadlines.overdue",
    "deadlines.due_this_week",
    "deadlines.due_next_week",
    "deadlines.overdue_at_week_end",
    "deadlines.recorded_late_12_weeks",
    "decisions.in_time_week",
    "decisions.late_week",
    "protection.in_time_week",
    "protection.late_week",
    "investigations.open",
    "investigations.waiting",
    "investigations.to_read",
    "investigations.opened_week",
    "investigations.concluded_week",
    "investigations.open_at_week_end",
    "investigations.concluded_12_weeks",
    "investigations.median_days_12_weeks",
)
"""What the page shows, and says at its end what it counts."""


def week_labels(rows: Sequence[statistics.WeekFigures]) -> list[str]:
    return [_("w %(number)d") % {"number": row.week.number} for row in rows]


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


def _only(scope: statistics.Scope) -> dict[str, int]:
    """What keeps a list to the scope, where its reader may see more: a leader reads the whole unit.

    A list is of one group or of all: of several groups its reader is shown all.
    """
    if scope.unit_ids or len(scope.group_ids) != 1:
        return {}
    return {"group": next(iter(scope.group_ids))}


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


def _recorded_late(scope: statistics.Scope, on: date, only: dict[str, int]) -> Cell:
    """What was done in time and written down after the last day, over twelve weeks."""
    (count,) = statistics.recorded_late(scope, on=on).values()
    since = statistics.weeks(on)[0].start
    return Cell(count, _list_url(status=RECORDED_LATE, met_from=since, met_to=on, **only))


@login_required
@require_GET
def dashboard(request: StaffRequest) -> HttpResponse:
    """What is late and what is about to be: by group and kind, and over twelve weeks."""
    access = request.access
    scope = statistics.scope_for(access)
    if not scope:
        raise Forbidden(refusal(Action.SEE_DEADLINE_DASHBOARD))
    today = access.on
    groups = statistics.groups_in(scope)
    matrix = statistics.deadline_matrix(scope, on=today)
    standing = statistics.standing(scope)
    durations = statistics.durations(scope, on=today)
    weeks = statistics.trend(scope, on=today)
    kinds = matrix.kinds
    labels = dict(DeadlineKind.choices)
    only = _only(scope)
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
            label=str(labels[kind]),
            cells=(),
            **_cells(matrix.of_kind(kind), today, kind=kind, **only),
        )
        for kind in kinds
    ]
    return render(
        request,
        "cases/boards/dashboard.html",
        {
            "today": today,
            "groups": groups,
            "several_units": len({group.parent_id for group in groups}) > 1,
            "total": _cells(matrix.total, today, **only),
            "recorded_late": _recorded_late(scope, today, only),
            "open_url": reverse("investigation_list") + (f"?{urlencode(only)}" if only else ""),
            "kinds": [labels[kind] for kind in kinds],
            "rows": rows,
            "by_kind": by_kind,
            "standing": statistics.standing_total(standing),
            "by_group": [
                {
                    "group": group,
                    "standing": standing.get(group.pk, statistics.Standing()),
                    "duration": durations.parts.get(group.pk, statistics.Duration()),
                }
                for group in groups
            ],
            "durations": durations,
            "charts": _charts(weeks),
            "figures": [figures[code] for code in FIGURES],
            "panels": panels("DASHBOARD_PANELS", request, groups=groups),
        },
    )


def _charts(rows: Sequence[statistics.WeekFigures]) -> list[tuple[Chart, Any]]:
    labels = tuple(week_labels(rows))

    def on_time(title: str, weeks: Sequence[statistics.Timeliness], unit: str) -> Chart:
        """How many of each week's were in time, and how many late."""
        shares = (
            (_("in time"), tuple(week.in_time for week in weeks), "ok"),
            (_("late"), tuple(week.late for week in weeks), "late"),
        )
        return drawn("stacked", title, labels, shares, unit)

    return [
        (
            on_time(_("Decisions within 14 days"), [row.decisions for row in rows], _("decisions")),
            figures["decisions.in_time_week"].definition,
        ),
        (
            on_time(
                _("Protection assessments"), [row.protection for row in rows], _("assessments")
            ),
            figures["protection.in_time_week"].definition,
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
