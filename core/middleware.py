"""What every answer carries: headers that close the browser down, and an idle limit on sessions."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Bootstrap's own style sheet draws its marks as data: addresses.
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "usb",
    )
)
HEADERS = {
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cache-Control": "no-store, private",
    # No other site's page may take in an answer of ours, not even as an image or a script.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
CLEAR_SITE_DATA = '"cache", "storage"'
"""What a browser shall forget when a session ends."""
BACKGROUND_HEADER = "X-Background"
WHO_HEADER = "X-Session-Who"
"""In a call of a page's script: whose page it is."""
SESSION_HEADER = "X-Session"
"""In the answer: the session has "ended", or was "renewed" since the page was made."""
ACTIVITY_KEY = "_active_at"
BEGAN_KEY = "_began_at"  # in the session: when it began, in seconds
ACTIVITY_STEP = 60  # seconds between writes of the session's last activity


def seconds_left(request: HttpRequest) -> int:
    """Seconds until the session ends whatever its user does."""
    began = request.session.get(BEGAN_KEY)
    at = getattr(request, "at", None)
    whole = int(settings.SESSION_ABSOLUTE_HOURS * 3600)
    return max(0, int(began + whole - at.timestamp())) if began and at else whole


class SecurityHeaders:
    """Only our own scripts and styles run, and nothing about a person stays in a browser's cache.

    A view may set any of these headers itself. Static files are cached as WhiteNoise says. The
    answer that takes a session's cookie away, by signing out or otherwise, clears the browser.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        # Django's own pages for developers are made of inline styles and scripts.
        if not (settings.DEBUG and response.status_code in (404, 500)):
            headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        session = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if session is not None and not session.value:
            headers.setdefault("Clear-Site-Data", CLEAR_SITE_DATA)
        return response


class SignedOut:
    """Tell a page's own scripts plainly when the session is not, or is no longer, their page's.

    A call of theirs is answered 401 instead of being led to the login page, which would end up
    inside the case; and so is one from a page of somebody who has been followed by another in the
    same browser (`X-Session-Who`). Whatever they then know, they never send in another's name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        who = request.headers.get(WHO_HEADER)
        if who is not None and who != str(request.user.pk):
            return self._ended()
        response = self.get_response(request)
        scripted = (
            who is not None
            or "HX-Request" in request.headers
            or request.headers.get("X-Requested-With") == "XMLHttpRequest"
        )
        if scripted and response.status_code == 302:
            place = response.headers.get("Location", "").partition("?")[0]
            if place == resolve_url(settings.LOGIN_URL):
                return self._ended()
        return response

    @staticmethod
    def _ended() -> HttpResponse:
        response = HttpResponse(status=401, headers={SESSION_HEADER: "ended"})
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response


class IdleLimit:
    """A session ends SESSION_COOKIE_AGE after the last thing its user did.

    The session is written at most once a minute, not at every request. Requests a page makes by
    itself carry `X-Background: 1` and do not count as something the user did.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            self._note_activity(request)
        return self.get_response(request)

    def _note_activity(self, request: HttpRequest) -> None:
        if BACKGROUND_HEADER in request.headers or request.session.is_empty():
            return
        now = int(time.time())
        if now - request.session.get(ACTIVITY_KEY, 0) >= ACTIVITY_STEP:
            request.session[ACTIVITY_KEY] = now
