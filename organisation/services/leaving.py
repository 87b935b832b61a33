"""Somebody leaves: what ends at once, so that nothing of it is there if they come back.

What they wrote and signed stays theirs. Apps above say what else goes back, in the setting
LEAVING: functions of the person, `by` and `at`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.module_loading import import_string

from core import trail
from core.calendar import local_date
from organisation.login.accounts import shut_out
from organisation.models import Absence, RoleAssignment, User


def hand_back(user: User, *, by: User | None, at: datetime) -> None:
    """Let what the person had go back to their leaders now, and not at the next sweep."""
    for dotted in settings.LEAVING:
        cast(Callable[..., Any], import_string(dotted))(user, by=by, at=at)


@transaction.atomic
def leave(user: User, *, by: User, at: datetime) -> None:
    """End all roles with today, and whatever was given with them; sign the person out."""
    on = local_date(at)
    for row in (
        RoleAssignment.objects.select_for_update(of=("self",)).ending_after(on).filter(user=user)
    ):
        trail.changed("organisation.role_ended", row, by=by, at=at, until=on.isoformat())
        if row.from_on > on:
            row.delete()
        else:
            row.until_on = on
            row.save(update_fields=["until_on"])
    _release(Absence.objects.filter(stand_in=user), on=on, by=by, at=at)
    _end_open(user, on=on)
    shut_out(user, by=by, at=at)
    hand_back(user, by=by, at=at)


def _release(absences: QuerySet[Absence], *, on: date, by: User | None, at: datetime) -> int:
    """Nobody stands in there any more: the group leader answers. What lies behind stays."""
    rows = absences.select_for_update(of=("self",)).filter(
        Q(until_on__isnull=True) | Q(until_on__gte=on)
    )
    count = 0
    for row in rows:
        trail.changed("organisation.stand_in_left", row, by=by, at=at, stand_in=row.stand_in_id)
        row.stand_in = None
        row.save(update_fields=["stand_in"])
        count += 1
    return count


def _end_open(user: User, *, on: date) -> None:
    """An absence without an end ends with the work it was from."""
    for row in Absence.objects.select_for_update(of=("self",)).filter(
        user=user, until_on__isnull=True
    ):
        row.until_on = max(row.from_on, on)
        row.save(update_fields=["until_on"])


@transaction.atomic
def release_stand_ins(*, on: date, at: datetime) -> int:
    """Those who stand in and have no role any more, now or to come; how many absences it was."""
    works = RoleAssignment.objects.ending_after(on).filter(
        user=OuterRef("stand_in"), user__is_active=True
    )
    left = Absence.objects.filter(~Exists(works), stand_in__isnull=False)
    return _release(left, on=on, by=None, at=at)
