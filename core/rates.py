"""How often one caller may ask: counted in the cache that all web processes share.

A fixed window and one number per caller, so that a request costs the same at any rate. Two
requests at once may count as one: the limits are there against programs and against somebody who
goes through the register name by name, not against work.

A page says itself that it searches or gives a file (`rated`). One that does so without having said
it is stopped: what looks people up asks `required`, and no undeclared file leaves `PageRates`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import trail

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
View = TypeVar("View", bound=Callable[..., Any])


class Rate(StrEnum):
    """What a page has a rate of its own for (`PAGE_RATES`)."""

    SEARCH = "search"
    """It looks people up by what somebody types."""
    EXPORT = "export"
    """It gives a file."""


class Undeclared(ImproperlyConfigured):
    """A page does what has a rate and has not said so."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A page's rate; with `when`, only of requests whose address carries that word."""

    rate: Rate
    when: str = ""


_declared: ContextVar[Rated | None] = ContextVar("declared", default=None)
_page: ContextVar[str] = ContextVar("page", default="")
"""The page that is being made, empty where there is none: in the API, a task, a command."""


def rated(rate: Rate, *, when: str = "") -> Callable[[View], View]:
    """Say of a view, a function or a class, that it has that rate.

    `when`: the page is also a file, and only then counted: the word its address carries.
    """

    def say(view: View) -> View:
        view.rated = Rated(rate, when)  # type: ignore[attr-defined]
        return view

    return say


def rated_of(view: Any) -> Rated | None:
    """What has been said of the view behind an address."""
    said: Rated | None = getattr(getattr(view, "view_class", view), "rated", None)
    return said


def required(rate: Rate) -> None:
    """Called by what only a page with that rate may do. Undeclared when the page has not got it."""
    page, said = _page.get(), _declared.get()
    if page and (said is None or said.rate is not rate):
        raise Undeclared(
            f"the page {page} has no rate for what it does: "
            f"decorate its view with @rated(Rate.{rate.name})"
        )


@dataclass(frozen=True, slots=True)
class Over:
    """Somebody asked too often: seconds to wait, and whether this is the first one too many."""

    wait: float
    first: bool


def parse_rate(rate: str) -> tuple[int, int]:
    """`600/min` as requests and seconds."""
    number, _slash, period = rate.partition("/")
    return int(number), SECONDS[period.strip()[0].lower()]


def count(scope: str, who: str, rate: str, *, now: float) -> Over | None:
    """Count one request of `who` in `scope`; Over when there are too many in this window."""
    most, seconds = parse_rate(rate)
    window = int(now // seconds)
    # Hashed: an address says something about a person, and the cache is no place for that.
    caller = hashlib.sha256(who.encode()).hexdigest()[:24]
    key = f"rate:{scope}:{caller}:{window}"
    seen = int(cache.get(key, 0)) + 1
    cache.set(key, seen, timeout=2 * seconds)
    if seen <= most:
        return None
    return Over(wait=(window + 1) * seconds - now, first=seen == most + 1)


class PageRates:
    """Searches and exports have a limit a minute for each user; the first one too many is logged.

    The API has its own (`api.throttles`), and so has signing in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page, declared = _page.set(""), _declared.set(None)
        try:
            answer = self.get_response(request)
            if answer.has_header("Content-Disposition"):
                required(Rate.EXPORT)
            return answer
        finally:
            _page.reset(page)
            _declared.reset(declared)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if hasattr(getattr(view, "cls", None), "throttle_classes"):
            return None
        said = rated_of(view)
        if said is not None and said.when and said.when not in request.GET:
            said = None
        _page.set(f"{view.__module__}.{view.__qualname__}")
        _declared.set(said)
        if said is None or not request.user.is_authenticated:
            return None
        at = request.at  # type: ignore[attr-defined]
        rate = settings.PAGE_RATES[said.rate]
        over = count(said.rate, str(request.user.pk), rate, now=at.timestamp())
        if over is None:
            return None
        if over.first:
            trail.refused(f"{said.rate}.too_often", by=request.user, at=at, rate=rate)
        wait = max(1, round(over.wait))
        answer = render(request, "429.html", status=429)
        answer.headers["Retry-After"] = str(wait)
        return answer
