"""Notices in words, each a line; many of one kind on one day are one line that opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.enums import NoticeKind, Rung
from cases.notices import topics
from cases.notices.models import Notice
from cases.notices.querysets import Bundle, NoticeQuerySet, bundles_of
from core import wording
from core.calendar import in_stockholm

BUNDLED_FROM = 3
"""As many of one kind on one day are one line."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice as the component shows it, or a bundle with those `inside` and its `key`."""

    text: str
    url: str
    when: str
    read: bool
    icon: str
    tone: str
    pk: int = 0
    key: str = ""
    inside: tuple[NoticeLine, ...] = ()


def text(notice: Notice, today: date) -> str:
    """The notice in words: what, which duty, which case, by when."""
    if notice.deadline is None:
        number = notice.matter.number if notice.matter else ""
        return str(topics.find(notice.kind).text) % {"number": number}
    sentences: dict[str, str] = {
        Rung.BEFORE: _("%(duty)s in %(number)s: three working days left, last day %(day)s"),
        Rung.DUE: _("%(duty)s in %(number)s: last day was or is %(day)s"),
        Rung.AFTER: _("%(duty)s in %(number)s: overdue, last day was %(day)s"),
    }
    sentence = sentences.get(
        notice.rung, _("%(duty)s in %(number)s: still overdue, last day was %(day)s")
    )
    return sentence % {
        "duty": notice.deadline.get_kind_display(),
        "number": notice.deadline.matter.number,
        "day": wording.day(notice.due_on or notice.deadline.due_on, today),
    }


def _when(notice: Notice, today: date) -> str:
    moment = in_stockholm(notice.created_at)
    clock = date_format(moment, "H.i")
    days = (today - moment.date()).days
    if days == 0:
        return _("today %(time)s") % {"time": clock}
    if days == 1:
        return _("yesterday %(time)s") % {"time": clock}
    return f"{wording.day(moment.date(), today)} {clock}"


def line(notice: Notice, *, today: date) -> NoticeLine:
    """The notice in words; it must have been fetched `with_matter`."""
    icon, tone = topics.find(notice.kind).look
    if notice.deadline is not None and notice.rung not in (Rung.BEFORE, Rung.DUE):
        icon, tone = "exclamation-octagon-fill", "late"
    return NoticeLine(
        pk=notice.pk,
        text=text(notice, today),
        url=reverse("notice_open", args=[notice.pk]),
        when=_when(notice, today),
        read=notice.read_at is not None,
        icon=icon,
        tone=tone,
    )


def _summary(bundle: Bundle, latest: NoticeLine) -> str:
    """A bundle in words: how many deadlines have come how far, or the latest and how many more."""
    if bundle.kind != NoticeKind.DEADLINE:
        return _("%(text)s, and %(count)s more of the same kind") % {
            "text": latest.text,
            "count": bundle.count - 1,
        }
    sentences: dict[str, str] = {
        Rung.BEFORE: _("%(count)s deadlines: three working days left"),
        Rung.DUE: _("%(count)s deadlines: the last day"),
        Rung.AFTER: _("%(count)s deadlines: overdue"),
    }
    return sentences.get(bundle.stage, _("%(count)s deadlines: still overdue")) % {
        "count": bundle.count
    }


def lines(mine: NoticeQuerySet, bundles: Sequence[Bundle], *, today: date) -> list[NoticeLine]:
    """The bundles of `mine` in words, in their order; few of a kind are a line each. One query."""
    found: dict[str, list[Notice]] = defaultdict(list)
    for notice in mine.in_bundles(bundles):
        found[Bundle.of(notice).key].append(notice)
    made: list[NoticeLine] = []
    for bundle in bundles:
        each = [line(one, today=today) for one in found[bundle.key]]
        if bundle.count < BUNDLED_FROM or not each:
            made += each
            continue
        latest = each[0]
        made.append(
            NoticeLine(
                text=_summary(bundle, latest),
                url="",
                when=latest.when,
                read=latest.read,
                icon=latest.icon,
                tone=latest.tone,
                key=bundle.key,
                inside=tuple(each),
            )
        )
    return made


def latest(mine: NoticeQuerySet, most: int, *, today: date) -> list[NoticeLine]:
    """The latest in words, at most so many lines. Two queries."""
    return lines(mine, bundles_of(mine.bundles()[:most]), today=today)[:most]
