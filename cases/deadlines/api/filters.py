"""How deadlines are filtered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from api.base import Filters, UnitAsked, only_codes
from api.fields import Code, DayInput
from api.filters import UNIT
from cases.enums import DeadlineStatus
from cases.law import time_limits


class DeadlineFilters(Filters):
    on = DayInput(required=False, help_text=_("As of this local day; today when left out."))
    status = only_codes(DeadlineStatus)
    kind = Code(choices=time_limits.choices(), required=False)
    recorded_after_due = Code(
        choices=[("true", _("yes"))],
        required=False,
        help_text=_("`true`: met in time by what it says, and written down after the last day."),
    )
    unit = UnitAsked(required=False, help_text=UNIT)
