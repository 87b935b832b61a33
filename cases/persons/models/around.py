"""Guardians and others around a child."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    PARENTS_AND_GUARDIANS,
    GuardianRelation,
    ProtectedIdentity,
)
from cases.persons import querysets
from cases.persons.models.child import Person
from core.constraints import one_of, ordered
from core.history import tracked
from core.names import Keys, NameField
from organisation.models import OrgUnit, User


class Adult(models.Model):
    """One person who is something to several children: what ties their `Guardian` rows together.

    Names, contact, language and protection stand with each child, and its services keep them the
    same; relation and custody are each child's own.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("registered"))

    class Meta:
        verbose_name = _("person of several children")
        verbose_name_plural = _("persons of several children")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


@tracked()
class Guardian(models.Model):
    """Somebody around a child: parent or guardian, with custody or without, or another by relation.

    `custody_from` and `custody_until` are first and last day of custody where they are known;
    `has_custody` says how it is now. `ended_on` is the last day it was anything to the child.
    `contact` of a protected one is read as the child's whereabouts are
    (`cases.persons.whereabouts`). `adult` ties the same person on brothers and sisters together.
    """

    child = models.ForeignKey(Person, models.PROTECT, related_name="guardians")
    adult = models.ForeignKey(
        Adult, models.PROTECT, null=True, blank=True, related_name="guardians"
    )
    relation = models.CharField(_("relation"), max_length=20, choices=GuardianRelation)
    first_name = NameField(_("first name"), max_length=120, blank=True)
    last_name = NameField(_("last name"), max_length=120, blank=True)
    has_custody = models.BooleanField(_("has custody"))
    custody_from = models.DateField(_("custody from"), null=True, blank=True)
    custody_until = models.DateField(_("custody until"), null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    interpreter_language = models.CharField(_("interpreter for"), max_length=60, blank=True)
    protected_identity = models.CharField(
        _("protected identity"),
        max_length=30,
        choices=ProtectedIdentity,
        default=ProtectedIdentity.NONE,
    )
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = querysets.GuardianQuerySet.as_manager()

    contact_shown = False
    """Set by `cases.persons.whereabouts` for the reader of the moment."""

    class Meta:
        verbose_name = _("guardian")
        verbose_name_plural = _("guardians")
        default_permissions = ()
        constraints = [
            one_of("cases_guardian_relation", "relation", GuardianRelation.values),
            one_of("cases_guardian_protection", "protected_identity", ProtectedIdentity.values),
            ordered("cases_guardian_custody_ordered", "custody_from", "custody_until"),
            models.CheckConstraint(
                name="cases_guardian_custody_over_is_over",
                condition=Q(custody_until__isnull=True) | Q(has_custody=False),
            ),
            models.CheckConstraint(
                name="cases_guardian_custody_fits_relation",
                condition=Q(has_custody=False) | Q(relation__in=sorted(PARENTS_AND_GUARDIANS)),
            ),
            models.CheckConstraint(
                name="cases_guardian_ended_has_reason",
                condition=Q(ended_on__isnull=True, end_reason="")
                | (Q(ended_on__isnull=False, has_custody=False) & ~Q(end_reason="")),
            ),
        ]
        indexes = [GinIndex(Keys(*querysets.NAMES), name="cases_guardian_name_keys")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.get_relation_display()

    @property
    def unit_id(self) -> int:
        return self.child.unit_id

    @property
    def is_protected(self) -> bool:
        return self.protected_identity != ProtectedIdentity.NONE

    @property
    def may_have_custody(self) -> bool:
        return self.relation in PARENTS_AND_GUARDIANS


@tracked()
class GuardianParticipation(models.Model):
    """A guardian taking part in an investigation, or the reason why not."""

    investigation = models.ForeignKey(
        "cases.Investigation", models.PROTECT, related_name="participations"
    )
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="participations")
    took_part = models.BooleanField(_("took part"))
    on = models.DateField(_("day"))
    how = models.CharField(_("how, or why not"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("take-part")
        verbose_name_plural = _("take-part")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="cases_guardianparticipation_reason_when_not",
                condition=Q(took_part=True) | ~Q(how=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.guardian} {self.on}"
