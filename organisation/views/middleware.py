"""Who is asking, when: read once at the door of every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from core import trail
from core.calendar import local_date
from core.middleware import BEGAN_KEY
from organisation.login import second_factor, sessions
from organisation.models import User
from organisation.permissions import Access, access_for


def _access(request: Any) -> Access:
    access = access_for(request.user, on=request.today, at=request.at)
    trail.emergency.set(access.opened)
    return access


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
            lambda: _access(request) if request.user.is_authenticated else None
        )
        try:
            return self.get_response(request)
        finally:
            trail.emergency.set(frozenset())


ALWAYS_OPEN = frozenset(
    {"account_logout", "account_reauthenticate", "set_language", "keepalive", "healthz", "readyz"}
)
"""What somebody may reach who still has to change the password or add a second factor."""


class LoginGuard:
    """What a session must have before it reaches anything.

    It ends SESSION_ABSOLUTE_HOURS after it began, whatever its user does. A password somebody else
    has set is changed first. Where MFA_REQUIRED is on, a second factor comes next: a session that
    has not shown one may only make one, and ends if there is one already (then this session is not
    the one that made it). Callers with an API token have no session, and none of this concerns
    them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key:
            if request.user.is_authenticated:
                answer = self._stop(request)
                if answer is not None:
                    return answer
            elif request.session.session_key != key:
                sessions.refuse_ended(key, at=request.at)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _stop(self, request: HttpRequest) -> HttpResponse | None:
        now = int(request.at.timestamp())  # type: ignore[attr-defined]
        began = request.session.get(BEGAN_KEY)
        if began is None:
            request.session[BEGAN_KEY] = began = now
        if now - began >= settings.SESSION_ABSOLUTE_HOURS * 3600:
            get_adapter().logout(request)
            return None
        user: User = request.user  # type: ignore[assignment]
        if user.must_change_password:
            return self._lead(request, "account_change_password", frozenset())
        if not settings.MFA_REQUIRED or second_factor.passed(request):
            return None
        if second_factor.has_one(user):
            get_adapter().logout(request)
            return None
        return self._lead(
            request,
            "mfa_index",
            frozenset(
                {
                    "mfa_activate_totp",
                    "mfa_add_webauthn",
                    "mfa_reauthenticate",
                    "account_change_password",
                }
            ),
        )

    @staticmethod
    def _lead(request: HttpRequest, name: str, also: frozenset[str]) -> HttpResponse | None:
        """To the page `name`, unless the request is for it or one of those `also` open."""
        try:
            asked = resolve(request.path_info).view_name
        except Resolver404:
            asked = ""
        if asked in ALWAYS_OPEN | also | {name}:
            return None
        if request.path_info.startswith("/api/"):
            request.user = AnonymousUser()  # not yet signed in, and the API answers so
            return None
        target = reverse(name)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return redirect(target)
