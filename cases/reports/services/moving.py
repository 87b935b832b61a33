"""A report that was logged on the wrong child, or in the wrong unit: moved with what followed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.access import conflicts
from cases.corrections import services as corrections
from cases.corrections.models import Correction
from cases.deadlines import store as deadlines
from cases.disclosure import services as disclosures
from cases.enums import CorrectionAct, NoticeKind, OpeningOutcome, PartEnd, ReportPart
from cases.interventions.models import Intervention
from cases.investigations.models import Investigation
from cases.journal.models import Note
from cases.law import rules
from cases.matters import workers
from cases.matters.models import MatterRecord, MatterWorker
from cases.matters.working import reach
from cases.notices import services as notices
from cases.persons.models import Guardian, Person
from cases.reports.models import Report
from cases.reports.services.children import (
    ChildInput,
    Errors,
    child_errors,
    person_for,
    protect,
)
from cases.reports.services.correction import locked_with_facts
from cases.reports.services.intake import reception_of
from cases.reports.services.reversal import opened_by
from cases.signing.models import Addition
from core import trail
from core.calendar import local_date
from core.errors import Conflict, Forbidden, Invalid
from core.models import TrailEntry
from organisation.acting import access, lock, permit
from organisation.enums import Level
from organisation.models import OrgUnit, User
from organisation.rights import Action


def move_report(
    report_id: int,
    *,
    child: ChildInput | None = None,
    unit: OrgUnit | None = None,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Report:
    """Move the report to the right child, or to the right unit, with all that was done since.

    `child` None is the same child, in another unit. Whoever has a conflict of interest with the
    right child has a colleague do it, and the attempt is kept.
    """
    if child is not None and conflicts.stand_between(by, [child], on=local_date(at)):
        trail.refused("conflict.refused", by=by, at=at, attempted="report.moved_here")
        raise Forbidden(
            _(
                "You have a conflict of interest with a child of this name or number. Ask a"
                " colleague to move the report."
            )
        )
    return _move(report_id, child=child, unit=unit, reason=reason, by=by, at=at, version=version)


def same_child(child: Person) -> ChildInput:
    """The child as another unit writes it down: what is known of who it is, and no more."""
    return ChildInput(
        personal_identity_number=child.personal_identity_number or "",
        first_name=child.first_name,
        last_name=child.last_name,
        birth_date=child.birth_date,
        expected_on=child.expected_on,
        gender=child.gender,
        protected_identity=child.protected_identity,
    )


@transaction.atomic
def _move(
    report_id: int,
    *,
    child: ChildInput | None,
    unit: OrgUnit | None,
    reason: str,
    by: User,
    at: datetime,
    version: int | None,
) -> Report:
    who = access(by, at)
    lock(Report.objects.visible_to(who), report_id, version=version)
    report = locked_with_facts(report_id)
    permit(who, Action.DECIDE_OPENING, **reach(report, on=who.on))
    why = corrections.checked_reason(reason)
    if unit is not None and (unit.level != Level.UNIT or not unit.active):
        raise Invalid({"unit": _("Choose a unit.")})
    to_unit = unit or report.unit
    if child is None and to_unit == report.unit:
        raise Invalid({"child": _("Say which child or unit it is about.")})
    given = child or same_child(report.child)
    errors = Errors()
    child_errors(given, errors, "child.", today=who.on, received_on=local_date(report.received_at))
    errors.raise_if_any()
    person = person_for(
        given,
        unit=to_unit,
        by=by,
        at=at,
        received_on=local_date(report.received_at),
        prefix="child.",
    )
    if person.pk == report.child_id:
        raise Invalid({"child": _("The report is about that child already.")})
    protect(person, given, by=by, at=at)
    wrong = report.child_id
    kept = _carry(report, person, to_unit, by=by, at=at)
    corrections.write(
        report,
        CorrectionAct.MOVED,
        reason=why,
        by=by,
        at=at,
        child_id=wrong,
        unit_id=kept["unit"],
        to_child_id=person.pk,
        kept=kept,
    )
    return report


def back(report: Report, undone: Correction, *, reason: str, by: User, at: datetime) -> None:
    """Move a report back where it was before it was moved."""
    assert undone.child_id is not None
    person = Person.objects.get(pk=undone.child_id)
    here, unit_id = report.child_id, report.unit_id
    kept = _carry(report, person, undone.unit, by=by, at=at, before=undone.kept)
    corrections.write(
        report,
        CorrectionAct.UNDONE,
        reason=reason,
        by=by,
        at=at,
        child_id=here,
        unit_id=unit_id,
        to_child_id=person.pk,
        kept=kept,
        undoes=undone,
    )


def _carry(
    report: Report,
    person: Person,
    unit: OrgUnit,
    *,
    by: User,
    at: datetime,
    before: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Carry the report and all that followed to `person`; what has to be known to go back.

    Conflict when something that followed cannot go with it. `before`: what a move that is taken
    back had kept.
    """
    on = local_date(at)
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    kept: dict[str, Any] = {
        "unit": report.unit_id,
        "group": report.group_id,
        "workers": list(
            MatterWorker.objects.current().filter(matter=report.pk).values_list("user", flat=True)
        ),
    }
    decision: Any = getattr(report, "decision", None)
    leaves = unit.pk != report.unit_id
    rules_say = rules.may_move_report(
        joined=decision is not None and decision.outcome == OpeningOutcome.JOINS_OPEN,
        decided=decision is not None,
        leaves_unit=leaves,
    )
    if not rules_say:
        raise Conflict(rules_say.reason)
    investigation = opened_by(report)
    moved: list[MatterRecord] = [report]
    if investigation is not None:
        _may_follow(investigation, report, person)
        Guardian.objects.filter(pk__in=_guardians_of(investigation)).update(child=person)
        moved += [investigation, *Intervention.objects.filter(investigation=investigation)]
    trail.changed("report.moved_away", report, by=by, at=at)
    wrong = report.child_id
    for record in moved:
        disclosures.end_open_with(record.pk, by=by, at=at)
        record.child = person
        record.version += 1
        if leaves:
            record.unit, record.group = unit, reception_of(unit)
            if before is not None:
                record.group_id = before["group"]
            _change_workers(record, before, by=by, at=at)
        record.save(update_fields=["child", "unit", "group", "version"])
    kept["moved"] = ids = [record.pk for record in moved]
    for texts in (Note, Addition):
        texts._default_manager.filter(matter__in=ids).update(child=person, unit=unit)
    if investigation is not None:
        _count_reopenings(investigation, wrong=wrong)
    for record in moved:
        deadlines.refresh(record, on=on)
    trail.changed("report.moved_here", report, by=by, at=at)
    people = MatterWorker.objects.current().filter(matter__in=ids).values_list("user", flat=True)
    conflicts.release_blocked(on=on, at=at, staff_ids=list(people))
    if leaves:
        notices.tell(
            notices.leaders_of(report.group_id, on=on, child_id=person.pk),
            NoticeKind.UNASSIGNED,
            at=at,
            on=on,
            by=by,
            about=report,
        )
    return kept


def _may_follow(investigation: Investigation, report: Report, person: Person) -> None:
    """Conflict when the investigation cannot be the right child's."""
    if investigation.reports.exclude(pk=report.pk).exists():
        raise Conflict(
            _("Other reports have joined the investigation. Reverse those decisions first.")
        )
    if investigation.is_open and Investigation.objects.open().filter(child=person).exists():
        raise Conflict(
            _(
                "An investigation about the right child is already open. Reverse the decision,"
                " move the report, and let it join that one."
            )
        )
    met = Guardian.objects.filter(participations__investigation=investigation)
    if met.exclude(pk__in=_guardians_of(investigation)).exists():
        raise Conflict(
            _(
                "A guardian whom the child had before is written down as having taken part in"
                " the investigation. Reverse the decision, move the report and open it anew."
            )
        )


def _guardians_of(investigation: Investigation) -> list[int]:
    """Ids of the guardians who became known in the investigation, and go where it goes."""
    added = TrailEntry.objects.filter(
        action="guardian.added", target_type="investigation", targets=[investigation.pk]
    )
    return [found["guardian"] for found in added.values_list("details", flat=True)]


def _change_workers(
    record: MatterRecord, before: dict[str, Any] | None, *, by: User, at: datetime
) -> None:
    """Those of the wrong unit leave; whoever had it before a move gets it back with it."""
    on = local_date(at)
    for part in workers.current(record).values():
        workers.end(part, on=on, reason=PartEnd.MOVED_AWAY)
    for user in User.objects.filter(pk__in=(before or {}).get("workers", [])):
        workers.give(record, user, ReportPart.RECEPTION, from_on=on, by=by, at=at)


def _earlier(investigation: Investigation) -> Investigation | None:
    """The child's other investigation that ended so shortly before that this one reopens it."""
    since: date = investigation.opened_on
    return (
        Investigation.objects.counted()
        .filter(child_id=investigation.child_id)
        .exclude(pk=investigation.pk)
        .concluded_within(days=rules.REOPENED_WITHIN_DAYS, before=since)
        .order_by("-concluded_on")
        .first()
    )


def _count_reopenings(investigation: Investigation, *, wrong: int) -> None:
    """Whether it, and those after it of either child, reopen another (SoL 20:3)."""
    after = Q(pk=investigation.pk) | Q(reopens=investigation)
    if investigation.concluded_on is not None:
        until = investigation.concluded_on + timedelta(days=rules.REOPENED_WITHIN_DAYS)
        after |= Q(
            child__in=[investigation.child_id, wrong],
            opened_on__range=(investigation.concluded_on, until),
        )
    for row in Investigation.objects.counted().filter(after):
        earlier = _earlier(row)
        if row.reopens != earlier:
            row.reopens = earlier
            row.save(update_fields=["reopens"])
