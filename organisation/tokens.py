"""Keys to the API: made, recognised, taken back. The key itself is shown once and never stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import trail
from core.errors import Conflict, Invalid, Missing
from organisation.models import ApiToken, User

MARK = "jv_"
"""What every token begins with, so that one left in a file can be searched for."""
SHOWN = len(MARK) + 8
MOST_DAYS = 366
DEFAULT_DAYS = 90
USED_STEP = timedelta(hours=1)


def _digest(token: str) -> str:
    # Nothing slower is needed: 256 random bits cannot be guessed from their hash.
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue(user: User, *, days: int, by: User | None, at: datetime) -> str:
    """Make a token for `user`, valid for `days`, and return it: the only time it can be seen.

    `by` is None when an operator does it from the command line. Raises Invalid, Conflict.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": _("A token is valid for 1 to %(most)s days.") % {"most": MOST_DAYS}})
    if not user.is_active:
        raise Conflict(_("The account is not in use."))
    token = MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        prefix=token[:SHOWN],
        digest=_digest(token),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    trail.changed("token.issued", row, by=by, at=at, user=user.pk, days=days)
    return token


@transaction.atomic
def revoke(user: User, prefix: str, *, by: User | None, at: datetime) -> ApiToken:
    """Take back the token of `user` that begins with `prefix`; Missing when there is none."""
    row = (
        ApiToken.objects.select_for_update(of=("self",))
        .filter(user=user, prefix=prefix[:SHOWN])
        .first()
    )
    if row is None:
        raise Missing(_("There is no such token."))
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        trail.changed("token.revoked", row, by=by, at=at, user=user.pk)
    return row


def valid_tokens(user: User, *, at: datetime) -> QuerySet[ApiToken]:
    """The tokens of `user` that can still be used."""
    return ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=at).order_by("pk")


def holder(token: str, *, at: datetime) -> User | None:
    """Whom the token speaks for at `at`; None when unknown, expired, revoked or of a leaver."""
    row = (
        ApiToken.objects.select_related("user")
        .filter(digest=_digest(token), revoked_at=None, expires_at__gt=at, user__is_active=True)
        .first()
    )
    if row is None:
        return None
    # At most one write an hour, however many requests come.
    if row.last_used_at is None or at - row.last_used_at >= USED_STEP:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=at)
    return row.user
