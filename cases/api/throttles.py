"""How much one caller may ask: counted per minute in the cache that all web processes share.

A fixed window and one number per caller, so that a request costs the same at any rate. Two
requests at once may count as one: the limit is there against runaway programs, not to the unit.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_rate(rate: str) -> tuple[int, int]:
    """`600/min` as requests and seconds."""
    number, _slash, period = rate.partition("/")
    return int(number), SECONDS[period.strip()[0].lower()]


def address_of(request: Request) -> str:
    """The caller's address, as far out as our own proxies can be trusted to have written it."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    proxies = int(getattr(settings, "PROXY_COUNT", 0))
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if not proxies or len(forwarded) < proxies:
        return remote
    return forwarded[-proxies] or remote


def count(scope: str, who: str, *, now: float) -> float | None:
    """Count one request of `who`; seconds to wait when it is over the rate, else None."""
    most, seconds = parse_rate(settings.API_RATES[scope])
    window = int(now // seconds)
    # Hashed: an address says something about a person, and the cache is no place for that.
    caller = hashlib.sha256(who.encode()).hexdigest()[:24]
    key = f"api:{scope}:{caller}:{window}"
    seen = int(cache.get(key, 0)) + 1
    cache.set(key, seen, timeout=2 * seconds)
    return (window + 1) * seconds - now if seen > most else None


class UserThrottle(BaseThrottle):
    """Per user; those not signed in by address (only open addresses let them come this far)."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.user.is_authenticated:
            scope, who = "user", str(request.user.pk)
        else:
            scope, who = "anonymous", address_of(request)
        self.seconds = count(scope, who, now=request.at.timestamp())  # type: ignore[attr-defined]
        return self.seconds is None

    def wait(self) -> float | None:
        return self.seconds


def refused(request: Request) -> float | None:
    """Count a call without a valid login, by address; seconds to wait when there are too many."""
    return count("anonymous", address_of(request), now=request.at.timestamp())  # type: ignore[attr-defined]
