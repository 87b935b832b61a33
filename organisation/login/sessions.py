"""Ending sessions, one or all, so that their cookies open nothing any more and are known as stolen.

Sessions live in the database; their key is in the cookie alone. What `end` ends is remembered by a
hash of the key, so that a cookie shown after that is refused and logged, once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, QuerySet

from core import trail
from organisation.login.attempts import keyed
from organisation.models import EndedSession, User

KEPT = timedelta(days=31)
"""How long an ended session is known again."""


def remember_ended(user: User, session_keys: list[str], *, at: datetime) -> None:
    """Know these sessions' cookies again."""
    EndedSession.objects.bulk_create(
        [
            EndedSession(digest=keyed("session", key), user_id=user.pk, ended_at=at)
            for key in session_keys
        ],
        ignore_conflicts=True,
    )


def listed(user: User) -> QuerySet[UserSession]:
    """The sessions of `user` that allauth has noted, newest first."""
    return UserSession.objects.filter(user_id=user.pk).order_by("-created_at")


def living(user: User, *, at: datetime) -> list[UserSession]:
    """Those of them that still open something."""
    rows = list(listed(user))
    alive = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=at
        ).values_list("session_key", flat=True)
    )
    return [row for row in rows if row.session_key in alive]


def open_of(user_id: Any) -> QuerySet[UserSession]:
    """The same, for a user of an outer query."""
    return UserSession.objects.filter(user_id=user_id)


def forget_ended(*, before: datetime) -> None:
    EndedSession.objects.filter(ended_at__lt=before).delete()


def end(user: User, rows: list[UserSession], *, at: datetime) -> int:
    """End these sessions of `user`; return how many."""
    keys = [row.session_key for row in rows]
    remember_ended(user, keys, at=at)
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(keys)


@transaction.atomic
def end_all(user: User, *, at: datetime) -> int:
    """End every session of `user`, also those nobody has listed; return how many were listed."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    return end(user, list(UserSession.objects.filter(user_id=user.pk)), at=at)


@transaction.atomic
def refuse_ended(session_key: str, *, at: datetime) -> bool:
    """Log that the cookie of an ended session was shown, the first time; whether it was one."""
    row = (
        EndedSession.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(digest=keyed("session", session_key))
        .first()
    )
    if row is None:
        return False
    if row.refused_at is None:
        row.refused_at = max(at, row.ended_at)
        row.save(update_fields=["refused_at"])
        trail.refused("session.refused", by=None, at=at, targets=[row.user])
    return True
