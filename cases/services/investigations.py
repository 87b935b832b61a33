"""Investigations: allocation, time, the written record, the decision document, the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases import rules
from cases.deadlines import due
from cases.enums import (
    CommunicationRecipient,
    DeadlineKind,
    GuardianRelation,
    HandlerPart,
    Instrument,
    InvestigationOutcome,
    InvestigationStatus,
    NoteKind,
    NoticeKind,
    PoliceReport,
    RiskLevel,
    SafetyRater,
    ViolenceMark,
)
from cases.models import (
    Communication,
    DecisionDocument,
    Extension,
    Guardian,
    GuardianParticipation,
    HandlerAssignment,
    InstrumentUse,
    Investigation,
    Note,
    Report,
    RiskAssessment,
    SafetyRating,
)
from cases.models.investigations import DOCUMENT_PARTS
from cases.services import deadlines, drafts, notices
from cases.services.gate import (
    access,
    checked_choice,
    checked_day,
    checked_texts,
    lock,
    permit,
    permit_on,
    report_reach,
    require,
)
from core import trail
from core.errors import Conflict, Invalid
from organisation.models import User
from organisation.permissions import Access, Action


def _visible(who: Access) -> QuerySet[Investigation]:
    return Investigation.objects.visible_to(who)


def _writable(
    investigation_id: int, *, by: User, at: datetime, version: int | None = None
) -> tuple[Access, Investigation]:
    """The investigation, locked, open and the actor's to work on."""
    who = access(by, at)
    investigation = lock(_visible(who), investigation_id, version=version)
    permit_on(who, Action.WORK_ON_INVESTIGATION, investigation)
    require(rules.may_work(status=investigation.status))
    return who, investigation


def due_on(investigation: Investigation) -> date:
    """The last day now: four months, or the day it is extended to (SoL 2025:400 20:3)."""
    return due(
        DeadlineKind.INVESTIGATION, investigation.opened_on, extended_to=investigation.extended_to
    ).due_on


# Allocation


@transaction.atomic
def assign_handlers(
    investigation_id: int,
    *,
    main: User,
    co: User,
    from_on: date,
    by: User,
    at: datetime,
    reason: str = "",
    handover_note: str = "",
    version: int | None = None,
) -> list[HandlerAssignment]:
    """Give the investigation to a pair, or change the pair.

    A change of someone needs `reason`; who leaves ends the day before `from_on`. Both must be
    workers of the group, there on the day. Raises Invalid for the same person twice.
    """
    who = access(by, at)
    investigation = lock(_visible(who), investigation_id, version=version)
    permit_on(who, Action.ASSIGN_HANDLERS, investigation)
    require(rules.may_assign(status=investigation.status))
    texts = checked_texts({"reason": reason, "handover_note": handover_note})
    if len(texts["reason"]) > 500:
        raise Invalid({"reason": _("At most %(limit)s characters.") % {"limit": 500}})
    if main.pk == co.pk:
        raise Invalid({"co": _("The pair has to be two different people.")})
    checked_day(
        "from",
        from_on,
        today=who.on,
        earliest=investigation.opened_on,
        earliest_is=_("the day the investigation was opened"),
        may_be_future=True,
    )
    if (from_on - who.on).days > 60:
        raise Invalid({"from": _("The day is more than two months ahead.")})
    current = {
        row.part: row
        for row in HandlerAssignment.objects.select_for_update(of=("self",))
        .current()
        .filter(investigation=investigation)
    }
    wanted = {HandlerPart.MAIN.value: main, HandlerPart.CO.value: co}
    changing = {
        part: user
        for part, user in wanted.items()
        if part not in current or current[part].user_id != user.pk
    }
    # Whoever stays may be away today; only a new handler has to be there to take it.
    staying = {row.user_id for row in current.values()}
    eligible = User.objects.workers_in(investigation.group_id, on=max(from_on, who.on))
    for name, user in (("main", main), ("co", co)):
        if user.pk not in staying and not eligible.filter(pk=user.pk).exists():
            raise Invalid(
                {name: _("Choose a worker of the receiving group who is there on that day.")}
            )
    if not changing:
        return list(current.values())
    replaced = [current[part] for part in changing if part in current]
    if replaced and not texts["reason"]:
        raise Invalid({"reason": _("Give the reason for the change of worker.")})
    for row in replaced:
        if from_on <= row.from_on:
            raise Invalid(
                {
                    "from": _("The change has to be after %(day)s, when the present one began.")
                    % {"day": row.from_on.isoformat()}
                }
            )
        row.until_on = date.fromordinal(from_on.toordinal() - 1)
        row.end_reason = texts["reason"]
        row.handover_note = texts["handover_note"]
        row.save(update_fields=["until_on", "end_reason", "handover_note"])
    made = [
        HandlerAssignment.objects.create(
            investigation=investigation,
            user=user,
            part=part,
            from_on=from_on,
            assigned_by=by,
            assigned_at=at,
        )
        for part, user in changing.items()
    ]
    if investigation.status == InvestigationStatus.WAITING:
        investigation.status = InvestigationStatus.ONGOING
    investigation.version += 1
    investigation.save(update_fields=["status", "version"])
    trail.changed(
        "investigation.assigned",
        investigation,
        by=by,
        at=at,
        reason=texts["reason"],
        main=main.pk,
        co=co.pk,
        from_on=from_on.isoformat(),
    )
    notices.tell(
        [row.user_id for row in made],
        NoticeKind.ASSIGNED,
        at=at,
        on=who.on,
        by=by,
        investigation=investigation,
    )
    stay = {row.pk for row in replaced}
    return [*made, *(row for row in current.values() if row.pk not in stay)]


# Time


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
    investigation = lock(_visible(who), investigation_id, version=version)
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
                % {"day": last_day.isoformat()}
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


# The written record


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
    who, investigation = _writable(investigation_id, by=by, at=at, version=version)
    texts = checked_texts({"plan": plan}, required=["plan"])
    investigation.plan = texts["plan"]
    investigation.planned_on = investigation.planned_on or who.on
    investigation.version += 1
    investigation.save(update_fields=["plan", "planned_on", "version"])
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
    who, investigation = _writable(investigation_id, by=by, at=at, version=version)
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
        checked_day("police_reported_on", police_reported_on, today=who.on)
    else:
        police_reported_on = None
    if police_report == PoliceReport.NOT_MADE and not texts["police_report_reason"]:
        raise Invalid({"police_report_reason": _("Give the reason why no report is made.")})
    if len(texts["police_report_reason"]) > 2000:
        raise Invalid(
            {"police_report_reason": _("At most %(limit)s characters.") % {"limit": 2000}}
        )
    investigation.protection_needs = texts["protection_needs"]
    investigation.violence = violence
    investigation.violence_description = texts["violence_description"]
    investigation.police_report = police_report
    investigation.police_reported_on = police_reported_on
    investigation.police_report_reason = (
        texts["police_report_reason"] if police_report == PoliceReport.NOT_MADE else ""
    )
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


@transaction.atomic
def record_move(
    investigation_id: int, *, moved_on: date, moved_to: str, by: User, at: datetime
) -> Investigation:
    """Record that the child moved to another municipality: the investigation goes on."""
    who, investigation = _writable(investigation_id, by=by, at=at)
    texts = checked_texts({"moved_to": moved_to}, required=["moved_to"])
    if len(texts["moved_to"]) > 120:
        raise Invalid({"moved_to": _("At most %(limit)s characters.") % {"limit": 120}})
    checked_day("moved_on", moved_on, today=who.on)
    investigation.child_moved_on = moved_on
    investigation.child_moved_to = texts["moved_to"]
    investigation.version += 1
    investigation.save(update_fields=["child_moved_on", "child_moved_to", "version"])
    trail.changed("investigation.child_moved", investigation, by=by, at=at)
    return investigation


def _checked_note(
    *,
    kind: str,
    happened_at: datetime,
    present: str,
    child_spoken_with: bool,
    child_alone: bool | None,
    text: str,
    at: datetime,
) -> dict[str, Any]:
    checked_choice("kind", kind, NoteKind)
    texts = checked_texts({"text": text, "present": present}, required=["text"])
    if len(texts["present"]) > 500:
        raise Invalid({"present": _("At most %(limit)s characters.") % {"limit": 500}})
    if happened_at > at:
        raise Invalid({"happened_at": _("The time cannot be in the future.")})
    if happened_at.year < 2002:
        raise Invalid({"happened_at": _("The day is too long ago.")})
    if kind == NoteKind.CHILD_CONVERSATION and not child_spoken_with:
        raise Invalid(
            {
                "child_spoken_with": _(
                    "A conversation with the child means the child was spoken with."
                )
            }
        )
    if child_spoken_with and child_alone is None:
        raise Invalid({"child_alone": _("Say whether the child was spoken with alone.")})
    return {
        "kind": kind,
        "happened_at": happened_at,
        "present": texts["present"],
        "child_spoken_with": child_spoken_with,
        "child_alone": child_alone if child_spoken_with else None,
        "text": texts["text"],
    }


@transaction.atomic
def write_note(
    *,
    kind: str,
    happened_at: datetime,
    text: str,
    by: User,
    at: datetime,
    investigation_id: int | None = None,
    report_id: int | None = None,
    present: str = "",
    child_spoken_with: bool = False,
    child_alone: bool | None = None,
    draft_key: str = "",
) -> Note:
    """Write a note in an investigation or, before there is one, in a report."""
    report = investigation = None
    if investigation_id is not None:
        _who, investigation = _writable(investigation_id, by=by, at=at)
    else:
        assert report_id is not None
        who = access(by, at)
        report = lock(Report.objects.visible_to(who), report_id)
        permit(who, Action.PROPOSE_DECISION, **report_reach(report))
    matter: Report | Investigation = investigation or report  # type: ignore[assignment]
    values = _checked_note(
        kind=kind,
        happened_at=happened_at,
        present=present,
        child_spoken_with=child_spoken_with,
        child_alone=child_alone,
        text=text,
        at=at,
    )
    note = Note.objects.create(
        unit_id=matter.unit_id,
        child_id=matter.child_id,
        report=report,
        investigation=investigation,
        author=by,
        written_at=at,
        **values,
    )
    if draft_key:
        drafts.discard(by=by, key=draft_key)
    trail.changed("note.written", note, by=by, at=at, kind=kind)
    return note


@transaction.atomic
def change_note(
    note_id: int,
    *,
    kind: str,
    happened_at: datetime,
    text: str,
    by: User,
    at: datetime,
    version: int,
    present: str = "",
    child_spoken_with: bool = False,
    child_alone: bool | None = None,
) -> Note:
    """Change a note of one's own while the matter is open; every version is kept."""
    who = access(by, at)
    mine = Note.objects.filter(author_id__in=who.acts_for)
    note = lock(mine, note_id, version=version)
    if note.investigation is not None:
        _writable(note.investigation.pk, by=by, at=at)
    else:
        assert note.report is not None
        permit(who, Action.PROPOSE_DECISION, **report_reach(note.report))
    values = _checked_note(
        kind=kind,
        happened_at=happened_at,
        present=present,
        child_spoken_with=child_spoken_with,
        child_alone=child_alone,
        text=text,
        at=at,
    )
    if happened_at > note.written_at:
        raise Invalid({"happened_at": _("The time cannot be after the note was first written.")})
    for name, value in values.items():
        setattr(note, name, value)
    note.version += 1
    note.save()
    trail.changed("note.changed", note, by=by, at=at)
    return note


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
) -> Guardian:
    """Record a guardian or parent of the child."""
    _who, investigation = _writable(investigation_id, by=by, at=at)
    checked_choice("relation", relation, GuardianRelation)
    texts = checked_texts(
        {
            "first_name": first_name,
            "last_name": last_name,
            "contact": contact,
            "interpreter_language": interpreter_language,
        }
    )
    for name, limit in (
        ("first_name", 120),
        ("last_name", 120),
        ("contact", 300),
        ("interpreter_language", 60),
    ):
        if len(texts[name]) > limit:
            raise Invalid({name: _("At most %(limit)s characters.") % {"limit": limit}})
    guardian = Guardian.objects.create(
        child_id=investigation.child_id, relation=relation, has_custody=has_custody, **texts
    )
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
    who, investigation = _writable(investigation_id, by=by, at=at)
    guardian = Guardian.objects.filter(pk=guardian_id, child_id=investigation.child_id).first()
    if guardian is None:
        raise Invalid({"guardian": _("Choose one of the child's guardians.")})
    texts = checked_texts({"how": how}, required=[] if took_part else ["how"])
    if len(texts["how"]) > 500:
        raise Invalid({"how": _("At most %(limit)s characters.") % {"limit": 500}})
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
    who, investigation = _writable(investigation_id, by=by, at=at)
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
    who, investigation = _writable(investigation_id, by=by, at=at)
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
    who, investigation = _writable(investigation_id, by=by, at=at)
    checked_choice("rater", rater, SafetyRater)
    if not 0 <= value <= 10:
        raise Invalid({"value": _("The scale goes from 0 to 10.")})
    checked_day("rated_on", rated_on, today=who.on)
    row = SafetyRating.objects.create(
        investigation=investigation, rater=rater, value=value, rated_on=rated_on, recorded_by=by
    )
    trail.changed("investigation.safety_rated", investigation, by=by, at=at, rater=rater)
    return row


# The decision document


@transaction.atomic
def write_document(
    investigation_id: int,
    *,
    parts: Mapping[str, str],
    by: User,
    at: datetime,
    version: int | None = None,
) -> DecisionDocument:
    """Save the parts of the decision document that are given; `version` guards against overwriting.

    Raises Conflict, carrying the document as it stands, when another has saved meanwhile.
    """
    who = access(by, at)
    investigation = lock(_visible(who), investigation_id)
    permit_on(who, Action.WORK_ON_INVESTIGATION, investigation)
    require(rules.may_write_document(status=investigation.status))
    unknown = set(parts) - set(DOCUMENT_PARTS)
    if unknown:
        raise Invalid({name: _("The document has no such part.") for name in sorted(unknown)})
    texts = checked_texts(parts)
    document = (
        DecisionDocument.objects.select_for_update(of=("self",))
        .filter(investigation=investigation)
        .first()
    )
    if document is None:
        if version not in (None, 0):
            raise Conflict(_("There is no document to change."))
        document = DecisionDocument(investigation=investigation, written_by=by, written_at=at)
    else:
        if version is not None and document.version != version:
            raise Conflict(
                _("Somebody else has changed this meanwhile. Both versions are shown; choose."),
                current=document,
            )
        document.version += 1
    for name, text in texts.items():
        setattr(document, name, text)
    document.written_by = by
    document.written_at = at
    document.save()
    trail.changed("document.written", investigation, by=by, at=at, parts=sorted(texts))
    return document


def _document_of(investigation: Investigation) -> DecisionDocument | None:
    return (
        DecisionDocument.objects.select_for_update(of=("self",))
        .filter(investigation=investigation)
        .first()
    )


def empty_parts(document: DecisionDocument | None) -> list[str]:
    """The headings of the document still without text."""
    if document is None:
        return list(DOCUMENT_PARTS)
    return [name for name in DOCUMENT_PARTS if not getattr(document, name)]


@transaction.atomic
def submit_document(
    investigation_id: int, *, by: User, at: datetime, version: int | None = None
) -> Investigation:
    """Hand the decision document to the leader; it cannot be written in while it is there."""
    who, investigation = _writable(investigation_id, by=by, at=at, version=version)
    document = _document_of(investigation)
    require(rules.may_submit(status=investigation.status, empty_parts=len(empty_parts(document))))
    assert document is not None
    document.submitted_at, document.submitted_by = at, by
    document.read_at = document.read_by = None
    document.save()
    investigation.status = InvestigationStatus.TO_READ
    investigation.version += 1
    investigation.save(update_fields=["status", "version"])
    trail.changed("document.submitted", investigation, by=by, at=at)
    notices.tell(
        notices.leaders_of(investigation.group_id, on=who.on),
        NoticeKind.TO_READ,
        at=at,
        on=who.on,
        by=by,
        investigation=investigation,
    )
    return investigation


@transaction.atomic
def return_document(
    investigation_id: int, *, comment: str, by: User, at: datetime
) -> Investigation:
    """Give the document back to the pair with what has to be done."""
    who = access(by, at)
    investigation = lock(_visible(who), investigation_id)
    permit_on(who, Action.READ_DOCUMENT, investigation)
    require(rules.may_read_document(status=investigation.status))
    texts = checked_texts({"comment": comment}, required=["comment"])
    document = _document_of(investigation)
    assert document is not None
    document.return_comment = texts["comment"]
    document.submitted_at = document.submitted_by = None
    document.read_at = document.read_by = None
    document.version += 1
    document.save()
    investigation.status = InvestigationStatus.ONGOING
    investigation.version += 1
    investigation.save(update_fields=["status", "version"])
    trail.changed("document.returned", investigation, by=by, at=at)
    notices.tell(
        notices.handlers_of(investigation, on=who.on),
        NoticeKind.RETURNED,
        at=at,
        on=who.on,
        by=by,
        investigation=investigation,
    )
    return investigation


@transaction.atomic
def sign_reading(investigation_id: int, *, by: User, at: datetime) -> DecisionDocument:
    """The leader signs having read the decision document."""
    who = access(by, at)
    investigation = lock(_visible(who), investigation_id)
    permit_on(who, Action.READ_DOCUMENT, investigation)
    require(rules.may_read_document(status=investigation.status))
    document = _document_of(investigation)
    assert document is not None
    if document.read_at is None:
        document.read_at, document.read_by = at, by
        document.save(update_fields=["read_at", "read_by"])
        trail.changed("document.read", investigation, by=by, at=at)
    return document


@transaction.atomic
def communicate(
    investigation_id: int,
    *,
    recipient: str,
    communicated_on: date,
    how: str,
    by: User,
    at: datetime,
    response: str = "",
) -> Communication:
    """Record that the document was communicated with a guardian or the child."""
    who, investigation = _writable(investigation_id, by=by, at=at)
    checked_choice("recipient", recipient, CommunicationRecipient)
    texts = checked_texts({"how": how, "response": response}, required=["how"])
    if len(texts["how"]) > 300:
        raise Invalid({"how": _("At most %(limit)s characters.") % {"limit": 300}})
    checked_day("communicated_on", communicated_on, today=who.on)
    row = Communication.objects.create(
        investigation=investigation,
        recipient=recipient,
        communicated_on=communicated_on,
        recorded_by=by,
        **texts,
    )
    trail.changed("investigation.communicated", investigation, by=by, at=at, recipient=recipient)
    return row


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
    version: int | None = None,
) -> Investigation:
    """End the investigation, with or without intervention, having read the document.

    A move is no reason to end: `child_moved_completed` says that it was completed all the same.
    One concluded after the last day stays late for ever.
    """
    who = access(by, at)
    investigation = lock(_visible(who), investigation_id, version=version)
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
    if not read_by_leader:
        raise Invalid(
            {"read_by_leader": _("The leader has to read the decision document before the end.")}
        )
    document = _document_of(investigation)
    if document is not None and document.read_at is None:
        document.read_at, document.read_by = at, by
        document.save(update_fields=["read_at", "read_by"])
    investigation.status = InvestigationStatus.CONCLUDED
    investigation.outcome = outcome
    investigation.concluded_on = concluded_on
    investigation.concluded_by = by
    investigation.conclusion_rationale = texts["rationale"]
    investigation.is_late = concluded_on > due_on(investigation)
    investigation.version += 1
    investigation.save()
    deadlines.refresh(investigation, on=who.on)
    trail.changed(
        "investigation.concluded",
        investigation,
        by=by,
        at=at,
        outcome=outcome,
        late=investigation.is_late,
    )
    return investigation


def may_be_handler(investigation: Investigation, *, on: date) -> QuerySet[User]:
    """The workers who can be chosen for the investigation on the day."""
    workers: QuerySet[User] = User.objects.workers_in(investigation.group_id, on=on)
    return workers.order_by("last_name", "first_name")
