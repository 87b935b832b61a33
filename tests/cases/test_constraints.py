"""What the database itself refuses, by the name of the constraint."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from cases.access.grants import read_permission
from cases.deadlines.models import Deadline, Escalation
from cases.disclosure.models import Disclosure, DisclosureMatter, DisclosurePiece, Redaction
from cases.drafts.models import Draft
from cases.interventions.models import Intervention
from cases.investigations.models import (
    Communication,
    DecisionDocument,
    Extension,
    InstrumentUse,
    Investigation,
    RiskAssessment,
    SafetyRating,
)
from cases.journal.models import Note
from cases.matters.models import Matter, MatterWorker
from cases.notices.models import Digest, Notice
from cases.persons.models import Guardian, GuardianParticipation, Person
from cases.provisions.models import ConflictOfInterest, EmergencyAccess, ReadingGrant
from cases.reports.models import (
    Feedback,
    OpeningDecision,
    ProtectionAssessment,
    Report,
    SeriousTalk,
)
from cases.signing.models import Addition
from core.models import TrailEntry
from organisation.models import Absence, Delegation, Employment, OrgUnit, RoleAssignment
from tests.factories import World, moment

DAY = date(2026, 3, 2)
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
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
    )
    return {
        "report": report,
        "crime": crime,
        "investigation": investigation,
        "guardian": guardian,
        "intervention": intervention,
        "deadline": investigation.matter.deadlines.get(),
        "matter": investigation.matter,
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
    investigation, report = rows["investigation"], rows["report"]
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
            until=TOMORROW,
            reason="x",
            decided_on=TOMORROW,
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
            matter=investigation.matter,
            kind="child_conversation",
            happened_at=AT,
            child_spoken_with=True,
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
        "cases_guardian_relation": changing(rows["guardian"], relation="uncle", has_custody=False),
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
            matter=investigation.matter,
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
        "organisation_roleassignment_days_ordered": lambda: RoleAssignment.objects.create(
            user=world.main,
            role="investigator",
            node=world.groups["barn-2"],
            from_on=TOMORROW,
            until_on=DAY,
        ),
        "organisation_roleassignment_role": lambda: RoleAssignment.objects.create(
            user=world.main, role="king", node=world.unit, from_on=DAY
        ),
        "organisation_absence_stand_in_is_another": lambda: Absence.objects.create(
            user=world.main, stand_in=world.main, from_on=DAY, until_on=DAY, reason="holiday"
        ),
        "organisation_absence_unknown_end_of_illness": lambda: Absence.objects.create(
            user=world.main, from_on=DAY, until_on=None, reason="holiday"
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


Values = dict[str, Any]
Attempt = Callable[[], object]


class Hanging:
    """What hangs on a matter: what a row of each kind says, and rows bent one constraint at a time.

    `pairs` has, by the name of each constraint, a row that it takes and one that it refuses.
    """

    def __init__(self, world: World, rows: dict[str, Any]) -> None:
        self.world = world
        self.rows = rows
        self.matter: Matter = rows["matter"]
        here: Values = {"unit": world.unit, "child": rows["person"]}
        digest = "1:" + "0" * 64
        self.base: dict[type[Model], Values] = {
            Matter: {
                "kind": "own_kind",
                "number": "X1",
                "unit": world.unit,
                "group": world.groups["barn-1"],
                "opened_on": DAY,
            },
            MatterWorker: {
                "matter": self.matter,
                "user": world.third,
                "part": "own_part",
                "from_on": DAY,
                "assigned_by": world.leader,
                "assigned_at": AT,
            },
            Deadline: {
                **here,
                "group": world.groups["barn-1"],
                "matter": self.matter,
                "matter_kind": "investigation",
                "kind": "own_duty",
                "rule_version": "x",
                "starts_on": DAY,
                "due_on": TOMORROW,
                "act_by": DAY,
                "warn_on": DAY,
            },
            Escalation: {
                "deadline": rows["deadline"],
                "due_on": DAY,
                "rung": "after",
                "reached_on": DAY,
            },
            Notice: {
                "recipient": world.main,
                "kind": "assigned",
                "matter": self.matter,
                "created_at": AT,
            },
            Digest: {
                "recipient": world.main,
                "day": DAY,
                "overdue": 1,
                "due_today": 0,
                "due_soon": 0,
                "unread": 0,
            },
            Draft: {"user": world.main, "key": "note", "data": {}, "saved_at": AT},
            Note: {
                **here,
                "matter": self.matter,
                "kind": "journal",
                "happened_at": AT,
                "text": "x",
                "author": world.main,
                "written_at": AT,
            },
            ReadingGrant: {
                "unit": world.unit,
                "user": world.worker2,
                "permission": read_permission(),
                "content_object": self.matter,
                "purpose": "stated_need",
                "reason": "x",
                "from_on": DAY,
                "until_on": DAY,
                "granted_by": world.leader,
                "granted_at": AT,
            },
            EmergencyAccess: {
                **here,
                "user": world.worker2,
                "reason": "x",
                "opened_at": AT,
                "until_at": AT + timedelta(hours=4),
            },
            ConflictOfInterest: {
                **here,
                "staff": world.worker2,
                "includes_siblings": False,
                "category": "neighbour",
                "from_on": DAY,
                "declared_by": world.worker2,
                "declared_at": AT,
            },
            Addition: {
                **here,
                "matter": self.matter,
                "subject": "note",
                "subject_id": 1,
                "kind": "addition",
                "text": "x",
                "author": world.main,
                "written_at": AT,
                "signed_at": AT,
                "signed_by": world.main,
                "signed_digest": digest,
            },
            Disclosure: {
                **here,
                "relation": "child",
                "recipient_name": "x",
                "requested_on": DAY,
                "prepared_by": world.main,
                "prepared_at": AT,
            },
        }
        disclosure = Disclosure.objects.create(**self.base[Disclosure])
        self.base[DisclosureMatter] = {"disclosure": disclosure, "matter": self.matter}
        self.base[DisclosurePiece] = {
            "disclosure": disclosure,
            "position": 1,
            "source": "note",
            "source_id": 1,
            "heading": "x",
            "text": "x",
        }
        piece = DisclosurePiece.objects.create(**self.base[DisclosurePiece] | {"position": 9})
        self.base[Redaction] = {
            "piece": piece,
            "start": 0,
            "end": 1,
            "ground": "osl_26_1",
            "made_by": world.main,
            "made_at": AT,
        }

    def make(self, model: type[Model], **changes: Any) -> Model:
        row: Model = model._default_manager.create(**self.base[model] | changes)
        return row

    def pair(
        self, model: type[Model], *, takes: Values, refuses: Values
    ) -> tuple[Attempt, Attempt]:
        return lambda: self.make(model, **takes), lambda: self.make(model, **refuses)

    def twins(
        self, model: type[Model], *, both: Values, differs: Values
    ) -> tuple[Attempt, Attempt]:
        """Two rows that differ in one thing, and two that do not."""
        return (
            lambda: (self.make(model, **both), self.make(model, **both | differs)),
            lambda: (self.make(model, **both), self.make(model, **both)),
        )

    def pairs(self) -> dict[str, tuple[Attempt, Attempt]]:
        return {
            **self._matters(),
            **self._deadlines(),
            **self._notices(),
            **self._access(),
            **self._disclosures(),
        }

    def _matters(self) -> dict[str, tuple[Attempt, Attempt]]:
        pair = self.pair
        return {
            "cases_matter_days_ordered": pair(
                Matter, takes={"closed_on": DAY}, refuses={"closed_on": YESTERDAY}
            ),
            "cases_matter_kind_is_a_code": pair(Matter, takes={}, refuses={"kind": "Own kind"}),
            # One that ended on the day it began ended the day before.
            "cases_matterworker_days_ordered": pair(
                MatterWorker,
                takes={"until_on": YESTERDAY},
                refuses={"until_on": YESTERDAY - timedelta(days=1)},
            ),
            "cases_matterworker_one_of_each_part": pair(
                MatterWorker,
                takes={"part": "main", "until_on": DAY},
                refuses={"part": "main"},
            ),
            "cases_matterworker_two_different_people": pair(
                MatterWorker,
                takes={"user": self.world.main, "until_on": DAY},
                refuses={"user": self.world.main},
            ),
            "cases_addition_kind": pair(
                Addition, takes={"kind": "correction"}, refuses={"kind": "remark"}
            ),
            "cases_addition_subject_is_a_code": pair(
                Addition, takes={"subject": "own_text"}, refuses={"subject": "own text"}
            ),
            "cases_addition_is_signed": pair(Addition, takes={}, refuses={"signed_at": None}),
        }

    def _deadlines(self) -> dict[str, tuple[Attempt, Attempt]]:
        pair = self.pair
        cancelled = {"cancelled_on": DAY, "cancel_reason": "x"}
        return {
            "cases_deadline_kind_is_a_code": pair(Deadline, takes={}, refuses={"kind": "own duty"}),
            "cases_deadline_days_ordered": pair(
                Deadline, takes={"due_on": DAY}, refuses={"due_on": YESTERDAY}
            ),
            "cases_deadline_not_met_and_cancelled": pair(
                Deadline, takes=cancelled, refuses={**cancelled, "met_on": DAY}
            ),
            "cases_deadline_missed_is_not_met_or_cancelled": pair(
                Deadline, takes={"missed_on": DAY}, refuses={"missed_on": DAY, "met_on": DAY}
            ),
            "cases_deadline_cancelled_has_reason": pair(
                Deadline, takes=cancelled, refuses={"cancelled_on": DAY}
            ),
            "cases_deadline_one_open_per_matter": pair(
                Deadline,
                takes={"kind": "investigation", "met_on": DAY},
                refuses={"kind": "investigation"},
            ),
            "cases_escalation_once": self.twins(Escalation, both={}, differs={"rung": "due"}),
        }

    def _notices(self) -> dict[str, tuple[Attempt, Attempt]]:
        pair, twins = self.pair, self.twins
        deadline = self.rows["deadline"]
        reached = {
            "kind": "deadline",
            "matter": None,
            "deadline": deadline,
            "due_on": deadline.due_on,
            "rung": "after",
        }
        return {
            "cases_notice_kind_is_a_code": pair(
                Notice, takes={"kind": "workload.warning"}, refuses={"kind": "Gossip"}
            ),
            "cases_notice_deadline_has_rung": pair(
                Notice, takes=reached, refuses={"deadline": deadline}
            ),
            "cases_notice_rung_once": twins(Notice, both=reached, differs={"rung": "due"}),
            "cases_notice_topic_once": twins(
                Notice,
                both={"kind": "workload.warning", "matter": None, "topic_id": 1},
                differs={"topic_id": 2},
            ),
            "cases_digest_once_a_day": twins(Digest, both={}, differs={"day": TOMORROW}),
            "cases_digest_claimed_before_sent": pair(
                Digest, takes={"claimed_at": AT, "sent_at": AT}, refuses={"sent_at": AT}
            ),
            "cases_draft_once": twins(Draft, both={}, differs={"key": "plan"}),
        }

    def _access(self) -> dict[str, tuple[Attempt, Attempt]]:
        pair, world = self.pair, self.world
        ended = {"ended_at": AT, "ended_by": world.leader}
        reviewed = {"reviewed_at": AT, "reviewed_by": world.head, "verdict": "justified"}
        over = {**ended, "until_on": DAY, "end_reason": "x"}
        named = {
            "child": None,
            "first_name": "Alva",
            "last_name": "Ek",
            "birth_date": date(2012, 3, 14),
        }
        return {
            "cases_readinggrant_purpose": pair(
                ReadingGrant, takes={"purpose": "audit_round"}, refuses={"purpose": "curiosity"}
            ),
            "cases_readinggrant_days_ordered": pair(
                ReadingGrant, takes={"until_on": TOMORROW}, refuses={"until_on": YESTERDAY}
            ),
            "cases_readinggrant_ending": pair(
                ReadingGrant, takes=ended, refuses={"ended_by": world.leader}
            ),
            "cases_readinggrant_has_reason": pair(ReadingGrant, takes={}, refuses={"reason": ""}),
            "cases_emergencyaccess_verdict": pair(
                EmergencyAccess, takes=reviewed, refuses={**reviewed, "verdict": "fine"}
            ),
            "cases_emergencyaccess_times_ordered": pair(
                EmergencyAccess,
                takes={"until_at": AT + timedelta(seconds=1)},
                refuses={"until_at": AT},
            ),
            "cases_emergencyaccess_has_reason": pair(
                EmergencyAccess, takes={}, refuses={"reason": ""}
            ),
            "cases_emergencyaccess_ending": pair(
                EmergencyAccess, takes=ended, refuses={"ended_by": world.leader}
            ),
            "cases_emergencyaccess_review": pair(
                EmergencyAccess, takes=reviewed, refuses={**reviewed, "reviewed_by": None}
            ),
            "cases_emergencyaccess_review_has_verdict": pair(
                EmergencyAccess, takes=reviewed, refuses={**reviewed, "verdict": None}
            ),
            "cases_emergencyaccess_reviewed_by_another": pair(
                EmergencyAccess,
                takes=reviewed,
                refuses={**reviewed, "reviewed_by": world.worker2},
            ),
            "cases_conflict_category": pair(
                ConflictOfInterest, takes={"category": "other"}, refuses={"category": "grudge"}
            ),
            "cases_conflict_days_ordered": pair(
                ConflictOfInterest, takes={"until_on": DAY}, refuses={"until_on": YESTERDAY}
            ),
            "cases_conflict_ending": pair(
                ConflictOfInterest, takes=over, refuses={**over, "ended_by": None}
            ),
            "cases_conflict_ended_has_reason": pair(
                ConflictOfInterest, takes=over, refuses={**over, "end_reason": ""}
            ),
            "cases_conflict_names_a_child": pair(
                ConflictOfInterest, takes=named, refuses={**named, "birth_date": None}
            ),
            "cases_conflict_number_has_twelve_digits": pair(
                ConflictOfInterest,
                takes={"child": None, "personal_identity_number": "201203142383"},
                refuses={"child": None, "personal_identity_number": "1203142383"},
            ),
        }

    def _disclosures(self) -> dict[str, tuple[Attempt, Attempt]]:
        pair, twins, world = self.pair, self.twins, self.world
        approved = {
            "approved_at": AT,
            "approved_by": world.leader,
            "pdf": b"x",
            "pdf_digest": "0" * 64,
        }
        delivered = {"delivered_on": DAY, "delivered_by": world.main}
        right = {
            "right_ground": "of_age",
            "right_outcome": "whole",
            "right_reason": "x",
            "right_examined_at": AT,
            "right_examined_by": world.main,
        }
        read = {"reviewed_at": AT, "reviewed_by": world.main}
        return {
            "cases_disclosure_relation": pair(
                Disclosure, takes={"relation": "other_party"}, refuses={"relation": "neighbour"}
            ),
            "cases_disclosure_status": pair(
                Disclosure, takes={"status": "withdrawn"}, refuses={"status": "lost"}
            ),
            "cases_disclosure_submission": pair(
                Disclosure,
                takes={"submitted_at": AT, "submitted_by": world.main},
                refuses={"submitted_at": AT},
            ),
            "cases_disclosure_approval": pair(
                Disclosure, takes=approved, refuses={**approved, "approved_by": None}
            ),
            "cases_disclosure_approved_has_its_file": pair(
                Disclosure, takes=approved, refuses={**approved, "pdf": None}
            ),
            "cases_disclosure_delivery": pair(
                Disclosure, takes=delivered, refuses={"delivered_on": DAY}
            ),
            "cases_disclosure_days_ordered": pair(
                Disclosure, takes=delivered, refuses={**delivered, "delivered_on": YESTERDAY}
            ),
            "cases_disclosure_right_ground": pair(
                Disclosure, takes=right, refuses={**right, "right_ground": "kin"}
            ),
            "cases_disclosure_right_outcome": pair(
                Disclosure, takes=right, refuses={**right, "right_outcome": "perhaps"}
            ),
            "cases_disclosure_right_examiner": pair(
                Disclosure, takes=right, refuses={**right, "right_examined_by": None}
            ),
            "cases_disclosure_right_is_whole": pair(
                Disclosure, takes=right, refuses={**right, "right_reason": ""}
            ),
            "cases_disclosure_no_right_no_copy": pair(
                Disclosure,
                takes={**right, "right_outcome": "none", "status": "refused"},
                refuses={**right, "right_outcome": "none"},
            ),
            "cases_disclosure_guardian_named": pair(
                Disclosure,
                takes={"relation": "guardian", "guardian": self.rows["guardian"]},
                refuses={"relation": "guardian"},
            ),
            "cases_disclosurematter_once": twins(
                DisclosureMatter, both={}, differs={"matter": self.rows["report"].matter}
            ),
            "cases_disclosurepiece_review": pair(
                DisclosurePiece,
                takes={"reviewed_at": AT, "reviewed_by": world.main},
                refuses={"reviewed_at": AT},
            ),
            "cases_disclosurepiece_flagged_is_weighed": pair(
                DisclosurePiece,
                takes={**read, "flagged": True, "weighed": "x"},
                refuses={**read, "flagged": True},
            ),
            "cases_disclosurepiece_in_order": twins(
                DisclosurePiece, both={}, differs={"position": 2}
            ),
            "cases_disclosurepiece_left_out_says_why": pair(
                DisclosurePiece,
                takes={"left_out": True, "left_out_ground": "osl_26_1"},
                refuses={"left_out": True},
            ),
            "cases_redaction_ground": pair(
                Redaction, takes={"ground": "osl_26_5"}, refuses={"ground": "because"}
            ),
            "cases_redaction_removal": pair(
                Redaction,
                takes={"removed_at": AT, "removed_by": world.main},
                refuses={"removed_at": AT},
            ),
            "cases_redaction_place": pair(Redaction, takes={}, refuses={"end": 0}),
        }


@pytest.fixture
def hanging(world: World, rows: dict[str, Model]) -> Hanging:
    return Hanging(world, rows)


def taken(name: str, make: Attempt) -> None:
    try:
        with transaction.atomic():
            make()
            transaction.set_rollback(True)
    except IntegrityError as error:
        pytest.fail(f"what {name} takes: {error}")


WHAT_HANGS_ON_A_MATTER = {
    f"cases.{room}.models"
    for room in ["deadlines", "disclosure", "drafts", "matters", "notices", "provisions", "signing"]
}


def test_what_hangs_on_a_matter_is_taken_whole_and_refused_bent(hanging: Hanging) -> None:
    pairs = hanging.pairs()
    models = [
        model
        for model in apps.get_app_config("cases").get_models()
        if model.__module__ in WHAT_HANGS_ON_A_MATTER and not hasattr(model, "pgh_tracked_model")
        if model.__name__ != "NumberSeries"  # of a unit
    ]
    assert pairs.keys() == {row.name for model in models for row in model._meta.constraints}
    for name, (whole, bent) in pairs.items():
        taken(name, whole)
        refused(name, bent)


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (Addition, "matter"),
        (Deadline, "matter"),
        (DisclosureMatter, "matter"),
        (MatterWorker, "matter"),
        (Note, "matter"),
        (ReadingGrant, "content_object"),
    ],
)
def test_what_hangs_on_a_matter_has_one(hanging: Hanging, model: type[Model], field: str) -> None:
    row = model(**hanging.base[model] | {field: None})
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        # Past what the model's own saving looks at.
        model._default_manager.bulk_create([row])
    cause = error.value.__cause__
    # Of texts it is asked first whether they say what their matter says.
    assert cause.diag.column_name == "matter_id" or "the matter of" in str(cause)
    assert hanging.make(model).pk


def test_a_case_number_is_given_once(hanging: Hanging) -> None:
    taken("the number", lambda: hanging.make(Matter))
    with pytest.raises(IntegrityError, match="cases_matter_number"), transaction.atomic():
        hanging.make(Matter, number=hanging.matter.number)


HEADER = {
    "unit": lambda world: world.other_unit,
    "group": lambda world: world.groups["barn-2"],
    "number": lambda world: "X2",
    "child": lambda world: world.report().child,
}


@pytest.mark.parametrize("name", ["report", "investigation", "intervention"])
@pytest.mark.parametrize("column", HEADER)
def test_a_row_of_a_kind_says_what_its_matter_says(
    world: World, rows: dict[str, Any], name: str, column: str
) -> None:
    row, other = rows[name], HEADER[column](world)
    with pytest.raises(IntegrityError, match="says otherwise"), transaction.atomic():
        changing(row, **{column: other})()
    setattr(row, column, other)
    row.save(update_fields=[column])
    assert getattr(type(row).objects.get(pk=row.pk), column) == other
    assert getattr(Matter.objects.get(pk=row.pk), column) == other


def test_a_row_is_not_added_to_a_matter_that_says_otherwise(hanging: Hanging) -> None:
    row = hanging.rows["intervention"]
    empty = hanging.make(Matter, kind="intervention", child=row.child)

    def copied(number: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_intervention SELECT (jsonb_populate_record("
                "i, jsonb_build_object('id', %s::bigint, 'number', %s::text))).*"
                " FROM cases_intervention i WHERE i.id = %s",
                [empty.pk, number, row.pk],
            )

    with pytest.raises(IntegrityError, match="says otherwise"), transaction.atomic():
        copied("X3")
    copied(empty.number)
    assert Intervention.objects.get(pk=empty.pk).number == empty.number


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
