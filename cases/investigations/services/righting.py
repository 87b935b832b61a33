"""Plan, violence, police report and extension put right, and a correction taken back.

Before the document is signed they are changed where they are written; after it, and when the
investigation is over, they are corrected here with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import DateField, DateTimeField
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from cases.corrections import services as corrections
from cases.corrections.models import Correction
from cases.deadlines import store as deadlines
from cases.enums import CorrectionAct
from cases.investigations.models import Extension, Investigation
from cases.investigations.services.entries import ENTRIES, needs_reason
from cases.investigations.services.ground import visible
from cases.investigations.services.record import checked_protection
from cases.matters.working import permit_on
from core import trail
from core.errors import Conflict, Invalid
from organisation.acting import access, checked_day, checked_texts, lock
from organisation.models import User
from organisation.permissions import Access
from organisation.rights import Action

PLAN = ("plan",)
PROTECTION = (
    "protection_needs",
    "violence",
    "violence_description",
    "police_report",
    "police_reported_on",
    "police_report_reason",
)
EXTENSION = ("until", "reason", "decided_on")
MOST_DAYS = 366
"""An extension is to a day within a year."""
_SUBJECTS = {
    "investigation": (*PLAN, *PROTECTION),
    "extension": EXTENSION,
    **{kind.model._meta.model_name: kind.columns for kind in ENTRIES.values()},
}
"""What a correction of each row can have changed; ends and moves are taken back elsewhere."""


def _write(
    investigation: Investigation,
    row: Any,
    wanted: Mapping[str, Any],
    *,
    why: str,
    by: User,
    at: datetime,
    undoes: Correction | None = None,
) -> Correction:
    """Let the row say `wanted`, with old and new kept. Invalid when it says so already."""
    changes = corrections.difference(row, wanted)
    if not changes:
        raise Invalid({"reason": _("Nothing differs from what stands.")})
    signed = needs_reason(investigation)
    reason = corrections.checked_reason(why) if signed or undoes or why.strip() else ""
    for name, value in wanted.items():
        setattr(row, name, value)
    if row is not investigation:
        row.save(update_fields=list(wanted))
    investigation.version += 1
    investigation.save()
    act = CorrectionAct.CORRECTED if signed else CorrectionAct.CHANGED
    made = corrections.write(
        investigation,
        CorrectionAct.UNDONE if undoes else act,
        of=row,
        reason=reason,
        by=by,
        at=at,
        changes=changes,
        undoes=undoes,
    )
    if isinstance(row, Extension):
        _extended_anew(investigation, on=access(by, at).on)
    trail.changed(
        "investigation.record_corrected",
        investigation,
        by=by,
        at=at,
        entry=row._meta.model_name,
        fields=sorted(one["field"] for one in changes),
    )
    return made


def _extended_anew(investigation: Investigation, *, on: date) -> None:
    """The last day by the extensions as they now stand, and the duty by it. What has been said of
    a signed end being late stays; the duty says what is true."""
    last = investigation.extensions.order_by("decided_on", "pk").last()
    investigation.extended_to = last.until if last is not None else None
    investigation.save(update_fields=["extended_to"])
    deadlines.refresh(investigation, on=on)


def _found(
    investigation_id: int, action: Action, *, by: User, at: datetime, version: int | None
) -> tuple[Access, Investigation]:
    who = access(by, at)
    investigation = lock(visible(who), investigation_id, version=version)
    permit_on(who, action, investigation)
    return who, investigation


@transaction.atomic
def correct_plan(
    investigation_id: int,
    *,
    plan: str,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Correction:
    """Put the plan right; the reason has to be said once the document is signed."""
    _who, investigation = _found(
        investigation_id, Action.WORK_ON_INVESTIGATION, by=by, at=at, version=version
    )
    wanted = checked_texts({"plan": plan}, required=["plan"])
    return _write(investigation, investigation, wanted, why=reason, by=by, at=at)


@transaction.atomic
def correct_protection(
    investigation_id: int,
    values: Mapping[str, Any],
    *,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Correction:
    """Put right what is said of protection, violence and the police report; what is not among
    `values` stays."""
    who, investigation = _found(
        investigation_id, Action.WORK_ON_INVESTIGATION, by=by, at=at, version=version
    )
    standing = {name: getattr(investigation, name) for name in PROTECTION}
    known = {name: value for name, value in values.items() if name in PROTECTION}
    wanted = checked_protection(**{**standing, **known}, on=who.on)
    return _write(investigation, investigation, wanted, why=reason, by=by, at=at)


def extension_of(investigation_id: int, extension_id: int) -> Extension:
    """The extension. Invalid when the investigation has no such one."""
    row = Extension.objects.filter(pk=extension_id, investigation=investigation_id).first()
    if row is None:
        raise Invalid({"entry": _("There is no such entry here.")})
    return row


@transaction.atomic
def correct_extension(
    investigation_id: int,
    extension_id: int,
    values: Mapping[str, Any],
    *,
    why: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Correction:
    """Put right the day, the reasons or the day of decision of the latest extension.

    It was decided before the time was out, and gives time (SoL 2025:400 20:3): a correction cannot
    make it otherwise. An earlier one than the latest is what that one counted from, and stays.
    """
    who, investigation = _found(
        investigation_id, Action.EXTEND_INVESTIGATION, by=by, at=at, version=version
    )
    row = extension_of(investigation_id, extension_id)
    if investigation.extensions.order_by("decided_on", "pk").last() != row:
        raise Conflict(_("A later extension counts from this one. Correct the later one."))
    wanted = {name: values.get(name, getattr(row, name)) for name in EXTENSION}
    wanted |= checked_texts({"reason": wanted["reason"]}, required=["reason"])
    earlier = investigation.extensions.exclude(pk=row.pk).order_by("decided_on", "pk").last()
    checked_day(
        "decided_on",
        wanted["decided_on"],
        today=who.on,
        earliest=earlier.decided_on if earlier else investigation.opened_on,
        earliest_is=_("the day the investigation was opened"),
    )
    if wanted["decided_on"] > row.previous_due_on:
        raise Invalid(
            {
                "decided_on": _(
                    "The time is out: an extension has to be decided before the last day has"
                    " passed."
                )
            }
        )
    if wanted["until"] <= row.previous_due_on:
        raise Invalid(
            {
                "until": _("The new last day has to be after the present one, %(day)s.")
                % {"day": row.previous_due_on.isoformat()}
            }
        )
    if (wanted["until"] - row.previous_due_on).days > MOST_DAYS:
        raise Invalid({"until": _("An extension is to a day within a year.")})
    return _write(investigation, row, wanted, why=why, by=by, at=at)


def undoable(rows: Iterable[Correction]) -> set[int]:
    """Ids of the corrections that can be taken back: what they wrote still stands, and nobody has.

    Fetched with `undone_by`, they cost one query for each kind of row among them.
    """
    asked = [one for one in rows if _is_of_the_record(one) and not hasattr(one, "undone_by")]
    ids: dict[str, set[int]] = {}
    for one in asked:
        ids.setdefault(one.subject, set()).add(one.subject_id)
    found = {subject: _model(subject).in_bulk(list(pks)) for subject, pks in ids.items()}
    return {one.pk for one in asked if _stands(one, found[one.subject].get(one.subject_id))}


def _is_of_the_record(correction: Correction) -> bool:
    columns = _SUBJECTS.get(correction.subject, ())
    return (
        correction.act in {CorrectionAct.CORRECTED, CorrectionAct.CHANGED}
        and bool(correction.changes)
        and {one["field"] for one in correction.changes} <= set(columns)
    )


def _stands(correction: Correction, row: Any) -> bool:
    return row is not None and all(
        corrections.as_code(getattr(row, one["field"])) == one["new"] for one in correction.changes
    )


def _model(subject: str) -> Any:
    model: Any = apps.get_model("cases", subject)
    return model._default_manager


def _value(row: Any, name: str, code: Any) -> Any:
    """A column's value from how it was kept (`corrections.as_code`)."""
    column = row._meta.get_field(name)
    if code is None or not isinstance(code, (str, int)):
        return code
    if isinstance(column, DateTimeField):
        return parse_datetime(str(code))
    if isinstance(column, DateField):
        return parse_date(str(code))
    return column.related_model._default_manager.get(pk=code) if column.is_relation else code


@transaction.atomic
def undo_correction(
    investigation_id: int, correction_id: int, *, reason: str, by: User, at: datetime
) -> Correction:
    """Write again what stood before a correction. Both stay to read."""
    who, investigation = _found(
        investigation_id, Action.WORK_ON_INVESTIGATION, by=by, at=at, version=None
    )
    found = (
        Correction.objects.select_for_update(of=("self",))
        .filter(pk=correction_id, matter=investigation_id)
        .first()
    )
    if found is None or not undoable([found]):
        raise Conflict(_("There is nothing here to take back."))
    row: Any = investigation
    if found.subject != Investigation.KIND:
        row = _model(found.subject).get(pk=found.subject_id)
    if isinstance(row, Extension):
        permit_on(who, Action.EXTEND_INVESTIGATION, investigation)
    wanted = {one["field"]: _value(row, one["field"], one["old"]) for one in found.changes}
    return _write(investigation, row, wanted, why=reason, by=by, at=at, undoes=found)
