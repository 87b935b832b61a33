"""The reference figures the reference unit reproduces, each with its definition."""

from __future__ import annotations

from datetime import date

from django.db import connection

from core.calendar import add_months

_CLOSED_AND_BACK = """
WITH closed AS (
    SELECT child_id, concluded_on
    FROM cases_investigation
    WHERE unit_id = %(unit)s AND concluded_on >= %(first)s AND concluded_on < %(until)s
)
SELECT count(DISTINCT child_id),
       count(DISTINCT child_id) FILTER (WHERE EXISTS (
           SELECT FROM cases_report r
           WHERE r.child_id = closed.child_id AND r.received_on > closed.concluded_on
             AND r.received_on <= closed.concluded_on + interval '1 year'
       ))
FROM closed
"""


def closed_and_back(unit_id: int, *, on: date) -> tuple[int, int]:
    """Persons with a case closed in the year before the last, and those of them who came back.

    The year before: an investigation concluded from 24 months before `on` and less than 12 months
    before it is over, so that each has had a whole year to come back in. Came back: a new report
    received after that day, at the latest on the same day the year after. Each person counts once.
    """
    values: dict[str, int | date] = {
        "unit": unit_id,
        "first": add_months(on, -24),
        "until": add_months(on, -12),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED_AND_BACK, values)
        closed, back = cursor.fetchone()
    return closed, back
