"""Closed months: the figures as they were counted then, for ever."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models import OrgUnit, User


class MonthlyClosing(models.Model):
    """One revision of one month of one unit. Never changed: a correction is a further revision.

    `figures`: code -> {"value", "by_gender": {gender: value}, "version"}; `version` says by which
    definition it was counted (none: the first). `closed_by` is null when the monthly job closed
    the month. Revisions count from 1; each after the first has its reason.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    month = models.DateField(_("month"), help_text=_("The first day of the month."))
    revision = models.PositiveSmallIntegerField(_("revision"))
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    figures = models.JSONField(_("figures"))

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        default_permissions = ()
        ordering = ["-month", "-revision"]
        constraints = [
            models.UniqueConstraint(
                name="unitstats_monthlyclosing_once", fields=["unit", "month", "revision"]
            ),
            models.CheckConstraint(
                name="unitstats_monthlyclosing_first_day",
                condition=Q(month__day=1),
            ),
            models.CheckConstraint(
                name="unitstats_monthlyclosing_revision_has_reason",
                condition=Q(revision=1) | (Q(revision__gt=1) & ~Q(reason="")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y-%m}, {self.revision}"
