"""Finding what a leader has to know of the loads, telling once, and ending what is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from cases.enums import InvestigationStatus
from cases.models import Investigation
from cases.services import notices
from organisation.enums import Experience
from organisation.models import OrgUnit
from workload import capacity, points
from workload.enums import WarningKind
from workload.models import LoadWarning, WeightSet

WEEKS = 4
"""Weeks in a row over 110 % before it is a warning, this one included."""


@dataclass(frozen=True, slots=True)
class Found:
    """A state found today, and whom it is about."""

    kind: WarningKind
    group_id: int
    user_id: int | None = None
    investigation_id: int | None = None
    child_id: int | None = None
    percent: int | None = None

    @property
    def key(self) -> tuple[str, int | None, int | None]:
        return self.kind.value, self.user_id, self.investigation_id


def suggestion(kind: str) -> str:
    """The first thing to try, for the leader who can act."""
    return {
        WarningKind.OVERLOAD: _(
            "Go through the cases together: what can be handed over, helped with or wait? Give out"
            " no new case until the load is under 110 %."
        ),
        WarningKind.NEW_CEILING: _(
            "Let somebody experienced take over as main handler, or agree on a reduction for the"
            " introduction."
        ),
        WarningKind.ONE_HANDLER: _("Choose a second worker, so that nobody is alone in the case."),
    }[WarningKind(kind)]


def find(unit: OrgUnit, *, on: date) -> Iterator[Found]:
    """What is so in the unit on the day. A constant number of queries."""
    today = capacity.loads(unit_id=unit.pk, on=on)
    over = [
        {
            load.user.pk
            for load in (today if back == 0 else _loads(unit, on - timedelta(weeks=back)))
            if (load.percent or 0) > points.OVERLOAD_PERCENT
        }
        for back in range(WEEKS)
    ]
    lasting = set.intersection(*over)
    for load in today:
        if not load.group_ids:
            continue
        about = {"group_id": load.group_ids[0], "user_id": load.user.pk, "percent": load.percent}
        if load.user.pk in lasting:
            yield Found(WarningKind.OVERLOAD, **about)  # type: ignore[arg-type]
        if load.experience == Experience.NEW and load.is_over_ceiling:
            yield Found(WarningKind.NEW_CEILING, **about)  # type: ignore[arg-type]
    alone = (
        Investigation.objects.in_unit(unit.pk)
        .filter(capacity.open_on(on))
        .exclude(status=InvestigationStatus.WAITING)
        .annotate(
            _handlers=Count(
                "handler_assignments",
                filter=Q(handler_assignments__from_on__lte=on)
                & (
                    Q(handler_assignments__until_on__isnull=True)
                    | Q(handler_assignments__until_on__gte=on)
                ),
            )
        )
        .filter(_handlers=1)
        .order_by("pk")
        .values_list("group_id", "pk", "child_id")
    )
    for group_id, pk, child_id in alone:
        yield Found(WarningKind.ONE_HANDLER, group_id, investigation_id=pk, child_id=child_id)


def _loads(unit: OrgUnit, on: date) -> list[capacity.Load]:
    return capacity.loads(unit_id=unit.pk, on=on)


def warn(*, on: date, at: datetime) -> int:
    """Look through every unit that measures; return how many leaders were told something new.

    Safe to run twice and after missed days: a state that lasts is told once, and one that comes
    back after being over is told again.
    """
    measuring = WeightSet.objects.active(on).values("unit_id")
    return sum(
        _warn_unit(unit, on=on, at=at)
        for unit in OrgUnit.objects.units().filter(pk__in=measuring).order_by("pk")
    )


@transaction.atomic
def _warn_unit(unit: OrgUnit, *, on: date, at: datetime) -> int:
    # One run at a time for each unit: two would tell twice.
    OrgUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    found = {one.key: one for one in find(unit, on=on)}
    standing = {
        (row.kind, row.user_id, row.investigation_id): row
        for row in LoadWarning.objects.filter(ended_on__isnull=True).filter(
            Q(group=unit) | Q(group__parent=unit)
        )
    }
    over = [row.pk for key, row in standing.items() if key not in found]
    LoadWarning.objects.filter(pk__in=over, raised_on__lte=on).update(ended_on=on)
    told = 0
    for key, one in found.items():
        if key in standing:
            continue
        row = LoadWarning.objects.create(
            kind=one.kind,
            group_id=one.group_id,
            user_id=one.user_id,
            investigation_id=one.investigation_id,
            percent=one.percent,
            raised_on=on,
        )
        leaders = notices.leaders_of(one.group_id, on=on, child_id=one.child_id)
        leaders -= {one.user_id}
        told += notices.tell_topic(leaders, "workload.warning", row.pk, at=at)
    return told
