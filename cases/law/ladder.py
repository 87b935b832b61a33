"""The ladder an unmet duty climbs: its steps, their days and whom each step tells.

Pure: days in, steps out. The sweep climbs it in sets (``cases.deadlines.sweep``).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from core.calendar import ONE_DAY, working_days_before


class Recipients(StrEnum):
    """Who is told at a step of the escalation ladder."""

    HANDLERS = "handlers"
    GROUP_LEADER = "group_leader"
    UNIT_HEAD = "unit_head"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A step of the escalation ladder: its permanent code, its day and whom it tells."""

    code: str
    on: date
    audience: tuple[Recipients, ...]


WORKING_DAYS_OF_WARNING: Final = 3
_ONE_WEEK: Final = timedelta(weeks=1)
_LEADERS: Final = (Recipients.GROUP_LEADER, Recipients.UNIT_HEAD)


def rungs_reached(due_on: date, on: date) -> list[LadderStep]:
    """Every step an unmet duty has come to by a day, the oldest first.

    ``before``: 3 working days before the due day, to the handlers. ``due``: the due day, to the
    handlers and the group leader. ``after``: the day after, to the group leader and unit head.
    ``weekly-1``, ``weekly-2``, ...: every seventh day from then on, to the same.
    """
    after_on = due_on + ONE_DAY
    ladder = [
        LadderStep(
            "before", working_days_before(due_on, WORKING_DAYS_OF_WARNING), (Recipients.HANDLERS,)
        ),
        LadderStep("due", due_on, (Recipients.HANDLERS, Recipients.GROUP_LEADER)),
        LadderStep("after", after_on, _LEADERS),
    ]
    weeks = max(0, (on - after_on) // _ONE_WEEK)
    ladder += [
        LadderStep(f"weekly-{n}", after_on + n * _ONE_WEEK, _LEADERS) for n in range(1, weeks + 1)
    ]
    return [rung for rung in ladder if rung.on <= on]
