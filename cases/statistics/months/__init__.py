"""The figures of a month, each beside what counts it: of one unit, by the child's gender.

Every counter takes a unit's key and a month and runs a constant number of queries. All of them
are counted at once by `core.figures.figures.count(Period.MONTH, ...)`. Not here: closed months,
which are never counted again (`unitstats`).
"""

from cases.statistics.months import child, decisions, investigations, outcomes, reports
from cases.statistics.months.counting import Counted

__all__ = ["Counted", "child", "decisions", "investigations", "outcomes", "reports"]
