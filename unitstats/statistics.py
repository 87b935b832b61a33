"""One month of one unit, counted from the records by the counters of every app.

Not here: which figures there are (`core.figures`, and the apps' statistics), and what is closed,
which is never counted again (`services.closing`).
"""

from __future__ import annotations

from cases.statistics.months import Counted
from core.calendar import Month
from core.figures import Period, figures


def counted(unit_id: int, month: Month) -> dict[str, Counted]:
    """Every figure of the month as the records stand now. A constant number of queries."""
    return figures.count(Period.MONTH, unit_id, month)
