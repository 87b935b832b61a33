"""Investigations and interventions: what the services refuse, and what stays for ever."""

from datetime import date, timedelta

import pytest

from cases.access import grants as access_services
from cases.deadlines import store as deadlines
from cases.enums import DeadlineKind, DeadlineStatus, InvestigationStatus, NoticeKind
from cases.interventions import services as interventions
from cases.investigations import services as investigations
from cases.investigations.models import DOCUMENT_PARTS, DecisionDocument, Extension, Investigation
from cases.journal import services as notes
from cases.journal.models import Note
from cases.law.deadlines import status
from cases.matters.models import MatterWorker
from cases.notices.models import Notice
from core.errors import Conflict, Forbidden, Invalid, Missing
from organisation.models import Absence
from organisation.permissions import access_for
from tests.factories import LEFT, World, moment

OPENED = "2026-03-02"
AT = moment("2026-03-10 10:00")
TODAY = date(2026, 3, 10)
WHOLE = dict.fromkeys(DOCUMENT_PARTS, "Text.")


def assign(world: World, investigation: Investigation, **changes):
    values = {
        "main": world.main,
        "co": world.co,
        "from_on": TODAY,
        "by": world.leader,
        "at": AT,
    }
    values.update(changes)
    return investigations.assign_handlers(investigation.pk, **values)


def conclude(world: World, investigation: Investigation, **changes):
    values = {
        "concluded_on": TODAY,
        "outcome": "no_intervention",
        "rationale": "Klart.",
        "read_by_leader": True,
        "left_open": LEFT,
        "by": world.leader,
        "at": AT,
    }
    values.update(changes)
    world.hand_in(investigation, AT)
    return investigations.conclude(investigation.pk, **values)


# Allocation


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("co", {"co": "main"}),
        ("main", {"main": "worker2"}),
        ("co", {"co": "head"}),
        ("co", {"co": "other_worker"}),
        ("from", {"from_on": date(2026, 3, 1)}),
        ("from", {"from_on": date(2026, 6, 1)}),
        ("reason", {"reason": "x" * 501}),
    ],
)
def test_a_pair_that_cannot_be_is_refused_at_its_field(world: World, field, changes) -> None:
    investigation = world.investigation(OPENED, allocated=False)
    people = {
        k: world.people[v] if isinstance(v, str) and k != "reason" else v
        for k, v in changes.items()
    }
    with pytest.raises(Invalid) as refused:
        assign(world, investigation, **people)
    assert set(refused.value.fields) == {field}
    assert not MatterWorker.objects.filter(matter=investigation.pk).exists()


def test_someone_away_cannot_be_given_a_case(world: World) -> None:
    investigation = world.investigation(OPENED, allocated=False)
    Absence.objects.create(user=world.co, from_on=TODAY, until_on=TODAY, reason="illness")
    with pytest.raises(Invalid) as refused:
        assign(world, investigation)
    assert set(refused.value.fields) == {"co"}


def test_a_change_of_worker_needs_a_reason_and_keeps_the_one_before(world: World) -> None:
    investigation = world.investigation(OPENED)
    with pytest.raises(Invalid) as refused:
        assign(world, investigation, main=world.third)
    assert set(refused.value.fields) == {"reason"}
    assign(
        world,
        investigation,
        main=world.third,
        reason="Byte av tjänst.",
        handover_note="Nästa samtal är bokat.",
    )
    rows = MatterWorker.objects.filter(matter=investigation.pk, part="main")
    assert [(row.user, row.from_on, row.until_on) for row in rows.order_by("from_on")] == [
        (world.main, date(2026, 3, 2), date(2026, 3, 9)),
        (world.third, date(2026, 3, 10), None),
    ]


def test_the_pair_can_swap_parts(world: World) -> None:
    investigation = world.investigation(OPENED)
    assign(world, investigation, main=world.co, co=world.main, reason="Byter roller.")
    now = MatterWorker.objects.current().filter(matter=investigation.pk)
    assert {(row.user, row.part) for row in now} == {(world.co, "main"), (world.main, "co")}


def test_only_the_leaders_of_the_receiving_group_and_the_head_allocate(world: World) -> None:
    could = set()
    for name, user in world.people.items():
        investigation = world.investigation(OPENED, allocated=False)
        try:
            assign(world, investigation, by=user)
        except (Forbidden, Missing):
            continue
        could.add(name)
    assert could == {"leader", "head"}


def test_handlers_reach_the_investigation_from_their_first_day_to_their_last(
    world: World,
) -> None:
    investigation = world.investigation(OPENED)
    assign(world, investigation, main=world.third, reason="Byte.")
    seen = {
        (name, day): Investigation.objects.visible_to(
            access_for(world.people[name], on=date.fromisoformat(day))
        ).exists()
        for name in ("main", "third")
        for day in ("2026-03-09", "2026-03-10")
    }
    assert seen == {
        ("main", "2026-03-09"): True,
        ("main", "2026-03-10"): False,
        ("third", "2026-03-09"): False,
        ("third", "2026-03-10"): True,
    }


# Time


def extend(world: World, investigation: Investigation, **changes):
    values = {
        "until": date(2026, 9, 2),
        "reason": "Särskilda skäl.",
        "decided_on": date(2026, 6, 30),
        "by": world.leader,
        "at": moment("2026-07-10"),
    }
    values.update(changes)
    return investigations.extend(investigation.pk, **values)


def test_an_extension_moves_the_deadline_and_leaves_its_trace(world: World) -> None:
    investigation = world.investigation(OPENED)
    extend(world, investigation)
    extend(world, investigation, until=date(2026, 10, 2), decided_on=date(2026, 7, 9))
    deadline = investigation.matter.deadlines.get()
    assert (deadline.due_on, deadline.starts_on) == (date(2026, 10, 2), date(2026, 3, 2))
    assert [(row.previous_due_on, row.until) for row in Extension.objects.all()] == [
        (date(2026, 7, 2), date(2026, 9, 2)),
        (date(2026, 9, 2), date(2026, 10, 2)),
    ]


def test_an_extension_is_decided_on_the_last_day_at_the_latest(world: World) -> None:
    on_time, too_late = world.investigation(OPENED), world.investigation(OPENED)
    extend(world, on_time, decided_on=date(2026, 7, 2))
    with pytest.raises(Conflict):
        extend(world, too_late, decided_on=date(2026, 7, 3))
    too_late.refresh_from_db()
    assert too_late.extended_to is None


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("until", {"until": date(2026, 7, 2)}),
        ("until", {"until": date(2028, 7, 2)}),
        ("reason", {"reason": " "}),
        ("decided_on", {"decided_on": date(2026, 7, 11)}),
        ("decided_on", {"decided_on": date(2026, 3, 1)}),
    ],
)
def test_a_bad_extension_is_refused_at_its_field(world: World, field, changes) -> None:
    investigation = world.investigation(OPENED)
    with pytest.raises(Invalid) as refused:
        extend(world, investigation, **changes)
    assert set(refused.value.fields) == {field}
    assert not Extension.objects.exists()


def test_an_extension_is_decided_by_a_leader(world: World) -> None:
    with pytest.raises(Forbidden):
        extend(world, world.investigation(OPENED), by=world.main)


# The end


def test_an_investigation_ended_after_its_last_day_stays_late(world: World) -> None:
    investigation = world.investigation(OPENED)
    conclude(world, investigation, concluded_on=date(2026, 7, 3), at=moment("2026-07-03"))
    investigation.refresh_from_db()
    deadline = investigation.matter.deadlines.get()
    assert investigation.is_late
    assert (
        status(due_on=deadline.due_on, met_on=deadline.met_on, on=date(2027, 1, 1))
        == DeadlineStatus.MET_LATE
    )


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("read_by_leader", {"read_by_leader": False}),
        ("rationale", {"rationale": ""}),
        ("outcome", {"outcome": "moved"}),
        ("concluded_on", {"concluded_on": date(2026, 3, 11)}),
        ("concluded_on", {"concluded_on": date(2026, 3, 1)}),
    ],
)
def test_a_bad_conclusion_is_refused_at_its_field(world: World, field, changes) -> None:
    investigation = world.investigation(OPENED)
    with pytest.raises(Invalid) as refused:
        conclude(world, investigation, **changes)
    assert set(refused.value.fields) == {field}
    investigation.refresh_from_db()
    assert investigation.is_open


def test_violence_described_without_an_answer_on_the_police_keeps_it_open(world: World) -> None:
    investigation = world.investigation(OPENED)
    common = {
        "protection_needs": "",
        "violence": "yes",
        "violence_description": "Slag.",
        "by": world.main,
        "at": AT,
    }
    investigations.write_protection(investigation.pk, police_report="not_decided", **common)
    with pytest.raises(Conflict):
        conclude(world, investigation)
    investigations.write_protection(
        investigation.pk, police_report="not_made", police_report_reason="Redan anmält.", **common
    )
    assert conclude(world, investigation).status == InvestigationStatus.CONCLUDED


@pytest.mark.parametrize("given_out", [True, False])
def test_nothing_ends_before_its_document_is_handed_in(world: World, given_out: bool) -> None:
    investigation = world.investigation(OPENED, allocated=given_out)
    end = {
        "concluded_on": TODAY,
        "outcome": "no_intervention",
        "rationale": "Klart.",
        "read_by_leader": True,
        "by": world.leader,
        "at": AT,
    }
    with pytest.raises(Conflict):
        investigations.conclude(investigation.pk, **end)
    world.hand_in(investigation, AT)
    investigations.return_document(investigation.pk, comment="Mer.", by=world.leader, at=AT)
    with pytest.raises(Conflict):
        investigations.conclude(investigation.pk, **end)
    world.hand_in(investigation, AT)
    assert investigations.conclude(investigation.pk, **end).concluded_on == TODAY


def test_moved_away_needs_a_move(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        conclude(world, world.investigation(OPENED), outcome="child_moved_completed")
    assert set(refused.value.fields) == {"outcome"}


def test_nothing_is_granted_after_an_end(world: World) -> None:
    without = world.investigation(OPENED)
    conclude(world, without)
    with pytest.raises(Conflict):
        grant(world, without)
    supported = world.investigation(OPENED)
    conclude(world, supported, outcome="intervention")
    later = AT + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        grant(world, supported, decided_on=later.date(), started_on=later.date(), at=later)
    assert set(refused.value.fields) == {"decided_on"}
    assert grant(world, supported, started_on=later.date(), at=later).decided_on == TODAY


def test_a_child_that_moves_leaves_the_investigation_open_until_completed(world: World) -> None:
    investigation = world.investigation(OPENED)
    investigations.record_move(
        investigation.pk, moved_on=TODAY, moved_to="Grannkommunen", by=world.main, at=AT
    )
    investigation.refresh_from_db()
    assert investigation.is_open
    assert investigation.matter.deadlines.get().met_on is None
    conclude(world, investigation, outcome="child_moved_completed")
    assert investigation.matter.deadlines.get().met_on == TODAY


def test_a_concluded_investigation_takes_no_more_writing(world: World) -> None:
    investigation = world.investigation(OPENED)
    conclude(world, investigation)
    by = {"by": world.main, "at": AT}
    attempts = [
        lambda: investigations.write_plan(investigation.pk, plan="x", **by),
        lambda: investigations.write_document(investigation.pk, parts=WHOLE, **by),
        lambda: investigations.submit_document(investigation.pk, **by),
        lambda: notes.write_note(investigation.pk, kind="journal", happened_at=AT, text="x", **by),
        lambda: investigations.rate_safety(
            investigation.pk, rater="child", value=5, rated_on=TODAY, **by
        ),
        lambda: assign(world, investigation, main=world.third, reason="x"),
        lambda: extend(world, investigation, decided_on=TODAY),
        lambda: conclude(world, investigation),
    ]
    for attempt in attempts:
        with pytest.raises(Conflict):
            attempt()


# The written record


def note(world: World, investigation: Investigation, **changes) -> Note:
    values = {
        "kind": "child_conversation",
        "happened_at": AT,
        "text": "Samtal.",
        "child_spoken_with": True,
        "child_alone": True,
        "by": world.main,
        "at": AT,
    }
    values.update(changes)
    return notes.write_note(investigation.pk, **values)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("kind", {"kind": "gossip"}),
        ("happened_at", {"happened_at": AT + timedelta(seconds=1)}),
        ("text", {"text": ""}),
        ("text", {"text": "x" * 50_001}),
        ("child_alone", {"child_alone": None}),
        ("child_spoken_with", {"child_spoken_with": False}),
        ("present", {"present": "x" * 501}),
    ],
)
def test_a_bad_note_is_refused_at_its_field(world: World, field, changes) -> None:
    investigation = world.investigation(OPENED)
    with pytest.raises(Invalid) as refused:
        note(world, investigation, **changes)
    assert set(refused.value.fields) == {field}
    assert not Note.objects.exists()


def test_a_note_is_changed_by_its_author_and_every_version_is_kept(world: World) -> None:
    written = note(world, world.investigation(OPENED))
    values = {
        "kind": "child_conversation",
        "happened_at": AT,
        "child_spoken_with": True,
        "child_alone": False,
        "at": AT,
        "version": 1,
    }
    with pytest.raises(Missing):
        notes.change_note(written.pk, text="Annan", by=world.co, **values)
    notes.change_note(written.pk, text="Rättat.", by=world.main, **values)
    with pytest.raises(Conflict) as refused:
        notes.change_note(written.pk, text="Igen.", by=world.main, **values)
    assert refused.value.current.text == "Rättat."
    kept = Note.pgh_event_model.objects.filter(pgh_obj=written)
    assert [row.text for row in kept] == ["Samtal."]


def test_an_instrument_is_for_the_ages_it_was_made_for(world: World) -> None:
    investigation = world.investigation(OPENED)
    child = investigation.child
    child.birth_date = date(2014, 3, 11)
    child.save()
    use = {"used_on": TODAY, "level": "high", "by": world.main, "at": AT}
    with pytest.raises(Invalid):
        investigations.record_instrument(investigation.pk, instrument="savry", **use)
    assert investigations.record_instrument(investigation.pk, instrument="earl", **use).pk


def test_a_safety_scale_goes_from_zero_to_ten(world: World) -> None:
    investigation = world.investigation(OPENED)
    rate = {"rater": "child", "rated_on": TODAY, "by": world.main, "at": AT}
    for value in (-1, 11):
        with pytest.raises(Invalid):
            investigations.rate_safety(investigation.pk, value=value, **rate)
    assert {
        investigations.rate_safety(investigation.pk, value=value, **rate).value for value in (0, 10)
    } == {0, 10}


def test_a_guardian_of_another_child_cannot_take_part(world: World) -> None:
    mine, other = world.investigation(OPENED), world.investigation(OPENED)
    guardian = investigations.add_guardian(
        other.pk,
        relation="father",
        first_name="F",
        last_name="E",
        has_custody=True,
        by=world.main,
        at=AT,
    )
    with pytest.raises(Invalid) as refused:
        investigations.record_participation(
            mine.pk,
            guardian_id=guardian.pk,
            took_part=True,
            on=TODAY,
            how="",
            by=world.main,
            at=AT,
        )
    assert set(refused.value.fields) == {"guardian"}


# The decision document


def test_two_on_the_same_document_lose_nothing(world: World) -> None:
    investigation = world.investigation(OPENED)
    first = investigations.write_document(
        investigation.pk, parts={"assessment": "Mains text"}, by=world.main, at=AT
    )
    with pytest.raises(Conflict) as refused:
        investigations.write_document(
            investigation.pk,
            parts={"assessment": "Cos text"},
            by=world.co,
            at=AT,
            version=first.version - 1,
        )
    assert refused.value.current.assessment == "Mains text"
    assert DecisionDocument.objects.get().assessment == "Mains text"


def test_a_document_goes_to_the_leader_whole_and_can_come_back(world: World) -> None:
    investigation = world.investigation(OPENED)
    by = {"by": world.main, "at": AT}
    investigations.write_document(investigation.pk, parts={"assessment": "x"}, **by)
    with pytest.raises(Conflict):
        investigations.submit_document(investigation.pk, **by)
    investigations.write_document(investigation.pk, parts=WHOLE, **by)
    investigations.submit_document(investigation.pk, **by)
    with pytest.raises(Conflict):
        investigations.write_document(investigation.pk, parts=WHOLE, **by)
    with pytest.raises(Forbidden):
        investigations.sign_reading(investigation.pk, **by)
    investigations.return_document(
        investigation.pk, comment="Skriv mer om skolan.", by=world.leader, at=AT
    )
    investigation.refresh_from_db()
    assert investigation.status == InvestigationStatus.ONGOING
    assert {
        notice.recipient.username for notice in Notice.objects.filter(kind=NoticeKind.RETURNED)
    } == {"main", "co"}


# Interventions


def grant(world: World, investigation: Investigation, **changes):
    values = {
        "kind": "family_treatment",
        "goal": "Mål.",
        "decided_on": TODAY,
        "started_on": TODAY,
        "responsible": world.main,
        "by": world.leader,
        "at": AT,
    }
    values.update(changes)
    return interventions.grant(investigation.pk, **values)


def test_follow_up_without_measure_counts_from_the_end_of_the_investigation(world: World) -> None:
    investigation = world.investigation(OPENED)
    with pytest.raises(Conflict):
        grant(world, investigation, kind="follow_up")
    conclude(world, investigation)
    granted = grant(world, investigation, kind="follow_up", started_on=date(2026, 12, 1))
    deadline = granted.matter.deadlines.get(kind=DeadlineKind.FOLLOWUP_AFTER_CLOSING)
    assert (deadline.starts_on, deadline.due_on) == (TODAY, date(2026, 9, 10))


def test_a_missed_follow_up_survives_the_end_and_can_be_made_up(world: World) -> None:
    granted = grant(world, world.investigation(OPENED))
    late = date(2026, 9, 11)
    interventions.end(
        granted.pk, ended_on=late, reason="Flyttat.", by=world.leader, at=moment("2026-09-11")
    )
    (missed,) = granted.matter.deadlines.overdue(on=late)
    assert missed.due_on == date(2026, 9, 10)
    interventions.follow_up(
        granted.pk,
        followed_up_on=late,
        child_took_part=False,
        note="Sent.",
        by=world.leader,
        at=moment("2026-09-12"),
    )
    assert not granted.matter.deadlines.open().exists()
    assert list(deadlines.differences()) == []


# Stated need


def test_reading_given_to_one_person_reaches_one_matter_and_can_be_taken_back(
    world: World,
) -> None:
    one, other = world.investigation(OPENED), world.investigation(OPENED)
    common = {"reader": world.worker2, "by": world.head, "at": AT}
    days = {"from_on": TODAY, "until_on": TODAY}
    access_services.grant_reading(one.pk, reason="Närläsning.", **common, **days)
    access = access_for(world.worker2, on=TODAY)
    assert list(Investigation.objects.visible_to(access)) == [one]
    with pytest.raises(Forbidden):
        investigations.write_plan(one.pk, plan="x", by=world.worker2, at=AT)
    access_services.revoke_reading(one.pk, **common)
    access = access_for(world.worker2, on=TODAY)
    assert not Investigation.objects.visible_to(access).exists()
    with pytest.raises(Invalid):
        access_services.grant_reading(
            other.pk,
            reason="x",
            **days,
            reader=world.other_worker,
            by=world.head,
            at=AT,
        )
