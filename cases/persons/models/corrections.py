"""What was put right of a child or of those around it, and records made one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    PersonChangeKind,
)
from cases.persons.guards import NeverRemoved, moved_only
from cases.persons.models.around import Guardian
from cases.persons.models.child import Person
from core.constraints import one_of, paired
from core.history import tracked
from organisation.models import OrgUnit, User


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
