"""Staff turnover (personalrörlighet): who was employed at the turn of the year, and who has left.

Turnover of a year is the permanent monthly employments, not on leave, on 31 December of the year
before that ended during the year, divided by all such employments on that 31 December. For one
administration both who left the city and who moved to another administration have left; for the
city as a whole only who left the city. Moves inside an administration never count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from organisation.enums import EmploymentForm, EndReason
from organisation.models import Employment

LEFT_THE_CITY = (EndReason.OWN_REQUEST_EXTERNAL, EndReason.RETIREMENT, EndReason.OTHER)
LEFT_THE_ADMINISTRATION = (
    EndReason.OWN_REQUEST_EXTERNAL,
    EndReason.OWN_REQUEST_INTERNAL,
    EndReason.RETIREMENT,
    EndReason.OTHER,
)


@dataclass(frozen=True, slots=True)
class StaffTurnover:
    """Employments at the turn of the year, and how many of them ended, by reason.

    `left` is the sum of `by_reason`; an employment ended without a stated reason counts as other.
    """

    employed: int
    by_reason: dict[str, int]

    @property
    def left(self) -> int:
        return sum(self.by_reason.values())

    @property
    def share(self) -> float | None:
        """Left divided by employed; None when nobody was employed."""
        return self.left / self.employed if self.employed else None


@dataclass(frozen=True, slots=True)
class CityTurnover:
    """The city's figure and each administration's, by name."""

    year: int
    city: StaffTurnover
    administrations: dict[str, StaffTurnover]


def professions() -> set[str]:
    """Every profession somebody has been employed in."""
    return set(Employment.objects.values_list("profession", flat=True).distinct())


def turnover(year: int, *, profession: str | None = None) -> CityTurnover:
    """The turnover of a year, for one profession or all."""
    return turnovers([year], profession=profession)[year]


def turnovers(years: Iterable[int], *, profession: str | None = None) -> dict[int, CityTurnover]:
    """The turnover of each year, for one profession or all. A query a year, and one more."""
    employments = Employment.objects.order_by()
    if profession is not None:
        employments = employments.filter(profession__iexact=profession)
    names = sorted(employments.values_list("administration__name", flat=True).distinct())
    return {year: _turnover(year, employments, names) for year in years}


def _turnover(year: int, employments: Any, names: list[str]) -> CityTurnover:
    """Administrations where nobody was employed at the turn are there too, with nothing."""
    turn = date(year - 1, 12, 31)
    there = (
        employments.with_terms(turn)
        .filter(form=EmploymentForm.PERMANENT, leave_on=False, started_on__lte=turn)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gte=turn))
    )
    ended = Q(ended_on__gt=turn, ended_on__lte=date(year, 12, 31))
    reasons = {
        reason.value: Count(
            "pk",
            filter=ended
            & (
                Q(end_reason__in=[reason, ""])
                if reason == EndReason.OTHER
                else Q(end_reason=reason)
            ),
        )
        for reason in LEFT_THE_ADMINISTRATION
    }
    rows = {
        row.pop("administration__name"): row
        for row in there.values("administration__name").annotate(employed=Count("pk"), **reasons)
    }
    nothing = dict.fromkeys(["employed", *reasons], 0)
    administrations = {
        name: StaffTurnover(
            employed=rows.get(name, nothing)["employed"],
            by_reason={reason: rows.get(name, nothing)[reason] for reason in reasons},
        )
        for name in names
    }
    city = StaffTurnover(
        employed=sum(each.employed for each in administrations.values()),
        by_reason={
            reason.value: sum(each.by_reason[reason] for each in administrations.values())
            for reason in LEFT_THE_CITY
        },
    )
    return CityTurnover(year=year, city=city, administrations=administrations)


COUNTED = ((4, 15), (11, 15))
"""Month and day when consultants are counted: one day in April and one in November."""


def consultants(years: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Persons hired as consultants on each of the `COUNTED` days, by year, city-wide. One query."""
    wanted = list(years)
    days = {f"n{year}_{month}": date(year, month, day) for year in wanted for month, day in COUNTED}
    counts: Any = Employment.objects.filter(form=EmploymentForm.CONSULTANT).aggregate(
        **{
            name: Count(
                "user",
                distinct=True,
                filter=Q(started_on__lte=day) & (Q(ended_on__isnull=True) | Q(ended_on__gte=day)),
            )
            for name, day in days.items()
        }
    )
    return {year: tuple(counts[f"n{year}_{month}"] for month, _day in COUNTED) for year in wanted}
