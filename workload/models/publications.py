"""What is published of answers above the nearest manager: see `workload.suppression`."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import one_of
from organisation.models import OrgUnit
from workload.scales import PublishedFor, SurveyMeasure
from workload.suppression import SMALLEST


class PublishedPart(models.Model):
    """One published figure: the answers of `nodes` together, written once and never changed.

    `within` is the unit whose groups, or the administration whose units, were divided into parts.
    Every answer is in at most one part for each audience; `figures` holds releases only, by
    question: `{"mean", "bands": [[first, last, count], ...]}`.
    """

    measure = models.CharField(max_length=10, choices=SurveyMeasure)
    audience = models.CharField(max_length=10, choices=PublishedFor)
    within = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_index=False)
    period = models.DateField()
    nodes = ArrayField(models.BigIntegerField())
    size = models.PositiveIntegerField()
    figures = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        default_permissions = ()
        ordering = ["period", "pk"]
        constraints = [
            one_of("workload_publishedpart_measure", "measure", SurveyMeasure.values),
            one_of("workload_publishedpart_audience", "audience", PublishedFor.values),
            models.CheckConstraint(
                name="workload_publishedpart_large_enough", condition=Q(size__gte=SMALLEST)
            ),
        ]
        indexes = [
            models.Index(
                fields=["within", "measure", "audience", "period"], name="workload_published_where"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.period}: {self.size}"
