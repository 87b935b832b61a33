"""Storing what `cases.duties` derives, and proving that nothing has drifted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from cases.duties import (
    CANCELLED_NO_LONGER,
    Duty,
    InterventionFacts,
    InvestigationFacts,
    ReportFacts,
    intervention_duties,
    investigation_duties,
    report_duties,
)
from cases.escalation import rungs_reached
from cases.models import (
    Deadline,
    Escalation,
    Intervention,
    InterventionFollowUp,
    Investigation,
    Report,
)
from core.calendar import ONE_DAY

CHUNK = 2_000

FIELDS = (
    "kind",
    "rule_version",
    "starts_on",
    "anchor_at",
    "extended_to",
    "due_on",
    "act_by",
    "due_at",
    "warn_on",
    "met_on",
    "met_at",
    "cancelled_on",
    "cancel_reason",
)


def report_facts(report: Report) -> ReportFacts:
    """Read the facts of a report off its rows; prefetch the one-to-ones for many."""
    assessment = getattr(report, "protection_assessment", None)
    decision = getattr(report, "decision", None)
    feedback = getattr(report, "feedback", None)
    talk = getattr(report, "serious_talk", None)
    return ReportFacts(
        kind=report.kind,
        received_at=report.received_at,
        is_crime_report=report.is_crime_report,
        wants_feedback=report.wants_feedback,
        assessed_at=assessment.assessed_at if assessment else None,
        decided_on=decision.decided_on if decision else None,
        outcome=decision.outcome if decision else None,
        joined_opened_on=report.investigation.opened_on if report.investigation else None,
        feedback_on=feedback.given_on if feedback else None,
        talk_offered_at=talk.offered_at if talk else None,
    )


def investigation_facts(investigation: Investigation) -> InvestigationFacts:
    return InvestigationFacts(
        opened_on=investigation.opened_on,
        extended_to=investigation.extended_to,
        concluded_on=investigation.concluded_on,
    )


def intervention_facts(intervention: Intervention) -> InterventionFacts:
    return InterventionFacts(
        kind=intervention.kind,
        started_on=intervention.started_on,
        followed_up_on=[done.followed_up_on for done in intervention.follow_ups.all()],
        ended_on=intervention.ended_on,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which stored and derived differ: `stored` None is missing, `derived` extra.

    `changes` are field, stored value and derived value, as they were when found.
    """

    matter: str
    kind: str
    stored: Deadline | None
    derived: Duty | None
    changes: tuple[tuple[str, Any, Any], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name for name, _stored, _derived in self.changes)


Matter = Report | Investigation | Intervention


def _owner(matter: Matter) -> dict[str, Any]:
    name = {Report: "report", Investigation: "investigation", Intervention: "intervention"}
    return {
        name[type(matter)]: matter,
        "unit_id": matter.unit_id,
        "group_id": matter.group_id,
        "child_id": matter.child_id,
    }


def _derive(matter: Matter) -> list[Duty]:
    if isinstance(matter, Report):
        return report_duties(report_facts(matter))
    if isinstance(matter, Investigation):
        return investigation_duties(investigation_facts(matter))
    return intervention_duties(intervention_facts(matter))


def _values(duty: Duty) -> dict[str, Any]:
    values = asdict(duty)
    values["kind"] = duty.kind.value
    return values


def _compare(
    matter: Matter, stored: Sequence[Deadline], derived: Sequence[Duty]
) -> Iterator[Difference]:
    """Pair the two sides kind by kind in the order they start."""
    have: dict[str, list[Deadline]] = {}
    live = [d for d in stored if d.cancel_reason != CANCELLED_NO_LONGER]
    for kind, rows in groupby(sorted(live, key=lambda d: (d.kind, d.starts_on)), lambda d: d.kind):
        have[kind] = list(rows)
    for kind, duties in groupby(
        sorted(derived, key=lambda d: (d.kind.value, d.starts_on)), lambda d: d.kind.value
    ):
        rows_left = have.pop(kind, [])
        wanted = list(duties)
        for index, duty in enumerate(wanted):
            if index >= len(rows_left):
                yield Difference(matter.number, kind, None, duty)
                continue
            row = rows_left[index]
            values = {**_values(duty), "unit_id": matter.unit_id, "group_id": matter.group_id}
            values["child_id"] = matter.child_id
            changes = tuple(
                (name, getattr(row, name), value)
                for name, value in values.items()
                if getattr(row, name) != value
            )
            if changes:
                yield Difference(matter.number, kind, row, duty, changes)
        for extra in rows_left[len(wanted) :]:
            yield Difference(matter.number, kind, extra, None)
    for rows_left in have.values():
        for extra in rows_left:
            yield Difference(matter.number, extra.kind, extra, None)


def _finish_ladder(row: Deadline, *, on: date) -> None:
    """Write down how far an open deadline had come, before it is met, cancelled or moved.

    The sweep has done so already, unless it stood still: what a deadline reached while it was
    open must not depend on that. Nobody is told; the rungs are behind.
    """
    if on <= row.starts_on:
        return
    if row.due_on < on:
        row.overdue_since = row.due_on + ONE_DAY
    Escalation.objects.bulk_create(
        (
            Escalation(
                deadline=row,
                due_on=row.due_on,
                rung=rung.code,
                reached_on=max(rung.on, row.starts_on),
            )
            for rung in rungs_reached(row.due_on, on)
        ),
        ignore_conflicts=True,
    )


def _apply(matter: Matter, difference: Difference, *, on: date) -> None:
    row, duty = difference.stored, difference.derived
    if (
        row is not None
        and row.met_on is None
        and row.cancelled_on is None
        and (duty is None or duty.met_on or duty.cancelled_on or duty.due_on != row.due_on)
    ):
        _finish_ladder(row, on=on)
    if row is not None and duty is None:
        # Never deleted: what was once a duty stays to be seen, with the reason it no longer is.
        row.met_on = row.met_at = None
        row.cancelled_on = max(on, row.starts_on)
        row.cancel_reason = CANCELLED_NO_LONGER
        row.save(
            update_fields=["met_on", "met_at", "cancelled_on", "cancel_reason", "overdue_since"]
        )
        return
    assert duty is not None
    if row is None:
        Deadline.objects.create(**_owner(matter), **_values(duty))
        return
    for name, value in {**_values(duty), **_owner(matter)}.items():
        setattr(row, name, value)
    if row.overdue_since is not None and row.overdue_since != row.due_on + ONE_DAY:
        row.overdue_since = None
    row.save()


def refresh(matter: Matter, *, on: date) -> list[Deadline]:
    """Bring the stored deadlines of one matter in line with its facts; return them in order.

    Called by every service inside its transaction, with the matter's row locked.
    """
    name = {Report: "report", Investigation: "investigation", Intervention: "intervention"}
    rows = Deadline.objects.filter(**{name[type(matter)]: matter})
    for difference in list(_compare(matter, list(rows.order_by("pk")), _derive(matter))):
        _apply(matter, difference, on=on)
    return list(rows.order_by("due_on", "pk"))


def _chunks(queryset: QuerySet[Any]) -> Iterator[list[Any]]:
    last = 0
    while chunk := list(queryset.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _all_matters() -> Iterable[QuerySet[Any]]:
    stored = Prefetch("deadlines", queryset=Deadline.objects.order_by("pk"))
    return (
        Report.objects.select_related(
            "protection_assessment", "decision", "feedback", "serious_talk", "investigation"
        ).prefetch_related(stored),
        Investigation.objects.prefetch_related(stored),
        Intervention.objects.prefetch_related(
            stored, Prefetch("follow_ups", queryset=InterventionFollowUp.objects.order_by("pk"))
        ),
    )


def differences() -> Iterator[Difference]:
    """Everything in which the stored deadlines differ from what the facts give, in chunks."""
    for queryset in _all_matters():
        for chunk in _chunks(queryset):
            for matter in chunk:
                yield from _compare(matter, list(matter.deadlines.all()), _derive(matter))


def rebuild(*, on: date) -> list[Difference]:
    """Derive every deadline again and store what differed; return the differences.

    `on` is the day on which deadlines that no longer apply are cancelled. Each chunk is a
    transaction of its own, with its matters locked, so that the unit can go on working.
    """
    found: list[Difference] = []
    for queryset in _all_matters():
        model = queryset.model
        for chunk in _chunks(model.objects.only("pk")):
            with transaction.atomic():
                ids = [row.pk for row in chunk]
                list(model.objects.select_for_update(of=("self",)).filter(pk__in=ids).only("pk"))
                for matter in queryset.filter(pk__in=ids):
                    for difference in list(
                        _compare(matter, list(matter.deadlines.all()), _derive(matter))
                    ):
                        _apply(matter, difference, on=on)
                        found.append(difference)
    return found
