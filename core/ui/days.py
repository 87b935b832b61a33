"""Days and deadlines in words."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from core import wording

register = template.Library()


def _as_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


@register.filter
def swedish_day(value: date | datetime | None, today: date) -> str:
    """ "fre 14 mars"; with the year when it is another than today's."""
    return wording.day(_as_day(value), today) if value else ""


@register.filter
def away(until: date | None, today: date) -> str:
    """ "borta till och med fre 14 mars", "borta tills vidare"."""
    return wording.away(until, today) if until else ""


@register.filter
def days_left_text(value: date | datetime | None, today: date) -> str:
    """ "3 dagar kvar", "i dag", "2 dagar sen"."""
    return wording.days_left(_as_day(value), today) if value else ""


@register.simple_tag
def deadline_chip(deadline: Any, today: date, show_kind: bool = True) -> SafeString:
    """A deadline in days and words. `show_kind=False` where the column already names the duty."""
    kind = ""
    if show_kind:
        display = getattr(deadline, "get_kind_display", None)
        kind = str(display() if display else getattr(deadline, "kind_label", ""))
    return _chip(wording.deadline(deadline, today), kind, deadline.due_on)


@lru_cache(maxsize=4096)
def _chip(words: wording.DeadlineWords, kind: str, due_on: date) -> SafeString:
    """Drawn once for each wording: a page of a list has fifty, of few kinds and days."""
    return render_to_string(
        "components/deadline_chip.html", {"words": words, "kind": kind, "due_on": due_on}
    )
