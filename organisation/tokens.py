"""Keys to the API: made, recognised, taken back. The key itself is shown once and never stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import trail
from core.calendar import local_date
from core.errors import Conflict, Invalid, Missing
from core.limits import limit
from core.names import in_order
from organisation.enums import Role, TokenScope
from organisation.models import ApiToken, User
from organisation.permissions import access_for

MARK = "jv_"
"""What every token begins with, so that one left in a file can be searched for."""
SHOWN = len(MARK) + 8
MOST_DAYS = 366
DEFAULT_DAYS = 90
MOST_TOKENS = 20
"""Valid at once for one user."""
LONGEST_NAME = limit(ApiToken, "name")
USED_STEP = timedelta(hours=1)
REFUSED_STEP = timedelta(minutes=1)


def _digest(token: str) -> str:
    # Nothing slower is needed: 256 random bits cannot be guessed from their hash.
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue(
    user: User,
    *,
    days: int,
    by: User | None,
    at: datetime,
    scopes: Sequence[str] = (TokenScope.ALL,),
    name: str = "",
) -> str:
    """Make a token for `user`, valid for `days`, and return it: the only time it can be seen.

    People make their own; `by` is None when an operator does it from the command line. Raises
    Invalid, Conflict.
    """
    errors = {}
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = _("A token is valid for 1 to %(most)s days.") % {"most": MOST_DAYS}
    if not scopes:
        errors["scopes"] = _("Choose what the token may be used for.")
    elif unknown := set(scopes) - set(TokenScope.values):
        errors["scopes"] = _("There is no such scope: %(scopes)s.") % {
            "scopes": ", ".join(sorted(unknown))
        }
    if len(name) > LONGEST_NAME:
        errors["name"] = _("Write at most %(most)s characters.") % {"most": LONGEST_NAME}
    if errors:
        raise Invalid(errors)
    if not User.objects.select_for_update(of=("self",)).get(pk=user.pk).is_active:
        raise Conflict(_("The account is not in use."))
    if valid_tokens(user, at=at).count() >= MOST_TOKENS:
        raise Conflict(
            _("At most %(most)s tokens can be valid at once. Take one back first.")
            % {"most": MOST_TOKENS}
        )
    token = MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        name=name.strip(),
        prefix=token[:SHOWN],
        digest=_digest(token),
        scopes=sorted({str(scope) for scope in scopes}),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    trail.changed(
        "token.issued", row, by=by, at=at, user=user.pk, days=days, scopes=list(row.scopes)
    )
    return token


@transaction.atomic
def revoke(user: User, prefix: str, *, by: User | None, at: datetime) -> ApiToken:
    """Take back the token of `user` that begins with `prefix`; Missing when there is none.

    One's own, or as system administrator anybody's; `by` is None for an operator.
    """
    if by is not None and by.pk != user.pk and not _administers(by, at=at):
        raise Missing(_("There is no such token."))
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


def revoke_all(user: User, *, by: User | None, at: datetime) -> None:
    """Take back every valid token of `user`, who may no longer sign in (`by` None: time did it)."""
    for row in valid_tokens(user, at=at):
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        trail.changed("token.revoked", row, by=by, at=at, user=user.pk)


def _administers(by: User, *, at: datetime) -> bool:
    return Role.SYSTEM_ADMINISTRATOR in access_for(by, on=local_date(at)).roles


def valid_tokens(user: User, *, at: datetime) -> QuerySet[ApiToken]:
    """The tokens of `user` that can still be used."""
    return ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=at).order_by("pk")


def all_valid_tokens(*, at: datetime) -> QuerySet[ApiToken]:
    """Everybody's tokens that can still be used, for who runs the system."""
    return (
        ApiToken.objects.filter(revoked_at=None, expires_at__gt=at)
        .select_related("user")
        .order_by(*in_order("user__"), "user__username", "pk")
    )


def recognised(token: str, *, at: datetime) -> ApiToken | None:
    """The token's row, with its user, when it can be used at `at`; None otherwise.

    One that was valid once is refused with an entry in the trail: somebody still tries the key of
    a person who has left, or one that was taken back.
    """
    row = ApiToken.objects.select_related("user").filter(digest=_digest(token)).first()
    if row is None:
        return None
    if reason := _refusal(row, at=at):
        note_refusal(row, at=at, why=reason)
        return None
    # At most one write an hour, however many requests come.
    if row.last_used_at is None or at - row.last_used_at >= USED_STEP:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=at)
    return row


def _refusal(row: ApiToken, *, at: datetime) -> str:
    """A code for why the token cannot be used, empty when it can."""
    if not row.user.is_active:
        return "account_closed"
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at <= at else ""


def note_refusal(row: ApiToken, *, at: datetime, why: str, **details: str) -> None:
    """Record that the token was turned away: in the trail at most once a minute."""
    if row.refused_at is None or at - row.refused_at >= REFUSED_STEP:
        ApiToken.objects.filter(pk=row.pk).update(refused_at=at)
        trail.refused("token.used", by=row.user, at=at, targets=[row], why=why, **details)


def allows(row: ApiToken, scope: TokenScope) -> bool:
    """Whether the token may be used for `scope`; writing includes reading."""
    wider = {TokenScope.ALL.value, scope.value, scope.value.replace(":read", ":write")}
    return not wider.isdisjoint(row.scopes)
