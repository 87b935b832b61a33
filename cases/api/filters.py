"""What each list can be asked for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases import deadlines
from cases.api.base import Filters, UnitAsked, only_codes
from cases.api.fields import Code, Day, Text
from cases.enums import DeadlineStatus, InterventionStatus, InvestigationStatus, ReportStatus
from core.limits import limit
from organisation.models import OrgUnit

_UNIT = _("The unit's code. A unit that is not yours, or does not exist, has an empty list.")


class ReportFilters(Filters):
    status = only_codes(ReportStatus)
    unit = UnitAsked(required=False, help_text=_UNIT)


class InvestigationFilters(Filters):
    status = only_codes(InvestigationStatus)
    unit = UnitAsked(required=False, help_text=_UNIT)
    group = Text(
        required=False, max_length=limit(OrgUnit, "code"), help_text=_("The group's code.")
    )


class InterventionFilters(Filters):
    status = only_codes(InterventionStatus)
    unit = UnitAsked(required=False, help_text=_UNIT)


class DeadlineFilters(Filters):
    on = Day(required=False, help_text=_("As of this local day; today when left out."))
    status = only_codes(DeadlineStatus)
    kind = Code(choices=deadlines.choices(), required=False)
    unit = UnitAsked(required=False, help_text=_UNIT)


class NoticeFilters(Filters):
    unread = Code(
        choices=[("true", "true"), ("false", "false")],
        required=False,
        help_text=_("`true`: only those not read yet; `false`: only those read."),
    )
