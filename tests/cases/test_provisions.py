"""What is given and taken case by case: grants, emergency openings, conflicts of interest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from time_machine import travel

from cases.access import conflicts, emergency
from cases.access import grants as access_services
from cases.access.conflicts import ChildNamed
from cases.deadlines.models import Deadline
from cases.interventions import services as interventions
from cases.interventions.models import Intervention
from cases.investigations import services as investigation_services
from cases.investigations.models import Investigation
from cases.matters.models import Matter, MatterWorker
from cases.notices.models import Notice
from cases.persons.models import Person
from cases.provisions.models import ConflictOfInterest, EmergencyAccess, ReadingGrant
from cases.reports.models import Report
from cases.reports.services import ChildInput
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.models import RoleAssignment, User
from organisation.permissions import Access, access_for
from organisation.rights import Action
from tests.factories import World, moment

TODAY = date(2026, 3, 10)
NOW = moment("2026-03-10 10:00")
ALVA = "20140312-2383"
LISTED = (Matter, Report, Investigation, Intervention, Person, Deadline)


def seen(user: User, *, at: Any = NOW) -> dict[str, set[int]]:
    """Everything of cases the person can list, by kind."""
    access = access_for(user, on=at.date(), at=at)
    return {
        model.__name__: set(model.objects.visible_to(access).values_list("pk", flat=True))
        for model in LISTED
    }


def nothing() -> dict[str, set[int]]:
    return {model.__name__: set() for model in LISTED}


def declare(world: World, staff: User, named: ChildNamed, **given: Any) -> ConflictOfInterest:
    values = {
        "category": "relative",
        "includes_siblings": False,
        "from_on": TODAY,
        "by": staff,
        "at": NOW,
    }
    return conflicts.declare(named, staff=staff, **(values | given))


def known_child(world: World, number: str = ALVA, **given: Any) -> Report:
    """A report of the unit about a child with that number."""
    child = ChildInput(personal_identity_number=number, first_name="Alva", last_name="Ek")
    return world.report(children=[child], **given)


# Individual grants


def test_a_grant_counts_from_its_first_to_its_last_day(world: World) -> None:
    case = world.investigation()
    access_services.grant_reading(
        case.pk,
        reader=world.worker2,
        reason="Närläsning.",
        from_on=date(2026, 3, 12),
        until_on=date(2026, 3, 13),
        by=world.head,
        at=NOW,
    )
    days = [date(2026, 3, day) for day in (11, 12, 13, 14)]
    assert [case.pk in access_for(world.worker2, on=day).granted for day in days] == [
        False,
        True,
        True,
        False,
    ]


def test_a_grant_that_is_taken_back_gives_nothing_from_that_moment(world: World) -> None:
    case = world.investigation()
    grant = access_services.grant_reading(
        case.pk,
        reader=world.worker2,
        reason="Närläsning.",
        from_on=TODAY,
        until_on=TODAY + timedelta(days=30),
        by=world.head,
        at=NOW,
    )
    assert case.pk in seen(world.worker2)["Investigation"]
    access_services.revoke_grant(grant.pk, by=world.head, at=NOW)
    assert seen(world.worker2) == nothing()


def test_a_grant_ends_with_the_last_role_in_the_unit(world: World) -> None:
    case = world.investigation()
    access_services.grant_reading(
        case.pk,
        reader=world.worker2,
        reason="Närläsning.",
        from_on=TODAY,
        until_on=TODAY + timedelta(days=30),
        by=world.head,
        at=NOW,
    )
    RoleAssignment.objects.filter(user=world.worker2).update(until_on=TODAY)
    assert case.pk in seen(world.worker2)["Investigation"]
    assert seen(world.worker2, at=NOW + timedelta(days=1)) == nothing()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"until_on": date(2026, 3, 9)}, "until_on"),
        ({"from_on": date(2026, 3, 9)}, "from_on"),
        ({"until_on": date(2027, 4, 1)}, "until_on"),
        ({"reason": " "}, "reason"),
        ({"purpose": "curiosity"}, "purpose"),
    ],
)
def test_a_grant_without_bounds_or_reason_is_refused(
    world: World, given: dict[str, Any], field: str
) -> None:
    case = world.investigation()
    values = {
        "reader": world.worker2,
        "reason": "Närläsning.",
        "from_on": TODAY,
        "until_on": TODAY,
        "by": world.head,
        "at": NOW,
    }
    with pytest.raises(Invalid) as refused:
        access_services.grant_reading(case.pk, **(values | given))
    assert set(refused.value.fields) == {field}


# Django's own question about one object


READ = "cases.read_matter"


def may_read(user: User, obj: Any, *, at: Any = NOW) -> bool:
    """What `has_perm` says, which `get_all_permissions` has to say as well."""
    with travel(at, tick=False):
        asked = User.objects.get(pk=user.pk)
        answer = asked.has_perm(READ, obj)
        assert ("read_matter" in asked.get_all_permissions(obj)) == answer
    return answer


def given(world: World, case: Investigation, **days: Any) -> ReadingGrant:
    values = {"from_on": TODAY, "until_on": TODAY, "reader": world.worker2, "reason": "Syskon."}
    return access_services.grant_reading(case.pk, **(values | days), by=world.head, at=NOW)


def test_a_grant_is_an_object_permission_for_its_days(world: World) -> None:
    case, other = world.investigation(), world.investigation()
    assert not may_read(world.worker2, case.matter)
    given(world, case, from_on=date(2026, 3, 12), until_on=date(2026, 3, 13))
    moments = ["2026-03-11 23:59", "2026-03-12 00:00", "2026-03-13 23:59", "2026-03-14 00:00"]
    for obj in (case.matter, case):
        answers = [may_read(world.worker2, obj, at=moment(at)) for at in moments]
        assert answers == [False, True, True, False]
    assert not may_read(world.worker2, other.matter, at=moment("2026-03-12"))
    assert not may_read(world.worker2, case.reports.get().matter, at=moment("2026-03-12"))


def test_a_grant_taken_back_is_no_permission_any_more(world: World) -> None:
    case = world.investigation()
    grant = given(world, case, until_on=TODAY + timedelta(days=30))
    assert may_read(world.worker2, case.matter)
    access_services.revoke_grant(grant.pk, by=world.head, at=NOW)
    assert not may_read(world.worker2, case.matter)


def test_what_takes_reading_away_takes_the_permission_away(world: World) -> None:
    case = world.investigation()
    given(world, case, until_on=TODAY + timedelta(days=30))
    declare(world, world.worker2, ChildNamed(child_id=case.child_id), until_on=TODAY)
    assert not may_read(world.worker2, case.matter)
    tomorrow = NOW + timedelta(days=1)
    assert may_read(world.worker2, case.matter, at=tomorrow)
    RoleAssignment.objects.filter(user=world.worker2).update(until_on=TODAY)
    assert not may_read(world.worker2, case.matter, at=tomorrow)


def test_a_right_to_read_ends_a_month_after_its_matter(world: World) -> None:
    case = world.investigation()
    given(world, case, until_on=TODAY + timedelta(days=300))
    Matter.objects.filter(pk=case.pk).update(closed_on=TODAY)
    last, after = NOW + timedelta(days=30), NOW + timedelta(days=31)
    assert may_read(world.worker2, case.matter, at=last)
    assert not may_read(world.worker2, case.matter, at=after)
    (row,) = ReadingGrant.objects.in_force(on=last.date())
    assert row.last_on == last.date()
    for rows in (ReadingGrant.objects.in_force, ReadingGrant.objects.to_come_or_in_force):
        assert not rows(on=after.date())
    # What is given of a matter already ended is given for its own days.
    Matter.objects.filter(pk=case.pk).update(closed_on=TODAY - timedelta(days=1))
    assert may_read(world.worker2, case.matter, at=after)
    assert ReadingGrant.objects.get().last_on == TODAY + timedelta(days=300)


@pytest.mark.parametrize("kind", ["report", "investigation", "intervention"])
def test_a_role_is_a_permission_without_any_grant(world: World, kind: str) -> None:
    """For the matter of each kind, for the kind's own row, and for exactly those who list it."""
    case = world.investigation()
    granted = interventions.grant(
        case.pk,
        kind="family_treatment",
        goal="Trygghet.",
        decided_on=TODAY,
        started_on=TODAY,
        responsible=world.third,
        by=world.leader,
        at=NOW,
    )
    row: Any = {"report": case.reports.get(), "investigation": case, "intervention": granted}[kind]
    allowed = {name for name, user in world.people.items() if may_read(user, row.matter)}
    assert allowed == {name for name, user in world.people.items() if may_read(user, row)}
    assert allowed == {
        name for name, user in world.people.items() if row.pk in seen(user)["Matter"]
    }
    assert allowed >= {"main", "co", "leader", "head", "coordinator"}
    assert not allowed & {"stranger", "other_head", "other_worker", "worker2", "sysadmin"}
    assert ("reception" in allowed) == (kind == "report")
    assert ("third" in allowed) == (kind == "intervention")


def test_an_emergency_opening_is_a_permission_for_its_hours(world: World) -> None:
    case = world.investigation()
    assert not may_read(world.on_duty, case.matter)
    opening = emergency.open_case(
        case.child_id, reason="Polisen söker barnet.", hours=2, by=world.on_duty, at=NOW
    )
    assert may_read(world.on_duty, case.matter)
    assert not may_read(world.on_duty, case.matter, at=opening.until_at)


def test_an_account_that_is_closed_and_nobody_have_no_permission(world: World) -> None:
    case = world.investigation()
    assert may_read(world.main, case.matter)
    world.main.is_active = False
    world.main.save()
    assert not may_read(world.main, case.matter)
    assert not AnonymousUser().has_perm(READ, case.matter)


def test_a_superuser_of_django_reads_no_more_than_the_pages_show(world: World) -> None:
    case = world.investigation()
    world.sysadmin.is_superuser = True
    world.sysadmin.save()
    assert seen(world.sysadmin) == nothing()
    assert not may_read(world.sysadmin, case.matter)


def test_without_an_object_nobody_has_the_permission(world: World) -> None:
    world.investigation()
    for user in world.people.values():
        assert not user.has_perm(READ)
        assert user.get_all_permissions() == set()


def test_reading_is_asked_of_matters_alone(world: World) -> None:
    """Another row with the number of a matter that the person reads is no matter."""
    case = world.investigation()
    for row in (Person(pk=case.pk), Deadline(pk=case.pk, child_id=case.child_id)):
        assert not may_read(world.main, row)


def test_the_page_the_permission_and_the_api_give_one_answer(world: World) -> None:
    case = world.investigation()
    given(world, case, until_on=TODAY + timedelta(days=1))

    def answers(at: Any) -> tuple[bool, int, int]:
        with travel(at, tick=False):
            client = Client()
            client.force_login(world.worker2)
            page = client.get(reverse("investigation", args=[case.pk]))
            api = client.get(f"/api/v1/investigations/{case.pk}/")
        return may_read(world.worker2, case.matter, at=at), page.status_code, api.status_code

    assert answers(NOW) == (True, 200, 200)
    assert answers(moment("2026-03-11 23:59")) == (True, 200, 200)
    assert answers(moment("2026-03-12 00:00")) == (False, 404, 404)


# Emergency openings


def test_an_opening_shows_one_childs_matters_for_its_hours_and_changes_nothing(
    world: World,
) -> None:
    case, other = world.investigation(), world.investigation()
    assert seen(world.on_duty) == nothing()
    opening = emergency.open_case(
        case.child_id, reason="Barnet har ringt till jouren.", hours=2, by=world.on_duty, at=NOW
    )
    found = seen(world.on_duty)
    assert found["Investigation"] == {case.pk}
    assert found["Person"] == {case.child_id}
    assert found["Report"] == set(case.reports.values_list("pk", flat=True))
    assert found["Matter"] == found["Report"] | found["Investigation"]
    assert found["Deadline"] == set(
        Deadline.objects.filter(child=case.child_id).values_list("pk", flat=True)
    )
    assert other.pk not in found["Investigation"]
    with pytest.raises(Forbidden):
        investigation_services.write_plan(case.pk, plan="x", by=world.on_duty, at=NOW)
    assert seen(world.on_duty, at=opening.until_at - timedelta(seconds=1)) == found
    assert seen(world.on_duty, at=opening.until_at) == nothing()


def test_the_unit_head_is_told_at_once_and_signs_a_verdict_once(world: World) -> None:
    case = world.investigation()
    opening = emergency.open_case(
        case.child_id, reason="Polisen söker barnet.", hours=4, by=world.leader2, at=NOW
    )
    told = Notice.objects.filter(emergency=opening)
    assert [notice.recipient for notice in told] == [world.head]
    entry = TrailEntry.objects.get(action="emergency.opened")
    assert (entry.actor, entry.reason) == (world.leader2, "Polisen söker barnet.")
    for stranger in (world.leader2, world.leader, world.other_head):
        with pytest.raises(Missing):
            emergency.review(opening.pk, verdict="justified", note="", by=stranger, at=NOW)
    with pytest.raises(Invalid):
        emergency.review(opening.pk, verdict="not_justified", note="", by=world.head, at=NOW)
    emergency.review(opening.pk, verdict="justified", note="", by=world.head, at=NOW)
    with pytest.raises(Conflict):
        emergency.review(opening.pk, verdict="justified", note="", by=world.head, at=NOW)


def test_an_opening_ends_early_by_the_opener_or_the_unit_head_only(world: World) -> None:
    case = world.investigation()
    opening = emergency.open_case(
        case.child_id, reason="Polisen söker barnet.", hours=4, by=world.on_duty, at=NOW
    )
    for stranger in (world.leader, world.other_head, world.main):
        with pytest.raises(Missing):
            emergency.end(opening.pk, by=stranger, at=NOW)
    later = NOW + timedelta(minutes=10)
    emergency.end(opening.pk, by=world.head, at=later)
    assert seen(world.on_duty, at=later) == nothing()


def test_who_may_open_in_an_emergency_is_the_leaders_and_whoever_is_on_duty(world: World) -> None:
    case = world.investigation()
    opened = set()
    for name, user in world.people.items():
        try:
            emergency.open_case(
                case.child_id, reason="Polisen söker barnet.", hours=1, by=user, at=NOW
            )
        except (Forbidden, Missing):
            continue
        opened.add(name)
    assert opened == {"reception_leader", "leader", "leader2", "on_duty"}


@pytest.mark.parametrize(("reason", "hours"), [("Akut", 4), ("Polisen söker barnet.", 48)])
def test_an_opening_needs_a_reason_and_a_time(world: World, reason: str, hours: int) -> None:
    case = world.investigation()
    with pytest.raises(Invalid):
        emergency.open_case(case.child_id, reason=reason, hours=hours, by=world.on_duty, at=NOW)
    assert not EmergencyAccess.objects.exists()


def test_an_emergency_search_finds_whole_names_numbers_and_case_numbers_of_the_unit(
    world: World,
) -> None:
    report = known_child(world)
    access = access_for(world.on_duty, on=TODAY, at=NOW)
    there = access_for(world.other_leader, on=TODAY, at=NOW)
    for asked in ("Alva Ek", "ek alva", ALVA, report.number, report.number.lower()):
        assert emergency.find(asked, who=access) == [report.child], asked
        assert emergency.find(asked, who=there) == [], asked
    for asked in ("Alva", "A E", "20140312-2384", ""):
        assert emergency.find(asked, who=access) == [], asked


# Conflicts of interest


def test_a_conflict_takes_the_child_out_of_everything_the_person_reaches(world: World) -> None:
    case, other = world.investigation(), world.investigation()
    before = seen(world.head)
    declare(world, world.head, ChildNamed(child_id=case.child_id))
    after = seen(world.head)
    reports = set(case.reports.values_list("pk", flat=True))
    gone = {
        "Matter": reports | {case.pk},
        "Report": reports,
        "Investigation": {case.pk},
        "Intervention": set(),
        "Person": {case.child_id},
        "Deadline": set(Deadline.objects.filter(child=case.child_id).values_list("pk", flat=True)),
    }
    assert {name: before[name] - after[name] for name in before} == gone
    assert other.pk in after["Investigation"]
    access = access_for(world.head, on=TODAY, at=NOW)
    assert {
        action
        for action in Action
        if access.may(action, unit_id=world.unit.pk, child_id=case.child_id)
    } == set()


@pytest.mark.parametrize(
    "named",
    [
        ChildNamed(personal_identity_number=ALVA),
        ChildNamed(first_name="alva ", last_name="EK", birth_date=date(2014, 3, 12)),
    ],
)
def test_a_declaration_before_the_child_is_known_holds_when_it_comes(
    world: World, named: ChildNamed
) -> None:
    declare(world, world.head, named)
    assert access_for(world.head, on=TODAY).blocked == frozenset()
    report = known_child(world)
    assert access_for(world.head, on=TODAY).blocked == {report.child_id}
    assert report.pk not in seen(world.head)["Report"]


def test_a_block_follows_the_number_into_other_units(world: World) -> None:
    here = known_child(world)
    there = known_child(world, unit=world.other_unit, by=world.other_reception)
    declare(world, world.head, ChildNamed(child_id=here.child_id))
    assert access_for(world.head, on=TODAY).blocked == {here.child_id, there.child_id}


@pytest.mark.parametrize("siblings", [True, False])
def test_a_block_covers_brothers_and_sisters_only_when_it_says_so(
    world: World, siblings: bool
) -> None:
    first, second = world.reports(
        children=[ChildInput(first_name="A", last_name="B"), ChildInput(first_name="C")]
    )
    declare(world, world.head, ChildNamed(child_id=second.child_id), includes_siblings=siblings)
    wanted = {first.child_id, second.child_id} if siblings else {second.child_id}
    assert access_for(world.head, on=TODAY).blocked == wanted


def test_a_conflict_counts_from_its_first_to_its_last_day_and_until_ended(world: World) -> None:
    report = known_child(world)
    conflict = declare(
        world,
        world.head,
        ChildNamed(child_id=report.child_id),
        from_on=TODAY + timedelta(days=1),
        until_on=TODAY + timedelta(days=2),
    )
    days = [TODAY + timedelta(days=number) for number in range(4)]
    assert [bool(access_for(world.head, on=day).blocked) for day in days] == [
        False,
        True,
        True,
        False,
    ]
    assert conflict.declared_by == world.head


def test_cases_of_a_blocked_worker_go_back_to_the_leader_at_once(world: World) -> None:
    case = world.investigation()
    declare(world, world.main, ChildNamed(child_id=case.child_id))
    left = MatterWorker.objects.current().filter(matter=case.matter)
    assert [row.user for row in left] == [world.co]
    told = Notice.objects.filter(kind="unassigned", matter=case.matter, created_at=NOW)
    assert [notice.recipient for notice in told] == [world.leader]
    assert seen(world.main) == nothing()
    entry = TrailEntry.objects.get(action="investigation.handler_blocked")
    assert entry.details == {"handler": world.main.pk}


def test_a_blocked_worker_is_never_given_the_case_nor_told_of_it(world: World) -> None:
    case = world.investigation(allocated=False)
    declare(world, world.main, ChildNamed(child_id=case.child_id), by=world.head)
    with pytest.raises(Invalid) as refused:
        investigation_services.assign_handlers(
            case.pk, main=world.main, co=world.co, from_on=TODAY, by=world.head, at=NOW
        )
    assert set(refused.value.fields) == {"main"}
    assert "jäv" not in str(refused.value).lower()
    assert "conflict" not in str(refused.value).lower()
    assert world.main not in investigation_services.may_be_handler(case, on=TODAY)
    with pytest.raises(Invalid):
        access_services.grant_reading(
            case.pk,
            reader=world.main,
            reason="Behöver läsa.",
            from_on=TODAY,
            until_on=TODAY,
            by=world.head,
            at=NOW,
        )


def test_a_blocked_stand_in_does_not_get_the_case(world: World) -> None:
    from organisation.models import Absence

    case, other = world.investigation(), world.investigation()
    Absence.objects.create(
        user=world.main, stand_in=world.worker2, from_on=TODAY, until_on=TODAY, reason="illness"
    )
    assert seen(world.worker2)["Investigation"] == {case.pk, other.pk}
    declare(world, world.worker2, ChildNamed(personal_identity_number=ALVA))
    Person.objects.filter(pk=case.child_id).update(personal_identity_number=ALVA.replace("-", ""))
    assert seen(world.worker2)["Investigation"] == {other.pk}


def test_a_blocked_person_opens_nothing_in_an_emergency(world: World) -> None:
    case = world.investigation()
    opening = emergency.open_case(
        case.child_id, reason="Polisen söker barnet.", hours=4, by=world.on_duty, at=NOW
    )
    declare(world, world.on_duty, ChildNamed(child_id=case.child_id))
    assert seen(world.on_duty) == nothing()
    with pytest.raises(Missing):
        emergency.open_case(
            opening.child_id, reason="Polisen söker barnet.", hours=4, by=world.on_duty, at=NOW
        )


def test_nobody_logs_a_report_about_a_child_they_have_a_conflict_with(world: World) -> None:
    declare(world, world.reception, ChildNamed(personal_identity_number=ALVA))
    with pytest.raises(Forbidden):
        known_child(world, at=NOW)
    assert not Report.objects.exists()
    refused = TrailEntry.objects.get(kind="refused")
    assert (refused.actor, refused.action) == (world.reception, "conflict.refused")
    known_child(world, by=world.main, at=NOW)


def test_who_may_register_a_conflict_for_whom(world: World) -> None:
    named = ChildNamed(personal_identity_number=ALVA)
    registered = set()
    for name, user in world.people.items():
        try:
            declare(world, world.main, named, by=user)
        except Forbidden:
            continue
        registered.add(name)
    assert registered == {"main", "leader", "head"}


def test_only_the_unit_head_ends_a_conflict_and_never_their_own(world: World) -> None:
    named = ChildNamed(personal_identity_number=ALVA)
    of_worker, of_head = declare(world, world.main, named), declare(world, world.head, named)
    for user in (world.main, world.leader, world.other_head):
        with pytest.raises(Missing):
            conflicts.end(of_worker.pk, reason="Upphört.", by=user, at=NOW)
    with pytest.raises(Forbidden):
        conflicts.end(of_head.pk, reason="Upphört.", by=world.head, at=NOW)
    conflicts.end(of_worker.pk, reason="Upphört.", by=world.head, at=NOW)
    known_child(world)
    assert access_for(world.main, on=TODAY).blocked == frozenset()


def test_a_declaration_answers_alike_whether_the_child_is_known_or_not(
    world: World, django_assert_num_queries: Any
) -> None:
    known_child(world)
    known = declare(world, world.main, ChildNamed(personal_identity_number=ALVA))
    unknown = declare(world, world.main, ChildNamed(personal_identity_number="20150311-2383"))
    assert (known.child_id, unknown.child_id) == (None, None)


def test_access_costs_two_queries_and_one_more_for_whoever_has_a_conflict(
    world: World, django_assert_num_queries: Any
) -> None:
    case = world.investigation()
    with django_assert_num_queries(2):
        access_for(world.leader, on=TODAY, at=NOW)
    declare(world, world.leader, ChildNamed(child_id=case.child_id))
    with django_assert_num_queries(3):
        access: Access = access_for(world.leader, on=TODAY, at=NOW)
    assert access.blocked
