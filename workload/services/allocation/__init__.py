"""Every change in allocation weeks: wishes, standing pairs, the plan, proposals, giving out."""

from workload.services.allocation.giving import Giving, give_out
from workload.services.allocation.plans import (
    clear_plan,
    end_standing_pair,
    plan_pair,
    set_standing_pair,
    write_round,
)
from workload.services.allocation.proposals import accept, ask, calculate
from workload.services.allocation.wishes import note_wish, withdraw_wish

__all__ = [
    "Giving",
    "accept",
    "ask",
    "calculate",
    "clear_plan",
    "end_standing_pair",
    "give_out",
    "note_wish",
    "plan_pair",
    "set_standing_pair",
    "withdraw_wish",
    "write_round",
]
