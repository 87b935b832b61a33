"""What a log check looks at: the readings of a month, the rules they meet, and a random sample.

Pure: rows in, reasons out. A reading here is all that one person opened of one child on one day, or
all their searches of the day, all their look-ups while logging, all the lists they opened.
Neighbours cannot be found: the system keeps no addresses of staff.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from statistics import median

from audits.enums import LogAct, LogRule
from core.calendar import in_stockholm, is_working_day

SAMPLE = 25
"""Readings drawn at random in a month, beside those that meet a rule."""
SAMPLE_BESIDE: dict[str, int] = {LogAct.SEARCH: 8, LogAct.LOOK_UP: 4, LogAct.LIST: 4}
"""Days of searches, of look-ups and of lists drawn beside those: apart, since everybody opens lists
every day and a search is what a curious person begins with."""
MANY_AT_LEAST = 12
"""Children in a day before it can be many, however few the person usually opens."""
MANY_TIMES = 3
"""Times the person's own median of children a day."""
DAY_BEGINS, DAY_ENDS = 6, 19
"""Working hours, by the clock in Stockholm: from, until before."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one person opened of one child on one day."""

    actor_id: int
    child_id: int | None
    day: date
    first_at: datetime
    last_at: datetime
    entries: int
    opened: bool = True
    emergency: bool = False
    refused: bool = False
    act: str = LogAct.CASE
    shown: tuple[int, ...] = ()
    """Children that searches and look-ups of several showed."""
    count: int = 1
    """How many children were shown."""

    @property
    def key(self) -> tuple[int, int, str, str]:
        return (self.actor_id, self.child_id or 0, self.day.isoformat(), self.act)

    @property
    def children(self) -> tuple[int, ...]:
        """The children the rules look at; of a list of many none, it shows what it has to."""
        return (self.child_id,) if self.child_id else self.shown


def is_off_hours(at: datetime) -> bool:
    """Evening, night, weekend or holiday."""
    local = in_stockholm(at)
    return not is_working_day(local.date()) or not DAY_BEGINS <= local.hour < DAY_ENDS


def same_name(one: str, other: str) -> bool:
    """Whether two family names have a part in common ("Berg" and "Berg Ek")."""
    parts = {part for part in one.casefold().replace("-", " ").split() if len(part) > 1}
    return not parts.isdisjoint(other.casefold().replace("-", " ").split())


def sample(
    readings: Sequence[Reading], *, seed: str, size: int = SAMPLE, act: str = LogAct.CASE
) -> set[Reading]:
    """`size` readings of that act drawn at random; the same for the same seed and readings."""
    opened = sorted(
        (row for row in readings if row.opened and row.act == act), key=lambda row: row.key
    )
    rng = Random(seed)  # noqa: S311 (drawn evenly and again the same; nothing to guess)
    return set(rng.sample(opened, min(size, len(opened))))


def unusually_many(readings: Sequence[Reading]) -> set[tuple[int, date, str]]:
    """Persons, days and acts with many more than usual of the person: children opened, searches and
    look-ups made. Lists are opened by whoever works with them, and none is many."""
    days: dict[tuple[int, str], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in readings:
        if row.opened and row.act != LogAct.LIST:
            days[row.actor_id, row.act][row.day] += 1 if row.act == LogAct.CASE else row.entries
    return {
        (actor, day, act)
        for (actor, act), counts in days.items()
        for day, count in counts.items()
        if count >= MANY_AT_LEAST and count > MANY_TIMES * median(counts.values())
    }


def reasons(
    readings: Sequence[Reading],
    *,
    seed: str,
    staff_names: Mapping[int, str],
    family_names: Mapping[int, Collection[str]],
    protected: Set[int],
    on_duty: Callable[[int, date], bool],
    is_tied: Callable[[int, int, date], bool],
) -> dict[Reading, list[LogRule]]:
    """The readings to review and why, in the order of `LogRule`."""
    drawn = sample(readings, seed=seed, size=SAMPLE)
    for act, size in SAMPLE_BESIDE.items():
        drawn |= sample(readings, seed=seed, size=size, act=act)
    many = unusually_many(readings)
    found = {}
    for row in readings:
        child = row.child_id
        names = [name for one in row.children for name in family_names.get(one, ())]
        own = staff_names.get(row.actor_id, "")
        off = is_off_hours(row.first_at) or is_off_hours(row.last_at)
        met = {
            LogRule.SAMPLE: row in drawn,
            LogRule.OWN_NAME: row.opened and any(same_name(own, name) for name in names),
            LogRule.NO_TIE: bool(
                row.opened and child and not is_tied(row.actor_id, child, row.day)
            ),
            LogRule.OFF_HOURS: row.opened and off and not on_duty(row.actor_id, row.day),
            LogRule.MANY: row.opened and (row.actor_id, row.day, row.act) in many,
            LogRule.PROTECTED: row.opened and not protected.isdisjoint(row.children),
            LogRule.EMERGENCY: row.emergency,
            LogRule.REFUSED: row.refused,
        }
        if any(met.values()):
            found[row] = [rule for rule in LogRule if met[rule]]
    return found
