"""Weight sets: what a unit has decided that its cases weigh, and from which day."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from core.constraints import one_of, ordered
from core.history import tracked
from organisation.models import OrgUnit, User
from workload import querysets
from workload.enums import FactorSource
from workload.points import FULL_NORM


class OneValue(Func):
    """A range that holds one id: the equality that core PostgreSQL's GiST can exclude by."""

    function = "int8range"

    def __init__(self, field: str) -> None:
        super().__init__(F(field), F(field), Value("[]"))


class Days(Func):
    """The days from..to, both included; no last day is no end."""

    function = "daterange"

    def __init__(self, first: str = "from_on", last: str = "until_on") -> None:
        super().__init__(
            F(first), F(last), RangeBoundary(inclusive_lower=True, inclusive_upper=True)
        )


@tracked()
class WeightSet(models.Model):
    """A unit's weights from a day to a day, both included; a draft while `from_on` is empty.

    In use it never changes again but for its last day: the database refuses it, so that any past
    day measures the same for ever. The norms are points at full time.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("to"), null=True, blank=True)
    main_share = models.PositiveSmallIntegerField(_("main handler's share, %"), default=60)
    norm_new = models.PositiveSmallIntegerField(_("norm, new"), default=90)
    norm_used = models.PositiveSmallIntegerField(_("norm, used to the work"), default=120)
    norm_experienced = models.PositiveSmallIntegerField(_("norm, experienced"), default=135)
    norm_expert = models.PositiveSmallIntegerField(_("norm, five years or more"), default=FULL_NORM)
    contact_tenths = models.PositiveSmallIntegerField(
        _("tenths of a point a contact for a colleague moves"), default=5
    )
    contact_days = models.PositiveSmallIntegerField(_("days such a contact counts"), default=28)
    ceiling_percent = models.PositiveSmallIntegerField(_("ceiling, %"), default=110)
    ceiling_new_percent = models.PositiveSmallIntegerField(
        _("ceiling for new workers, %"), default=90
    )
    intervention_points = models.PositiveSmallIntegerField(
        _("points of an intervention to follow up"), default=2
    )
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"))
    version = models.PositiveIntegerField(default=1)

    objects = querysets.WeightSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("weight set")
        verbose_name_plural = _("weight sets")
        default_permissions = ()
        constraints = [
            ordered("workload_weightset_days_ordered", "from_on", "until_on"),
            models.CheckConstraint(
                name="workload_weightset_draft_has_no_end",
                condition=Q(from_on__isnull=False) | Q(until_on__isnull=True),
            ),
            models.CheckConstraint(
                name="workload_weightset_share",
                condition=Q(main_share__gte=50, main_share__lte=100),
            ),
            models.CheckConstraint(
                name="workload_weightset_norms_grow",
                condition=Q(
                    norm_new__gte=1,
                    norm_used__gte=F("norm_new"),
                    norm_experienced__gte=F("norm_used"),
                    norm_expert__gte=F("norm_experienced"),
                    norm_expert__lte=1000,
                ),
            ),
            models.CheckConstraint(
                name="workload_weightset_ceilings",
                condition=Q(
                    ceiling_new_percent__gte=1,
                    ceiling_percent__gte=F("ceiling_new_percent"),
                    ceiling_percent__lte=200,
                ),
            ),
            ExclusionConstraint(
                name="workload_weightset_one_at_a_time",
                expressions=[
                    (OneValue("unit"), RangeOperators.OVERLAPS),
                    (Days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(from_on__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="in_use_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.from_on IS NOT NULL AND (to_jsonb(OLD) - 'until_on' - 'version')"
                    " IS DISTINCT FROM (to_jsonb(NEW) - 'until_on' - 'version')"
                ),
            ),
            pgtrigger.Protect(
                name="in_use_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.from_on IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.from_on is None


_ONLY_IN_DRAFT = """
IF EXISTS (
    SELECT 1 FROM workload_weightset s WHERE s.from_on IS NOT NULL AND s.id IN ({sets})
) THEN
    RAISE EXCEPTION 'pgtrigger: a weight set in use cannot be changed';
END IF;
RETURN COALESCE(NEW, OLD);
"""


def _only_in_draft(sets: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="only_in_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_ONLY_IN_DRAFT.format(sets=sets),
    )


@tracked()
class WeightFactor(models.Model):
    """What makes a case light or heavy; `assumed` names the level that counts until judged.

    The code is the same from set to set, so that a judgement outlives a new set.
    """

    weight_set = models.ForeignKey(WeightSet, models.CASCADE, related_name="factors")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("factor"), max_length=120)
    source = models.CharField(_("where it comes from"), max_length=20, choices=FactorSource)
    assumed = models.SlugField(_("counted until judged"), max_length=40)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("factor")
        verbose_name_plural = _("factors")
        default_permissions = ()
        ordering = ["position", "pk"]
        constraints = [
            one_of("workload_weightfactor_source", "source", FactorSource.values),
            models.UniqueConstraint(
                name="workload_weightfactor_code_once", fields=["weight_set", "code"]
            ),
        ]
        triggers = [_only_in_draft("NEW.weight_set_id, OLD.weight_set_id")]

    def __str__(self) -> str:
        return self.name


@tracked()
class WeightLevel(models.Model):
    """One step of a factor with its points; measured factors say from which number it holds."""

    factor = models.ForeignKey(WeightFactor, models.CASCADE, related_name="levels")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("level"), max_length=120)
    points = models.PositiveSmallIntegerField(
        _("points"), validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    from_value = models.PositiveIntegerField(_("from the number"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        default_permissions = ()
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="workload_weightlevel_points", condition=Q(points__lte=100)
            ),
            models.UniqueConstraint(
                name="workload_weightlevel_code_once", fields=["factor", "code"]
            ),
        ]
        triggers = [
            _only_in_draft(
                "SELECT f.weight_set_id FROM workload_weightfactor f"
                " WHERE f.id IN (NEW.factor_id, OLD.factor_id)"
            )
        ]

    def __str__(self) -> str:
        return self.name
