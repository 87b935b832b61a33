"""What the unit looks after itself: rounds of log checks and what was found in them."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits import querysets
from audits.enums import Judgement, LogAct, LogRule
from cases.persons.models import Person
from core.constraints import one_of, ordered, paired
from core.fields import LongText
from core.history import Guard, tracked
from organisation.models import OrgUnit, User


class FrozenRound(Guard):
    """A closed round stands as it was closed."""

    name = "frozen"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = (
        "IF OLD.closed_at IS NOT NULL THEN"
        " RAISE EXCEPTION 'the round is closed' USING ERRCODE = 'check_violation'; END IF;"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    )


class FrozenHit(Guard):
    """What a closed round holds stands, and nothing is added to it."""

    name = "frozen"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("held_in", "bigint")]
    func = (
        "held_in := CASE WHEN TG_OP = 'INSERT' THEN NEW.round_id ELSE OLD.round_id END;"
        " IF EXISTS (SELECT FROM audits_logcheckround WHERE id = held_in"
        " AND closed_at IS NOT NULL) THEN"
        " RAISE EXCEPTION 'the round is closed' USING ERRCODE = 'check_violation'; END IF;"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    )


@tracked()
class LogCheckRound(models.Model):
    """The log check of one unit and one month: what was drawn, from how much, by which seed.

    The same seed draws the same sample from the same readings again. `owner` sees to the round of a
    unit that has no head: one put out of use still has its last month checked.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="log_check_rounds")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"))
    seed = models.CharField(max_length=32)
    readings = models.PositiveIntegerField(_("readings in the period"))
    drawn_at = models.DateTimeField(_("drawn"))
    reviewer = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("second reviewer"),
    )
    owner = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sees to it"),
    )
    conclusion = LongText(_("conclusion"), blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.LogCheckRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("log check")
        verbose_name_plural = _("log checks")
        default_permissions = ()
        ordering = ["-from_on", "unit"]
        constraints = [
            ordered("audits_logcheckround_days_ordered", "from_on", "until_on"),
            paired("audits_logcheckround_closing", "closed_at", "closed_by"),
            models.UniqueConstraint(name="audits_logcheckround_once", fields=["unit", "from_on"]),
            models.CheckConstraint(
                name="audits_logcheckround_closed_has_conclusion",
                condition=Q(closed_at__isnull=True) | ~Q(conclusion=""),
            ),
        ]
        triggers = [FrozenRound()]

    def __str__(self) -> str:
        return f"{self.unit} {self.from_on:%Y-%m}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


@tracked()
class LogCheckHit(models.Model):
    """What one person read of one child on one day, and how it was judged.

    `child` is null for a refused attempt that named nobody, and for searches, look-ups and lists
    that showed several or none: those of a day are one row, with how many children (`children`)
    they showed. `rules` say why it was drawn.
    """

    round = models.ForeignKey(LogCheckRound, models.PROTECT, related_name="hits")
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    child = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    act = models.CharField(_("act"), max_length=10, choices=LogAct, default=LogAct.CASE)
    children = models.PositiveIntegerField(_("children shown"), default=1)
    day = models.DateField(_("day"))
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    rules = ArrayField(models.CharField(max_length=20, choices=LogRule))
    judgement = models.CharField(_("judgement"), max_length=20, choices=Judgement, blank=True)
    comment = LongText(_("comment"), blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.LogCheckHitQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading to review")
        verbose_name_plural = _("readings to review")
        default_permissions = ()
        ordering = ["day", "first_at", "pk"]
        constraints = [
            one_of("audits_logcheckhit_act", "act", LogAct.values),
            one_of("audits_logcheckhit_judgement", "judgement", ["", *Judgement.values]),
            paired("audits_logcheckhit_judged", "judged_at", "judged_by"),
            ordered("audits_logcheckhit_times_ordered", "first_at", "last_at"),
            models.CheckConstraint(
                name="audits_logcheckhit_judged_has_judgement",
                condition=Q(judged_at__isnull=True, judgement="")
                | (Q(judged_at__isnull=False) & ~Q(judgement="")),
            ),
            models.CheckConstraint(
                name="audits_logcheckhit_not_justified_has_comment",
                condition=Q(judgement__in=["", Judgement.JUSTIFIED]) | ~Q(comment=""),
            ),
            models.CheckConstraint(
                name="audits_logcheckhit_judged_by_another",
                condition=Q(judged_by__isnull=True) | ~Q(judged_by=models.F("actor")),
            ),
            models.UniqueConstraint(
                name="audits_logcheckhit_once",
                fields=["round", "actor", "child", "day", "act"],
                nulls_distinct=False,
            ),
        ]
        triggers = [FrozenHit()]

    def __str__(self) -> str:
        return f"{self.actor} {self.day}"
