"""When the database, or what carries tasks, is away for a moment: 503, and when to come again.

A killed PostgreSQL is back in seconds. Until then pages and API say so in plain words, with
Retry-After, and nobody meets a page about a defect. The answers need no database themselves.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

AWAY: tuple[type[Exception], ...] = (OperationalError, InterfaceError, RedisError, KombuError)
RETRY_AFTER = "5"  # seconds
_MARK = "_service_away"
logger = logging.getLogger(__name__)


def is_away(error: BaseException | None) -> bool:
    """Whether that is what a service being away looks like, and no defect of ours."""
    return isinstance(error, AWAY)


def unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The answer: a page, or what UNAVAILABLE_API makes for a program."""
    # The name alone: the server's own text could quote what was asked.
    logger.error("not answered, a service is away: %s", type(error).__name__)
    if request.path_info.startswith("/api/"):
        response: HttpResponse = import_string(settings.UNAVAILABLE_API)()
    else:
        response = HttpResponse(render_to_string("errors/503.html"), status=503)
    response.headers["Retry-After"] = RETRY_AFTER
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


class ServicesAway:
    """Answer 503 where a middleware met a service that is away.

    Django makes its own 500 of what any middleware raises before an outer one can see the error;
    the signal tells that it happened. What views raise is answered by `core.web`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        error = getattr(request, _MARK, None)
        if error is not None and response.status_code == 500:
            return unavailable(request, error)
        return response


def _note(sender: Any, request: HttpRequest | None = None, **_more: Any) -> None:
    error = sys.exc_info()[1]
    if request is not None and is_away(error):
        setattr(request, _MARK, error)


got_request_exception.connect(_note, dispatch_uid="core.away")
