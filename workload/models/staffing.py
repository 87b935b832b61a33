"""What the staff can and have time for: reductions, competences, the introduction of the new."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.constraints import one_of, ordered, paired
from core.history import tracked
from organisation.models import User
from organisation.querysets import PeriodQuerySet
from workload.enums import CompetenceKind, ReductionReason, ReductionState
from workload.models.weights import Days, OneValue


@tracked()
class IntroductionPlan(models.Model):
    """The first year of a new worker: steps with days, and a mentor."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="introductions", verbose_name=_("new worker")
    )
    mentor = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("mentor"),
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"))
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("introduction plan")
        verbose_name_plural = _("introduction plans")
        default_permissions = ()
        ordering = ["-from_on", "pk"]
        constraints = [
            ordered("workload_introductionplan_days_ordered", "from_on", "until_on"),
            models.CheckConstraint(
                name="workload_introductionplan_mentor_is_another",
                condition=Q(mentor__isnull=True) | ~Q(mentor=F("user")),
            ),
            ExclusionConstraint(
                name="workload_introductionplan_one_at_a_time",
                expressions=[
                    (OneValue("user"), RangeOperators.OVERLAPS),
                    (Days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.from_on}"


@tracked()
class IntroductionStep(models.Model):
    """One thing to have done or learnt, with the day to have it by."""

    plan = models.ForeignKey(IntroductionPlan, models.CASCADE, related_name="steps")
    title = models.CharField(_("step"), max_length=200)
    due_on = models.DateField(_("by"))
    done_on = models.DateField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("introduction step")
        verbose_name_plural = _("introduction steps")
        default_permissions = ()
        ordering = ["due_on", "pk"]
        constraints = [paired("workload_introductionstep_done", "done_on", "done_by")]

    def __str__(self) -> str:
        return self.title


@tracked()
class Reduction(models.Model):
    """Agreed time off the cases: a share of the person's hours, from a day to a day."""

    user = models.ForeignKey(User, models.PROTECT, related_name="reductions")
    reason = models.CharField(_("reason"), max_length=20, choices=ReductionReason)
    percent = models.PositiveSmallIntegerField(_("share of the working time, %"))
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    introduction = models.ForeignKey(
        IntroductionPlan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reductions",
        verbose_name=_("introduction plan"),
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("agreed"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("reduction")
        verbose_name_plural = _("reductions")
        default_permissions = ()
        ordering = ["-from_on", "pk"]
        constraints = [
            one_of("workload_reduction_reason", "reason", ReductionReason.values),
            ordered("workload_reduction_days_ordered", "from_on", "until_on"),
            models.CheckConstraint(
                name="workload_reduction_percent", condition=Q(percent__gte=1, percent__lte=100)
            ),
        ]
        indexes = [models.Index(fields=["user", "until_on"], name="workload_reduction_user")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.percent} %"

    def state_on(self, day: date) -> ReductionState:
        if day < self.from_on:
            return ReductionState.PLANNED
        return ReductionState.ACTIVE if day <= self.until_on else ReductionState.ENDED


@tracked()
class Competence(models.Model):
    """What a worker can, from a day on: a language, an instrument, interviews, a home area."""

    user = models.ForeignKey(User, models.PROTECT, related_name="competences")
    kind = models.CharField(_("competence"), max_length=20, choices=CompetenceKind)
    detail = models.CharField(_("which"), max_length=80, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"), null=True, blank=True)
    noted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        default_permissions = ()
        ordering = ["kind", "detail", "pk"]
        constraints = [
            one_of("workload_competence_kind", "kind", CompetenceKind.values),
            ordered("workload_competence_days_ordered", "from_on", "until_on"),
            models.CheckConstraint(
                name="workload_competence_says_which",
                condition=~Q(
                    kind__in=[
                        CompetenceKind.HOME_AREA,
                        CompetenceKind.LANGUAGE,
                        CompetenceKind.OTHER,
                    ],
                    detail="",
                ),
            ),
            models.UniqueConstraint(
                "user",
                "kind",
                Lower("detail"),
                name="workload_competence_once",
                condition=Q(until_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        kind = str(self.get_kind_display())
        return f"{kind}: {self.detail}" if self.detail else kind
