"""Reports of concern: logging, protection assessment, decision, feedback, serious talk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cases import identity, rules
from cases.deadlines import OLD_SOCIAL_SERVICES_ACT_FROM
from cases.duties import is_decision_late, opening_due_on
from cases.enums import (
    MANDATED_REPORTERS,
    OUTCOME_STATUS,
    STATUS_FEEDBACK,
    Channel,
    ConcernReason,
    Gender,
    InvestigationType,
    NoticeKind,
    OpeningOutcome,
    ProtectedIdentity,
    ProtectionOutcome,
    ReporterCategory,
    ReportKind,
    ReportStatus,
    SeriousTalkResult,
)
from cases.models import (
    DecisionProposal,
    Feedback,
    Investigation,
    NumberSeries,
    OpeningDecision,
    Person,
    ProtectionAssessment,
    Report,
    SeriousTalk,
)
from cases.services import deadlines, drafts, notices
from cases.services.gate import (
    access,
    checked_choice,
    checked_day,
    checked_texts,
    lock,
    permit,
    report_reach,
    require,
)
from core import trail
from core.calendar import local_date
from core.errors import Conflict, Forbidden, Invalid
from organisation.enums import INVESTIGATING, GroupFunction, Level
from organisation.models import OrgUnit, User
from organisation.permissions import Action, refusal

MOST_CHILDREN = 12
"""Siblings that can be logged in one report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildInput:
    """A child as written in the form: `child_id` for one already known, else what is known.

    `personal_identity_number` in any usual form; empty for unknown and unborn children.
    """

    child_id: int | None = None
    personal_identity_number: str = ""
    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    expected_on: date | None = None
    gender: str = Gender.UNKNOWN
    protected_identity: str = ProtectedIdentity.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterInput:
    category: str
    name: str = ""
    organisation: str = ""
    contact: str = ""
    wants_feedback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """What comes in, about one or more siblings. `received_at` is aware."""

    unit: OrgUnit
    received_at: datetime
    channel: str
    kind: str
    reporter: ReporterInput
    children: Sequence[ChildInput]
    reasons: Sequence[str]
    concern: str
    is_crime_report: bool = False
    linked_to: int | None = None
    idempotency_key: str | None = None
    draft_key: str = ""


@dataclass
class _Errors:
    """Collects one message per field, so that the person sees them all at once."""

    fields: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, message: str) -> None:
        self.fields.setdefault(name, message)

    def raise_if_any(self) -> None:
        if self.fields:
            raise Invalid(self.fields)


@transaction.atomic
def next_number(unit: OrgUnit, year: int, letter: str = "") -> str:
    """The next case number of the unit and year, such as `ST-BOU-2026-00123` or `...-U00045`.

    The series' row is locked until the transaction ends, so that numbers have no gaps.
    """
    NumberSeries.objects.get_or_create(unit=unit, year=year, letter=letter)
    series = NumberSeries.objects.select_for_update().get(unit=unit, year=year, letter=letter)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{unit.code}-{year}-{letter}{series.last:05d}"


def _child_errors(child: ChildInput, errors: _Errors, prefix: str, *, today: date) -> None:
    for name, text in (("first_name", child.first_name), ("last_name", child.last_name)):
        if "\x00" in text:
            errors.add(prefix + name, _("Remove the characters that are not text (NUL)."))
        if len(text) > 120:
            errors.add(prefix + name, _("At most 120 characters."))
    if child.gender not in Gender.values:
        errors.add(prefix + "gender", _("Choose one of the alternatives."))
    if child.protected_identity not in ProtectedIdentity.values:
        errors.add(prefix + "protected_identity", _("Choose one of the alternatives."))
    number = child.personal_identity_number.strip()
    if number:
        try:
            known = identity.parse(number, on=today)
        except ValueError as error:
            errors.add(
                prefix + "personal_identity_number",
                _("The check digit is wrong. Compare the number with its source.")
                if str(error) == "check digit"
                else _("Write the number as YYYYMMDD-NNNN, or leave it empty if it is unknown."),
            )
        else:
            if child.birth_date and known.birth_date and child.birth_date != known.birth_date:
                errors.add(
                    prefix + "birth_date",
                    _("The date of birth and the personal identity number do not agree."),
                )
            if child.expected_on:
                errors.add(
                    prefix + "expected_on",
                    _("An unborn child has no personal identity number."),
                )
    if child.birth_date:
        if child.birth_date > today:
            errors.add(prefix + "birth_date", _("The day cannot be in the future."))
        elif child.birth_date.year < today.year - 110:
            errors.add(prefix + "birth_date", _("The date of birth is too long ago."))


def _person_for(child: ChildInput, *, unit: OrgUnit, at: datetime) -> Person:
    """The unit's record of the child, made if there is none; only blanks are filled in."""
    today = local_date(at)
    known = None
    number = child.personal_identity_number.strip()
    parsed = identity.parse(number, on=today) if number else None
    if child.child_id is not None:
        known = Person.objects.select_for_update().filter(unit=unit, pk=child.child_id).first()
        if known is None:
            raise Invalid({"child": _("The child is not known in this unit.")})
    elif parsed is not None:
        known = (
            Person.objects.select_for_update()
            .filter(unit=unit, personal_identity_number=parsed.number)
            .first()
        )
    gender = child.gender
    birth_date = child.birth_date
    if parsed is not None:
        birth_date = birth_date or parsed.birth_date
        gender = gender if gender != Gender.UNKNOWN else parsed.gender
    if known is None:
        fresh = Person(
            unit=unit,
            personal_identity_number=parsed.number if parsed else None,
            first_name=child.first_name.strip(),
            last_name=child.last_name.strip(),
            birth_date=birth_date,
            expected_on=child.expected_on,
            gender=gender,
            protected_identity=child.protected_identity,
            created_at=at,
        )
        try:
            with transaction.atomic():
                fresh.save()
        except IntegrityError:
            # Two people logged the same child in the same moment: use the one that came first.
            return Person.objects.select_for_update().get(
                unit=unit, personal_identity_number=fresh.personal_identity_number
            )
        return fresh
    changed = []
    blanks = {
        "first_name": child.first_name.strip(),
        "last_name": child.last_name.strip(),
        "birth_date": birth_date,
    }
    for name, value in blanks.items():
        if value and not getattr(known, name):
            setattr(known, name, value)
            changed.append(name)
    if known.gender == Gender.UNKNOWN and gender != Gender.UNKNOWN:
        known.gender = gender
        changed.append("gender")
    if parsed and not known.personal_identity_number:
        known.personal_identity_number = parsed.number
        known.expected_on = None
        changed += ["personal_identity_number", "expected_on"]
    if child.protected_identity != ProtectedIdentity.NONE and not known.is_protected:
        known.protected_identity = child.protected_identity
        changed.append("protected_identity")
    if changed:
        known.save(update_fields=changed)
    return known


def _validated(given: ReportInput, *, at: datetime) -> tuple[str, ReporterInput]:
    """The concern and reporter, trimmed; Invalid with every field that is wrong."""
    errors = _Errors()
    today = local_date(at)
    try:
        texts = checked_texts({"concern": given.concern}, required=["concern"])
    except Invalid as error:
        errors.add("concern", error.fields["concern"])
        texts = {"concern": ""}
    if not given.concern.strip():
        errors.fields["concern"] = _("Write what the concern is.")
    if given.received_at > at:
        errors.add("received_at", _("The report cannot have been received in the future."))
    elif local_date(given.received_at) < OLD_SOCIAL_SERVICES_ACT_FROM:
        errors.add("received_at", _("The day is too long ago."))
    for name, value, choices in (
        ("channel", given.channel, Channel),
        ("kind", given.kind, ReportKind),
        ("reporter.category", given.reporter.category, ReporterCategory),
    ):
        if value not in choices.values:
            errors.add(name, _("Choose one of the alternatives."))
    unknown = [reason for reason in given.reasons if reason not in ConcernReason.values]
    if unknown:
        errors.add("reasons", _("Unknown reason: %(code)s.") % {"code": str(unknown[0])[:40]})
    if len(set(given.reasons)) != len(given.reasons):
        errors.add("reasons", _("Give each reason once."))
    reporter = given.reporter
    for name, text, limit in (
        ("name", reporter.name, 200),
        ("organisation", reporter.organisation, 200),
        ("contact", reporter.contact, 300),
    ):
        if "\x00" in text:
            errors.add(f"reporter.{name}", _("Remove the characters that are not text (NUL)."))
        elif len(text) > limit:
            errors.add(f"reporter.{name}", _("At most %(limit)s characters.") % {"limit": limit})
    if reporter.category == ReporterCategory.ANONYMOUS and (
        reporter.name.strip() or reporter.contact.strip()
    ):
        errors.add(
            "reporter.name", _("An anonymous reporter has no name: leave name and contact empty.")
        )
    if reporter.wants_feedback and reporter.category not in MANDATED_REPORTERS:
        errors.add(
            "reporter.wants_feedback",
            _("Only a mandated reporter can be given feedback (SoL 19:6)."),
        )
    if not given.children:
        errors.add("child", _("A report is about at least one child."))
    if len(given.children) > MOST_CHILDREN:
        errors.add("child", _("At most %(limit)s children.") % {"limit": MOST_CHILDREN})
    single = len(given.children) == 1
    seen: set[str] = set()
    for index, child in enumerate(given.children):
        prefix = "child." if single else f"children.{index}."
        _child_errors(child, errors, prefix, today=today)
        number = child.personal_identity_number.strip().replace("-", "")
        if number and number in seen:
            errors.add(prefix + "personal_identity_number", _("The same child is here twice."))
        seen.add(number)
    errors.raise_if_any()
    return texts["concern"], ReporterInput(
        category=reporter.category,
        name=reporter.name.strip(),
        organisation=reporter.organisation.strip(),
        contact=reporter.contact.strip(),
        wants_feedback=reporter.wants_feedback,
    )


def reception_of(unit: OrgUnit) -> OrgUnit:
    """The unit's reception group, or its first group that investigates."""
    groups = list(OrgUnit.objects.groups().filter(parent=unit).order_by("pk"))
    for group in groups:
        if group.function == GroupFunction.RECEPTION:
            return group
    for group in groups:
        if group.function in INVESTIGATING:
            return group
    raise Conflict(_("The unit has no group that can receive reports."))


def _digest(given: ReportInput) -> str:
    """A keyed hash of everything in the report: equal for a repeat, tells nothing of its words."""
    said = asdict(replace(given, unit=given.unit.pk, draft_key=""))  # type: ignore[arg-type]
    said["received_at"] = given.received_at.timestamp()
    text = json.dumps(said, default=str, sort_keys=True)
    return salted_hmac("cases.report", text, algorithm="sha256").hexdigest()


@transaction.atomic
def log_report(given: ReportInput, *, by: User, at: datetime) -> list[Report]:
    """Log a report about one or more children; each becomes a matter, linked to the first.

    The same idempotency key from the same person returns what it made the first time, and is a
    Conflict with another report. Raises Invalid with a message per field, and Forbidden.
    """
    who = access(by, at)
    unit = given.unit
    if unit.level != Level.UNIT:
        raise Invalid({"unit": _("Choose a unit.")})
    if not who.may(Action.LOG_REPORT, unit_id=unit.pk):
        raise Forbidden(refusal(Action.LOG_REPORT))
    digest = _digest(given) if given.idempotency_key else ""
    if given.idempotency_key:
        # Serialises the same key: the second waits for the first and then finds its reports.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
        earlier = Report.objects.filter(logged_by=by, idempotency_key=given.idempotency_key).first()
        if earlier is not None:
            if earlier.idempotency_digest not in ("", digest):
                raise Conflict(_("The same idempotency key came before with another report."))
            return [earlier, *earlier.siblings.filter(logged_at=earlier.logged_at).order_by("pk")]
    concern, reporter = _validated(given, at=at)
    first: Report | None = None
    if given.linked_to is not None:
        first = Report.objects.visible_to(who).filter(unit=unit, pk=given.linked_to).first()
        if first is None:
            raise Invalid({"linked_to": _("There is no such report to link to.")})
        first = first.linked_to or first
    group = reception_of(unit)
    today = local_date(at)
    made: list[Report] = []
    for child in given.children:
        person = _person_for(child, unit=unit, at=at)
        if any(report.child_id == person.pk for report in made):
            raise Invalid({"child": _("The same child is here twice.")})
        report = Report.objects.create(
            unit=unit,
            group=group,
            number=next_number(unit, today.year),
            child=person,
            linked_to=first,
            kind=given.kind,
            channel=given.channel,
            received_at=given.received_at,
            received_on=local_date(given.received_at),
            reporter_category=reporter.category,
            reporter_name=reporter.name,
            reporter_organisation=reporter.organisation,
            reporter_contact=reporter.contact,
            wants_feedback=reporter.wants_feedback,
            reasons=list(given.reasons),
            concern=concern,
            is_crime_report=given.is_crime_report,
            handler=by if group.pk in who.groups_with(Action.ASSESS_PROTECTION) else None,
            logged_by=by,
            logged_at=at,
            idempotency_key=(given.idempotency_key or None) if not made else None,
            idempotency_digest=digest if not made else "",
        )
        deadlines.refresh(report, on=today)
        trail.changed("report.logged", report, by=by, at=at, children=len(given.children))
        first = first or report
        made.append(report)
        _tell_of_new(report, by=by, at=at)
    if given.draft_key:
        drafts.discard(by=by, key=given.draft_key)
    return made


def _tell_of_new(report: Report, *, by: User, at: datetime) -> None:
    """The handlers of an open investigation hear of it; without a worker the leader owns it."""
    on = local_date(at)
    current = Investigation.objects.open().filter(child=report.child).first()
    if current is not None:
        notices.tell(
            notices.handlers_of(current, on=on) | notices.leaders_of(current.group_id, on=on),
            NoticeKind.NEW_REPORT,
            at=at,
            on=on,
            by=by,
            report=report,
            investigation=current,
        )
    if report.handler_id is None:
        notices.tell(
            notices.leaders_of(report.group_id, on=on),
            NoticeKind.UNASSIGNED,
            at=at,
            on=on,
            by=by,
            report=report,
        )


@transaction.atomic
def assign_reception_worker(
    report_id: int, *, handler: User, by: User, at: datetime, version: int | None = None
) -> Report:
    """Give an undecided report to a worker of the group that received it."""
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id, version=version)
    permit(who, Action.PROPOSE_DECISION, **report_reach(report))
    if report.is_decided:
        raise Conflict(_("A decision has already been taken on this report."))
    if not User.objects.workers_in(report.group_id, on=who.on).filter(pk=handler.pk).exists():
        raise Invalid({"handler": _("Choose a worker of the group who is not away.")})
    report.handler = handler
    report.version += 1
    report.save(update_fields=["handler", "version"])
    trail.changed("report.assigned", report, by=by, at=at, handler=handler.pk)
    notices.tell([handler.pk], NoticeKind.ASSIGNED, at=at, on=who.on, by=by, report=report)
    return report


@transaction.atomic
def assess_protection(
    report_id: int,
    *,
    assessed_at: datetime,
    outcome: str,
    child_spoken_with: bool,
    rationale: str,
    by: User,
    at: datetime,
    support_granted: str = "",
    version: int | None = None,
) -> ProtectionAssessment:
    """Write the immediate protection assessment (SoL 2025:400 20:1): when, by whom, the outcome.

    It can be written after the decision too: a missed duty is still a duty.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id, version=version)
    permit(who, Action.ASSESS_PROTECTION, **report_reach(report))
    require(
        rules.may_assess_protection(
            already_assessed=ProtectionAssessment.objects.filter(report=report).exists()
        )
    )
    checked_choice("outcome", outcome, ProtectionOutcome)
    texts = checked_texts(
        {"rationale": rationale, "support_granted": support_granted}, required=["rationale"]
    )
    if len(texts["support_granted"]) > 500:
        raise Invalid({"support_granted": _("At most %(limit)s characters.") % {"limit": 500}})
    if assessed_at > at:
        raise Invalid({"assessed_at": _("The time cannot be in the future.")})
    if assessed_at < report.received_at:
        raise Invalid({"assessed_at": _("The report had not been received yet at that time.")})
    assessment = ProtectionAssessment.objects.create(
        report=report,
        assessed_at=assessed_at,
        assessed_by=by,
        recorded_at=at,
        outcome=outcome,
        child_spoken_with=child_spoken_with,
        rationale=texts["rationale"],
        support_granted=texts["support_granted"],
    )
    if report.status == ReportStatus.RECEIVED:
        report.status = ReportStatus.ASSESSED
    if report.handler_id is None and report.group_id in who.groups_with(Action.ASSESS_PROTECTION):
        report.handler = by
    report.version += 1
    report.save(update_fields=["status", "handler", "version"])
    report.protection_assessment = assessment
    deadlines.refresh(report, on=who.on)
    trail.changed("report.protection_assessed", report, by=by, at=at, outcome=outcome)
    if outcome != ProtectionOutcome.NO_IMMEDIATE_NEED:
        notices.tell(
            notices.leaders_of(report.group_id, on=who.on),
            NoticeKind.PROTECTION,
            at=at,
            on=who.on,
            by=by,
            report=report,
        )
    return assessment


def _receiving_group(report: Report, group: OrgUnit | None) -> OrgUnit:
    if group is None:
        raise Invalid({"group": _("Choose the group that receives the investigation.")})
    if group.parent_id != report.unit_id or not group.active or group.function not in INVESTIGATING:
        raise Invalid({"group": _("Choose one of the unit's groups that investigate.")})
    return group


def open_investigation_of(child_id: int) -> Investigation | None:
    """The one open investigation about the child, if there is one."""
    return Investigation.objects.open().filter(child_id=child_id).first()


@transaction.atomic
def propose_decision(
    report_id: int,
    *,
    outcome: str,
    rationale: str,
    by: User,
    at: datetime,
    group: OrgUnit | None = None,
    investigation_type: str = InvestigationType.ORDINARY,
    version: int | None = None,
) -> DecisionProposal:
    """Write, or write over, the proposal of the decision for the one who decides.

    `version` is that of the proposal one is changing, None for the first.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id)
    permit(who, Action.PROPOSE_DECISION, **report_reach(report))
    checked_choice("outcome", outcome, OpeningOutcome)
    require(
        rules.may_decide_opening(
            status=report.status,
            outcome=outcome,
            open_investigation=open_investigation_of(report.child_id) is not None,
        )
    )
    texts = checked_texts({"rationale": rationale}, required=["rationale"])
    opening = outcome == OpeningOutcome.OPEN
    if opening:
        group = _receiving_group(report, group)
        checked_choice("investigation_type", investigation_type, InvestigationType)
    values = {
        "outcome": outcome,
        "rationale": texts["rationale"],
        "group": group if opening else None,
        "investigation_type": investigation_type if opening else "",
        "proposed_by": by,
        "proposed_at": at,
    }
    proposal = (
        DecisionProposal.objects.select_for_update(of=("self",)).filter(report=report).first()
    )
    if proposal is None:
        if version is not None:
            raise Conflict(_("There is no proposal to change."))
        proposal = DecisionProposal(report=report, **values)
    else:
        if version is not None and proposal.version != version:
            raise Conflict(
                _("Somebody else has changed this meanwhile. Both versions are shown; choose."),
                current=proposal,
            )
        for name, value in values.items():
            setattr(proposal, name, value)
        proposal.version += 1
    proposal.save()
    trail.changed("report.decision_proposed", report, by=by, at=at, outcome=outcome)
    notices.tell(
        notices.leaders_of((group or report.group).pk, on=who.on)
        | notices.leaders_of(report.group_id, on=who.on),
        NoticeKind.PROPOSAL,
        at=at,
        on=who.on,
        by=by,
        report=report,
    )
    return proposal


@transaction.atomic
def decide_opening(
    report_id: int,
    *,
    decided_on: date,
    outcome: str,
    rationale: str,
    by: User,
    at: datetime,
    group: OrgUnit | None = None,
    investigation_type: str = InvestigationType.ORDINARY,
    late_reason: str = "",
    version: int | None = None,
) -> OpeningDecision:
    """Decide to open an investigation or not, within fourteen days (SoL 2025:400 20:2).

    Opening makes the investigation, waiting for handlers in `group`. A decision after the last
    day needs `late_reason` and stays late for ever. Raises Conflict when already decided, or when
    an investigation about the child is open and `outcome` is open (or the other way round).
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id, version=version)
    permit(who, Action.DECIDE_OPENING, **report_reach(report))
    checked_choice("outcome", outcome, OpeningOutcome)
    # Locks the child: two siblings' reports or two leaders cannot open twice.
    child = Person.objects.select_for_update(of=("self",)).get(pk=report.child_id)
    current = open_investigation_of(child.pk)
    require(
        rules.may_decide_opening(
            status=report.status, outcome=outcome, open_investigation=current is not None
        )
    )
    texts = checked_texts(
        {"rationale": rationale, "late_reason": late_reason}, required=["rationale"]
    )
    checked_day(
        "decided_on",
        decided_on,
        today=who.on,
        earliest=report.received_on,
        earliest_is=_("the day the report arrived"),
    )
    opening = outcome == OpeningOutcome.OPEN
    if opening:
        group = _receiving_group(report, group)
        checked_choice("investigation_type", investigation_type, InvestigationType)
    late = is_decision_late(
        replace(
            deadlines.report_facts(report),
            decided_on=decided_on,
            outcome=outcome,
            joined_opened_on=current.opened_on if current else None,
        )
    )
    if late and not texts["late_reason"]:
        raise Invalid(
            {
                "late_reason": _("The last day was %(day)s. Give the reason why it is late.")
                % {"day": opening_due_on(report.received_at).isoformat()}
            }
        )
    if len(texts["late_reason"]) > 2000:
        raise Invalid({"late_reason": _("At most %(limit)s characters.") % {"limit": 2000}})
    investigation = None
    if opening:
        assert group is not None
        investigation = _open_investigation(
            report, group=group, type_=investigation_type, opened_on=decided_on, by=by, at=at
        )
    elif outcome == OpeningOutcome.JOINS_OPEN:
        investigation = current
    decision = OpeningDecision.objects.create(
        report=report,
        outcome=outcome,
        decided_on=decided_on,
        decided_by=by,
        recorded_at=at,
        rationale=texts["rationale"],
        is_late=late,
        late_reason=texts["late_reason"] if late else "",
    )
    report.investigation = investigation
    report.status = OUTCOME_STATUS[outcome]
    report.version += 1
    report.save(update_fields=["investigation", "status", "version"])
    report.decision = decision
    deadlines.refresh(report, on=who.on)
    trail.changed(
        "report.decided",
        report,
        by=by,
        at=at,
        outcome=outcome,
        late=late,
        investigation=investigation.pk if investigation else None,
    )
    return decision


def _open_investigation(
    report: Report, *, group: OrgUnit, type_: str, opened_on: date, by: User, at: datetime
) -> Investigation:
    on = local_date(at)
    earlier = (
        Investigation.objects.filter(child_id=report.child_id)
        .concluded_within(days=rules.REOPENED_WITHIN_DAYS, before=opened_on)
        .order_by("-concluded_on")
        .first()
    )
    investigation = Investigation.objects.create(
        unit_id=report.unit_id,
        group=group,
        number=next_number(report.unit, on.year, "U"),
        child_id=report.child_id,
        type=type_,
        opened_on=opened_on,
        opened_by=by,
        reopens=earlier,
    )
    deadlines.refresh(investigation, on=on)
    trail.changed("investigation.opened", investigation, by=by, at=at, report=report.pk)
    leaders = notices.leaders_of(group.pk, on=on)
    notices.tell(leaders, NoticeKind.UNASSIGNED, at=at, on=on, by=by, investigation=investigation)
    if earlier is not None:
        notices.tell(leaders, NoticeKind.REOPENED, at=at, on=on, investigation=investigation)
    return investigation


@transaction.atomic
def give_feedback(
    report_id: int, *, given_on: date, channel: str, by: User, at: datetime
) -> Feedback:
    """Tell a mandated reporter who asked: opened, not opened or ongoing (SoL 2025:400 19:6).

    The answer follows from the decision; nothing else about the child may be said.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id)
    permit(who, Action.GIVE_FEEDBACK, **report_reach(report))
    require(
        rules.may_give_feedback(
            decided=report.is_decided,
            wanted=report.wants_feedback,
            given=Feedback.objects.filter(report=report).exists(),
        )
    )
    checked_choice("channel", channel, Channel)
    checked_day(
        "given_on",
        given_on,
        today=who.on,
        earliest=report.decision.decided_on,
        earliest_is=_("the decision"),
    )
    feedback = Feedback.objects.create(
        report=report,
        answer=STATUS_FEEDBACK[report.status],
        given_on=given_on,
        given_by=by,
        channel=channel,
    )
    report.version += 1
    report.save(update_fields=["version"])
    report.feedback = feedback
    deadlines.refresh(report, on=who.on)
    trail.changed("report.feedback_given", report, by=by, at=at, answer=feedback.answer)
    return feedback


@transaction.atomic
def record_serious_talk(
    report_id: int,
    *,
    offered_at: datetime,
    result: str,
    by: User,
    at: datetime,
    held_at: datetime | None = None,
    with_guardians: bool = False,
    note: str = "",
) -> SeriousTalk:
    """Record that a serious talk was offered after a crime report, and what came of it.

    One that was booked can be recorded again as held or declined; the offer's time stays.
    """
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id)
    permit(who, Action.OFFER_SERIOUS_TALK, **report_reach(report))
    talk = SeriousTalk.objects.select_for_update(of=("self",)).filter(report=report).first()
    waiting = talk is not None and talk.result == SeriousTalkResult.BOOKED
    require(
        rules.may_offer_serious_talk(
            is_crime_report=report.is_crime_report, offered=talk is not None and not waiting
        )
    )
    checked_choice("result", result, SeriousTalkResult)
    texts = checked_texts({"note": note})
    if talk is not None:
        offered_at = talk.offered_at
    if offered_at > at:
        raise Invalid({"offered_at": _("The time cannot be in the future.")})
    if offered_at < report.received_at:
        raise Invalid({"offered_at": _("The report had not been received yet at that time.")})
    if result == SeriousTalkResult.HELD:
        if held_at is None:
            raise Invalid({"held_at": _("Say when the talk was held.")})
        if held_at > at:
            raise Invalid({"held_at": _("The time cannot be in the future.")})
        if held_at < offered_at:
            raise Invalid({"held_at": _("The talk cannot be held before it is offered.")})
    else:
        held_at = None
    talk = talk or SeriousTalk(report=report, offered_at=offered_at)
    talk.result = result
    talk.held_at = held_at
    talk.with_guardians = with_guardians
    talk.note = texts["note"]
    talk.recorded_by = by
    talk.save()
    report.version += 1
    report.save(update_fields=["version"])
    report.serious_talk = talk
    deadlines.refresh(report, on=who.on)
    trail.changed("report.serious_talk", report, by=by, at=at, result=result)
    return talk
