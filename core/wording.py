"""Days and deadlines in words, for pages, mail and print alike.

Pure apart from translation: the reader's day is an argument. A number alone is never the message:
every text says how many days, and which day.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

SOON_DAYS = 3

Tone = Literal["neutral", "info", "ok", "soon", "late", "muted"]


@dataclass(frozen=True, slots=True)
class DeadlineWords:
    """What a deadline says to its reader, and how loudly."""

    tone: Tone
    icon: str
    text: str


def day(value: date, today: date) -> str:
    """The day as people say it ("fre 14 mars"), with the year when it is not today's."""
    return _day(value, value.year == today.year, get_language())


def full_day(value: date) -> str:
    """The day with its year ("fre 14 mars 2026"), where the reader's day is not known."""
    return _day(value, False, get_language())


@lru_cache(maxsize=8192)
def _day(value: date, this_year: bool, language: str | None) -> str:
    """`language` is the one that is active: the same day is said in each."""
    return date_format(value, "D j N" if this_year else "D j N Y")


UNKNOWN_END = date.max
"""The last day of what lasts until further notice, where a day is compared."""


def away(until: date, today: date) -> str:
    """How long somebody is away: to a last day, or until further notice."""
    if until == UNKNOWN_END:
        return _("away until further notice")
    return _("away until %(day)s") % {"day": day(until, today)}


def days_left(value: date, today: date) -> str:
    """How far away a day is: "3 days left", "today", "2 days late"."""
    days = (value - today).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    return ngettext("%(count)d day late", "%(count)d days late", -days) % {"count": -days}


def deadline(item: Any, today: date) -> DeadlineWords:
    """The words for anything with `due_on`, `act_by`, `status` and perhaps `met_on`.

    The days are counted to the day that stands beside them: the day to act by where it is earlier
    than the statutory day and has not passed, else the statutory day.
    """
    status = str(getattr(item.status, "value", item.status))
    due_on: date = item.due_on
    act_by: date = item.act_by or due_on
    met_on: date | None = getattr(item, "met_on", None)

    if status == "met":
        text = _("done %(day)s") % {"day": day(met_on, today)} if met_on else _("done in time")
        return DeadlineWords("ok", "check2-circle", text)
    if status == "met_late":
        if met_on:
            text = _("done late, %(day)s, was due %(due)s") % {
                "day": day(met_on, today),
                "due": day(due_on, today),
            }
        else:
            text = _("done late, was due %(due)s") % {"due": day(due_on, today)}
        return DeadlineWords("soon", "clock-history", text)
    if status == "cancelled":
        return DeadlineWords("muted", "slash-circle", _("no longer applies"))
    if status == "missed":
        text = _("not done, was due %(due)s") % {"due": day(due_on, today)}
        return DeadlineWords("soon", "x-circle", text)

    if status == "overdue" or due_on < today:
        text = _("%(days)s, was due %(due)s") % {
            "days": days_left(due_on, today),
            "due": day(due_on, today),
        }
        return DeadlineWords("late", "exclamation-octagon-fill", text)

    soon = (act_by - today).days <= SOON_DAYS
    tone: Tone = "soon" if soon else "neutral"
    icon = "hourglass-split" if soon else "clock"
    if due_on == today:
        return DeadlineWords(tone, icon, _("today"))
    if act_by < today:
        text = _("%(days)s, falls due %(due)s (should have been done %(act_by)s)")
    elif act_by == today and act_by < due_on:
        text = _("act today (falls due %(due)s)")
    elif act_by < due_on:
        text = _("%(act_days)s, act by %(act_by)s (falls due %(due)s)")
    else:
        text = _("%(days)s, no later than %(due)s")
    words = text % {
        "days": days_left(due_on, today),
        "act_days": days_left(act_by, today),
        "due": day(due_on, today),
        "act_by": day(act_by, today),
    }
    return DeadlineWords(tone, icon, words)
