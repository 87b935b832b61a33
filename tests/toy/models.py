"""The toy's own rows."""

from __future__ import annotations

from datetime import date

from django.db import models

from cases.matters.models import MatterRecord
from cases.matters.querysets import MatterRecordQuerySet
from cases.persons.models import Person


class Promise(MatterRecord):
    """Something promised on a day, and kept on another."""

    KIND = "promise"
    HEADER_FROM = frozenset({"promised_on", "kept_on"})

    child = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    promised_on = models.DateField()
    kept_on = models.DateField(null=True)
    words = models.TextField("löftet")

    objects = MatterRecordQuerySet.as_manager()

    class Meta:
        app_label = "toy"
        default_permissions = ()

    def opened(self) -> date:
        return self.promised_on

    def closed(self) -> date | None:
        return self.kept_on
