"""What a leader has to know of the loads: states of workers, cases and groups on a day.

Only found here; told, kept and ended in `workload.services.warnings`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from cases.enums import InvestigationStatus
from cases.investigations.models import Investigation
from organisation.enums import Experience
from organisation.models import OrgUnit
from workload import capacity, points
from workload.enums import WarningKind
from workload.models import CaseReview, Measurement, MeasurementRound, Temperature
from workload.scales import Colour, Strain

WEEKS = 4
"""Weeks in a row over 110 % before it is a warning, this one included."""

REDS = 3
"""Meetings in a row with a red temperature before it is a warning."""

LOOKS_LOW, LOOKS_HIGH = 80, 100
"""Per cent of the available points: under the first they look low, over the second high."""

MEASURED_DAYS = 100
"""A measurement older than this says nothing of today; they are taken every second month."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A state found today, and whom it is about; neither worker nor case: the group.

    `percent` is capacity used, `experience` the own experience beside it (`scales.Strain`).
    """

    kind: WarningKind
    group_id: int
    user_id: int | None = None
    matter_id: int | None = None
    child_id: int | None = None
    percent: int | None = None
    experience: int | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        return key_of(self.kind, self.group_id, self.user_id, self.matter_id)


def key_of(
    kind: str, group_id: int, user_id: int | None, matter_id: int | None
) -> tuple[str, str, int]:
    """What one warning is told about once: a kind, and a worker, a case or a group."""
    if user_id is not None:
        return str(kind), "user", user_id
    if matter_id is not None:
        return str(kind), "case", matter_id
    return str(kind), "group", group_id


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
        WarningKind.RED_LOAD: _(
            "Give the group's next cases to another group for two weeks, and ask at the next"
            " meeting what can wait."
        ),
        WarningKind.RED_WELLBEING: _(
            "Take half an hour of the next meeting for what weighs, and ask the unit head for"
            " help with what the group cannot change."
        ),
        WarningKind.FELT_HEAVY: _(
            "Hold a case review: the points may miss something, or something else than the cases"
            " weighs. Judge the factors again together."
        ),
        WarningKind.FELT_LIGHT: _(
            "Hold a case review: the points may be too high for these cases, or a colleague may do"
            " some of the work. Judge the factors again together."
        ),
    }[WarningKind(kind)]


def find(unit: OrgUnit, *, on: date) -> Iterator[Finding]:
    """What is so in the unit on the day. A constant number of queries."""
    today = capacity.loads(unit_id=unit.pk, on=on)
    yield from _carrying_too_much(unit, today, on=on)
    yield from _alone(unit, on=on)
    yield from _reds(unit, on=on)
    yield from _felt_otherwise(unit, {load.user.pk for load in today}, on=on)


def _carrying_too_much(
    unit: OrgUnit, today: list[capacity.WorkerLoad], *, on: date
) -> Iterator[Finding]:
    over = [
        {
            load.user.pk
            for load in (
                capacity.loads(unit_id=unit.pk, on=on - timedelta(weeks=back)) if back else today
            )
            if (load.percent or 0) > points.OVERLOAD_PERCENT
        }
        for back in range(WEEKS)
    ]
    lasting = set.intersection(*over)
    for load in today:
        if not load.group_ids:
            continue
        group, user, used = load.group_ids[0], load.user.pk, load.percent
        if user in lasting:
            yield Finding(WarningKind.OVERLOAD, group, user_id=user, percent=used)
        if load.experience == Experience.NEW and load.is_over_ceiling:
            yield Finding(WarningKind.NEW_CEILING, group, user_id=user, percent=used)


def _alone(unit: OrgUnit, *, on: date) -> Iterator[Finding]:
    for group_id, pk, child_id in (
        Investigation.objects.open_on(on)
        .in_unit(unit.pk)
        .exclude(status=InvestigationStatus.WAITING)
        .annotate(
            _handlers=Count(
                "matter__workers",
                filter=Q(matter__workers__from_on__lte=on)
                & (
                    Q(matter__workers__until_on__isnull=True) | Q(matter__workers__until_on__gte=on)
                ),
            )
        )
        .filter(_handlers=1)
        .order_by("pk")
        .values_list("group_id", "pk", "child_id")
    ):
        yield Finding(WarningKind.ONE_HANDLER, group_id, matter_id=pk, child_id=child_id)


def _reds(unit: OrgUnit, *, on: date) -> Iterator[Finding]:
    """Groups whose latest meetings were red, without a break."""
    latest: dict[int, list[Temperature]] = defaultdict(list)
    for row in (
        Temperature.objects.filter(
            group__in=OrgUnit.objects.groups().filter(parent=unit), meeting_on__lte=on
        )
        .annotate(
            back=Window(RowNumber(), partition_by=F("group_id"), order_by=F("meeting_on").desc())
        )
        .filter(back__lte=REDS)
        .order_by("group_id", "-meeting_on")
    ):
        latest[row.group_id].append(row)
    for group_id, rows in latest.items():
        if len(rows) < REDS:
            continue
        if all(row.load == Colour.RED for row in rows):
            yield Finding(WarningKind.RED_LOAD, group_id)
        if all(row.wellbeing == Colour.RED for row in rows):
            yield Finding(WarningKind.RED_WELLBEING, group_id)


def _felt_otherwise(unit: OrgUnit, workers: set[int], *, on: date) -> Iterator[Finding]:
    """Workers whose own experience and points say different things, until it has been talked of.

    From the latest measurement that has closed; a case review held since has taken it up.
    """
    latest = (
        MeasurementRound.objects.filter(
            unit=unit,
            closed_at__isnull=False,
            closes_on__lt=on,
            closes_on__gte=on - timedelta(days=MEASURED_DAYS),
        )
        .order_by("-closes_on", "-pk")
        .first()
    )
    if latest is None:
        return
    talked = CaseReview.objects.filter(
        worker=OuterRef("user"), held_on__gt=latest.closes_on, held_on__lte=on
    )
    answers: Any = (
        Measurement.objects.filter(
            ~Exists(talked),
            round=latest,
            user__in=workers,
            experience__isnull=False,
            available_tenths__gt=0,
        )
        .order_by("group_id", "user_id")
        .values_list("group_id", "user_id", "experience", "tenths", "available_tenths")
    )
    for group_id, user_id, experience, tenths, available in answers:
        used = points.percent(tenths, available)
        assert used is not None
        kind = _felt(experience, used)
        if kind is not None:
            yield Finding(kind, group_id, user_id=user_id, percent=used, experience=experience)


def _felt(experience: int, used: int) -> WarningKind | None:
    if experience >= Strain.HEAVY and used < LOOKS_LOW:
        return WarningKind.FELT_HEAVY
    if experience <= Strain.RATHER_LIGHT and used > LOOKS_HIGH:
        return WarningKind.FELT_LIGHT
    return None
