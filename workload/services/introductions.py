"""The introduction of a new worker: a plan with steps, a mentor, and the time both get for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import trail
from core.calendar import add_months
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.limits import limit
from organisation.acting import access, checked_day
from organisation.models import User
from organisation.permissions import refusal
from organisation.rights import Action
from workload.enums import ReductionReason
from workload.models import IntroductionPlan, IntroductionStep, Reduction
from workload.presets import INTRODUCTION
from workload.services.staffing import agree_reduction, end_reduction, reach

MONTHS = 12
"""The length of an introduction."""

LATEST_START = 92
"""Days back an introduction can have begun: the plan is often made in the first weeks."""


@transaction.atomic
def plan_introduction(
    *,
    user: User,
    from_on: date,
    by: User,
    at: datetime,
    mentor: User | None = None,
    mentor_percent: int = 0,
    own_percent: int = 0,
    months: int = 6,
) -> IntroductionPlan:
    """Plan the first year of a new worker with the example's steps, to be changed afterwards.

    `mentor_percent` and `own_percent` are the reductions the two get for `months`, from today or
    the first day, whichever is later; 0 for none.
    """
    who = reach(user, Action.MANAGE_INTRODUCTIONS, by=by, at=at)
    checked_day(
        "from_on",
        from_on,
        today=who.on,
        earliest=who.on - timedelta(days=LATEST_START),
        earliest_is=_("three months ago"),
        may_be_future=True,
    )
    if not 1 <= months <= MONTHS:
        raise Invalid({"months": _("Between %(least)s and %(most)s.") % {"least": 1, "most": 12}})
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    until_on = add_months(from_on, MONTHS) - timedelta(days=1)
    if IntroductionPlan.objects.filter(
        user=user, from_on__lte=until_on, until_on__gte=from_on
    ).exists():
        raise Invalid({"user": _("There is an introduction plan for these days already.")})
    plan = IntroductionPlan.objects.create(
        user=user, from_on=from_on, until_on=until_on, made_by=by, made_at=at
    )
    IntroductionStep.objects.bulk_create(
        IntroductionStep(plan=plan, title=_(title), due_on=from_on + timedelta(days=days))
        for days, title in INTRODUCTION
    )
    trail.changed("workload.introduction_planned", plan, by=by, at=at, user=user.pk)
    first = max(from_on, who.on)
    last = add_months(from_on, months) - timedelta(days=1)
    if own_percent and last >= first:
        agree_reduction(
            user=user,
            reason=ReductionReason.INTRODUCTION,
            percent=own_percent,
            from_on=first,
            until_on=last,
            introduction=plan,
            by=by,
            at=at,
        )
    if mentor is not None:
        _give_mentor(
            plan, mentor, percent=mentor_percent, from_on=first, until_on=last, by=by, at=at
        )
    return plan


def _give_mentor(
    plan: IntroductionPlan,
    mentor: User,
    *,
    percent: int,
    from_on: date,
    until_on: date,
    by: User,
    at: datetime,
) -> None:
    if mentor.pk == plan.user_id:
        raise Invalid({"mentor": _("The mentor has to be somebody else.")})
    reach(mentor, Action.MANAGE_INTRODUCTIONS, by=by, at=at)
    plan.mentor = mentor
    plan.save(update_fields=["mentor"])
    if percent and until_on >= from_on:
        agree_reduction(
            user=mentor,
            reason=ReductionReason.MENTOR,
            percent=percent,
            from_on=from_on,
            until_on=until_on,
            introduction=plan,
            by=by,
            at=at,
        )


def _managed(plan_id: int, *, by: User, at: datetime) -> IntroductionPlan:
    plan = (
        IntroductionPlan.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=plan_id)
        .first()
    )
    if plan is None or not _sees(plan, by=by, at=at):
        raise Missing(_("It does not exist, or is not yours to see."))
    reach(plan.user, Action.MANAGE_INTRODUCTIONS, by=by, at=at)
    return plan


def _manages(plan: IntroductionPlan, *, by: User, at: datetime) -> bool:
    who = access(by, at)
    people = User.objects.filter(pk=plan.user_id)
    return bool(people.reached_by(who, Action.MANAGE_INTRODUCTIONS).exists())


def _sees(plan: IntroductionPlan, *, by: User, at: datetime) -> bool:
    return by.pk in {plan.user_id, plan.mentor_id} or _manages(plan, by=by, at=at)


@transaction.atomic
def change_mentor(
    plan_id: int, *, mentor: User, percent: int, by: User, at: datetime
) -> IntroductionPlan:
    """Give the plan another mentor from today; the first one's reduction ends yesterday.

    The new mentor's reduction lasts as long as the first one's would have.
    """
    plan = _managed(plan_id, by=by, at=at)
    today = access(by, at).on
    if plan.until_on < today:
        raise Conflict(_("The introduction has ended."))
    last = min(plan.until_on, add_months(plan.from_on, 6) - timedelta(days=1))
    for row in Reduction.objects.filter(introduction=plan, user=plan.mentor, until_on__gte=today):
        last = row.until_on
        end_reduction(row.pk, until_on=today - timedelta(days=1), by=by, at=at)
    _give_mentor(
        plan,
        mentor,
        percent=percent,
        from_on=max(plan.from_on, today),
        until_on=last,
        by=by,
        at=at,
    )
    trail.changed("workload.mentor_changed", plan, by=by, at=at, mentor=mentor.pk)
    return plan


@transaction.atomic
def add_step(plan_id: int, *, title: str, due_on: date, by: User, at: datetime) -> IntroductionStep:
    """Add a step to the plan."""
    plan = _managed(plan_id, by=by, at=at)
    _check_step(plan, title, due_on)
    step = IntroductionStep.objects.create(plan=plan, title=title.strip(), due_on=due_on)
    trail.changed("workload.step_added", plan, by=by, at=at, step=step.pk)
    return step


def _check_step(plan: IntroductionPlan, title: str, due_on: date) -> None:
    errors = {}
    if not title.strip():
        errors["title"] = _("Write what is to be done.")
    elif len(title.strip()) > (most := limit(IntroductionStep, "title")):
        errors["title"] = _("At most %(limit)s characters.") % {"limit": most}
    if not plan.from_on <= due_on <= plan.until_on:
        errors["due_on"] = _("Choose a day within the introduction.")
    if errors:
        raise Invalid(errors)


def _step(step_id: int) -> IntroductionStep:
    step = (
        IntroductionStep.objects.select_for_update(of=("self",))
        .select_related("plan__user")
        .filter(pk=step_id)
        .first()
    )
    if step is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    return step


@transaction.atomic
def change_step(
    step_id: int, *, title: str, due_on: date, by: User, at: datetime
) -> IntroductionStep:
    """Word a step otherwise or move its day."""
    step = _step(step_id)
    plan = _managed(step.plan_id, by=by, at=at)
    _check_step(plan, title, due_on)
    step.title, step.due_on = title.strip(), due_on
    step.save(update_fields=["title", "due_on"])
    trail.changed("workload.step_changed", plan, by=by, at=at, step=step.pk)
    return step


@transaction.atomic
def remove_step(step_id: int, *, by: User, at: datetime) -> None:
    """Take a step that is not done out of the plan."""
    step = _step(step_id)
    plan = _managed(step.plan_id, by=by, at=at)
    if step.done_on is not None:
        raise Conflict(_("The step is done, and stays."))
    trail.changed("workload.step_removed", plan, by=by, at=at, step=step.pk)
    step.delete()


@transaction.atomic
def mark_step(step_id: int, *, done: bool, by: User, at: datetime) -> IntroductionStep:
    """Mark a step done today, or not done; by the new worker, the mentor, or who plans."""
    step = _step(step_id)
    plan = step.plan
    if not _sees(plan, by=by, at=at):
        raise Missing(_("It does not exist, or is not yours to see."))
    who = access(by, at)
    if not who.held:
        raise Forbidden(refusal(Action.MANAGE_INTRODUCTIONS))
    step.done_on, step.done_by = (who.on, by) if done else (None, None)
    step.save(update_fields=["done_on", "done_by"])
    trail.changed("workload.step_marked", plan, by=by, at=at, step=step.pk, done=done)
    return step
