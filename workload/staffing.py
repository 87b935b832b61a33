"""Who works in the units: experience, consultants, cases per worker; persons never appear.

Above the unit head small numbers are suppressed, by the rules of `cases.statistics`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from cases.investigations.models import Investigation
from cases.statistics import SMALLEST, suppressed, suppressed_total
from organisation.enums import EmploymentForm, Experience, Level
from organisation.models import Employment, OrgUnit, RoleAssignment
from organisation.roles import CARRYING
from organisation.turnover import CityTurnover

LEVELS = (Experience.NEW, Experience.USED, Experience.EXPERIENCED, Experience.EXPERT)


@dataclass(frozen=True, slots=True)
class UnitStaff:
    """A unit's social workers on a day; None where a number is too small to show.

    `by_experience` in the order of `LEVELS`. Somebody on leave is not counted.
    """

    unit: OrgUnit
    workers: int | None
    by_experience: tuple[int | None, ...]
    consultants: int | None
    cases_per_worker: float | None

    @property
    def consultants_share(self) -> float | None:
        """Per cent of the workers hired as consultants."""
        if self.consultants is None or not self.workers:
            return None
        return round(100 * self.consultants / self.workers, 1)


def units_staff(units: Sequence[OrgUnit], *, on: date, above: bool) -> list[UnitStaff]:
    """The staff of each unit on the day; `above` the unit head, suppressed. Three queries."""
    ids = [unit.pk for unit in units]
    working: dict[int, set[int]] = defaultdict(set)
    for user_id, level, node_id, parent_id in (
        RoleAssignment.objects.active(on)
        .filter(role__in=CARRYING)
        .filter(Q(node_id__in=ids) | Q(node__parent_id__in=ids, node__level=Level.GROUP))
        .values_list("user_id", "node__level", "node_id", "node__parent_id")
    ):
        unit_id = node_id if level == Level.UNIT else parent_id
        if unit_id is not None:
            working[unit_id].add(user_id)
    # The type checker cannot see the terms of the day.
    employments: Any = Employment.objects.active(on).with_terms(on)
    terms = {
        user_id: (experience, form)
        for user_id, experience, form in employments.filter(
            user_id__in=set().union(*working.values()) if working else (), leave_on=False
        )
        .order_by("started_on", "pk")
        .values_list("user_id", "experience_on", "form")
    }
    cases = dict(
        Investigation.objects.open_on(on)
        .filter(unit_id__in=ids)
        .order_by()
        .values_list("unit_id")
        .annotate(n=Count("pk"))
    )
    return [
        _unit_staff(
            unit,
            [terms[user] for user in working[unit.pk] if user in terms],
            cases.get(unit.pk, 0),
            above=above,
        )
        for unit in units
    ]


def _unit_staff(
    unit: OrgUnit, staff: list[tuple[str, str]], cases: int, *, above: bool
) -> UnitStaff:
    mix = Counter(experience for experience, _form in staff)
    levels = [mix[level] for level in LEVELS]
    hired = sum(1 for _experience, form in staff if form == EmploymentForm.CONSULTANT)
    per_worker = round(cases / len(staff), 1) if staff else None
    if not above:
        return UnitStaff(unit, len(staff), tuple(levels), hired, per_worker)
    # The total is shown beside both, so neither may give a part of the other away.
    total = suppressed_total(levels)
    return UnitStaff(
        unit,
        total,
        tuple(suppressed(levels)),
        suppressed([hired, len(staff) - hired])[0] if total is not None else None,
        per_worker if len(staff) >= SMALLEST else None,
    )


@dataclass(frozen=True, slots=True)
class TurnoverRow:
    """An administration's or the city's turnover of a year; None where it is not shown."""

    name: str
    by_reason: dict[str, int | None]
    left: int | None
    employed: int | None

    @property
    def percent(self) -> float | None:
        if self.left is None or not self.employed:
            return None
        return round(100 * self.left / self.employed, 1)


def turnover_rows(year: CityTurnover, *, above: bool) -> tuple[list[TurnoverRow], TurnoverRow]:
    """The administrations' rows and the city's.

    `above` the unit head the reasons are the city's only: by administration they would follow from
    the city's by subtraction. The city's sum does not follow from the administrations', which
    count moves between them too.
    """
    names = [name for name, one in year.administrations.items() if one.employed or one.left]
    employed = [year.administrations[name].employed for name in names]
    hide = suppressed(employed) if above else employed
    rows = []
    for name, known in zip(names, hide, strict=True):
        one = year.administrations[name]
        reasons: dict[str, int | None] = dict(one.by_reason)
        left: int | None = one.left
        if above:
            reasons = dict.fromkeys(one.by_reason)
            left = None if 0 < one.left < SMALLEST else one.left
        rows.append(TurnoverRow(name, reasons, left, known))
    values = list(year.city.by_reason.values())
    city = TurnoverRow(
        "",
        dict(zip(year.city.by_reason, suppressed(values) if above else values, strict=True)),
        suppressed_total(values) if above else year.city.left,
        suppressed_total(employed) if above else year.city.employed,
    )
    return rows, city
