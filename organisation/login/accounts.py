"""What is done to somebody's login by the system administrator, or by their leaving.

Every act is in the trail with its reason; what weakens a login is told to its owner.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from core import trail
from core.calendar import local_date
from core.errors import Conflict, Forbidden, Invalid, Missing
from organisation import tokens
from organisation.enums import LoginEvent, Role
from organisation.login import attempts, devices, notices, second_factor, sessions
from organisation.models import ApiToken, RoleAssignment, User
from organisation.permissions import access_for, refusal
from organisation.rights import Action


def _person(user_id: int, *, by: User, at: datetime) -> User:
    """The person, locked until the transaction ends, for the system administrator alone."""
    who = access_for(by, on=local_date(at))
    if not any(held.role == Role.SYSTEM_ADMINISTRATOR for held in who.held):
        raise Forbidden(refusal(Action.MANAGE_ORGANISATION))
    user: User | None = User.objects.select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    return user


@transaction.atomic
def shut_out(user: User, *, by: User | None, at: datetime) -> None:
    """End every session and token of somebody who may no longer sign in; nothing is deleted.

    `by` is None when it was time that ended the last role.
    """
    tokens.revoke_all(user, by=by, at=at)
    ended = sessions.end_all(user, at=at)
    if ended:
        trail.changed("login.shut_out", user, by=by, at=at, sessions=ended)


def shut_out_departed(*, on: date, at: datetime) -> int:
    """Do it to everybody whose last role has ended; how many it was."""
    ahead = RoleAssignment.objects.ending_after(on).filter(user=OuterRef("pk"))
    valid = ApiToken.objects.filter(user=OuterRef("pk"), revoked_at=None, expires_at__gt=at)
    had = RoleAssignment.objects.filter(user=OuterRef("pk"))
    departed = User.objects.filter(
        Exists(had), ~Exists(ahead), Exists(valid) | Exists(sessions.open_of(OuterRef("pk")))
    )
    for user in departed:
        shut_out(user, by=None, at=at)
    return len(departed)


@transaction.atomic
def unlock(user_id: int, *, by: User, at: datetime) -> User:
    """Open an account locked by wrong guesses before its time."""
    user = _person(user_id, by=by, at=at)
    if attempts.locked_until(user, at=at) is None:
        raise Conflict(_("The account is not locked."))
    counted = attempts.forget(user)
    trail.changed("login.unlocked", user, by=by, at=at, refused_while_locked=counted)
    return user


@transaction.atomic
def end_sessions(user_id: int, *, by: User, at: datetime) -> int:
    """Sign the person out everywhere; how many sessions there were."""
    user = _person(user_id, by=by, at=at)
    ended = sessions.end_all(user, at=at)
    trail.changed("login.sessions_ended", user, by=by, at=at, sessions=ended)
    return ended


@transaction.atomic
def reset_second_factor(user_id: int, *, reason: str, by: User, at: datetime) -> User:
    """Take away every second factor of somebody who has lost theirs; the next sign-in makes new.

    Sessions end and devices are new again. Nobody does it to themselves: that takes a colleague,
    who knows the person.
    """
    user = _person(user_id, by=by, at=at)
    if user.pk == by.pk:
        raise Conflict(_("Another system administrator has to reset your own second factor."))
    if not reason.strip():
        raise Invalid({"reason": _("Write why, and how you know that it is the person.")})
    factors = second_factor.reset(user)
    if not factors:
        raise Conflict(_("The person has no second factor."))
    sessions.end_all(user, at=at)
    devices.forget(user)
    trail.changed("second_factor.reset", user, by=by, at=at, reason=reason.strip(), factors=factors)
    notices.tell(user, LoginEvent.RESET, at=at)
    return user


@transaction.atomic
def end_own_sessions(user: User, *, keep: str, at: datetime, only: int | None = None) -> int:
    """End one's own sessions but the one with the key `keep`: all, or the one with the id."""
    rows = sessions.listed(user).exclude(session_key=keep)
    if only is not None:
        rows = rows.filter(pk=only)
    ended = sessions.end(user, list(rows), at=at)
    if ended:
        trail.changed("login.sessions_ended", user, by=user, at=at, sessions=ended)
    return ended


def tidy(*, at: datetime) -> None:
    """Forget what is no longer of use: ended sessions after a month, counts nobody adds to."""
    sessions.forget_ended(before=at - sessions.KEPT)
    attempts.forget_old(before=at - attempts.FORGOTTEN)
