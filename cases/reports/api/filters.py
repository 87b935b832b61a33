"""How reports are filtered."""

from __future__ import annotations

from api.base import Filters, UnitAsked, only_codes
from api.filters import UNIT
from cases.enums import ReportStatus


class ReportFilters(Filters):
    status = only_codes(ReportStatus)
    unit = UnitAsked(required=False, help_text=UNIT)
