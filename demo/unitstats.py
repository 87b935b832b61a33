"""The closed months of the demonstration: the units a newcomer meets, two years back."""

from __future__ import annotations

from datetime import date, datetime

from organisation.models import OrgUnit
from unitstats.services import closing

UNITS = ("ST-BOU", "EV-BOU")
"""The others are closed by the nightly job, as in life."""


def fill(*, seed: int, on: date, at: datetime) -> None:
    """Close every month of these units whose day has come by `on`. Nothing here is drawn."""
    for unit in OrgUnit.objects.filter(code__in=UNITS).order_by("code"):
        for month in closing.to_close(unit, on=on):
            closing.close(unit, month, by=None, at=at)
