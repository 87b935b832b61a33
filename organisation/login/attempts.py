"""Guesses of a password or code: counted before they are tried, slowed down, locked out, logged.

Each guess counts against the account and against the address it comes from; from a device the
person has signed in from before, against that device alone, so that a stranger's guesses lock
nobody out of their own work. A name nobody has is counted, locked and answered as any other, so
nothing tells that it is unknown. A lock ends by time, or by the system administrator.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from core import trail
from organisation.models import LoginThrottle, User

logger = logging.getLogger(__name__)

FORGOTTEN = timedelta(hours=24)
"""Without a new failure for so long, the count begins anew."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` failures cost nothing; then a lock of `first`, doubled at every `step` more."""

    free: int
    step: int
    first: timedelta
    longest: timedelta

    def lock(self, failures: int) -> timedelta | None:
        if failures < self.free:
            return None
        doubled = (failures - self.free) // self.step
        return min(self.first * 2 ** min(doubled, 20), self.longest)


ACCOUNT = Limit(free=5, step=1, first=timedelta(minutes=1), longest=timedelta(hours=1))


def address_limit() -> Limit:
    """Wider than an account's: a whole unit may stand behind one address."""
    return Limit(
        free=settings.LOGIN_ADDRESS_FAILURES,
        step=10,
        first=timedelta(minutes=1),
        longest=timedelta(minutes=15),
    )


@dataclass(frozen=True, slots=True)
class GuessSource:
    """Whom or what guesses are counted against."""

    key: str
    limit: Limit
    user_id: int | None = None
    own: bool = True
    """Whether a success clears the count; an address's is only taken back by one."""


def keyed(kind: str, text: str) -> str:
    """A hash that only this installation can make: the same text can be known again, not read."""
    return salted_hmac(f"organisation.login.{kind}", text, algorithm="sha256").hexdigest()


def network(address: str) -> str:
    """The address, or of IPv6 the network that one customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
    return address


def sources(
    *, user: User | None, name: str, address: str, device: str = "", of: str = "password"
) -> list[GuessSource]:
    """What a guess at `name` (`user`, if there is one) counts against.

    `device` is the hash of a device known to be the user's. `of` is what is guessed.
    """
    user_id = user.pk if user else None
    who = f"{of}:user:{user_id}" if user else f"{of}:name:{name.strip().casefold()}"
    if device and user:
        return [GuessSource(keyed("throttle", f"{who}:device:{device}"), ACCOUNT, user_id)]
    return [
        GuessSource(keyed("throttle", who), ACCOUNT, user_id),
        GuessSource(keyed("throttle", f"address:{network(address)}"), address_limit(), own=False),
    ]


def _locked_rows(given: Sequence[GuessSource], *, at: datetime) -> dict[str, LoginThrottle]:
    """The rows of the sources, locked in the same order by everybody."""
    LoginThrottle.objects.bulk_create(
        [LoginThrottle(key=one.key, user_id=one.user_id, last_failed_at=at) for one in given],
        ignore_conflicts=True,
    )
    rows = LoginThrottle.objects.select_for_update().filter(key__in=[one.key for one in given])
    return {row.key: row for row in rows.order_by("key")}


@transaction.atomic
def claim(given: Sequence[GuessSource], *, at: datetime) -> bool:
    """Count a guess before it is tried, so that no number of them at once passes the limit.

    False while locked: then it must not be tried at all. Follow with `succeeded` or `failed`.
    """
    rows = _locked_rows(given, at=at)
    shut = [row for row in rows.values() if row.locked_until and row.locked_until > at]
    for row in shut:
        row.unlogged += 1
        row.save(update_fields=["unlogged"])
    if shut:
        return False
    for one in given:
        row = rows[one.key]
        row.failures = 1 if at - row.last_failed_at > FORGOTTEN else row.failures + 1
        row.last_failed_at = at
        lock = one.limit.lock(row.failures)
        row.locked_until = at + lock if lock else None
        row.save(update_fields=["failures", "last_failed_at", "locked_until"])
    return True


@transaction.atomic
def succeeded(given: Sequence[GuessSource], *, at: datetime) -> int:
    """Take the guess back: it was right. Return how many were refused while locked before it."""
    before = 0
    rows = _locked_rows(given, at=at)
    for one in given:
        row = rows[one.key]
        if one.own:
            before += row.unlogged
            row.failures = row.unlogged = 0
        else:
            row.failures = max(0, row.failures - 1)
        row.locked_until = None
        row.save(update_fields=["failures", "unlogged", "locked_until"])
    return before


@transaction.atomic
def failed(
    given: Sequence[GuessSource],
    *,
    user: User | None,
    name: str,
    address: str,
    at: datetime,
    action: str = "login.refused",
) -> None:
    """Log a guess that was wrong, and the lock it led to, with those only counted before it."""
    rows = _locked_rows(given, at=at)
    counted = sum(row.unlogged for row in rows.values())
    about: dict[str, Any] = {
        "failures": max(row.failures for row in rows.values()),
        "address": keyed("address", address)[:16],
    }
    if user is None:
        about["name"] = keyed("name", name.strip().casefold())[:16]
    if counted:
        about["refused_while_locked"] = counted
        LoginThrottle.objects.filter(pk__in=[row.pk for row in rows.values()]).update(unlogged=0)
    targets = [user] if user else []
    trail.refused(action, by=None, at=at, targets=targets, **about)
    for one in given:
        until = rows[one.key].locked_until
        if until and until > at:
            trail.refused(
                "login.locked",
                by=None,
                at=at,
                targets=targets if one.own else [],
                of="account" if one.own else "address",
                minutes=round((until - at).total_seconds() / 60),
            )
            logger.warning("sign-in locked after %s failures", rows[one.key].failures)


def locked_until(user: User, *, at: datetime) -> datetime | None:
    """How long the account is locked for guesses from new devices; None when it is open."""
    return (
        LoginThrottle.objects.filter(user=user, locked_until__gt=at)
        .order_by("-locked_until")
        .values_list("locked_until", flat=True)
        .first()
    )


def forget(user: User) -> int:
    """Open the account again and begin its counts anew; how many guesses were only counted."""
    rows = LoginThrottle.objects.select_for_update().filter(user=user)
    counted = sum(row.unlogged for row in rows)
    LoginThrottle.objects.filter(user=user).update(failures=0, unlogged=0, locked_until=None)
    return counted


def forget_old(*, before: datetime) -> None:
    """Delete counts that would begin anew at the next failure; those still to be told of stay."""
    LoginThrottle.objects.filter(last_failed_at__lt=before, unlogged=0).delete()
