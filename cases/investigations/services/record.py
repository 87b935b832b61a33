"""The written record: plan, protection, notes, guardians, risk, instruments, scales."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.enums import (
    Instrument,
    PoliceReport,
    ProtectedIdentity,
    RiskLevel,
    SafetyRater,
    ViolenceMark,
)
from cases.investigations.models import InstrumentUse, Investigation, RiskAssessment, SafetyRating
from cases.investigations.services.entries import needs_reason
from cases.investigations.services.ground import writable
from cases.law import rules
from cases.persons import guardians
from cases.persons.models import Guardian, GuardianParticipation
from core import trail
from core.errors import Conflict, Invalid
from organisation.acting import checked_choice, checked_day, checked_length, checked_texts
from organisation.models import User


@transaction.atomic
def write_plan(
    investigation_id: int,
    *,
    plan: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Investigation:
    """Write the investigation plan: what is to be found out, from whom, by when."""
    who, investigation = writable(investigation_id, by=by, at=at, version=version)
    texts = checked_texts({"plan": plan}, required=["plan"])
    _only_added(investigation, texts)
    investigation.plan = texts["plan"]
    investigation.planned_on = investigation.planned_on or who.on
    investigation.plan_written_at, investigation.plan_written_by = at, by
    investigation.version += 1
    investigation.save(
        update_fields=["plan", "planned_on", "plan_written_at", "plan_written_by", "version"]
    )
    trail.changed("investigation.planned", investigation, by=by, at=at)
    return investigation


@transaction.atomic
def write_protection(
    investigation_id: int,
    *,
    protection_needs: str,
    violence: str,
    violence_description: str,
    police_report: str,
    by: User,
    at: datetime,
    police_reported_on: date | None = None,
    police_report_reason: str = "",
    version: int | None = None,
) -> Investigation:
    """Describe the child's need of protection, violence, and the police report or why not."""
    who, investigation = writable(investigation_id, by=by, at=at, version=version)
    wanted = checked_protection(
        protection_needs=protection_needs,
        violence=violence,
        violence_description=violence_description,
        police_report=police_report,
        police_reported_on=police_reported_on,
        police_report_reason=police_report_reason,
        on=who.on,
    )
    _only_added(investigation, wanted)
    for name, value in wanted.items():
        setattr(investigation, name, value)
    investigation.version += 1
    investigation.save()
    trail.changed(
        "investigation.protection_written",
        investigation,
        by=by,
        at=at,
        violence=violence,
        police_report=police_report,
    )
    return investigation


def _only_added(investigation: Investigation, wanted: dict[str, Any]) -> None:
    """Conflict when what stands would be changed after the document was signed: that is a
    correction, with a reason. What has not been answered yet can still be."""
    if not needs_reason(investigation):
        return
    unanswered = {None, "", ViolenceMark.NOT_ASKED, PoliceReport.NOT_DECIDED}
    for name, value in wanted.items():
        stands = getattr(investigation, name)
        if stands != value and stands not in unanswered:
            raise Conflict(_("The decision document is signed: correct what stands, and say why."))


def checked_protection(
    *,
    protection_needs: str,
    violence: str,
    violence_description: str,
    police_report: str,
    police_reported_on: date | None,
    police_report_reason: str,
    on: date,
) -> dict[str, Any]:
    """The columns of protection, violence and police report as they are stored; `on` is today."""
    checked_choice("violence", violence, ViolenceMark)
    checked_choice("police_report", police_report, PoliceReport)
    texts = checked_texts(
        {
            "protection_needs": protection_needs,
            "violence_description": violence_description,
            "police_report_reason": police_report_reason,
        }
    )
    if violence == ViolenceMark.YES and not texts["violence_description"]:
        raise Invalid({"violence_description": _("Describe the violence.")})
    if police_report == PoliceReport.MADE:
        if police_reported_on is None:
            raise Invalid({"police_reported_on": _("Say which day the report was made.")})
        checked_day("police_reported_on", police_reported_on, today=on)
    else:
        police_reported_on = None
    if police_report == PoliceReport.NOT_MADE and not texts["police_report_reason"]:
        raise Invalid({"police_report_reason": _("Give the reason why no report is made.")})
    checked_length(
        "police_report_reason", texts["police_report_reason"], Investigation, "police_report_reason"
    )
    return {
        "protection_needs": texts["protection_needs"],
        "violence": violence,
        "violence_description": texts["violence_description"],
        "police_report": police_report,
        "police_reported_on": police_reported_on,
        "police_report_reason": (
            texts["police_report_reason"] if police_report == PoliceReport.NOT_MADE else ""
        ),
    }


@transaction.atomic
def add_guardian(
    investigation_id: int,
    *,
    relation: str,
    first_name: str,
    last_name: str,
    has_custody: bool,
    by: User,
    at: datetime,
    contact: str = "",
    interpreter_language: str = "",
    custody_from: date | None = None,
    protected_identity: str = ProtectedIdentity.NONE,
) -> Guardian:
    """Record a guardian, a parent or another person around the child."""
    who, investigation = writable(investigation_id, by=by, at=at)
    values = guardians.checked(
        investigation.child,
        relation=relation,
        first_name=first_name,
        last_name=last_name,
        has_custody=has_custody,
        contact=contact,
        interpreter_language=interpreter_language,
        custody_from=custody_from,
        protected_identity=protected_identity,
        today=who.on,
    )
    guardian = Guardian.objects.create(child_id=investigation.child_id, **values)
    trail.changed("guardian.added", investigation, by=by, at=at, guardian=guardian.pk)
    return guardian


@transaction.atomic
def record_participation(
    investigation_id: int,
    *,
    guardian_id: int,
    took_part: bool,
    on: date,
    how: str,
    by: User,
    at: datetime,
) -> GuardianParticipation:
    """Record how a guardian took part, or why not; mothers and fathers are counted apart."""
    who, investigation = writable(investigation_id, by=by, at=at)
    guardian = Guardian.objects.filter(pk=guardian_id, child_id=investigation.child_id).first()
    if guardian is None:
        raise Invalid({"guardian": _("Choose one of the child's guardians.")})
    texts = checked_texts({"how": how}, required=[] if took_part else ["how"])
    checked_length("how", texts["how"], GuardianParticipation, "how")
    checked_day("on", on, today=who.on)
    row = GuardianParticipation.objects.create(
        investigation=investigation,
        guardian=guardian,
        took_part=took_part,
        on=on,
        how=texts["how"],
        recorded_by=by,
    )
    trail.changed("investigation.participation", investigation, by=by, at=at, guardian=guardian.pk)
    return row


@transaction.atomic
def assess_risk(
    investigation_id: int,
    *,
    level: str,
    risk_factors: str,
    protective_factors: str,
    assessed_on: date,
    by: User,
    at: datetime,
) -> RiskAssessment:
    """Judge risk and protection as of a day."""
    who, investigation = writable(investigation_id, by=by, at=at)
    checked_choice("level", level, RiskLevel)
    texts = checked_texts({"risk_factors": risk_factors, "protective_factors": protective_factors})
    if not texts["risk_factors"] and not texts["protective_factors"]:
        raise Invalid({"risk_factors": _("Write what the judgement rests on.")})
    checked_day("assessed_on", assessed_on, today=who.on)
    row = RiskAssessment.objects.create(
        investigation=investigation,
        level=level,
        assessed_on=assessed_on,
        assessed_by=by,
        **texts,
    )
    trail.changed("investigation.risk_assessed", investigation, by=by, at=at, level=level)
    return row


@transaction.atomic
def record_instrument(
    investigation_id: int, *, instrument: str, used_on: date, level: str, by: User, at: datetime
) -> InstrumentUse:
    """Record the use of a risk instrument: its name, the day and the level, never the answers."""
    who, investigation = writable(investigation_id, by=by, at=at)
    checked_choice("instrument", instrument, Instrument)
    checked_choice("level", level, RiskLevel)
    checked_day("used_on", used_on, today=who.on)
    fits = rules.instrument_fits(instrument=instrument, age=investigation.child.age_on(used_on))
    if not fits:
        raise Invalid({"instrument": fits.reason})
    row = InstrumentUse.objects.create(
        investigation=investigation,
        instrument=instrument,
        used_on=used_on,
        level=level,
        recorded_by=by,
    )
    trail.changed("investigation.instrument_used", investigation, by=by, at=at, code=instrument)
    return row


@transaction.atomic
def rate_safety(
    investigation_id: int, *, rater: str, value: int, rated_on: date, by: User, at: datetime
) -> SafetyRating:
    """Record a Signs of Safety scale answer, 0-10."""
    who, investigation = writable(investigation_id, by=by, at=at)
    checked_choice("rater", rater, SafetyRater)
    if not 0 <= value <= 10:
        raise Invalid({"value": _("The scale goes from 0 to 10.")})
    checked_day("rated_on", rated_on, today=who.on)
    row = SafetyRating.objects.create(
        investigation=investigation, rater=rater, value=value, rated_on=rated_on, recorded_by=by
    )
    trail.changed("investigation.safety_rated", investigation, by=by, at=at, rater=rater)
    return row
