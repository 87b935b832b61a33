"""Who may do what: the full matrix role x action x relation, compared as whole sets."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.contrib.contenttypes.models import ContentType

from cases.matters.models import Matter
from cases.provisions.models import ConflictOfInterest, ReadingGrant
from organisation import object_permissions
from organisation.enums import AbsenceReason, DelegatedDecision, Role
from organisation.models import Absence, Delegation, RoleAssignment, User
from organisation.object_permissions import ObjectPermissions
from organisation.permissions import access_for
from organisation.rights import Action
from tests.factories import World, give, make_user, moment

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
    Action.HAND_OVER,
    Action.APPROVE_DISCLOSURE,
    Action.SEE_CHILD_LOG,
    Action.SEE_DEADLINE_DASHBOARD,
    Action.EXPORT_LISTS,
    Action.MANAGE_ABSENCE,
    Action.REGISTER_CONFLICT,
    Action.DECIDE_IDENTITY,
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
PROTECTING = {Action.PROTECT_IDENTITY, Action.CORRECT_PERSON}
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
    unsaid = set(Role) - EXPECTED.keys() - NO_CASES
    assert unsaid == set(), "say in EXPECTED what these may do, or that they have NO_CASES"
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


# Rights given by hand on one object

SHELVE = "cases.shelve_matter"
"""A permission that no role gives, unlike `cases.read_matter`."""


class At(ObjectPermissions):
    """What holds at a set moment."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def moment(self) -> datetime:
        return self.at


NOON = At(moment("2026-03-02 12:00"))


@pytest.fixture
def matter(world: World) -> Matter:
    return world.investigation().matter


def shelving(world: World, matter: Matter, user: User, **fields: Any) -> ReadingGrant:
    """The right to shelve the matter, by default from the 2nd to the 3rd of March."""
    permission, _made = Permission.objects.get_or_create(
        codename="shelve_matter",
        content_type=ContentType.objects.get_for_model(Matter),
        defaults={"name": "May shelve the matter"},
    )
    values = {
        "user": user,
        "permission": permission,
        "content_object": matter,
        "unit": world.unit,
        "purpose": "stated_need",
        "reason": "Arkivering.",
        "from_on": TODAY,
        "until_on": date(2026, 3, 3),
        "granted_by": world.head,
        "granted_at": NOON.at,
    }
    return ReadingGrant.objects.create(**(values | fields))


def may_shelve(user: User, matter: Any, asked: ObjectPermissions = NOON) -> bool:
    """What both questions of the backend answer."""
    answer = asked.has_perm(user, SHELVE, matter)
    assert ("shelve_matter" in asked.get_all_permissions(user, matter)) == answer
    return answer


def test_a_grant_holds_from_its_first_to_its_last_day_in_stockholm(
    world: World, matter: Matter
) -> None:
    shelving(world, matter, world.worker2)
    moments = [
        datetime(2026, 3, 1, 22, 59, tzinfo=UTC),
        datetime(2026, 3, 1, 23, 0, tzinfo=UTC),
        datetime(2026, 3, 3, 22, 59, tzinfo=UTC),
        datetime(2026, 3, 3, 23, 0, tzinfo=UTC),
    ]
    assert [may_shelve(world.worker2, matter, At(at)) for at in moments] == [
        False,
        True,
        True,
        False,
    ]


def test_a_grant_is_of_one_person_one_object_and_one_permission(
    world: World, matter: Matter
) -> None:
    shelving(world, matter, world.worker2)
    other = world.investigation().matter
    assert {name for name, user in world.people.items() if may_shelve(user, matter)} == {"worker2"}
    assert not may_shelve(world.worker2, other)
    assert not NOON.has_perm(world.worker2, "cases.burn_matter", matter)
    assert NOON.get_all_permissions(world.worker2, matter) == {"shelve_matter"}
    assert not may_shelve(world.worker2, world.unit)


def test_a_permission_is_named_with_its_app_or_without(world: World, matter: Matter) -> None:
    shelving(world, matter, world.worker2)
    assert NOON.has_perm(world.worker2, "shelve_matter", matter)
    assert not NOON.has_perm(world.worker2, "organisation.shelve_matter", matter)
    assert NOON.has_perm(world.main, "read_matter", matter)
    assert not NOON.has_perm(world.main, "organisation.read_matter", matter)


def test_a_grant_ends_when_it_is_taken_back_and_with_the_last_role_in_the_unit(
    world: World, matter: Matter
) -> None:
    grant = shelving(world, matter, world.worker2)
    role = world.worker2.role_assignments.get()
    role.until_on = TODAY
    role.save()
    give(world.worker2, Role.INVESTIGATOR, world.other_groups["barn-1"])
    assert may_shelve(world.worker2, matter)
    assert not may_shelve(world.worker2, matter, At(moment("2026-03-03 12:00")))
    grant.ended_at, grant.ended_by = NOON.at, world.head
    grant.save()
    assert not may_shelve(world.worker2, matter)


def test_a_grant_gives_nothing_to_whoever_has_a_conflict_or_no_open_account(
    world: World, matter: Matter
) -> None:
    for user in (world.worker2, world.main, world.third):
        shelving(world, matter, user)
    ConflictOfInterest.objects.create(
        staff=world.worker2,
        unit=world.unit,
        child=matter.child,
        includes_siblings=False,
        category="relative",
        from_on=TODAY,
        declared_by=world.head,
        declared_at=NOON.at,
    )
    world.main.is_active = False
    world.main.save()
    asked = {name: may_shelve(world.people[name], matter) for name in ("worker2", "main", "third")}
    assert asked == {"worker2": False, "main": False, "third": True}
    assert not NOON.has_perm(AnonymousUser(), SHELVE, matter)
    assert NOON.get_all_permissions(AnonymousUser(), matter) == set()


def test_without_an_object_and_to_groups_nothing_is_given(world: World, matter: Matter) -> None:
    shelving(world, matter, world.worker2)
    assert not NOON.has_perm(world.worker2, SHELVE)
    assert NOON.get_all_permissions(world.worker2) == set()
    assert NOON.get_group_permissions(world.worker2, matter) == set()


@pytest.mark.parametrize("answer", [True, False])
def test_where_a_rule_answers_a_grant_alone_says_nothing(
    world: World, matter: Matter, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    shelving(world, matter, world.worker2)
    rules = {SHELVE: lambda access, obj: answer}
    monkeypatch.setattr(object_permissions, "_object_rules", lambda: rules)
    assert may_shelve(world.worker2, matter) is answer
    assert may_shelve(world.stranger, matter) is answer


def test_every_rule_of_the_settings_is_of_a_permission_there_is(db: None) -> None:
    assert "cases.read_matter" in object_permissions._object_rules()
    for name in object_permissions._object_rules():
        app, code = name.split(".")
        assert Permission.objects.filter(content_type__app_label=app, codename=code).exists()
