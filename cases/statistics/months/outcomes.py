"""The interventions of a month, and the children who came back after a closed case."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.db import connection
from django.utils.translation import gettext_lazy as _

from cases.interventions.models import Intervention
from cases.statistics.months.counting import Counted, by_gender, summed, within
from cases.statistics.sections import OUTCOMES
from core.calendar import Month, add_months
from core.figures import Figure, Period, figures

_figure = partial(Figure, Period.MONTH, OUTCOMES)


@figures.counts(
    _figure(
        "interventions.started",
        _("Interventions started"),
        _("Interventions whose first day falls in the month."),
    ),
    _figure(
        "interventions.ended",
        _("Interventions ended"),
        _("Interventions whose last day falls in the month."),
    ),
)
def interventions(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    started, ended = within("started_on", month), within("ended_on", month)
    return by_gender(
        Intervention.objects.filter(started | ended, unit_id=unit_id),
        "child__gender",
        {"interventions.started": started, "interventions.ended": ended},
    )


_CAME_BACK = """
WITH closed AS (
    SELECT i.child_id, p.gender, i.concluded_on
    FROM cases_investigation i JOIN cases_person p ON p.id = i.child_id
    WHERE i.unit_id = %(unit)s AND i.concluded_on >= %(first)s AND i.concluded_on < %(until)s
)
SELECT gender,
       count(DISTINCT child_id),
       count(DISTINCT child_id) FILTER (WHERE EXISTS (
           SELECT FROM cases_report r
           WHERE r.child_id = closed.child_id AND r.received_on > closed.concluded_on
             AND r.status <> 'withdrawn'
             AND r.received_on <= closed.concluded_on + interval '1 year'
       ))
FROM closed
GROUP BY gender
"""


def came_back(unit_id: int, *, on: date) -> dict[str, tuple[int, int]]:
    """By gender: children with a case closed in the year before the last, and who came back.

    The year before: concluded from 24 months before `on` until less than 12 months before it, so
    that each has had a whole year to come back in. Came back: a new report received after that
    day, at the latest on the same day the year after. Each child counts once. One query.
    """
    values: dict[str, int | date] = {
        "unit": unit_id,
        "first": add_months(on, -24),
        "until": add_months(on, -12),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CAME_BACK, values)
        return {gender: (closed, back) for gender, closed, back in cursor.fetchall()}


@figures.counts(
    _figure(
        "children.closed_year_before",
        _("Children whose case was closed a year before"),
        _(
            "Children with an investigation concluded from twenty-four months before the end of "
            "the month to twelve months before it, so that each has had a whole year to come back."
        ),
    ),
    _figure(
        "children.came_back",
        _("Of those, children who came back within a year"),
        _("Of those, children with a new report at most one year after the conclusion."),
    ),
)
def children(unit_id: int, month: Month) -> dict[str, Counted]:
    """One query."""
    back = came_back(unit_id, on=month.after.first)
    return {
        "children.closed_year_before": summed({gender: pair[0] for gender, pair in back.items()}),
        "children.came_back": summed({gender: pair[1] for gender, pair in back.items()}),
    }
