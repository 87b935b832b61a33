"""Children and their guardians, as one unit knows them.

A person belongs to a unit: the same child known in two units is two rows, so that neither can
learn from the other that a case exists (OSL 26).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    PARENTS_AND_GUARDIANS,
    Gender,
    GuardianRelation,
    NumberChange,
    PersonChangeKind,
    ProtectedIdentity,
    ProtectionSource,
)
from cases.persons import identity, querysets
from cases.persons.guards import NeverRemoved, moved_only
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


class PersonChange(models.Model):
    """One particular of a child, or of a guardian, before and after; who, when and why. Only grows.

    Values as people read them, days in ISO form. `is_hidden`: of a change that must not show.
    """

    child = models.ForeignKey(Person, models.PROTECT, related_name="changes")
    guardian = models.ForeignKey(
        "cases.Guardian", models.PROTECT, null=True, blank=True, related_name="changes"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=PersonChangeKind)
    field = models.CharField(_("particular"), max_length=40)
    old = models.CharField(_("before"), max_length=500, blank=True)
    new = models.CharField(_("after"), max_length=500, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    is_hidden = models.BooleanField(_("must not show"), default=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("changed"))

    is_kept_back = False
    """Set by the page for a reader who may not see the value: a contact that is protected."""

    class Meta:
        verbose_name = _("correction of particulars")
        verbose_name_plural = _("corrections of particulars")
        default_permissions = ()
        ordering = ["-made_at", "-pk"]
        constraints = [
            one_of("cases_personchange_kind", "kind", PersonChangeKind.values),
            models.CheckConstraint(name="cases_personchange_has_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["child", "-made_at"], name="cases_personchange_child")]
        triggers = [moved_only("child_id"), NeverRemoved()]

    def __str__(self) -> str:
        return f"{self.child_id} {self.field}"

    @property
    def label(self) -> str:
        """What was changed, in words."""
        model = Person if self.guardian_id is None else Guardian
        column: Any = model._meta.get_field(self.field)
        return str(column.verbose_name).capitalize()

    @property
    def before(self) -> str:
        return self._in_words(self.old)

    @property
    def after(self) -> str:
        return self._in_words(self.new)

    def _in_words(self, value: str) -> str:
        """The value with the words of its choice, where it is one."""
        model = Person if self.guardian_id is None else Guardian
        column: Any = model._meta.get_field(self.field)
        if isinstance(column, models.BooleanField):
            return str(_("yes") if value == "yes" else _("no"))
        return str(dict(column.flatchoices).get(value, value))


@tracked()
class PersonMerge(models.Model):
    """Two records of one child made one: everything of `gone` was moved to `kept`.

    `moved` says which rows, by `model.column`; `before` what both records were and `merged` what
    the kept one became, so that it can be undone until `undo_until`.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    kept = models.ForeignKey(Person, models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Person, models.PROTECT, related_name="merged_away")
    reason = models.CharField(_("reason"), max_length=500)
    moved = models.JSONField()
    before = models.JSONField()
    merged = models.JSONField()
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(_("merged"))
    undo_until = models.DateField(_("can be undone until"))
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undo_reason = models.CharField(_("why it was undone"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("merging of records")
        verbose_name_plural = _("mergings of records")
        default_permissions = ()
        ordering = ["-merged_at", "-pk"]
        constraints = [
            paired("cases_personmerge_undoing", "undone_at", "undone_by"),
            models.CheckConstraint(
                name="cases_personmerge_of_two", condition=~Q(kept=models.F("gone"))
            ),
            models.CheckConstraint(name="cases_personmerge_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} -> {self.kept_id}"

    @property
    def child_id(self) -> int:
        """The kept child: the trail asks every row for the child it is about."""
        return self.kept_id


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
