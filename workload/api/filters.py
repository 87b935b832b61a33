"""What each list of the workload can be asked for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.base import Filters, UnitAsked, only_codes
from api.fields import DayInput, Text
from core.limits import limit
from organisation.models import OrgUnit
from workload.enums import WarningKind

_UNIT = _("The unit's code. A unit that is not yours, or does not exist, has an empty list.")
_WHOLE = _("Send a whole number.")
FIRST_YEAR, LAST_YEAR = 2000, 2199


class PlaceFilters(Filters):
    unit = UnitAsked(required=False, help_text=_UNIT)
    group = Text(
        required=False, max_length=limit(OrgUnit, "code"), help_text=_("The group's code.")
    )


class LoadFilters(PlaceFilters):
    on = DayInput(required=False, help_text=_("As of this local day, today at the latest."))


class WarningFilters(PlaceFilters):
    kind = only_codes(WarningKind)


class YearFilters(serializers.Serializer):
    year = serializers.IntegerField(
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages={
            "invalid": _WHOLE,
            "min_value": _("Send a year from 2000 on."),
            "max_value": _("Send a year from 2000 on."),
            "max_string_length": _WHOLE,
        },
        help_text=_("The year; last year when left out."),
    )
