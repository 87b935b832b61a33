"""The roles: every one specified once, in order, and what is derived from them."""

import pytest

from organisation import roles
from organisation.enums import Level, Role
from organisation.roles import RANK, ROLES, RoleSpec, StartPage, by_rank

SPECS = tuple(ROLES.values())


def test_a_role_that_is_left_out_is_named() -> None:
    without = [spec for spec in SPECS if spec.role != Role.COORDINATOR]
    with pytest.raises(ValueError, match=r"not specified once in ROLES: coordinator$"):
        by_rank(*without)


def test_a_role_specified_twice_is_named() -> None:
    again = RoleSpec(
        role=Role.ON_DUTY, levels=frozenset({Level.UNIT}), start=StartPage.CALM, leads=True
    )
    with pytest.raises(ValueError, match=r"not specified once in ROLES: on_duty$"):
        by_rank(*SPECS, again)


def test_every_role_can_be_held_somewhere() -> None:
    assert {role for role, spec in ROLES.items() if not spec.levels} == set()


def test_the_most_responsible_role_comes_first() -> None:
    assert sorted(Role, key=lambda role: RANK[role]) == [
        Role.DIRECTOR,
        Role.DEPARTMENT_HEAD,
        Role.UNIT_HEAD,
        Role.GROUP_LEADER,
        Role.COORDINATOR,
        Role.RECEPTION,
        Role.INVESTIGATOR,
        Role.FAMILY_HOME_WORKER,
        Role.CHILD_WORKER,
        Role.DISABILITY_WORKER,
        Role.ON_DUTY,
        Role.PLACEMENT_SECRETARY,
        Role.ADMINISTRATOR,
        Role.SYSTEM_ADMINISTRATOR,
    ]


WORKERS = {Role.RECEPTION, Role.INVESTIGATOR, Role.FAMILY_HOME_WORKER, Role.CHILD_WORKER}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CASE_WORKERS", WORKERS | {Role.GROUP_LEADER}),
        ("CARRYING", WORKERS | {Role.DISABILITY_WORKER}),
        ("LEADERS", {Role.GROUP_LEADER, Role.UNIT_HEAD}),
        ("ABOVE_UNIT", {Role.DEPARTMENT_HEAD, Role.DIRECTOR}),
        ("PERSONAL", {Role.SYSTEM_ADMINISTRATOR}),
    ],
)
def test_a_set_of_roles_holds_exactly_those(name: str, expected: set[Role]) -> None:
    assert getattr(roles, name) == expected
