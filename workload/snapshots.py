"""A worker's points on a day as they are frozen: the sum, and each case line by line.

Kept as text, so that what was measured is read the same after any number of new weight sets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workload import capacity


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Points in tenths; `available_tenths` is None for who was unavailable or not measured."""

    tenths: int = 0
    available_tenths: int | None = None
    cases: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)


def take(unit_id: int, user_ids: Iterable[int], *, on: date) -> dict[int, Snapshot]:
    """The snapshot of each of the unit's workers on the day; empty for who has left."""
    wanted = list(user_ids)
    found = {
        load.user.pk: of(load) for load in capacity.loads(on=on, unit_id=unit_id, user_ids=wanted)
    }
    return {pk: found.get(pk, Snapshot()) for pk in wanted}


def of(load: capacity.WorkerLoad) -> Snapshot:
    return Snapshot(
        tenths=load.tenths,
        available_tenths=load.available_tenths or None,
        cases=load.cases,
        lines=[
            {
                "number": one.number,
                "part": one.part,
                "tenths": int(one.points * 10),
                "factors": [[line.name, line.level_name, line.points] for line in one.case.lines]
                if one.case
                else [],
            }
            for one in load.carried
        ],
    )
