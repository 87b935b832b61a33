"""The course of an investigation: more time, a child that moves, the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.deadlines import store as deadlines
from cases.enums import InvestigationOutcome, InvestigationStatus
from cases.investigations.loose_ends import Left, loose_ends
from cases.investigations.models import Extension, Investigation, LeftOpen
from cases.investigations.services.ground import document_of, due_on, visible, writable
from cases.law import rules
from cases.matters.working import permit_on
from cases.signing import services as signing
from core import trail
from core.errors import Invalid
from core.wording import full_day
from organisation.acting import (
    access,
    checked_choice,
    checked_day,
    checked_length,
    checked_texts,
    lock,
    require,
)
from organisation.models import User
from organisation.rights import Action


@transaction.atomic
def extend(
    investigation_id: int,
    *,
    until: date,
    reason: str,
    decided_on: date,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Extension:
    """Grant more time for special reasons, before the time is out (SoL 2025:400 20:3)."""
    who = access(by, at)
    investigation = lock(visible(who), investigation_id, version=version)
    permit_on(who, Action.EXTEND_INVESTIGATION, investigation)
    last_day = due_on(investigation)
    checked_day(
        "decided_on",
        decided_on,
        today=who.on,
        earliest=investigation.opened_on,
        earliest_is=_("the day the investigation was opened"),
    )
    require(rules.may_extend(status=investigation.status, due_on=last_day, decided_on=decided_on))
    texts = checked_texts({"reason": reason}, required=["reason"])
    if until <= last_day:
        raise Invalid(
            {
                "until": _("The new last day has to be after the present one, %(day)s.")
                % {"day": full_day(last_day)}
            }
        )
    if (until - last_day).days > 366:
        raise Invalid({"until": _("An extension is to a day within a year.")})
    extension = Extension.objects.create(
        investigation=investigation,
        previous_due_on=last_day,
        until=until,
        reason=texts["reason"],
        decided_on=decided_on,
        decided_by=by,
    )
    investigation.extended_to = until
    investigation.version += 1
    investigation.save(update_fields=["extended_to", "version"])
    deadlines.refresh(investigation, on=who.on)
    trail.changed("investigation.extended", investigation, by=by, at=at, until=until.isoformat())
    return extension


@transaction.atomic
def record_move(
    investigation_id: int, *, moved_on: date, moved_to: str, by: User, at: datetime
) -> Investigation:
    """Record that the child moved to another municipality: the investigation goes on."""
    who, investigation = writable(investigation_id, by=by, at=at)
    texts = checked_texts({"moved_to": moved_to}, required=["moved_to"])
    checked_length("moved_to", texts["moved_to"], Investigation, "child_moved_to")
    checked_day("moved_on", moved_on, today=who.on)
    investigation.child_moved_on = moved_on
    investigation.child_moved_to = texts["moved_to"]
    investigation.version += 1
    investigation.save(update_fields=["child_moved_on", "child_moved_to", "version"])
    trail.changed("investigation.child_moved", investigation, by=by, at=at)
    return investigation


def _left_with_reasons(left: list[Left], reasons: Mapping[str, str]) -> dict[Left, str]:
    """Each loose end with why it is left; Invalid at the field of each that has no reason.

    A reason for what is settled is passed over: there is nothing to explain.
    """
    texts = checked_texts({one.field: reasons.get(one.code, "") for one in left})
    missing = {
        one.field: _("%(what)s Settle it first, or write why it is left.") % {"what": one.words}
        for one in left
        if not texts[one.field]
    }
    if missing:
        raise Invalid(missing)
    return {one: texts[one.field] for one in left}


@transaction.atomic
def conclude(
    investigation_id: int,
    *,
    concluded_on: date,
    outcome: str,
    rationale: str,
    read_by_leader: bool,
    by: User,
    at: datetime,
    left_open: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Investigation:
    """End the investigation, with or without intervention, having read the document: it is sealed.

    Only what is handed in can be read. What is not finished is settled first, or has its reason in
    `left_open`, by the codes of `LooseEnd`: unsigned notes, a party's copy, a report that joined
    and nobody of the pair has opened, a party that was told nothing (FL 25 §). A move is no reason
    to end: `child_moved_completed` says that it was completed all the same.
    One concluded after the last day stays late for ever.
    """
    who = access(by, at)
    investigation = lock(visible(who), investigation_id, version=version)
    permit_on(who, Action.CONCLUDE_INVESTIGATION, investigation)
    require(
        rules.may_conclude(
            status=investigation.status,
            violence=investigation.violence,
            police_report=investigation.police_report,
        )
    )
    checked_choice("outcome", outcome, InvestigationOutcome)
    texts = checked_texts({"rationale": rationale}, required=["rationale"])
    checked_day(
        "concluded_on",
        concluded_on,
        today=who.on,
        earliest=investigation.opened_on,
        earliest_is=_("the day the investigation was opened"),
    )
    died = outcome == InvestigationOutcome.CHILD_DIED
    if died and (investigation.child.died_on is None or concluded_on < investigation.child.died_on):
        raise Invalid({"outcome": _("Register the child's death first, on the child's page.")})
    if not read_by_leader and not died:
        raise Invalid(
            {"read_by_leader": _("The leader has to read the decision document before the end.")}
        )
    if outcome == InvestigationOutcome.CHILD_MOVED_COMPLETED and not investigation.child_moved_on:
        raise Invalid({"outcome": _("Register the move first: when, and to which municipality.")})
    left = _left_with_reasons(loose_ends(investigation, on=who.on), left_open or {})
    document = document_of(investigation)
    assert document is not None
    if document.read_at is None or not document.read_digest:
        signing.sign_reading_of(
            "document", document, who=who, unit_id=investigation.unit_id, by=by, at=at
        )
    document.sealed_at = at
    document.save()
    investigation.status = InvestigationStatus.CONCLUDED
    investigation.outcome = outcome
    investigation.concluded_on = concluded_on
    investigation.concluded_by = by
    investigation.conclusion_rationale = texts["rationale"]
    # The clock of a child that died stopped that day.
    counted = investigation.child.died_on if died else None
    investigation.is_late = (counted or concluded_on) > due_on(investigation)
    investigation.version += 1
    investigation.save()
    LeftOpen.objects.bulk_create(
        LeftOpen(
            investigation=investigation,
            code=one.code,
            number=one.number,
            reason=reason,
            left_by=by,
            left_at=at,
        )
        for one, reason in left.items()
    )
    deadlines.refresh(investigation, on=who.on)
    trail.changed(
        "investigation.concluded",
        investigation,
        by=by,
        at=at,
        outcome=outcome,
        left=sorted(one.code.value for one in left),
        late=investigation.is_late,
    )
    return investigation
