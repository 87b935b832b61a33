"""Who is asking, when: read once at the door of every request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from core.calendar import local_date
from organisation.permissions import access_for


class AccessMiddleware:
    """Give the request `at` (aware now), `today` (local day) and, logged in, `access`.

    `access` is worked out when first used, for the day of the request, and not kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = timezone.now()  # type: ignore[attr-defined]
        request.today = local_date(request.at)  # type: ignore[attr-defined]
        request.access = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: (
                access_for(request.user, on=request.today, at=request.at)  # type: ignore[arg-type,attr-defined]
                if request.user.is_authenticated
                else None
            )
        )
        return self.get_response(request)
