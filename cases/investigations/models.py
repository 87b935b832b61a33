"""Investigations: opened by a decision, given to a pair, completed within four months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    CLOSED_INVESTIGATION,
    OPEN_INVESTIGATION,
    CommunicationRecipient,
    Instrument,
    InvestigationOutcome,
    InvestigationStatus,
    InvestigationType,
    LooseEnd,
    PoliceReport,
    RiskLevel,
    SafetyRater,
    ViolenceMark,
)
from cases.matters.models import HeaderKept, InMatter, MatterRecord
from cases.matters.querysets import MatterRecordQuerySet
from cases.signing import signatures
from cases.signing.signable import (
    SIGNATURE,
    SIGNER,
    Signable,
    capacity,
    kept,
    locked,
    named,
    signature_whole,
    unsealable,
)
from core.constraints import one_of, ordered, paired, state_implies
from core.fields import LongText
from core.history import tracked
from organisation.models import User
from organisation.permissions import Access
from organisation.rights import Action


def open_on(day: date) -> Q:
    """Open on the day in the unit that has the row; the day it ends or leaves is no longer open."""
    return (
        Q(opened_on__lte=day)
        & (Q(taken_over_on__isnull=True) | Q(taken_over_on__lte=day))
        & (Q(handed_over_on__isnull=True) | Q(handed_over_on__gt=day))
        & (Q(concluded_on__isnull=True) | Q(concluded_on__gt=day))
    )


class InvestigationQuerySet(MatterRecordQuerySet):
    def visible_to(self, access: Access, action: Action | None = None) -> Self:
        """Without those whose decision to open was reversed."""
        return super().visible_to(access, action).exclude(status=InvestigationStatus.ANNULLED)

    def annulled_for(self, access: Access) -> Self:
        """Those whose decision to open was reversed, where the person ends investigations."""
        rows = super().visible_to(access, Action.CONCLUDE_INVESTIGATION)
        return rows.filter(status=InvestigationStatus.ANNULLED)

    def open(self) -> Self:
        return self.filter(status__in=OPEN_INVESTIGATION)

    def counted(self) -> Self:
        """Those that figures and what is known of a child are made of."""
        return self.exclude(status=InvestigationStatus.ANNULLED)

    def open_on(self, day: date) -> Self:
        """Those that count and that the unit having the row had open on the day."""
        return self.counted().filter(open_on(day))

    def waiting(self) -> Self:
        """Opened but given to nobody: the group leader's."""
        return self.filter(status=InvestigationStatus.WAITING)

    def to_read(self) -> Self:
        return self.filter(status=InvestigationStatus.TO_READ)

    def to_be_read_by(self, access: Access) -> Self:
        """Those whose decision document waits for the person as a leader."""
        return self.visible_to(access, Action.READ_DOCUMENT).to_read()

    def returned_to(self, access: Access) -> Self:
        """The person's own whose decision document the leader has sent back."""
        rows = self.visible_to(access, Action.WORK_ON_INVESTIGATION)
        own = rows.worked_on_by(access.acts_for, on=access.on)
        return own.filter(status=InvestigationStatus.ONGOING, document__isnull=False).exclude(
            document__return_comment=""
        )

    def handled_by(self, user_ids: Iterable[int], *, on: date) -> Self:
        return self.worked_on_by(user_ids, on=on)

    def with_page_rows(self, *, on: date) -> Self:
        """All that a list row shows: child, handlers of the day, deadlines in order."""
        return self.with_workers(on=on).with_deadlines().select_related("child", "unit", "group")

    def concluded_within(self, *, days: int, before: date) -> Self:
        """Concluded at most `days` days before `before`, that day included."""
        return self.filter(
            concluded_on__gte=before - timedelta(days=days), concluded_on__lte=before
        )


@tracked()
class Investigation(MatterRecord):
    """An investigation about one child (SoL 2025:400 20:2-3).

    `extended_to` is the last day granted by the latest `Extension`. `reopens` names the earlier
    investigation of the same child when this one was opened within thirty days of its end.
    One that goes on in another unit was `handed_over_on` a day, and the one there `continues` it
    under that unit's number from the day it was `taken_over_on`, with its day of opening and its
    extension: the two are one, counted as opened in the first unit and as concluded in the last.
    """

    KIND = "investigation"
    HEADER_FROM = frozenset({"opened_on", "concluded_on", "handed_over_on", "status"})

    type = models.CharField(
        _("type"), max_length=20, choices=InvestigationType, default=InvestigationType.ORDINARY
    )
    status = models.CharField(
        _("status"), max_length=20, choices=InvestigationStatus, default=InvestigationStatus.WAITING
    )
    opened_on = models.DateField(_("opened"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    extended_to = models.DateField(_("extended to"), null=True, blank=True)
    reopens = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reopened_by"
    )
    plan = LongText(_("investigation plan"), blank=True)
    planned_on = models.DateField(_("planned on"), null=True, blank=True)
    plan_written_at = models.DateTimeField(_("plan written"), null=True, blank=True)
    plan_written_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    protection_needs = LongText(_("protection and needs"), blank=True)
    violence = models.CharField(
        _("violence"), max_length=10, choices=ViolenceMark, default=ViolenceMark.NOT_ASKED
    )
    violence_description = LongText(_("the violence described"), blank=True)
    police_report = models.CharField(
        _("police report"), max_length=20, choices=PoliceReport, default=PoliceReport.NOT_DECIDED
    )
    police_reported_on = models.DateField(_("reported to the police on"), null=True, blank=True)
    police_report_reason = models.CharField(_("why not reported"), max_length=2000, blank=True)
    child_moved_on = models.DateField(_("the child moved on"), null=True, blank=True)
    child_moved_to = models.CharField(_("moved to"), max_length=120, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=30, choices=InvestigationOutcome, null=True, blank=True
    )
    concluded_on = models.DateField(_("concluded"), null=True, blank=True)
    concluded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    conclusion_rationale = LongText(_("reasons"), blank=True)
    is_late = models.BooleanField(_("late"), default=False)
    handed_over_on = models.DateField(_("day of the hand-over"), null=True, blank=True)
    taken_over_on = models.DateField(_("taken over"), null=True, blank=True)
    continues = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by"
    )

    objects = InvestigationQuerySet.as_manager()

    class Meta:
        verbose_name = _("investigation")
        verbose_name_plural = _("investigations")
        default_permissions = ()
        constraints = [
            one_of("cases_investigation_status", "status", InvestigationStatus.values),
            one_of("cases_investigation_type", "type", InvestigationType.values),
            one_of("cases_investigation_outcome", "outcome", InvestigationOutcome.values),
            one_of("cases_investigation_violence", "violence", ViolenceMark.values),
            state_implies(
                "cases_investigation_concluded_says_how",
                "status",
                [InvestigationStatus.CONCLUDED],
                "concluded_on",
                "concluded_by",
                "outcome",
            ),
            ordered("cases_investigation_days_ordered", "opened_on", "concluded_on"),
            ordered("cases_investigation_handed_over_after", "opened_on", "handed_over_on"),
            state_implies(
                "cases_investigation_handed_over_has_a_day",
                "status",
                [InvestigationStatus.HANDED_OVER],
                "handed_over_on",
            ),
            paired("cases_investigation_taken_over_from", "taken_over_on", "continues"),
            models.CheckConstraint(
                name="cases_investigation_extended_after_opened",
                condition=Q(extended_to__gt=F("opened_on")),
            ),
            models.CheckConstraint(
                name="cases_investigation_move_has_day_and_place",
                condition=Q(child_moved_on__isnull=True, child_moved_to="")
                | (Q(child_moved_on__isnull=False) & ~Q(child_moved_to="")),
            ),
            models.CheckConstraint(
                name="cases_investigation_police_report_says_when_or_why",
                condition=Q(police_report=PoliceReport.NOT_DECIDED)
                | Q(police_report=PoliceReport.MADE, police_reported_on__isnull=False)
                | (Q(police_report=PoliceReport.NOT_MADE) & ~Q(police_report_reason="")),
            ),
            models.UniqueConstraint(
                name="cases_investigation_one_open_per_child",
                fields=["child"],
                condition=~Q(status__in=sorted(CLOSED_INVESTIGATION)),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-opened_on", "-matter"], name="cases_investigation_unit"),
            models.Index(fields=["group", "status"], name="cases_investigation_group"),
            models.Index(
                fields=["unit", "group", "opened_on"],
                condition=~Q(status__in=sorted(CLOSED_INVESTIGATION)),
                name="cases_investigation_open",
            ),
            models.Index(
                fields=["unit", "concluded_on"],
                condition=Q(concluded_on__isnull=False),
                name="cases_investigation_concluded",
            ),
        ]
        triggers = [HeaderKept()]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_INVESTIGATION

    def opened(self) -> date:
        return self.opened_on

    def is_withdrawn(self) -> bool:
        return self.status == InvestigationStatus.ANNULLED

    def closed(self) -> date | None:
        # One that should never have been opened was open no day.
        if self.is_withdrawn():
            return self.opened_on
        return self.concluded_on or self.handed_over_on


@tracked()
class Extension(InMatter, models.Model):
    """More time for special reasons, granted before the time was out (SoL 2025:400 20:3)."""

    IN = "investigation"

    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="extensions")
    previous_due_on = models.DateField(_("previous last day"))
    until = models.DateField(_("new last day"))
    reason = LongText(_("special reasons"))
    decided_on = models.DateField(_("decided on"))
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        default_permissions = ()
        ordering = ["decided_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="cases_extension_gives_time", condition=Q(until__gt=F("previous_due_on"))
            ),
            models.CheckConstraint(
                name="cases_extension_decided_in_time",
                condition=Q(decided_on__lte=F("previous_due_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.previous_due_on} → {self.until}"


@tracked()
class LeftOpen(InMatter, models.Model):
    """Something not finished when the investigation ended, and why it was left (FL 25 §, 32 §).

    `number` is how many there were. `standing` is False while the end it belongs to is reversed.
    """

    IN = "investigation"

    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="left_open")
    code = models.CharField(_("what was left"), max_length=20, choices=LooseEnd)
    number = models.PositiveIntegerField(_("how many"))
    reason = LongText(_("why it was left"))
    left_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    left_at = models.DateTimeField(_("left"))
    standing = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("loose end")
        verbose_name_plural = _("loose ends")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            one_of("cases_leftopen_code", "code", LooseEnd.values),
            models.CheckConstraint(
                name="cases_leftopen_says_how_many_and_why",
                condition=Q(number__gt=0) & ~Q(reason=""),
            ),
            models.UniqueConstraint(
                name="cases_leftopen_once_for_each_end",
                fields=["investigation", "code"],
                condition=Q(standing=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()}: {self.number}"


@tracked()
class RiskAssessment(InMatter, models.Model):
    """A judgement of risk and protection on a day, with its reasons."""

    IN = "investigation"

    investigation = models.ForeignKey(
        Investigation, models.PROTECT, related_name="risk_assessments"
    )
    assessed_on = models.DateField(_("assessed on"))
    assessed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    level = models.CharField(_("risk"), max_length=10, choices=RiskLevel)
    risk_factors = LongText(_("risk factors"), blank=True)
    protective_factors = LongText(_("protective factors"), blank=True)

    class Meta:
        verbose_name = _("risk assessment")
        default_permissions = ()
        ordering = ["assessed_on", "pk"]
        constraints = [one_of("cases_riskassessment_level", "level", RiskLevel.values)]

    def __str__(self) -> str:
        return f"{self.assessed_on}: {self.get_level_display()}"


@tracked()
class InstrumentUse(InMatter, models.Model):
    """A risk instrument used: name, day and level only, never its answers."""

    IN = "investigation"

    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="instruments")
    instrument = models.CharField(_("instrument"), max_length=10, choices=Instrument)
    used_on = models.DateField(_("used on"))
    level = models.CharField(_("level"), max_length=10, choices=RiskLevel)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("instrument")
        default_permissions = ()
        ordering = ["used_on", "pk"]
        constraints = [
            one_of("cases_instrumentuse_instrument", "instrument", Instrument.values),
            one_of("cases_instrumentuse_level", "level", RiskLevel.values),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()} {self.used_on}"


@tracked()
class SafetyRating(InMatter, models.Model):
    """A Signs of Safety scale question: 0 (certain harm) to 10 (safe enough), by who rated."""

    IN = "investigation"

    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="safety_ratings")
    rater = models.CharField(_("rated by"), max_length=20, choices=SafetyRater)
    rated_on = models.DateField(_("rated on"))
    value = models.PositiveSmallIntegerField(_("value 0-10"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("safety rating")
        default_permissions = ()
        ordering = ["rated_on", "pk"]
        constraints = [
            one_of("cases_safetyrating_rater", "rater", SafetyRater.values),
            models.CheckConstraint(name="cases_safetyrating_scale", condition=Q(value__lte=10)),
        ]

    def __str__(self) -> str:
        return f"{self.get_rater_display()}: {self.value}"


signatures.declare(
    "document",
    (
        "investigation_id",
        "background",
        "child_view",
        "guardians_view",
        "others_view",
        "assessment",
        "best_interests",
        "proposal",
    ),
)
DOCUMENT_PARTS = signatures.shown("document")
"""The headings of the decision document, in the order they are written."""

_TEXT = (*signatures.CONTENT["document"].ever, "written_by_id", "written_at")
READING = (
    "read_at",
    "read_by_id",
    "read_name",
    "read_role",
    "read_title",
    "read_digest",
    "sealed_at",
)


@tracked()
class DecisionDocument(InMatter, Signable):
    """The decision document (beslutsunderlag): written by the pair, read by the leader.

    Handing it to the leader signs it and locks its text. The leader's reading is a signature too.
    Until the end the leader can give it back, which takes the signatures away (the history keeps
    them); ending the investigation seals it, until the end is reversed.
    """

    IN = "investigation"

    investigation = models.OneToOneField(Investigation, models.PROTECT, related_name="document")
    background = LongText(_("background and what was reported"), blank=True)
    child_view = LongText(_("the child's own account"), blank=True)
    guardians_view = LongText(_("the guardians' account"), blank=True)
    others_view = LongText(_("school, health care and others"), blank=True)
    assessment = LongText(_("assessment"), blank=True)
    best_interests = LongText(_("the child's best interests"), blank=True)
    proposal = LongText(_("proposed decision"), blank=True)
    submitted_at = models.DateTimeField(_("handed to the leader"), null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    read_name = models.CharField(_("name"), max_length=SIGNER, blank=True, default="")
    read_role = models.CharField(_("role"), max_length=40, blank=True, default="")
    read_title = models.CharField(_("title"), max_length=120, blank=True, default="")
    read_digest = models.CharField(
        _("digest"), max_length=signatures.DIGEST_LENGTH, blank=True, default=""
    )
    sealed_at = models.DateTimeField(_("sealed"), null=True, blank=True)
    return_comment = LongText(_("the leader's comment"), blank=True)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("decision document")
        default_permissions = ()
        constraints = [
            paired("cases_decisiondocument_submission", "submitted_at", "submitted_by"),
            paired("cases_decisiondocument_reading", "read_at", "read_by"),
            signature_whole("cases_decisiondocument_signature_whole"),
            models.CheckConstraint(
                name="cases_decisiondocument_sealed_when_read",
                condition=Q(sealed_at__isnull=True)
                | Q(read_at__isnull=False, read_digest__regex=signatures.DIGEST),
            ),
        ]
        triggers = [
            named("signed"),
            named("read"),
            locked("signed_is_locked", "signed_at", *_TEXT),
            unsealable("sealed_is_locked", *_TEXT, *SIGNATURE, *READING),
            kept("signed_is_kept", "signed_at"),
            kept("sealed_is_kept", "sealed_at"),
        ]

    def __str__(self) -> str:
        return str(_("Decision document"))

    @property
    def reader(self) -> str:
        """The name the leader signed the reading with."""
        return self.read_name or str(self.read_by or "")

    @property
    def read_as(self) -> str:
        """The leader's role and title when the document was read, in words."""
        return capacity(self.read_role, self.read_title)


@tracked()
class Communication(InMatter, models.Model):
    """The document communicated (kommunicering) with a guardian or the child."""

    IN = "investigation"

    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="communications")
    recipient = models.CharField(_("with"), max_length=20, choices=CommunicationRecipient)
    communicated_on = models.DateField(_("day"))
    how = models.CharField(_("how"), max_length=300)
    response = LongText(_("their view"), blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("communication")
        default_permissions = ()
        ordering = ["communicated_on", "pk"]
        constraints = [
            one_of("cases_communication_recipient", "recipient", CommunicationRecipient.values)
        ]

    def __str__(self) -> str:
        return f"{self.get_recipient_display()} {self.communicated_on}"
