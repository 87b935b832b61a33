"""Swedish calendar arithmetic: local days, days off, spans, weeks, months and terms.

Pure: no Django, no clock, no I/O. What a deadline is and when it falls belongs in
``cases.law.deadlines``; this module only knows the calendar.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")

ONE_DAY: Final = timedelta(days=1)

_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"A moment must carry its time zone: {moment.isoformat()}")
    return moment.astimezone(UTC)


def in_stockholm(moment: datetime) -> datetime:
    """The same moment on a Swedish wall clock. ValueError for a naive datetime."""
    return _in_utc(moment).astimezone(STOCKHOLM)


def local_date(moment: datetime) -> date:
    """The Swedish calendar day of a moment. ValueError for a naive datetime."""
    return in_stockholm(moment).date()


def day_start(day: date) -> datetime:
    """The moment the Swedish calendar day begins, in UTC."""
    return datetime.combine(day, time(0), tzinfo=STOCKHOLM).astimezone(UTC)


def comes_twice(clock: datetime) -> bool:
    """Whether a Swedish clock shows that time twice: in the hour it is set back in October.

    `clock` is a wall clock's time, without a zone.
    """
    first, second = _both(clock)
    return first > second


def on_clock(clock: datetime, *, second: bool = False) -> datetime:
    """The moment in UTC when a Swedish clock shows that time; of two the second, where `second`.

    A time skipped in March, when the clocks are set forward, is the moment that a clock not set
    forward would have shown it: 02.30 is 03.30. OverflowError beyond the calendar.
    """
    return _in_utc(clock.replace(tzinfo=STOCKHOLM, fold=int(second and comes_twice(clock))))


def _both(clock: datetime) -> tuple[timedelta, timedelta]:
    """How far before UTC the clock is at that time, the first and the second time it shows it."""
    first, second = (clock.replace(tzinfo=STOCKHOLM, fold=fold).utcoffset() for fold in (0, 1))
    assert first is not None
    assert second is not None
    return first, second


def is_after(moment: datetime, other: datetime) -> bool:
    """Whether a moment is later than another, by elapsed time.

    Python compares two datetimes of one zone by their wall clocks, which is wrong in the hour
    that comes twice in October. ValueError for a naive datetime.
    """
    return _in_utc(moment) > _in_utc(other)


def add_hours(moment: datetime, hours: int) -> datetime:
    """The moment that many elapsed hours later, in UTC. ValueError for a naive datetime."""
    return _in_utc(moment) + timedelta(hours=hours)


@cache
def _named_days_off(year: int) -> dict[date, str]:
    """Public holidays and the three eves of a year, by day, with their Swedish names."""
    public = holidays.country_holidays("SE", years=year, language="sv", include_sundays=False)
    named = dict(public.items())
    named[_midsummer_eve(year)] = "Midsommarafton"
    named[date(year, 12, 24)] = "Julafton"
    named[date(year, 12, 31)] = "Nyårsafton"
    return named


def _midsummer_eve(year: int) -> date:
    """The Friday in 19-25 June, the day before Midsummer Day."""
    earliest = date(year, 6, 19)
    return earliest + timedelta(days=(_FRIDAY - earliest.weekday()) % 7)


def day_off_name(day: date) -> str | None:
    """Why a day is not a working day, in Swedish; None for a working day.

    Days off are Saturdays, Sundays, public holidays (lag 1989:253) and Midsummer Eve, Christmas
    Eve and New Year's Eve. The name of a holiday goes before the name of the weekday.
    """
    name = _named_days_off(day.year).get(day)
    if name is not None:
        return name
    return {_SATURDAY: "Lördag", _SUNDAY: "Söndag"}.get(day.weekday())


def is_working_day(day: date) -> bool:
    """Whether offices are open: neither weekend, public holiday nor one of the three eves."""
    return day_off_name(day) is None


def last_working_day_on_or_before(day: date, *, not_before: date | None) -> date:
    """The last working day in ``not_before``..``day``, or ``day`` itself when there is none.

    ValueError when ``not_before`` is after ``day``.
    """
    if not_before is not None and not_before > day:
        raise ValueError(f"{not_before} is after {day}")
    candidate = day
    while not is_working_day(candidate):
        candidate -= ONE_DAY
        if not_before is not None and candidate < not_before:
            return day
    return candidate


def working_days_before(day: date, n: int) -> date:
    """The n-th working day before a day, which itself does not count; n = 0 is the day.

    ValueError for a negative n.
    """
    if n < 0:
        raise ValueError(f"The number of working days is negative: {n}")
    for _ in range(n):
        day = last_working_day_on_or_before(day - ONE_DAY, not_before=None)
    return day


def next_working_day(day: date) -> date:
    """The first working day after a day, never the day itself."""
    day += ONE_DAY
    while not is_working_day(day):
        day += ONE_DAY
    return day


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in calendar units. ValueError for a negative part."""

    days: int = 0
    weeks: int = 0
    months: int = 0
    years: int = 0
    hours: int = 0

    def __post_init__(self) -> None:
        if min(self.days, self.weeks, self.months, self.years, self.hours) < 0:
            raise ValueError(f"A span has no negative part: {self}")


def add_months(day: date, n: int) -> date:
    """The same day number n months later, or the last day of a month that lacks it.

    n may be negative. 31 October + 4 months = 28 or 29 February.
    """
    year, month_index = divmod(day.year * 12 + day.month - 1 + n, 12)
    month = month_index + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month; `first` is its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.replace(day=1))

    @classmethod
    def parse(cls, text: str) -> "Month":
        """`YYYY-MM`; ValueError when it is not a month."""
        if len(text) != len("YYYY-MM"):
            raise ValueError(text)
        return cls(date.fromisoformat(f"{text}-01"))

    @property
    def last(self) -> date:
        return self.after.first - ONE_DAY

    @property
    def after(self) -> "Month":
        return Month(add_months(self.first, 1))

    @property
    def before(self) -> "Month":
        return Month(add_months(self.first, -1))

    @property
    def year_before(self) -> "Month":
        return Month(add_months(self.first, -12))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def add_span(day: date, span: Span) -> date:
    """The day a span later: years and months first, clipped once, then weeks and days.

    ValueError for a span with hours, which count from a moment: see ``add_hours``.
    """
    if span.hours:
        raise ValueError("Hours count from a moment, not from a day")
    moved = add_months(day, span.years * 12 + span.months)
    return moved + timedelta(weeks=span.weeks, days=span.days)


def week_start(day: date) -> date:
    """The Monday of the ISO week a day lies in."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Term:
    """A half-year of follow-up: spring January-June, autumn August-December, both ends included."""

    starts_on: date
    ends_on: date

    @property
    def halfway_on(self) -> date:
        """The last day of the first half."""
        return self.starts_on + (self.ends_on - self.starts_on) // 2

    @property
    def label(self) -> str:
        """The Swedish short name: VT 2026 (spring), HT 2026 (autumn)."""
        return f"{'VT' if self.starts_on.month == 1 else 'HT'} {self.starts_on.year}"


def term_of(day: date) -> Term | None:
    """The term a day lies in; None in July, which belongs to no term."""
    if day.month <= 6:
        return Term(date(day.year, 1, 1), date(day.year, 6, 30))
    if day.month >= 8:
        return Term(date(day.year, 8, 1), date(day.year, 12, 31))
    return None


def term_of_or_next(day: date) -> Term:
    """The term a day lies in, or for a day in July the autumn term that follows."""
    return term_of(day) or Term(date(day.year, 8, 1), date(day.year, 12, 31))
