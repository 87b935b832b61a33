"""How large a unit of the demonstration is, and what the planning of its cases knows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a unit is: workers per group, and what comes in and goes out.

    `closed_before` persons had an investigation closed in the year before the last, `came_back`
    of them with a new report within a year. `open` counts investigations open now, and
    `reports` the children's matters of the year before and of the last year.
    """

    workers: dict[str, int]
    coordinators: int
    administrators: int
    reports: tuple[int, int]
    closed_before: int
    came_back: int
    closed_last: int
    open: int


REFERENCE = Size(
    workers={
        "mottagning": 9,
        "barn-1": 9,
        "barn-2": 8,
        "ungdom-1": 8,
        "ungdom-2": 8,
        "familjevard": 7,
        "internt-stod": 1,
    },
    coordinators=2,
    administrators=4,
    reports=(1250, 1450),
    closed_before=393,
    came_back=76,
    closed_last=430,
    open=232,
)
"""The reference unit: 65 staff, 50 of them social workers (the disability worker is one)."""

SMALL = Size(
    workers={"mottagning": 3, "barn-1": 4, "ungdom-1": 4},
    coordinators=1,
    administrators=1,
    reports=(350, 400),
    closed_before=110,
    came_back=21,
    closed_last=120,
    open=60,
)


@dataclass(slots=True)
class PlannedWorker:
    """A member of staff with the days of the role; `until_on` is None for who is still here."""

    id: int
    username: str
    from_on: date
    until_on: date | None = None

    def is_here(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or self.until_on >= day)


@dataclass(slots=True)
class Unit:
    """A unit and its people, as the planning of its cases needs them."""

    id: int
    code: str
    size: Size
    groups: dict[str, int] = field(default_factory=dict)
    leaders: dict[str, int] = field(default_factory=dict)
    workers: dict[str, list[PlannedWorker]] = field(default_factory=dict)
    head: int = 0
    away: frozenset[int] = frozenset()

    def here(self, group: str, day: date) -> list[PlannedWorker]:
        return [worker for worker in self.workers[group] if worker.is_here(day)]
