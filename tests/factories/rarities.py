"""What a unit has a little of: weights and a draft of them, time off, a new worker's plan, a
proposal of pairs, a party's copy, an emergency opening, a conflict of interest, a token.

For the tests that open every page; `populated` has the ordinary matters.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from cases.access import conflicts, emergency
from cases.access import grants as access
from cases.child import merging
from cases.disclosure import services as disclosures
from cases.enums import SecrecyGround
from cases.handovers import services as handovers
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.persons import protection
from cases.reports import services as reports
from cases.reports.models import Report
from cases.reports.services import ChildInput
from core.calendar import STOCKHOLM
from organisation import tokens
from tests.factories import LEFT, World
from tests.factories.populated import HERE, LONG, Matters
from tests.factories.workload import use_example
from workload.services import allocation, facts, introductions, staffing, weights


def add_rarities(world: World, matters: Matters, today: date) -> dict[str, Any]:
    """Add them to ST-BOU as of `today`; the arguments of addresses that no list links to."""
    at = datetime(today.year, today.month, today.day, 9, tzinfo=STOCKHOLM)
    leader: dict[str, Any] = {"by": world.leader, "at": at}
    head: dict[str, Any] = {"by": world.head, "at": at}
    main: dict[str, Any] = {"by": world.main, "at": at}
    case = matters.investigation

    use_example(world)
    draft = weights.begin_draft(unit=world.unit, **head)
    staffing.agree_reduction(
        user=world.co,
        reason="union",
        percent=20,
        from_on=today,
        until_on=today + timedelta(days=90),
        note=LONG,
        **leader,
    )
    staffing.note_competence(user=world.main, kind="language", detail=LONG, from_on=today, **leader)
    introductions.plan_introduction(
        user=world.third, from_on=today, mentor=world.main, mentor_percent=10, **leader
    )
    facts.record_contact(
        case.pk, done_by=world.third, done_for=world.main, contact_on=today, **main
    )

    waiting = Investigation.objects.get(unit=world.unit, matter__workers=None)
    allocation.note_wish(waiting.pk, kind="language", detail=LONG, required=False, **leader)
    allocation.set_standing_pair(
        world.groups["barn-1"].pk, one_id=world.main.pk, other_id=world.third.pk, **leader
    )
    proposal = allocation.ask(world.groups["barn-1"].pk, room=5, **leader)
    allocation.calculate(proposal.pk, at=at)

    protection.write_whereabouts(
        case.child_id,
        address=f"{HERE} gata 7",
        school=f"{HERE}skolan",
        whereabouts=f"Hos mormor {LONG}",
        **main,
    )
    guardian = case.child.guardians.earliest("pk")
    copy = disclosures.prepare(
        case.child_id,
        matter_ids=[matters.decided.pk, case.pk],
        relation="guardian",
        guardian_id=guardian.pk,
        requested_on=today,
        **main,
    )
    first = copy.pieces.earliest("position").position
    disclosures.redact(copy.pk, first, ground=SecrecyGround.OTHER_PERSON, places=[(0, 3)], **main)
    access.grant_reading(
        case.pk,
        reader=world.worker2,
        reason="Tolkar i ärendet.",
        from_on=today,
        until_on=today + timedelta(days=20),
        **head,
    )
    other_child = matters.concluded.child_id
    conflicts.declare(
        conflicts.ChildNamed(child_id=other_child),
        staff=world.worker2,
        category="neighbour",
        includes_siblings=False,
        from_on=today,
        note=LONG,
        **head,
    )
    emergency.open_case(
        case.child_id,
        reason=f"Akut läge i kväll, {LONG}.",
        hours=4,
        by=world.leader2,
        at=at,
    )
    tokens.issue(world.main, days=30, by=None, at=at, name=LONG)
    return {
        "proposal": proposal.pk,
        "draft": draft.pk,
        "other_child": other_child,
        "guardian": guardian.pk,
        **_put_right(world, today),
    }


def _put_right(world: World, today: date) -> dict[str, int]:
    """An end with what was corrected after it, one that was reversed, an opening that was, two
    records of a child that were merged, and a case another unit is asked to take over."""
    at = datetime(today.year, today.month, today.day, 9, tzinfo=STOCKHOLM)
    head: dict[str, Any] = {"by": world.head, "at": at}
    ended = [world.investigation(f"{today - timedelta(days=40)}") for _ in range(2)]
    by_main: dict[str, Any] = {"by": world.main, "at": at}
    investigations.write_plan(ended[0].pk, plan=LONG, **by_main)
    investigations.extend(
        ended[0].pk,
        until=today + timedelta(days=150),
        reason=LONG,
        decided_on=today,
        by=world.leader,
        at=at,
    )
    for case in ended:
        world.hand_in(case, at)
        investigations.conclude(
            case.pk,
            concluded_on=today,
            outcome="no_intervention",
            rationale=LONG,
            read_by_leader=True,
            left_open=LEFT,
            **head,
        )
    concluded, wrongly = ended
    investigations.reverse_conclusion(wrongly.pk, reason=LONG, **head)
    plan = investigations.correct_plan(concluded.pk, plan=f"{LONG}.", reason=LONG, **by_main)
    opened, moving = (world.investigation(f"{today - timedelta(days=9)}") for _ in range(2))
    reports.reverse_decision(Report.objects.get(investigation=opened).pk, reason=LONG, **head)
    handover = handovers.offer(
        moving.pk,
        to_unit=world.other_unit,
        ground="same_board",
        reason=LONG,
        parts=[],
        by=world.leader,
        at=at,
    )
    same = ChildInput(first_name="Alma", last_name="Två")
    kept, gone = (world.report(f"{today} 08:00", children=[same]).child_id for _ in range(2))
    merged = merging.merge(kept, gone, chosen={}, reason=LONG, **head)
    return {
        "concluded": concluded.pk,
        "reversed": wrongly.pk,
        "corrected": plan.pk,
        "extension": concluded.extensions.get().pk,
        "annulled": opened.pk,
        "handover": handover.pk,
        "merged_child": kept,
        "merge": merged.pk,
    }
