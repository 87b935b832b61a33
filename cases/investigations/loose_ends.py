"""What is not finished in an investigation that is about to end, read off its rows.

Each is settled first, or left with a reason that is kept (`LeftOpen`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import ngettext

from cases.disclosure.models import Disclosure, DisclosureMatter
from cases.enums import (
    DISCLOSURE_CHILD_AGE,
    OPEN_DISCLOSURE,
    CommunicationRecipient,
    GuardianRelation,
    LooseEnd,
    ReportStatus,
)
from cases.investigations.models import Communication, Investigation
from cases.journal.models import Note
from cases.matters.models import MatterWorker
from cases.persons.models import Guardian
from core.models import TrailEntry, TrailKind

RECIPIENTS = {
    GuardianRelation.MOTHER: CommunicationRecipient.MOTHER,
    GuardianRelation.FATHER: CommunicationRecipient.FATHER,
    GuardianRelation.OTHER: CommunicationRecipient.OTHER_GUARDIAN,
}
"""What parents and guardians are called when something is communicated with them."""
ANCHORS = {
    LooseEnd.UNSIGNED_NOTES: "notes",
    LooseEnd.OPEN_DISCLOSURES: "person",
    LooseEnd.UNREAD_REPORTS: "reports",
    LooseEnd.NOT_COMMUNICATED: "communication",
}


@dataclass(frozen=True, slots=True)
class Left:
    """One kind of loose end: how many there are, and what they are in words."""

    code: LooseEnd
    number: int

    @property
    def label(self) -> str:
        return str(self.code.label)

    @property
    def field(self) -> str:
        """What the reason for leaving it is called in forms and in the API."""
        return f"{self.code.value}_reason"

    @property
    def anchor(self) -> str:
        """Where on the page of the investigation it is settled."""
        return ANCHORS[self.code]

    @property
    def words(self) -> str:
        number = {"number": self.number}
        match self.code:
            case LooseEnd.UNSIGNED_NOTES:
                return (
                    ngettext(
                        "%(number)s note is not signed.",
                        "%(number)s notes are not signed.",
                        self.number,
                    )
                    % number
                )
            case LooseEnd.OPEN_DISCLOSURES:
                return (
                    ngettext(
                        "%(number)s party's copy is not finished.",
                        "%(number)s parties' copies are not finished.",
                        self.number,
                    )
                    % number
                )
            case LooseEnd.UNREAD_REPORTS:
                return (
                    ngettext(
                        "%(number)s report that joined has not been opened by the pair.",
                        "%(number)s reports that joined have not been opened by the pair.",
                        self.number,
                    )
                    % number
                )
        return (
            ngettext(
                "%(number)s party has not had the material communicated (FL 25 §).",
                "%(number)s parties have not had the material communicated (FL 25 §).",
                self.number,
            )
            % number
        )


def _unread(investigation: Investigation) -> int:
    """How many of the reports that joined nobody who has had a part in it has opened."""
    joined: Any = investigation.reports  # type: ignore[attr-defined]
    ids = set(joined.filter(status=ReportStatus.JOINED).values_list("pk", flat=True))
    if not ids:
        return 0
    pair = MatterWorker.objects.filter(matter=investigation.pk).values("user")
    opened = TrailEntry.objects.filter(
        kind=TrailKind.READ,
        action="report.read",
        children__contains=[investigation.child_id],
        actor__in=pair,
    ).values_list("targets", flat=True)
    return len(ids - {pk for targets in opened for pk in targets})


def _not_communicated(investigation: Investigation, on: date) -> int:
    """How many are party to it and have not been told (FL 25 §).

    Each parent or guardian with custody, and a child that speaks for itself; where none is known,
    at least somebody is told.
    """
    told = set(
        Communication.objects.filter(investigation=investigation).values_list(
            "recipient", flat=True
        )
    )
    custodians = set(
        Guardian.objects.filter(
            child_id=investigation.child_id,
            has_custody=True,
            ended_on__isnull=True,
            relation__in=RECIPIENTS,
        ).values_list("relation", flat=True)
    )
    parties = {RECIPIENTS[GuardianRelation(one)] for one in custodians}
    age = investigation.child.age_on(on)
    if age is not None and age >= DISCLOSURE_CHILD_AGE:
        parties.add(CommunicationRecipient.CHILD)
    if not parties:
        return 0 if told else 1
    return len(parties - told)


def loose_ends(investigation: Investigation, *, on: date) -> list[Left]:
    """What is left on the day, in the order it is asked for; a constant number of queries."""
    of_this = DisclosureMatter.objects.filter(disclosure=OuterRef("pk"), matter=investigation.pk)
    numbers = {
        LooseEnd.UNSIGNED_NOTES: Note.objects.filter(
            matter=investigation.pk, signed_at__isnull=True
        ).count(),
        LooseEnd.OPEN_DISCLOSURES: Disclosure.objects.filter(
            Exists(of_this), child_id=investigation.child_id, status__in=OPEN_DISCLOSURE
        ).count(),
        LooseEnd.UNREAD_REPORTS: _unread(investigation),
        LooseEnd.NOT_COMMUNICATED: _not_communicated(investigation, on),
    }
    return [Left(code, number) for code, number in numbers.items() if number]
