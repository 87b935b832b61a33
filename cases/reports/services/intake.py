"""Logging a report of concern or application: who, about whom, and what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cases.access import conflicts
from cases.deadlines import store as deadlines
from cases.drafts import services as drafts
from cases.enums import (
    MANDATED_REPORTERS,
    Channel,
    ConcernReason,
    NoticeKind,
    PartEnd,
    ReporterCategory,
    ReportKind,
    ReportPart,
)
from cases.investigations.models import Investigation
from cases.law.duties import owes_serious_talk
from cases.law.time_limits import OLD_SOCIAL_SERVICES_ACT_FROM
from cases.matters import workers
from cases.matters.numbers import next_number
from cases.matters.working import reach
from cases.notices import services as notices
from cases.persons import identity
from cases.persons.models import Person
from cases.provisions.lookup import workers_for
from cases.reports.facts import age_on_arrival
from cases.reports.models import Report
from cases.reports.services.children import ChildInput, Errors, child_errors, person_for, protect
from core import trail
from core.calendar import local_date
from core.errors import Conflict, Forbidden, Invalid
from core.limits import limit
from organisation.acting import access, checked_texts, lock, permit
from organisation.enums import INVESTIGATING, GroupFunction, Level
from organisation.models import OrgUnit, User
from organisation.permissions import refusal
from organisation.rights import Action

MOST_CHILDREN = 12
"""Siblings that can be logged in one report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterInput:
    category: str
    name: str = ""
    organisation: str = ""
    contact: str = ""
    wants_feedback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """What comes in, about one or more siblings. `received_at` is aware.

    `child_suspected`: None where nobody has said; see `is_suspected`.
    """

    unit: OrgUnit
    received_at: datetime
    channel: str
    kind: str
    reporter: ReporterInput
    children: Sequence[ChildInput]
    reasons: Sequence[str]
    concern: str
    is_crime_report: bool = False
    child_suspected: bool | None = None
    linked_to: int | None = None
    idempotency_key: str | None = None
    draft_key: str = ""


def checked_facts(given: ReportInput, *, at: datetime) -> tuple[str, ReporterInput]:
    """The concern and reporter, trimmed; Invalid with every field that is wrong."""
    errors = Errors()
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
    for name, text in (
        ("name", reporter.name),
        ("organisation", reporter.organisation),
        ("contact", reporter.contact),
    ):
        most = limit(Report, f"reporter_{name}")
        if "\x00" in text:
            errors.add(f"reporter.{name}", _("Remove the characters that are not text (NUL)."))
        elif len(text) > most:
            errors.add(f"reporter.{name}", _("At most %(limit)s characters.") % {"limit": most})
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
        child_errors(child, errors, prefix, today=today, received_on=local_date(given.received_at))
        number = child.personal_identity_number.strip().replace("-", "")
        if number and number in seen and not identity.temporary(number):
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


def is_suspected(given: ReportInput, child: Person) -> bool:
    """Whether the child is suspected of a crime: as it is said. Where it is not, a crime report
    about a child old enough for the serious talk is taken as one, so that no talk is left out."""
    if given.child_suspected is not None:
        return given.child_suspected
    received_on = local_date(given.received_at)
    return owes_serious_talk(
        child_suspected=given.is_crime_report,
        age=age_on_arrival(child, received_on),
        received_on=received_on,
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
    if given.child_suspected is None:
        # A repeat of what came before it was asked is still a repeat.
        del said["child_suspected"]
    text = json.dumps(said, default=str, sort_keys=True)
    return salted_hmac("cases.report", text, algorithm="sha256").hexdigest()


def log_report(given: ReportInput, *, by: User, at: datetime) -> list[Report]:
    """Log a report about one or more children; each becomes a matter, linked to the first.

    The same idempotency key from the same person returns what it made the first time, and is a
    Conflict with another report. Raises Invalid with a message per field, and Forbidden; whoever
    has a conflict of interest with a child has a colleague log it, and the attempt is kept.
    """
    if conflicts.stand_between(by, given.children, on=local_date(at)):
        trail.refused("conflict.refused", by=by, at=at, attempted="report.logged")
        raise Forbidden(
            _(
                "You have a conflict of interest with a child of this name or number. Ask a"
                " colleague to log the report."
            )
        )
    return _log(given, by=by, at=at)


@transaction.atomic
def _log(given: ReportInput, *, by: User, at: datetime) -> list[Report]:
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
    concern, reporter = checked_facts(given, at=at)
    first: Report | None = None
    if given.linked_to is not None:
        first = Report.objects.visible_to(who).filter(unit=unit, pk=given.linked_to).first()
        if first is None:
            raise Invalid({"linked_to": _("There is no such report to link to.")})
        first = first.linked_to or first
    group = reception_of(unit)
    today = local_date(at)
    made: list[Report] = []
    for index, child in enumerate(given.children):
        person = person_for(
            child,
            unit=unit,
            by=by,
            at=at,
            received_on=local_date(given.received_at),
            prefix="child." if len(given.children) == 1 else f"children.{index}.",
        )
        protect(person, child, by=by, at=at)
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
            child_suspected=is_suspected(given, person),
            logged_by=by,
            logged_at=at,
            idempotency_key=(given.idempotency_key or None) if not made else None,
            idempotency_digest=digest if not made else "",
        )
        own = group.pk in who.groups_with(Action.ASSESS_PROTECTION)
        if own:
            workers.give(report, by, ReportPart.RECEPTION, from_on=today, by=by, at=at)
        deadlines.refresh(report, on=today)
        trail.changed("report.logged", report, by=by, at=at, children=len(given.children))
        first = first or report
        made.append(report)
        _tell_of_new(report, unassigned=not own, by=by, at=at)
    if given.draft_key:
        drafts.discard(by=by, key=given.draft_key)
    return made


def _tell_of_new(report: Report, *, unassigned: bool, by: User, at: datetime) -> None:
    """The handlers of an open investigation hear of it; without a worker the leader owns it."""
    on = local_date(at)
    current = Investigation.objects.open().filter(child=report.child).first()
    if current is not None:
        notices.tell(
            notices.handlers_of(current.pk, on=on)
            | notices.leaders_of(current.group_id, on=on, child_id=report.child_id),
            NoticeKind.NEW_REPORT,
            at=at,
            on=on,
            by=by,
            about=report,
        )
    if unassigned:
        notices.tell(
            notices.leaders_of(report.group_id, on=on, child_id=report.child_id),
            NoticeKind.UNASSIGNED,
            at=at,
            on=on,
            by=by,
            about=report,
        )


@transaction.atomic
def assign_reception_worker(
    report_id: int, *, handler: User, by: User, at: datetime, version: int | None = None
) -> Report:
    """Give an undecided report to a worker of the group that received it."""
    who = access(by, at)
    report = lock(Report.objects.visible_to(who), report_id, version=version)
    permit(who, Action.PROPOSE_DECISION, **reach(report, on=who.on))
    if report.is_decided:
        raise Conflict(_("A decision has already been taken on this report."))
    eligible = workers_for(report.group_id, report.child_id, on=who.on)
    if not eligible.filter(pk=handler.pk).exists():
        raise Invalid({"handler": _("Choose a worker of the group who is not away.")})
    take_over(report, handler, by=by, at=at)
    report.version += 1
    report.save(update_fields=["version"])
    trail.changed("report.assigned", report, by=by, at=at, handler=handler.pk)
    notices.tell([handler.pk], NoticeKind.ASSIGNED, at=at, on=who.on, by=by, about=report)
    return report


def take_over(report: Report, handler: User, *, by: User, at: datetime) -> None:
    """The report's part goes to `handler`, whoever has had it until now."""
    on = local_date(at)
    now = workers.current(report).get(ReportPart.RECEPTION)
    if now is not None and now.user_id == handler.pk:
        return
    if now is not None:
        workers.end(now, on=on, reason=PartEnd.TAKEN_OVER)
    workers.give(report, handler, ReportPart.RECEPTION, from_on=on, by=by, at=at)
