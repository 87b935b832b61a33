"""A hand-over between units: by what ground, what goes along, who asked and who answered.

The receiving unit reads nothing of a file before it has accepted, and after that only the texts
that were handed over: copies, which stand in its own matter and never change.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import FilePart, HandoverGround, HandoverStatus
from cases.handovers import querysets
from cases.matters.models import Matter
from core.constraints import one_of, paired, state_implies
from core.fields import LongText
from core.history import AppendOnly, tracked
from organisation.models import OrgUnit, User

ANSWERED = (HandoverStatus.ACCEPTED, HandoverStatus.REFUSED, HandoverStatus.WITHDRAWN)


@tracked()
class Handover(models.Model):
    """One unit asks another to take over a family's investigations (OSL 10:1, 12:2, 26:9).

    `parts` are those of `FilePart` that go along, of every child alike. `consent_by` says who
    consented and how. `answered_by` is whoever accepted or refused it in the other unit, or
    withdrew it in the first; `to_group` is the group it was given to.
    """

    from_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    from_group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    to_group = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, related_name="+")
    ground = models.CharField(_("ground"), max_length=20, choices=HandoverGround)
    consent_by = models.CharField(_("who consented, and how"), max_length=300, blank=True)
    consented_on = models.DateField(_("day of the consent"), null=True, blank=True)
    reason = LongText(_("why the case is handed over"))
    parts = ArrayField(
        models.CharField(max_length=20, choices=FilePart), verbose_name=_("what goes along")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=HandoverStatus, default=HandoverStatus.OFFERED
    )
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(_("asked"))
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer_reason = LongText(_("why not"), blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = querysets.HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        default_permissions = ()
        ordering = ["-offered_at", "-pk"]
        constraints = [
            one_of("cases_handover_ground", "ground", HandoverGround.values),
            one_of("cases_handover_status", "status", HandoverStatus.values),
            models.CheckConstraint(
                name="cases_handover_between_two_units", condition=~Q(from_unit=F("to_unit"))
            ),
            models.CheckConstraint(name="cases_handover_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="cases_handover_consent_says_whose",
                condition=~Q(ground=HandoverGround.CONSENT)
                | (Q(consented_on__isnull=False) & ~Q(consent_by="")),
            ),
            models.CheckConstraint(
                name="cases_handover_takes_something_along", condition=~Q(parts=[])
            ),
            models.CheckConstraint(
                name="cases_handover_knows_its_parts",
                condition=Q(parts__contained_by=sorted(FilePart.values)),
            ),
            state_implies(
                "cases_handover_answered", "status", ANSWERED, "answered_by", "answered_at"
            ),
            paired("cases_handover_answer", "answered_by", "answered_at"),
            state_implies(
                "cases_handover_accepted_by_a_group",
                "status",
                [HandoverStatus.ACCEPTED],
                "to_group",
            ),
            models.CheckConstraint(
                name="cases_handover_refused_says_why",
                condition=~Q(status=HandoverStatus.REFUSED) | ~Q(answer_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["to_unit", "status"], name="cases_handover_to"),
            models.Index(fields=["from_unit", "-offered_at"], name="cases_handover_from"),
        ]

    def __str__(self) -> str:
        return f"{self.offered_at:%Y-%m-%d}"

    @property
    def is_waiting(self) -> bool:
        return self.status == HandoverStatus.OFFERED

    @property
    def part_names(self) -> list[str]:
        """What goes along, in words and in the order of a file."""
        return [str(part.label) for part in FilePart if part in self.parts]


@tracked()
class HandoverCase(models.Model):
    """One child's investigation in a hand-over, and the one it goes on as in the other unit."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="cases")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="handovers")
    to_matter = models.OneToOneField(
        Matter, models.PROTECT, null=True, blank=True, related_name="handed_from"
    )

    class Meta:
        verbose_name = _("case that is handed over")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="cases_handovercase_once", fields=["handover", "matter"]),
        ]

    def __str__(self) -> str:
        return str(self.handover_id)

    @property
    def child_id(self) -> int | None:
        """Whose it is in the unit that hands it over: the trail asks every row."""
        return self.matter.child_id


@tracked()
class HandedText(models.Model):
    """A text as it stood when it was handed over. `matter` is the receiving unit's.

    `source` and `source_id` say which row it was copied from, in the unit that keeps it.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="handed_texts")
    position = models.PositiveIntegerField()
    part = models.CharField(_("part of the file"), max_length=20, choices=FilePart)
    source = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    dated_on = models.DateField(_("day"), null=True, blank=True)
    heading = models.CharField(_("heading"), max_length=200)
    text = models.TextField(_("text"))
    handed_on = models.DateField(_("day of the hand-over"))

    class Meta:
        verbose_name = _("text handed over")
        verbose_name_plural = _("texts handed over")
        default_permissions = ()
        ordering = ["matter", "position"]
        constraints = [
            one_of("cases_handedtext_part", "part", FilePart.values),
            models.UniqueConstraint(
                name="cases_handedtext_in_order", fields=["matter", "position"]
            ),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.heading
