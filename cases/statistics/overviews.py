"""Aggregates for those above the unit head: no persons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.utils.translation import gettext_lazy as _

from cases.statistics.deadlines import open_duties
from cases.statistics.investigations import Duration, durations, open_investigations
from cases.statistics.scopes import Scope
from cases.statistics.sections import DECISIONS
from cases.statistics.small_numbers import SMALLEST, suppressed, suppressed_share, suppressed_total
from cases.statistics.trends import UnitWeek, WeekFigures, met_by_week, trend_of
from cases.statistics.week import weeks
from core.figures import Figure, Measure, Period, figures
from organisation.models import OrgUnit

_figure = partial(Figure, Period.TWELVE_WEEKS, DECISIONS, measure=Measure.PERCENT)


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit's figures for those above its head; None where a number is too small to show."""

    unit_id: int
    name: str
    open: int | None
    overdue: int | None
    decided_in_time: int | None
    assessed_in_time: int | None
    median_days: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """All units together and one by one, suppressed; `trend` is of all of them together."""

    trend: tuple[WeekFigures, ...]
    units: tuple[UnitFigures, ...]
    open: int | None
    overdue: int | None
    decided_in_time: int | None
    assessed_in_time: int | None
    median_days: int | None


def overview(units: Sequence[OrgUnit], *, on: date) -> Overview:
    """The figures of the units on the day, small numbers suppressed. Seven queries.

    Shares are per cent of those met in the last twelve weeks. `trend` is not suppressed: show it
    by `suppressed_trend`.
    """
    ids = [unit.pk for unit in units]
    span = weeks(on)
    scope = Scope(unit_ids=frozenset(ids))
    met = met_by_week(scope, span)
    opened = open_investigations(scope, by="unit_id")["investigations.open"]
    overdue = open_duties(scope, on=on, by=("unit_id",))["deadlines.overdue"]
    took = durations(scope, on=on, by="unit_id")
    decided, assessed = shares(met, ids).values()

    opens = [opened.get(pk, 0) for pk in ids]
    lates = [overdue.get((pk,), 0) for pk in ids]
    shown_open, shown_overdue = suppressed(opens), suppressed(lates)

    def median(one: Duration) -> int | None:
        enough = one.concluded >= SMALLEST and one.days is not None
        return round(one.days) if enough and one.days is not None else None

    return Overview(
        trend=tuple(trend_of(scope, span, met)),
        units=tuple(
            UnitFigures(
                unit_id=unit.pk,
                name=unit.name,
                open=shown_open[index],
                overdue=shown_overdue[index],
                decided_in_time=decided[unit.pk],
                assessed_in_time=assessed[unit.pk],
                median_days=median(took.parts.get(unit.pk, Duration())),
            )
            for index, unit in enumerate(units)
        ),
        open=suppressed_total(opens),
        overdue=suppressed_total(lates),
        decided_in_time=decided[None],
        assessed_in_time=assessed[None],
        median_days=median(took.total),
    )


@figures.counts(
    _figure(
        "decisions.in_time_percent_12_weeks",
        _("Decisions within 14 days, per cent"),
        _(
            "Within fourteen days, of the decisions of the last twelve weeks that had a last day. "
            "Not shown when either side of it is a number under five."
        ),
    ),
    _figure(
        "protection.in_time_percent_12_weeks",
        _("Protection assessments in time, per cent"),
        _(
            "In time, of the immediate protection assessments made in the last twelve weeks. "
            "Not shown when either side of it is a number under five."
        ),
    ),
)
def shares(
    met: Mapping[str, Mapping[UnitWeek, int]], unit_ids: Iterable[int]
) -> dict[str, dict[int | None, int | None]]:
    """By unit, and of all of them under None, from the answer of `met_by_week`. No query."""
    of: dict[int | None, set[int]] = {unit: {unit} for unit in unit_ids}
    of[None] = set().union(*of.values())

    def share(what: str, wanted: set[int]) -> int | None:
        in_time, late = (
            sum(number for (unit, _week), number in met[code].items() if unit in wanted)
            for code in (f"{what}.in_time_week", f"{what}.late_week")
        )
        return suppressed_share(in_time, in_time + late)

    return {
        f"{what}.in_time_percent_12_weeks": {key: share(what, units) for key, units in of.items()}
        for what in ("decisions", "protection")
    }
