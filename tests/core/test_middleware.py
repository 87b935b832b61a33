"""Headers of every answer, and how long a session lives without its user."""

from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from core.middleware import ACTIVITY_KEY, IdleLimit, SecurityHeaders


def answer(**headers: str) -> HttpResponse:
    view = SecurityHeaders(lambda request: HttpResponse(headers=headers))
    return view(RequestFactory().get("/"))


def test_only_our_own_scripts_and_styles_run():
    policy = answer()["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_nothing_stays_in_the_browser_unless_a_view_says_so():
    assert answer()["Cache-Control"] == "no-store, private"
    assert answer(**{"Cache-Control": "max-age=60"})["Cache-Control"] == "max-age=60"


def test_whole_chain_answers_with_the_headers(client):
    response = client.get("/healthz")
    expected = {
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: response[name] for name in expected} == expected


def activity(session: SessionStore, settings, at: int, time_machine, **headers: str) -> int | None:
    time_machine.move_to(at, tick=False)
    request = RequestFactory().get("/", headers=headers)
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "key"
    request.session = session
    IdleLimit(lambda request: HttpResponse())(request)
    return session.get(ACTIVITY_KEY)


def test_activity_is_noted_at_most_once_a_minute(settings, time_machine):
    session = SessionStore()
    session["user"] = 1
    assert activity(session, settings, 1_000_000, time_machine) == 1_000_000
    assert activity(session, settings, 1_000_059, time_machine) == 1_000_000
    assert activity(session, settings, 1_000_060, time_machine) == 1_000_060


def test_requests_a_page_makes_by_itself_do_not_keep_its_user_logged_in(settings, time_machine):
    session = SessionStore()
    session["user"] = 1
    activity(session, settings, 1_000_000, time_machine)
    at = activity(session, settings, 1_000_600, time_machine, **{"X-Background": "1"})
    assert at == 1_000_000
