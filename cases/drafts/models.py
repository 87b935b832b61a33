"""Half-written forms."""

from __future__ import annotations

from django.db import models

from organisation.models import User


class Draft(models.Model):
    """A half-written form, kept for its writer alone until it is sent or thrown away."""

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=120)
    data = models.JSONField()
    tab = models.CharField(max_length=16, blank=True, default="")
    saved_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="cases_draft_once", fields=["user", "key"])]

    def __str__(self) -> str:
        return self.key
