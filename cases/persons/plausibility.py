"""What can be true of a child's days: its age at a report, an expected birth, a birth after it."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.calendar import add_months

TOO_OLD = 21
"""Years: the unit's children are 0-20 at the day of the report."""
EXPECTED_WITHIN = 9
"""Months from the report to the expected birth, at most."""
OVERDUE_BY = timedelta(days=42)
"""How long after the expected day a child can still be unborn at a report."""
EARLY, LATE = timedelta(days=130), timedelta(days=35)
"""A birth before and after the day it was expected on."""


def years_on(born: date, day: date) -> int:
    """Whole years on `day`; negative before the birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_problem(born: date, on: date) -> str:
    """What is wrong with a report on that day about a child born then; empty for nothing."""
    if years_on(born, on) < TOO_OLD:
        return ""
    return _("A report is about a child of 0-20 years; this one was %(age)s that day.") % {
        "age": years_on(born, on)
    }


def expected_problem(expected_on: date, on: date) -> str:
    """What is wrong with a report on that day about a child expected then; empty for nothing."""
    if expected_on > add_months(on, EXPECTED_WITHIN):
        return _("The birth can be expected at most nine months ahead.")
    if expected_on < on - OVERDUE_BY:
        return _("The child should be born by then: write the date of birth.")
    return ""


def birth_fits(expected_on: date, born: date) -> bool:
    """Whether a child expected on that day can be the one born then."""
    return expected_on - EARLY <= born <= expected_on + LATE
