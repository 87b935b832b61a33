"""Small worlds for tests: an organisation with people in every role, and matters in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db import connection

from cases.enums import InvestigationStatus, LooseEnd
from cases.investigations import services as investigation_services
from cases.investigations.models import DOCUMENT_PARTS, Investigation
from cases.reports import services as report_services
from cases.reports.models import Report
from cases.reports.services import ChildInput, ReporterInput, ReportInput
from core.calendar import STOCKHOLM, local_date
from organisation.enums import EmploymentForm, GroupFunction, Level, Role
from organisation.models import Employment, OrgUnit, RoleAssignment, User

LONG_AGO = date(2020, 1, 1)
LEFT = dict.fromkeys(LooseEnd.values, "Klaras upp efter avslutet.")
"""Reasons for every loose end that an investigation may be ended with."""
_numbers = count(1)


def moment(text: str) -> datetime:
    """`2026-03-02 14:30` (or a day alone, at noon) in Stockholm."""
    parsed = datetime.fromisoformat(text if " " in text else f"{text} 12:00")
    return parsed.replace(tzinfo=STOCKHOLM)


def new_user(username: str, **fields: Any) -> User:
    """Somebody who is not in the database yet."""
    named = {"first_name": username.capitalize(), "last_name": "Test"}
    return User(username=username, email=f"{username}@example.test", **named | fields)


def make_user(username: str, **fields: Any) -> User:
    user = new_user(username, **fields)
    user.save()
    return user


def give(user: User, role: str, node: OrgUnit, *, from_on: date = LONG_AGO) -> RoleAssignment:
    return RoleAssignment.objects.create(user=user, role=role, node=node, from_on=from_on)


class _Nodes:
    """Nodes to be saved together, each with the path that `make_node` would give it."""

    def __init__(self) -> None:
        self.nodes: list[OrgUnit] = []

    def add(self, **fields: Any) -> OrgUnit:
        self.nodes.append(OrgUnit(**fields))
        return self.nodes[-1]

    def save(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('organisation_orgunit', 'id'))"
                " FROM generate_series(1, %s)",
                [len(self.nodes)],
            )
            keys = [key for (key,) in cursor.fetchall()]
        for node, node.pk in zip(self.nodes, keys, strict=True):
            node.parent = node.parent  # which has its number now
            node.path = f"{node.parent.path if node.parent else '/'}{node.pk}/"
        OrgUnit.objects.bulk_create(self.nodes)


_NUMBER_FROM = """
SELECT
    setval(pg_get_serial_sequence('organisation_orgunit', 'id'), greatest(3000001, (
        SELECT max(id) + 1 FROM organisation_orgunit
    )), false),
    setval(pg_get_serial_sequence('organisation_user', 'id'), greatest(7000001, (
        SELECT max(id) + 1 FROM organisation_user
    )), false)
"""
"""The same ids in every test, so that what is compiled for the rights of these people is compiled
once (`core.navigation.counted`). Far apart, and far from those of other tables."""


@dataclass
class World:
    """One municipality with two units; `ST-BOU` with every group and role, `EV-BOU` small.

    People are attributes: `reception`, `leader` (of barn-1), `reception_leader`, `leader2` (of
    barn-2), `main` and `co` (investigators in barn-1), `worker2` (in barn-2), `head`,
    `coordinator`, `department_head`, `administrator`, `placement_secretary`, `disability_worker`,
    `on_duty`, `family_home_worker`, `consultant`, `sysadmin`, and `other_head`, `other_reception`,
    `other_leader`, `other_worker` in the other unit.
    """

    municipality: OrgUnit = field(init=False)
    administration: OrgUnit = field(init=False)
    department: OrgUnit = field(init=False)
    unit: OrgUnit = field(init=False)
    other_unit: OrgUnit = field(init=False)
    groups: dict[str, OrgUnit] = field(default_factory=dict)
    other_groups: dict[str, OrgUnit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_NUMBER_FROM)
        planned = _Nodes()
        self.municipality = planned.add(level=Level.MUNICIPALITY, code="STAD", name="Staden")
        self.administration = planned.add(
            level=Level.ADMINISTRATION, code="ST", name="Solna-Tuna", parent=self.municipality
        )
        self.department = planned.add(
            level=Level.DEPARTMENT, code="ST-IFO", name="IFO", parent=self.administration
        )
        self.unit = planned.add(
            level=Level.UNIT, code="ST-BOU", name="Barn och ungdom", parent=self.department
        )
        self.other_unit = planned.add(
            level=Level.UNIT, code="EV-BOU", name="Barn och ungdom väst", parent=self.department
        )
        for code, function in (
            ("mottagning", GroupFunction.RECEPTION),
            ("barn-1", GroupFunction.CHILD),
            ("barn-2", GroupFunction.CHILD),
            ("ungdom-1", GroupFunction.YOUTH),
            ("familjevard", GroupFunction.FAMILY_HOME),
            ("internt-stod", GroupFunction.SUPPORT),
        ):
            self.groups[code] = planned.add(
                level=Level.GROUP, code=code, name=code, parent=self.unit, function=function
            )
        for code, function in (
            ("mottagning", GroupFunction.RECEPTION),
            ("barn-1", GroupFunction.CHILD),
        ):
            self.other_groups[code] = planned.add(
                level=Level.GROUP, code=code, name=code, parent=self.other_unit, function=function
            )
        planned.save()
        here, there = self.groups, self.other_groups
        held = (
            ("reception", Role.RECEPTION, here["mottagning"]),
            ("reception_leader", Role.GROUP_LEADER, here["mottagning"]),
            ("leader", Role.GROUP_LEADER, here["barn-1"]),
            ("leader2", Role.GROUP_LEADER, here["barn-2"]),
            ("main", Role.INVESTIGATOR, here["barn-1"]),
            ("co", Role.INVESTIGATOR, here["barn-1"]),
            ("third", Role.INVESTIGATOR, here["barn-1"]),
            ("worker2", Role.INVESTIGATOR, here["barn-2"]),
            ("consultant", Role.INVESTIGATOR, here["barn-2"]),
            ("family_home_worker", Role.FAMILY_HOME_WORKER, here["familjevard"]),
            ("head", Role.UNIT_HEAD, self.unit),
            ("coordinator", Role.COORDINATOR, self.unit),
            ("placement_secretary", Role.PLACEMENT_SECRETARY, self.unit),
            ("administrator", Role.ADMINISTRATOR, self.unit),
            ("on_duty", Role.ON_DUTY, self.unit),
            ("disability_worker", Role.DISABILITY_WORKER, self.unit),
            ("department_head", Role.DEPARTMENT_HEAD, self.department),
            ("director", Role.DIRECTOR, self.administration),
            ("sysadmin", Role.SYSTEM_ADMINISTRATOR, self.municipality),
            ("other_head", Role.UNIT_HEAD, self.other_unit),
            ("other_reception", Role.RECEPTION, there["mottagning"]),
            ("other_leader", Role.GROUP_LEADER, there["barn-1"]),
            ("other_worker", Role.INVESTIGATOR, there["barn-1"]),
        )
        # Somebody who works here but holds no role at all.
        names = [name for name, _role, _node in held] + ["stranger"]
        self.people = dict(zip(names, User.objects.bulk_create(map(new_user, names)), strict=True))
        RoleAssignment.objects.bulk_create(
            RoleAssignment(user=self.people[name], role=role, node=node, from_on=LONG_AGO)
            for name, role, node in held
        )
        Employment.objects.bulk_create(
            Employment(
                user=self.people[name],
                administration=self.administration,
                profession="Socialsekreterare",
                form=(
                    EmploymentForm.CONSULTANT if name == "consultant" else EmploymentForm.PERMANENT
                ),
                started_on=LONG_AGO,
            )
            for name, _role, _node in held
        )

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def report(
        self,
        received: str = "2026-03-02 09:00",
        *,
        by: User | None = None,
        children: list[ChildInput] | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Report:
        """A logged report (the first of its siblings), logged at `at` or when received."""
        return self.reports(received, by=by, children=children, at=at, **fields)[0]

    def reports(
        self,
        received: str = "2026-03-02 09:00",
        *,
        by: User | None = None,
        children: list[ChildInput] | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> list[Report]:
        number = next(_numbers)
        given: dict[str, Any] = {
            "unit": self.unit,
            "received_at": moment(received),
            "channel": "phone",
            "kind": "report",
            "reporter": ReporterInput(category="school", organisation="Skolan"),
            "children": children
            or [ChildInput(first_name=f"Barn{number}", last_name="Testsson", gender="girl")],
            "reasons": ["neglect"],
            "concern": "Oro för barnet.",
        }
        given.update(fields)
        return report_services.log_report(
            ReportInput(**given), by=by or self.reception, at=at or given["received_at"]
        )

    def decide(
        self, report: Report, on: str, outcome: str = "open", group: str = "barn-1", **fields: Any
    ) -> Report:
        """The report after a decision by the unit head."""
        report_services.decide_opening(
            report.pk,
            decided_on=date.fromisoformat(on),
            outcome=outcome,
            rationale="Skäl.",
            group=self.groups[group] if outcome == "open" else None,
            by=self.head,
            at=moment(on),
            **{"unassessed_reason": "Bedömdes muntligt." if outcome != "joins_open" else ""}
            | fields,
        )
        return Report.objects.get(pk=report.pk)

    def hand_in(self, case: Investigation, at: datetime) -> None:
        """The whole document of the case with the leader: nothing ends without."""
        status = Investigation.objects.values_list("status", flat=True).get(pk=case.pk)
        if status == InvestigationStatus.WAITING:
            investigation_services.assign_handlers(
                case.pk,
                main=self.main,
                co=self.co,
                from_on=local_date(at),
                by=self.head,
                at=at,
            )
        if status in {InvestigationStatus.WAITING, InvestigationStatus.ONGOING}:
            parts = dict.fromkeys(DOCUMENT_PARTS, "Text.")
            investigation_services.write_document(case.pk, parts=parts, by=self.main, at=at)
            investigation_services.submit_document(case.pk, by=self.main, at=at)
            investigation_services.communicate(
                case.pk,
                recipient="mother",
                communicated_on=local_date(at),
                how="Vid möte",
                by=self.main,
                at=at,
            )

    def investigation(
        self, opened: str = "2026-03-02", *, allocated: bool = True, group: str = "barn-1"
    ) -> Investigation:
        """An investigation opened that day, by default given to `main` and `co`."""
        report = self.decide(self.report(f"{opened} 09:00"), opened, group=group)
        assert report.investigation is not None
        if allocated:
            investigation_services.assign_handlers(
                report.investigation.pk,
                main=self.main,
                co=self.co,
                from_on=date.fromisoformat(opened),
                by=self.head,
                at=moment(opened),
            )
        return Investigation.objects.get(pk=report.investigation.pk)
