"""Taking back the latest correction of a report: what it was before is what it is again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from cases.corrections import services as corrections
from cases.enums import CorrectionAct
from cases.matters.working import reach
from cases.reports.models import Report
from cases.reports.services import correction, moving, reversal
from cases.reports.services.correction import locked_with_facts
from organisation.acting import access, lock, permit
from organisation.models import User
from organisation.rights import Action

_BACK: Mapping[str, Callable[..., None]] = {
    CorrectionAct.WITHDRAWN: correction.restore,
    CorrectionAct.MOVED: moving.back,
    CorrectionAct.REVERSED: reversal.stand_again,
}


@transaction.atomic
def undo_correction(
    report_id: int, *, reason: str, by: User, at: datetime, version: int | None = None
) -> Report:
    """Take back the latest withdrawal, move or reversal of the report that stands.

    Conflict when there is none, or when what has happened since does not let it be.
    """
    who = access(by, at)
    lock(Report.objects.readable(who), report_id, version=version)
    report = locked_with_facts(report_id)
    permit(who, Action.DECIDE_OPENING, **reach(report, on=who.on))
    why = corrections.checked_reason(reason)
    undone = corrections.to_undo(report_id, *map(CorrectionAct, _BACK))
    _BACK[undone.act](report, undone, reason=why, by=by, at=at)
    return locked_with_facts(report_id)
