"""Reports: what the services refuse, where, and that nothing is stored by half."""

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind, InvestigationStatus, NoticeKind, ReportStatus
from cases.investigations import services as investigations
from cases.investigations.models import Investigation
from cases.matters.models import NumberSeries
from cases.notices.models import Notice
from cases.persons.models import Person
from cases.reports import services as reports
from cases.reports.models import OpeningDecision, ProtectionAssessment, Report
from cases.reports.services import ChildInput, ReporterInput, ReportInput
from core.errors import Conflict, DomainError, Forbidden, Invalid, Missing
from core.models import TrailEntry
from tests.factories import LEFT, World, moment

AT = moment("2026-03-02 12:00")


def given(world: World, **changes) -> ReportInput:
    plain = ReportInput(
        unit=world.unit,
        received_at=moment("2026-03-02 09:00"),
        channel="phone",
        kind="report",
        reporter=ReporterInput(category="school"),
        children=[ChildInput(first_name="Alva", last_name="Ek")],
        reasons=["neglect"],
        concern="Oro.",
    )
    return replace(plain, **changes)


JUNK = {
    "concern": [{"concern": ""}, {"concern": "x" * 200_000}, {"concern": "a\x00b"}],
    "received_at": [
        {"received_at": AT + timedelta(minutes=1)},
        {"received_at": moment("1999-01-01 09:00")},
    ],
    "channel": [{"channel": "pigeon"}, {"channel": "' OR 1=1 --"}],
    "kind": [{"kind": "<b>x</b>"}],
    "reasons": [{"reasons": ["dragons"]}, {"reasons": ["neglect", "neglect"]}],
    "reporter.category": [{"reporter": ReporterInput(category="spy")}],
    "reporter.name": [
        {"reporter": ReporterInput(category="anonymous", name="Någon")},
        {"reporter": ReporterInput(category="school", name="x" * 201)},
        {"reporter": ReporterInput(category="school", name="a\x00")},
    ],
    "reporter.wants_feedback": [
        {"reporter": ReporterInput(category="private", wants_feedback=True)}
    ],
    "child": [{"children": []}, {"children": [ChildInput()] * 13}],
    "child.personal_identity_number": [
        {"children": [ChildInput(personal_identity_number="20120314-2384")]},
        {"children": [ChildInput(personal_identity_number="hej")]},
    ],
    "child.birth_date": [
        {"children": [ChildInput(birth_date=date(2026, 3, 3))]},
        {
            "children": [
                ChildInput(personal_identity_number="20120314-2383", birth_date=date(2012, 3, 15))
            ]
        },
    ],
    "child.gender": [{"children": [ChildInput(gender="x")]}],
    "child.first_name": [{"children": [ChildInput(first_name="x" * 121)]}],
    "linked_to": [{"linked_to": 2**40}],
}


def test_bad_input_is_refused_at_its_field_and_stores_nothing(world: World) -> None:
    for field, examples in JUNK.items():
        for changes in examples:
            with pytest.raises(Invalid) as refused:
                reports.log_report(given(world, **changes), by=world.reception, at=AT)
            assert field in refused.value.fields, (field, refused.value.fields)
            assert refused.value.fields[field]
    assert not Report.objects.exists()
    assert not Person.objects.exists()
    assert not Deadline.objects.exists()
    assert not NumberSeries.objects.exists()


def test_all_wrong_fields_are_told_at_once(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        reports.log_report(
            given(world, channel="x", concern="", reasons=["x"]), by=world.reception, at=AT
        )
    assert set(refused.value.fields) == {"channel", "concern", "reasons"}


def test_hostile_text_is_stored_as_it_was_typed(world: World) -> None:
    text = "<script>alert(1)</script> '; DROP TABLE cases_report; -- åäö 🙂"
    (report,) = reports.log_report(given(world, concern=text), by=world.reception, at=AT)
    report.refresh_from_db()
    assert report.concern == text


def test_a_known_child_is_found_by_number_and_only_blanks_are_filled_in(world: World) -> None:
    number = "20120314-2383"
    first = world.report(children=[ChildInput(personal_identity_number=number, first_name="Alva")])
    second = world.report(
        "2026-03-03 09:00",
        children=[
            ChildInput(personal_identity_number="120314-2383", first_name="Eva", last_name="Ek")
        ],
    )
    assert first.child == second.child
    child = Person.objects.get(pk=first.child_id)
    assert (child.first_name, child.last_name) == ("Alva", "Ek")
    assert (child.birth_date, child.gender) == (date(2012, 3, 14), "girl")


def test_the_same_child_in_another_unit_is_another_record(world: World) -> None:
    number = "20120314-2383"
    here = world.report(children=[ChildInput(personal_identity_number=number, first_name="A")])
    there = world.report(
        children=[ChildInput(personal_identity_number=number, first_name="B")],
        unit=world.other_unit,
        by=world.other_reception,
    )
    assert here.child != there.child


def test_an_unknown_and_an_unborn_child_can_be_reported(world: World) -> None:
    unknown, unborn = world.reports(
        children=[ChildInput(), ChildInput(expected_on=date(2026, 6, 1))]
    )
    assert unknown.child.name != unborn.child.name
    assert unborn.linked_to == unknown


def test_siblings_are_linked_to_the_first_also_when_one_is_added_later(world: World) -> None:
    first, second = world.reports(children=[ChildInput(first_name="A"), ChildInput(first_name="B")])
    third = world.report(linked_to=second.pk)
    assert {first.linked_to, second.linked_to, third.linked_to} == {None, first}


def test_a_back_dated_report_counts_from_the_day_it_arrived(world: World) -> None:
    report = world.report("2026-02-27 23:30", at=AT)
    due = report.matter.deadlines.get(kind=DeadlineKind.OPENING_DECISION)
    assert (report.received_on, due.due_on) == (date(2026, 2, 27), date(2026, 3, 13))


@pytest.mark.parametrize(
    ("received", "protection_due"),
    [
        ("2026-03-02 15:59", date(2026, 3, 2)),
        ("2026-03-02 16:01", date(2026, 3, 3)),
        ("2026-03-31 23:30", date(2026, 4, 1)),
        ("2026-04-01 00:30", date(2026, 4, 1)),
        ("2026-03-28 23:30", date(2026, 3, 29)),
        ("2026-10-25 00:30", date(2026, 10, 25)),
    ],
)
def test_the_protection_assessment_is_due_the_same_day_or_the_next(
    world: World, received: str, protection_due: date
) -> None:
    report = world.report(received)
    kind = DeadlineKind.PROTECTION_ASSESSMENT
    assert report.matter.deadlines.get(kind=kind).due_on == protection_due


def test_a_report_cites_the_act_in_force_the_day_it_arrived(world: World) -> None:
    old, new = world.report("2025-06-20 09:00"), world.report("2025-07-01 09:00")
    kind = DeadlineKind.OPENING_DECISION
    assert old.matter.deadlines.get(kind=kind).rule_version == "2001:453"
    assert new.matter.deadlines.get(kind=kind).rule_version == "2025-07-01"


def test_only_those_whose_role_logs_reports_can(world: World) -> None:
    may = {"reception", "reception_leader", "leader", "leader2", "main", "co", "third", "worker2"}
    may |= {"consultant", "family_home_worker", "head", "on_duty"}
    could = set()
    for name, user in world.people.items():
        try:
            reports.log_report(given(world), by=user, at=AT)
        except Forbidden:
            continue
        could.add(name)
    assert could == may


def test_the_same_key_never_makes_two(world: World) -> None:
    first = reports.log_report(given(world, idempotency_key="k"), by=world.reception, at=AT)
    again = reports.log_report(given(world, idempotency_key="k"), by=world.reception, at=AT)
    other = reports.log_report(given(world, idempotency_key="k"), by=world.main, at=AT)
    assert first == again
    assert other != first
    assert Report.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_make_one_report_and_numbers_have_no_gap() -> None:
    world = World()
    start, made, errors = Barrier(4), [], []

    def log(key: str) -> None:
        try:
            start.wait()
            made.append(
                reports.log_report(given(world, idempotency_key=key), by=world.reception, at=AT)
            )
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=log, args=[key]) for key in ("a", "a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len({rows[0].pk for rows in made}) == 3
    assert sorted(Report.objects.values_list("number", flat=True)) == [
        f"ST-BOU-2026-0000{n}" for n in (1, 2, 3)
    ]


# Protection assessment


def assess(world: World, report: Report, **changes):
    values = {
        "assessed_at": moment("2026-03-02 10:00"),
        "outcome": "no_immediate_need",
        "child_spoken_with": False,
        "rationale": "Skäl.",
        "by": world.reception,
        "at": AT,
    }
    values.update(changes)
    return reports.assess_protection(report.pk, **values)


def test_a_protection_assessment_is_written_once(world: World) -> None:
    report = world.report()
    assess(world, report)
    with pytest.raises(Conflict):
        assess(world, report, rationale="En gång till.")
    assert ProtectionAssessment.objects.get().rationale == "Skäl."
    report.refresh_from_db()
    assert report.status == ReportStatus.ASSESSED


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("assessed_at", {"assessed_at": AT + timedelta(seconds=1)}),
        ("assessed_at", {"assessed_at": moment("2026-03-02 08:59")}),
        ("outcome", {"outcome": "fine"}),
        ("rationale", {"rationale": "  "}),
        ("support_granted", {"support_granted": "x" * 501}),
    ],
)
def test_a_bad_protection_assessment_is_refused_at_its_field(world, field, changes) -> None:
    report = world.report()
    with pytest.raises(Invalid) as refused:
        assess(world, report, **changes)
    assert set(refused.value.fields) == {field}
    assert not ProtectionAssessment.objects.exists()


def test_a_child_in_need_of_protection_is_told_to_the_leader_at_once(world: World) -> None:
    assess(world, world.report(), outcome="protection_needed")
    told = Notice.objects.filter(kind=NoticeKind.PROTECTION)
    assert [notice.recipient for notice in told] == [world.reception_leader]


def test_another_units_user_cannot_tell_that_a_report_exists(world: World) -> None:
    report = world.report()
    for name in ("other_head", "other_reception", "other_leader", "stranger", "sysadmin"):
        with pytest.raises(Missing):
            assess(world, report, by=world.people[name])


# Decision


def decide(world: World, report: Report, **changes):
    values = {
        "decided_on": date(2026, 3, 5),
        "outcome": "open",
        "rationale": "Skäl.",
        "group": world.groups["barn-1"],
        "unassessed_reason": "Bedömdes muntligt.",
        "by": world.head,
        "at": moment("2026-03-20"),
    }
    values.update(changes)
    return reports.decide_opening(report.pk, **values)


def test_a_decision_is_taken_once(world: World) -> None:
    report = world.report()
    decide(world, report)
    with pytest.raises(Conflict):
        decide(world, report, outcome="do_not_open", group=None)
    assert OpeningDecision.objects.get().outcome == "open"
    assert Investigation.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("decided_on", {"decided_on": date(2026, 3, 21)}),
        ("decided_on", {"decided_on": date(2026, 3, 1)}),
        ("outcome", {"outcome": "maybe"}),
        ("rationale", {"rationale": ""}),
        ("group", {"group": None}),
        ("investigation_type", {"investigation_type": "endless"}),
        ("late_reason", {"decided_on": date(2026, 3, 17)}),
        ("late_reason", {"decided_on": date(2026, 3, 17), "late_reason": "x" * 2001}),
    ],
)
def test_a_bad_decision_is_refused_at_its_field(world, field, changes) -> None:
    report = world.report()
    with pytest.raises(Invalid) as refused:
        decide(world, report, **changes)
    assert set(refused.value.fields) == {field}
    report.refresh_from_db()
    assert report.status == ReportStatus.RECEIVED
    assert not Investigation.objects.exists()


def test_an_investigation_goes_to_a_group_of_the_unit_that_investigates(world: World) -> None:
    report = world.report()
    for group in (world.other_groups["barn-1"], world.groups["internt-stod"], world.unit):
        with pytest.raises(Invalid) as refused:
            decide(world, report, group=group)
        assert set(refused.value.fields) == {"group"}


def test_a_second_report_joins_the_open_investigation_and_cannot_open_another(
    world: World,
) -> None:
    first = world.decide(world.report(), "2026-03-04")
    second = world.report("2026-03-05 09:00", children=[ChildInput(child_id=first.child_id)])
    with pytest.raises(Conflict):
        decide(world, second, decided_on=date(2026, 3, 6))
    joined = world.decide(second, "2026-03-06", "joins_open")
    assert (joined.status, joined.investigation) == (ReportStatus.JOINED, first.investigation)
    cancelled = joined.matter.deadlines.get(kind=DeadlineKind.OPENING_DECISION)
    assert (cancelled.cancelled_on, cancelled.met_on) == (date(2026, 3, 6), None)


def test_there_must_be_an_investigation_to_join(world: World) -> None:
    with pytest.raises(Conflict):
        decide(world, world.report(), outcome="joins_open", group=None)


def test_an_investigation_opened_within_thirty_days_of_the_last_is_flagged(world: World) -> None:
    first = world.investigation("2026-01-07")
    world.hand_in(first, moment("2026-02-10"))
    investigations.conclude(
        first.pk,
        concluded_on=date(2026, 2, 10),
        outcome="no_intervention",
        rationale="Klart.",
        read_by_leader=True,
        left_open=LEFT,
        by=world.leader,
        at=moment("2026-02-10"),
    )
    opened = {}
    for day in ("2026-03-12", "2026-03-13"):
        Investigation.objects.exclude(pk=first.pk).update(
            status=InvestigationStatus.CONCLUDED,
            concluded_on=date(2026, 9, 1),
            concluded_by=world.leader,
            outcome="no_intervention",
        )
        report = world.report(f"{day} 08:00", children=[ChildInput(child_id=first.child_id)])
        opened[day] = world.decide(report, day).investigation.reopens
    assert opened == {"2026-03-12": first, "2026-03-13": None}
    assert Notice.objects.filter(kind=NoticeKind.REOPENED, recipient=world.leader).count() == 1


def test_who_may_decide_an_undecided_report_is_its_units_leaders(world: World) -> None:
    could = set()
    for name, user in world.people.items():
        report = world.report()
        try:
            decide(world, report, by=user)
        except (Forbidden, Missing):
            continue
        could.add(name)
    assert could == {"head", "leader", "leader2", "reception_leader"}


def test_a_leader_who_decides_on_an_old_version_gets_the_one_that_stands(world: World) -> None:
    report = world.report()
    read = report.version
    assess(world, report)
    with pytest.raises(Conflict) as refused:
        decide(world, report, version=read)
    assert refused.value.current.version == read + 1


@pytest.mark.django_db(transaction=True)
def test_two_leaders_deciding_at_once_open_one_investigation() -> None:
    world = World()
    report = world.report()
    start, results = Barrier(2), []

    def go(by) -> None:
        try:
            start.wait()
            decide(world, report, by=by)
            results.append("decided")
        except DomainError as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=go, args=[user]) for user in (world.head, world.leader)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["Conflict", "decided"]
    assert Investigation.objects.count() == 1


# Proposal, feedback, serious talk


def test_a_proposal_written_over_an_unseen_one_is_a_conflict_with_both(world: World) -> None:
    report = world.report()
    values = {"outcome": "do_not_open", "by": world.reception, "at": AT}
    first = reports.propose_decision(report.pk, rationale="Ett", **values)
    reports.propose_decision(report.pk, rationale="Två", version=first.version, **values)
    with pytest.raises(Conflict) as refused:
        reports.propose_decision(report.pk, rationale="Tre", version=first.version, **values)
    assert refused.value.current.rationale == "Två"


def test_a_mandated_reporter_who_asked_is_told_what_may_be_told(world: World) -> None:
    reporter = ReporterInput(category="police", wants_feedback=True)
    answers = {}
    for outcome in ("open", "do_not_open"):
        report = world.report(reporter=reporter)
        with pytest.raises(Conflict):
            reports.give_feedback(
                report.pk,
                given_on=date(2026, 3, 2),
                channel="phone",
                by=world.reception,
                at=AT,
            )
        world.decide(report, "2026-03-04", outcome)
        answers[outcome] = reports.give_feedback(
            report.pk,
            given_on=date(2026, 3, 5),
            channel="letter",
            by=world.reception,
            at=moment("2026-03-05"),
        ).answer
    assert answers == {"open": "opened", "do_not_open": "not_opened"}


def test_a_reporter_who_did_not_ask_is_told_nothing(world: World) -> None:
    report = world.decide(world.report(), "2026-03-04", "do_not_open")
    with pytest.raises(Conflict):
        reports.give_feedback(
            report.pk,
            given_on=date(2026, 3, 5),
            channel="phone",
            by=world.reception,
            at=moment("2026-03-05"),
        )


def test_a_serious_talk_booked_in_time_can_be_held_later(world: World) -> None:
    report = world.report(is_crime_report=True)
    common = {"by": world.reception, "offered_at": moment("2026-03-03 10:00")}
    reports.record_serious_talk(report.pk, result="booked", at=moment("2026-03-03 11:00"), **common)
    reports.record_serious_talk(
        report.pk,
        result="held",
        held_at=moment("2026-03-10 10:00"),
        at=moment("2026-03-10 11:00"),
        **common,
    )
    with pytest.raises(Conflict):
        reports.record_serious_talk(
            report.pk, result="declined", at=moment("2026-03-11 11:00"), **common
        )
    deadline = report.matter.deadlines.get(kind=DeadlineKind.SERIOUS_TALK)
    assert deadline.met_at == moment("2026-03-03 10:00")


def test_every_act_leaves_its_trace(world: World) -> None:
    report = world.report()
    assess(world, report)
    decide(world, report)
    acts = list(TrailEntry.objects.order_by("pk").values_list("action", "actor__username"))
    assert acts == [
        ("report.logged", "reception"),
        ("report.protection_assessed", "reception"),
        ("investigation.opened", "head"),
        ("report.decided", "head"),
    ]
