"""Case reviews: leader and worker go through the cases; decisions, and tasks with days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.matters import registry as matters
from cases.matters.models import Matter, MatterWorker
from cases.matters.querysets import MatterQuerySet
from cases.notices.services import tell_topic
from core import trail
from core.errors import Conflict, Invalid, Missing
from organisation.acting import access, checked_day, checked_texts, lock
from organisation.models import RoleAssignment, User
from organisation.permissions import Access
from organisation.rights import Action
from workload.models import CaseReview, ReviewDecision
from workload.readers import groups_led

EARLIEST = 60
"""Days back a review can be written down."""


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """What was decided; `due_on` makes it a task. `matter_id` None: about the whole."""

    text: str
    matter_id: int | None = None
    due_on: date | None = None


def reviews_read_by(who: Access) -> QuerySet[CaseReview]:
    """One's own, and those of the workers of the groups one leads."""
    return CaseReview.objects.filter(
        Q(worker_id=who.user_id) | Q(group__in=groups_led(who, Action.REVIEW_CASES))
    )


def decisions_read_by(who: Access) -> QuerySet[ReviewDecision]:
    """What was decided in those reviews, but of no child one has a conflict of interest with."""
    rows = ReviewDecision.objects.filter(review__in=reviews_read_by(who))
    if who.blocked:
        rows = rows.exclude(matter__isnull=False, matter__child__in=who.blocked)
    return rows


def workers_led(who: Access) -> QuerySet[RoleAssignment]:
    """The roles today, in groups one leads, of everybody but oneself."""
    return (
        RoleAssignment.objects.active(who.on)
        .filter(node__in=groups_led(who, Action.REVIEW_CASES), user__is_active=True)
        .exclude(user_id=who.user_id)
    )


def cases_of(worker: User, *, on: date) -> MatterQuerySet[Matter]:
    """The open matters that weigh and the worker has a part in, the earliest opened first."""
    handled = MatterWorker.objects.active(on).filter(user=worker)
    found: MatterQuerySet[Matter] = (
        Matter.objects.open()
        .filter(kind__in=matters.weighing(), pk__in=handled.values("matter"))
        .order_by("opened_on", "pk")
    )
    return found


@transaction.atomic
def hold_review(
    worker_id: int,
    *,
    held_on: date,
    summary: str,
    decisions: Iterable[DecisionInput],
    by: User,
    at: datetime,
) -> CaseReview:
    """Write down a review of the worker's cases; the worker is told and can read all of it.

    Invalid when nothing was decided, or for a case that is not the worker's.
    """
    who = access(by, at)
    role = workers_led(who).filter(user_id=worker_id).select_related("user", "node").first()
    if role is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    # One at a time for each worker: a review is written once a day.
    User.objects.select_for_update().get(pk=worker_id)
    checked_day("held_on", held_on, today=who.on)
    if (who.on - held_on).days > EARLIEST:
        raise Invalid({"held_on": _("The day is more than sixty days ago.")})
    if CaseReview.objects.filter(worker_id=worker_id, held_on=held_on).exists():
        raise Conflict(_("A review of that day has been written down already."))
    texts = checked_texts({"summary": summary})
    own = set(cases_of(role.user, on=who.on).visible_to(who).values_list("pk", flat=True))
    rows = [one for one in decisions if one.text.strip()]
    for one in rows:
        checked_texts({"text": one.text})
        if one.matter_id is not None and one.matter_id not in own:
            raise Invalid({"decisions": _("The case is not the worker's.")})
        if one.due_on is not None and one.due_on < held_on:
            raise Invalid({"decisions": _("A task is done on the day of the review or later.")})
    if not rows and not texts["summary"]:
        raise Invalid({"summary": _("Write what was said or decided.")})
    made = CaseReview.objects.create(
        worker_id=worker_id,
        leader=by,
        group=role.node,
        held_on=held_on,
        summary=texts["summary"],
    )
    ReviewDecision.objects.bulk_create(
        ReviewDecision(
            review=made,
            matter_id=one.matter_id,
            text=one.text.strip(),
            due_on=one.due_on,
        )
        for one in rows
    )
    trail.changed("review.held", made, by=by, at=at, decisions=len(rows))
    tell_topic([worker_id], "review_held", made.pk, at=at, by=by)
    return made


@transaction.atomic
def task_done(decision_id: int, *, by: User, at: datetime) -> ReviewDecision:
    """Say that a task is done; the worker and the leader may."""
    who = access(by, at)
    row = lock(decisions_read_by(who), decision_id)
    if row.due_on is None:
        raise Conflict(_("It is a decision, not a task with a day."))
    if row.done_on is not None:
        raise Conflict(_("It is done already."))
    row.done_on = who.on
    row.done_by = by
    row.save(update_fields=["done_on", "done_by"])
    trail.changed("review.task_done", row, by=by, at=at)
    return row
