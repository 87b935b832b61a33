"""Turnover, consultants and experience: figures for who heads units, departments and the city."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from cases.statistics import units_below
from core.charts import Series, Tone, bar_chart, line_chart, stacked_bar
from core.errors import Forbidden
from organisation.enums import EndReason, Experience
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.turnover import LEFT_THE_ADMINISTRATION, consultants, professions, turnovers
from organisation.views.requests import StaffRequest
from workload import staffing
from workload.views.reach import units_led

TONES: tuple[Tone, ...] = ("fourth", "third", "second", "main")
DAYS: tuple[tuple[Any, Tone], ...] = (
    (pgettext_lazy("day of counting", "April"), "main"),
    (pgettext_lazy("day of counting", "November"), "second"),
)
FIRST_YEAR = 2000


@require_GET
@login_required
def turnover(request: StaffRequest) -> HttpResponse:
    """Turnover by administration and reason in a year, consultants, experience and cases."""
    heads = units_led(request, Action.MANAGE_STAFFING)
    units = heads or units_below(request.access)
    if not units:
        raise Forbidden(refusal(Action.MANAGE_STAFFING))
    above = not heads
    year = _year(request)
    # By profession the parts that are not shown would follow from the whole.
    known = [] if above else sorted(professions())
    profession = request.GET.get("profession", "")
    chosen = profession if profession in known else None
    years = list(range(year - 4, year + 1))
    by_year = turnovers(years, profession=chosen)
    rows = {one: staffing.turnover_rows(by_year[one], above=above) for one in years}
    staff = staffing.units_staff(units, on=request.today, above=above)
    hired = consultants(years)
    return render(
        request,
        "workload/turnover.html",
        {
            "today": request.today,
            "year": year,
            "professions": known,
            "profession": chosen or "",
            "above": above,
            "rows": rows[year][0],
            "city": rows[year][1],
            "reasons": [(reason, EndReason(reason).label) for reason in LEFT_THE_ADMINISTRATION],
            "staff": staff,
            "levels": [Experience(level).label for level in staffing.LEVELS],
            "charts": [
                line_chart(
                    _("Turnover in the city, year by year"),
                    [str(one) for one in years],
                    [
                        Series(
                            _("Turnover"),
                            [rows[one][1].percent for one in years],
                        )
                    ],
                    "%",
                ),
                bar_chart(
                    _("Consultants on one day in April and one in November"),
                    [str(one) for one in years],
                    [
                        Series(str(label), [_small(hired[one][n], above) for one in years], tone)
                        for n, (label, tone) in enumerate(DAYS)
                    ],
                ),
                stacked_bar(
                    _("Experience in the units today"),
                    [one.unit.code for one in staff],
                    [
                        Series(
                            str(Experience(level).label),
                            [one.by_experience[n] for one in staff],
                            TONES[n],
                        )
                        for n, level in enumerate(staffing.LEVELS)
                    ],
                    over_time=False,
                ),
            ],
        },
    )


def _year(request: StaffRequest) -> int:
    """The year asked for; last year otherwise. A year under way counts what has ended so far."""
    try:
        year = int(request.GET.get("year", ""))
    except ValueError:
        return request.today.year - 1
    return year if FIRST_YEAR <= year <= request.today.year else request.today.year - 1


def _small(value: int, above: bool) -> int | None:
    return None if above and 0 < value < staffing.SMALLEST else value
