"""Matters whose worker has left: back to the group leader, so that nothing is without an owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cases.enums import UNDECIDED_REPORT, InvestigationStatus, NoticeKind
from cases.models import HandlerAssignment, Investigation, Report
from cases.services import notices
from core import trail
from organisation.enums import CASE_WORKERS
from organisation.models import RoleAssignment

LEFT = "left_the_unit"
"""Code kept as the reason when an assignment ends because the worker's role did."""


@dataclass(frozen=True, slots=True)
class Released:
    assignments: int
    reports: int


def _still_here(user: str, unit: str, *, on: date) -> Exists:
    """The user has an account in use and a worker's role somewhere in the unit that day."""
    return Exists(
        RoleAssignment.objects.active(on)
        .filter(Q(node_id=OuterRef(unit)) | Q(node__parent_id=OuterRef(unit)))
        .filter(user_id=OuterRef(user), role__in=CASE_WORKERS, user__is_active=True)
    )


def release_departed(*, on: date, at: datetime) -> Released:
    """End the assignments of workers without a role in the unit any more; safe to run again.

    An investigation left with nobody waits for handlers again, and its leader is told; so is the
    leader of an undecided report whose reception worker has left.
    """
    gone = list(
        HandlerAssignment.objects.current()
        .filter(from_on__lte=on)
        .exclude(investigation__status=InvestigationStatus.CONCLUDED)
        .exclude(_still_here("user_id", "investigation__unit_id", on=on))
        .order_by("investigation_id")
        .values_list("pk", "investigation_id")
    )
    for pk, investigation_id in gone:
        _release(pk, investigation_id, on=on, at=at)
    reports = list(
        Report.objects.filter(status__in=UNDECIDED_REPORT, handler__isnull=False)
        .exclude(_still_here("handler_id", "unit_id", on=on))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for pk in reports:
        _release_report(pk, on=on, at=at)
    return Released(assignments=len(gone), reports=len(reports))


@transaction.atomic
def _release(pk: int, investigation_id: int, *, on: date, at: datetime) -> None:
    investigation = Investigation.objects.select_for_update(of=("self",)).get(pk=investigation_id)
    row = HandlerAssignment.objects.select_for_update(of=("self",)).current().filter(pk=pk).first()
    if row is None:
        return
    row.until_on = max(on - timedelta(days=1), row.from_on)
    row.end_reason = LEFT
    row.save(update_fields=["until_on", "end_reason"])
    others = HandlerAssignment.objects.current().filter(investigation=investigation)
    if not others.exists() and investigation.status == InvestigationStatus.ONGOING:
        investigation.status = InvestigationStatus.WAITING
    investigation.version += 1
    investigation.save(update_fields=["status", "version"])
    trail.changed("investigation.handler_left", investigation, by=None, at=at, handler=row.user_id)
    notices.tell(
        notices.leaders_of(investigation.group_id, on=on, child_id=investigation.child_id),
        NoticeKind.UNASSIGNED,
        at=at,
        on=on,
        investigation=investigation,
    )


@transaction.atomic
def _release_report(pk: int, *, on: date, at: datetime) -> None:
    report = Report.objects.select_for_update(of=("self",)).get(pk=pk)
    if report.handler_id is None or report.is_decided:
        return
    left = report.handler_id
    report.handler = None
    report.version += 1
    report.save(update_fields=["handler", "version"])
    trail.changed("report.handler_left", report, by=None, at=at, handler=left)
    notices.tell(
        notices.leaders_of(report.group_id, on=on, child_id=report.child_id),
        NoticeKind.UNASSIGNED,
        at=at,
        on=on,
        report=report,
    )
