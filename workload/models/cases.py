"""What is known of a case's weight: judgements with their day, and contacts done for others."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.matters.models import Matter
from core.constraints import ordered
from core.history import tracked
from organisation.models import User
from workload import querysets


@tracked()
class CaseFactor(models.Model):
    """The level of one factor of a matter from a day on, until the next says otherwise.

    Counts from the day it is written and never earlier, so that a past day stays as it was
    measured. `assessed_by` is empty when the level was noted from the record by the system.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+", db_index=False)
    factor_code = models.SlugField(_("factor"), max_length=40, db_index=False)
    level_code = models.SlugField(_("level"), max_length=40, db_index=False)
    from_on = models.DateField(_("from"))
    assessed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    assessed_at = models.DateTimeField(_("judged"))

    objects = querysets.CaseFactorQuerySet.as_manager()

    class Meta:
        verbose_name = _("judgement of a factor")
        verbose_name_plural = _("judgements of factors")
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["matter", "factor_code", "-from_on", "-id"],
                name="workload_casefactor_latest",
            )
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.factor_code}: {self.level_code}"


@tracked()
class ContactForOther(models.Model):
    """A contact that a worker did for a colleague in the colleague's case.

    It moves points from `recorded_on` for the weight set's number of days, or until withdrawn.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    done_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("done by"))
    done_for = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("done for"))
    contact_on = models.DateField(_("day"))
    recorded_on = models.DateField(_("written down"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact for a colleague")
        verbose_name_plural = _("contacts for colleagues")
        default_permissions = ()
        ordering = ["contact_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="workload_contactforother_two_people", condition=~Q(done_by=F("done_for"))
            ),
            ordered("workload_contactforother_days_ordered", "contact_on", "recorded_on"),
            ordered("workload_contactforother_withdrawn_after", "recorded_on", "withdrawn_on"),
        ]

    def __str__(self) -> str:
        return f"{self.matter}: {self.contact_on}"
