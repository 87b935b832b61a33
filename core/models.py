"""The trail: who did and who read what, and its seals. Only grows; nothing else is stored here."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.chain import digest_sql
from core.constraints import ordered
from core.history import AppendOnly, Guard


class TrailKind(models.TextChoices):
    CHANGE = "change", pgettext_lazy("trail", "Change")
    READ = "read", _("Reading")
    EXPORT = "export", _("Export")
    REFUSED = "refused", _("Refused")


class Chained(Guard):
    """Give a new entry its time by the database's clock, and its digest.

    The transaction's number comes before the clock is read: whoever knows that all transactions
    of a moment have ended knows that no entry of an earlier time is still to come.
    """

    name = "chained"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("before", "bytea")]
    func = (
        "PERFORM pg_current_xact_id();"  # noqa: S608
        " NEW.recorded_at := clock_timestamp();"
        " NEW.previous_id := NULL;"
        " SELECT id, digest INTO NEW.previous_id, before"
        " FROM core_trailentry ORDER BY id DESC LIMIT 1;"
        f" NEW.digest := {digest_sql('NEW', 'before')};"
        " RETURN NEW;"
    )


class TrailEntry(models.Model):
    """One act: `action` (such as `report.decided`) by a person on targets of one type.

    `targets` holds ids, so that a list read as one act is one entry, and `children` those of the
    children they concern. `reason` is free text of the actor's; names, numbers and texts of a case
    are never copied here. The last three columns are the database's own (`core.chain`).
    """

    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("kind"), max_length=10, choices=TrailKind)
    action = models.CharField(_("act"), max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    target_type = models.CharField(max_length=40)
    targets = ArrayField(models.BigIntegerField())
    children = ArrayField(models.BigIntegerField(), default=list)
    unit_id = models.BigIntegerField(null=True)
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(editable=False, default=None)
    previous_id = models.BigIntegerField(editable=False, null=True)
    digest = models.BinaryField(default=None)

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail entries")
        indexes = [
            GinIndex(fields=["children"], name="core_trail_children"),
            models.Index(fields=["actor", "-at"], name="core_trail_actor"),
            models.Index(fields=["unit_id", "at"], name="core_trail_unit"),
            BrinIndex(fields=["recorded_at"], name="core_trail_recorded", pages_per_range=32),
            models.Index(
                fields=["-id"],
                condition=models.Q(action="history.sealed"),
                name="core_trail_history",
            ),
        ]
        triggers = [AppendOnly(), Chained()]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class TrailSeal(models.Model):
    """The entries recorded from one moment to another, put into one order.

    Seals follow on one another without a gap, by day and number; none reaches past midnight, and
    the day's last one `closes` it. Its digest is the head of the day: it stands for the whole
    trail until then (`core.seals`).
    """

    day = models.DateField(_("day"))
    number = models.PositiveIntegerField()
    from_at = models.DateTimeField(unique=True)
    until_at = models.DateTimeField()
    entries = models.PositiveBigIntegerField()
    first_id = models.BigIntegerField(null=True)
    last_id = models.BigIntegerField(null=True)
    closes = models.BooleanField()
    digest = models.BinaryField()

    class Meta:
        verbose_name = _("seal of the trail")
        verbose_name_plural = _("seals of the trail")
        default_permissions = ()
        constraints = [
            ordered("core_trailseal_times_ordered", "from_at", "until_at"),
            models.UniqueConstraint(name="core_trailseal_number_once", fields=["day", "number"]),
            models.UniqueConstraint(
                name="core_trailseal_day_closed_once",
                fields=["day"],
                condition=models.Q(closes=True),
            ),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.day} {self.number}"
