"""What the database itself refuses, by the name of the constraint."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from cases.models import (
    Addition,
    Communication,
    Deadline,
    DecisionDocument,
    Escalation,
    Extension,
    Feedback,
    Guardian,
    GuardianParticipation,
    HandlerAssignment,
    InstrumentUse,
    Intervention,
    Investigation,
    Note,
    Notice,
    OpeningDecision,
    Person,
    ProtectionAssessment,
    Report,
    RiskAssessment,
    SafetyRating,
    SeriousTalk,
)
from core.models import TrailEntry
from organisation.models import Absence, Delegation, Employment, OrgUnit, RoleAssignment
from tests.factories import World, moment

DAY = date(2026, 3, 2)
AT = moment("2026-03-02 12:00")


@pytest.fixture
def rows(world: World) -> dict[str, Model]:
    """One stored row of each kind to copy and bend."""
    investigation = world.investigation("2026-03-02")
    report = investigation.reports.get()
    crime = world.report("2026-03-02 09:00", is_crime_report=True)
    guardian = Guardian.objects.create(
        child=investigation.child, relation="mother", has_custody=True
    )
    intervention = Intervention.objects.create(
        unit=world.unit,
        group=world.groups["barn-1"],
        number="I1",
        child=investigation.child,
        investigation=investigation,
        kind="bsft",
        goal="Mål",
        decided_on=DAY,
        decided_by=world.leader,
        started_on=DAY,
        responsible=world.main,
    )
    return {
        "report": report,
        "crime": crime,
        "investigation": investigation,
        "guardian": guardian,
        "intervention": intervention,
        "deadline": investigation.deadlines.get(),
        "person": investigation.child,
    }


def refused(name: str, make: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make()
    assert error.value.__cause__.diag.constraint_name == name


def changing(row: Model, **values: object) -> Callable[[], object]:
    return lambda: type(row)._default_manager.filter(pk=row.pk).update(**values)


def test_rows_that_contradict_themselves_are_refused_by_name(
    world: World, rows: dict[str, Model]
) -> None:
    investigation, report, deadline = rows["investigation"], rows["report"], rows["deadline"]
    tomorrow = DAY + timedelta(days=1)
    cases = {
        "cases_report_investigation_when_opened_or_joined": changing(report, investigation=None),
        "cases_report_status": changing(rows["crime"], status="lost"),
        "cases_report_channel": changing(report, channel="pigeon"),
        "cases_report_kind": changing(report, kind="rumour"),
        "cases_report_reporter": changing(report, reporter_category="spy"),
        "cases_report_not_logged_before_received": changing(
            report, received_at=report.logged_at + timedelta(seconds=1)
        ),
        "cases_report_anonymous_stays_anonymous": changing(
            report, reporter_category="anonymous", reporter_name="Någon"
        ),
        "cases_report_feedback_to_mandated_only": changing(
            report, reporter_category="private", wants_feedback=True
        ),
        "cases_investigation_concluded_says_how": changing(investigation, status="concluded"),
        "cases_investigation_days_ordered": changing(
            investigation,
            status="concluded",
            concluded_on=DAY - timedelta(days=1),
            concluded_by=world.leader,
            outcome="no_intervention",
        ),
        "cases_investigation_extended_after_opened": changing(investigation, extended_to=DAY),
        "cases_investigation_move_has_day_and_place": changing(investigation, child_moved_on=DAY),
        "cases_investigation_police_report_says_when_or_why": changing(
            investigation, police_report="made"
        ),
        "cases_deadline_days_ordered": changing(deadline, due_on=DAY - timedelta(days=1)),
        "cases_deadline_not_met_and_cancelled": changing(
            deadline, met_on=DAY, cancelled_on=DAY, cancel_reason="x"
        ),
        "cases_deadline_cancelled_has_reason": changing(deadline, cancelled_on=DAY),
        "cases_deadline_of_one_matter": changing(deadline, report=report),
        "cases_person_gender": changing(rows["person"], gender="x"),
        "cases_person_number_has_twelve_digits": changing(
            rows["person"], personal_identity_number="1203142383"
        ),
        "cases_person_unborn_has_no_number": changing(
            rows["person"], personal_identity_number="201203142383", expected_on=DAY
        ),
        "cases_person_number_once_per_unit": lambda: [
            Person.objects.create(
                unit=world.unit, personal_identity_number="201203142383", created_at=AT
            )
            for _ in range(2)
        ],
        "cases_investigation_one_open_per_child": lambda: Investigation.objects.create(
            unit=world.unit,
            group=world.groups["barn-1"],
            number="U2",
            child=rows["person"],
            opened_on=DAY,
            opened_by=world.leader,
        ),
        "cases_handlerassignment_two_different_people": lambda: (
            HandlerAssignment.objects.filter(part="co").delete(),
            HandlerAssignment.objects.create(
                investigation=investigation,
                user=world.main,
                part="co",
                from_on=DAY,
                assigned_by=world.leader,
                assigned_at=AT,
            ),
        ),
        "cases_handlerassignment_one_of_each_part": lambda: HandlerAssignment.objects.create(
            investigation=investigation,
            user=world.third,
            part="main",
            from_on=DAY,
            assigned_by=world.leader,
            assigned_at=AT,
        ),
        "cases_handlerassignment_days_ordered": lambda: HandlerAssignment.objects.update(
            until_on=DAY - timedelta(days=1)
        ),
        "cases_extension_gives_time": lambda: Extension.objects.create(
            investigation=investigation,
            previous_due_on=DAY,
            until=DAY,
            reason="x",
            decided_on=DAY,
            decided_by=world.leader,
        ),
        "cases_extension_decided_in_time": lambda: Extension.objects.create(
            investigation=investigation,
            previous_due_on=DAY,
            until=tomorrow,
            reason="x",
            decided_on=tomorrow,
            decided_by=world.leader,
        ),
        "cases_safetyrating_scale": lambda: SafetyRating.objects.create(
            investigation=investigation,
            rater="child",
            rated_on=DAY,
            value=11,
            recorded_by=world.main,
        ),
        "cases_instrumentuse_instrument": lambda: InstrumentUse.objects.create(
            investigation=investigation,
            instrument="dice",
            used_on=DAY,
            level="low",
            recorded_by=world.main,
        ),
        "cases_riskassessment_level": lambda: RiskAssessment.objects.create(
            investigation=investigation, assessed_on=DAY, assessed_by=world.main, level="meh"
        ),
        "cases_communication_recipient": lambda: Communication.objects.create(
            investigation=investigation,
            recipient="neighbour",
            communicated_on=DAY,
            how="x",
            recorded_by=world.main,
        ),
        "cases_decisiondocument_reading": lambda: DecisionDocument.objects.create(
            investigation=investigation, written_by=world.main, written_at=AT, read_at=AT
        ),
        "cases_decisiondocument_submission": lambda: DecisionDocument.objects.create(
            investigation=investigation, written_by=world.main, written_at=AT, submitted_at=AT
        ),
        "cases_note_alone_said_when_spoken_with": lambda: Note.objects.create(
            unit=world.unit,
            child=rows["person"],
            investigation=investigation,
            kind="child_conversation",
            happened_at=AT,
            child_spoken_with=True,
            text="x",
            author=world.main,
            written_at=AT,
        ),
        "cases_note_in_a_report_or_an_investigation": lambda: Note.objects.create(
            unit=world.unit,
            child=rows["person"],
            kind="journal",
            happened_at=AT,
            text="x",
            author=world.main,
            written_at=AT,
        ),
        "cases_guardianparticipation_reason_when_not": (
            lambda: GuardianParticipation.objects.create(
                investigation=investigation,
                guardian=rows["guardian"],
                took_part=False,
                on=DAY,
                recorded_by=world.main,
            )
        ),
        "cases_guardian_relation": changing(rows["guardian"], relation="uncle"),
        "cases_protectionassessment_not_in_advance": lambda: ProtectionAssessment.objects.create(
            report=report,
            assessed_at=AT + timedelta(seconds=1),
            assessed_by=world.main,
            recorded_at=AT,
            outcome="protected",
            child_spoken_with=True,
            rationale="x",
        ),
        "cases_openingdecision_late_has_reason": lambda: OpeningDecision.objects.create(
            report=rows["crime"],
            outcome="do_not_open",
            decided_on=DAY,
            decided_by=world.leader,
            recorded_at=AT,
            rationale="x",
            is_late=True,
        ),
        "cases_note_signature_whole": lambda: Note.objects.create(
            unit=world.unit,
            child=rows["person"],
            investigation=investigation,
            kind="journal",
            happened_at=AT,
            text="x",
            author=world.main,
            written_at=AT,
            signed_at=AT,
            signed_by=world.main,
        ),
        "cases_decisiondocument_sealed_when_read": lambda: DecisionDocument.objects.create(
            investigation=investigation, written_by=world.main, written_at=AT, sealed_at=AT
        ),
        "cases_addition_to_one_text": lambda: Addition.objects.create(
            unit=world.unit,
            child=rows["person"],
            kind="addition",
            text="x",
            author=world.main,
            written_at=AT,
            signed_at=AT,
            signed_by=world.main,
            signed_digest="0" * 64,
        ),
        "cases_feedback_answer": lambda: Feedback.objects.create(
            report=report,
            answer="everything",
            given_on=DAY,
            given_by=world.main,
            channel="phone",
        ),
        "cases_serioustalk_held_has_time": lambda: SeriousTalk.objects.create(
            report=rows["crime"], offered_at=AT, result="held", recorded_by=world.main
        ),
        "cases_intervention_ended_has_day": changing(rows["intervention"], status="ended"),
        "cases_intervention_ended_has_reason": changing(
            rows["intervention"], status="ended", ended_on=DAY
        ),
        "cases_deadline_one_open_per_investigation": lambda: Deadline.objects.create(
            unit=world.unit,
            group=world.groups["barn-1"],
            child=rows["person"],
            kind="investigation",
            rule_version="x",
            investigation=investigation,
            starts_on=DAY,
            due_on=DAY,
            act_by=DAY,
            warn_on=DAY,
        ),
        "cases_notice_kind": lambda: Notice.objects.create(
            recipient=world.main, kind="gossip", created_at=AT
        ),
        "cases_notice_deadline_has_rung": lambda: Notice.objects.create(
            recipient=world.main, kind="deadline", deadline=deadline, created_at=AT
        ),
        "organisation_roleassignment_days_ordered": lambda: RoleAssignment.objects.create(
            user=world.main,
            role="investigator",
            node=world.groups["barn-2"],
            from_on=tomorrow,
            until_on=DAY,
        ),
        "organisation_roleassignment_role": lambda: RoleAssignment.objects.create(
            user=world.main, role="king", node=world.unit, from_on=DAY
        ),
        "organisation_absence_stand_in_is_another": lambda: Absence.objects.create(
            user=world.main, stand_in=world.main, from_on=DAY, until_on=DAY, reason="holiday"
        ),
        "organisation_employment_hours": lambda: Employment.objects.update(hours_percent=101),
        "organisation_employment_reason_when_ended": lambda: Employment.objects.update(
            end_reason="other"
        ),
        "organisation_orgunit_only_root_without_parent": lambda: OrgUnit.objects.filter(
            pk=world.unit.pk
        ).update(parent=None),
        "organisation_orgunit_function_for_groups": lambda: OrgUnit.objects.filter(
            pk=world.unit.pk
        ).update(function="child"),
        "organisation_orgunit_code_unique": lambda: OrgUnit.objects.filter(pk=world.unit.pk).update(
            code=world.other_unit.code
        ),
        "organisation_delegation_once": lambda: [
            Delegation.objects.create(unit=world.unit, decision="opening", role="reception")
            for _ in range(2)
        ],
    }
    for name, make in cases.items():
        refused(name, make)
    # The rows themselves, unbent, stand: saving them again breaks nothing.
    for row in rows.values():
        row.save()
    assert Escalation.objects.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_trailentry SET action = 'x'",
        "DELETE FROM core_trailentry",
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE core_trailentry",
    ],
)
def test_the_trail_cannot_be_changed_or_deleted(world: World, statement: str) -> None:
    world.report()
    before = TrailEntry.objects.count()
    assert before
    with (
        pytest.raises(Exception, match="never changed or removed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert TrailEntry.objects.count() == before


def test_a_change_made_by_direct_sql_leaves_the_row_as_it_was_in_its_history(world: World) -> None:
    report = world.report()
    history = Report.pgh_event_model.objects.filter(pgh_obj=report)
    seen = history.count()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_report SET concern = 'ändrad' WHERE id = %s", [report.pk])
    assert history.count() == seen + 1
    assert history.order_by("-pgh_id").first().concern == "Oro för barnet."
