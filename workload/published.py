"""What is shown of answers above the nearest manager: published figures, and nothing else.

Reads `PublishedPart` and the rounds' own counts, never an answer. There are no filters: whoever
asks is shown every published part wholly inside what they lead (docs/adr/0007).
"""

from __future__ import annotations

import functools
import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from core.charts import Chart, Series, bar_chart, line_chart
from core.names import SwedishOrder
from organisation.enums import Level
from organisation.models import OrgUnit
from organisation.permissions import Access
from workload.models import PublishedPart, SurveyRound
from workload.models.rounds import half_year_name
from workload.readers import paths_above, posts_held, units_headed
from workload.scales import NOT_SATISFIED, PublishedFor, ScaleStep, Statement, Strain, SurveyMeasure
from workload.suppression import (
    ENOUGH_FOR_BANDS,
    HIGHEST_MEAN,
    LOWEST_MEAN,
    SMALLEST,
    Release,
    overall_mean,
)

OFFER_TIME = timedelta(days=30)
"""How long the nearest managers have to offer plans before it is told whether they have."""

TONES: tuple[Any, ...] = ("main", "second", "third", "fourth", "before")


@dataclass(frozen=True, slots=True)
class BandShown:
    """Neighbouring steps in words, with how many and which share answered them."""

    label: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class PublishedQuestion:
    """One question of one part in words. `value` is for charts."""

    value: float
    mean: str
    bands: tuple[BandShown, ...]


@dataclass(frozen=True, slots=True)
class PartShown:
    """A row of a table: who, how many answered, and each question."""

    name: str
    nodes: frozenset[int]
    size: int
    questions: tuple[PublishedQuestion, ...]
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PeriodShown:
    """What is published of one period, the latest first."""

    period: date
    title: str
    rows: tuple[PartShown, ...]
    overall: tuple[str, ...] = ()
    counts: tuple[RoundCount, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundCount:
    """What is no answer: cases and employees of a unit on the round's day, and how many answered
    when they were five or more.

    `all_offered`: whether everybody who is not satisfied has been offered an action plan. None
    among few answers, where it would tell of somebody, and in the first weeks, when a yes could
    only mean that nobody was dissatisfied.
    """

    name: str
    cases: int
    employees: int
    per_employee: float | None
    asked: int
    answered: int | None
    all_offered: bool | None = None


@dataclass(frozen=True, slots=True)
class Results:
    periods: tuple[PeriodShown, ...] = ()
    charts: tuple[Chart, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.periods)


def mean_words(value: float, *, exact: bool) -> str:
    """A mean as it is shown; the ends of one without bands stand for "so or beyond"."""
    text = number_format(value, decimal_pos=1, use_l10n=True)
    if not exact and value <= LOWEST_MEAN:
        return _("%(mean)s or lower") % {"mean": text}
    if not exact and value >= HIGHEST_MEAN:
        return _("%(mean)s or higher") % {"mean": text}
    return text


def _shown(
    figure: Mapping[str, Any], size: int, words: type[ScaleStep] | type[Strain]
) -> PublishedQuestion:
    bands = tuple(
        BandShown(
            label=_steps_in_words(first, last, words),
            count=count,
            percent=round(100 * count / size),
        )
        for first, last, count in reversed(figure["bands"])
    )
    return PublishedQuestion(
        value=figure["mean"], mean=mean_words(figure["mean"], exact=bool(bands)), bands=bands
    )


def _steps_in_words(first: int, last: int, words: type[ScaleStep] | type[Strain]) -> str:
    if first == last:
        return str(words(first).label)
    return _("%(first)s to %(last)s") % {
        "first": words(last).label,
        "last": str(words(first).label).lower(),
    }


def _parts(
    measure: SurveyMeasure, audience: PublishedFor, within: Iterable[int], nodes: set[int]
) -> list[PublishedPart]:
    return [
        part
        for part in PublishedPart.objects.filter(
            measure=measure, audience=audience, within_id__in=list(within)
        ).order_by("-period", "pk")
        if nodes.issuperset(part.nodes)
    ]


def _led_since(access: Access, *, units: bool) -> dict[int, date]:
    """Nodes the reader leads or has led, with the last day: what was read by name there is known.

    With `units`, the units such nodes are in; else the nodes themselves.
    """
    found: dict[int, date] = {}
    for node_id, level, parent_id, until_on in posts_held(access).values_list(
        "node_id", "node__level", "node__parent_id", "until_on"
    ):
        node = parent_id if units and level == Level.GROUP and parent_id else node_id
        last = until_on or date.max
        found[node] = max(last, found.get(node, date.min))
    return found


def _kept(parts: Iterable[PublishedPart], led: Mapping[int, date]) -> list[PublishedPart]:
    """Without parts the reader has read by name, wholly or partly, in that period."""
    return [
        part
        for part in parts
        if not any(led.get(node, date.min) >= part.period for node in part.nodes)
    ]


def of_groups(access: Access) -> Results:
    """The Stockholm model group by group, for the head of the unit."""
    units = units_headed(access)
    groups = OrgUnit.objects.filter(level=Level.GROUP, parent_id__in=units)
    names = dict(groups.values_list("pk", "name"))
    parts = _kept(
        _parts(SurveyMeasure.SURVEY, PublishedFor.UNIT, units, set(names)),
        _led_since(access, units=False),
    )
    rounds = SurveyRound.objects.filter(unit_id__in=units, closed_at__isnull=False)
    return _survey_results(parts, names, rounds, on=access.on)


def of_units(access: Access) -> Results:
    """The Stockholm model unit by unit, for department heads and directors."""
    units = _units_below(access)
    names = {unit.pk: unit.name for unit in units}
    parts = _kept(
        _parts(SurveyMeasure.SURVEY, PublishedFor.ABOVE, _administrations(units), set(names)),
        _led_since(access, units=True),
    )
    rounds = SurveyRound.objects.filter(unit_id__in=names, closed_at__isnull=False)
    return _survey_results(parts, names, rounds, on=access.on)


def _units_below(access: Access) -> list[OrgUnit]:
    paths = paths_above(access)
    if not paths:
        return []
    return list(
        OrgUnit.objects.filter(level=Level.UNIT).below(*paths).order_by(SwedishOrder("name"))
    )


def _administrations(units: Iterable[OrgUnit]) -> list[int]:
    above = {int(pk) for unit in units for pk in unit.path.strip("/").split("/")}
    return list(
        OrgUnit.objects.filter(pk__in=above, level=Level.ADMINISTRATION).values_list(
            "pk", flat=True
        )
    )


def _survey_results(
    parts: list[PublishedPart], names: Mapping[int, str], rounds: Any, *, on: date
) -> Results:
    by_period: dict[date, list[PartShown]] = defaultdict(list)
    for part in parts:
        by_period[part.period].append(
            PartShown(
                name=_names(part, names),
                nodes=frozenset(part.nodes),
                size=part.size,
                questions=tuple(
                    _shown(part.figures[one], part.size, ScaleStep) for one in Statement.values
                ),
                figures=part.figures,
            )
        )
    counts = _counts(rounds, on=on)
    periods = tuple(
        PeriodShown(
            period=period,
            title=half_year_name(period),
            rows=tuple(sorted(by_period[period], key=lambda row: row.name)),
            overall=_overall(by_period[period]),
            counts=tuple(counts[period]),
        )
        for period in sorted(counts, reverse=True)
    )
    return Results(periods=periods, charts=_charts(periods))


def _names(part: PublishedPart, names: Mapping[int, str]) -> str:
    return " + ".join(sorted(names[node] for node in part.nodes))


def _overall(rows: list[PartShown]) -> tuple[str, ...]:
    """The means of all rows, counted from what the rows show; nothing for a single row."""
    if len(rows) < 2:
        return ()
    means = []
    for index in range(len(Statement.values)):
        mean = overall_mean(
            Release(size=row.size, bands=(), mean=row.questions[index].value) for row in rows
        )
        assert mean is not None
        means.append(number_format(mean, decimal_pos=1, use_l10n=True))
    return tuple(means)


WORRIED = functools.reduce(
    operator.or_,
    (Q(**{f"answers__{one}__in": sorted(NOT_SATISFIED)}) for one in Statement.values),
)
"""Answers of a round in which somebody is not satisfied."""


def _counts(rounds: Any, *, on: date) -> dict[date, list[RoundCount]]:
    found: dict[date, list[RoundCount]] = defaultdict(list)
    for row in (
        rounds.select_related("unit")
        .annotate(
            asked=Count("answers"),
            given=Count("answers", filter=Q(answers__answered_at__isnull=False)),
            unoffered=Count("answers", filter=WORRIED & Q(answers__plan__isnull=True)),
        )
        .order_by("period", SwedishOrder("unit__name"))
    ):
        found[row.period].append(
            RoundCount(
                name=row.unit.name,
                cases=row.cases,
                employees=row.employees,
                per_employee=row.per_employee,
                asked=row.asked,
                answered=row.given if row.given >= SMALLEST else None,
                all_offered=row.unoffered == 0
                if row.given >= ENOUGH_FOR_BANDS and on > row.closes_on + OFFER_TIME
                else None,
            )
        )
    return found


def _charts(periods: tuple[PeriodShown, ...]) -> tuple[Chart, ...]:
    """One chart of the three statements for each part that recurs, and one of cases."""
    course = list(reversed(periods))
    labels = [period.title for period in course]
    charts = []
    units = sorted({count.name for period in course for count in period.counts})
    if units:
        per_unit = [
            {count.name: count.per_employee for count in period.counts} for period in course
        ]
        charts.append(
            bar_chart(
                _("Cases per employee"),
                labels,
                [
                    Series(
                        name,
                        [
                            None if (value := counts.get(name)) is None else round(value, 1)
                            for counts in per_unit
                        ],
                        tone=TONES[index % len(TONES)],
                    )
                    for index, name in enumerate(units[: len(TONES)])
                ],
                unit=_("cases"),
            )
        )
    recurring: dict[frozenset[int], str] = {}
    for period in course:
        for row in period.rows:
            recurring.setdefault(row.nodes, row.name)
    for nodes, name in sorted(recurring.items(), key=lambda one: one[1]):
        found = [
            next((row for row in period.rows if row.nodes == nodes), None) for period in course
        ]
        charts.append(
            line_chart(
                name,
                labels,
                [
                    Series(
                        str(Statement(one).label),
                        [None if row is None else row.questions[index].value for row in found],
                        tone=TONES[index],
                    )
                    for index, one in enumerate(Statement.values)
                ],
                unit=_("mean, 1 to 5"),
                scale=(min(ScaleStep), max(ScaleStep)),
            )
        )
    return tuple(charts)


@dataclass(frozen=True, slots=True)
class WorkloadShown:
    """A measurement of one part: own experience beside means of points and flex balance."""

    name: str
    size: int
    experience: PublishedQuestion
    points: int | None
    available: int | None
    flex: int | None

    @property
    def percent(self) -> int | None:
        if not self.available or self.points is None:
            return None
        return round(100 * self.points / self.available)


def workload_of_units(access: Access) -> list[tuple[date, list[WorkloadShown]]]:
    """The workload measurements unit by unit, for those above; the latest first."""
    units = _units_below(access)
    names = {unit.pk: unit.name for unit in units}
    parts = _kept(
        _parts(SurveyMeasure.WORKLOAD, PublishedFor.ABOVE, _administrations(units), set(names)),
        _led_since(access, units=True),
    )
    found: dict[date, list[WorkloadShown]] = defaultdict(list)
    for part in parts:
        figures = part.figures
        found[part.period].append(
            WorkloadShown(
                name=_names(part, names),
                size=part.size,
                experience=_shown(figures["experience"], part.size, Strain),
                points=figures.get("points"),
                available=figures.get("available"),
                flex=figures.get("flex"),
            )
        )
    return [
        (period, sorted(found[period], key=lambda row: row.name))
        for period in sorted(found, reverse=True)
    ]
