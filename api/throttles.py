"""How much one caller of the API may ask (`core.rates`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core import rates


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
    over = rates.count(f"api:{scope}", who, settings.API_RATES[scope], now=now)
    return over.wait if over else None


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
