"""A unit in the middle of its work: every kind of matter, in every state, on one given day.

For tests that open every page. All names of children, guardians and reporters of one unit carry
the same marker, so that a page can be searched for what it must not show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from audits.services.log_checks import open_last_month
from cases.deadlines.sweep import sweep
from cases.interventions import services as interventions
from cases.interventions.models import Intervention
from cases.investigations import services as investigations
from cases.investigations.models import DOCUMENT_PARTS, Investigation
from cases.journal import services as notes
from cases.journal.models import Note
from cases.matters.models import MatterWorker
from cases.reports import services as reports
from cases.reports.models import Report
from cases.reports.services import ChildInput, ReporterInput
from core import trail
from core.calendar import STOCKHOLM
from organisation.enums import AbsenceReason, Role
from organisation.models import Absence, OrgUnit, User
from tests.factories import LEFT, World, give, make_user

HERE, THERE = "Härmärkt", "Därmärkt"
"""In every name of ST-BOU, and of EV-BOU."""
LONG = "Folkbokföringsuppgiftsutlämnandeskyldighetsprövning"
NUMBERS = {HERE: "20140312-2383", THERE: "20170504-2396"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Who works in a unit, and with what."""

    unit: OrgUnit
    group: OrgUnit
    reception: User
    leader: User
    main: User
    co: User
    marker: str


@dataclass(frozen=True, slots=True)
class Matters:
    """One of each, for addresses that want one."""

    report: Report
    decided: Report
    investigation: Investigation
    concluded: Investigation
    intervention: Intervention
    note: Note


class Filling:
    def __init__(self, pair: Pair, today: date) -> None:
        self.pair = pair
        self.today = today
        self.made = 0

    def at(self, days_ago: int, hour: int = 9) -> datetime:
        day = self.today - timedelta(days=days_ago)
        return datetime(day.year, day.month, day.day, hour, tzinfo=STOCKHOLM)

    def day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)

    def child(self, **fields: Any) -> ChildInput:
        self.made += 1
        given = {"first_name": f"Barn{self.made}", "last_name": self.pair.marker, "gender": "girl"}
        return ChildInput(**given | fields)

    def report(self, days_ago: int, *children: ChildInput, **fields: Any) -> Report:
        marker = self.pair.marker
        given: dict[str, Any] = {
            "unit": self.pair.unit,
            "received_at": self.at(days_ago, 8),
            "channel": "phone",
            "kind": "report",
            "reporter": ReporterInput(
                category="school",
                organisation=f"{marker}skolan",
                name=f"Rektor {marker}",
                contact="08-123 45",
                wants_feedback=True,
            ),
            "children": children or [self.child()],
            "reasons": ["violence", "neglect"],
            "concern": f"Oro för {marker}. {LONG}.",
        }
        made = reports.log_report(
            reports.ReportInput(**given | fields),
            by=self.pair.reception,
            at=self.at(days_ago, 9),
        )
        return made[0]

    def assess(self, report: Report, days_ago: int) -> None:
        reports.assess_protection(
            report.pk,
            assessed_at=self.at(days_ago, 10),
            outcome="no_immediate_need",
            child_spoken_with=True,
            rationale=f"Samtal med {self.pair.marker}.",
            by=self.pair.reception,
            at=self.at(days_ago, 11),
        )

    def propose(self, report: Report, days_ago: int) -> None:
        reports.propose_decision(
            report.pk,
            outcome="open",
            rationale=f"{self.pair.marker} behöver utredas.",
            group=self.pair.group,
            by=self.pair.reception,
            at=self.at(days_ago, 12),
        )

    def decide(self, report: Report, days_ago: int, outcome: str = "open") -> Report:
        reports.decide_opening(
            report.pk,
            decided_on=self.day(days_ago),
            outcome=outcome,
            rationale=f"{self.pair.marker}: enligt förslaget.",
            group=self.pair.group if outcome == "open" else None,
            unassessed_reason=f"{self.pair.marker} bedömdes muntligt.",
            by=self.pair.leader,
            at=self.at(days_ago, 13),
        )
        return Report.objects.get(pk=report.pk)

    def investigation(self, days_ago: int, *children: ChildInput) -> Investigation:
        report = self.report(days_ago, *children)
        self.assess(report, days_ago)
        opened = self.decide(report, days_ago).investigation
        assert opened is not None
        return opened

    def given(self, days_ago: int, *children: ChildInput) -> Investigation:
        opened = self.investigation(days_ago, *children)
        investigations.assign_handlers(
            opened.pk,
            main=self.pair.main,
            co=self.pair.co,
            from_on=self.day(days_ago),
            by=self.pair.leader,
            at=self.at(days_ago, 14),
        )
        return Investigation.objects.get(pk=opened.pk)

    def work(self, case: Investigation, days_ago: int) -> Note:
        marker = self.pair.marker
        who: dict[str, Any] = {"by": self.pair.main, "at": self.at(days_ago, 15)}
        day = self.day(days_ago)
        investigations.write_plan(case.pk, plan=f"{LONG} med {marker}.", **who)
        note = notes.write_note(
            case.pk,
            kind="child_conversation",
            happened_at=self.at(days_ago, 14),
            text=f"{marker} berättar. {LONG}",
            child_spoken_with=True,
            child_alone=True,
            **who,
        )
        notes.change_note(
            note.pk,
            kind="child_conversation",
            happened_at=self.at(days_ago, 14),
            text=f"{marker} berättar mer.",
            child_spoken_with=True,
            child_alone=True,
            version=note.version,
            **who,
        )
        guardian = investigations.add_guardian(
            case.pk,
            relation="mother",
            first_name="Mor",
            last_name=f"{marker}-{LONG}",
            has_custody=True,
            contact="070-123 45 67",
            interpreter_language="somaliska",
            **who,
        )
        investigations.record_participation(
            case.pk, guardian_id=guardian.pk, took_part=True, on=day, how="Möte", **who
        )
        investigations.write_protection(
            case.pk,
            protection_needs="Skydd.",
            violence="yes",
            violence_description=f"Slag mot {marker}.",
            police_report="made",
            police_reported_on=day,
            **who,
        )
        investigations.assess_risk(
            case.pk,
            level="medium",
            risk_factors=LONG,
            protective_factors="Mormor.",
            assessed_on=day,
            **who,
        )
        investigations.record_instrument(
            case.pk, instrument="earl", used_on=day, level="low", **who
        )
        for rater, value in (("child", 4), ("mother", 7)):
            investigations.rate_safety(case.pk, rater=rater, value=value, rated_on=day, **who)
        investigations.communicate(
            case.pk, recipient="mother", communicated_on=day, how="Vid möte", **who
        )
        return note

    def submit(self, case: Investigation, days_ago: int) -> None:
        who: dict[str, Any] = {"by": self.pair.main, "at": self.at(days_ago, 16)}
        investigations.write_document(
            case.pk, parts=dict.fromkeys(DOCUMENT_PARTS, f"{self.pair.marker}: {LONG}."), **who
        )
        investigations.submit_document(case.pk, **who)
        investigations.communicate(
            case.pk, recipient="mother", communicated_on=self.day(days_ago), how="Vid möte", **who
        )

    def conclude(self, case: Investigation, days_ago: int, outcome: str) -> None:
        investigations.conclude(
            case.pk,
            concluded_on=self.day(days_ago),
            outcome=outcome,
            rationale="Enligt utredningen.",
            read_by_leader=True,
            left_open=LEFT,
            by=self.pair.leader,
            at=self.at(days_ago, 17),
        )

    def grant(self, case: Investigation, days_ago: int) -> Intervention:
        return interventions.grant(
            case.pk,
            kind="family_treatment",
            goal=f"Trygghet för {self.pair.marker}.",
            decided_on=self.day(days_ago),
            started_on=self.day(days_ago),
            responsible=self.pair.main,
            by=self.pair.leader,
            at=self.at(days_ago, 17),
        )

    def fill(self) -> Matters:
        marker = self.pair.marker
        self.report(0)
        report = self.report(
            2,
            self.child(
                personal_identity_number=NUMBERS[marker],
                first_name=f"Alva {LONG}",
                protected_identity="secrecy_marking",
            ),
            self.child(gender="boy"),
            is_crime_report=True,
            child_suspected=True,
        )
        self.propose(report, 1)
        reports.record_serious_talk(
            report.pk,
            offered_at=self.at(1),
            result="booked",
            by=self.pair.reception,
            at=self.at(1, 10),
        )
        self.report(20)  # the decision is overdue
        MatterWorker.objects.filter(matter=self.report(3).pk).delete()  # nobody's
        self.decide(self.report(9), 8, "do_not_open")
        self.investigation(5)  # waits for handlers
        self.given(140)  # overdue
        case = self.given(60, self.child(protected_identity="protected_registration"))
        note = self.work(case, 30)
        investigations.extend(
            case.pk,
            until=self.today + timedelta(days=90),
            reason="Särskilda skäl.",
            decided_on=self.day(10),
            by=self.pair.leader,
            at=self.at(10),
        )
        self.submit(self.given(80), 3)
        returned = self.given(70)
        self.submit(returned, 6)
        investigations.return_document(
            returned.pk, comment="Skriv mer.", by=self.pair.leader, at=self.at(5)
        )
        done = self.given(300)
        self.submit(done, 230)
        self.conclude(done, 220, "intervention")
        intervention = self.grant(done, 220)
        interventions.follow_up(
            intervention.pk,
            followed_up_on=self.day(60),
            child_took_part=True,
            note=f"Det går bra för {marker}.",
            by=self.pair.main,
            at=self.at(60),
        )
        without = self.given(200)
        self.submit(without, 120)
        self.conclude(without, 110, "no_intervention")
        return Matters(
            report=report,
            decided=Report.objects.get(investigation=case),
            investigation=case,
            concluded=done,
            intervention=intervention,
            note=note,
        )


def populate(world: World, today: date) -> dict[str, Matters]:
    """Fill both units as of `today`, swept that morning; one of each matter, by unit's marker."""
    world.people["other_co"] = make_user("other_co")
    give(world.other_co, Role.INVESTIGATOR, world.other_groups["barn-1"])
    there = Pair(
        unit=world.other_unit,
        group=world.other_groups["barn-1"],
        reception=world.other_reception,
        leader=world.other_leader,
        main=world.other_worker,
        co=world.other_co,
        marker=THERE,
    )
    here = Pair(
        unit=world.unit,
        group=world.groups["barn-1"],
        reception=world.reception,
        leader=world.leader,
        main=world.main,
        co=world.co,
        marker=HERE,
    )
    Absence.objects.create(
        user=world.co,
        from_on=today,
        until_on=today + timedelta(days=5),
        reason=AbsenceReason.ILLNESS,
        stand_in=world.third,
    )
    filled = {pair.marker: Filling(pair, today).fill() for pair in (here, there)}
    morning = datetime(today.year, today.month, today.day, 6, tzinfo=STOCKHOLM)
    sweep(on=today, at=morning)
    # Last month's log checks, with something to judge in each.
    last_month = morning.replace(day=1) - timedelta(days=2)
    for pair in (here, there):
        matter = filled[pair.marker].investigation
        trail.read("investigation.read", [matter], by=pair.leader, at=last_month)
    open_last_month(at=morning)
    return filled
