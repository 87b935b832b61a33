"""When a unit is asked: its months, and the rounds of the Stockholm model and the measurements."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import ordered
from core.history import tracked
from organisation.models import OrgUnit, User

SURVEY_MONTHS, MEASUREMENT_MONTHS = [3, 10], [2, 4, 6, 8, 10, 12]


def survey_months() -> list[int]:
    return list(SURVEY_MONTHS)


def measurement_months() -> list[int]:
    return list(MEASUREMENT_MONTHS)


@tracked()
class RoundSettings(models.Model):
    """The months a unit's rounds open in, and how many days they stay open."""

    unit = models.OneToOneField(OrgUnit, models.PROTECT, related_name="+")
    survey_months = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("months of the Stockholm model"),
        default=survey_months,
    )
    survey_days = models.PositiveSmallIntegerField(_("days the answers stay open"), default=21)
    measurement_months = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("months of the workload measurement"),
        default=measurement_months,
    )
    measurement_days = models.PositiveSmallIntegerField(
        _("days the measurement stays open"), default=14
    )

    class Meta:
        verbose_name = _("months of the rounds")
        verbose_name_plural = _("months of the rounds")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="workload_roundsettings_days",
                condition=Q(
                    survey_days__gte=5,
                    survey_days__lte=60,
                    measurement_days__gte=5,
                    measurement_days__lte=60,
                ),
            ),
            models.CheckConstraint(
                name="workload_roundsettings_months",
                condition=Q(
                    survey_months__contained_by=list(range(1, 13)),
                    measurement_months__contained_by=list(range(1, 13)),
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)


class Round(models.Model):
    """A time when everybody in a unit is asked. Open until `closed_at`; then nothing changes.

    `opened_by` is empty when the month opened it. `period` is the first day of what the round
    stands for when units are set side by side: a half-year or a month.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    period = models.DateField(_("period"))
    opened_on = models.DateField(_("opened"))
    closes_on = models.DateField(_("last day"))
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        abstract = True
        default_permissions = ()
        ordering = ["-opened_on", "-pk"]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def title(self) -> str:
        raise NotImplementedError


def half_year(day: date) -> date:
    """The first day of the half-year."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


@tracked()
class SurveyRound(Round):
    """The Stockholm model once: with the unit's cases and employees on the day it opened.

    Cases are investigations open that day; employees those who handle cases in the unit's groups.
    """

    cases = models.PositiveIntegerField(_("cases"))
    employees = models.PositiveIntegerField(_("employees"))

    class Meta(Round.Meta):
        verbose_name = _("round of the Stockholm model")
        verbose_name_plural = _("rounds of the Stockholm model")
        constraints = [
            ordered("workload_surveyround_days_ordered", "opened_on", "closes_on"),
            models.UniqueConstraint(
                name="workload_surveyround_once_a_half_year", fields=["unit", "period"]
            ),
            models.CheckConstraint(
                name="workload_surveyround_period_has_begun",
                condition=Q(opened_on__gte=F("period")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return half_year_name(self.period)

    @property
    def per_employee(self) -> float | None:
        """Cases per employee; None without employees."""
        return self.cases / self.employees if self.employees else None


def half_year_name(period: date) -> str:
    """ "våren 2026" or "hösten 2026"."""
    words = _("spring %(year)d") if period.month < 7 else _("autumn %(year)d")
    return str(words) % {"year": period.year}


@tracked()
class MeasurementRound(Round):
    """The workload measurement once, every second month."""

    class Meta(Round.Meta):
        verbose_name = _("workload measurement")
        verbose_name_plural = _("workload measurements")
        constraints = [
            ordered("workload_measurementround_days_ordered", "opened_on", "closes_on"),
            models.UniqueConstraint(
                name="workload_measurementround_once_a_month", fields=["unit", "period"]
            ),
            models.CheckConstraint(
                name="workload_measurementround_period_has_begun",
                condition=Q(opened_on__gte=F("period")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        from django.utils.formats import date_format

        return date_format(self.period, "F Y")
