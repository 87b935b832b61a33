"""The middle value, as PostgreSQL counts it."""

from django.db.models import Aggregate


class Median(Aggregate):
    """The middle value; the mean of the two in the middle of an even number."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    allow_distinct = False
