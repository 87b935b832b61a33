"""How interventions are filtered."""

from __future__ import annotations

from api.base import Filters, UnitAsked, only_codes
from api.filters import UNIT
from cases.enums import InterventionStatus


class InterventionFilters(Filters):
    status = only_codes(InterventionStatus)
    unit = UnitAsked(required=False, help_text=UNIT)
