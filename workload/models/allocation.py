"""Allocation weeks: what cases wish, standing pairs, the week's plan, and proposals kept."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cases.investigations.models import Investigation
from core.constraints import one_of, ordered, paired
from core.history import tracked
from organisation.models import OrgUnit, User
from organisation.querysets import PeriodQuerySet
from workload.allocation import WishKind

NOTED_KINDS: tuple[WishKind, ...] = (
    WishKind.LANGUAGE,
    WishKind.COMPETENCE,
    WishKind.EXPERIENCE,
    WishKind.AREA,
)
"""Wishes that people write down; siblings, earlier workers and standing pairs are derived."""


class ProposalState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be calculated")
    RUNNING = "running", _("Being calculated")
    DONE = "done", _("Calculated")
    FAILED = "failed", _("Could not be calculated")


@tracked()
class AllocationWish(models.Model):
    """What an investigation asks of its pair; `required` makes the wish a rule."""

    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="wishes")
    kind = models.CharField(_("wish"), max_length=20, choices=WishKind)
    detail = models.CharField(_("which"), max_length=80, blank=True)
    required = models.BooleanField(_("required"), default=False)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(_("noted"))

    class Meta:
        verbose_name = _("wish for allocation")
        verbose_name_plural = _("wishes for allocation")
        default_permissions = ()
        ordering = ["kind", "detail", "pk"]
        constraints = [
            one_of("workload_allocationwish_kind", "kind", [str(kind) for kind in NOTED_KINDS]),
            models.CheckConstraint(
                name="workload_allocationwish_says_which",
                condition=Q(kind=WishKind.EXPERIENCE, detail="")
                | (~Q(kind=WishKind.EXPERIENCE) & ~Q(detail="")),
            ),
            models.UniqueConstraint(
                "investigation",
                "kind",
                Lower("detail"),
                name="workload_allocationwish_once",
            ),
        ]

    def __str__(self) -> str:
        kind = str(self.get_kind_display())
        return f"{kind}: {self.detail}" if self.detail else kind


@tracked()
class StandingPair(models.Model):
    """Two workers of a group who usually have their cases together, from a day to a day."""

    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    first = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("one"))
    second = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("the other"))
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"), null=True, blank=True)
    set_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(_("decided"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing pair")
        verbose_name_plural = _("standing pairs")
        default_permissions = ()
        ordering = ["group", "pk"]
        constraints = [
            ordered("workload_standingpair_days_ordered", "from_on", "until_on"),
            # The lower id first: a pair has no order, and stands once.
            models.CheckConstraint(
                name="workload_standingpair_two_people", condition=Q(first__lt=F("second"))
            ),
            models.UniqueConstraint(
                name="workload_standingpair_once",
                fields=["group", "first", "second"],
                condition=Q(until_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}, {self.second_id}"


@tracked()
class AllocationRound(models.Model):
    """A group's allocation week: who of the reception was there, and what was noted."""

    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    monday = models.DateField(_("week from"))
    reception_worker = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("from the reception"),
    )
    notes = models.CharField(_("notes"), max_length=2000, blank=True)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(_("begun"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("allocation week")
        verbose_name_plural = _("allocation weeks")
        default_permissions = ()
        ordering = ["-monday", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="workload_allocationround_one_a_week", fields=["group", "monday"]
            ),
            models.CheckConstraint(
                name="workload_allocationround_begins_on_monday",
                condition=Q(monday__iso_week_day=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.monday}"


@tracked()
class PlannedPair(models.Model):
    """Who is meant to have a waiting investigation; nothing is given until it is given out.

    `pinned`: the leader has settled it, and a proposal works round it.
    """

    investigation = models.OneToOneField(Investigation, models.PROTECT, related_name="planned_pair")
    main = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("main handler")
    )
    co = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("co-worker")
    )
    pinned = models.BooleanField(_("pinned"), default=False)
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(_("planned"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("planned pair")
        verbose_name_plural = _("planned pairs")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="workload_plannedpair_two_people",
                condition=Q(main__isnull=True) | Q(co__isnull=True) | ~Q(main=F("co")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.investigation_id}: {self.main_id}, {self.co_id}"


@tracked()
class AllocationProposal(models.Model):
    """A proposal as it was calculated: from what, with what result, for whom and when.

    `facts` and `result` hold ids, codes and numbers only. `digest` is of the facts: another digest
    now means that something has changed since.
    """

    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for"))
    room = models.PositiveSmallIntegerField(_("room for wishes"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=ProposalState, default=ProposalState.WAITING
    )
    digest = models.CharField(max_length=64)
    facts = models.JSONField()
    result = models.JSONField(null=True)
    done_at = models.DateTimeField(_("calculated"), null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(_("accepted"), null=True)

    class Meta:
        verbose_name = _("proposed allocation")
        verbose_name_plural = _("proposed allocations")
        default_permissions = ()
        ordering = ["-asked_at", "-pk"]
        constraints = [
            one_of("workload_allocationproposal_state", "state", ProposalState.values),
            paired("workload_allocationproposal_acceptance", "accepted_at", "accepted_by"),
            models.CheckConstraint(
                name="workload_allocationproposal_done_has_result",
                condition=Q(state=ProposalState.DONE, result__isnull=False, done_at__isnull=False)
                | ~Q(state=ProposalState.DONE),
            ),
        ]
        indexes = [
            models.Index(fields=["group", "-asked_at"], name="workload_proposal_group"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.asked_at:%Y-%m-%d %H:%M}"
