"""What is kept about signing in: guesses, devices, ended sessions, roles given by claims.

No name that was typed, no address, no session key and no device mark is kept as it is: keyed
hashes are enough to recognise them again. `organisation.models` takes these in.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import ordered


class LoginThrottle(models.Model):
    """Failed guesses against one account, or from one address or device, and the lock they earn.

    `unlogged` counts what was refused while locked: it stands in the trail as a number of the next
    entry, so that a thousand guesses do not fill it.
    """

    key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="login_throttles",
    )
    failures = models.PositiveIntegerField(_("failed attempts"), default=0)
    unlogged = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField(_("last attempt"), db_index=True)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)

    class Meta:
        verbose_name = _("failed sign-ins")
        verbose_name_plural = _("failed sign-ins")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.failures}"


class KnownDevice(models.Model):
    """A browser a person has signed in from, known again by a cookie of which this is the hash."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="known_devices", db_index=False
    )
    digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="organisation_knowndevice_once", fields=["user", "digest"]
            ),
            ordered("organisation_knowndevice_seen_ordered", "first_seen_at", "last_seen_at"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.digest[:8]}"


class EndedSession(models.Model):
    """A session that was ended on purpose: whoever shows its cookie again has stolen it.

    Kept for a month (`organisation.tasks.tidy_logins`); `refused_at` is the first such attempt.
    """

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended"), db_index=True)
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True)

    class Meta:
        verbose_name = _("ended session")
        verbose_name_plural = _("ended sessions")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="organisation_endedsession_refused_after_end",
                condition=Q(refused_at__isnull=True) | Q(refused_at__gte=F("ended_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.ended_at:%Y-%m-%d %H:%M}"


class ClaimedRole(models.Model):
    """A role that the identity provider's claims gave; they alone end it."""

    assignment = models.OneToOneField(
        "organisation.RoleAssignment", models.CASCADE, related_name="claimed"
    )
    claim = models.CharField(_("claim"), max_length=200)

    class Meta:
        verbose_name = _("role from single sign-on")
        verbose_name_plural = _("roles from single sign-on")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.claim}"
