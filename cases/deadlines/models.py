"""Stored deadlines: derived from facts by `cases.law.deadlines`, kept for the index, never
counted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.deadlines import querysets
from cases.law.time_limits import duty_name
from cases.matters.models import Matter
from cases.persons.models import Person
from core.history import tracked
from organisation.models import OrgUnit

OPEN_DEADLINE = Q(met_on__isnull=True, cancelled_on__isnull=True, missed_on__isnull=True)


# `overdue_since` follows from the calendar, not from anybody's act: no history of it is kept.
@tracked(exclude=["overdue_since"])
class Deadline(models.Model):
    """A duty with a last day; `kind` is the code of a rule of `cases.law.deadlines`.

    `unit`, `group`, `child` and `matter_kind` repeat what the matter says, for the indexes.

    Facts: `kind`, `rule_version`, `starts_on`, `anchor_at` (rules that count hours or the time of
    day), `extended_to`, `met_on`/`met_at`, `recorded_on` (when it was written
    down that it was met, where that is kept), `cancelled_on`, `missed_on` (from when it can no
    longer be done, and was not). Derived and rebuildable: `due_on`
    (statutory last day), `act_by` (last working day on or before it), `due_at` (rules in hours),
    `warn_on` (three working days before `due_on`, never before `starts_on`). `overdue_since` is
    set by the sweep. `group` is the group whose leader answers for it now.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    child = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="deadlines")
    matter_kind = models.CharField(max_length=30)
    kind = models.CharField(_("kind"), max_length=30)
    rule_version = models.CharField(max_length=20)
    starts_on = models.DateField(_("counts from"))
    anchor_at = models.DateTimeField(null=True, blank=True)
    extended_to = models.DateField(_("extended to"), null=True, blank=True)
    due_on = models.DateField(_("last day"))
    act_by = models.DateField(_("act by"))
    due_at = models.DateTimeField(null=True, blank=True)
    warn_on = models.DateField()
    met_on = models.DateField(_("done on"), null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    recorded_on = models.DateField(_("written down on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    cancel_reason = models.CharField(_("why cancelled"), max_length=500, blank=True)
    missed_on = models.DateField(_("missed on"), null=True, blank=True)
    overdue_since = models.DateField(_("overdue since"), null=True, blank=True)

    objects = querysets.DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="cases_deadline_kind_is_a_code", condition=Q(kind__regex="^[a-z][a-z_]*$")
            ),
            models.CheckConstraint(
                name="cases_deadline_days_ordered",
                condition=Q(due_on__gte=F("starts_on"), act_by__lte=F("due_on"))
                & Q(act_by__gte=F("starts_on"), warn_on__lte=F("due_on")),
            ),
            models.CheckConstraint(
                name="cases_deadline_not_met_and_cancelled",
                condition=Q(met_on__isnull=True) | Q(cancelled_on__isnull=True),
            ),
            models.CheckConstraint(
                name="cases_deadline_missed_is_not_met_or_cancelled",
                condition=Q(missed_on__isnull=True)
                | Q(met_on__isnull=True, cancelled_on__isnull=True, missed_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="cases_deadline_cancelled_has_reason",
                condition=Q(cancelled_on__isnull=True, cancel_reason="")
                | (Q(cancelled_on__isnull=False) & ~Q(cancel_reason="")),
            ),
            models.UniqueConstraint(
                name="cases_deadline_one_open_per_matter",
                fields=["matter", "kind"],
                condition=OPEN_DEADLINE,
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_on", "id"], condition=OPEN_DEADLINE, name="cases_deadline_open"
            ),
            models.Index(
                fields=["group", "due_on"],
                condition=OPEN_DEADLINE,
                name="cases_deadline_open_group",
            ),
            models.Index(fields=["unit", "due_on", "kind"], name="cases_deadline_unit_due"),
            models.Index(fields=["warn_on"], condition=OPEN_DEADLINE, name="cases_deadline_sweep"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"

    @property
    def recorded_after_due(self) -> bool:
        """Met in time by what it says, and written down after the last day."""
        if self.met_on is None or self.recorded_on is None:
            return False
        return self.met_on <= self.due_on < self.recorded_on

    def get_kind_display(self) -> str:
        return str(duty_name(self.kind))


class Escalation(models.Model):
    """A rung of the reminder ladder that a deadline has reached: once each, on its own day.

    The ladder belongs to the due day it leads to: a deadline that is moved climbs a new one.
    """

    # The unique constraint is its index.
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, related_name="escalations", db_index=False
    )
    due_on = models.DateField()
    rung = models.CharField(max_length=20)
    reached_on = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="cases_escalation_once", fields=["deadline", "due_on", "rung"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.rung}"
