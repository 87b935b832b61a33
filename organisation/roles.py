"""What each role is: where it is held, what its holder carries and leads, where its day begins.

What a role may do is not here but in `organisation.rights.TABLE`. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from organisation.enums import Level, Role


class StartPage(StrEnum):
    """Codes of the pages a role can begin at; the setting START_PAGES says who provides each."""

    AGGREGATES = "aggregates"
    DASHBOARD = "dashboard"
    LEADER = "leader"
    COORDINATOR = "coordinator"
    RECEPTION = "reception"
    WORKER = "worker"
    CALM = "calm"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSpec:
    """One role. `levels`: where in the tree it can be held; `start`: its holder's start page.

    `leads`: answers for the staff where it is held. `handles`: can be a handler in its group.
    `carries_cases`: cases are the work of the role, so that its holders count as workers and are
    measured; whoever handles without that is shown only while having a case. `stood_in_for`: comes
    with an absent colleague's casework to the stand-in.
    """

    role: Role
    levels: frozenset[Level]
    start: StartPage
    leads: bool = False
    handles: bool = False
    carries_cases: bool = False
    stood_in_for: bool = True


def by_rank(*specs: RoleSpec) -> Mapping[str, RoleSpec]:
    """By role, in the order given. ValueError unless every role stands there exactly once."""
    given = [spec.role for spec in specs]
    wrong = sorted(role for role in Role if given.count(role) != 1)
    if wrong:
        raise ValueError(f"not specified once in ROLES: {', '.join(wrong)}")
    return MappingProxyType({spec.role: spec for spec in specs})


_GROUP = frozenset({Level.GROUP})
_UNIT = frozenset({Level.UNIT})

ROLES: Mapping[str, RoleSpec] = by_rank(
    RoleSpec(
        role=Role.DIRECTOR,
        levels=frozenset({Level.ADMINISTRATION}),
        start=StartPage.AGGREGATES,
        leads=True,
    ),
    RoleSpec(
        role=Role.DEPARTMENT_HEAD,
        levels=frozenset({Level.DEPARTMENT}),
        start=StartPage.AGGREGATES,
        leads=True,
    ),
    RoleSpec(role=Role.UNIT_HEAD, levels=_UNIT, start=StartPage.DASHBOARD, leads=True),
    RoleSpec(
        role=Role.GROUP_LEADER, levels=_GROUP, start=StartPage.LEADER, leads=True, handles=True
    ),
    RoleSpec(role=Role.COORDINATOR, levels=_UNIT, start=StartPage.COORDINATOR),
    RoleSpec(
        role=Role.RECEPTION,
        levels=_GROUP,
        start=StartPage.RECEPTION,
        handles=True,
        carries_cases=True,
    ),
    RoleSpec(
        role=Role.INVESTIGATOR,
        levels=_GROUP,
        start=StartPage.WORKER,
        handles=True,
        carries_cases=True,
    ),
    RoleSpec(
        role=Role.FAMILY_HOME_WORKER,
        levels=_GROUP,
        start=StartPage.WORKER,
        handles=True,
        carries_cases=True,
    ),
    RoleSpec(
        role=Role.CHILD_WORKER,
        levels=_GROUP,
        start=StartPage.WORKER,
        handles=True,
        carries_cases=True,
    ),
    RoleSpec(
        role=Role.DISABILITY_WORKER,
        levels=_UNIT | _GROUP,
        start=StartPage.CALM,
        carries_cases=True,
    ),
    RoleSpec(role=Role.ON_DUTY, levels=_UNIT, start=StartPage.CALM),
    RoleSpec(role=Role.PLACEMENT_SECRETARY, levels=_UNIT, start=StartPage.CALM),
    RoleSpec(role=Role.ADMINISTRATOR, levels=_UNIT, start=StartPage.CALM),
    RoleSpec(
        role=Role.SYSTEM_ADMINISTRATOR,
        levels=frozenset(Level),
        start=StartPage.SYSTEM,
        # Standing in gives a colleague's casework, never the running of the system.
        stood_in_for=False,
    ),
)
"""Every role, the most responsible first."""

RANK: Mapping[str, int] = MappingProxyType({role: place for place, role in enumerate(ROLES)})
"""The place of each role in the order of responsibility; 0 is the most responsible."""


def _those(condition: Callable[[RoleSpec], bool]) -> frozenset[str]:
    return frozenset(role for role, spec in ROLES.items() if condition(spec))


CASE_WORKERS = _those(lambda spec: spec.handles)
"""Roles whose holders can be handlers of an investigation in their group."""

CARRYING = _those(lambda spec: spec.carries_cases)
"""Roles that carry cases: asked in the measurements, and counted as employees."""

LEADERS = _those(lambda spec: spec.leads and spec.levels <= _UNIT | _GROUP)
"""The nearest managers: those who lead a group or a unit."""

ABOVE_UNIT = _those(lambda spec: spec.leads and not spec.levels & (_UNIT | _GROUP))
"""Those who lead above the unit, and see its figures but never a person."""

PERSONAL = _those(lambda spec: not spec.stood_in_for)
"""Roles that no stand-in gets."""
