"""How often one caller may ask: counted in the cache that all web processes share.

A fixed window and one number per caller, so that a request costs the same at any rate. Two
requests at once may count as one: the limits are there against programs and against somebody who
goes through the register name by name, not against work.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import trail

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
KINDS = (("search", re.compile("search|lookup")), ("export", re.compile("export")))
"""Pages with a rate of their own (`PAGE_RATES`), by what their address is called in the code."""


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


def kind_of(name: str | None) -> str:
    """Which of KINDS the page of that name is; empty for none."""
    return next((kind for kind, pattern in KINDS if pattern.search(name or "")), "")


class PageRates:
    """Searches and exports have a limit a minute for each user; the first one too many is logged.

    The API has its own (`cases.api.throttles`), and so has signing in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        kind = kind_of(match.url_name if match else None)
        if not kind and "format" in request.GET:
            kind = "export"  # the same page as a file
        if not kind or not request.user.is_authenticated:
            return None
        at = request.at  # type: ignore[attr-defined]
        rate = settings.PAGE_RATES[kind]
        over = count(kind, str(request.user.pk), rate, now=at.timestamp())
        if over is None:
            return None
        if over.first:
            trail.refused(f"{kind}.too_often", by=request.user, at=at, rate=rate)
        wait = max(1, round(over.wait))
        answer = render(request, "429.html", status=429)
        answer.headers["Retry-After"] = str(wait)
        return answer
