"""The child, as one unit knows it.

A person belongs to a unit: the same child known in two units is two rows, so that neither can
learn from the other that a case exists (OSL 26).
"""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    Gender,
    NumberChange,
    ProtectedIdentity,
    ProtectionSource,
)
from cases.persons import identity, querysets
from core.constraints import one_of, ordered, paired
from core.history import tracked
from core.names import Keys, NameField
from organisation.models import OrgUnit, User


@tracked()
class Person(models.Model):
    """A child 0-20, born, unborn or not yet identified.

    `personal_identity_number` is twelve digits, coordination numbers included, or null. A
    `temporary_number` is what another authority calls the child meanwhile (`20150401-TF10`): text
    and no key, since two municipalities may have given the same. `merged_into` is the record that
    took over everything of this one (`cases.child.merging`); such a record is never found.
    `protected_identity` is the kind of the one `IdentityProtection` in force, kept by its services.
    `address`, `school` and `whereabouts` (where it stays now, so that it need not stand in notes)
    are read through `cases.persons.whereabouts` alone.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    personal_identity_number = models.CharField(
        _("personal identity number"), max_length=12, null=True, blank=True
    )
    temporary_number = models.CharField(
        _("temporary number"), max_length=20, blank=True, default=""
    )
    first_name = NameField(_("first name"), max_length=120, blank=True)
    last_name = NameField(_("last name"), max_length=120, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    expected_on = models.DateField(_("expected birth"), null=True, blank=True)
    died_on = models.DateField(_("died"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, default=Gender.UNKNOWN)
    protected_identity = models.CharField(
        _("protected identity"),
        max_length=30,
        choices=ProtectedIdentity,
        default=ProtectedIdentity.NONE,
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    school = models.CharField(_("school or preschool"), max_length=200, blank=True)
    whereabouts = models.CharField(_("staying at"), max_length=500, blank=True)
    interpreter_language = models.CharField(_("interpreter for"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("registered"))
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_here", db_index=False
    )
    version = models.PositiveIntegerField(default=1)

    objects = querysets.PersonQuerySet.as_manager()

    whereabouts_shown = False
    """Set by `cases.persons.whereabouts` for the reader of the moment."""
    by_own_name = True
    """Whether it was found by its own name, and not by a guardian's: said by `called`."""
    is_near = False
    """Whether it was found by a name that only is like what was asked for: said by `nearly`."""

    class Meta:
        verbose_name = _("child")
        verbose_name_plural = _("children")
        default_permissions = ()
        constraints = [
            one_of("cases_person_gender", "gender", Gender.values),
            one_of("cases_person_protection", "protected_identity", ProtectedIdentity.values),
            models.UniqueConstraint(
                name="cases_person_number_once_per_unit",
                fields=["unit", "personal_identity_number"],
                condition=Q(personal_identity_number__isnull=False),
            ),
            models.CheckConstraint(
                name="cases_person_number_has_twelve_digits",
                condition=Q(personal_identity_number__isnull=True)
                | Q(personal_identity_number__regex=r"^[0-9]{12}$"),
            ),
            models.CheckConstraint(
                name="cases_person_unborn_has_no_number",
                condition=Q(expected_on__isnull=True) | Q(personal_identity_number__isnull=True),
            ),
            ordered("cases_person_born_before_death", "birth_date", "died_on"),
            models.CheckConstraint(
                name="cases_person_merged_has_no_number",
                condition=Q(merged_into__isnull=True) | Q(personal_identity_number__isnull=True),
            ),
        ]
        indexes = [
            GinIndex(Keys(*querysets.NAMES), name="cases_person_name_keys"),
            # A conflict of interest follows the child's number, or name and birth, into any unit.
            models.Index(
                fields=["personal_identity_number"],
                condition=Q(personal_identity_number__isnull=False),
                name="cases_person_number",
            ),
            models.Index(fields=["birth_date"], name="cases_person_birth_date"),
            models.Index(
                fields=["unit"],
                condition=~Q(protected_identity=ProtectedIdentity.NONE),
                name="cases_person_protected",
            ),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="cases_person_merged",
            ),
            models.Index(
                fields=["unit", "temporary_number"],
                condition=~Q(temporary_number=""),
                name="cases_person_temporary",
            ),
            models.Index(
                fields=["unit", "expected_on"],
                condition=Q(expected_on__isnull=False),
                name="cases_person_unborn",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("child", args=[self.pk])

    @property
    def child_id(self) -> int:
        """Its own id: the trail asks every row for the child it is about."""
        return self.pk

    @property
    def name(self) -> str:
        """The name as shown; a child nobody knows the name of says so."""
        full = f"{self.first_name} {self.last_name}".strip()
        if full:
            return full
        return str(_("Unborn child")) if self.expected_on else str(_("Unknown child"))

    @property
    def identity_number(self) -> str:
        """The number as people write it: the temporary one where there is no other, or empty."""
        return identity.shown(self.personal_identity_number) or self.temporary_number

    @property
    def is_protected(self) -> bool:
        return self.protected_identity != ProtectedIdentity.NONE

    @property
    def hides_whereabouts(self) -> bool:
        """Whether the present reader may not see where the child is; so until told otherwise."""
        return self.is_protected and not self.whereabouts_shown

    @property
    def initials(self) -> str:
        """The first letters of the names; what an unnamed child is called."""
        words = [*self.first_name.split(), *self.last_name.split()]
        return " ".join(f"{word[0]}." for word in words) or self.name

    def age_on(self, day: date) -> int | None:
        """Whole years on `day`; None when the birth date is unknown or still to come."""
        born = self.birth_date
        if born is None or born > day:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@tracked()
class IdentityProtection(models.Model):
    """Protected identity of a child: which kind, known how, decided by whom, since when.

    Secrecy marking (sekretessmarkering, OSL 22:1) warns; protected registration (skyddad
    folkbokföring, folkbokföringslagen 16 §) is a decision of the tax agency. It never ends by
    itself: `reconsider_on` asks somebody to look, and somebody ends it with a reason.
    """

    child = models.ForeignKey(Person, models.PROTECT, related_name="protections")
    kind = models.CharField(_("kind"), max_length=30, choices=ProtectedIdentity)
    source = models.CharField(_("known from"), max_length=20, choices=ProtectionSource)
    authority = models.CharField(_("authority"), max_length=120, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    from_on = models.DateField(_("from"))
    reconsider_on = models.DateField(_("look at it again"), null=True, blank=True)
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField(_("registered"))
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(_("why it ended"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("protected identity")
        verbose_name_plural = _("protected identities")
        default_permissions = ()
        ordering = ["-from_on", "-pk"]
        constraints = [
            one_of(
                "cases_identityprotection_kind",
                "kind",
                set(ProtectedIdentity.values) - {ProtectedIdentity.NONE},
            ),
            one_of("cases_identityprotection_source", "source", ProtectionSource.values),
            ordered("cases_identityprotection_days_ordered", "from_on", "ended_on"),
            paired("cases_identityprotection_ending", "ended_on", "ended_by"),
            models.CheckConstraint(
                name="cases_identityprotection_ended_has_reason",
                condition=Q(ended_on__isnull=True, end_reason="")
                | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
            ),
            models.UniqueConstraint(
                name="cases_identityprotection_one_in_force",
                fields=["child"],
                condition=Q(ended_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.from_on}"


@tracked()
class EarlierNumber(models.Model):
    """A number that was the child's before: found by whoever knows it, as `numbered` says.

    That of a change that must not show (`HIDDEN_CHANGES`) is for those who answer for the case.
    """

    child = models.ForeignKey(Person, models.PROTECT, related_name="earlier_numbers")
    number = models.CharField(_("earlier number"), max_length=12)
    reason = models.CharField(_("why it changed"), max_length=20, choices=NumberChange)
    is_hidden = models.BooleanField(_("must not show"), default=False)
    replaced_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(_("replaced"))

    class Meta:
        verbose_name = _("earlier number")
        verbose_name_plural = _("earlier numbers")
        default_permissions = ()
        ordering = ["-replaced_at", "-pk"]
        constraints = [
            one_of("cases_earliernumber_reason", "reason", NumberChange.values),
            models.CheckConstraint(
                name="cases_earliernumber_has_twelve_digits",
                condition=Q(number__regex=r"^[0-9]{12}$"),
            ),
        ]
        indexes = [models.Index(fields=["number"], name="cases_earliernumber_number")]

    def __str__(self) -> str:
        return identity.shown(self.number)
