"""Closed lists of the measurements: statements, steps, colours, own experience. Pure.

Steps are stored as 1 (worst) to 5 (best), own experience as 1 (light) to 5 (too heavy).
"""

from __future__ import annotations

from typing import Any

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Statement(TextChoices):
    """The three statements of the Stockholm model; the values are names of columns."""

    SITUATION = "situation", _("I have a good work situation.")
    GOOD_WORK = "good_work", _("I feel that I can do a good job.")
    RECOMMEND = "recommend", _("I can recommend my workplace to others.")


SHORT: dict[str, Any] = {
    Statement.SITUATION: pgettext_lazy("statement", "Situation"),
    Statement.GOOD_WORK: pgettext_lazy("statement", "Good work"),
    Statement.RECOMMEND: pgettext_lazy("statement", "Recommend"),
}
"""The statements where a sentence has no room: below the bars of a chart."""


class ScaleStep(IntegerChoices):
    VERY_BAD = 1, _("Fits very badly")
    BAD = 2, _("Fits rather badly")
    NEITHER = 3, _("Neither well nor badly")
    WELL = 4, _("Fits rather well")
    VERY_WELL = 5, _("Fits very well")


NOT_SATISFIED: frozenset[int] = frozenset({ScaleStep.VERY_BAD, ScaleStep.BAD})
"""Whoever answers any statement with one of these is offered an individual action plan."""


class Strain(IntegerChoices):
    """How the work has been felt since the last measurement."""

    LIGHT = 1, pgettext_lazy("work", "Light")
    RATHER_LIGHT = 2, _("Rather light")
    RIGHT = 3, _("About right")
    HEAVY = 4, _("Heavy")
    TOO_HEAVY = 5, _("Too heavy")


class Colour(TextChoices):
    """Temperature at a workplace meeting."""

    GREEN = "green", _("Green")
    YELLOW = "yellow", _("Yellow")
    RED = "red", _("Red")


class PlanResponse(TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class PublishedFor(TextChoices):
    """Who a published part is for: the unit head sees groups, those above see units."""

    UNIT = "unit", _("The unit head")
    ABOVE = "above", _("Above the unit")


class SurveyMeasure(TextChoices):
    SURVEY = "survey", _("The Stockholm model")
    WORKLOAD = "workload", _("Workload measurement")


def temperature(green: int, yellow: int, red: int) -> str:
    """The colour of a show of hands: the most hands, at a tie the worse; "" without hands."""
    most = max(green, yellow, red)
    if most == 0:
        return ""
    if red == most:
        return Colour.RED
    return Colour.YELLOW if yellow == most else Colour.GREEN
