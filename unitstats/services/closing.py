"""Closing a month once, keeping later corrections beside it, and reading either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from cases.reports.models import Report
from cases.statistics.months import Counted
from core import trail
from core.calendar import Month, local_date
from core.errors import Conflict, Forbidden, Invalid
from core.figures import figures as registry
from core.limits import limit
from organisation.models import OrgUnit, User
from organisation.permissions import access_for, refusal
from organisation.rights import Action
from unitstats.models import MonthlyClosing
from unitstats.statistics import counted

CLOSING_DAY = 10
"""Day of the next month on which a month is closed: late entries have had their time."""


@dataclass(frozen=True, slots=True)
class MonthlyFigures:
    """A month's figures. `revision` is 0 while the month is not closed: they may still change.

    `versions`: by which definition each was counted (`Figure.definition_in`).
    """

    month: Month
    revision: int
    figures: Mapping[str, Counted]
    versions: Mapping[str, int]
    closing: MonthlyClosing | None = None


def figures_of(unit: OrgUnit, month: Month, *, revision: int | None = None) -> MonthlyFigures:
    """The closed figures (the last revision unless one is named), else those of the records now.

    Invalid when a named revision does not exist.
    """
    rows = MonthlyClosing.objects.filter(unit=unit, month=month.first)
    row = (rows if revision is None else rows.filter(revision=revision)).first()
    if row is not None:
        return MonthlyFigures(month, row.revision, _read(row.figures), versions_of(row), row)
    if revision:
        raise Invalid({"revision": _("There is no such revision of the month.")})
    found = counted(unit.pk, month)
    return MonthlyFigures(month, 0, found, {code: registry[code].version for code in found})


def versions_of(row: MonthlyClosing) -> dict[str, int]:
    """By which definition each figure of a closed month was counted; 1 where it does not say."""
    return {code: one.get("version", 1) for code, one in row.figures.items()}


def _read(figures: Mapping[str, Any]) -> dict[str, Counted]:
    return {code: Counted(one["value"], one["by_gender"]) for code, one in figures.items()}


def _written(figures: Mapping[str, Counted]) -> dict[str, Any]:
    return {
        code: {
            "value": one.value,
            "by_gender": dict(one.by_gender),
            "version": registry[code].version,
        }
        for code, one in figures.items()
    }


def _has_changed(last: MonthlyClosing, found: Mapping[str, Counted]) -> bool:
    """Whether the records give another value for a figure that the closed month has.

    A code that came later or is no longer there is no change, nor is a figure that has another
    definition now: what differs then is not the records.
    """
    closed, versions = _read(last.figures), versions_of(last)
    return any(
        found[code] != one
        for code, one in closed.items()
        if code in found and registry[code].version == versions[code]
    )


def is_over(month: Month, *, on: date) -> bool:
    """Whether every day of the month has passed."""
    return month.last < on


def _lock(unit: OrgUnit) -> None:
    """Two at once close one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('unitstats'), %s)", [unit.pk])


@transaction.atomic
def close(unit: OrgUnit, month: Month, *, by: User | None, at: datetime) -> MonthlyClosing:
    """Keep the month's figures as they are now. Conflict when it is closed or not over yet."""
    if not is_over(month, on=local_date(at)):
        raise Conflict(_("The month is not over yet."))
    _permit(unit, by, at)
    _lock(unit)
    if MonthlyClosing.objects.filter(unit=unit, month=month.first).exists():
        raise Conflict(_("The month is closed already. A correction is a new revision."))
    return _keep(unit, month, 1, "", by=by, at=at)


@transaction.atomic
def revise(unit: OrgUnit, month: Month, *, reason: str, by: User, at: datetime) -> MonthlyClosing:
    """Keep the figures of the records now as a revision beside the first, with the reason.

    Conflict when the month is not closed, or nothing in its figures has changed since.
    """
    _permit(unit, by, at)
    reason = reason.strip()
    if not reason or "\x00" in reason:
        raise Invalid({"reason": _("Say why the figures are corrected.")})
    if len(reason) > (most := limit(MonthlyClosing, "reason")):
        raise Invalid({"reason": _("At most %(limit)s characters.") % {"limit": most}})
    _lock(unit)
    last = MonthlyClosing.objects.filter(unit=unit, month=month.first).first()
    if last is None:
        raise Conflict(_("The month is not closed: its figures still follow the records."))
    if not _has_changed(last, counted(unit.pk, month)):
        raise Conflict(_("The records give the same figures as the last revision."))
    return _keep(unit, month, last.revision + 1, reason, by=by, at=at)


def _permit(unit: OrgUnit, by: User | None, at: datetime) -> None:
    """`by` is None for the monthly job."""
    if by is None:
        return
    if not access_for(by, on=local_date(at)).may(Action.CLOSE_STATISTICS, unit_id=unit.pk):
        raise Forbidden(refusal(Action.CLOSE_STATISTICS))


def _keep(
    unit: OrgUnit, month: Month, revision: int, reason: str, *, by: User | None, at: datetime
) -> MonthlyClosing:
    row = MonthlyClosing.objects.create(
        unit=unit,
        month=month.first,
        revision=revision,
        closed_at=at,
        closed_by=by,
        reason=reason,
        figures=_written(counted(unit.pk, month)),
    )
    trail.changed("statistics.closed", row, by=by, at=at, month=str(month), revision=revision)
    return row


def to_close(unit: OrgUnit, *, on: date) -> list[Month]:
    """Months with records, over for so long that they should be closed, and not closed; oldest
    first."""
    began = Report.objects.counted().filter(unit=unit).aggregate(first=Min("received_on"))["first"]
    if began is None:
        return []
    closed = set(MonthlyClosing.objects.filter(unit=unit).values_list("month", flat=True))
    months = []
    month = Month.of(began)
    while month.after.first + timedelta(days=CLOSING_DAY - 1) <= on:
        if month.first not in closed:
            months.append(month)
        month = month.after
    return months
