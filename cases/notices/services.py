"""Telling people: one in-app notice each, by reference, at the moment it happens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from cases.enums import NoticeKind
from cases.matters.models import Matter, MatterRecord, MatterWorker
from cases.notices import topics
from cases.notices.models import Notice
from cases.provisions.lookup import unblocked
from cases.provisions.models import EmergencyAccess
from organisation.enums import LoginEvent, Role
from organisation.models import Absence, RoleAssignment, User


def with_stand_ins(user_ids: Iterable[int], *, on: date) -> set[int]:
    """The people themselves and, for those away on the day, who stands in for them."""
    ids = set(user_ids)
    stand_ins = (
        Absence.objects.active(on)
        .filter(user_id__in=ids, stand_in__isnull=False)
        .values_list("stand_in_id", flat=True)
    )
    return ids | {pk for pk in stand_ins if pk is not None}


def leaders_of(group_id: int, *, on: date, child_id: int | None = None) -> set[int]:
    """Leaders of the group that day; its unit head when it has none, so nothing is ownerless.

    With `child_id`, those who may have to do with that child.
    """
    leaders = set(
        RoleAssignment.objects.active(on)
        .filter(node_id=group_id, role=Role.GROUP_LEADER, user__is_active=True)
        .values_list("user_id", flat=True)
    )
    if child_id is not None:
        leaders = unblocked(leaders, child_id, on=on)
    if leaders:
        return leaders
    heads = set(
        RoleAssignment.objects.active(on)
        .filter(role=Role.UNIT_HEAD, user__is_active=True)
        .filter(Q(node__children=group_id))
        .values_list("user_id", flat=True)
    )
    return heads if child_id is None else unblocked(heads, child_id, on=on)


def heads_of(unit_id: int, *, on: date) -> set[int]:
    """The unit's heads that day."""
    return set(
        RoleAssignment.objects.active(on)
        .filter(role=Role.UNIT_HEAD, node_id=unit_id, user__is_active=True)
        .values_list("user_id", flat=True)
    )


def handlers_of(matter_id: int, *, on: date) -> set[int]:
    """Those who have a part in the matter that day."""
    return set(
        MatterWorker.objects.active(on).filter(matter=matter_id).values_list("user_id", flat=True)
    )


def tell(
    recipients: Iterable[int],
    kind: str,
    *,
    at: datetime,
    on: date,
    by: User | None = None,
    about: MatterRecord | Matter | EmergencyAccess,
) -> None:
    """Put a notice about a matter, or an emergency opening, in each recipient's list, and in their
    stand-in's; never in the actor's own.

    Nobody hears of a child they have a conflict of interest with. KeyError for a kind that is no
    registered topic.
    """
    topics.find(kind)
    ids = with_stand_ins(recipients, on=on)
    if by is not None:
        ids.discard(by.pk)
    if about.child_id is not None:
        ids = unblocked(ids, about.child_id, on=on)
    holder = "emergency_id" if isinstance(about, EmergencyAccess) else "matter_id"
    Notice.objects.bulk_create(
        Notice(recipient_id=pk, kind=kind, created_at=at, **{holder: about.pk})
        for pk in sorted(ids)
    )


def tell_topic(
    recipients: Iterable[int], topic: str, topic_id: int, *, at: datetime, by: User | None = None
) -> int:
    """Put a notice of another app's topic in each recipient's list, once ever; return how many.

    Stand-ins are not told: what is asked of a person (an own answer, a talk) waits for them.
    KeyError for a topic that is not registered.
    """
    topics.find(topic)
    ids = set(recipients)
    if by is not None:
        ids.discard(by.pk)
    told = set(
        Notice.objects.filter(kind=topic, topic_id=topic_id, recipient_id__in=ids).values_list(
            "recipient_id", flat=True
        )
    )
    # Two at once: the second's are the same, and left out by the constraint.
    made = Notice.objects.bulk_create(
        [
            Notice(
                recipient_id=pk,
                kind=topic,
                topic_id=topic_id,
                created_at=at,
            )
            for pk in sorted(ids - told)
        ],
        ignore_conflicts=True,
    )
    return len(made)


def mark_read(*, by: User, at: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark one's own unread notices as read, all or those of `ids`; return how many."""
    unread = Notice.objects.of(by.pk).unread()
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=at)


def tell_of_login(user_id: int, event: str, *, at: datetime) -> None:
    """Put a notice about a person's own sign-in in their list, and in nobody else's."""
    kind = NoticeKind.NEW_DEVICE if event == LoginEvent.NEW_DEVICE else NoticeKind.LOGIN_CHANGED
    Notice.objects.create(recipient_id=user_id, kind=kind, created_at=at)
