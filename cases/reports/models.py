"""Reports of concern and applications: one row per child, until the decision to open or not."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    MANDATED_REPORTERS,
    UNDECIDED_REPORT,
    Channel,
    ConcernReason,
    FeedbackAnswer,
    InvestigationType,
    OpeningOutcome,
    ProtectionOutcome,
    ReporterCategory,
    ReportKind,
    ReportStatus,
    SeriousTalkResult,
)
from cases.matters.models import HeaderKept, InMatter, MatterRecord, MatterWorker
from cases.matters.querysets import MatterRecordQuerySet
from cases.signing import signatures
from cases.signing.signable import Signable, signature_whole, signed_guards
from core.constraints import one_of, state_implies
from core.fields import LongText
from core.history import tracked
from organisation.models import OrgUnit, User
from organisation.permissions import Access
from organisation.rights import Action

JOINED_UNASSESSED = Q(
    status=ReportStatus.JOINED, kind=ReportKind.REPORT, protection_assessment__isnull=True
)
"""What joined an open investigation and has not had its own protection assessment."""


class ReportQuerySet(MatterRecordQuerySet):
    def visible_to(self, access: Access, action: Action | None = None) -> Self:
        """Without those withdrawn as logged by mistake."""
        return super().visible_to(access, action).exclude(status=ReportStatus.WITHDRAWN)

    def readable(self, access: Access) -> Self:
        """As `visible_to`, and those withdrawn for whoever may put them back."""
        seen = type(self)(self.model).visible_to(access).values("pk")
        withdrawn: Any = (
            MatterRecordQuerySet(self.model)
            .visible_to(access, Action.DECIDE_OPENING)
            .filter(status=ReportStatus.WITHDRAWN)
        )
        return self.filter(Q(pk__in=seen) | Q(pk__in=withdrawn.values("pk")))

    def counted(self) -> Self:
        """Those that figures and what is known of a child are made of."""
        return self.exclude(status=ReportStatus.WITHDRAWN)

    def undecided(self) -> Self:
        return self.filter(status__in=UNDECIDED_REPORT)

    def unfinished(self) -> Self:
        """Not decided, or joined without a protection assessment of its own."""
        return self.filter(Q(status__in=UNDECIDED_REPORT) | JOINED_UNASSESSED)

    def proposed_to(self, access: Access) -> Self:
        """Proposals that wait for the person's decision."""
        rows = self.visible_to(access, Action.DECIDE_OPENING).undecided()
        return rows.filter(proposal__isnull=False)

    def to_assess_by(self, access: Access) -> Self:
        """The person's own, without an immediate protection assessment: one that has joined an open
        investigation still gets its own (SoL 2025:400 20:1)."""
        rows = self.visible_to(access, Action.ASSESS_PROTECTION)
        own = rows.worked_on_by(access.acts_for, on=access.on)
        return own.filter(Q(status=ReportStatus.RECEIVED) | JOINED_UNASSESSED)

    def to_propose_by(self, access: Access) -> Self:
        """The person's own that are assessed, without a proposal for the leader to decide on."""
        rows = self.visible_to(access, Action.PROPOSE_DECISION)
        own = rows.worked_on_by(access.acts_for, on=access.on)
        return own.filter(status=ReportStatus.ASSESSED, proposal__isnull=True)

    def without_worker(self) -> Self:
        """Nobody has it: the group's leader owns it."""
        current = MatterWorker.objects.current().filter(matter=OuterRef("pk"))
        return self.filter(~Exists(current))

    def to_be_given_by(self, access: Access) -> Self:
        """Undecided without a worker in the groups the person leads: theirs to give out."""
        units, groups = (
            access.units_with(Action.ASSIGN_HANDLERS),
            access.groups_with(Action.ASSIGN_HANDLERS),
        )
        led = Q(unit__in=units) | Q(group__in=groups)
        return self.visible_to(access).undecided().without_worker().filter(led)

    def with_page_rows(self, *, on: date) -> Self:
        """All that a list row shows, in a constant number of queries."""
        return (
            self.with_deadlines()
            .with_workers(on=on)
            .select_related("child", "unit", "group", "investigation")
        )


@tracked()
class Report(MatterRecord):
    """A report of concern (orosanmälan) or application about one child: one matter.

    `child_suspected` decides the serious talk, `is_crime_report` only says what came.
    `feedback_asked_on` is the day a mandated reporter asked for feedback, when that was after the
    report. `received_on` is the local calendar day of `received_at` and is day 0 of the fourteen
    days (SoL 2025:400 20:2). Siblings in the same report are matters of their own, `linked_to` the
    first. `group` received it and owns it while no worker has it.
    """

    KIND = "report"
    HEADER_FROM = frozenset({"received_on", "status", "investigation"})

    linked_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="siblings"
    )
    status = models.CharField(
        _("status"), max_length=20, choices=ReportStatus, default=ReportStatus.RECEIVED
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ReportKind)
    channel = models.CharField(_("came by"), max_length=20, choices=Channel)
    received_at = models.DateTimeField(_("received"))
    received_on = models.DateField(_("received on"))
    reporter_category = models.CharField(_("reporter"), max_length=20, choices=ReporterCategory)
    reporter_name = models.CharField(_("reporter's name"), max_length=200, blank=True)
    reporter_organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    reporter_contact = models.CharField(_("contact"), max_length=300, blank=True)
    wants_feedback = models.BooleanField(_("wants feedback"), default=False)
    feedback_asked_on = models.DateField(_("asked for feedback on"), null=True, blank=True)
    reasons = ArrayField(
        models.CharField(max_length=30, choices=ConcernReason), verbose_name=_("reasons")
    )
    concern = LongText(_("the concern"))
    is_crime_report = models.BooleanField(_("crime report"), default=False)
    child_suspected = models.BooleanField(_("the child is suspected of a crime"), default=False)
    logged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    logged_at = models.DateTimeField(_("logged"))
    investigation = models.ForeignKey(
        "cases.Investigation", models.PROTECT, null=True, blank=True, related_name="reports"
    )
    # A sender's own key, and a keyed hash of what came with it: the same key never makes two.
    idempotency_key = models.CharField(max_length=120, null=True, blank=True)
    idempotency_digest = models.CharField(max_length=64, blank=True, default="")

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        default_permissions = ()
        constraints = [
            one_of("cases_report_status", "status", ReportStatus.values),
            one_of("cases_report_kind", "kind", ReportKind.values),
            one_of("cases_report_channel", "channel", Channel.values),
            one_of("cases_report_reporter", "reporter_category", ReporterCategory.values),
            state_implies(
                "cases_report_investigation_when_opened_or_joined",
                "status",
                [ReportStatus.OPENED, ReportStatus.JOINED],
                "investigation",
            ),
            models.CheckConstraint(
                name="cases_report_not_logged_before_received",
                condition=Q(logged_at__gte=models.F("received_at")),
            ),
            models.CheckConstraint(
                name="cases_report_anonymous_stays_anonymous",
                condition=~Q(reporter_category=ReporterCategory.ANONYMOUS)
                | Q(reporter_name="", reporter_contact="", wants_feedback=False),
            ),
            models.CheckConstraint(
                name="cases_report_feedback_to_mandated_only",
                condition=Q(wants_feedback=False)
                | Q(reporter_category__in=sorted(MANDATED_REPORTERS)),
            ),
            models.CheckConstraint(
                name="cases_report_feedback_asked_when_wanted",
                condition=Q(feedback_asked_on__isnull=True) | Q(wants_feedback=True),
            ),
            models.UniqueConstraint(
                name="cases_report_idempotency_key_once",
                fields=["logged_by", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-received_on", "-matter"], name="cases_report_unit"),
            models.Index(fields=["group", "status"], name="cases_report_group_status"),
            models.Index(
                fields=["unit", "received_on"],
                condition=Q(status__in=[ReportStatus.RECEIVED, ReportStatus.ASSESSED]),
                name="cases_report_undecided",
            ),
        ]
        triggers = [HeaderKept()]

    @property
    def is_decided(self) -> bool:
        return self.status not in {*UNDECIDED_REPORT, ReportStatus.WITHDRAWN}

    @property
    def handler(self) -> User | None:
        """The reception worker of the day, of a row fetched `with_workers`."""
        return next(iter(self.workers_with()), None)

    def opened(self) -> date:
        return self.received_on

    def is_withdrawn(self) -> bool:
        return self.status == ReportStatus.WITHDRAWN

    def closed(self) -> date | None:
        if self.is_withdrawn():
            return self.received_on
        if not self.is_decided:
            return None
        decision = getattr(self, "decision", None)
        return decision.decided_on if decision is not None else self.received_on

    def led_to(self) -> int | None:
        return self.investigation_id


signatures.declare(
    "assessment",
    (
        "report_id",
        "assessed_at",
        "assessed_by_id",
        "outcome",
        "child_spoken_with",
        "rationale",
        "support_granted",
    ),
)


@tracked()
class ProtectionAssessment(InMatter, Signable):
    """The immediate protection assessment (SoL 2025:400 20:1), locked when signed by its author."""

    IN = "report"

    report = models.OneToOneField(Report, models.PROTECT, related_name="protection_assessment")
    assessed_at = models.DateTimeField(_("assessed"))
    assessed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("written down"))
    outcome = models.CharField(_("outcome"), max_length=30, choices=ProtectionOutcome)
    child_spoken_with = models.BooleanField(_("the child was spoken with"))
    rationale = LongText(_("reasons"))
    support_granted = models.CharField(
        _("support granted the same day"), max_length=500, blank=True
    )

    class Meta:
        verbose_name = _("protection assessment")
        default_permissions = ()
        constraints = [
            one_of("cases_protectionassessment_outcome", "outcome", ProtectionOutcome.values),
            models.CheckConstraint(
                name="cases_protectionassessment_not_in_advance",
                condition=Q(recorded_at__gte=models.F("assessed_at")),
            ),
            signature_whole("cases_protectionassessment_signature_whole"),
        ]
        indexes = [
            models.Index(
                fields=["assessed_by", "recorded_at"],
                condition=Q(signed_at__isnull=True),
                name="cases_assessment_unsigned",
            ),
        ]
        triggers = signed_guards("assessment", "recorded_at")

    def __str__(self) -> str:
        return str(self.get_outcome_display())


@tracked()
class DecisionProposal(InMatter, models.Model):
    """The reception worker's proposal of the decision, for the leader who has the delegation."""

    IN = "report"

    report = models.OneToOneField(Report, models.PROTECT, related_name="proposal")
    outcome = models.CharField(_("proposal"), max_length=20, choices=OpeningOutcome)
    rationale = LongText(_("reasons"))
    group = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("receiving group"),
    )
    investigation_type = models.CharField(
        _("type"), max_length=20, choices=InvestigationType, blank=True
    )
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("decision proposal")
        default_permissions = ()
        constraints = [
            one_of("cases_decisionproposal_outcome", "outcome", OpeningOutcome.values),
            # Only a proposal to open an investigation says of which type.
            one_of(
                "cases_decisionproposal_type", "investigation_type", ["", *InvestigationType.values]
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())


signatures.declare(
    "decision",
    (
        "report_id",
        "outcome",
        "decided_on",
        "decided_by_id",
        "rationale",
        "is_late",
        "late_reason",
    ),
    (
        "report_id",
        "outcome",
        "decided_on",
        "decided_by_id",
        "rationale",
        "is_late",
        "late_reason",
        "unassessed_reason",
    ),
)


@tracked()
class OpeningDecision(InMatter, Signable):
    """The decision to open an investigation or not (SoL 2025:400 20:2).

    `is_late` is set once, when the decision is taken, and never changes. Deciding is signing. One
    that was reversed stays beside the one that came after: only the latest is `standing_for` the
    report.
    """

    IN = "report"

    report = models.ForeignKey(Report, models.PROTECT, related_name="decisions")
    standing_for = models.OneToOneField(
        Report, models.PROTECT, null=True, blank=True, related_name="decision"
    )
    outcome = models.CharField(_("decision"), max_length=20, choices=OpeningOutcome)
    decided_on = models.DateField(_("decided on"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    recorded_at = models.DateTimeField(_("written down"))
    rationale = LongText(_("reasons"))
    is_late = models.BooleanField(_("late"), default=False)
    late_reason = models.CharField(_("why late"), max_length=2000, blank=True)
    unassessed_reason = models.CharField(
        _("why there is no protection assessment"), max_length=2000, blank=True, default=""
    )

    class Meta:
        verbose_name = _("decision")
        default_permissions = ()
        constraints = [
            one_of("cases_openingdecision_outcome", "outcome", OpeningOutcome.values),
            models.CheckConstraint(
                name="cases_openingdecision_late_has_reason",
                condition=Q(is_late=False, late_reason="") | (Q(is_late=True) & ~Q(late_reason="")),
            ),
            signature_whole("cases_openingdecision_signature_whole"),
            models.CheckConstraint(
                name="cases_openingdecision_stands_for_its_own",
                condition=Q(standing_for__isnull=True) | Q(standing_for=models.F("report")),
            ),
        ]
        triggers = signed_guards("decision", "recorded_at")

    def __str__(self) -> str:
        return str(self.get_outcome_display())


@tracked()
class Feedback(InMatter, models.Model):
    """What a mandated reporter was told (SoL 2025:400 19:6): one of three answers, no more."""

    IN = "report"

    report = models.OneToOneField(Report, models.PROTECT, related_name="feedback")
    answer = models.CharField(_("answer"), max_length=20, choices=FeedbackAnswer)
    given_on = models.DateField(_("given on"))
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    channel = models.CharField(_("given by"), max_length=20, choices=Channel)

    class Meta:
        verbose_name = _("feedback")
        default_permissions = ()
        constraints = [
            one_of("cases_feedback_answer", "answer", FeedbackAnswer.values),
            one_of("cases_feedback_channel", "channel", Channel.values),
        ]

    def __str__(self) -> str:
        return str(self.get_answer_display())


@tracked()
class SeriousTalk(InMatter, models.Model):
    """The serious talk (allvarssamtal) offered within 48 hours of a crime report."""

    IN = "report"

    report = models.OneToOneField(Report, models.PROTECT, related_name="serious_talk")
    offered_at = models.DateTimeField(_("offered"))
    result = models.CharField(_("result"), max_length=20, choices=SeriousTalkResult)
    held_at = models.DateTimeField(_("held"), null=True, blank=True)
    with_guardians = models.BooleanField(_("guardians took part"), default=False)
    note = LongText(_("note"), blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("serious talk")
        default_permissions = ()
        constraints = [
            state_implies(
                "cases_serioustalk_held_has_time", "result", [SeriousTalkResult.HELD], "held_at"
            ),
            models.CheckConstraint(
                name="cases_serioustalk_offered_before_held",
                condition=Q(held_at__gte=models.F("offered_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_result_display())
