"""Who may do what: the full matrix role x action x relation, compared as whole sets."""

from datetime import date

import pytest

from organisation.enums import AbsenceReason, DelegatedDecision, Role
from organisation.models import Absence, Delegation, RoleAssignment
from organisation.permissions import Action, access_for
from tests.factories import World, give, make_user

TODAY = date(2026, 3, 2)

CASEWORK = {
    Action.READ_REPORT,
    Action.ASSESS_PROTECTION,
    Action.PROPOSE_DECISION,
    Action.GIVE_FEEDBACK,
    Action.OFFER_SERIOUS_TALK,
}
INVESTIGATING = {
    Action.READ_INVESTIGATION,
    Action.WORK_ON_INVESTIGATION,
    Action.MANAGE_INTERVENTION,
    Action.PREPARE_DISCLOSURE,
}
LEADING = {
    Action.ASSIGN_HANDLERS,
    Action.NOTE_WISHES,
    Action.SEE_FORECAST,
    Action.EXTEND_INVESTIGATION,
    Action.READ_DOCUMENT,
    Action.CONCLUDE_INVESTIGATION,
    Action.APPROVE_DISCLOSURE,
    Action.SEE_CHILD_LOG,
    Action.SEE_DEADLINE_DASHBOARD,
    Action.EXPORT_LISTS,
    Action.MANAGE_ABSENCE,
    Action.REGISTER_CONFLICT,
    Action.READ_MEASUREMENTS,
    Action.TAKE_TEMPERATURE,
    Action.REVIEW_CASES,
}
STAFFING = {
    Action.SEE_GROUP_WORKLOAD,
    Action.MANAGE_REDUCTIONS,
    Action.MANAGE_COMPETENCES,
    Action.MANAGE_INTRODUCTIONS,
}
OWN_LOAD = {Action.SEE_OWN_WORKLOAD}
PROTECTING = {Action.PROTECT_IDENTITY}
WHERE = {Action.SEE_PROTECTED_WHEREABOUTS}
OPENING = {Action.EMERGENCY_OPEN}
NEAREST = {Action.DECIDE_OPENING, Action.READ_SURVEY_ANSWERS}
LEADING_STAFF = LEADING | STAFFING | OWN_LOAD | PROTECTING | WHERE | OPENING | NEAREST
ANYWHERE_IN_UNIT = {Action.LOG_REPORT, Action.LOOK_UP_CHILD}

RELATIONS = ("own", "group", "undecided", "unit", "elsewhere")


def everywhere_here(actions: set[Action]) -> dict[str, set[Action]]:
    return {name: set() if name == "elsewhere" else actions for name in RELATIONS}


FIGURES = {Action.SEE_AGGREGATES}

# What each role may do to a matter by how near it is: `own` handled by the person, `group` of the
# person's group, `undecided` by anyone in the unit, `unit` of another group, `elsewhere` of
# another unit. Each nearer relation includes what the farther ones give.
EXPECTED: dict[str, dict[str, set[Action]]] = {
    Role.RECEPTION: {
        "own": ANYWHERE_IN_UNIT
        | CASEWORK
        | INVESTIGATING
        | OWN_LOAD
        | PROTECTING
        | WHERE
        | {Action.NOTE_WISHES},
        "group": ANYWHERE_IN_UNIT | CASEWORK | PROTECTING | {Action.NOTE_WISHES},
        "undecided": ANYWHERE_IN_UNIT,
        "unit": ANYWHERE_IN_UNIT,
        "elsewhere": set(),
    },
    Role.GROUP_LEADER: {
        "own": FIGURES | ANYWHERE_IN_UNIT | CASEWORK | INVESTIGATING | LEADING_STAFF,
        "group": FIGURES | ANYWHERE_IN_UNIT | CASEWORK | INVESTIGATING | LEADING_STAFF,
        "undecided": FIGURES
        | ANYWHERE_IN_UNIT
        | CASEWORK
        | PROTECTING
        | OPENING
        | {Action.DECIDE_OPENING},
        "unit": FIGURES | ANYWHERE_IN_UNIT | OPENING,
        "elsewhere": set(),
    },
    Role.COORDINATOR: everywhere_here(
        {Action.READ_REPORT, Action.READ_INVESTIGATION, Action.MANAGE_INTRODUCTIONS} | FIGURES
    ),
    Role.ADMINISTRATOR: everywhere_here({Action.CLOSE_STATISTICS} | FIGURES),
    Role.ON_DUTY: everywhere_here(ANYWHERE_IN_UNIT | OPENING),
    # The answers of the groups' workers are for their own leader alone.
    Role.UNIT_HEAD: everywhere_here(
        set(Action) - {Action.MANAGE_ORGANISATION, Action.READ_SURVEY_ANSWERS} - OPENING
    )
    | {"own": set(Action) - {Action.MANAGE_ORGANISATION} - OPENING},
    Role.DISABILITY_WORKER: {
        "own": CASEWORK | INVESTIGATING | OWN_LOAD | PROTECTING | WHERE,
        "group": set(),
        "undecided": set(),
        "unit": set(),
        "elsewhere": set(),
    },
}
for worker in (Role.INVESTIGATOR, Role.FAMILY_HOME_WORKER, Role.CHILD_WORKER):
    EXPECTED[worker] = {
        "own": ANYWHERE_IN_UNIT | CASEWORK | INVESTIGATING | OWN_LOAD | PROTECTING | WHERE,
        "group": ANYWHERE_IN_UNIT,
        "undecided": ANYWHERE_IN_UNIT,
        "unit": ANYWHERE_IN_UNIT,
        "elsewhere": set(),
    }
NO_CASES = {
    Role.DEPARTMENT_HEAD,
    Role.DIRECTOR,
    Role.PLACEMENT_SECRETARY,
    Role.SYSTEM_ADMINISTRATOR,
}


def node_for(world: World, role: str):
    return {
        Role.UNIT_HEAD: world.unit,
        Role.COORDINATOR: world.unit,
        Role.PLACEMENT_SECRETARY: world.unit,
        Role.ADMINISTRATOR: world.unit,
        Role.ON_DUTY: world.unit,
        Role.DISABILITY_WORKER: world.unit,
        Role.DEPARTMENT_HEAD: world.department,
        Role.DIRECTOR: world.administration,
        Role.SYSTEM_ADMINISTRATOR: world.municipality,
    }.get(Role(role), world.groups["barn-1"])


def allowed(world: World, user, relation: str) -> set[Action]:
    access = access_for(user, on=TODAY)
    mine, theirs = world.groups["barn-1"].pk, world.groups["barn-2"].pk
    matter = {
        "own": {"group_ids": [theirs], "handler_ids": [user.pk]},
        "group": {"group_ids": [mine]},
        "undecided": {"group_ids": [theirs], "intake": True},
        "unit": {"group_ids": [theirs]},
        "elsewhere": {"group_ids": [mine], "handler_ids": [user.pk], "intake": True},
    }[relation]
    if relation == "own":
        matter["group_ids"] = [mine]
    unit = world.other_unit if relation == "elsewhere" else world.unit
    return {action for action in Action if access.may(action, unit_id=unit.pk, **matter)}


def test_every_role_may_do_exactly_what_the_policy_says_in_every_relation(world: World) -> None:
    found, wanted = {}, {}
    for role in Role:
        user = make_user(f"only-{role}")
        give(user, role, node_for(world, role))
        for relation in RELATIONS:
            found[role, relation] = allowed(world, user, relation)
            wanted[role, relation] = EXPECTED.get(role, {}).get(relation, set())
    assert found == wanted
    assert set(Role) == set(EXPECTED) | NO_CASES


def test_a_stranger_without_a_role_may_do_nothing(world: World) -> None:
    assert {
        relation: allowed(world, world.stranger, relation) for relation in RELATIONS
    } == everywhere_here(set())


def test_a_role_gives_rights_from_its_first_to_its_last_day(world: World) -> None:
    user = make_user("temporary")
    RoleAssignment.objects.create(
        user=user,
        role=Role.UNIT_HEAD,
        node=world.unit,
        from_on=date(2026, 3, 2),
        until_on=date(2026, 3, 31),
    )
    days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 1)]
    rights = [
        access_for(user, on=day).may(Action.READ_REPORT, unit_id=world.unit.pk) for day in days
    ]
    assert rights == [False, True, True, False]


def test_a_closed_account_has_no_rights(world: World) -> None:
    world.head.is_active = False
    world.head.save()
    assert not access_for(world.head, on=TODAY).may(Action.READ_REPORT, unit_id=world.unit.pk)


def test_a_stand_in_has_the_rights_of_the_absent_while_the_absence_lasts(world: World) -> None:
    Absence.objects.create(
        user=world.main,
        from_on=date(2026, 3, 2),
        until_on=date(2026, 3, 6),
        reason=AbsenceReason.ILLNESS,
        stand_in=world.worker2,
    )
    reach = {"unit_id": world.unit.pk, "group_ids": [], "handler_ids": [world.main.pk]}
    days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 6), date(2026, 3, 7)]
    assert [
        access_for(world.worker2, on=day).may(Action.WORK_ON_INVESTIGATION, **reach) for day in days
    ] == [False, True, True, False]


def test_standing_in_for_a_system_administrator_gives_nothing(world: World) -> None:
    Absence.objects.create(
        user=world.sysadmin,
        from_on=TODAY,
        until_on=TODAY,
        reason=AbsenceReason.ILLNESS,
        stand_in=world.main,
    )
    assert Role.SYSTEM_ADMINISTRATOR not in {
        held.role for held in access_for(world.main, on=TODAY).held
    }


@pytest.mark.parametrize(
    ("decision", "action"),
    [
        (DelegatedDecision.OPENING, Action.DECIDE_OPENING),
        (DelegatedDecision.EXTENSION, Action.EXTEND_INVESTIGATION),
        (DelegatedDecision.CONCLUSION, Action.CONCLUDE_INVESTIGATION),
    ],
)
def test_a_delegated_decision_is_the_roles_in_that_unit_only(
    world: World, decision: str, action: Action
) -> None:
    Delegation.objects.create(unit=world.unit, decision=decision, role=Role.INVESTIGATOR)
    here = access_for(world.main, on=TODAY)
    there = access_for(world.other_worker, on=TODAY)
    own = {"group_ids": [], "handler_ids": [world.main.pk]}
    assert here.may(action, unit_id=world.unit.pk, **own)
    assert not here.may(action, unit_id=world.unit.pk, group_ids=[], handler_ids=[world.co.pk])
    assert not there.may(
        action, unit_id=world.other_unit.pk, handler_ids=[world.other_worker.pk], group_ids=[]
    )


def test_access_is_worked_out_in_two_queries_however_many_roles(
    world: World, django_assert_num_queries
) -> None:
    for group in world.groups.values():
        give(world.head, Role.GROUP_LEADER, group)
    with django_assert_num_queries(2):
        access_for(world.head, on=TODAY)
