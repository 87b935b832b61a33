"""The workload measurement: a worker's own experience beside the points of the day it closed."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from organisation.models import OrgUnit, User
from workload.models.rounds import MeasurementRound
from workload.models.surveys import FROZEN
from workload.scales import Strain


@tracked()
class Measurement(models.Model):
    """One worker asked in a round, the answer once given, and the points as they were.

    `tenths` and `available_tenths` are points in tenths, written with their explanation in `lines`
    when the round closes; available is null for who was unavailable. Never for ranking anybody.
    """

    round = models.ForeignKey(
        MeasurementRound, models.PROTECT, related_name="measurements", db_index=False
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    experience = models.PositiveSmallIntegerField(
        _("own experience"), choices=Strain.choices, null=True, blank=True
    )
    flex_hours = models.DecimalField(
        _("flex balance, hours"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    tenths = models.PositiveIntegerField(null=True, blank=True)
    available_tenths = models.PositiveIntegerField(null=True, blank=True)
    cases = models.PositiveSmallIntegerField(_("cases"), null=True, blank=True)
    lines = models.JSONField(default=list)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("measurement of a worker")
        verbose_name_plural = _("measurements of workers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="workload_measurement_once", fields=["round", "user"]),
            models.CheckConstraint(
                name="workload_measurement_experience_when_answered",
                condition=Q(answered_at__isnull=True, experience__isnull=True)
                | Q(answered_at__isnull=False, experience__in=Strain.values),
            ),
            models.CheckConstraint(
                name="workload_measurement_points_when_frozen",
                condition=Q(frozen_at__isnull=True, tenths__isnull=True)
                | Q(frozen_at__isnull=False, tenths__isnull=False),
            ),
        ]
        triggers = [FROZEN]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.user_id}"

    @property
    def points(self) -> Decimal | None:
        return None if self.tenths is None else Decimal(self.tenths) / 10

    @property
    def available(self) -> Decimal | None:
        return None if self.available_tenths is None else Decimal(self.available_tenths) / 10
