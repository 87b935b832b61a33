"""The feedback and the serious talk of a report put right, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.corrections import services as corrections
from cases.deadlines import store as deadlines
from cases.enums import Channel, CorrectionAct, SeriousTalkResult
from cases.matters.working import reach
from cases.reports.models import Report
from cases.reports.services.assessment import feedback_from
from cases.reports.services.correction import locked_with_facts
from core import trail
from core.calendar import in_stockholm
from core.errors import Invalid, Missing
from organisation.acting import (
    access,
    checked_choice,
    checked_day,
    checked_texts,
    lock,
    permit,
)
from organisation.models import User
from organisation.rights import Action

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "feedback": ("given_on", "channel"),
    "serious_talk": ("offered_at", "result", "held_at", "with_guardians", "note"),
}
"""What is written of each, by its name on the report."""
ACTIONS: Mapping[str, Action] = {
    "feedback": Action.GIVE_FEEDBACK,
    "serious_talk": Action.OFFER_SERIOUS_TALK,
}


def entry_standing(report: Report, name: str) -> dict[str, Any]:
    """What stands of the entry now, as a form shows it: times in Stockholm."""
    row = getattr(report, name)
    values = {one: getattr(row, one) for one in COLUMNS[name]}
    return {
        one: in_stockholm(value) if isinstance(value, datetime) else value
        for one, value in values.items()
    }


def _checked(
    name: str, report: Report, values: dict[str, Any], *, on: date, at: datetime
) -> dict[str, Any]:
    if name == "feedback":
        checked_choice("channel", values["channel"], Channel)
        earliest, earliest_is = feedback_from(report)
        checked_day(
            "given_on",
            values["given_on"],
            today=on,
            earliest=earliest,
            earliest_is=earliest_is,
        )
        return values
    checked_choice("result", values["result"], SeriousTalkResult)
    texts = checked_texts({"note": values["note"]})
    offered_at, held_at = values["offered_at"], values["held_at"]
    if offered_at > at:
        raise Invalid({"offered_at": _("The time cannot be in the future.")})
    if offered_at < report.received_at:
        raise Invalid({"offered_at": _("The report had not been received yet at that time.")})
    if values["result"] != SeriousTalkResult.HELD:
        held_at = None
    elif held_at is None:
        raise Invalid({"held_at": _("Say when the talk was held.")})
    elif held_at > at:
        raise Invalid({"held_at": _("The time cannot be in the future.")})
    elif held_at < offered_at:
        raise Invalid({"held_at": _("The talk cannot be held before it is offered.")})
    return {**values, **texts, "held_at": held_at}


@transaction.atomic
def correct_entry(
    report_id: int,
    name: str,
    values: Mapping[str, Any],
    *,
    reason: str,
    by: User,
    at: datetime,
) -> Any:
    """Put the feedback or the serious talk right; what is not among `values` stays.

    The duty it met is counted from what is true. Invalid when there is none.
    """
    who = access(by, at)
    lock(Report.objects.visible_to(who), report_id)
    report = locked_with_facts(report_id)
    if name not in COLUMNS:
        raise Missing(_("It does not exist, or is not yours to see."))
    permit(who, ACTIONS[name], **reach(report, on=who.on))
    row: Any = getattr(report, name, None)
    if row is None:
        raise Invalid({"reason": _("There is no such entry here.")})
    known = {one: value for one, value in values.items() if one in COLUMNS[name]}
    standing = {one: getattr(row, one) for one in COLUMNS[name]}
    wanted = _checked(name, report, standing | known, on=who.on, at=at)
    changes = corrections.difference(row, wanted)
    if not changes:
        raise Invalid({"reason": _("Nothing differs from what stands.")})
    why = corrections.checked_reason(reason)
    for column, value in wanted.items():
        setattr(row, column, value)
    row.save(update_fields=list(wanted))
    report.version += 1
    report.save(update_fields=["version"])
    deadlines.refresh(report, on=who.on)
    corrections.write(
        report, CorrectionAct.CORRECTED, of=row, reason=why, by=by, at=at, changes=changes
    )
    trail.changed(
        "report.entry_corrected",
        report,
        by=by,
        at=at,
        entry=name,
        fields=sorted(one["field"] for one in changes),
    )
    return row
