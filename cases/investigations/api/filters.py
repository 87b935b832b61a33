"""How investigations are filtered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from api.base import Filters, UnitAsked, only_codes
from api.fields import Text
from api.filters import UNIT
from cases.enums import InvestigationStatus
from core.limits import limit
from organisation.models import OrgUnit


class InvestigationFilters(Filters):
    status = only_codes(InvestigationStatus)
    unit = UnitAsked(required=False, help_text=UNIT)
    group = Text(
        required=False, max_length=limit(OrgUnit, "code"), help_text=_("The group's code.")
    )
