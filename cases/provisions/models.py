"""What is given to and taken from one person case by case, each from a time to a time.

Belongs here: individual grants of reading, emergency openings, conflicts of interest. What they
amount to for a person is `cases.provisions.lookup`.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import ConflictCategory, EmergencyVerdict, GrantPurpose
from cases.law.rules import READ_AFTER_END_DAYS
from cases.matters.models import Matter
from cases.persons.models import Person
from cases.provisions import querysets
from core.constraints import one_of, ordered, paired
from core.fields import LongText
from core.history import tracked
from core.names import NameField
from organisation.models import OrgUnit, User
from organisation.object_permissions import ObjectGrant, ObjectGrantManager


@tracked()
class ReadingGrant(ObjectGrant):
    """The right of one named person to read one matter, from a day to a day.

    The object permission `cases.read_matter` (django-guardian), with its days.
    """

    content_object = models.ForeignKey(
        Matter, models.PROTECT, related_name="reading_grants", db_column="matter_id"
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=GrantPurpose)
    with_whereabouts = models.BooleanField(_("with protected whereabouts"), default=False)

    objects = ObjectGrantManager.from_queryset(querysets.ReadingGrantQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("right to read")
        verbose_name_plural = _("rights to read")
        default_permissions = ()
        constraints = [
            one_of("cases_readinggrant_purpose", "purpose", GrantPurpose.values),
            *ObjectGrant.constraints("cases_readinggrant"),
        ]
        indexes = [
            models.Index(
                fields=["user", "until_on"],
                condition=Q(ended_at__isnull=True),
                name="cases_readinggrant_reader",
            ),
            models.Index(fields=["unit", "-granted_at"], name="cases_readinggrant_unit"),
        ]

    @property
    def matter(self) -> Matter:
        return self.content_object

    @property
    def last_on(self) -> date:
        """The last day it counts, if nobody takes it back: a matter's end may come before."""
        closed_on = self.matter.closed_on
        if closed_on is None or closed_on < self.from_on:
            return self.until_on
        return min(self.until_on, closed_on + timedelta(days=READ_AFTER_END_DAYS))


@tracked()
class EmergencyAccess(models.Model):
    """One child's matters opened for reading in an emergency (nödöppning), for some hours.

    Counts while `opened_at` <= now < `until_at`, and not `ended_at` yet. The unit head reviews it.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="emergency_openings")
    child = models.ForeignKey(Person, models.PROTECT, related_name="emergency_openings")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    reason = LongText(_("reason"))
    with_whereabouts = models.BooleanField(_("with protected whereabouts"), default=False)
    opened_at = models.DateTimeField(_("opened"))
    until_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    verdict = models.CharField(
        _("verdict"), max_length=20, choices=EmergencyVerdict, null=True, blank=True
    )
    review_note = LongText(_("what was found"))

    objects = querysets.EmergencyAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency opening")
        verbose_name_plural = _("emergency openings")
        default_permissions = ()
        constraints = [
            one_of("cases_emergencyaccess_verdict", "verdict", EmergencyVerdict.values),
            models.CheckConstraint(
                name="cases_emergencyaccess_times_ordered",
                condition=Q(until_at__gt=F("opened_at")),
            ),
            models.CheckConstraint(
                name="cases_emergencyaccess_has_reason", condition=~Q(reason="")
            ),
            paired("cases_emergencyaccess_ending", "ended_at", "ended_by"),
            paired("cases_emergencyaccess_review", "reviewed_at", "reviewed_by"),
            paired("cases_emergencyaccess_review_has_verdict", "reviewed_at", "verdict"),
            models.CheckConstraint(
                name="cases_emergencyaccess_reviewed_by_another",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "until_at"], name="cases_emergencyaccess_user"),
            models.Index(
                fields=["unit"],
                condition=Q(reviewed_at__isnull=True),
                name="cases_emergencyaccess_open",
            ),
            models.Index(fields=["unit", "-opened_at"], name="cases_emergencyaccess_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.opened_at:%Y-%m-%d %H:%M}"


@tracked()
class ConflictOfInterest(models.Model):
    """A member of the staff who may have nothing to do with a child's cases (jäv).

    The child is a record of the unit, or only named: by personal identity number, or by name and
    date of birth. A declaration says nothing of whether the child is known. The block follows the
    child's number into every unit, and its siblings of the same reports when `includes_siblings`.
    `unit` is where it was declared, and whose head may read it.
    """

    staff = models.ForeignKey(User, models.PROTECT, related_name="conflicts")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    child = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="conflicts"
    )
    # The record its name or number meant before that was corrected: no correction lifts a conflict.
    kept_for = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    personal_identity_number = models.CharField(
        _("personal identity number"), max_length=12, null=True, blank=True
    )
    first_name = NameField(_("first name"), max_length=120, blank=True)
    last_name = NameField(_("last name"), max_length=120, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    includes_siblings = models.BooleanField(_("brothers and sisters too"))
    category = models.CharField(_("ground"), max_length=20, choices=ConflictCategory)
    note = models.CharField(_("explanation"), max_length=1000, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"), null=True, blank=True)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(_("registered"))
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=500, blank=True)

    objects = querysets.ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        default_permissions = ()
        constraints = [
            one_of("cases_conflict_category", "category", ConflictCategory.values),
            ordered("cases_conflict_days_ordered", "from_on", "until_on"),
            paired("cases_conflict_ending", "ended_at", "ended_by"),
            models.CheckConstraint(
                name="cases_conflict_ended_has_reason",
                condition=Q(ended_at__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False, until_on__isnull=False) & ~Q(end_reason="")),
            ),
            models.CheckConstraint(
                name="cases_conflict_names_a_child",
                condition=Q(child__isnull=False)
                | Q(personal_identity_number__isnull=False)
                | (Q(birth_date__isnull=False) & ~Q(first_name="") & ~Q(last_name="")),
            ),
            models.CheckConstraint(
                name="cases_conflict_number_has_twelve_digits",
                condition=Q(personal_identity_number__isnull=True)
                | Q(personal_identity_number__regex=r"^[0-9]{12}$"),
            ),
        ]
        indexes = [
            models.Index(fields=["staff", "from_on"], name="cases_conflict_staff"),
            models.Index(fields=["unit", "-declared_at"], name="cases_conflict_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.from_on}"
