"""Wishes, plans, standing pairs, proposals and giving out: who may, and that nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from cases.enums import HandlerPart
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.matters.models import MatterWorker
from cases.provisions.models import ConflictOfInterest
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.enums import AbsenceReason, Role
from organisation.models import Absence, User
from organisation.permissions import access_for
from tests.factories import World, give, make_user, moment
from tests.factories.workload import use_example
from workload.allocation import WishKind
from workload.board import read_board
from workload.board_effects import effects, unmet
from workload.board_problem import problem_of
from workload.forecast import Endings, InvestigationSpan
from workload.forms.allocation import worker_label
from workload.models import AllocationProposal, AllocationWish, Competence, PlannedPair
from workload.models.allocation import ProposalState
from workload.services import allocation

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 18)
AT = moment("2026-03-18 09:00")


@pytest.fixture
def waiting(world: World) -> Investigation:
    use_example(world)
    return world.investigation("2026-03-16", allocated=False)


def plan(world: World, case: Investigation, **changes: Any) -> PlannedPair:
    given = {
        "main_id": world.main.pk,
        "co_id": world.co.pk,
        "pinned": False,
        "version": 0,
        "by": world.leader,
        "at": AT,
    }
    return allocation.plan_pair(case.pk, **given | changes)


def board(world: World, by: User | None = None) -> Any:
    return read_board(world.groups["barn-1"], access=access_for(by or world.leader, on=ON))


def test_plan_keeps_the_choice_and_gives_nothing_yet(world: World, waiting: Investigation) -> None:
    plan(world, waiting, co_id=None, pinned=True)
    one = PlannedPair.objects.get()
    assert (one.main_id, one.co_id, one.pinned, one.version) == (world.main.pk, None, True, 1)
    assert not MatterWorker.objects.filter(part__in=HandlerPart.values).exists()
    assert TrailEntry.objects.filter(action="allocation.planned").count() == 1


def test_second_leader_does_not_overwrite_what_the_first_has_planned(
    world: World, waiting: Investigation
) -> None:
    plan(world, waiting)
    with pytest.raises(Conflict) as refused:
        plan(world, waiting, main_id=world.third.pk, by=world.head)
    assert refused.value.current.main_id == world.main.pk
    assert PlannedPair.objects.get().main_id == world.main.pk
    with pytest.raises(Conflict):
        allocation.clear_plan(waiting.pk, version=0, by=world.head, at=AT)
    plan(world, waiting, main_id=world.third.pk, version=1, by=world.head)
    assert PlannedPair.objects.get().main_id == world.third.pk


@pytest.mark.parametrize("who", ["worker2", "stranger"])
def test_worker_of_another_group_or_of_none_cannot_be_chosen(
    world: World, waiting: Investigation, who: str
) -> None:
    with pytest.raises(Invalid) as refused:
        plan(world, waiting, co_id=getattr(world, who).pk)
    assert set(refused.value.fields) == {"co"}


def test_absent_or_ended_worker_cannot_be_chosen(world: World, waiting: Investigation) -> None:
    Absence.objects.create(user=world.main, from_on=ON, until_on=ON, reason=AbsenceReason.ILLNESS)
    world.co.is_active = False
    world.co.save()
    for part in ("main_id", "co_id"):
        other = {"main_id": "co_id", "co_id": "main_id"}[part]
        for user in (world.main, world.co):
            with pytest.raises(Invalid):
                plan(world, waiting, **{part: user.pk, other: None})


def test_worker_with_a_conflict_of_interest_is_never_chosen_nor_proposed(
    world: World, waiting: Investigation
) -> None:
    """And nothing is said of why."""
    ConflictOfInterest.objects.create(
        staff=world.main,
        unit=world.unit,
        child=waiting.child,
        includes_siblings=False,
        category="relative",
        from_on=ON,
        declared_by=world.main,
        declared_at=AT,
    )
    with pytest.raises(Invalid) as refused:
        plan(world, waiting)
    assert set(refused.value.fields) == {"main"}
    shown = board(world)
    [case] = shown.cases
    assert case.blocked == {world.main.pk}
    with override("en"):
        label = worker_label(shown.worker(world.main.pk), shown, case)
    assert label == "Main Test: cannot be given this case"
    problem = problem_of(shown)
    assert [one.id for one in problem.workers if waiting.pk in one.blocked] == [world.main.pk]


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("main", Missing),
        ("leader2", Missing),
        ("other_leader", Missing),
        ("department_head", Missing),
        ("coordinator", Missing),
    ],
)
def test_only_leaders_of_the_group_plan_and_give_out(
    world: World, waiting: Investigation, who: str, error: type[Exception]
) -> None:
    person = getattr(world, who)
    with pytest.raises((error, Forbidden)):
        plan(world, waiting, by=person)
    giving = [allocation.Giving(waiting.pk, world.main.pk, world.co.pk)]
    with pytest.raises((error, Forbidden)):
        allocation.give_out(world.groups["barn-1"].pk, giving, by=person, at=AT)
    with pytest.raises((error, Forbidden)):
        allocation.ask(world.groups["barn-1"].pk, room=0, by=person, at=AT)
    assert not PlannedPair.objects.exists()
    assert Investigation.objects.get(pk=waiting.pk).status == "waiting"


# Giving out


def test_giving_out_assigns_all_and_empties_the_plan(world: World, waiting: Investigation) -> None:
    second = world.investigation("2026-03-17", allocated=False)
    givings = [
        allocation.Giving(case.pk, world.main.pk, world.co.pk, plan(world, case).version)
        for case in (waiting, second)
    ]
    made = allocation.give_out(world.groups["barn-1"].pk, givings, by=world.leader, at=AT)
    assert len(made) == 4
    assert {row.from_on for row in made} == {ON}
    assert not PlannedPair.objects.exists()
    assert set(Investigation.objects.values_list("status", flat=True)) == {"ongoing"}


def test_nothing_is_given_out_when_one_case_cannot_be(world: World, waiting: Investigation) -> None:
    second = world.investigation("2026-03-17", allocated=False)
    givings = [
        allocation.Giving(waiting.pk, world.main.pk, world.co.pk),
        allocation.Giving(second.pk, world.main.pk, world.worker2.pk),
    ]
    with pytest.raises(Conflict, match=second.number):
        allocation.give_out(world.groups["barn-1"].pk, givings, by=world.leader, at=AT)
    assert set(Investigation.objects.values_list("status", flat=True)) == {"waiting"}


def test_plan_changed_meanwhile_is_not_given_out(world: World, waiting: Investigation) -> None:
    version = plan(world, waiting).version
    plan(world, waiting, co_id=world.third.pk, version=version, by=world.head)
    giving = allocation.Giving(waiting.pk, world.main.pk, world.co.pk, version)
    with pytest.raises(Conflict, match=waiting.number):
        allocation.give_out(world.groups["barn-1"].pk, [giving], by=world.leader, at=AT)
    assert Investigation.objects.get(pk=waiting.pk).status == "waiting"


def test_case_given_out_by_another_is_said_to_be(world: World, waiting: Investigation) -> None:
    investigations.assign_handlers(
        waiting.pk, main=world.main, co=world.third, from_on=ON, by=world.head, at=AT
    )
    with pytest.raises(Conflict, match=waiting.number):
        plan(world, waiting)


# Wishes


def test_reception_and_leader_note_wishes_until_it_is_given_out(
    world: World, waiting: Investigation
) -> None:
    note = {"detail": " somaliska ", "required": False, "at": AT}
    wish = allocation.note_wish(waiting.pk, kind="language", by=world.reception, **note)
    assert wish.detail == "somaliska"
    with pytest.raises(Invalid):
        allocation.note_wish(
            waiting.pk, kind="language", by=world.leader, **note | {"detail": "Somaliska"}
        )
    allocation.withdraw_wish(wish.pk, by=world.leader, at=AT)
    assert not AllocationWish.objects.exists()
    plan(world, waiting)
    giving = [allocation.Giving(waiting.pk, world.main.pk, world.co.pk)]
    allocation.give_out(world.groups["barn-1"].pk, giving, by=world.leader, at=AT)
    with pytest.raises(Conflict):
        allocation.note_wish(waiting.pk, kind="experience", by=world.leader, **note)


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("main", Missing),
        ("worker2", Missing),
        ("coordinator", Forbidden),
        ("other_reception", Missing),
        ("department_head", Missing),
        ("stranger", Missing),
    ],
)
def test_nobody_else_notes_wishes(
    world: World, waiting: Investigation, who: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        allocation.note_wish(
            waiting.pk,
            kind="experience",
            detail="",
            required=False,
            by=getattr(world, who),
            at=AT,
        )


@pytest.mark.parametrize(
    ("kind", "detail"),
    [("siblings", ""), ("language", " "), ("competence", "svetsare"), ("area", "x" * 81)],
)
def test_wish_that_says_nothing_is_refused(
    world: World, waiting: Investigation, kind: str, detail: str
) -> None:
    with pytest.raises(Invalid):
        allocation.note_wish(
            waiting.pk, kind=kind, detail=detail, required=False, by=world.leader, at=AT
        )


# The board


def test_board_shows_points_wishes_and_load_with_the_plan(
    world: World, waiting: Investigation
) -> None:
    world.investigation("2026-01-05")
    Competence.objects.create(
        user=world.main, kind="language", detail="Somaliska", from_on=date(2020, 1, 1)
    )
    allocation.note_wish(
        waiting.pk, kind="language", detail="somaliska", required=True, by=world.leader, at=AT
    )
    plan(world, waiting)
    shown = board(world)
    [case] = shown.cases
    main, co, third = (shown.worker(user.pk) for user in (world.main, world.co, world.third))
    assert case.tenths == case.points.total * 10
    assert main.after_tenths == main.load.tenths + case.main_tenths
    assert co.after_tenths == co.load.tenths + case.co_tenths
    assert third.after_tenths == third.load.tenths == 0
    assert unmet(case, [main, third]) == []
    assert unmet(case, [co, third]) == [(WishKind.LANGUAGE, "somaliska", True)]
    [first, second] = effects(shown, case, main_id=world.third.pk, co_id=world.main.pk)
    assert (first.before, first.worker.name) == (0, str(world.third))
    # The plan it has already is counted out before the other choice is counted in.
    assert second.before == main.now_percent


def test_load_in_four_weeks_is_what_is_likely_to_be_left(
    world: World, waiting: Investigation
) -> None:
    world.investigation("2026-03-08")
    half = [
        InvestigationSpan(ON - timedelta(days=200), ON - timedelta(days=200 - age))
        for age in (20, 100)
        for _ in range(50)
    ]
    shown = read_board(
        world.groups["barn-1"],
        access=access_for(world.leader, on=ON),
        endings=Endings(half, on=ON),
    )
    main = shown.worker(world.main.pk)
    assert main.load.tenths > 0
    assert main.ahead == pytest.approx(main.load.tenths / 2)


def test_siblings_and_earlier_workers_are_found(world: World) -> None:
    from cases.reports.services import ChildInput

    use_example(world)
    children = [
        ChildInput(first_name=name, last_name="Syskon", gender="girl") for name in ("Ett", "Två")
    ]
    reports = world.reports("2026-03-10 09:00", children=children)
    first, second = (world.decide(report, "2026-03-11").investigation for report in reports)
    shown = board(world)
    assert [case.siblings for case in shown.cases] == [(second.number,), (first.number,)]
    problem = problem_of(shown)
    assert len({case.siblings for case in problem.cases}) == 1
    assert None not in {case.siblings for case in problem.cases}
    investigations.assign_handlers(
        first.pk, main=world.main, co=world.co, from_on=ON, by=world.leader, at=AT
    )
    [left] = board(world).cases
    assert left.earlier == {world.main.pk, world.co.pk}
    assert problem_of(board(world)).cases[0].siblings is None


def test_board_of_a_unit_without_weights_still_stands(world: World) -> None:
    world.investigation("2026-03-16", allocated=False)
    shown = board(world)
    assert not shown.measured
    assert shown.cases[0].tenths == 0


# Proposals


def test_proposal_is_calculated_kept_and_accepted(world: World, waiting: Investigation) -> None:
    second = world.investigation("2026-03-17", allocated=False)
    group = world.groups["barn-1"]
    for user in (world.main, world.co, world.third):
        user.employments.update(experience="expert")
    plan(world, waiting, main_id=world.third.pk, co_id=None, pinned=True)
    proposal = allocation.ask(group.pk, room=0, by=world.leader, at=AT)
    with pytest.raises(Conflict):
        allocation.accept(proposal.pk, investigation_ids=[second.pk], by=world.leader, at=AT)
    allocation.calculate(proposal.pk, at=AT)
    allocation.calculate(proposal.pk, at=moment("2026-03-19"))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.done_at) == (ProposalState.DONE, AT)
    pairs = {pk: (main, co) for pk, main, co in proposal.result["pairs"]}
    assert set(pairs) == {waiting.pk, second.pk}
    assert pairs[waiting.pk][0] == world.third.pk
    with pytest.raises(Missing):
        allocation.accept(proposal.pk, investigation_ids=[second.pk], by=world.leader2, at=AT)
    made = allocation.accept(proposal.pk, investigation_ids=[second.pk], by=world.leader, at=AT)
    assert {row.user_id for row in made} == set(pairs[second.pk])
    assert Investigation.objects.get(pk=waiting.pk).status == "waiting"
    with pytest.raises(Conflict):
        allocation.accept(
            proposal.pk, investigation_ids=[waiting.pk, second.pk], by=world.leader, at=AT
        )
    assert Investigation.objects.get(pk=waiting.pk).status == "waiting"


def test_same_facts_have_the_same_digest_and_others_another(
    world: World, waiting: Investigation
) -> None:
    group = world.groups["barn-1"]
    one, other = (allocation.ask(group.pk, room=0, by=world.leader, at=AT) for _ in range(2))
    assert one.digest == other.digest
    plan(world, waiting, pinned=True)
    assert allocation.ask(group.pk, room=0, by=world.leader, at=AT).digest != one.digest
    assert AllocationProposal.objects.count() == 3


def test_proposal_of_nothing_is_refused(world: World) -> None:
    use_example(world)
    with pytest.raises(Invalid):
        allocation.ask(world.groups["barn-1"].pk, room=0, by=world.leader, at=AT)


# Pairs and the week


def test_standing_pair_is_set_once_and_ended(world: World) -> None:
    group = world.groups["barn-1"]
    ids = {"one_id": world.co.pk, "other_id": world.main.pk}
    pair = allocation.set_standing_pair(group.pk, **ids, by=world.leader, at=AT)
    with pytest.raises(Conflict):
        allocation.set_standing_pair(group.pk, **ids, by=world.leader, at=AT)
    with pytest.raises(Missing):
        allocation.end_standing_pair(pair.pk, by=world.leader2, at=AT)
    assert len(board(world).pairs) == 1
    allocation.end_standing_pair(pair.pk, by=world.leader, at=moment("2026-03-20"))
    pair.refresh_from_db()
    assert pair.until_on == date(2026, 3, 19)
    with pytest.raises(Invalid):
        allocation.set_standing_pair(
            group.pk, one_id=world.main.pk, other_id=world.worker2.pk, by=world.leader, at=AT
        )


def test_week_is_written_with_the_reception_worker_present(world: World) -> None:
    group = world.groups["barn-1"]
    given = {"on": ON, "notes": "Två väntar.", "by": world.leader, "at": AT}
    week = allocation.write_round(
        group.pk, reception_worker_id=world.reception.pk, version=0, **given
    )
    assert (week.monday, week.version) == (date(2026, 3, 16), 1)
    with pytest.raises(Conflict):
        allocation.write_round(group.pk, reception_worker_id=None, version=0, **given)
    with pytest.raises(Invalid):
        allocation.write_round(group.pk, reception_worker_id=world.main.pk, version=1, **given)


def test_new_worker_has_a_ceiling(world: World, waiting: Investigation) -> None:
    new = make_user("ny")
    give(new, Role.INVESTIGATOR, world.groups["barn-1"])
    world.third.employments.update(experience="new")
    shown = board(world)
    third = shown.worker(world.third.pk)
    assert third.ceiling_tenths == third.load.available_tenths * 90 // 100
    assert shown.worker(world.main.pk).ceiling_tenths is None
