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
class Turnover:
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
    city: Turnover
    administrations: dict[str, Turnover]


def professions() -> set[str]:
    """Every profession somebody has been employed in."""
    return set(Employment.objects.values_list("profession", flat=True).distinct())


def turnover(year: int, *, profession: str | None = None) -> CityTurnover:
    """The turnover of a year, for one profession or all."""
    turn = date(year - 1, 12, 31)
    there = Q(form=EmploymentForm.PERMANENT, leave_on=False, started_on__lte=turn) & (
        Q(ended_on__isnull=True) | Q(ended_on__gte=turn)
    )
    ended = there & Q(ended_on__gt=turn, ended_on__lte=date(year, 12, 31))
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
    employments = Employment.objects.with_terms(turn)
    if profession is not None:
        employments = employments.filter(profession__iexact=profession)
    # The type checker cannot know the names of the reasons' columns.
    rows: Iterable[Any] = (
        employments.order_by()
        .values("administration__name")
        .annotate(employed=Count("pk", filter=there), **reasons)
    )
    administrations = {
        row["administration__name"]: Turnover(
            employed=row["employed"], by_reason={reason: row[reason] for reason in reasons}
        )
        for row in sorted(rows, key=lambda row: row["administration__name"])
    }
    city = Turnover(
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
