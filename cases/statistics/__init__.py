"""The figures of cases: SQL aggregates, each registered under its code beside what counts it.

`months` has those of a month, the other modules those of a day, a week and the last twelve weeks.
Every function runs a constant number of queries, whatever the number of rows. Small numbers are
suppressed here (`small_numbers`), never in a template.
Not here: lists of cases (querysets) and the closed months (which are never counted again).
"""

from cases.statistics import months
from cases.statistics.deadlines import (
    DeadlineMatrix,
    Urgency,
    deadline_matrix,
    recorded_late,
)
from cases.statistics.investigations import (
    Duration,
    Durations,
    Standing,
    durations,
    standing,
    standing_total,
)
from cases.statistics.overviews import Overview, UnitFigures, overview
from cases.statistics.scopes import Scope, groups_in, scope_for, units_below
from cases.statistics.small_numbers import SMALLEST, suppressed, suppressed_share, suppressed_total
from cases.statistics.trends import Timeliness, WeekFigures, suppressed_trend, trend
from cases.statistics.week import Week, weeks
from cases.statistics.workers import Away, OpenInvestigations, away, load_of, loads

__all__ = [
    "SMALLEST",
    "Away",
    "DeadlineMatrix",
    "Duration",
    "Durations",
    "OpenInvestigations",
    "Overview",
    "Scope",
    "Standing",
    "Timeliness",
    "UnitFigures",
    "Urgency",
    "Week",
    "WeekFigures",
    "away",
    "deadline_matrix",
    "durations",
    "groups_in",
    "load_of",
    "loads",
    "months",
    "overview",
    "recorded_late",
    "scope_for",
    "standing",
    "standing_total",
    "suppressed",
    "suppressed_share",
    "suppressed_total",
    "suppressed_trend",
    "trend",
    "units_below",
    "weeks",
]
