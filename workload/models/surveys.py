"""What people answer in the Stockholm model, and the action plans that come of it."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import one_of, paired
from core.fields import LongText
from core.history import tracked
from organisation.models import OrgUnit, User
from workload.models.rounds import SurveyRound
from workload.scales import NOT_SATISFIED, PlanResponse, ScaleStep, Statement

FROZEN = pgtrigger.Protect(
    name="frozen",
    operation=pgtrigger.Update | pgtrigger.Delete,
    condition=pgtrigger.Q(old__frozen_at__isnull=False),
)
"""What was closed stays as it was, whoever writes."""


def _step(statement: Statement) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        statement.label, choices=ScaleStep.choices, null=True, blank=True
    )


def _reason() -> models.CharField:
    return models.CharField(_("Why?"), max_length=500, blank=True)


@tracked()
class SurveyAnswer(models.Model):
    """One person asked in a round, and the answer once it is given.

    `node` is where the nearest manager leads: the group, or the unit for those right under its
    head. Made when the round opens, so that who was asked never depends on who has moved since.
    """

    round = models.ForeignKey(SurveyRound, models.PROTECT, related_name="answers", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    node = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    situation = _step(Statement.SITUATION)
    situation_reason = _reason()
    good_work = _step(Statement.GOOD_WORK)
    good_work_reason = _reason()
    recommend = _step(Statement.RECOMMEND)
    recommend_reason = _reason()
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("answer in the Stockholm model")
        verbose_name_plural = _("answers in the Stockholm model")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="workload_surveyanswer_once", fields=["round", "user"]),
            models.CheckConstraint(
                name="workload_surveyanswer_whole_or_none",
                condition=Q(
                    answered_at__isnull=False,
                    **{f"{one}__in": ScaleStep.values for one in Statement.values},
                )
                | Q(
                    answered_at__isnull=True,
                    **{f"{one}__isnull": True for one in Statement.values},
                ),
            ),
        ]
        triggers = [FROZEN]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.user_id}"

    @property
    def is_satisfied(self) -> bool:
        """No statement in the two worst steps. True before an answer is given."""
        return not any(getattr(self, one) in NOT_SATISFIED for one in Statement.values)


@tracked()
class ActionPlan(models.Model):
    """The individual action plan offered to somebody who is not satisfied."""

    answer = models.OneToOneField(SurveyAnswer, models.PROTECT, related_name="plan")
    offered_on = models.DateField(_("offered"))
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    response = models.CharField(_("answer"), max_length=10, choices=PlanResponse, blank=True)
    responded_on = models.DateField(_("answered"), null=True, blank=True)
    content = LongText(_("what we do"), blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        default_permissions = ()
        constraints = [
            one_of("workload_actionplan_response", "response", ["", *PlanResponse.values]),
            models.CheckConstraint(
                name="workload_actionplan_response_has_day",
                condition=Q(response="", responded_on__isnull=True)
                | (~Q(response="") & Q(responded_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="workload_actionplan_only_accepted_is_done",
                condition=Q(done_on__isnull=True) | Q(response=PlanResponse.ACCEPTED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.offered_on}"


@tracked()
class PlanFollowUp(models.Model):
    """A day the manager and the worker look at the plan together, and what they saw."""

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="follow_ups")
    due_on = models.DateField(_("follow-up"))
    done_on = models.DateField(_("followed up"), null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = LongText(_("what we saw"), blank=True)

    class Meta:
        verbose_name = _("follow-up of an action plan")
        verbose_name_plural = _("follow-ups of action plans")
        default_permissions = ()
        ordering = ["due_on", "pk"]
        constraints = [
            paired("workload_planfollowup_done", "done_on", "done_by"),
            models.UniqueConstraint(
                name="workload_planfollowup_once_a_day", fields=["plan", "due_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.due_on}"
