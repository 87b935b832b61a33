"""Notices in the program, and the morning mail of what they sum up."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.deadlines.models import Deadline
from cases.matters.models import Matter
from cases.notices import querysets
from cases.provisions.models import EmergencyAccess
from organisation.models import User


class Notice(models.Model):
    """An in-app notice. Holds references, never a name or a text of the case.

    `kind` is the code of a topic (`cases.notices.topics`). Those about a deadline name the rung it
    had reached and the due day (`due_on`) it led to. Those about something else than a matter name
    its row (`topic_id`), and are given once.
    """

    # Indexes and constraints below begin with them.
    recipient = models.ForeignKey(User, models.PROTECT, related_name="notices", db_index=False)
    kind = models.CharField(_("kind"), max_length=40)
    rung = models.CharField(max_length=20, blank=True)
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, blank=True, related_name="notices", db_index=False
    )
    due_on = models.DateField(null=True, blank=True)
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    topic_id = models.BigIntegerField(null=True, blank=True)
    emergency = models.ForeignKey(
        EmergencyAccess, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = querysets.NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="cases_notice_kind_is_a_code", condition=Q(kind__regex="^[a-z][a-z_.]*$")
            ),
            models.UniqueConstraint(
                name="cases_notice_rung_once",
                fields=["deadline", "due_on", "recipient", "rung"],
                condition=Q(deadline__isnull=False),
            ),
            models.CheckConstraint(
                name="cases_notice_deadline_has_rung",
                condition=Q(deadline__isnull=True, due_on__isnull=True, rung="")
                | (Q(deadline__isnull=False, due_on__isnull=False) & ~Q(rung="")),
            ),
            models.UniqueConstraint(
                name="cases_notice_topic_once",
                fields=["kind", "topic_id", "recipient"],
                condition=Q(topic_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "-created_at"],
                condition=Q(read_at__isnull=True),
                name="cases_notice_unread",
            ),
            models.Index(fields=["recipient", "-created_at", "-id"], name="cases_notice_recipient"),
        ]

    def __str__(self) -> str:
        return self.kind


class Digest(models.Model):
    """The morning mail to one person on one day: made once, with what it counts.

    `claimed_at` is set before the mail is handed over and `sent_at` after; a claim without an
    answer is a worker that died in between, and is not sent again (see `cases.notices.digest`).
    """

    recipient = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    overdue = models.PositiveIntegerField()
    due_today = models.PositiveIntegerField()
    due_soon = models.PositiveIntegerField()
    emergencies = models.PositiveIntegerField(db_default=0)
    unread = models.PositiveIntegerField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="cases_digest_once_a_day", fields=["recipient", "day"]),
            models.CheckConstraint(
                name="cases_digest_claimed_before_sent",
                condition=Q(sent_at__isnull=True)
                | Q(claimed_at__isnull=False, claimed_at__lte=F("sent_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["day"], condition=Q(claimed_at__isnull=True), name="cases_digest_unsent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.day}"
