"""Journal notes: what happened with the child, when, with whom present."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import NoteKind
from cases.matters.models import Matter
from cases.persons.guards import ChildKept
from cases.persons.models import Person
from cases.signing import signatures
from cases.signing.signable import Signable, signature_whole, signed_guards
from core.constraints import one_of, paired
from core.fields import LongText
from core.history import tracked
from organisation.models import OrgUnit, User

signatures.declare(
    "note",
    (
        "matter_id",
        "kind",
        "happened_at",
        "present",
        "child_spoken_with",
        "child_alone",
        "text",
        "author_id",
    ),
)


@tracked()
class Note(Signable):
    """A note in the child's journal, in the matter it was written in.

    `child_alone` says whether the child was spoken with alone and is null when the child was not
    spoken with. Once signed by its author the note is locked; what is wrong or missing in it is
    said in an `Addition`.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    child = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="notes")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="notes")
    kind = models.CharField(_("kind"), max_length=20, choices=NoteKind)
    happened_at = models.DateTimeField(_("when"))
    present = models.CharField(_("who was present"), max_length=500, blank=True)
    child_spoken_with = models.BooleanField(_("the child was spoken with"), default=False)
    child_alone = models.BooleanField(_("alone with the child"), null=True, blank=True)
    text = LongText(_("note"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    change_reason = models.CharField(
        _("why it was changed"), max_length=300, blank=True, default=""
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        default_permissions = ()
        ordering = ["-happened_at", "-pk"]
        constraints = [
            one_of("cases_note_kind", "kind", NoteKind.values),
            models.CheckConstraint(
                name="cases_note_alone_said_when_spoken_with",
                condition=Q(child_spoken_with=True, child_alone__isnull=False)
                | Q(child_spoken_with=False, child_alone__isnull=True),
            ),
            models.CheckConstraint(
                name="cases_note_not_written_in_advance",
                condition=Q(written_at__gte=models.F("happened_at")),
            ),
            paired("cases_note_change_has_who_and_when", "changed_at", "changed_by"),
            signature_whole("cases_note_signature_whole"),
        ]
        indexes = [
            models.Index(fields=["child", "-happened_at"], name="cases_note_child"),
            models.Index(
                fields=["author", "written_at"],
                condition=Q(signed_at__isnull=True),
                name="cases_note_unsigned",
            ),
        ]
        triggers = [*signed_guards("note", "written_at"), ChildKept()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d}"
