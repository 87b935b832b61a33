"""A form that was sent takes its draft with it, whichever app the form is of.

A form names its draft in `_draft` (static/js/drafts.js). An answer that refuses (400 and above)
keeps the draft: what was typed is then still the person's only copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from cases.drafts import services as drafts

FIELD = "_draft"


class DraftSent:
    """Throw the draft away of a form that was accepted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or request.path_info.startswith("/api/"):
            return self.get_response(request)
        user: Any = request.user
        key = request.POST.get(FIELD, "") if user.is_authenticated else ""
        if not key:
            return self.get_response(request)
        token = drafts.being_sent.set(key)
        try:
            response = self.get_response(request)
        finally:
            drafts.being_sent.reset(token)
        if response.status_code < 400:
            drafts.discard(key=key, by=user)
        return response
