"""Interventions (insatser) decided after an investigation, and their follow-ups."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import InterventionKind, InterventionStatus
from cases.investigations.models import Investigation
from cases.matters import querysets
from cases.matters.models import HeaderKept, InMatter, MatterRecord
from core.constraints import one_of, ordered, state_implies
from core.fields import LongText
from core.history import tracked
from organisation.models import User


@tracked()
class Intervention(MatterRecord):
    """Support decided for a child; followed up every six months (window opens at four)."""

    KIND = "intervention"
    HEADER_FROM = frozenset({"started_on", "ended_on", "investigation"})

    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="interventions")
    kind = models.CharField(_("intervention"), max_length=30, choices=InterventionKind)
    status = models.CharField(
        _("status"), max_length=10, choices=InterventionStatus, default=InterventionStatus.ONGOING
    )
    goal = LongText(_("goal"))
    decided_on = models.DateField(_("decided on"))
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_on = models.DateField(_("started"))
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=1000, blank=True)

    objects = querysets.MatterRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("intervention")
        verbose_name_plural = _("interventions")
        default_permissions = ()
        constraints = [
            one_of("cases_intervention_kind", "kind", InterventionKind.values),
            one_of("cases_intervention_status", "status", InterventionStatus.values),
            state_implies(
                "cases_intervention_ended_has_day",
                "status",
                [InterventionStatus.ENDED],
                "ended_on",
            ),
            ordered("cases_intervention_days_ordered", "started_on", "ended_on"),
            models.CheckConstraint(
                name="cases_intervention_ended_has_reason",
                condition=Q(ended_on__isnull=True) | ~Q(end_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "status"], name="cases_intervention_unit"),
        ]
        triggers = [HeaderKept()]

    @property
    def responsible(self) -> User | None:
        """The worker responsible, of a row fetched `with_workers`."""
        return next(iter(self.workers_with()), None)

    def opened(self) -> date:
        return self.started_on

    def closed(self) -> date | None:
        return self.ended_on

    def led_to(self) -> int | None:
        return self.investigation_id


@tracked()
class InterventionFollowUp(InMatter, models.Model):
    """One follow-up of an intervention: when, by whom, and what it came to."""

    IN = "intervention"

    intervention = models.ForeignKey(Intervention, models.PROTECT, related_name="follow_ups")
    followed_up_on = models.DateField(_("followed up on"))
    followed_up_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    child_took_part = models.BooleanField(_("the child took part"))
    note = LongText(_("result"))

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        default_permissions = ()
        ordering = ["followed_up_on", "pk"]

    def __str__(self) -> str:
        return f"{self.intervention} {self.followed_up_on}"
