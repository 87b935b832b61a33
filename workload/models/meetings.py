"""What is noted of a group as a whole: its temperature, and days to see in the charts."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import ordered
from core.history import tracked
from organisation.models import OrgUnit, User
from workload.scales import temperature


def _hands(label: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, default=0)


@tracked()
class Temperature(models.Model):
    """A show of hands at a workplace meeting: how many of each colour, never who.

    Once for wellbeing and once for the load, so both have as many hands.
    """

    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_index=False)
    meeting_on = models.DateField(_("meeting"))
    wellbeing_green = _hands(_("wellbeing, green"))
    wellbeing_yellow = _hands(_("wellbeing, yellow"))
    wellbeing_red = _hands(_("wellbeing, red"))
    load_green = _hands(_("load, green"))
    load_yellow = _hands(_("load, yellow"))
    load_red = _hands(_("load, red"))
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("temperature")
        verbose_name_plural = _("temperatures")
        default_permissions = ()
        ordering = ["meeting_on"]
        constraints = [
            models.UniqueConstraint(
                name="workload_temperature_once_a_meeting", fields=["group", "meeting_on"]
            ),
            models.CheckConstraint(
                name="workload_temperature_hands_on_both",
                condition=Q(
                    wellbeing_green=F("load_green")
                    + F("load_yellow")
                    + F("load_red")
                    - F("wellbeing_yellow")
                    - F("wellbeing_red")
                )
                & (Q(load_green__gt=0) | Q(load_yellow__gt=0) | Q(load_red__gt=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.meeting_on}"

    @property
    def wellbeing(self) -> str:
        """The colour of the group's wellbeing (`workload.scales.temperature`)."""
        return temperature(self.wellbeing_green, self.wellbeing_yellow, self.wellbeing_red)

    @property
    def load(self) -> str:
        return temperature(self.load_green, self.load_yellow, self.load_red)

    @property
    def hands(self) -> int:
        return self.load_green + self.load_yellow + self.load_red


@tracked()
class MarkedEvent(models.Model):
    """A day or a time to see in a unit's charts: a summer, a reorganisation, a new law."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"), null=True, blank=True)
    text = models.CharField(_("what"), max_length=60)
    marked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("marked event")
        verbose_name_plural = _("marked events")
        default_permissions = ()
        ordering = ["from_on", "pk"]
        constraints = [
            ordered("workload_markedevent_days_ordered", "from_on", "until_on"),
            models.UniqueConstraint(
                name="workload_markedevent_once", fields=["unit", "from_on", "text"]
            ),
        ]

    def __str__(self) -> str:
        return self.text
