"""What a leader is told of once: loads too heavy, cases one carries alone, groups that are red."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.matters.models import Matter
from core.constraints import one_of, ordered
from core.history import tracked
from organisation.models import OrgUnit, User
from workload import querysets
from workload.enums import OF_CASE, OF_GROUP, OF_WORKER, WarningKind
from workload.scales import Strain


@tracked()
class LoadWarning(models.Model):
    """A state of a worker's load, a case or a group, from the day it was found until it was over.

    `percent` and `experience` are as they were when it was found.
    """

    kind = models.CharField(_("what"), max_length=20, choices=WarningKind)
    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, blank=True, related_name="+")
    percent = models.PositiveSmallIntegerField(_("load, %"), null=True, blank=True)
    experience = models.PositiveSmallIntegerField(
        _("own experience"), choices=Strain.choices, null=True, blank=True
    )
    raised_on = models.DateField(_("since"))
    ended_on = models.DateField(_("over"), null=True, blank=True)

    objects = querysets.LoadWarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        default_permissions = ()
        ordering = ["-raised_on", "pk"]
        constraints = [
            one_of("workload_loadwarning_kind", "kind", WarningKind.values),
            ordered("workload_loadwarning_days_ordered", "raised_on", "ended_on"),
            models.CheckConstraint(
                name="workload_loadwarning_about_what_the_kind_says",
                condition=Q(kind__in=sorted(OF_WORKER), user__isnull=False, matter__isnull=True)
                | Q(kind__in=sorted(OF_CASE), user__isnull=True, matter__isnull=False)
                | Q(kind__in=sorted(OF_GROUP), user__isnull=True, matter__isnull=True),
            ),
            models.UniqueConstraint(
                name="workload_loadwarning_of_user_once",
                fields=["kind", "user"],
                condition=Q(ended_on__isnull=True, user__isnull=False),
            ),
            models.UniqueConstraint(
                name="workload_loadwarning_of_case_once",
                fields=["kind", "matter"],
                condition=Q(ended_on__isnull=True, matter__isnull=False),
            ),
            models.UniqueConstraint(
                name="workload_loadwarning_of_group_once",
                fields=["kind", "group"],
                condition=Q(ended_on__isnull=True, user__isnull=True, matter__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
