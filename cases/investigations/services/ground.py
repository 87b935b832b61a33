"""What the services of an investigation share: the row, locked and open to be written in."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from cases.enums import DeadlineKind
from cases.investigations.models import DecisionDocument, Investigation
from cases.law import rules
from cases.law.deadlines import due
from cases.matters.working import permit_on
from organisation.acting import access, lock, require
from organisation.models import User
from organisation.permissions import Access
from organisation.rights import Action


def visible(who: Access) -> QuerySet[Investigation]:
    return Investigation.objects.visible_to(who)


def writable(
    investigation_id: int, *, by: User, at: datetime, version: int | None = None
) -> tuple[Access, Investigation]:
    """The investigation, locked, open and the actor's to work on."""
    who = access(by, at)
    investigation = lock(visible(who), investigation_id, version=version)
    permit_on(who, Action.WORK_ON_INVESTIGATION, investigation)
    require(rules.may_work(status=investigation.status))
    return who, investigation


def document_of(investigation: Investigation) -> DecisionDocument | None:
    return (
        DecisionDocument.objects.select_for_update(of=("self",))
        .filter(investigation=investigation)
        .first()
    )


def due_on(investigation: Investigation) -> date:
    """The last day now: four months, or the day it is extended to (SoL 2025:400 20:3)."""
    return due(
        DeadlineKind.INVESTIGATION, investigation.opened_on, extended_to=investigation.extended_to
    ).due_on
