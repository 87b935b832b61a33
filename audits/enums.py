"""Closed lists of the self-audits."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LogRule(TextChoices):
    """Why a reading was drawn for a log check."""

    SAMPLE = "sample", _("Drawn at random")
    OWN_NAME = "own_name", _("Same family name")
    NO_TIE = "no_tie", _("No tie to the case")
    OFF_HOURS = "off_hours", _("Outside working hours")
    MANY = "many", _("Unusually many children that day")
    PROTECTED = "protected", _("Child with protected identity")
    EMERGENCY = "emergency", _("Emergency opening")
    REFUSED = "refused", _("Refused attempt")


class LogAct(TextChoices):
    """What a reading to review was."""

    CASE = "case", _("Opened a case")
    SEARCH = "search", _("Search")
    LOOK_UP = "look_up", _("Look-up while logging a report")
    LIST = "list", _("List")


class Judgement(TextChoices):
    JUSTIFIED = "justified", _("Justified")
    NEEDS_EXPLANATION = "needs_explanation", _("Needs explanation")
    DEVIATION = "deviation", _("Deviation")
