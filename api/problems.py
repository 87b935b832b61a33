"""Every error as problem details (RFC 9457, `application/problem+json`).

`errors` holds the messages of a 400 per field, nested as the body is. Each field also stands at
the top level for clients that expect it there, unless a member of the problem has its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from api import throttles
from core.away import RETRY_AFTER, is_away
from core.errors import Conflict, DomainError, Forbidden, Invalid, Missing
from core.web import same_moment

API = "/api/"
MEDIA_TYPE = "application/problem+json"
OWN_MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "errors", "version"})
"""Of the standard, and the version that a conflict tells as a number."""
WHOLE_BODY = str(api_settings.NON_FIELD_ERRORS_KEY)

CODES: Mapping[int, str] = {
    400: "invalid",
    401: "not-authenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    500: "server-error",
    503: "unavailable",
}


def title(code: int) -> str:
    return {
        400: _("The request has errors"),
        401: _("Not signed in"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("The address does not take this method"),
        406: _("No such representation"),
        409: _("Another state or version"),
        413: _("Too large"),
        415: _("Send JSON"),
        429: _("Too many requests"),
        500: _("Something went wrong"),
        503: _("Away for a moment"),
    }.get(code, _("Error"))


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE

    def __init__(self, limit: int) -> None:
        super().__init__(_("At most %(limit)s bytes.") % {"limit": limit})


def problem(
    code: int,
    detail: str,
    *,
    errors: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """The answer that says what is wrong."""
    body = _body(code, detail, errors=errors, **more)
    return Response(body, status=code, headers=dict(headers or {}), content_type=MEDIA_TYPE)


def _body(
    code: int, detail: str, *, errors: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    body: dict[str, Any] = {
        name: value for name, value in (errors or {}).items() if name not in OWN_MEMBERS
    }
    body |= more
    body |= {
        "type": f"urn:jamvikt:problem:{CODES.get(code, 'error')}",
        "title": title(code),
        "status": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return body


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`{"child.first_name": "..."}` as the body is nested, each message in a list."""
    result: dict[str, Any] = {}
    for name, message in fields.items():
        *path, last = name.split(".")
        place = result
        for part in path:
            place = place.setdefault(part, {})
        place[last] = [str(message)]
    return result


def as_errors(detail: Any) -> dict[str, Any]:
    """What a serializer found, with items of a list under their index."""
    if isinstance(detail, Mapping):
        return {str(name): _messages(value) for name, value in detail.items()}
    return {WHOLE_BODY: _messages(detail)}


def _messages(value: Any) -> Any:
    if isinstance(value, Mapping):
        return as_errors(value)
    if isinstance(value, list):
        if any(isinstance(item, Mapping) for item in value):
            return {str(index): _messages(item) for index, item in enumerate(value) if item}
        return [str(item) for item in value]
    return [str(value)]


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """Turn what a view raised into a problem; a defect is logged, and told as a 500."""
    if is_away(error):
        return problem(503, _away(), headers={"Retry-After": RETRY_AFTER})
    if isinstance(error, IntegrityError):
        error = same_moment(error)
    if isinstance(error, DomainError):
        return _domain(error)
    if isinstance(error, Http404):
        return problem(404, _("It does not exist, or is not yours to see."))
    if isinstance(error, PermissionDenied):
        return problem(403, str(error) or _("Your role does not include this."))
    if isinstance(error, RequestDataTooBig):
        return problem(413, _("The body is too large."))
    if not isinstance(error, exceptions.APIException):
        return _defect(error, context["request"])
    headers = {}
    if isinstance(error, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
        wait = throttles.refused(context["request"])
        if wait is not None:
            error = exceptions.Throttled(wait)
        elif header := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = header
    if isinstance(error, exceptions.Throttled):
        seconds = max(1, round(getattr(error, "wait", None) or 1))
        return problem(
            429,
            _("Wait %(seconds)s seconds and try again.") % {"seconds": seconds},
            headers={"Retry-After": str(seconds)},
        )
    if isinstance(error, exceptions.ValidationError):
        return _invalid(as_errors(error.detail))
    if isinstance(error, exceptions.ParseError):
        return problem(400, str(error.detail), errors={WHOLE_BODY: [str(error.detail)]})
    return problem(error.status_code, str(error.detail), headers=headers)


def _invalid(errors: dict[str, Any]) -> Response:
    return problem(400, _("See `errors` for what is wrong, field by field."), errors=errors)


def _domain(error: DomainError) -> Response:
    if isinstance(error, Invalid):
        return _invalid(nested(error.fields))
    if isinstance(error, Forbidden):
        return problem(403, str(error))
    if isinstance(error, Missing):
        return problem(404, str(error))
    if isinstance(error, Conflict):
        version = getattr(error.current, "version", None)
        return problem(409, str(error), **({} if version is None else {"version": version}))
    return problem(400, str(error))


def _defect(error: Exception, request: Request) -> Response:
    """Log the defect as Django does, and let those who listen for defects hear of it."""
    asked = request._request
    got_request_exception.send(sender=None, request=asked)
    told = problem(500, _recorded())
    log_response(
        "%s: %s", told.reason_phrase, asked.path, response=told, request=asked, exception=error
    )
    return told


def _recorded() -> str:
    return _("The fault is ours, and it has been recorded. Try again in a while.")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """The answer when something failed outside the views (`handler500`)."""
    if not request.path.startswith(API):
        return defaults.server_error(request)
    return JsonResponse(
        _body(500, _recorded()),
        status=500,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def _away() -> str:
    return _(
        "Jämvikt cannot reach its database just now. Send the same call again in a few seconds; "
        "with an idempotency_key nothing is made twice."
    )


def unavailable() -> HttpResponseBase:
    """The answer when the database was away before a view was reached (`UNAVAILABLE_API`)."""
    return JsonResponse(
        _body(503, _away()),
        status=503,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def no_such_address(request: HttpRequest) -> Missing:
    """The error for an address the API does not have."""
    if not request.path.endswith("/"):
        return Missing(_("There is no such address. The API's addresses end with a slash."))
    return Missing(_("There is no such address."))
