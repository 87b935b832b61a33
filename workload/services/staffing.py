"""Reductions and competences: agreed with the leader, from a day to a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import trail
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.limits import limit
from organisation.acting import access, checked_choice
from organisation.models import User
from organisation.permissions import Access, refusal
from organisation.rights import Action
from workload.enums import DETAILED, CompetenceKind, ReductionReason
from workload.models import Competence, IntroductionPlan, Reduction

LONGEST_REDUCTION = 2 * 366
"""Days. What goes on longer is a change of the hours."""


def reach(user: User, action: Action, *, by: User, at: datetime) -> Access:
    """The actor's access; Forbidden unless `action` reaches the person."""
    who = access(by, at)
    if not User.objects.filter(pk=user.pk).reached_by(who, action).exists():
        raise Forbidden(refusal(action))
    return who


@transaction.atomic
def agree_reduction(
    *,
    user: User,
    reason: str,
    percent: int,
    from_on: date,
    until_on: date,
    by: User,
    at: datetime,
    note: str = "",
    introduction: IntroductionPlan | None = None,
) -> Reduction:
    """Agree on time off the cases: a share of the person's hours, today at the earliest.

    Together with the others of the same days it takes at most all the time.
    """
    action = Action.MANAGE_INTRODUCTIONS if introduction else Action.MANAGE_REDUCTIONS
    who = reach(user, action, by=by, at=at)
    checked_choice("reason", reason, ReductionReason)
    errors: dict[str, str] = {}
    if not 1 <= percent <= 100:
        errors["percent"] = _("Between 1 and 100 per cent.")
    if from_on < who.on:
        errors["from_on"] = _("What has been measured stays: choose today or a later day.")
    if until_on < from_on:
        errors["until_on"] = _("The last day cannot be before the first.")
    elif (until_on - from_on).days > LONGEST_REDUCTION:
        errors["until_on"] = _("At most two years. What lasts longer is a change of the hours.")
    if errors:
        raise Invalid(errors)
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    same_days = Reduction.objects.filter(user=user, from_on__lte=until_on, until_on__gte=from_on)
    if percent + _most_at_once(list(same_days), from_on) > 100:
        raise Invalid({"percent": _("Together with the other reductions this is over 100 %.")})
    made = Reduction.objects.create(
        user=user,
        reason=reason,
        percent=percent,
        from_on=from_on,
        until_on=until_on,
        note=note.strip()[: limit(Reduction, "note")],
        introduction=introduction,
        decided_by=by,
        decided_at=at,
    )
    trail.changed("workload.reduction_agreed", made, by=by, at=at, user=user.pk, percent=percent)
    return made


def _most_at_once(rows: list[Reduction], first: date) -> int:
    """The highest sum on any day from `first`; it only rises where one of them begins."""
    days = {max(row.from_on, first) for row in rows}
    return max(
        (sum(row.percent for row in rows if row.from_on <= day <= row.until_on) for day in days),
        default=0,
    )


@transaction.atomic
def end_reduction(reduction_id: int, *, until_on: date, by: User, at: datetime) -> Reduction | None:
    """Set another last day, yesterday at the earliest; one that has not begun can be taken back.

    None when the new last day is before it would have begun: then it never does.
    """
    row = (
        Reduction.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=reduction_id)
        .first()
    )
    if row is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    action = Action.MANAGE_INTRODUCTIONS if row.introduction_id else Action.MANAGE_REDUCTIONS
    today = reach(row.user, action, by=by, at=at).on
    yesterday = today - timedelta(days=1)
    if row.until_on < yesterday:
        raise Conflict(_("It has ended. Agree on a new one."))
    if until_on < yesterday:
        raise Invalid(
            {"until_on": _("What has been measured stays: choose yesterday or a later day.")}
        )
    if (until_on - row.from_on).days > LONGEST_REDUCTION:
        raise Invalid(
            {"until_on": _("At most two years. What lasts longer is a change of the hours.")}
        )
    if until_on > row.until_on:
        later = Reduction.objects.filter(
            user=row.user, from_on__lte=until_on, until_on__gt=row.until_on
        ).exclude(pk=row.pk)
        if row.percent + _most_at_once(list(later), row.until_on + timedelta(days=1)) > 100:
            raise Invalid({"until_on": _("Together with the other reductions this is over 100 %.")})
    trail.changed(
        "workload.reduction_ended", row, by=by, at=at, user=row.user_id, until=until_on.isoformat()
    )
    if until_on < row.from_on:
        row.delete()
        return None
    row.until_on = until_on
    row.save(update_fields=["until_on"])
    return row


@transaction.atomic
def note_competence(
    *, user: User, kind: str, by: User, at: datetime, detail: str = "", from_on: date
) -> Competence:
    """Note what a worker can, from a day on."""
    reach(user, Action.MANAGE_COMPETENCES, by=by, at=at)
    checked_choice("kind", kind, CompetenceKind)
    detail = detail.strip()[: limit(Competence, "detail")]
    if kind in DETAILED and not detail:
        raise Invalid({"detail": _("Write which.")})
    if kind not in DETAILED:
        detail = ""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if Competence.objects.filter(
        user=user, kind=kind, detail__iexact=detail, until_on__isnull=True
    ).exists():
        raise Invalid({"kind": _("The competence is noted already.")})
    made = Competence.objects.create(
        user=user, kind=kind, detail=detail, from_on=from_on, noted_by=by
    )
    trail.changed("workload.competence_noted", made, by=by, at=at, user=user.pk, kind=kind)
    return made


@transaction.atomic
def end_competence(competence_id: int, *, by: User, at: datetime) -> Competence:
    """The worker no longer has it, or it was noted by mistake; yesterday is its last day."""
    row = (
        Competence.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=competence_id, until_on__isnull=True)
        .first()
    )
    if row is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    who = reach(row.user, Action.MANAGE_COMPETENCES, by=by, at=at)
    row.until_on = max(row.from_on, who.on - timedelta(days=1))
    row.save(update_fields=["until_on"])
    trail.changed("workload.competence_ended", row, by=by, at=at, user=row.user_id)
    return row
