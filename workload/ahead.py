"""A group's forecast from the records: read, reckoned by `workload.forecast`, kept for the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache

from cases.deadlines.models import Deadline
from cases.enums import OPEN_INVESTIGATION, DeadlineKind
from cases.investigations.models import Investigation
from organisation.models import OrgUnit
from workload import capacity
from workload.forecast import BackTest, Forecast, InvestigationSpan, back_test, forecast

REACH = timedelta(days=4 * 365)
"""How far back investigations are read: two seasons, and what was open in them."""
A_DAY = 24 * 3600
LONGEST_KEY = 200
"""Characters of a key in the cache."""


@dataclass(frozen=True, slots=True)
class GroupAhead:
    """A group's coming weeks as staffed today and with one more, and how well it would have done.

    `available_tenths`: points the group can carry; `one_more_tenths`: what one more adds, the mean
    of those there. `staff`: workers with available time.
    """

    now: Forecast
    one_more: Forecast | None
    tested: BackTest
    available_tenths: int
    one_more_tenths: int
    staff: int
    open_now: int


def group_ahead(group: OrgUnit, *, on: date, without: frozenset[int] = frozenset()) -> GroupAhead:
    """The forecast of a group on a day, made once a day.

    `without`: children the reader has a conflict of interest with; such a reader has their own.
    """
    key = f"forecast:{group.pk}:{on.isoformat()}"
    if without:
        key += ":" + ".".join(map(str, sorted(without)))
        if len(key) > LONGEST_KEY:
            return _group_ahead(group, on=on, without=without)
    kept = cache.get(key)
    if isinstance(kept, GroupAhead):
        return kept
    made = _group_ahead(group, on=on, without=without)
    cache.set(key, made, A_DAY)
    return made


def _group_ahead(group: OrgUnit, *, on: date, without: frozenset[int]) -> GroupAhead:
    rows = list(
        Investigation.objects.counted()
        .filter(unit_id=group.parent_id, opened_on__lte=on, handed_over_on__isnull=True)
        .exclude(concluded_on__lt=on - REACH)
        .exclude(child__in=without)
        .order_by("pk")
        .values_list("pk", "group_id", "opened_on", "concluded_on", "status")
    )
    here = [row for row in rows if row[1] == group.pk]
    open_ids = [row[0] for row in here if row[4] in OPEN_INVESTIGATION]
    points = capacity.case_points(open_ids, on=on)
    due = dict(
        Deadline.objects.filter(
            kind=DeadlineKind.INVESTIGATION, matter_id__in=open_ids
        ).values_list("matter_id", "due_on")
    )
    unit = [
        InvestigationSpan(opened_on, concluded_on)
        for _pk, _group, opened_on, concluded_on, _s in rows
    ]
    own = [
        InvestigationSpan(
            opened_on,
            concluded_on,
            due.get(pk),
            points[pk].total * 10 if pk in points else 0,
        )
        for pk, _group, opened_on, concluded_on, _s in here
    ]
    scored = [case.total * 10 for case in points.values()]
    new_tenths = sum(scored) / len(scored) if scored else 0.0
    tested = back_test(own, unit, on=on)
    available = [
        load.available_tenths
        for load in capacity.loads(on=on, group_id=group.pk, without=without)
        if load.available_tenths > 0
    ]
    total = sum(available)
    mean = total // len(available) if available else 0
    now = forecast(own, unit, on=on, spread=tested.spread, new_tenths=new_tenths)
    one_more = (
        forecast(
            own,
            unit,
            on=on,
            spread=tested.spread,
            new_tenths=new_tenths,
            speed=(total + mean) / total,
        )
        if total
        else None
    )
    return GroupAhead(
        now=now,
        one_more=one_more,
        tested=tested,
        available_tenths=total,
        one_more_tenths=mean,
        staff=len(available),
        open_now=len(open_ids),
    )
