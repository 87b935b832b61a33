"""An end that was a mistake, and an investigation that should not have been opened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from cases.corrections import services as corrections
from cases.deadlines import store as deadlines
from cases.enums import (
    OPEN_INVESTIGATION,
    CorrectionAct,
    HandlerPart,
    InvestigationStatus,
)
from cases.investigations.models import Investigation, LeftOpen
from cases.investigations.services.ground import document_of, visible
from cases.law import rules
from cases.matters import workers
from cases.matters.working import permit_on
from core import trail
from core.calendar import local_date
from core.errors import Conflict
from organisation.acting import access, lock, require
from organisation.models import User
from organisation.rights import Action

CONCLUSION = (
    "status",
    "outcome",
    "concluded_on",
    "concluded_by",
    "conclusion_rationale",
    "is_late",
)
"""The columns of the end."""


def annul(investigation: Investigation, *, by: User, at: datetime) -> None:
    """Let an investigation whose decision to open is reversed count no more. The caller has looked
    at who may, and at what hangs on it."""
    _set_status(investigation, InvestigationStatus.ANNULLED, at=at)
    trail.changed("investigation.annulled", investigation, by=by, at=at)


def unannul(investigation_id: int, *, status: str, by: User, at: datetime) -> None:
    """Let it count again, as it was."""
    found = Investigation.objects.select_for_update(of=("self",)).get(pk=investigation_id)
    _set_status(found, status, at=at)
    trail.changed("investigation.stands", found, by=by, at=at)


def _set_status(investigation: Investigation, status: str, *, at: datetime) -> None:
    investigation.status = status
    investigation.version += 1
    investigation.save(update_fields=["status", "version"])
    deadlines.refresh(investigation, on=local_date(at))


def _status_before(investigation: Investigation) -> str:
    """What it was before it ended, from the rows that are kept; else from who has it."""
    kept: Any = investigation.events  # type: ignore[attr-defined]
    before = kept.filter(status__in=OPEN_INVESTIGATION).order_by("-pgh_id").first()
    if before is not None:
        return str(before.status)
    document = document_of(investigation)
    if document is not None and document.submitted_at is not None:
        return InvestigationStatus.TO_READ
    has_pair = HandlerPart.MAIN in workers.current(investigation)
    return InvestigationStatus.ONGOING if has_pair else InvestigationStatus.WAITING


@transaction.atomic
def reverse_conclusion(
    investigation_id: int, *, reason: str, by: User, at: datetime, version: int | None = None
) -> Investigation:
    """Reverse an end that was a mistake: the original clock and the pair are back.

    What was said of the end stays readable in the correction. The seal is taken off the document,
    whose signatures stay until the leader gives it back.
    """
    who = access(by, at)
    investigation = lock(visible(who), investigation_id, version=version)
    permit_on(who, Action.CONCLUDE_INVESTIGATION, investigation)
    require(rules.may_reverse_conclusion(status=investigation.status))
    why = corrections.checked_reason(reason)
    if Investigation.objects.open().filter(child_id=investigation.child_id).exists():
        raise Conflict(_("Another investigation about the child is open."))
    document = document_of(investigation)
    before = {name: corrections.as_code(getattr(investigation, name)) for name in CONCLUSION}
    before["sealed_at"] = corrections.as_code(document.sealed_at) if document else None
    before["read_digest"] = document.read_digest if document else ""
    left = LeftOpen.objects.filter(investigation=investigation, standing=True)
    before["left_open"] = sorted(left.values_list("pk", flat=True))
    left.update(standing=False)
    wanted = {
        "status": _status_before(investigation),
        "outcome": None,
        "concluded_on": None,
        "concluded_by": None,
        "conclusion_rationale": "",
        "is_late": False,
    }
    changes = corrections.difference(investigation, wanted)
    for name, value in wanted.items():
        setattr(investigation, name, value)
    investigation.version += 1
    investigation.save()
    if document is not None and document.sealed_at is not None:
        document.sealed_at = None
        document.save(update_fields=["sealed_at"])
    deadlines.refresh(investigation, on=who.on)
    corrections.write(
        investigation,
        CorrectionAct.REVERSED,
        reason=why,
        by=by,
        at=at,
        changes=[one for one in changes if one["field"] != "is_late"],
        kept=before,
    )
    trail.changed("investigation.conclusion_reversed", investigation, by=by, at=at)
    return investigation


@transaction.atomic
def undo_reversal(
    investigation_id: int, *, reason: str, by: User, at: datetime, version: int | None = None
) -> Investigation:
    """Let the end that was reversed stand again, as it was.

    Conflict when it has ended anew, or when the document is no longer the one that was sealed.
    """
    who = access(by, at)
    investigation = lock(visible(who), investigation_id, version=version)
    permit_on(who, Action.CONCLUDE_INVESTIGATION, investigation)
    why = corrections.checked_reason(reason)
    undone = corrections.to_undo(investigation_id, CorrectionAct.REVERSED)
    if not investigation.is_open:
        raise Conflict(_("The investigation has ended anew. Reverse that end first."))
    kept = undone.kept
    document = document_of(investigation)
    if kept["sealed_at"] is not None:
        if document is None or document.read_digest != kept["read_digest"]:
            raise Conflict(_("The document is no longer the one that the leader had read."))
        document.sealed_at = parse_datetime(kept["sealed_at"])
        document.save(update_fields=["sealed_at"])
    LeftOpen.objects.filter(investigation=investigation, pk__in=kept.get("left_open", [])).update(
        standing=True
    )
    investigation.status = kept["status"]
    investigation.outcome = kept["outcome"]
    investigation.concluded_on = parse_date(kept["concluded_on"])
    investigation.concluded_by_id = kept["concluded_by"]
    investigation.conclusion_rationale = kept["conclusion_rationale"]
    investigation.is_late = kept["is_late"]
    investigation.version += 1
    investigation.save()
    deadlines.refresh(investigation, on=who.on)
    changes = [
        {"field": one["field"], "old": one["new"], "new": one["old"]} for one in undone.changes
    ]
    corrections.write(
        investigation,
        CorrectionAct.UNDONE,
        reason=why,
        by=by,
        at=at,
        changes=changes,
        undoes=undone,
    )
    trail.changed("investigation.conclusion_stands", investigation, by=by, at=at)
    return investigation
