"""Closed lists of the workload area. Pure: nothing that reads data or a clock."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FactorSource(TextChoices):
    """Where the level of a factor comes from."""

    ALWAYS = "always", _("Counts for every case")
    PHASE = "phase", _("Days since the investigation was opened")
    CHILDREN = "children", _("Children in the same report")
    RISK = "risk", _("The latest risk assessment")
    INTERPRETER = "interpreter", _("Interpreter, as the record says")
    JUDGED = "judged", _("Judged by the handlers or the leader")


MEASURED: frozenset[str] = frozenset({FactorSource.PHASE, FactorSource.CHILDREN})
"""Sources that give a number; the level is the highest whose `from_value` it reaches."""

NOTED: frozenset[str] = frozenset({FactorSource.INTERPRETER})
"""What the record holds without a day: written down, dated, when it is first seen."""


class Basis(TextChoices):
    """Why a line of a case's points has the level it has."""

    ALWAYS = "always", _("counts for every case")
    DERIVED = "derived", _("from the case")
    ASSESSED = "assessed", _("judged")
    ASSUMED = "assumed", _("not judged yet, counted as this")


class ReductionReason(TextChoices):
    MENTOR = "mentor", _("Mentor")
    UNION = "union", _("Union duties")
    ILLNESS = "illness", pgettext_lazy("reduction", "Illness")
    TRAINING = "training", pgettext_lazy("reduction", "Training")
    INTRODUCTION = "introduction", _("Introduction")
    OTHER = "other", pgettext_lazy("reduction", "Other")


class ReductionState(TextChoices):
    """Derived from the days, never stored."""

    PLANNED = "planned", pgettext_lazy("reduction", "Planned")
    ACTIVE = "active", pgettext_lazy("reduction", "Active")
    ENDED = "ended", pgettext_lazy("reduction", "Ended")


class CompetenceKind(TextChoices):
    LANGUAGE = "language", _("Language")
    SAVRY = "savry", "SAVRY"
    EARL = "earl", "EARL"
    CHILD_INTERVIEWS = "child_interviews", _("Interviews with children")
    HOME_AREA = "home_area", _("Home area")
    OTHER = "other", pgettext_lazy("competence", "Other")


DETAILED: frozenset[str] = frozenset(
    {CompetenceKind.LANGUAGE, CompetenceKind.HOME_AREA, CompetenceKind.OTHER}
)
"""Competences that say nothing without which: which language, which area."""


class WarningKind(TextChoices):
    OVERLOAD = "overload", _("Over 110 % for four weeks running")
    NEW_CEILING = "new_ceiling", _("A new worker above the ceiling")
    ONE_HANDLER = "one_handler", _("An investigation with only one handler")
    RED_LOAD = "red_load", _("Three red temperatures in a row on the load")
    RED_WELLBEING = "red_wellbeing", _("Three red temperatures in a row on wellbeing")
    FELT_HEAVY = "felt_heavy", _("The work is felt to be heavy though the points look low")
    FELT_LIGHT = "felt_light", _("The points look high though the work is felt to be light")


OF_CASE: frozenset[str] = frozenset({WarningKind.ONE_HANDLER})
OF_GROUP: frozenset[str] = frozenset({WarningKind.RED_LOAD, WarningKind.RED_WELLBEING})
OF_WORKER: frozenset[str] = frozenset(WarningKind.values) - OF_CASE - OF_GROUP
"""What each kind of warning is about."""

TOLD_IN_CONFIDENCE: frozenset[str] = frozenset({WarningKind.FELT_HEAVY, WarningKind.FELT_LIGHT})
"""Warnings that come of what a worker has answered: for who reads the answers by name."""
