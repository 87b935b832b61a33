"""The dashboard's figures: SQL aggregates under permanent codes, each with its definition.

Every function runs a constant number of queries, whatever the number of rows, and returns frozen
values. Small numbers are suppressed here (`small_numbers`), never in a template.
Not here: lists of cases (querysets) and the closed months (which are never counted again).
"""

from cases.statistics.deadlines import DeadlineMatrix, Urgency, deadline_matrix
from cases.statistics.definitions import FIGURES, Figure
from cases.statistics.investigations import (
    Duration,
    Durations,
    Median,
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
from cases.statistics.workers import Away, Load, away, load_of, loads

__all__ = [
    "FIGURES",
    "SMALLEST",
    "Away",
    "DeadlineMatrix",
    "Duration",
    "Durations",
    "Figure",
    "Load",
    "Median",
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
    "overview",
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
