"""A party's access to the file (partsinsyn): what was asked, what is masked, what was given."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    DisclosureRelation,
    DisclosureStatus,
    RightGround,
    RightOutcome,
    SecrecyGround,
)
from cases.matters.models import Matter
from cases.persons.models import Guardian, Person
from core.constraints import one_of, ordered, paired
from core.fields import LongText
from core.history import Guard, tracked
from organisation.models import OrgUnit, User

_LOCKED = (
    "RAISE EXCEPTION 'what has been approved for a party is not changed'"
    " USING ERRCODE = 'insufficient_privilege';"
)


def _locked_with_disclosure(name: str, found: str) -> Guard:
    """Refuse every change of rows whose disclosure is approved; `found` finds its id in `ROW`."""
    checks = " ".join(
        f"IF TG_OP <> '{other}' THEN IF EXISTS (SELECT 1 FROM cases_disclosure d"  # noqa: S608
        f" WHERE d.id = ({found.replace('ROW', row)}) AND d.approved_at IS NOT NULL)"
        f" THEN {_LOCKED} END IF; END IF;"
        for row, other in (("NEW", "DELETE"), ("OLD", "INSERT"))
    )
    return Guard(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"{checks} IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
    )


@tracked(exclude=["pdf"])
class Disclosure(models.Model):
    """One party's access to the texts of one child's matters (OSL 10 kap. 3 §, 26 kap.).

    The file is kept as it was given out, in the database and nowhere else; `pdf_digest` is its
    SHA-256. `right_*` say how the recipient's right to the file was examined, empty where custody
    of a child under 15 gives it by itself (`cases.law.rules.grounds_of_right`).
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    child = models.ForeignKey(Person, models.PROTECT, related_name="disclosures")
    relation = models.CharField(_("who asks"), max_length=20, choices=DisclosureRelation)
    guardian = models.ForeignKey(
        Guardian,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("guardian"),
    )
    recipient_name = models.CharField(_("recipient"), max_length=200)
    requested_on = models.DateField(_("asked for"))
    status = models.CharField(
        _("status"), max_length=12, choices=DisclosureStatus, default=DisclosureStatus.DRAFT
    )
    right_ground = models.CharField(
        _("ground of the right"), max_length=20, choices=RightGround, blank=True, default=""
    )
    right_outcome = models.CharField(
        _("right to the file"), max_length=10, choices=RightOutcome, blank=True, default=""
    )
    right_reason = models.CharField(
        _("reason for the right"), max_length=1000, blank=True, default=""
    )
    right_examined_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    right_examined_at = models.DateTimeField(_("right examined"), null=True, blank=True)
    refusal_text = LongText(_("decision on what is withheld"), blank=True)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(_("handed to the leader"), null=True, blank=True)
    return_comment = models.CharField(_("the leader's comment"), max_length=1000, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    delivered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    delivered_on = models.DateField(_("handed over"), null=True, blank=True)
    delivered_how = models.CharField(_("how it was handed over"), max_length=300, blank=True)
    withdrawn_reason = models.CharField(_("why it was withdrawn"), max_length=500, blank=True)
    pdf = models.BinaryField(null=True, blank=True)
    pdf_digest = models.CharField(_("digest"), max_length=64, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("disclosure to a party")
        verbose_name_plural = _("disclosures to parties")
        default_permissions = ()
        constraints = [
            one_of("cases_disclosure_relation", "relation", DisclosureRelation.values),
            one_of("cases_disclosure_status", "status", DisclosureStatus.values),
            paired("cases_disclosure_submission", "submitted_at", "submitted_by"),
            paired("cases_disclosure_approval", "approved_at", "approved_by"),
            paired("cases_disclosure_delivery", "delivered_on", "delivered_by"),
            ordered("cases_disclosure_days_ordered", "requested_on", "delivered_on"),
            one_of("cases_disclosure_right_ground", "right_ground", ["", *RightGround.values]),
            one_of("cases_disclosure_right_outcome", "right_outcome", ["", *RightOutcome.values]),
            paired("cases_disclosure_right_examiner", "right_examined_at", "right_examined_by"),
            models.CheckConstraint(
                name="cases_disclosure_right_is_whole",
                condition=Q(
                    right_examined_at__isnull=True,
                    right_ground="",
                    right_outcome="",
                    right_reason="",
                )
                | Q(right_examined_at__isnull=False)
                & ~Q(right_ground="")
                & ~Q(right_outcome="")
                & ~Q(right_reason=""),
            ),
            models.CheckConstraint(
                name="cases_disclosure_no_right_no_copy",
                condition=Q(right_outcome=RightOutcome.NONE, status=DisclosureStatus.REFUSED)
                | ~Q(right_outcome=RightOutcome.NONE) & ~Q(status=DisclosureStatus.REFUSED),
            ),
            models.CheckConstraint(
                name="cases_disclosure_guardian_named",
                condition=Q(relation=DisclosureRelation.GUARDIAN, guardian__isnull=False)
                | (~Q(relation=DisclosureRelation.GUARDIAN) & Q(guardian__isnull=True)),
            ),
            models.CheckConstraint(
                name="cases_disclosure_approved_has_its_file",
                condition=Q(approved_at__isnull=True, pdf__isnull=True, pdf_digest="")
                | Q(
                    approved_at__isnull=False,
                    pdf__isnull=False,
                    pdf_digest__regex="^[0-9a-f]{64}$",
                ),
            ),
        ]
        indexes = [models.Index(fields=["unit", "status"], name="cases_disclosure_unit")]
        triggers = [
            Guard(
                name="approved_is_locked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="IF OLD.approved_at IS NOT NULL AND (TG_OP = 'DELETE'"
                " OR OLD.pdf IS DISTINCT FROM NEW.pdf"
                " OR OLD.pdf_digest IS DISTINCT FROM NEW.pdf_digest"
                " OR OLD.refusal_text IS DISTINCT FROM NEW.refusal_text"
                " OR OLD.recipient_name IS DISTINCT FROM NEW.recipient_name"
                " OR OLD.right_ground IS DISTINCT FROM NEW.right_ground"
                " OR OLD.right_outcome IS DISTINCT FROM NEW.right_outcome"
                " OR OLD.right_reason IS DISTINCT FROM NEW.right_reason"
                " OR OLD.approved_at IS DISTINCT FROM NEW.approved_at"
                f" OR OLD.approved_by_id IS DISTINCT FROM NEW.approved_by_id) THEN {_LOCKED}"
                " END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.requested_on}"


@tracked()
class DisclosureMatter(models.Model):
    """A matter whose texts are in the disclosure."""

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="matters")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("matter")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="cases_disclosurematter_once", fields=["disclosure", "matter"]
            )
        ]
        triggers = [_locked_with_disclosure("approved_is_locked", "ROW.disclosure_id")]

    def __str__(self) -> str:
        return str(self.matter)


@tracked()
class DisclosurePiece(models.Model):
    """One text as it stood when the disclosure was prepared; masks count in its characters.

    `left_out` keeps the whole piece back, for the reason in `left_out_ground`. `flagged`: it tells
    of violence against a parent who is not the recipient; `weighed` is what whoever looked through
    it came to about that.
    """

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="pieces")
    position = models.PositiveIntegerField()
    source = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    dated_on = models.DateField(_("day"), null=True, blank=True)
    heading = models.CharField(_("heading"), max_length=200)
    text = models.TextField(_("text"))
    left_out = models.BooleanField(_("kept back"), default=False)
    left_out_ground = models.CharField(
        _("why"), max_length=20, choices=SecrecyGround, blank=True, default=""
    )
    flagged = models.BooleanField(_("tells of violence against another parent"), default=False)
    weighed = models.CharField(_("what was weighed"), max_length=500, blank=True, default="")
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(_("looked through"), null=True, blank=True)

    class Meta:
        verbose_name = _("text to disclose")
        default_permissions = ()
        ordering = ["disclosure", "position"]
        constraints = [
            paired("cases_disclosurepiece_review", "reviewed_at", "reviewed_by"),
            models.UniqueConstraint(
                name="cases_disclosurepiece_in_order", fields=["disclosure", "position"]
            ),
            models.CheckConstraint(
                name="cases_disclosurepiece_left_out_says_why",
                condition=Q(left_out=False, left_out_ground="")
                | (Q(left_out=True) & ~Q(left_out_ground="")),
            ),
            models.CheckConstraint(
                name="cases_disclosurepiece_flagged_is_weighed",
                condition=Q(flagged=False) | Q(reviewed_at__isnull=True) | ~Q(weighed=""),
            ),
        ]
        triggers = [_locked_with_disclosure("approved_is_locked", "ROW.disclosure_id")]

    def __str__(self) -> str:
        return self.heading


@tracked()
class Redaction(models.Model):
    """A place in a text that the party does not see, from `start` up to `end`, and why.

    `found_by` says what found it; empty when a person chose it. One that is taken away is kept.
    """

    piece = models.ForeignKey(DisclosurePiece, models.PROTECT, related_name="redactions")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    ground = models.CharField(_("legal ground"), max_length=20, choices=SecrecyGround)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    found_by = models.CharField(max_length=30, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("masked"))
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(_("mask taken away"), null=True, blank=True)

    class Meta:
        verbose_name = _("mask")
        verbose_name_plural = _("masks")
        default_permissions = ()
        ordering = ["start", "pk"]
        constraints = [
            one_of("cases_redaction_ground", "ground", SecrecyGround.values),
            paired("cases_redaction_removal", "removed_at", "removed_by"),
            models.CheckConstraint(name="cases_redaction_place", condition=Q(end__gt=F("start"))),
        ]
        triggers = [
            _locked_with_disclosure(
                "approved_is_locked",
                "SELECT p.disclosure_id FROM cases_disclosurepiece p WHERE p.id = ROW.piece_id",
            )
        ]

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"
