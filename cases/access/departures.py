"""Matters whose worker has left: back to the group leader, so that nothing is without an owner."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cases.enums import NoticeKind, PartEnd
from cases.matters import registry as matters
from cases.matters import workers
from cases.matters.models import MatterWorker
from cases.notices import services as notices
from cases.provisions.models import ReadingGrant
from core import trail
from core.calendar import local_date
from organisation.models import RoleAssignment, User
from organisation.roles import CASE_WORKERS, LEADERS


def _still_here(on: date) -> Exists:
    """The worker has an account in use and works or leads somewhere in the unit that day."""
    unit = OuterRef("matter__unit_id")
    return Exists(
        RoleAssignment.objects.active(on)
        .filter(Q(node_id=unit) | Q(node__parent_id=unit))
        .filter(user_id=OuterRef("user_id"), role__in=CASE_WORKERS | LEADERS, user__is_active=True)
    )


def release_departed(*, on: date, at: datetime, user_ids: Collection[int] | None = None) -> int:
    """End the parts of workers without a role in the unit any more; safe to run again.

    A matter left with nobody goes back as its kind says, and the leader is told. `user_ids` looks
    at these only. Returns how many parts ended.
    """
    rows = (
        MatterWorker.objects.current()
        .filter(from_on__lte=on, matter__closed_on__isnull=True)
        .exclude(_still_here(on))
    )
    if user_ids is not None:
        rows = rows.filter(user_id__in=user_ids)
    gone = list(rows.order_by("matter_id", "pk").values_list("pk", flat=True))
    return sum(
        release(pk, reason=PartEnd.LEFT_THE_UNIT, act="handler_left", on=on, at=at) for pk in gone
    )


def leave(user: User, *, by: User | None, at: datetime) -> None:
    """The person has left, in one unit or in all: give back now what the sweep would."""
    on = local_date(at)
    release_departed(on=on, at=at, user_ids=[user.pk])
    end_grants(on=on, at=at, by=by, user_ids=[user.pk])


def end_grants(
    *, on: date, at: datetime, by: User | None = None, user_ids: Collection[int] | None = None
) -> int:
    """End what those without a role in the unit any more were given to read; how many it was.

    It counts for nothing without a role; ended, it does not come back with the next one either.
    """
    works = (
        RoleAssignment.objects.active(on)
        .filter(Q(node_id=OuterRef("unit_id")) | Q(node__parent_id=OuterRef("unit_id")))
        .filter(user_id=OuterRef("user_id"), user__is_active=True)
    )
    rows = ReadingGrant.objects.filter(~Exists(works), ended_at__isnull=True, until_on__gte=on)
    if user_ids is not None:
        rows = rows.filter(user_id__in=user_ids)
    return sum(_end_grant(pk, by=by, at=at) for pk in list(rows.values_list("pk", flat=True)))


@transaction.atomic
def _end_grant(pk: int, *, by: User | None, at: datetime) -> int:
    grant = (
        ReadingGrant.objects.select_for_update(of=("self",))
        .select_related("content_object")
        .filter(pk=pk, ended_at__isnull=True)
        .first()
    )
    if grant is None:
        return 0
    grant.ended_at, grant.ended_by = at, by
    grant.save(update_fields=["ended_at", "ended_by"])
    trail.changed("access.reader_left", grant.matter.record, by=by, at=at, reader=grant.user_id)
    return 1


@transaction.atomic
def release(worker_id: int, *, reason: str, act: str, on: date, at: datetime) -> int:
    """End one part in an open matter, and let its kind say what becomes of a matter with nobody.

    `reason` is kept with the part, `act` is what the trail calls it. Returns 1, or 0 when it had
    ended already or the matter is closed.
    """
    found = MatterWorker.objects.filter(pk=worker_id).select_related("matter").first()
    if found is None:
        return 0
    kind = matters.kind(found.matter.kind)
    record = kind.rows.select_for_update(of=("self",)).get(pk=found.matter_id)
    row = MatterWorker.objects.select_for_update(of=("self",)).current().filter(pk=worker_id)
    worker = row.first()
    if worker is None or record.closed() is not None:
        return 0
    workers.end(worker, on=on, reason=reason)
    left = frozenset(
        MatterWorker.objects.current().filter(matter=record.pk).values_list("user_id", flat=True)
    )
    kind.given_back(record, left, on, at)
    record.version += 1
    record.save(update_fields=["version"])
    trail.changed(f"{kind.code}.{act}", record, by=None, at=at, handler=worker.user_id)
    notices.tell(
        notices.leaders_of(record.group_id, on=on, child_id=record.child_id),
        NoticeKind.UNASSIGNED,
        at=at,
        on=on,
        about=record,
    )
    return 1
