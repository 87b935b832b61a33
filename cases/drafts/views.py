"""Keeping what is typed, from the page it is typed on."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.drafts import services as drafts
from organisation.views.requests import StaffRequest


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def draft(request: StaffRequest) -> HttpResponse:
    """One's own drafts: GET ?key= reads, POST key, data keeps (empty data discards), DELETE.

    GET with `exactly` looks for no other tab's. POST may say `tab` and `seen` (the mark of what
    the tab has read or saved last); the headers of its answer tell the name and mark of what was
    kept. What cannot be kept is a 400.
    """
    if request.method == "GET":
        look = drafts.find_exactly if "exactly" in request.GET else drafts.find
        found = look(key=request.GET.get("key", ""), by=request.user)
        if found is None:
            return HttpResponse(status=204)
        mark = drafts.mark_of(found)
        return JsonResponse(
            {"data": found.data, "saved_at": found.saved_at, "key": found.key, "mark": mark}
        )
    if request.method == "DELETE":
        drafts.discard(key=request.GET.get("key", ""), by=request.user)
        return HttpResponse(status=204)
    key = request.POST.get("key", "")
    text = request.POST.get("data", "")
    if not text:
        drafts.discard(key=key, by=request.user)
        return HttpResponse(status=204)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        return HttpResponse(_("The draft could not be read."), status=400)
    kept = drafts.save(
        key=key,
        data=data,
        by=request.user,
        at=request.at,
        seen=request.POST.get("seen"),
        tab=request.POST.get("tab", ""),
    )
    headers = {"X-Draft-Key": kept.key, "X-Draft-Mark": drafts.mark_of(kept)}
    return HttpResponse(status=204, headers=headers)
