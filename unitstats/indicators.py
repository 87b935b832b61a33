"""The indicators of the monthly statistics: permanent codes, names and definitions. Pure.

A code is never given another meaning: figures are quoted and compared for years. An indicator that
changes gets a new code beside the old one. How each is counted stands in `statistics`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.enums import (
    ConcernReason,
    Instrument,
    OpeningOutcome,
    ReporterCategory,
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What one figure counts. `unit`: `count`, `percent` (one decimal) or `days` (median)."""

    code: str
    section: str
    label: Any
    definition: Any
    unit: str = "count"


REPORTS, DECISIONS, INVESTIGATIONS, CHILD, OUTCOMES = (
    "reports",
    "decisions",
    "investigations",
    "child",
    "outcomes",
)

SECTIONS: Mapping[str, Any] = MappingProxyType(
    {
        REPORTS: _("Reports and applications"),
        DECISIONS: _("Protection assessments and decisions"),
        INVESTIGATIONS: _("Investigations"),
        CHILD: _("The child and the guardians"),
        OUTCOMES: _("Interventions and outcomes"),
    }
)


def _each(
    prefix: str, section: str, choices: Iterable[tuple[str, Any]], definition: Any
) -> Iterator[Indicator]:
    for code, label in choices:
        yield Indicator(f"{prefix}.{code}", section, label, definition)


def _all() -> Iterator[Indicator]:
    yield Indicator(
        "reports.received",
        REPORTS,
        _("Reports received"),
        _("Reports and applications whose day of arrival falls in the month, one for each child."),
    )
    yield Indicator(
        "reports.received_year_before",
        REPORTS,
        _("Received the same month the year before"),
        _("The same count for the same month one year earlier, as the records stand now."),
    )
    yield Indicator(
        "reports.crime",
        REPORTS,
        _("Crime reports"),
        _("Of those received, the ones that report a crime."),
    )
    yield Indicator(
        "reports.age_0_12",
        REPORTS,
        _("Children 0–12"),
        _("Of those received, by the child's age on the day of arrival; unborn children here."),
    )
    yield Indicator(
        "reports.age_13_20",
        REPORTS,
        _("Children 13–20"),
        _("Of those received, by the child's age on the day of arrival."),
    )
    yield Indicator(
        "reports.age_unknown",
        REPORTS,
        _("Age unknown"),
        _("Of those received, children whose date of birth is not known."),
    )
    yield from _each(
        "reports.by",
        REPORTS,
        ReporterCategory.choices,
        _("Of those received, by who reported."),
    )
    yield from _each(
        "reports.reason",
        REPORTS,
        ConcernReason.choices,
        _("Of those received, by reason; a report may have several."),
    )
    yield Indicator(
        "protection.due",
        DECISIONS,
        _("Protection assessments to make"),
        _("Immediate protection assessments of the reports received in the month (SoL 20:1)."),
    )
    yield Indicator(
        "protection.in_time",
        DECISIONS,
        _("Protection assessments in time"),
        _("Of those, made the same day, or the next day when the report came after 16:00."),
    )
    yield Indicator(
        "protection.in_time_percent",
        DECISIONS,
        _("Protection assessments in time, per cent"),
        _("In time, of those to make."),
        "percent",
    )
    yield Indicator(
        "decisions.taken",
        DECISIONS,
        _("Decisions to open or not"),
        _("Decisions taken in the month, those to open, not to open and to join counted together."),
    )
    yield from _each(
        "decisions.outcome",
        DECISIONS,
        OpeningOutcome.choices,
        _("Of the decisions taken in the month, by what was decided."),
    )
    yield Indicator(
        "decisions.in_time",
        DECISIONS,
        _("Decisions within 14 days"),
        _("Of the decisions taken in the month, those on the fourteenth day or before (SoL 20:2)."),
    )
    yield Indicator(
        "decisions.in_time_percent",
        DECISIONS,
        _("Decisions within 14 days, per cent"),
        _("Within fourteen days, of those taken."),
        "percent",
    )
    yield Indicator(
        "serious_talks.due",
        DECISIONS,
        _("Serious talks to offer"),
        _("Crime reports received in the month after which a serious talk is to be offered."),
    )
    yield Indicator(
        "serious_talks.in_time",
        DECISIONS,
        _("Serious talks within 48 hours"),
        _("Of those, offered within 48 hours of the report."),
    )
    yield Indicator(
        "investigations.opened",
        INVESTIGATIONS,
        _("Investigations opened"),
        _("Investigations whose day of opening falls in the month."),
    )
    yield Indicator(
        "investigations.concluded",
        INVESTIGATIONS,
        _("Investigations concluded"),
        _("Investigations whose day of conclusion falls in the month."),
    )
    yield Indicator(
        "investigations.with_intervention",
        INVESTIGATIONS,
        _("Concluded with an intervention"),
        _("Of those concluded, the ones that ended with an intervention."),
    )
    yield Indicator(
        "investigations.without_intervention",
        INVESTIGATIONS,
        _("Concluded without an intervention"),
        _("Of those concluded, the ones that ended without, the child's move included."),
    )
    yield Indicator(
        "investigations.concluded_late",
        INVESTIGATIONS,
        _("Concluded after their last day"),
        _("Of those concluded, later than four months or the day of the extension (SoL 20:3)."),
    )
    yield Indicator(
        "investigations.open_at_month_end",
        INVESTIGATIONS,
        _("Open at the end of the month"),
        _("Opened and not concluded on the last day of the month."),
    )
    yield Indicator(
        "investigations.overdue_at_month_end",
        INVESTIGATIONS,
        _("Over time at the end of the month"),
        _("Of those open, with a last day that had passed."),
    )
    yield Indicator(
        "investigations.median_days",
        INVESTIGATIONS,
        _("Median days of an investigation"),
        _("Days from opening to conclusion of those concluded in the month: half took longer."),
        "days",
    )
    yield Indicator(
        "child.conversations",
        CHILD,
        _("Conversations with the child"),
        _("Notes in the month of an occasion at which the child was spoken with."),
    )
    yield Indicator(
        "child.conversations_alone",
        CHILD,
        _("Of those, alone with the child"),
        _("Notes in the month of an occasion at which the child was spoken with alone."),
    )
    yield Indicator(
        "participation.mothers",
        CHILD,
        _("Mothers who took part"),
        _("Occasions in the month at which a mother took part in an investigation."),
    )
    yield Indicator(
        "participation.fathers",
        CHILD,
        _("Fathers who took part"),
        _("Occasions in the month at which a father took part in an investigation."),
    )
    yield Indicator(
        "meetings.sip",
        CHILD,
        _("SIP meetings"),
        _("Notes of SIP meetings in the month."),
    )
    yield from _each(
        "instruments",
        CHILD,
        Instrument.choices,
        _("Risk instruments used in the month."),
    )
    yield Indicator(
        "interventions.started",
        OUTCOMES,
        _("Interventions started"),
        _("Interventions whose first day falls in the month."),
    )
    yield Indicator(
        "interventions.ended",
        OUTCOMES,
        _("Interventions ended"),
        _("Interventions whose last day falls in the month."),
    )
    yield Indicator(
        "children.closed_year_before",
        OUTCOMES,
        _("Children whose case was closed a year before"),
        _(
            "Children with an investigation concluded from twenty-four months before the end of "
            "the month to twelve months before it, so that each has had a whole year to come back."
        ),
    )
    yield Indicator(
        "children.came_back",
        OUTCOMES,
        _("Of those, children who came back within a year"),
        _("Of those, children with a new report at most one year after the conclusion."),
    )


INDICATORS: Mapping[str, Indicator] = MappingProxyType({one.code: one for one in _all()})
