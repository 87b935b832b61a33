"""The law's gates on reports and investigations: what has to be done before, and by when."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cases.child import corrections as people
from cases.deadlines import store as deadlines
from cases.deadlines.models import Deadline
from cases.disclosure import services as disclosures
from cases.enums import DeadlineKind, DeadlineStatus, LooseEnd, NoticeKind
from cases.investigations import services as investigations
from cases.investigations.loose_ends import loose_ends
from cases.investigations.models import Investigation, LeftOpen
from cases.journal import services as notes
from cases.law.deadlines import status as status_of
from cases.law.duties import owes_serious_talk
from cases.notices.models import Notice
from cases.reports import services as reports
from cases.reports.models import OpeningDecision, Report
from cases.reports.services import ChildInput, ReporterInput
from core import trail
from core.calendar import Month
from core.errors import Conflict, Forbidden, Invalid
from organisation.permissions import access_for
from tests.factories import LEFT, World, moment
from unitstats.statistics import counted

ON = date(2026, 3, 10)
AT = moment("2026-03-10 10:00")
SCHOOL = ReporterInput(category="school", organisation="Skolan", wants_feedback=True)
SILENT = ReporterInput(category="school", organisation="Skolan")


def duty(row: Any, kind: DeadlineKind) -> Deadline | None:
    return (
        Deadline.objects.filter(matter=row.pk, kind=kind)
        .exclude(cancel_reason="no_longer_applies")
        .first()
    )


def stands(row: Any, kind: DeadlineKind, on: str) -> str | None:
    """What the duty is on the day, in SQL and in Python alike."""
    day = date.fromisoformat(on)
    found = Deadline.objects.filter(matter=row.pk, kind=kind).with_status(on=day).first()
    if found is None:
        return None
    in_python = status_of(
        due_on=found.due_on,
        on=day,
        met_on=found.met_on,
        cancelled_on=found.cancelled_on,
        missed_on=found.missed_on,
        due_at=found.due_at,
        met_at=found.met_at,
    )
    assert found.status == in_python
    assert Deadline.objects.in_status(in_python, on=day).filter(pk=found.pk).exists()
    return str(found.status)


def no_drift() -> None:
    assert list(deadlines.differences()) == []
    out = StringIO()
    call_command("rebuild_deadlines", "--check", stdout=out)
    assert out.getvalue() == "No drift.\n"


# Loose ends


def note(world: World, case: Investigation, *, sign: bool = False) -> Any:
    return notes.write_note(
        case.pk,
        kind="journal",
        happened_at=moment("2026-03-09 10:00"),
        text="Samtal.",
        sign_now=sign,
        by=world.main,
        at=moment("2026-03-09 11:00"),
    )


def handed_in(world: World) -> Investigation:
    case = world.investigation("2026-03-02")
    world.hand_in(case, moment("2026-03-09"))
    return case


def conclude(world: World, case: Investigation, **changes: Any) -> Investigation:
    given = {
        "concluded_on": ON,
        "outcome": "no_intervention",
        "rationale": "Klart.",
        "read_by_leader": True,
        "by": world.leader,
        "at": AT,
    }
    return investigations.conclude(case.pk, **given | changes)


def codes(case: Investigation) -> dict[str, int]:
    return {one.code.value: one.number for one in loose_ends(case, on=ON)}


def joins(world: World, case: Investigation, **fields: Any) -> Report:
    """A new report about the child, which joins the investigation with one press."""
    report = world.report(
        "2026-03-08 09:00", children=[ChildInput(child_id=case.child_id)], **fields
    )
    reports.join_open(report.pk, by=world.reception, at=moment("2026-03-08 10:00"))
    return Report.objects.get(pk=report.pk)


def test_an_end_with_everything_settled_asks_nothing(world: World) -> None:
    case = handed_in(world)
    note(world, case, sign=True)
    assert codes(case) == {}
    conclude(world, case)
    assert not LeftOpen.objects.exists()


def test_every_loose_end_is_named_at_its_field_and_nothing_is_ended(world: World) -> None:
    case = world.investigation("2026-03-02")
    investigations.write_document(
        case.pk,
        parts=dict.fromkeys(investigations.empty_parts(None), "Text."),
        by=world.main,
        at=moment("2026-03-09"),
    )
    note(world, case)
    note(world, case)
    joins(world, case)
    mother = investigations.add_guardian(
        case.pk,
        relation="mother",
        first_name="Mor",
        last_name="Lind",
        has_custody=True,
        by=world.main,
        at=moment("2026-03-09"),
    )
    disclosures.prepare(
        case.child_id,
        matter_ids=[case.pk],
        relation="guardian",
        guardian_id=mother.pk,
        requested_on=date(2026, 3, 9),
        by=world.main,
        at=moment("2026-03-09"),
    )
    investigations.submit_document(case.pk, by=world.main, at=moment("2026-03-09 12:00"))
    assert codes(case) == {
        "unsigned_notes": 2,
        "open_disclosures": 1,
        "unread_reports": 1,
        "not_communicated": 1,
    }
    with pytest.raises(Invalid) as refused:
        conclude(world, case, left_open={"unsigned_notes": "  "})
    assert set(refused.value.fields) == {
        "unsigned_notes_reason",
        "open_disclosures_reason",
        "unread_reports_reason",
        "not_communicated_reason",
    }
    assert Investigation.objects.get(pk=case.pk).status == "to_read"
    assert not LeftOpen.objects.exists()


def test_each_is_left_with_its_own_reason_which_is_kept_and_shown(
    world: World, client: Client
) -> None:
    case = handed_in(world)
    note(world, case)
    with pytest.raises(Invalid) as refused:
        conclude(world, case)
    assert set(refused.value.fields) == {"unsigned_notes_reason"}
    conclude(world, case, left_open={"unsigned_notes": "Skribenten är sjuk."} | {"other": "x"})
    row = LeftOpen.objects.get()
    assert (row.code, row.number, row.reason, row.left_by, row.left_at) == (
        "unsigned_notes",
        1,
        "Skribenten är sjuk.",
        world.leader,
        AT,
    )
    with time_machine.travel(moment("2026-03-11 09:00"), tick=False):
        client.force_login(world.leader)
        page = client.get(reverse("investigation", args=[case.pk])).content.decode()
    assert "Skribenten är sjuk." in page


def test_a_reason_for_what_is_settled_is_not_kept(world: World) -> None:
    conclude(world, handed_in(world), left_open=LEFT)
    assert not LeftOpen.objects.exists()


def test_a_report_that_joined_is_read_when_one_of_the_pair_has_opened_it(world: World) -> None:
    case = handed_in(world)
    report = joins(world, case)
    assert codes(case) == {"unread_reports": 1}
    # Whoever is not of the pair settles nothing by looking, nor does another report.
    trail.read("report.read", [report], by=world.head, at=AT)
    trail.read("report.read", [case.reports.order_by("pk").first()], by=world.main, at=AT)
    assert codes(case) == {"unread_reports": 1}
    trail.read("report.read", [report], by=world.co, at=AT)
    assert codes(case) == {}


def test_each_party_is_told_a_custodian_and_a_child_that_speaks_for_itself(world: World) -> None:
    case = handed_in(world)
    assert codes(case) == {}  # the mother was, and no custodian is recorded
    who: dict[str, Any] = {"by": world.main, "at": AT, "first_name": "För", "last_name": "Älder"}
    investigations.add_guardian(case.pk, relation="mother", has_custody=True, **who)
    investigations.add_guardian(case.pk, relation="grandparent", has_custody=False, **who)
    assert codes(case) == {}
    investigations.add_guardian(case.pk, relation="father", has_custody=True, **who)
    assert codes(case) == {"not_communicated": 1}
    child = case.child
    for born, number in (
        (date(2011, 3, 11), 1),  # 14: fifteen tomorrow
        (date(2011, 3, 10), 2),  # 15 today
    ):
        type(child).objects.filter(pk=child.pk).update(birth_date=born)
        fresh = Investigation.objects.get(pk=case.pk)
        assert codes(fresh) == {"not_communicated": number}
    for recipient in ("father", "child"):
        investigations.communicate(
            case.pk,
            recipient=recipient,
            communicated_on=ON,
            how="Brev",
            by=world.main,
            at=AT,
        )
    assert codes(Investigation.objects.get(pk=case.pk)) == {}


def test_reversing_the_end_takes_the_loose_ends_with_it_and_back(world: World) -> None:
    case = handed_in(world)
    note(world, case)
    conclude(world, case, left_open={"unsigned_notes": "Sjuk."})
    how: dict[str, Any] = {"reason": "Fel.", "by": world.leader, "at": moment("2026-03-11")}
    investigations.reverse_conclusion(case.pk, **how)
    assert not LeftOpen.objects.filter(standing=True).exists()
    investigations.undo_reversal(case.pk, **how)
    assert LeftOpen.objects.get(standing=True).reason == "Sjuk."
    investigations.reverse_conclusion(case.pk, **how)
    with pytest.raises(Invalid):
        conclude(world, case, concluded_on=date(2026, 3, 12), at=moment("2026-03-12"))
    conclude(
        world,
        case,
        concluded_on=date(2026, 3, 12),
        at=moment("2026-03-12"),
        left_open={"unsigned_notes": "Har slutat."},
    )
    assert [(row.reason, row.standing) for row in LeftOpen.objects.order_by("pk")] == [
        ("Sjuk.", False),
        ("Har slutat.", True),
    ]


# A decision before any protection assessment


def decide(world: World, report: Report, **changes: Any) -> OpeningDecision:
    given = {
        "decided_on": date(2026, 3, 5),
        "outcome": "do_not_open",
        "rationale": "Skäl.",
        "by": world.head,
        "at": moment("2026-03-05 12:00"),
    }
    return reports.decide_opening(report.pk, **given | changes)


def assess(world: World, report: Report, at: str, *, recorded: str = "") -> Any:
    return reports.assess_protection(
        report.pk,
        assessed_at=moment(at),
        outcome="no_immediate_need",
        child_spoken_with=False,
        rationale="Ingen fara.",
        by=world.head,
        at=moment(recorded or at),
    )


@pytest.mark.parametrize("outcome", ["open", "do_not_open"])
def test_a_decision_asks_for_the_assessment_or_why_there_is_none(
    world: World, outcome: str
) -> None:
    group = world.groups["barn-1"] if outcome == "open" else None
    report = world.report("2026-03-02 09:00")
    with pytest.raises(Invalid) as refused:
        decide(world, report, outcome=outcome, group=group)
    assert set(refused.value.fields) == {"unassessed_reason"}
    assert not OpeningDecision.objects.exists()
    done = decide(
        world, report, outcome=outcome, group=group, unassessed_reason="Barnet är på sjukhus."
    )
    done.refresh_from_db()
    assert done.unassessed_reason == "Barnet är på sjukhus."


def test_an_assessed_report_and_an_application_are_asked_nothing(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    assess(world, report, "2026-03-02 10:00")
    assert decide(world, report, unassessed_reason="Onödigt.").unassessed_reason == ""
    assert decide(world, world.report("2026-03-02 09:00", kind="application")).pk


def test_the_page_says_so_at_the_field_and_keeps_what_was_typed(
    world: World, client: Client, settings: Any
) -> None:
    settings.LANGUAGE_CODE = "en"
    report = world.report("2026-03-02 09:00")
    client.force_login(world.head)
    form = {
        "decide-outcome": "do_not_open",
        "decide-decided_on": "2026-03-04",
        "decide-rationale": "Skäl som inte får försvinna.",
        "decide-version": report.version,
    }
    with time_machine.travel(moment("2026-03-04 10:00"), tick=False):
        page = client.get(reverse("report", args=[report.pk])).content.decode()
        assert 'name="decide-unassessed_reason"' in page
        refused = client.post(reverse("report_decide", args=[report.pk]), form)
        assert refused.status_code == 422
        body = refused.content.decode()
        assert 'id="id_decide-unassessed_reason_error"' in body
        assert "Skäl som inte får försvinna." in body
        form["decide-unassessed_reason"] = "Polisen var på plats."
        assert client.post(reverse("report_decide", args=[report.pk]), form).status_code == 302
        page = client.get(reverse("report", args=[report.pk])).content.decode()
    assert "Polisen var på plats." in page


# The serious talk


def about(world: World, born: date | None, received: str, **fields: Any) -> Report:
    child = ChildInput(first_name="Kim", last_name=f"Född {born}", birth_date=born)
    return world.report(received, children=[child], **fields)


@pytest.mark.parametrize(
    ("born", "received", "owed"),
    [
        pytest.param(date(2014, 3, 3), "2026-03-02 09:00", False, id="eleven: twelve tomorrow"),
        pytest.param(date(2014, 3, 2), "2026-03-02 09:00", True, id="twelve today"),
        pytest.param(date(2014, 3, 2), "2026-03-02 00:00", True, id="twelve at midnight"),
        pytest.param(date(2014, 3, 2), "2026-03-01 23:59", False, id="a minute before midnight"),
        pytest.param(date(2012, 2, 29), "2024-02-28 23:59", False, id="born on a leap day, before"),
        pytest.param(date(2012, 2, 29), "2024-02-29 00:00", True, id="born on a leap day"),
        pytest.param(date(2008, 2, 29), "2026-02-28 12:00", True, id="a leap child of seventeen"),
        pytest.param(date(2024, 1, 1), "2026-03-02 09:00", False, id="a two-year-old"),
        pytest.param(None, "2026-03-02 09:00", True, id="nobody knows how old"),
    ],
)
def test_a_suspected_child_is_owed_the_talk_from_the_floor(
    world: World, born: date | None, received: str, owed: bool
) -> None:
    report = about(world, born, received, child_suspected=True)
    assert (duty(report, DeadlineKind.SERIOUS_TALK) is not None) is owed
    no_drift()


def test_a_victim_is_owed_no_talk_whatever_its_age(world: World) -> None:
    for born in (date(2024, 1, 1), date(2010, 1, 1)):
        report = about(world, born, "2026-03-02 09:00", is_crime_report=True, child_suspected=False)
        assert duty(report, DeadlineKind.SERIOUS_TALK) is None
        with pytest.raises(Conflict):
            reports.record_serious_talk(
                report.pk,
                offered_at=moment("2026-03-02 10:00"),
                result="booked",
                by=world.reception,
                at=moment("2026-03-02 10:00"),
            )


@pytest.mark.parametrize(
    ("born", "suspected"), [(date(2024, 1, 1), False), (date(2010, 1, 1), True), (None, True)]
)
def test_where_nobody_has_said_a_crime_report_of_one_old_enough_is_taken_so(
    world: World, born: date | None, suspected: bool
) -> None:
    report = about(world, born, "2026-03-02 09:00", is_crime_report=True)
    assert report.child_suspected is suspected
    assert not about(world, date(2010, 1, 2), "2026-03-02 09:00").child_suspected


@given(age=st.one_of(st.none(), st.integers(0, 20)), suspected=st.booleans())
def test_nobody_below_the_floor_or_unsuspected_is_owed_it(age: int | None, suspected: bool) -> None:
    owed = owes_serious_talk(child_suspected=suspected, age=age, received_on=ON)
    assert owed is (suspected and (age is None or age >= 12))


def test_the_duty_follows_a_corrected_answer_and_birth_date(world: World) -> None:
    report = about(world, date(2010, 1, 1), "2026-03-02 09:00", child_suspected=True)
    how: dict[str, Any] = {"reason": "Fel.", "by": world.reception, "at": moment("2026-03-03")}

    def say(suspected: bool) -> None:
        row = Report.objects.get(pk=report.pk)
        reports.correct_report(report.pk, reports.told({"child_suspected": suspected}, row), **how)

    say(False)
    assert duty(report, DeadlineKind.SERIOUS_TALK) is None
    say(True)
    assert stands(report, DeadlineKind.SERIOUS_TALK, "2026-03-03") is not None
    assert duty(report, DeadlineKind.SERIOUS_TALK) is not None
    child = report.child
    for born, owed in ((date(2014, 3, 3), False), (date(2014, 3, 2), True)):
        people.correct(
            child.pk,
            first_name="Kim",
            last_name="Ek",
            birth_date=born,
            gender="girl",
            reason="Fel dag.",
            by=world.head,
            at=moment("2026-03-03"),
        )
        assert (duty(report, DeadlineKind.SERIOUS_TALK) is not None) is owed
        no_drift()


# Joining with one press


def test_a_report_joins_with_one_press_owes_no_decision_and_gets_its_own_assessment(
    world: World,
) -> None:
    case = world.investigation("2026-03-02")
    report = world.report("2026-03-08 09:00", children=[ChildInput(child_id=case.child_id)])
    reports.join_open(report.pk, by=world.reception, at=moment("2026-03-08 10:00"))
    report.refresh_from_db()
    assert (report.status, report.investigation_id) == ("joined", case.pk)
    assert stands(report, DeadlineKind.OPENING_DECISION, "2026-03-08") == "cancelled"
    assert stands(report, DeadlineKind.PROTECTION_ASSESSMENT, "2026-03-08") == "due"
    assert stands(report, DeadlineKind.PROTECTION_ASSESSMENT, "2026-03-09") == "overdue"
    waiting = Report.objects.to_assess_by(access_for(world.reception, on=date(2026, 3, 9)))
    assert list(waiting) == [report]
    assert list(Report.objects.unfinished()) == [report]
    assess(world, report, "2026-03-09 10:00")
    assert stands(report, DeadlineKind.PROTECTION_ASSESSMENT, "2026-03-09") == "met_late"
    assert Report.objects.get(pk=report.pk).status == "joined"
    assert not Report.objects.to_assess_by(
        access_for(world.reception, on=date(2026, 3, 9))
    ).exists()
    no_drift()


def test_those_who_investigate_are_told_at_once(world: World) -> None:
    case = world.investigation("2026-03-02")
    report = joins(world, case)
    told = Notice.objects.filter(kind=NoticeKind.REPORT_JOINED, matter=report.pk)
    assert {one.recipient for one in told} == {world.main, world.co}
    assert {one.created_at for one in told} == {moment("2026-03-08 10:00")}


def test_with_no_pair_yet_the_leader_is_told(world: World) -> None:
    report = joins(world, world.investigation("2026-03-02", allocated=False))
    told = Notice.objects.filter(kind=NoticeKind.REPORT_JOINED, matter=report.pk)
    assert {one.recipient for one in told} == {world.leader}


def test_one_cannot_join_nothing_nor_twice_nor_late_without_a_reason(world: World) -> None:
    alone = world.report("2026-03-08 09:00")
    how: dict[str, Any] = {"by": world.reception, "at": moment("2026-03-20")}
    with pytest.raises(Conflict):
        reports.join_open(alone.pk, **how)
    case = world.investigation("2026-03-02")
    report = joins(world, case)
    with pytest.raises(Conflict):
        reports.join_open(report.pk, **how)
    # The last day was the 16th; the investigation was opened on the 17th.
    late = world.report("2026-03-02 09:00")
    other = world.report("2026-03-17 09:00", children=[ChildInput(child_id=late.child_id)])
    world.decide(other, "2026-03-17")
    with pytest.raises(Conflict):
        reports.join_open(late.pk, **how)


def test_who_does_not_work_on_it_does_not_join_it(world: World) -> None:
    case = world.investigation("2026-03-02")
    report = world.report("2026-03-08 09:00", children=[ChildInput(child_id=case.child_id)])
    with pytest.raises(Forbidden):
        reports.join_open(report.pk, by=world.coordinator, at=moment("2026-03-08 10:00"))


def test_the_page_offers_it_and_one_press_does_it(
    world: World, client: Client, settings: Any
) -> None:
    settings.LANGUAGE_CODE = "en"
    case = world.investigation("2026-03-02")
    report = world.report("2026-03-08 09:00", children=[ChildInput(child_id=case.child_id)])
    with time_machine.travel(moment("2026-03-08 10:00"), tick=False):
        client.force_login(world.reception)
        page = client.get(reverse("report", args=[report.pk])).content.decode()
        assert "Let it join the investigation" in page
        answer = client.post(
            reverse("report_join", args=[report.pk]), {"join-version": report.version}
        )
        assert answer.status_code == 302
        page = client.get(reverse("report", args=[report.pk])).content.decode()
        assert "Let it join the investigation" not in page
        assert 'name="assess-rationale"' in page
    assert Report.objects.get(pk=report.pk).status == "joined"


# What can no longer be done


def test_an_assessment_of_a_decided_report_is_missed_from_that_day(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    decide(world, report, unassessed_reason="Glömdes.")
    kind = DeadlineKind.PROTECTION_ASSESSMENT
    assert [stands(report, kind, f"2026-03-0{day}") for day in (2, 3, 4, 5, 9)] == [
        "due",
        "overdue",
        "overdue",
        "missed",
        "missed",
    ]
    assert not Deadline.objects.open().filter(matter=report.pk).exists()
    assert not Deadline.objects.overdue(on=date(2026, 4, 1)).filter(matter=report.pk).exists()
    no_drift()


def test_what_is_missed_counts_as_not_in_time(world: World) -> None:
    decide(world, world.report("2026-03-02 09:00"), unassessed_reason="Glömdes.")
    done = world.report("2026-03-02 09:00")
    assess(world, done, "2026-03-02 10:00")
    found = counted(world.unit.pk, Month.of(date(2026, 3, 1)))
    assert (found["protection.due"].value, found["protection.in_time"].value) == (2, 1)


def test_one_that_was_made_by_then_is_written_down_after_and_meets_the_duty(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    decide(world, report, unassessed_reason="Skrivs in senare.")
    with pytest.raises(Conflict):
        assess(world, report, "2026-03-06 09:00")
    assess(world, report, "2026-03-02 10:00", recorded="2026-03-06 09:00")
    assert stands(report, DeadlineKind.PROTECTION_ASSESSMENT, "2026-03-06") == "met"
    no_drift()


def test_reversing_the_decision_makes_it_possible_again(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    decide(world, report, unassessed_reason="Glömdes.")
    how: dict[str, Any] = {"reason": "Fel.", "by": world.head, "at": moment("2026-03-06")}
    reports.reverse_decision(report.pk, **how)
    assert stands(report, DeadlineKind.PROTECTION_ASSESSMENT, "2026-03-06") == "overdue"
    no_drift()
    reports.undo_correction(report.pk, **how)
    assert stands(report, DeadlineKind.PROTECTION_ASSESSMENT, "2026-03-06") == "missed"
    no_drift()


def test_a_tampered_missed_day_is_found_and_put_right(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    decide(world, report, unassessed_reason="Glömdes.")
    Deadline.objects.filter(matter=report.pk, kind="protection_assessment").update(missed_on=None)
    with pytest.raises(CommandError, match="1 deadlines differ"):
        call_command("rebuild_deadlines", "--check", stdout=StringIO())
    deadlines.rebuild(on=ON)
    no_drift()


def test_every_status_has_its_words(settings: Any) -> None:
    assert {one.value for one in DeadlineStatus} >= {"missed", "overdue", "cancelled"}
    assert {one.value for one in LooseEnd} == set(LEFT)


# Feedback


def feedback(row: Report) -> tuple[date, date] | None:
    found = duty(row, DeadlineKind.REPORTER_FEEDBACK)
    return (found.starts_on, found.due_on) if found else None


def asked(world: World, report: Report, on: str) -> Report:
    return reports.ask_feedback(
        report.pk, asked_on=date.fromisoformat(on), by=world.head, at=moment(f"{on} 12:00")
    )


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2026-03-04", (date(2026, 3, 5), date(2026, 3, 12)), id="before it"),
        pytest.param("2026-03-12", (date(2026, 3, 5), date(2026, 3, 12)), id="the seventh day"),
        pytest.param(
            "2026-03-13", (date(2026, 3, 13), date(2026, 3, 13)), id="the eighth: at once"
        ),
        pytest.param(
            "2026-05-01", (date(2026, 5, 1), date(2026, 5, 1)), id="months later: at once"
        ),
    ],
)
def test_feedback_is_due_within_a_week_of_the_decision_or_at_once_when_asked_later(
    world: World, on: str, expected: tuple[date, date]
) -> None:
    report = world.report("2026-03-02 09:00", reporter=SILENT)
    if on < "2026-03-05":
        asked(world, report, on)
    decide(world, report, unassessed_reason="Muntligt.")
    if on >= "2026-03-05":
        assert feedback(report) is None
        asked(world, report, on)
    assert feedback(report) == expected
    no_drift()


def test_with_an_investigation_already_running_it_is_due_the_day_it_is_asked_for(
    world: World,
) -> None:
    case = world.investigation("2026-03-02")
    report = joins(world, case, reporter=SCHOOL)
    assert feedback(report) == (date(2026, 3, 8), date(2026, 3, 8))
    later = joins(world, case, reporter=SILENT)
    asked(world, later, "2026-03-11")
    assert feedback(later) == (date(2026, 3, 11), date(2026, 3, 11))
    no_drift()


def test_the_reporter_is_told_that_one_runs_before_anything_is_decided(world: World) -> None:
    case = world.investigation("2026-03-02")
    alone = world.report("2026-03-08 09:00", reporter=SCHOOL)
    how: dict[str, Any] = {
        "given_on": date(2026, 3, 8),
        "channel": "phone",
        "by": world.reception,
        "at": moment("2026-03-08 10:00"),
    }
    with pytest.raises(Conflict):
        reports.give_feedback(alone.pk, **how)
    report = world.report(
        "2026-03-08 09:00", children=[ChildInput(child_id=case.child_id)], reporter=SCHOOL
    )
    assert reports.give_feedback(report.pk, **how).answer == "already_ongoing"
    with pytest.raises(Conflict):
        reports.give_feedback(report.pk, **how)
    reports.join_open(report.pk, by=world.reception, at=moment("2026-03-09 10:00"))
    assert stands(report, DeadlineKind.REPORTER_FEEDBACK, "2026-03-09") == "met"
    no_drift()


def test_only_a_mandated_reporter_asks_and_once(world: World) -> None:
    private = world.report("2026-03-02 09:00", reporter=ReporterInput(category="private"))
    with pytest.raises(Conflict):
        asked(world, private, "2026-03-04")
    report = world.report("2026-03-02 09:00", reporter=SILENT)
    with pytest.raises(Invalid) as refused:
        reports.ask_feedback(
            report.pk, asked_on=date(2026, 3, 1), by=world.head, at=moment("2026-03-04")
        )
    assert set(refused.value.fields) == {"asked_on"}
    asked(world, report, "2026-03-04")
    with pytest.raises(Conflict):
        asked(world, report, "2026-03-05")
