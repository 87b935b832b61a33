"""A correction: who put what right in a matter, when and why, with what stood there before."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import CorrectionAct
from cases.matters.models import Matter
from cases.persons.guards import NeverRemoved, moved_only
from cases.persons.models import Person
from core.constraints import one_of
from core.fields import LongText
from core.history import tracked
from organisation.models import OrgUnit, User


@tracked()
class Correction(models.Model):
    """One act that put a record right. What stood there before is never gone.

    `subject` is the model name of the row that was corrected and `subject_id` its id. `child` and
    `unit` are those the matter had before the act; `to_child` the right child of one that was
    moved. `changes` holds field, old and new as codes, for showing; `kept` what has to be known
    to take the act back. An act is taken back by another that `undoes` it.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="corrections")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    child = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    to_child = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    act = models.CharField(_("what was done"), max_length=20, choices=CorrectionAct)
    subject = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    reason = LongText(_("why it was corrected"), blank=True)
    changes = models.JSONField(default=list)
    kept = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("corrected"))

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        default_permissions = ()
        ordering = ["made_at", "pk"]
        constraints = [
            one_of("cases_correction_act", "act", CorrectionAct.values),
            models.CheckConstraint(
                name="cases_correction_subject_is_a_code",
                condition=Q(subject__regex="^[a-z][a-z_]*$"),
            ),
            # Only what is changed before it was signed or decided needs no reason.
            models.CheckConstraint(
                name="cases_correction_says_why",
                condition=Q(act=CorrectionAct.CHANGED) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="cases_correction_move_says_where",
                condition=~Q(act=CorrectionAct.MOVED) | Q(to_child__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["child"],
                condition=Q(to_child__isnull=False),
                name="cases_correction_moved_from",
            ),
        ]
        triggers = [moved_only("child_id", "to_child_id"), NeverRemoved()]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.made_at:%Y-%m-%d}"
