"""The trail: who did and who read what. Append-only; nothing else is stored in the kernel."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TrailKind(models.TextChoices):
    CHANGE = "change", pgettext_lazy("trail", "Change")
    READ = "read", _("Reading")
    EXPORT = "export", _("Export")
    REFUSED = "refused", _("Refused")


class TrailEntry(models.Model):
    """One act: `action` (such as `report.decided`) by a person on targets of one type.

    `targets` holds ids, so that a list read as one act is one entry. `reason` is free text of the
    actor's; names, numbers and texts of a case are never copied here.
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
    )
    target_type = models.CharField(max_length=40)
    targets = ArrayField(models.BigIntegerField())
    child_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail entries")
        indexes = [
            models.Index(fields=["child_id", "-at"], name="core_trail_child"),
            models.Index(fields=["actor", "-at"], name="core_trail_actor"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
