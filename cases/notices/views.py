"""One's own notices: what has happened and which case it is about, by number, never by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from cases.enums import Rung
from cases.notices import topics
from cases.notices.models import Notice
from cases.notices.services import mark_read
from core import wording
from core.calendar import in_stockholm
from organisation.views.requests import StaffRequest

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice as the component shows it."""

    pk: int
    text: str
    url: str
    when: str
    read: bool
    icon: str
    tone: str


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


def lines(notices: Iterable[Notice], *, today: date) -> list[NoticeLine]:
    """The notices in words; they must have been fetched `with_matter`."""
    made = []
    for notice in notices:
        icon, tone = topics.find(notice.kind).look
        if notice.deadline is not None and notice.rung not in (Rung.BEFORE, Rung.DUE):
            icon, tone = "exclamation-octagon-fill", "late"
        made.append(
            NoticeLine(
                pk=notice.pk,
                text=text(notice, today),
                url=reverse("notice_open", args=[notice.pk]),
                when=_when(notice, today),
                read=notice.read_at is not None,
                icon=icon,
                tone=tone,
            )
        )
    return made


@login_required
@require_GET
def notices(request: StaffRequest) -> HttpResponse:
    """All one's notices, unread first, newest first."""
    mine: Any = Notice.objects.shown_to(request.access)
    unread = mine.unread().count()
    page = Paginator(
        mine.with_matter().order_by(F("read_at").desc(nulls_first=True), "-created_at", "-pk"),
        PER_PAGE,
    ).get_page(request.GET.get("page"))
    return render(
        request,
        "cases/notices/list.html",
        {"page": page, "lines": lines(page, today=request.today), "unread": unread},
    )


@login_required
@require_GET
def notice_open(request: StaffRequest, pk: int) -> HttpResponse:
    """Go to the case the notice is about; having gone there, it is read."""
    notice = get_object_or_404(Notice.objects.shown_to(request.access).with_matter(), pk=pk)
    mark_read(by=request.user, at=request.at, ids=[notice.pk])
    matter = notice.deadline.matter if notice.deadline else notice.matter
    if matter is not None:
        return redirect(matter)
    return redirect(topics.find(notice.kind).address(notice.topic_id))


@login_required
@require_POST
def notices_read(request: StaffRequest) -> HttpResponse:
    """Mark one (`notice=<id>`) or all of one's notices as read."""
    chosen = request.POST.get("notice", "")
    ids = [int(chosen)] if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
    if chosen and ids is None:
        return redirect("notices")
    count = mark_read(by=request.user, at=request.at, ids=ids)
    messages.success(
        request,
        ngettext("%(count)d notice marked as read.", "%(count)d notices marked as read.", count)
        % {"count": count},
    )
    return redirect("notices")
