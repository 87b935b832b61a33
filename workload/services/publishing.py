"""Dividing a closed round's answers into published parts, once (`workload.suppression`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from organisation.enums import Level
from organisation.models import OrgUnit
from workload.models import Measurement, MeasurementRound, PublishedPart, SurveyAnswer, SurveyRound
from workload.scales import PublishedFor, ScaleStep, Statement, SurveyMeasure
from workload.suppression import SMALLEST, CountedNode, partition, release

Figures = dict[str, Any]
Given = Sequence[Mapping[str, Any]]


def _released(steps: Iterable[int]) -> Figures:
    values = list(steps)
    shown = release([values.count(step) for step in ScaleStep.values])
    return {
        "mean": shown.mean,
        "bands": [[band.first, band.last, band.count] for band in shown.bands],
    }


def survey_figures(rows: Given) -> Figures:
    """The releases of the three statements."""
    return {one: _released(row[one] for row in rows) for one in Statement.values}


def workload_figures(rows: Given) -> Figures:
    """The release of the own experience beside means of points and flex balance, in whole units.

    `points` and `available` are points a worker; `flex` hours, only of five or more who gave it.
    """
    able = [row for row in rows if row["available_tenths"]]
    flex = [row["flex_hours"] for row in rows if row["flex_hours"] is not None]
    figures: Figures = {"experience": _released(row["experience"] for row in rows)}
    if len(able) >= SMALLEST:
        figures["points"] = round(sum(row["tenths"] for row in able) / len(able) / 10)
        figures["available"] = round(sum(row["available_tenths"] for row in able) / len(able) / 10)
    if len(flex) >= SMALLEST:
        figures["flex"] = round(sum(flex) / len(flex))
    return figures


def publish_survey_groups(found: SurveyRound, *, at: datetime) -> None:
    """The unit's groups, for its head; those right under the head are read by name instead."""
    given: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    rows = SurveyAnswer.objects.filter(round=found, answered_at__isnull=False).exclude(
        node_id=found.unit_id
    )
    for row in rows.values("node_id", *Statement.values):
        given[row["node_id"]].append(row)
    tree = CountedNode(
        found.unit_id,
        children=tuple(CountedNode(node, len(rows)) for node, rows in sorted(given.items())),
    )
    _publish(
        tree,
        given,
        SurveyMeasure.SURVEY,
        PublishedFor.UNIT,
        within=found.unit_id,
        period=found.period,
        at=at,
    )


def publish_units(found: SurveyRound | MeasurementRound, *, at: datetime) -> None:
    """The units of the administration whose rounds of the period have closed, for those above.

    Waits for the last open one, so that few are left to be pooled; a unit that is asked later is
    divided among the late ones, and what has been published is never divided again.
    """
    survey = isinstance(found, SurveyRound)
    rounds: Any = SurveyRound if survey else MeasurementRound
    measure = SurveyMeasure.SURVEY if survey else SurveyMeasure.WORKLOAD
    unit = OrgUnit.objects.get(pk=found.unit_id)
    administration = _administration_of(unit)
    here = rounds.objects.filter(period=found.period, unit__path__startswith=administration.path)
    # Two that close at once: the later sees what the earlier has published.
    OrgUnit.objects.select_for_update().get(pk=administration.pk)
    if here.filter(closed_at__isnull=True).exists():
        return
    published = {
        node
        for nodes in PublishedPart.objects.filter(
            measure=measure,
            audience=PublishedFor.ABOVE,
            within=administration,
            period=found.period,
        ).values_list("nodes", flat=True)
        for node in nodes
    }
    waiting = {
        unit_id: parent_id
        for unit_id, parent_id in here.values_list("unit_id", "unit__parent_id")
        if unit_id not in published
    }
    given: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in _given(survey, found.period, waiting):
        given[row["round__unit_id"]].append(row)
    departments: dict[int, list[CountedNode]] = defaultdict(list)
    for unit_id, parent_id in sorted(waiting.items()):
        departments[parent_id].append(CountedNode(unit_id, len(given[unit_id])))
    tree = CountedNode(
        administration.pk,
        children=tuple(
            CountedNode(department, children=tuple(units))
            for department, units in sorted(departments.items())
        ),
    )
    _publish(
        tree,
        given,
        measure,
        PublishedFor.ABOVE,
        within=administration.pk,
        period=found.period,
        at=at,
    )


def _given(survey: bool, period: date, units: Iterable[int]) -> Any:
    if survey:
        return SurveyAnswer.objects.filter(
            round__period=period, round__unit_id__in=list(units), answered_at__isnull=False
        ).values("round__unit_id", *Statement.values)
    return Measurement.objects.filter(
        round__period=period, round__unit_id__in=list(units), answered_at__isnull=False
    ).values("round__unit_id", "experience", "flex_hours", "tenths", "available_tenths")


def _administration_of(unit: OrgUnit) -> OrgUnit:
    above = [int(pk) for pk in unit.path.strip("/").split("/")]
    return OrgUnit.objects.get(pk__in=above, level=Level.ADMINISTRATION)


def _publish(
    tree: CountedNode,
    given: Mapping[int, Given],
    measure: SurveyMeasure,
    audience: PublishedFor,
    *,
    within: int,
    period: date,
    at: datetime,
) -> None:
    if not tree.children:
        return
    parts, _left_over = partition(tree)
    figures = survey_figures if measure is SurveyMeasure.SURVEY else workload_figures
    PublishedPart.objects.bulk_create(
        PublishedPart(
            measure=measure,
            audience=audience,
            within_id=within,
            period=period,
            nodes=sorted(part.leaves),
            size=part.size,
            figures=figures([row for leaf in sorted(part.leaves) for row in given[leaf]]),
            published_at=at,
        )
        for part in parts
    )
