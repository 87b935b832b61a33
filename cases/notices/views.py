"""One's own notices: what has happened and which case it is about, by number, never by name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from cases.notices import topics
from cases.notices.lines import lines
from cases.notices.models import Notice
from cases.notices.querysets import Bundle, bundles_of
from cases.notices.services import mark_read
from organisation.views.requests import StaffRequest

PER_PAGE = 50


@login_required
@require_GET
def notices(request: StaffRequest) -> HttpResponse:
    """All one's notices, unread first, newest first; many of one kind the same day as one line."""
    mine: Any = Notice.objects.shown_to(request.access)
    unread = mine.unread().count()
    page = Paginator(mine.bundles(), PER_PAGE).get_page(request.GET.get("page"))
    shown = lines(mine, bundles_of(page), today=request.today)
    return render(
        request,
        "cases/notices/list.html",
        {"page": page, "lines": shown, "unread": unread},
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
    """Mark one (`notice=<id>`), a `bundle` of them or all of one's notices as read."""
    chosen, key = request.POST.get("notice", ""), request.POST.get("bundle", "")
    ids = [int(chosen)] if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
    if chosen and ids is None:
        return redirect("notices")
    if key:
        try:
            bundle = Bundle.parse(key)
            mine = Notice.objects.shown_to(request.access)
            ids = list(mine.in_bundle(bundle).values_list("pk", flat=True))
        except (ValueError, OverflowError):
            return redirect("notices")
    count = mark_read(by=request.user, at=request.at, ids=ids)
    messages.success(
        request,
        ngettext("%(count)d notice marked as read.", "%(count)d notices marked as read.", count)
        % {"count": count},
    )
    return redirect("notices")
