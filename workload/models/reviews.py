"""Case reviews (ärendegenomgång): leader and worker go through the cases, and decide what next."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.matters.models import Matter
from core.constraints import paired
from core.fields import LongText
from core.history import tracked
from organisation.models import OrgUnit, User


@tracked()
class CaseReview(models.Model):
    """One review of a worker's cases with the leader, on a day."""

    worker = models.ForeignKey(User, models.PROTECT, related_name="case_reviews")
    leader = models.ForeignKey(User, models.PROTECT, related_name="+")
    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    held_on = models.DateField(_("day"))
    summary = LongText(_("in short"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("case review")
        verbose_name_plural = _("case reviews")
        default_permissions = ()
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="workload_casereview_two_people", condition=~Q(worker=F("leader"))
            ),
            models.UniqueConstraint(
                name="workload_casereview_once_a_day", fields=["worker", "held_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id}: {self.held_on}"


@tracked()
class ReviewDecision(models.Model):
    """What was decided, about one case or about the work as a whole; a task when it has a day."""

    review = models.ForeignKey(CaseReview, models.PROTECT, related_name="decisions")
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, blank=True, related_name="+")
    text = LongText(_("decision"))
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("decision of a case review")
        verbose_name_plural = _("decisions of case reviews")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            paired("workload_reviewdecision_done", "done_on", "done_by"),
            models.CheckConstraint(
                name="workload_reviewdecision_only_a_task_is_done",
                condition=Q(done_on__isnull=True) | Q(due_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.due_on or '-'}"
