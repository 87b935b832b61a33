"""Entries of the record put right: changed while the document is unsigned, corrected after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.corrections import services as corrections
from cases.enums import (
    CommunicationRecipient,
    CorrectionAct,
    Instrument,
    RiskLevel,
    SafetyRater,
)
from cases.investigations.models import (
    Communication,
    InstrumentUse,
    Investigation,
    RiskAssessment,
    SafetyRating,
)
from cases.investigations.services.ground import document_of, visible
from cases.law import rules
from cases.matters.working import permit_on
from cases.persons.models import Guardian, GuardianParticipation
from core import trail
from core.errors import Invalid
from organisation.acting import (
    access,
    checked_choice,
    checked_day,
    checked_length,
    checked_texts,
    lock,
)
from organisation.models import User
from organisation.rights import Action

Values = dict[str, Any]


def _participation(case: Investigation, values: Values, on: date) -> Values:
    guardian = Guardian.objects.filter(pk=values["guardian"] or 0, child_id=case.child_id).first()
    if guardian is None:
        raise Invalid({"guardian": _("Choose one of the child's guardians.")})
    texts = checked_texts({"how": values["how"]}, required=[] if values["took_part"] else ["how"])
    checked_length("how", texts["how"], GuardianParticipation, "how")
    checked_day("on", values["on"], today=on)
    return {**values, **texts, "guardian": guardian}


def _risk(case: Investigation, values: Values, on: date) -> Values:
    checked_choice("level", values["level"], RiskLevel)
    texts = checked_texts({name: values[name] for name in ("risk_factors", "protective_factors")})
    if not any(texts.values()):
        raise Invalid({"risk_factors": _("Write what the judgement rests on.")})
    checked_day("assessed_on", values["assessed_on"], today=on)
    return {**values, **texts}


def _instrument(case: Investigation, values: Values, on: date) -> Values:
    checked_choice("instrument", values["instrument"], Instrument)
    checked_choice("level", values["level"], RiskLevel)
    checked_day("used_on", values["used_on"], today=on)
    fits = rules.instrument_fits(
        instrument=values["instrument"], age=case.child.age_on(values["used_on"])
    )
    if not fits:
        raise Invalid({"instrument": fits.reason})
    return values


def _rating(case: Investigation, values: Values, on: date) -> Values:
    checked_choice("rater", values["rater"], SafetyRater)
    if not 0 <= values["value"] <= 10:
        raise Invalid({"value": _("The scale goes from 0 to 10.")})
    checked_day("rated_on", values["rated_on"], today=on)
    return values


def _communication(case: Investigation, values: Values, on: date) -> Values:
    checked_choice("recipient", values["recipient"], CommunicationRecipient)
    texts = checked_texts({name: values[name] for name in ("how", "response")}, required=["how"])
    checked_length("how", texts["how"], Communication, "how")
    checked_day("communicated_on", values["communicated_on"], today=on)
    return {**values, **texts}


@dataclass(frozen=True, slots=True)
class EntryKind:
    """A kind of entry: its model, the columns that are written, and what has to hold of them."""

    model: Any
    columns: tuple[str, ...]
    checked: Callable[[Investigation, Values, date], Values]

    def standing(self, row: Any) -> Values:
        """What stands now, a guardian as its id."""
        return {
            name: row.guardian_id if name == "guardian" else getattr(row, name)
            for name in self.columns
        }


ENTRIES: Mapping[str, EntryKind] = {
    "participation": EntryKind(
        GuardianParticipation, ("guardian", "took_part", "on", "how"), _participation
    ),
    "risk": EntryKind(
        RiskAssessment, ("assessed_on", "level", "risk_factors", "protective_factors"), _risk
    ),
    "instrument": EntryKind(InstrumentUse, ("instrument", "used_on", "level"), _instrument),
    "rating": EntryKind(SafetyRating, ("rater", "value", "rated_on"), _rating),
    "communication": EntryKind(
        Communication, ("recipient", "communicated_on", "how", "response"), _communication
    ),
}
"""By the code that stands in addresses."""


def needs_reason(investigation: Investigation) -> bool:
    """Whether the record is signed by now: the document handed in, or the end taken."""
    document = document_of(investigation)
    return not investigation.is_open or (document is not None and document.is_signed)


def entry_of(investigation_id: int, code: str, entry_id: int) -> Any:
    """The row. Invalid when the investigation has no such entry."""
    kind = ENTRIES.get(code)
    row = (
        kind.model._default_manager.filter(pk=entry_id, investigation=investigation_id).first()
        if kind
        else None
    )
    if row is None:
        raise Invalid({"entry": _("There is no such entry here.")})
    return row


@transaction.atomic
def correct_entry(
    investigation_id: int,
    code: str,
    entry_id: int,
    values: Mapping[str, Any],
    *,
    reason: str,
    by: User,
    at: datetime,
) -> Any:
    """Put an entry right; what is not among `values` stays. Old and new are kept with the case.

    Before the document is signed it is changed, and a reason may be given; after, and when the
    investigation is concluded, it is corrected, and the reason has to be.
    """
    who = access(by, at)
    investigation = lock(visible(who), investigation_id)
    permit_on(who, Action.WORK_ON_INVESTIGATION, investigation)
    row = entry_of(investigation_id, code, entry_id)
    kind = ENTRIES[code]
    known = {name: value for name, value in values.items() if name in kind.columns}
    wanted = kind.checked(investigation, kind.standing(row) | known, who.on)
    changes = corrections.difference(row, wanted)
    if not changes:
        raise Invalid({"reason": _("Nothing differs from what stands.")})
    signed = needs_reason(investigation)
    why = corrections.checked_reason(reason) if signed or reason.strip() else ""
    for name, value in wanted.items():
        setattr(row, name, value)
    row.save(update_fields=list(wanted))
    investigation.version += 1
    investigation.save(update_fields=["version"])
    corrections.write(
        investigation,
        CorrectionAct.CORRECTED if signed else CorrectionAct.CHANGED,
        of=row,
        reason=why,
        by=by,
        at=at,
        changes=changes,
    )
    trail.changed(
        "investigation.entry_corrected",
        investigation,
        by=by,
        at=at,
        entry=code,
        fields=sorted(one["field"] for one in changes),
    )
    return row
