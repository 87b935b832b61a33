"""Corrections and additions to texts that are signed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import AdditionKind
from cases.matters.models import Matter
from cases.persons.models import Person
from cases.signing import signatures
from cases.signing.signable import SIGNATURE, Signable, WithItsMatter, locked, named
from core.constraints import one_of
from core.fields import LongText
from core.history import AppendOnly, tracked
from organisation.models import OrgUnit, User

signatures.declare("addition", ("matter_id", "subject", "subject_id", "kind", "text", "author_id"))
ADDED = (*signatures.CONTENT["addition"].ever, "written_at")


@tracked()
class Addition(Signable):
    """A correction (rättelse) or addition (tillägg), shown with the signed text it is about.

    `subject` is the code of that text (`cases.signing.texts`) and `subject_id` its row, which is
    signed and therefore never removed.

    Signed when it is written, and append-only: one that is wrong is corrected by another.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    child = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
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
            models.CheckConstraint(
                name="cases_addition_subject_is_a_code",
                condition=Q(subject__regex="^[a-z][a-z_]*$"),
            ),
            models.CheckConstraint(
                name="cases_addition_is_signed",
                condition=Q(
                    signed_at__isnull=False,
                    signed_by__isnull=False,
                    signed_digest__regex=signatures.DIGEST,
                ),
            ),
        ]
        indexes = [models.Index(fields=["subject", "subject_id"], name="cases_addition_subject")]
        # A matter that is moved to the right child takes what was written beside its texts along.
        triggers = [
            AppendOnly(operation=pgtrigger.Delete | pgtrigger.Truncate),
            named("signed"),
            locked("added_is_locked", "signed_at", *ADDED, *SIGNATURE),
            WithItsMatter(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.written_at:%Y-%m-%d}"
