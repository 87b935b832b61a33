"""Answering the Stockholm model, and the action plans that follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.notices.services import tell_topic
from core import trail
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.limits import limit
from organisation.acting import access, checked_choice, checked_day, checked_texts, lock
from organisation.models import User
from workload.models import ActionPlan, PlanFollowUp, SurveyAnswer
from workload.readers import answers_read_by, plans_read_by
from workload.scales import PlanResponse, ScaleStep, Statement

LONGEST_REASON = limit(SurveyAnswer, "situation_reason")


@transaction.atomic
def answer(
    round_id: int,
    *,
    steps: Mapping[str, int],
    reasons: Mapping[str, str],
    by: User,
    at: datetime,
) -> SurveyAnswer:
    """Give one's own answer to all three statements, or change it until the round closes."""
    row = (
        SurveyAnswer.objects.select_for_update(of=("self",))
        .filter(round_id=round_id, user=by)
        .first()
    )
    if row is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if row.frozen_at is not None:
        raise Conflict(_("The round has closed; what was answered stays as it is."))
    texts = checked_texts({f"{one}_reason": reasons.get(one, "") for one in Statement.values})
    errors = {
        one: _("Choose one of the alternatives.")
        for one in Statement.values
        if steps.get(one) not in ScaleStep.values
    }
    errors |= {
        name: _("Write at most %(count)d characters.") % {"count": LONGEST_REASON}
        for name, text in texts.items()
        if len(text) > LONGEST_REASON
    }
    if errors:
        raise Invalid(errors)
    for one in Statement.values:
        setattr(row, one, steps[one])
        setattr(row, f"{one}_reason", texts[f"{one}_reason"])
    row.answered_at = at
    row.save()
    trail.changed("survey.answered", row, by=by, at=at)
    return row


@transaction.atomic
def offer_plan(answer_id: int, *, by: User, at: datetime) -> ActionPlan:
    """Offer an action plan to somebody who is not satisfied; the nearest manager does."""
    who = access(by, at)
    row = lock(answers_read_by(who), answer_id)
    if row.is_satisfied:
        raise Conflict(_("A plan is offered to whoever answered one of the two worst steps."))
    if ActionPlan.objects.filter(answer=row).exists():
        raise Conflict(_("A plan has been offered already."))
    made = ActionPlan.objects.create(answer=row, offered_on=who.on, offered_by=by)
    trail.changed("plan.offered", made, by=by, at=at)
    tell_topic([row.user_id], "plan_offered", made.pk, at=at)
    return made


@transaction.atomic
def respond(plan_id: int, *, response: str, by: User, at: datetime) -> ActionPlan:
    """Say yes or no to one's own plan; nobody else can."""
    who = access(by, at)
    plan = lock(plans_read_by(who), plan_id)
    checked_choice("response", response, PlanResponse)
    if plan.answer.user_id != by.pk:
        raise Forbidden(_("Only the one who was offered the plan answers."))
    if plan.done_on is not None:
        raise Conflict(_("The plan is done."))
    plan.response = response
    plan.responded_on = who.on
    plan.save(update_fields=["response", "responded_on"])
    trail.changed("plan.answered", plan, by=by, at=at, response=response)
    return plan


def _accepted(plan_id: int, *, by: User, at: datetime) -> tuple[ActionPlan, date]:
    who = access(by, at)
    plan = lock(plans_read_by(who), plan_id)
    if plan.response != PlanResponse.ACCEPTED:
        raise Conflict(_("The plan is written when it has been accepted."))
    if plan.done_on is not None:
        raise Conflict(_("The plan is done."))
    return plan, who.on


@transaction.atomic
def write_plan(plan_id: int, *, content: str, by: User, at: datetime) -> ActionPlan:
    """Write what the two have agreed; either of them may."""
    plan, _today = _accepted(plan_id, by=by, at=at)
    plan.content = checked_texts({"content": content})["content"]
    if not plan.content:
        raise Invalid({"content": _("Write what you have agreed on.")})
    plan.save(update_fields=["content"])
    trail.changed("plan.written", plan, by=by, at=at)
    return plan


@transaction.atomic
def plan_follow_up(plan_id: int, *, due_on: date, by: User, at: datetime) -> PlanFollowUp:
    """Set a day to follow the plan up."""
    plan, today = _accepted(plan_id, by=by, at=at)
    if due_on < today:
        raise Invalid({"due_on": _("The follow-up is today or later.")})
    if (due_on - today).days > 366:
        raise Invalid({"due_on": _("The day is more than a year ahead.")})
    if PlanFollowUp.objects.filter(plan=plan, due_on=due_on).exists():
        raise Invalid({"due_on": _("There is a follow-up on that day already.")})
    made = PlanFollowUp.objects.create(plan=plan, due_on=due_on)
    trail.changed("plan.follow_up_set", made, by=by, at=at)
    return made


@transaction.atomic
def follow_up(
    follow_up_id: int, *, done_on: date, note: str, by: User, at: datetime
) -> PlanFollowUp:
    """Note that a follow-up was held, and what was seen."""
    who = access(by, at)
    reachable = PlanFollowUp.objects.filter(plan__in=plans_read_by(who))
    row = lock(reachable, follow_up_id)
    if row.done_on is not None:
        raise Conflict(_("It has been followed up."))
    checked_day(
        "done_on",
        done_on,
        today=who.on,
        earliest=row.plan.offered_on,
        earliest_is=_("the day the plan was offered"),
    )
    row.note = checked_texts({"note": note})["note"]
    row.done_on = done_on
    row.done_by = by
    row.save(update_fields=["note", "done_on", "done_by"])
    trail.changed("plan.followed_up", row, by=by, at=at)
    return row


@transaction.atomic
def finish_plan(plan_id: int, *, by: User, at: datetime) -> ActionPlan:
    """Say that the plan is done, when every follow-up set has been held."""
    plan, today = _accepted(plan_id, by=by, at=at)
    if plan.follow_ups.filter(done_on__isnull=True).exists():
        raise Conflict(_("There is a follow-up left to hold."))
    plan.done_on = today
    plan.save(update_fields=["done_on"])
    trail.changed("plan.done", plan, by=by, at=at)
    return plan
