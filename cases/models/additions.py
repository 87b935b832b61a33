"""Corrections and additions to texts that are signed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import AdditionKind
from cases.models.fields import LongText
from cases.models.investigations import DecisionDocument
from cases.models.notes import Note
from cases.models.persons import Person
from cases.models.reports import OpeningDecision, ProtectionAssessment
from cases.models.signing import Signable
from core.constraints import one_of
from core.history import AppendOnly, tracked
from organisation.models import OrgUnit, User

SUBJECTS = ("note", "assessment", "decision", "document")
"""What can be added to; each addition has exactly one of them."""


def _exactly_one() -> Q:
    condition = Q()
    for name in SUBJECTS:
        others = {f"{other}__isnull": True for other in SUBJECTS if other != name}
        condition |= Q(**{f"{name}__isnull": False}, **others)
    return condition


@tracked()
class Addition(Signable):
    """A correction (rättelse) or addition (tillägg), shown with the signed text it is about.

    Signed when it is written, and append-only: one that is wrong is corrected by another.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    child = models.ForeignKey(Person, models.PROTECT, related_name="+")
    note = models.ForeignKey(Note, models.PROTECT, null=True, blank=True, related_name="additions")
    assessment = models.ForeignKey(
        ProtectionAssessment, models.PROTECT, null=True, blank=True, related_name="additions"
    )
    decision = models.ForeignKey(
        OpeningDecision, models.PROTECT, null=True, blank=True, related_name="additions"
    )
    document = models.ForeignKey(
        DecisionDocument, models.PROTECT, null=True, blank=True, related_name="additions"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AdditionKind)
    text = LongText(_("text"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("correction or addition")
        verbose_name_plural = _("corrections and additions")
        default_permissions = ()
        ordering = ["written_at", "pk"]
        constraints = [
            one_of("cases_addition_kind", "kind", AdditionKind.values),
            models.CheckConstraint(name="cases_addition_to_one_text", condition=_exactly_one()),
            models.CheckConstraint(
                name="cases_addition_is_signed",
                condition=Q(
                    signed_at__isnull=False,
                    signed_by__isnull=False,
                    signed_digest__regex="^[0-9a-f]{64}$",
                ),
            ),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.written_at:%Y-%m-%d}"
