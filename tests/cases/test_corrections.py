"""What was recorded can be put right: with a reason, a trace, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cases.access import child_log
from cases.corrections import texts as corrections
from cases.corrections.models import Correction
from cases.deadlines import store
from cases.deadlines.models import Deadline
from cases.enums import (
    CorrectionAct,
    InvestigationStatus,
    ReportStatus,
)
from cases.investigations import services as investigations
from cases.investigations.models import DOCUMENT_PARTS, DecisionDocument, Investigation
from cases.journal import services as notes
from cases.journal.models import Note
from cases.law.duties import CANCELLED_NO_LONGER
from cases.matters.models import Matter, MatterWorker
from cases.persons.models import Person
from cases.reports import services as reports
from cases.reports.models import OpeningDecision, Report
from cases.reports.services import ChildInput, ReporterInput
from cases.signing import services as signing
from cases.signing import signatures
from cases.signing.models import Addition
from core.calendar import Month
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from organisation.acting import access
from tests.factories import LEFT, World, moment
from unitstats.statistics import counted

MARCH = Month(date(2026, 3, 1))
WHY = "Fel uppgift vid loggningen."
RIGHT = ChildInput(first_name="Rätt", last_name="Barn", gender="boy")


def dues(report_id: int) -> dict[str, date]:
    """The last day of each duty that stands."""
    rows = Deadline.objects.filter(matter=report_id).exclude(cancel_reason=CANCELLED_NO_LONGER)
    return dict(rows.values_list("kind", "due_on"))


def assess(report: Report, by: Any, at: str) -> None:
    reports.assess_protection(
        report.pk,
        assessed_at=moment(at),
        outcome="no_immediate_need",
        child_spoken_with=False,
        rationale="Inget akut.",
        by=by,
        at=moment(at),
    )


def correct(report: Report, by: Any, at: str, reason: str = WHY, **given: Any) -> Report:
    now = Report.objects.get(pk=report.pk)
    return reports.correct_report(
        report.pk, reports.told(given, now), reason=reason, by=by, at=moment(at)
    )


# A report's own words and times


def test_a_corrected_day_counts_every_clock_anew(world: World) -> None:
    report = world.report("2026-03-09 09:00", reporter=ReporterInput(category="school"))
    assert dues(report.pk) == {
        "protection_assessment": date(2026, 3, 9),
        "opening_decision": date(2026, 3, 23),
    }
    correct(report, world.reception, "2026-03-09 10:00", received_at=moment("2026-03-06 17:00"))
    assert dues(report.pk) == {
        # After 16:00: the next day, which is a Saturday all the same.
        "protection_assessment": date(2026, 3, 7),
        "opening_decision": date(2026, 3, 20),
    }
    report.refresh_from_db()
    assert (report.received_on, report.matter.opened_on) == (date(2026, 3, 6),) * 2
    assert list(store.differences()) == []


def test_the_history_says_who_when_why_and_what_stood_there(world: World) -> None:
    report = world.report(concern="Oro för Alva.")
    correct(
        report,
        world.reception,
        "2026-03-02 11:00",
        concern="Oro för Elsa.",
        channel="letter",
        reasons=["neglect", "violence"],
    )
    (told,) = corrections.history(report.pk)
    assert (told.row.made_by, told.at) == (world.reception, moment("2026-03-02 11:00"))
    assert (told.row.act, told.row.reason) == (CorrectionAct.CORRECTED, WHY)
    assert {change.name: (change.old, change.new) for change in told.changes} == {
        "Report.channel": ("Telefon", "Brev"),
        "Report.concern": ("Oro för Alva.", "Oro för Elsa."),
        "Report.reasons": ("Omsorgsbrist", "Omsorgsbrist, Våld mot barnet"),
    }
    entry = TrailEntry.objects.get(action="report.corrected")
    assert entry.details["fields"] == ["channel", "concern", "reasons"]
    assert "Elsa" not in str(entry.details)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"received_at": moment("2026-03-02 09:30")}, "received_at"),
        ({"received_at": moment("2026-03-03 09:30")}, "received_at"),
        ({"reporter_category": "anonymous", "reporter_name": "Någon"}, "reporter.name"),
        ({"concern": ""}, "concern"),
        ({"channel": "pigeon"}, "channel"),
        ({"reasons": ["dragons"]}, "reasons"),
        ({}, "reason"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(world: World, facts: Any, field: str) -> None:
    report = world.report("2026-03-02 09:00")
    with pytest.raises(Invalid) as refused:
        correct(report, world.reception, "2026-03-02 11:00", **facts)
    assert field in refused.value.fields
    assert not Correction.objects.exists()


def test_a_correction_needs_its_reason(world: World) -> None:
    report = world.report()
    with pytest.raises(Invalid) as refused:
        correct(report, world.reception, "2026-03-02 11:00", reason=" ", channel="letter")
    assert list(refused.value.fields) == ["reason"]


def test_a_report_never_comes_after_what_was_done_about_it(world: World) -> None:
    report = world.report("2026-03-02 09:00", at=moment("2026-03-04 09:00"))
    assess(report, world.reception, "2026-03-03 09:00")
    with pytest.raises(Invalid) as refused:
        correct(report, world.reception, "2026-03-04 11:00", received_at=moment("2026-03-03 10:00"))
    assert list(refused.value.fields) == ["received_at"]


def test_workers_correct_until_the_decision_and_then_only_those_who_decide(world: World) -> None:
    report = world.report()
    for stranger in (world.main, world.coordinator, world.stranger, world.other_head):
        with pytest.raises((Forbidden, Missing)):
            correct(report, stranger, "2026-03-02 11:00", channel="letter")
    correct(report, world.reception, "2026-03-02 11:00", channel="letter")
    correct(report, world.leader2, "2026-03-02 11:10", channel="visit")
    world.decide(report, "2026-03-03", "do_not_open")
    with pytest.raises(Forbidden):
        correct(report, world.reception, "2026-03-03 13:00", channel="letter")
    correct(report, world.reception_leader, "2026-03-03 13:00", channel="phone")
    correct(report, world.head, "2026-03-03 13:10", channel="letter")
    assert Correction.objects.count() == 4


def test_a_decision_that_was_in_time_is_late_from_the_true_day(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    report = world.decide(report, "2026-03-16", "do_not_open")
    signed = report.decision.signed_digest
    correct(report, world.head, "2026-03-17 09:00", received_at=moment("2026-02-27 09:00"))
    duty = Deadline.objects.get(matter=report.pk, kind="opening_decision")
    assert (duty.due_on, duty.met_on) == (date(2026, 3, 13), date(2026, 3, 16))
    figures = counted(world.unit.pk, MARCH)
    assert (figures["decisions.due"].value, figures["decisions.in_time"].value) == (1, 0)
    # What was signed is as it was.
    decision = OpeningDecision.objects.get(report=report)
    assert (decision.signed_digest, decision.is_late) == (signed, False)
    assert signatures.holds(
        "decision", decision, signed, by=decision.signed_by_id, at=decision.signed_at
    )


# Logged by mistake


def seen_by(world: World, user: Any, at: str = "2026-03-20") -> set[int]:
    return set(Matter.objects.visible_to(access(user, moment(at))).values_list("pk", flat=True))


def test_a_withdrawn_report_is_gone_but_for_those_who_can_put_it_back(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    assess(report, world.reception, "2026-03-02 09:30")
    reports.withdraw_report(
        report.pk, reason="Dubblett.", by=world.leader, at=moment("2026-03-02 10:00")
    )
    report.refresh_from_db()
    assert (report.status, report.matter.withdrawn) == (ReportStatus.WITHDRAWN, True)
    for user in (world.reception, world.leader, world.head, world.coordinator):
        assert seen_by(world, user) == set()
    assert dues(report.pk) == {}
    figures = counted(world.unit.pk, MARCH)
    assert {figures[code].value for code in ("reports.received", "protection.due")} == {0}
    readers = {
        name
        for name, user in world.people.items()
        if Report.objects.readable(access(user, moment("2026-03-20"))).exists()
    }
    assert readers == {"head", "leader", "leader2", "reception_leader"}
    with pytest.raises(Missing):
        reports.undo_correction(
            report.pk, reason="Ändå rätt.", by=world.reception, at=moment("2026-03-03")
        )
    reports.undo_correction(
        report.pk, reason="Ändå rätt.", by=world.leader, at=moment("2026-03-03")
    )
    report.refresh_from_db()
    assert report.status == ReportStatus.ASSESSED
    assert seen_by(world, world.reception) == {report.pk}
    assert dues(report.pk)["opening_decision"] == date(2026, 3, 16)
    assert counted(world.unit.pk, MARCH)["reports.received"].value == 1
    assert list(store.differences()) == []


def test_only_those_who_decide_withdraw_and_only_what_is_undecided(world: World) -> None:
    report = world.report()
    at = moment("2026-03-02 10:00")
    with pytest.raises(Forbidden):
        reports.withdraw_report(report.pk, reason="x", by=world.reception, at=at)
    world.decide(report, "2026-03-03", "do_not_open")
    with pytest.raises(Conflict):
        reports.withdraw_report(report.pk, reason="x", by=world.head, at=moment("2026-03-04"))


# The wrong child, the wrong unit


def open_with_everything(world: World) -> tuple[Report, Investigation]:
    """A report on the wrong child with an assessment, a decision, a pair and notes."""
    report = world.report(
        "2026-03-02 09:00", children=[ChildInput(first_name="Fel", last_name="Barn", gender="girl")]
    )
    assess(report, world.reception, "2026-03-02 09:30")
    report = world.decide(report, "2026-03-03")
    assert report.investigation is not None
    investigations.assign_handlers(
        report.investigation.pk,
        main=world.main,
        co=world.co,
        from_on=date(2026, 3, 4),
        by=world.leader,
        at=moment("2026-03-04"),
    )
    note = notes.write_note(
        report.investigation.pk,
        kind="child_conversation",
        happened_at=moment("2026-03-05 09:00"),
        present="Barnet",
        child_spoken_with=True,
        child_alone=True,
        text="Samtal.",
        sign_now=True,
        by=world.main,
        at=moment("2026-03-05 10:00"),
    )
    signing.add(
        "note", note.pk, kind="addition", text="Mer.", by=world.main, at=moment("2026-03-05 11:00")
    )
    return report, Investigation.objects.get(pk=report.investigation.pk)


def test_a_report_moves_to_the_right_child_with_all_that_followed(world: World) -> None:
    report, investigation = open_with_everything(world)
    wrong = report.child_id
    reports.move_report(
        report.pk, child=RIGHT, reason=WHY, by=world.leader, at=moment("2026-03-06 09:00")
    )
    report.refresh_from_db()
    right = Person.objects.get(first_name="Rätt")
    assert report.child == right
    assert set(Matter.objects.filter(child=right).values_list("pk", flat=True)) == {
        report.pk,
        investigation.pk,
    }
    assert not Matter.objects.filter(child=wrong).exists()
    assert not Note.objects.filter(child=wrong).exists()
    assert not Deadline.objects.filter(child=wrong).exists()
    note = Note.objects.get(child=right)
    assert signatures.holds(
        "note", note, note.signed_digest, by=note.signed_by_id, at=note.signed_at
    )
    assert dues(report.pk)["opening_decision"] == date(2026, 3, 16)
    investigation.refresh_from_db()
    assert investigation.child == right
    assert {row.user for row in MatterWorker.objects.filter(matter=investigation.pk)} == {
        world.main,
        world.co,
    }
    assert list(store.differences()) == []
    figures = counted(world.unit.pk, MARCH)["reports.received"]
    assert (figures.by_gender["boy"], figures.by_gender["girl"]) == (1, 0)


def test_the_wrong_childs_log_says_who_read_without_saying_what(world: World) -> None:
    report, _investigation = open_with_everything(world)
    wrong = Person.objects.get(pk=report.child_id)
    reports.move_report(
        report.pk, child=RIGHT, reason=WHY, by=world.leader, at=moment("2026-03-06 09:00")
    )
    rows = list(child_log.of_child(wrong).select_related("actor"))
    lines = child_log.lines(rows, wrong)
    of_matters = [line for line in lines if line.entry.target_type in ("report", "investigation")]
    assert len(of_matters) >= 5
    assert all(line.moved for line in of_matters)
    assert {line.actor for line in of_matters} >= {str(world.reception), str(world.leader)}
    assert {line.words for line in of_matters} == {str(child_log.MOVED)}


def test_a_move_is_refused_where_something_cannot_follow(world: World) -> None:
    at = moment("2026-03-10 09:00")
    inv = world.investigation("2026-03-02")
    child = ChildInput(child_id=inv.child_id)
    joined = world.report("2026-03-03 09:00", children=[child])
    joined = world.decide(joined, "2026-03-04", "joins_open")
    opener = Report.objects.get(investigation=inv.pk, decision__outcome="open")
    for one in (joined, opener):
        with pytest.raises(Conflict):
            reports.move_report(one.pk, child=RIGHT, reason=WHY, by=world.head, at=at)
    other = world.report("2026-03-05 09:00")
    other = world.decide(other, "2026-03-06")
    with pytest.raises(Conflict):  # the right child has an open investigation already
        reports.move_report(other.pk, child=child, reason=WHY, by=world.head, at=at)
    with pytest.raises(Conflict):  # what a unit has decided stays in it
        reports.move_report(other.pk, unit=world.other_unit, reason=WHY, by=world.head, at=at)
    with pytest.raises(Forbidden):
        reports.move_report(world.report().pk, child=RIGHT, reason=WHY, by=world.reception, at=at)


def test_a_protected_child_is_protected_in_the_unit_its_report_moves_to(world: World) -> None:
    hidden = ChildInput(
        personal_identity_number="20120314-2383", protected_identity="secrecy_marking"
    )
    report = world.report("2026-03-02 09:00", children=[hidden])
    reports.move_report(
        report.pk, unit=world.other_unit, reason=WHY, by=world.head, at=moment("2026-03-03")
    )
    report.refresh_from_db()
    assert report.child.unit == world.other_unit
    assert report.child.protected_identity == "secrecy_marking"
    assert report.child.protections.get().from_on == date(2026, 3, 3)


def test_a_report_moves_to_the_right_unit_and_back(world: World) -> None:
    number = "20120314-2383"
    report = world.report(
        "2026-03-02 09:00",
        children=[ChildInput(personal_identity_number=number, first_name="Alva", last_name="Ek")],
    )
    here = report.child_id
    reports.move_report(
        report.pk, unit=world.other_unit, reason=WHY, by=world.head, at=moment("2026-03-03")
    )
    report.refresh_from_db()
    assert (report.unit, report.group) == (world.other_unit, world.other_groups["mottagning"])
    assert (report.child.unit, report.child.personal_identity_number) == (
        world.other_unit,
        Person.objects.get(pk=here).personal_identity_number,
    )
    assert seen_by(world, world.head) == set()
    assert seen_by(world, world.other_reception) == {report.pk}
    assert dues(report.pk)["opening_decision"] == date(2026, 3, 16)
    assert not MatterWorker.objects.current().filter(matter=report.pk).exists()
    reports.undo_correction(
        report.pk, reason=WHY, by=world.other_head, at=moment("2026-03-03 15:00")
    )
    report.refresh_from_db()
    assert (report.unit, report.child_id, report.group) == (
        world.unit,
        here,
        world.groups["mottagning"],
    )
    (worker,) = MatterWorker.objects.current().filter(matter=report.pk)
    assert worker.user == world.reception
    assert list(store.differences()) == []


# A decision or a conclusion taken by mistake


def test_a_reversed_decision_leaves_the_original_clock_and_stays_readable(world: World) -> None:
    report, investigation = open_with_everything(world)
    first = report.decision
    with pytest.raises(Forbidden):
        reports.reverse_decision(report.pk, reason=WHY, by=world.main, at=moment("2026-03-06"))
    reports.reverse_decision(report.pk, reason=WHY, by=world.leader, at=moment("2026-03-06"))
    report = Report.objects.get(pk=report.pk)
    assert (report.status, report.investigation) == (ReportStatus.ASSESSED, None)
    assert dues(report.pk)["opening_decision"] == date(2026, 3, 16)
    assert Deadline.objects.get(matter=report.pk, kind="opening_decision").met_on is None
    assert list(report.decisions.all()) == [first]
    assert not hasattr(report, "decision")
    investigation.refresh_from_db()
    assert investigation.status == InvestigationStatus.ANNULLED
    assert seen_by(world, world.main) == set()
    figures = counted(world.unit.pk, MARCH)
    gone = ("decisions.taken", "decisions.due", "investigations.opened", "child.conversations")
    assert {figures[code].value for code in gone} == {0}
    report = world.decide(report, "2026-03-09", "do_not_open")
    assert list(report.decisions.order_by("pk")) == [first, report.decision]
    assert counted(world.unit.pk, MARCH)["decisions.taken"].value == 1
    with pytest.raises(Conflict):
        reports.undo_correction(report.pk, reason=WHY, by=world.head, at=moment("2026-03-10"))


def conclude(investigation: Investigation, by: Any, on: str) -> None:
    investigations.conclude(
        investigation.pk,
        concluded_on=date.fromisoformat(on),
        outcome="no_intervention",
        rationale="Klart.",
        read_by_leader=True,
        left_open=LEFT,
        by=by,
        at=moment(on),
    )


def written(world: World, investigation: Investigation, on: str) -> None:
    """A document that is written and handed in."""
    investigations.write_document(
        investigation.pk, parts=dict.fromkeys(DOCUMENT_PARTS, "Text."), by=world.main, at=moment(on)
    )
    investigations.submit_document(investigation.pk, by=world.main, at=moment(on))


def test_a_reversed_conclusion_gives_back_clock_pair_and_document(world: World) -> None:
    _report, investigation = open_with_everything(world)
    written(world, investigation, "2026-03-10")
    conclude(investigation, world.leader, "2026-03-11")
    document = DecisionDocument.objects.get(investigation=investigation)
    with pytest.raises(Forbidden):
        investigations.reverse_conclusion(
            investigation.pk, reason=WHY, by=world.main, at=moment("2026-03-12")
        )
    investigations.reverse_conclusion(
        investigation.pk, reason=WHY, by=world.leader, at=moment("2026-03-12")
    )
    investigation.refresh_from_db()
    assert (investigation.status, investigation.outcome) == (InvestigationStatus.TO_READ, None)
    duty = Deadline.objects.get(matter=investigation.pk)
    assert (duty.due_on, duty.met_on) == (date(2026, 7, 3), None)
    assert seen_by(world, world.co) >= {investigation.pk}
    now = DecisionDocument.objects.get(pk=document.pk)
    assert (now.sealed_at, now.signed_digest) == (None, document.signed_digest)
    (told,) = corrections.history(investigation.pk)
    assert {change.name.split(".")[1]: change.old for change in told.changes}[
        "conclusion_rationale"
    ] == "Klart."
    assert counted(world.unit.pk, MARCH)["investigations.concluded"].value == 0
    investigations.undo_reversal(
        investigation.pk, reason=WHY, by=world.leader, at=moment("2026-03-13")
    )
    again = DecisionDocument.objects.get(pk=document.pk)
    assert again.sealed_at == document.sealed_at
    investigation.refresh_from_db()
    assert (investigation.status, investigation.concluded_on) == (
        InvestigationStatus.CONCLUDED,
        date(2026, 3, 11),
    )


def test_a_sealed_document_changes_in_no_other_way(world: World) -> None:
    _report, investigation = open_with_everything(world)
    written(world, investigation, "2026-03-10")
    conclude(investigation, world.leader, "2026-03-11")
    rows = DecisionDocument.objects.filter(investigation=investigation)
    for change in (
        {"background": "Annat."},
        {"sealed_at": moment("2026-03-12")},
        {"sealed_at": None, "read_digest": ""},
        {"sealed_at": None, "background": "Annat."},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


def test_texts_stand_with_their_matter_and_additions_only_grow(world: World) -> None:
    report, _investigation = open_with_everything(world)
    note = Note.objects.get()
    other = world.report()
    for change in ({"child": other.child_id}, {"unit": world.other_unit}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Note.objects.filter(pk=note.pk).update(**change)
    for change in (
        {"text": "Annat."},
        {"child": other.child_id},
        {"written_at": moment("2026-01-01")},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Addition.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Addition.objects.all().delete()
    correct(report, world.head, "2026-03-06 09:00", channel="letter")
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.update(reason="x")


# The way back


def state(world: World, report_id: int) -> dict[str, Any]:
    """All that the record says of a report and what it led to, apart from its history."""
    report = Report.objects.get(pk=report_id)
    decision = getattr(report, "decision", None)
    rows = Matter.objects.filter(child__unit=world.unit, withdrawn=False).order_by("pk")
    ids = [row.pk for row in rows]
    duties = Deadline.objects.filter(matter__in=ids).exclude(cancel_reason=CANCELLED_NO_LONGER)
    figures = counted(world.unit.pk, MARCH)
    return {
        "report": (report.status, report.child_id, report.unit_id, report.investigation_id),
        "facts": reports.facts_of(report),
        "decision": decision and decision.pk,
        "matters": list(rows.values_list("pk", "number", "child", "group", "closed_on")),
        "duties": sorted(duties.values_list("matter", "kind", "due_on", "met_on", "cancelled_on")),
        "pair": sorted(
            MatterWorker.objects.current().filter(matter__in=ids).values_list("matter", "user")
        ),
        "ends": list(
            Investigation.objects.filter(pk__in=ids).values_list(
                "status", "outcome", "concluded_on", "concluded_by", "conclusion_rationale"
            )
        ),
        "seals": list(DecisionDocument.objects.values_list("sealed_at", "read_digest")),
        "notes": list(Note.objects.filter(matter__in=ids).values_list("pk", "child")),
        "seen": {name: seen_by(world, world.people[name]) for name in ("main", "leader", "head")},
        "figures": {code: (one.value, dict(one.by_gender)) for code, one in figures.items()},
        "drift": list(store.differences()),
    }


ACTS = ("correct", "withdraw", "move", "unit", "reverse", "unconclude")


class Walk:
    """Corrections of one report by the unit heads, and their opposites in the other order."""

    def __init__(self, world: World, report: Report) -> None:
        self.world, self.report, self.minute = world, report, 0
        self.taken: list[Any] = []

    def at(self) -> Any:
        self.minute += 1
        return moment("2026-03-25 08:00") + timedelta(minutes=self.minute)

    def head(self) -> Any:
        here = Report.objects.get(pk=self.report.pk).unit_id == self.world.unit.pk
        return self.world.head if here else self.world.other_head

    def undo(self) -> None:
        reports.undo_correction(self.report.pk, reason=WHY, by=self.head(), at=self.at())

    def act(self, name: str) -> Any:
        """Does it, and answers how it is taken back."""
        pk, by, at = self.report.pk, self.head(), self.at()
        if name == "correct":
            before = reports.facts_of(Report.objects.get(pk=pk))
            earlier = before.received_at - timedelta(days=4)
            now = replace(before, received_at=earlier, channel="letter")
            reports.correct_report(pk, now, reason=WHY, by=by, at=at)
            return lambda: reports.correct_report(
                pk, before, reason=WHY, by=self.head(), at=self.at()
            )
        if name == "unconclude":
            inquiry = Report.objects.get(pk=pk).investigation_id or 0
            investigations.reverse_conclusion(inquiry, reason=WHY, by=by, at=at)
            return lambda: investigations.undo_reversal(
                inquiry, reason=WHY, by=self.head(), at=self.at()
            )
        if name == "withdraw":
            reports.withdraw_report(pk, reason=WHY, by=by, at=at)
        elif name == "reverse":
            reports.reverse_decision(pk, reason=WHY, by=by, at=at)
        elif name == "unit":
            other = self.world.other_unit if by == self.world.head else self.world.unit
            reports.move_report(pk, unit=other, reason=WHY, by=by, at=at)
        else:
            child = ChildInput(first_name=f"Rätt{self.minute}", last_name="Barn", gender="boy")
            reports.move_report(pk, child=child, reason=WHY, by=by, at=at)
        return self.undo


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    begun=st.sampled_from(["undecided", "not_opened", "opened", "concluded"]),
    wanted=st.lists(st.sampled_from(ACTS), min_size=1, max_size=6),
)
def test_the_opposite_of_every_correction_brings_back_the_same_state(
    world: World, begun: str, wanted: list[str]
) -> None:
    with transaction.atomic():
        report = begin(world, begun)
        walk = Walk(world, report)
        states, back = [state(world, report.pk)], []
        assert states[0]["drift"] == []
        for name in wanted:
            try:
                with transaction.atomic():
                    undo = walk.act(name)
            except (Conflict, Missing, Invalid):
                assert state(world, report.pk) == states[-1]
                continue
            back.append(undo)
            states.append(state(world, report.pk))
            assert states[-1] != states[-2], name
            assert states[-1]["drift"] == []
        for undo in reversed(back):
            states.pop()
            undo()
            assert state(world, report.pk) == states[-1]
        transaction.set_rollback(True)


def begin(world: World, begun: str) -> Report:
    if begun in ("opened", "concluded"):
        report, investigation = open_with_everything(world)
        if begun == "concluded":
            written(world, investigation, "2026-03-10")
            conclude(investigation, world.leader, "2026-03-11")
        return report
    report = world.report("2026-03-02 09:00")
    assess(report, world.reception, "2026-03-02 09:30")
    return world.decide(report, "2026-03-05", "do_not_open") if begun == "not_opened" else report
