"""How much a group will have in the coming weeks, and how well that could have been foretold.

Pure: days of investigations in, expectations with intervals out. How long an investigation takes
is read from the unit's own (Kaplan-Meier, with those still open and those that began before the
window counted for the days they were seen), given how long it has been open already. New ones come
as they did at the same season in the two years before, times this year's pace. `back_test` makes
the same forecast as of earlier days, with what was known then, and compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log, sqrt

from core.calendar import add_months, week_start

WEEKS = 12
WINDOW_DAYS = 730
SEASON_WEEKS = 2
"""On either side of the week a year before: five weeks make a season."""
INTERVAL = 1.2816
"""Standard deviations on either side for an interval that holds eight times in ten."""
ENOUGH = 10
"""Cases under observation for a day's share to be trusted; after that the tail is averaged."""
TAIL_DAYS = 60


@dataclass(frozen=True, slots=True)
class InvestigationSpan:
    """An investigation's days; `tenths` of a point, for those that are open now."""

    opened_on: date
    concluded_on: date | None = None
    due_on: date | None = None
    tenths: int = 0

    def is_open(self, on: date) -> bool:
        return self.opened_on <= on and (self.concluded_on is None or self.concluded_on > on)

    def last_day(self) -> date:
        """Four months (SoL 20:3), or the last day it was extended to."""
        return self.due_on or add_months(self.opened_on, 4)


class Endings:
    """How investigations end, by days since they were opened."""

    def __init__(
        self, spans: Sequence[InvestigationSpan], *, on: date, days: int = WINDOW_DAYS
    ) -> None:
        since = on - timedelta(days=days)
        ended: dict[int, int] = {}
        seen: dict[int, int] = {}
        for span in spans:
            concluded = span.concluded_on
            if span.opened_on > on or (concluded is not None and concluded <= since):
                continue
            done = concluded is not None and concluded <= on
            last = concluded if concluded is not None and done else on
            first_age = max(0, (since - span.opened_on).days)
            last_age = (last - span.opened_on).days
            seen[first_age] = seen.get(first_age, 0) + 1
            seen[last_age + 1] = seen.get(last_age + 1, 0) - 1
            if done:
                ended[last_age] = ended.get(last_age, 0) + 1
        self.observed = sum(ended.values())
        self._pace: list[float] = [0.0]
        under = 0
        daily: list[float] = []
        for age in range(max(seen, default=0)):
            under += seen.get(age, 0)
            if under < ENOUGH and age > TAIL_DAYS:
                break
            share = min(ended.get(age, 0) / under, 0.95) if under else 0.0
            daily.append(-log(1 - share))
            self._pace.append(self._pace[-1] + daily[-1])
        tail = daily[-TAIL_DAYS:]
        self._tail = sum(tail) / len(tail) if tail else 0.0

    def pace(self, age: int) -> float:
        """The sum of the daily paces of ending up to an age."""
        if age < len(self._pace):
            return self._pace[max(age, 0)]
        return self._pace[-1] + self._tail * (age - len(self._pace) + 1)

    def still_open(self, age: int, days: int, *, speed: float = 1.0) -> float:
        """The chance that one open at `age` days is still open `days` later.

        `speed`: how much faster than hitherto investigations end (proportional hazards).
        """
        return exp(-speed * (self.pace(age + days) - self.pace(age)))


@dataclass(frozen=True, slots=True)
class Ahead:
    """The end of a coming week: open investigations and points (tenths), with their intervals."""

    monday: date
    new: float
    cases: float
    cases_low: float
    cases_high: float
    tenths: float
    tenths_low: float
    tenths_high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """`passing`: investigations expected to pass their last day within the weeks, and already."""

    weeks: tuple[Ahead, ...]
    passing: float
    past: int
    growth: float
    observed: int


def inflow(
    spans: Sequence[InvestigationSpan], *, on: date, weeks: int = WEEKS
) -> tuple[list[float], float]:
    """New investigations of each coming week, and this year's pace against the same time before.

    Weeks of the season are those of one and two years before that the data reach back to.
    """
    first = min((span.opened_on for span in spans), default=on)
    monday = week_start(on)
    counts: dict[date, int] = {}
    for span in spans:
        if span.opened_on < monday:
            start = week_start(span.opened_on)
            counts[start] = counts.get(start, 0) + 1
    known = week_start(first) + timedelta(days=7)

    def total(start: date, number: int) -> int:
        return sum(counts.get(start + timedelta(weeks=k), 0) for k in range(number))

    half = timedelta(weeks=26)
    year = timedelta(weeks=52)
    now = total(monday - half, 26)
    before = total(monday - half - year, 26)
    comparable = known <= monday - half - year and before >= ENOUGH
    growth = min(2.0, max(0.5, now / before)) if comparable else 1.0
    result = []
    for ahead in range(weeks):
        season = [
            counts.get(monday + timedelta(weeks=ahead + shift) - year * back, 0)
            for back in (1, 2)
            for shift in range(-SEASON_WEEKS, SEASON_WEEKS + 1)
            if known <= monday + timedelta(weeks=ahead + shift) - year * back < monday
        ]
        if len(season) > SEASON_WEEKS:
            result.append(growth * sum(season) / len(season))
        else:
            recent = max(1, min(26, (monday - known).days // 7))
            result.append(total(monday - timedelta(weeks=recent), recent) / recent)
    return result, growth


def forecast(
    group: Sequence[InvestigationSpan],
    unit: Sequence[InvestigationSpan],
    *,
    on: date,
    weeks: int = WEEKS,
    speed: float = 1.0,
    spread: float = 1.0,
    new_tenths: float = 0.0,
) -> Forecast:
    """The group's coming weeks. Endings from the `unit`'s investigations, inflow from the group's.

    `new_tenths`: points of a new case. `speed`: pace of ending against hitherto, 1.1 for a tenth
    more hands. `spread` widens the intervals by what the back-test has shown.
    """
    endings = Endings(unit, on=on)
    arriving, growth = inflow(group, on=on, weeks=weeks)
    open_now = [span for span in group if span.is_open(on)]
    ahead = []
    monday = week_start(on)
    for index in range(weeks):
        sunday = monday + timedelta(weeks=index, days=6)
        days = (sunday - on).days
        mean = variance = points = points_variance = 0.0
        for span in open_now:
            chance = endings.still_open((on - span.opened_on).days, days, speed=speed)
            mean += chance
            variance += chance * (1 - chance)
            points += chance * span.tenths
            points_variance += chance * (1 - chance) * span.tenths**2
        for earlier in range(index + 1):
            share = min(7, days + 1) / 7 if earlier == 0 else 1.0
            age = (index - earlier) * 7 + 3
            left = share * arriving[earlier] * endings.still_open(0, age, speed=speed)
            mean += left
            variance += left
            points += left * new_tenths
            points_variance += left * new_tenths**2
        wide = INTERVAL * spread * sqrt(variance)
        points_wide = INTERVAL * spread * sqrt(points_variance)
        ahead.append(
            Ahead(
                monday=monday + timedelta(weeks=index),
                new=arriving[index],
                cases=mean,
                cases_low=max(0.0, mean - wide),
                cases_high=mean + wide,
                tenths=points,
                tenths_low=max(0.0, points - points_wide),
                tenths_high=points + points_wide,
            )
        )
    end = monday + timedelta(weeks=weeks - 1, days=6)
    due = [span for span in open_now if on <= span.last_day() <= end]
    return Forecast(
        weeks=tuple(ahead),
        passing=sum(
            endings.still_open(
                (on - span.opened_on).days, (span.last_day() - on).days + 1, speed=speed
            )
            for span in due
        ),
        past=sum(1 for span in open_now if span.last_day() < on),
        growth=growth,
        observed=endings.observed,
    )


# How well it would have done


@dataclass(frozen=True, slots=True)
class Miss:
    """The error so many weeks ahead: mean of absolute differences in cases, share of the actual.

    `inside`: share of forecasts whose interval held. `number`: how many were compared.
    """

    weeks: int
    cases: float
    share: float
    inside: float
    number: int


@dataclass(frozen=True, slots=True)
class BackTest:
    """`spread`: how much wider than chance alone the intervals have to be to hold."""

    misses: tuple[Miss, ...]
    spread: float
    first: date | None


def back_test(
    group: Sequence[InvestigationSpan],
    unit: Sequence[InvestigationSpan],
    *,
    on: date,
    origins: int = 10,
    every_weeks: int = 4,
    horizons: Sequence[int] = (4, 8, 12),
) -> BackTest:
    """The same forecast made as of earlier Mondays, against what came.

    Only what was known on each day is used. Days with under half a year of history before them are
    left out.
    """
    first = min((span.opened_on for span in unit), default=on)
    longest = max(horizons)
    days = []
    for back in range(origins):
        day = week_start(on) - timedelta(weeks=longest + back * every_weeks)
        if (day - first).days >= 183:
            days.append(day)
    misses: dict[int, list[tuple[float, float, int]]] = {number: [] for number in horizons}
    for day in days:
        found = forecast(_known(group, day), _known(unit, day), on=day, weeks=longest)
        for number in horizons:
            week = found.weeks[number - 1]
            actual = sum(1 for span in group if span.is_open(week.monday + timedelta(days=6)))
            width = (week.cases_high - week.cases) / INTERVAL
            misses[number].append((week.cases - actual, width, actual))
    every = [
        (miss / width) ** 2 for rows in misses.values() for miss, width, _actual in rows if width
    ]
    spread = max(1.0, sqrt(sum(every) / len(every))) if every else 1.0
    return BackTest(
        misses=tuple(_miss(number, rows, spread) for number, rows in misses.items() if rows),
        spread=spread,
        first=min(days, default=None),
    )


def _known(spans: Sequence[InvestigationSpan], day: date) -> list[InvestigationSpan]:
    """The investigations as they stood on the day."""
    return [
        InvestigationSpan(
            span.opened_on,
            span.concluded_on if span.concluded_on and span.concluded_on <= day else None,
        )
        for span in spans
        if span.opened_on <= day
    ]


def _miss(number: int, rows: Sequence[tuple[float, float, int]], spread: float) -> Miss:
    count = len(rows)
    absolute = sum(abs(miss) for miss, _width, _actual in rows)
    actual = sum(one for _miss, _width, one in rows)
    return Miss(
        weeks=number,
        cases=absolute / count,
        share=absolute / actual if actual else 0.0,
        inside=sum(abs(miss) <= INTERVAL * spread * width for miss, width, _a in rows) / count,
        number=count,
    )
