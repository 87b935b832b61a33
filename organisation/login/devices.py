"""Browsers a person has signed in from: a long-lived cookie of random bits, kept as a hash.

One browser has one mark, whoever uses it; it is known for each person by itself. The mark opens
nothing: it only tells whether a sign-in comes from a place where the person has been before.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from organisation.models import KnownDevice, User

SALT = "organisation.login.device"
YEAR = 365 * 24 * 3600


def mark_of(request: HttpRequest) -> str:
    """The mark the browser shows, if we signed it; else nothing."""
    shown = request.get_signed_cookie(
        settings.DEVICE_COOKIE_NAME, default="", salt=SALT, max_age=YEAR
    )
    return str(shown)


def _digest(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()


def known(user: User | None, mark: str) -> str:
    """The device's hash when `user` has signed in from it before, else nothing."""
    if user is None or not mark:
        return ""
    digest = _digest(mark)
    return digest if KnownDevice.objects.filter(user=user, digest=digest).exists() else ""


def remember(user: User, mark: str, *, at: datetime) -> tuple[str, bool]:
    """Note a sign-in from the device; its mark (made if needed) and whether it is new."""
    mark = mark or secrets.token_urlsafe(32)
    device, new = KnownDevice.objects.get_or_create(
        user=user,
        digest=_digest(mark),
        defaults={"first_seen_at": at, "last_seen_at": at},
    )
    if not new and device.last_seen_at < at:
        device.last_seen_at = at
        device.save(update_fields=["last_seen_at"])
    return mark, new


def forget(user: User) -> int:
    """Every device is new again; how many there were."""
    count, _rows = KnownDevice.objects.filter(user=user).delete()
    return count


def leave_mark(response: HttpResponse, mark: str) -> None:
    response.set_signed_cookie(
        settings.DEVICE_COOKIE_NAME,
        mark,
        salt=SALT,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
