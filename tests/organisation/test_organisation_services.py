"""What the organisation services refuse, at which field, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.enums import (
    AbsenceReason,
    DelegatedDecision,
    EmploymentForm,
    EndReason,
    GroupFunction,
    Level,
    Role,
)
from organisation.models import Absence, Delegation, Employment, RoleAssignment, User
from organisation.permissions import access_for
from organisation.rights import Action
from organisation.services import absences, delegation, employments, people, roles, tree
from tests.factories import World, give, make_user, moment

AT = moment("2026-03-02 09:00")
TODAY = date(2026, 3, 2)
NOBODY = 10_000_000


def fields(call: Callable[[], object]) -> set[str]:
    with pytest.raises(Invalid) as refused:
        call()
    return set(refused.value.fields)


def add_node(world: World, **given: Any) -> Any:
    values = {
        "level": Level.GROUP,
        "code": "barn-3",
        "name": "Barngrupp 3",
        "parent": world.unit,
        "function": GroupFunction.CHILD,
        "by": world.sysadmin,
        "at": AT,
    }
    return tree.add_node(**values | given)


def add_user(world: World, **given: Any) -> User:
    values = {
        "username": "ny",
        "first_name": "Ny",
        "last_name": "Medarbetare",
        "email": "ny@example.test",
        "by": world.sysadmin,
        "at": AT,
    }
    return people.add_user(**values | given)


def change_user(world: World, user: User, **given: Any) -> User:
    values = {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "phone": "",
        "is_active": True,
        "by": world.sysadmin,
        "at": AT,
    }
    return people.change_user(user.pk, **values | given)


def give_role(world: World, **given: Any) -> RoleAssignment:
    values = {
        "user": world.stranger,
        "role": Role.INVESTIGATOR,
        "node": world.groups["barn-1"],
        "from_on": TODAY,
        "by": world.sysadmin,
        "at": AT,
    }
    return roles.give_role(**values | given)


def employ(world: World, **given: Any) -> Employment:
    values = {
        "user": world.stranger,
        "administration": world.administration,
        "profession": "Socialsekreterare",
        "form": EmploymentForm.PERMANENT,
        "started_on": TODAY,
        "by": world.sysadmin,
        "at": AT,
    }
    return employments.employ(**values | given)


def plan(world: World, **given: Any) -> Absence:
    values = {
        "user": world.main,
        "from_on": date(2026, 3, 9),
        "until_on": date(2026, 3, 13),
        "reason": AbsenceReason.HOLIDAY,
        "by": world.leader,
        "at": AT,
    }
    return absences.plan_absence(**values | given)


# Who may


def test_only_the_system_administrator_runs_the_organisation(world: World) -> None:
    role = RoleAssignment.objects.get(user=world.third)
    job = Employment.objects.get(user=world.third)
    line = Delegation.objects.create(
        unit=world.unit, decision=DelegatedDecision.OPENING, role=Role.RECEPTION
    )
    acts: dict[str, Callable[[User], object]] = {
        "add_node": lambda by: add_node(world, by=by),
        "change_node": lambda by: tree.change_node(
            world.unit.pk, name="Nytt", active=True, by=by, at=AT
        ),
        "add_user": lambda by: add_user(world, by=by),
        "change_user": lambda by: change_user(world, world.third, by=by),
        "set_password": lambda by: people.set_password(
            world.third.pk, password="grus-lampa-sju-Moln", by=by, at=AT
        ),
        "give_role": lambda by: give_role(world, by=by),
        "end_role": lambda by: roles.end_role(role.pk, until_on=TODAY, by=by, at=AT),
        "employ": lambda by: employ(world, by=by),
        "end_employment": lambda by: employments.end_employment(
            job.pk, ended_on=TODAY, end_reason=EndReason.OTHER, by=by, at=AT
        ),
        "delegate": lambda by: delegation.delegate(
            unit=world.unit,
            decision=DelegatedDecision.EXTENSION,
            role=Role.RECEPTION,
            by=by,
            at=AT,
        ),
        "withdraw": lambda by: delegation.withdraw_delegation(line.pk, by=by, at=AT),
    }
    may: dict[str, set[str]] = {name: set() for name in acts}
    refused = {name for name in world.people if name != "sysadmin"}
    for act, call in acts.items():
        for person in refused:
            try:
                call(world.people[person])
                may[act].add(person)
            except Forbidden:
                pass
    assert may == {name: set() for name in acts}
    assert not TrailEntry.objects.exists()
    for call in acts.values():
        call(world.sysadmin)
    assert TrailEntry.objects.count() == len(acts)


def test_absence_is_planned_by_oneself_ones_leaders_and_the_system_administrator(
    world: World,
) -> None:
    may = set()
    for name, person in world.people.items():
        try:
            plan(world, by=person)
        except Forbidden:
            continue
        may.add(name)
        Absence.objects.all().delete()
    assert may == {"main", "leader", "head", "sysadmin"}


def test_absence_is_ended_by_those_who_may_plan_it_and_hidden_from_others(world: World) -> None:
    absence = plan(world)
    may = set()
    for name, person in world.people.items():
        try:
            absences.end_absence(absence.pk, until_on=date(2026, 3, 12), by=person, at=AT)
        except Missing:
            continue
        may.add(name)
    assert may == {"main", "leader", "head", "sysadmin"}


def test_who_stands_in_for_the_leader_plans_absences_meanwhile(world: World) -> None:
    Absence.objects.create(
        user=world.leader,
        from_on=TODAY,
        until_on=TODAY,
        reason=AbsenceReason.ILLNESS,
        stand_in=world.leader2,
    )
    assert plan(world, by=world.leader2).user == world.main
    with pytest.raises(Forbidden):
        plan(world, user=world.co, by=world.leader2, at=moment("2026-03-03"))


def test_a_leader_has_no_say_over_somebody_who_has_left_the_group(world: World) -> None:
    RoleAssignment.objects.filter(user=world.main).update(until_on=date(2026, 3, 1))
    with pytest.raises(Forbidden):
        plan(world, by=world.leader)


# The tree


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"level": "village"}, {"level"}),
        ({"parent": None}, {"parent"}),
        ({"level": Level.MUNICIPALITY, "function": ""}, {"parent"}),
        ({"level": Level.UNIT, "function": ""}, {"parent"}),
        ({"name": "  "}, {"name"}),
        ({"code": " "}, {"code"}),
        ({"code": "BARN-1"}, {"code"}),
        ({"function": ""}, {"function"}),
        ({"function": "circus"}, {"function"}),
        ({"name": "", "code": "", "function": ""}, {"name", "code", "function"}),
    ],
)
def test_a_part_is_refused_at_its_field(
    world: World, given: dict[str, Any], wrong: set[str]
) -> None:
    assert fields(lambda: add_node(world, **given)) == wrong


def test_a_unit_has_no_function(world: World) -> None:
    given = {"level": Level.UNIT, "parent": world.department, "code": "ST-3"}
    assert fields(lambda: add_node(world, **given)) == {"function"}


def test_a_unit_code_is_the_only_one_and_a_group_code_the_only_one_in_its_unit(
    world: World,
) -> None:
    unit = {"level": Level.UNIT, "parent": world.department, "function": ""}
    assert fields(lambda: add_node(world, **unit, code="st-bou")) == {"code"}
    added = add_node(world, parent=world.other_unit, code="barn-2")
    assert added.path == f"{world.other_unit.path}{added.pk}/"


def test_a_part_is_renamed_and_keeps_its_function(world: World) -> None:
    group = world.groups["barn-1"]
    changed = tree.change_node(group.pk, name=" Ett ", active=True, by=world.sysadmin, at=AT)
    assert (changed.name, changed.function) == ("Ett", GroupFunction.CHILD)
    changed = tree.change_node(
        group.pk, name="Ett", active=True, function="youth", by=world.sysadmin, at=AT
    )
    assert changed.function == GroupFunction.YOUTH


def test_a_change_of_a_part_is_refused_at_its_field(world: World) -> None:
    def change(**given: Any) -> object:
        values = {"name": "Ett", "active": True, "by": world.sysadmin, "at": AT}
        return tree.change_node(world.groups["barn-1"].pk, **values | given)

    assert fields(lambda: change(name=" ")) == {"name"}
    assert fields(lambda: change(function="circus")) == {"function"}
    with pytest.raises(Missing):
        tree.change_node(NOBODY, name="Ett", active=True, by=world.sysadmin, at=AT)


def test_a_unit_with_groups_in_use_stays_in_use(world: World) -> None:
    def close(node: Any) -> object:
        return tree.change_node(node.pk, name=node.name, active=False, by=world.sysadmin, at=AT)

    with pytest.raises(Conflict):
        close(world.other_unit)
    for group in world.other_groups.values():
        RoleAssignment.objects.filter(node=group).update(until_on=date(2026, 3, 1))
        close(group)
    with pytest.raises(Conflict):
        close(world.other_unit)
    RoleAssignment.objects.filter(node=world.other_unit).update(until_on=date(2026, 3, 1))
    close(world.other_unit)
    world.other_unit.refresh_from_db()
    assert not world.other_unit.active
    group.refresh_from_db()
    with pytest.raises(Conflict):
        tree.change_node(group.pk, name=group.name, active=True, by=world.sysadmin, at=AT)


# The staff


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"username": " "}, {"username"}),
        ({"username": "MAIN"}, {"username"}),
        ({"username": "not a name"}, {"username"}),
        ({"first_name": " ", "last_name": ""}, {"first_name", "last_name"}),
        ({"first_name": "x" * 151}, {"first_name"}),
        ({"email": "no address"}, {"email"}),
        ({"employee_number": "4711"}, {"employee_number"}),
        ({"password": "kort"}, {"password"}),
        ({"password": "password1234"}, {"password"}),
        ({"password": "nyny-nyny-ny", "username": "nyny-nyny-ny"}, {"password"}),
    ],
)
def test_a_member_of_staff_is_refused_at_its_field(
    world: World, given: dict[str, Any], wrong: set[str]
) -> None:
    User.objects.filter(pk=world.main.pk).update(employee_number="4711")
    assert fields(lambda: add_user(world, **given)) == wrong
    assert not User.objects.filter(email="ny@example.test").exists()


def test_without_a_password_there_is_no_login_until_one_is_set(world: World) -> None:
    user = add_user(world)
    assert not user.has_usable_password()
    assert fields(
        lambda: people.set_password(user.pk, password="ny", by=world.sysadmin, at=AT)
    ) == {"password"}
    people.set_password(user.pk, password="grus-lampa-sju-Moln", by=world.sysadmin, at=AT)
    user.refresh_from_db()
    assert user.check_password("grus-lampa-sju-Moln")


def test_two_without_an_employee_number_are_let_in(world: World) -> None:
    users = [add_user(world, username=name, employee_number=" ") for name in ("ett", "tva")]
    assert [user.employee_number for user in users] == [None, None]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"first_name": ""}, {"first_name"}),
        ({"last_name": "  "}, {"last_name"}),
        ({"email": "no address"}, {"email"}),
        ({"phone": "0" * 41}, {"phone"}),
    ],
)
def test_a_change_of_particulars_is_refused_at_its_field(
    world: World, given: dict[str, Any], wrong: set[str]
) -> None:
    assert fields(lambda: change_user(world, world.main, **given)) == wrong


def test_nobody_closes_their_own_account(world: World) -> None:
    with pytest.raises(Conflict):
        change_user(world, world.sysadmin, is_active=False)
    assert not change_user(world, world.main, is_active=False).is_active


def test_what_does_not_exist_is_missing(world: World) -> None:
    by = {"by": world.sysadmin, "at": AT}
    unsaved = User(pk=NOBODY, username="x", first_name="X", last_name="X")
    for call in (
        lambda: change_user(world, unsaved),
        lambda: people.set_password(NOBODY, password="grus-lampa-sju-Moln", **by),
        lambda: roles.end_role(NOBODY, until_on=TODAY, **by),
        lambda: employments.end_employment(NOBODY, ended_on=TODAY, end_reason="other", **by),
        lambda: absences.end_absence(NOBODY, until_on=TODAY, **by),
        lambda: delegation.withdraw_delegation(NOBODY, **by),
    ):
        with pytest.raises(Missing):
            call()


# Roles


def test_a_role_is_given_only_at_its_level(world: World) -> None:
    nodes = {
        Level.MUNICIPALITY: world.municipality,
        Level.ADMINISTRATION: world.administration,
        Level.DEPARTMENT: world.department,
        Level.UNIT: world.unit,
        Level.GROUP: world.groups["barn-1"],
    }
    held: dict[str, set[str]] = {role: set() for role in Role}
    refused_at = set()
    for role in Role:
        user = make_user(f"for-{role}")
        for level, node in nodes.items():
            try:
                give_role(world, user=user, role=role, node=node)
                held[role].add(level)
            except Invalid as refused:
                refused_at.update(refused.fields)
    assert refused_at == {"node"}
    workers = (Role.RECEPTION, Role.INVESTIGATOR, Role.FAMILY_HOME_WORKER, Role.CHILD_WORKER)
    in_unit = (Role.UNIT_HEAD, Role.COORDINATOR, Role.PLACEMENT_SECRETARY, Role.ADMINISTRATOR)
    assert held == (
        {role: {Level.GROUP} for role in (*workers, Role.GROUP_LEADER)}
        | {role: {Level.UNIT} for role in in_unit}
        | {
            Role.DISABILITY_WORKER: {Level.UNIT, Level.GROUP},
            Role.ON_DUTY: {Level.UNIT},
            Role.DEPARTMENT_HEAD: {Level.DEPARTMENT},
            Role.DIRECTOR: {Level.ADMINISTRATION},
            Role.SYSTEM_ADMINISTRATOR: set(Level),
        }
    )


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"role": "king"}, {"role"}),
        ({"until_on": date(2026, 3, 1)}, {"until_on"}),
    ],
)
def test_a_role_is_refused_at_its_field(
    world: World, given: dict[str, Any], wrong: set[str]
) -> None:
    assert fields(lambda: give_role(world, **given)) == wrong


def test_the_same_role_is_not_held_twice_at_once(world: World) -> None:
    give_role(world, from_on=date(2026, 3, 1), until_on=date(2026, 3, 31))
    days = [
        (date(2026, 2, 1), date(2026, 2, 28), False),
        (date(2026, 2, 1), date(2026, 3, 1), True),
        (date(2026, 3, 10), date(2026, 3, 11), True),
        (date(2026, 3, 31), None, True),
        (date(2026, 2, 1), None, True),
        (date(2026, 4, 1), None, False),
    ]
    for from_on, until_on, overlaps in days:
        if overlaps:
            wrong = fields(lambda f=from_on, u=until_on: give_role(world, from_on=f, until_on=u))
            assert wrong == {"role"}
        else:
            give_role(world, from_on=from_on, until_on=until_on).delete()
    # Another role, or the same in another group, is another matter.
    give_role(world, role=Role.RECEPTION)
    give_role(world, node=world.groups["barn-2"])


def test_a_role_given_for_one_day_is_held_that_day_only(world: World) -> None:
    give_role(world, from_on=date(2028, 2, 29), until_on=date(2028, 2, 29))
    held = {
        day: bool(access_for(world.stranger, on=day).held)
        for day in (date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1))
    }
    assert list(held.values()) == [False, True, False]


def test_a_role_is_not_ended_before_it_began_nor_into_the_next_one(world: World) -> None:
    first = give_role(world, from_on=date(2026, 3, 1), until_on=date(2026, 3, 31))
    give_role(world, from_on=date(2026, 4, 1))

    def end(day: date) -> object:
        return roles.end_role(first.pk, until_on=day, by=world.sysadmin, at=AT)

    assert fields(lambda: end(date(2026, 2, 28))) == {"until_on"}
    assert fields(lambda: end(date(2026, 4, 1))) == {"until_on"}
    end(date(2026, 3, 1))
    first.refresh_from_db()
    assert first.until_on == date(2026, 3, 1)


def end_sysadmin(world: World, user: User, day: date = TODAY) -> RoleAssignment:
    given = RoleAssignment.objects.get(user=user, role=Role.SYSTEM_ADMINISTRATOR)
    return roles.end_role(given.pk, until_on=day, by=world.sysadmin, at=AT)


def test_the_last_system_administrator_stays(world: World) -> None:
    with pytest.raises(Conflict):
        end_sysadmin(world, world.sysadmin)
    assert RoleAssignment.objects.get(user=world.sysadmin).until_on is None


@pytest.mark.parametrize(
    ("from_on", "until_on", "open_account", "enough"),
    [
        (date(2026, 1, 1), None, True, True),
        (date(2026, 3, 3), None, True, True),
        (date(2026, 3, 4), None, True, False),  # a day with nobody
        (date(2026, 1, 1), date(2026, 12, 31), True, False),  # would leave nobody later
        (date(2026, 1, 1), None, False, False),
    ],
)
def test_a_system_administrator_leaves_when_another_stays(
    world: World, from_on: date, until_on: date | None, open_account: bool, enough: bool
) -> None:
    User.objects.filter(pk=world.stranger.pk).update(is_active=open_account)
    RoleAssignment.objects.create(
        user=world.stranger,
        role=Role.SYSTEM_ADMINISTRATOR,
        node=world.municipality,
        from_on=from_on,
        until_on=until_on,
    )
    if enough:
        assert end_sysadmin(world, world.sysadmin).until_on == TODAY
    else:
        with pytest.raises(Conflict):
            end_sysadmin(world, world.sysadmin)


def test_two_system_administrators_cannot_end_each_other(world: World) -> None:
    give(world.stranger, Role.SYSTEM_ADMINISTRATOR, world.municipality)
    end_sysadmin(world, world.stranger, date(2026, 6, 30))
    with pytest.raises(Conflict):
        end_sysadmin(world, world.sysadmin, date(2026, 5, 31))


# Employments


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"form": "guest"}, {"form"}),
        ({"experience": "guru"}, {"experience"}),
        ({"end_reason": "bored", "ended_on": date(2026, 4, 1)}, {"end_reason"}),
        ({"end_reason": EndReason.OTHER}, {"end_reason"}),
        ({"profession": " "}, {"profession"}),
        ({"hours_percent": 0}, {"hours_percent"}),
        ({"hours_percent": 101}, {"hours_percent"}),
        ({"ended_on": date(2026, 3, 1)}, {"ended_on"}),
        (
            {"form": "", "profession": "", "hours_percent": -1},
            {"form", "profession", "hours_percent"},
        ),
    ],
)
def test_an_employment_is_refused_at_its_field(
    world: World, given: dict[str, Any], wrong: set[str]
) -> None:
    assert fields(lambda: employ(world, **given)) == wrong


def test_one_is_employed_by_an_administration_in_a_unit_of_it(world: World) -> None:
    elsewhere = tree.make_node(
        level=Level.ADMINISTRATION, code="NY", name="Ny", parent=world.municipality
    )
    assert fields(lambda: employ(world, administration=world.unit)) == {"administration"}
    assert fields(lambda: employ(world, administration=elsewhere, unit=world.unit)) == {"unit"}
    assert employ(world, unit=world.unit).unit == world.unit


def test_an_employment_ends_with_a_reason_and_not_before_it_began(world: World) -> None:
    job = employ(world, started_on=date(2024, 2, 29))

    def end(day: date, reason: str) -> Employment:
        return employments.end_employment(
            job.pk, ended_on=day, end_reason=reason, by=world.sysadmin, at=AT
        )

    assert fields(lambda: end(date(2024, 2, 28), EndReason.OTHER)) == {"ended_on"}
    assert fields(lambda: end(date(2026, 2, 28), "")) == {"end_reason"}
    ended = end(date(2024, 2, 29), EndReason.RETIREMENT)
    assert (ended.ended_on, ended.end_reason) == (date(2024, 2, 29), EndReason.RETIREMENT)


# Absences


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"reason": "tired"}, {"reason"}),
        ({"until_on": date(2026, 3, 8)}, {"until_on"}),
        ({"until_on": date(2062, 3, 9)}, {"until_on"}),
    ],
)
def test_an_absence_is_refused_at_its_field(
    world: World, given: dict[str, Any], wrong: set[str]
) -> None:
    assert fields(lambda: plan(world, **given)) == wrong


def test_two_absences_do_not_overlap(world: World) -> None:
    plan(world)
    overlapping = [
        (date(2026, 3, 1), date(2026, 3, 9)),
        (date(2026, 3, 13), date(2026, 3, 20)),
        (date(2026, 3, 10), date(2026, 3, 11)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ]
    for first, last in overlapping:
        wrong = fields(lambda f=first, u=last: plan(world, from_on=f, until_on=u))
        assert wrong == {"from_on"}
    plan(world, from_on=date(2026, 3, 1), until_on=date(2026, 3, 8))
    plan(world, from_on=date(2026, 3, 14), until_on=date(2026, 3, 14))
    plan(world, user=world.co)


def test_the_stand_in_is_another_of_the_unit_who_is_there(world: World) -> None:
    wrong = {}
    for name in world.people:
        try:
            plan(world, stand_in=world.people[name])
        except Invalid as refused:
            wrong[name] = set(refused.fields)
        Absence.objects.all().delete()
    out = {"other_head", "other_reception", "other_leader", "other_worker"}
    above = {"department_head", "director", "sysadmin", "stranger"}
    assert wrong == {name: {"stand_in"} for name in {"main"} | out | above}


def test_a_stand_in_who_is_away_on_any_of_the_days_is_refused(world: World) -> None:
    plan(world, user=world.co, from_on=date(2026, 3, 13), until_on=date(2026, 3, 20))
    assert fields(lambda: plan(world, stand_in=world.co)) == {"stand_in"}
    assert plan(world, stand_in=world.co, until_on=date(2026, 3, 12)).stand_in == world.co


def test_a_stand_in_whose_account_is_closed_is_refused(world: World) -> None:
    world.co.is_active = False
    world.co.save()
    assert fields(lambda: plan(world, stand_in=world.co)) == {"stand_in"}


def test_an_absence_over_leap_day_gives_the_stand_in_that_day_too(world: World) -> None:
    plan(
        world,
        from_on=date(2028, 2, 29),
        until_on=date(2028, 2, 29),
        stand_in=world.worker2,
        at=moment("2028-02-01"),
    )
    reach = {"unit_id": world.unit.pk, "group_ids": [], "handler_ids": [world.main.pk]}
    assert [
        access_for(world.worker2, on=day).may(Action.WORK_ON_INVESTIGATION, **reach)
        for day in (date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1))
    ] == [False, True, False]


def test_the_last_day_of_an_absence_is_moved_but_not_into_another_absence(world: World) -> None:
    absence = plan(world, stand_in=world.co)
    plan(world, from_on=date(2026, 3, 23), until_on=date(2026, 3, 27))
    plan(world, user=world.co, from_on=date(2026, 3, 17), until_on=date(2026, 3, 18))

    def move(day: date) -> Absence:
        return absences.end_absence(absence.pk, until_on=day, by=world.main, at=AT)

    assert fields(lambda: move(date(2026, 3, 8))) == {"until_on"}
    assert fields(lambda: move(date(2026, 3, 17))) == {"until_on"}
    assert fields(lambda: move(date(2026, 3, 23))) == {"until_on"}
    assert fields(lambda: move(date(2062, 3, 23))) == {"until_on"}
    assert move(date(2026, 3, 16)).until_on == date(2026, 3, 16)
    assert move(date(2026, 3, 9)).until_on == date(2026, 3, 9)


# The delegation order


def test_a_line_of_the_delegation_order_is_refused_at_its_field(world: World) -> None:
    def delegate(**given: Any) -> Delegation:
        values = {
            "unit": world.unit,
            "decision": DelegatedDecision.EXTENSION,
            "role": Role.COORDINATOR,
            "by": world.sysadmin,
            "at": AT,
        }
        return delegation.delegate(**values | given)

    assert fields(lambda: delegate(unit=world.groups["barn-1"])) == {"unit"}
    assert fields(lambda: delegate(decision="everything")) == {"decision"}
    assert fields(lambda: delegate(role="king")) == {"role"}
    line = delegate()
    assert delegate() == line
    assert TrailEntry.objects.filter(action="organisation.delegated").count() == 1
    delegation.withdraw_delegation(line.pk, by=world.sysadmin, at=AT)
    assert not Delegation.objects.exists()


# What is left behind


def test_every_change_keeps_the_row_as_it_was(world: World) -> None:
    given = RoleAssignment.objects.get(user=world.third)
    roles.end_role(given.pk, until_on=date(2026, 3, 31), by=world.sysadmin, at=AT)
    roles.end_role(given.pk, until_on=date(2026, 4, 30), by=world.sysadmin, at=AT)
    kept = type(given).pgh_event_models["update"].objects.filter(pgh_obj=given)
    assert {row.until_on for row in kept} == {None, date(2026, 3, 31)}


def test_a_withdrawn_delegation_is_still_in_the_history(world: World) -> None:
    line = delegation.delegate(
        unit=world.unit,
        decision=DelegatedDecision.OPENING,
        role=Role.RECEPTION,
        by=world.sysadmin,
        at=AT,
    )
    delegation.withdraw_delegation(line.pk, by=world.sysadmin, at=AT)
    kept = Delegation.pgh_event_models["delete"].objects.get()
    assert (kept.decision, kept.role) == (DelegatedDecision.OPENING, Role.RECEPTION)


def test_the_trail_of_a_person_names_nobody(world: World) -> None:
    user = add_user(world, first_name="Hemligt", last_name="Namn")
    change_user(world, user, phone="070-123 45 67")
    entries = TrailEntry.objects.filter(target_type="user", targets=[user.pk])
    assert {entry.action for entry in entries} == {
        "organisation.user_added",
        "organisation.user_changed",
    }
    for entry in entries:
        assert "Hemligt" not in f"{entry.details}{entry.reason}"
        assert "070" not in f"{entry.details}{entry.reason}"
        assert (entry.actor, entry.at) == (world.sysadmin, AT)


def test_a_refused_change_leaves_no_trail(world: World) -> None:
    with pytest.raises(Invalid):
        give_role(world, role="king")
    assert not TrailEntry.objects.exists()
    assert not RoleAssignment.objects.filter(user=world.stranger).exists()
