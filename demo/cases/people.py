"""Families of a demonstration unit, and what the unit was told of them and did about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from cases.law.duties import ReportFacts, is_decision_late, owes_serious_talk


@dataclass(slots=True, eq=False)
class Family:
    last_name: str
    address: str
    language: str
    children: list[PlannedChild] = field(default_factory=list)
    seen_until: date | None = None


@dataclass(slots=True, eq=False)
class PlannedChild:
    family: Family
    first_name: str
    gender: str
    birth_date: date | None
    number: str | None
    expected_on: date | None = None
    protected: str = "none"
    id: int = 0
    has_guardians: list[tuple[int, str, bool]] = field(default_factory=list)

    def age_on(self, day: date) -> int:
        born = self.birth_date
        if born is None or born > day:
            return 0
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(slots=True, eq=False)
class PlannedContact:
    """One time somebody got in touch, about one or more siblings."""

    received_at: datetime
    category: str
    kind: str
    reasons: list[str]
    is_crime_report: bool
    wants_feedback: bool
    matters: list[PlannedMatter] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class PlannedMatter:
    """A report about one child, and what was decided; `decided_on` is None while undecided."""

    contact: PlannedContact
    child: PlannedChild
    decided_on: date | None = None
    outcome: str = ""
    investigation: Inquiry | None = None
    id: int = 0
    number: str = ""

    @property
    def suspected(self) -> bool:
        """Of a crime: in a crime report about a child old enough for the serious talk."""
        on = self.contact.received_at.date()
        return owes_serious_talk(
            child_suspected=self.contact.is_crime_report,
            age=self.child.age_on(on),
            received_on=on,
        )


@dataclass(slots=True, eq=False)
class Inquiry:
    """An investigation; `ends_on` is when it ends or is going to, whatever the data's last day."""

    child: PlannedChild
    matter: PlannedMatter
    group: str
    type: str
    opened_on: date
    ends_on: date
    extended: list[tuple[date, date, date]]
    concluded_on: date | None = None
    outcome: str = ""
    id: int = 0
    number: str = ""

    @property
    def is_open(self) -> bool:
        return self.concluded_on is None


def is_late(matter: PlannedMatter) -> bool:
    """As the service would mark the decision."""
    contact = matter.contact
    return is_decision_late(
        ReportFacts(
            kind=contact.kind,
            received_at=contact.received_at,
            child_suspected=matter.suspected,
            wants_feedback=contact.wants_feedback,
            decided_on=matter.decided_on,
            outcome=matter.outcome or None,
            joined_opened_on=matter.investigation.opened_on if matter.investigation else None,
        )
    )
