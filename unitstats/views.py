"""The month's figures of a unit: shown, taken out, corrected."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.enums import Gender
from cases.statistics.months import Counted
from core import charts
from core.calendar import Month
from core.charts import Chart, ChartMark, Series, Tone, line_chart
from core.errors import Forbidden, Invalid
from core.exports import xlsx_response
from core.figures import Figure, Measure, Period, figures
from core.names import SwedishOrder
from core.rates import Rate, rated
from core.web import attempt, form_status
from organisation.models import OrgUnit
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from unitstats import sheets
from unitstats.forms import ChoiceForm, RevisionForm
from unitstats.models import MonthlyClosing
from unitstats.services import closing
from unitstats.services.closing import MonthlyFigures

MONTHS = 36
"""How far back a month can be chosen."""
DRAWN = 24
"""Months in a chart."""


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A row of the table; the values as the reader's language writes them.

    `version` is of the definition it was counted by, `before_differs` whether the year before has
    another.
    """

    figure: Figure
    version: int
    value: str
    by_gender: tuple[str, ...]
    before: str
    before_differs: bool


@dataclass(frozen=True, slots=True)
class MonthChoice:
    unit: OrgUnit
    month: Month
    found: MonthlyFigures
    form: ChoiceForm


def month_name(month: Month) -> str:
    return date_format(month.first, "F Y")


def _months(request: StaffRequest) -> list[Month]:
    months = [Month.of(request.today)]
    while len(months) < MONTHS:
        months.append(months[-1].before)
    return months


def _choice(request: StaffRequest) -> MonthChoice:
    """What is asked for; the last month that is over when nothing is. 403 and 404 as elsewhere."""
    units = OrgUnit.objects.filter(
        pk__in=request.access.units_with(Action.SEE_AGGREGATES)
    ).order_by(SwedishOrder("name"))
    first = units.first()
    if first is None:
        raise Forbidden(refusal(Action.SEE_AGGREGATES))
    form = ChoiceForm(
        request.GET,
        units=units,
        months=[(str(month), month_name(month)) for month in _months(request)],
    )
    if not form.is_valid():
        if "unit" in form.errors:
            raise Http404
        raise Invalid({"month": _("Choose one of the months.")})
    unit = form.cleaned_data["unit"] or first
    text = form.cleaned_data["month"]
    chosen = Month.parse(text) if text else Month.of(request.today).before
    found = closing.figures_of(unit, chosen, revision=form.cleaned_data["revision"])
    return MonthChoice(unit, chosen, found, form)


def _value(figure: Figure, value: Any) -> str:
    if value is None:
        return "–"
    if figure.measure == Measure.PERCENT:
        return f"{charts.figure(float(value))} %"
    return charts.figure(value)


def _lines(found: MonthlyFigures, before: MonthlyFigures) -> dict[str, list[FigureLine]]:
    nothing = Counted(None, {})
    lines: dict[str, list[FigureLine]] = {}
    for code, figure in figures.of(Period.MONTH).items():
        one = found.figures.get(code, nothing)
        version = found.versions.get(code, figure.version)
        lines.setdefault(str(figure.section.label), []).append(
            FigureLine(
                figure,
                version,
                _value(figure, one.value),
                tuple(_value(figure, one.by_gender.get(g)) for g in Gender.values),
                _value(figure, before.figures.get(code, nothing).value),
                before.versions.get(code, version) != version,
            )
        )
    return lines


def _charts(unit: OrgUnit, month: Month) -> list[Chart]:
    """Closed months up to the chosen one. One query."""
    rows = list(
        MonthlyClosing.objects.filter(unit=unit, month__lte=month.first)
        .order_by("-month", "-revision")
        .distinct("month")[:DRAWN]
    )[::-1]
    if len(rows) < 2:
        return []
    labels = [date_format(row.month, "M y") for row in rows]

    versions = [closing.versions_of(row) for row in rows]

    def chart(
        title: str, unit: str, lines: dict[str, Tone], scale: charts.Scale | None = None
    ) -> Chart:
        series = [
            Series(
                str(figures[code].label),
                [row.figures.get(code, {}).get("value") for row in rows],
                tone,
            )
            for code, tone in lines.items()
        ]
        redefined = [
            ChartMark(index, _("counted in another way from here"))
            for index, (last, this) in enumerate(pairwise(versions), start=1)
            if any(last.get(code, 1) != this.get(code, 1) for code in lines)
        ]
        return line_chart(title, labels, series, unit, redefined, scale=scale)

    return [
        chart(
            _("Reports received, month by month"),
            _("reports"),
            {"reports.received": "main"},
        ),
        chart(
            _("In time, month by month"),
            _("per cent"),
            {"protection.in_time_percent": "main", "decisions.in_time_percent": "second"},
            scale=(0, 100),
        ),
        chart(
            _("Investigations, month by month"),
            _("investigations"),
            {
                "investigations.opened": "main",
                "investigations.concluded": "second",
                "investigations.open_at_month_end": "before",
            },
        ),
    ]


@login_required
@require_GET
def month(request: StaffRequest) -> HttpResponse:
    return _page(request, RevisionForm())


def _page(request: StaffRequest, revision_form: RevisionForm, status: int = 200) -> HttpResponse:
    choice = _choice(request)
    lines = _lines(choice.found, closing.figures_of(choice.unit, choice.month.year_before))
    query = f"unit={choice.unit.pk}&month={choice.month}"
    return render(
        request,
        "unitstats/month.html",
        {
            "unit": choice.unit,
            "month": choice.month,
            "month_name": month_name(choice.month),
            "found": choice.found,
            "is_over": closing.is_over(choice.month, on=request.today),
            "closing_day": closing.CLOSING_DAY,
            "revisions": list(
                MonthlyClosing.objects.filter(unit=choice.unit, month=choice.month.first)
                .select_related("closed_by")
                .order_by("revision")
            ),
            "form": choice.form,
            "tables": list(lines.items()),
            "genders": Gender.labels,
            "charts": _charts(choice.unit, choice.month),
            "query": query,
            "revision_form": revision_form,
            "may_revise": request.access.ask(Action.CLOSE_STATISTICS, unit_id=choice.unit.pk),
        },
        status=status,
    )


@login_required
@require_GET
@rated(Rate.EXPORT)
def export(request: StaffRequest) -> HttpResponse:
    choice = _choice(request)
    return xlsx_response(
        f"{choice.unit.code}-{choice.month}-r{choice.found.revision}",
        *sheets.sheets(
            choice.unit,
            choice.found,
            closing.figures_of(choice.unit, choice.month.year_before),
        ),
    )


@login_required
@require_POST
def revise(request: StaffRequest) -> HttpResponse:
    """Correct a closed month; which one stands in the address."""
    form = RevisionForm(request.POST)
    if form.is_valid():
        choice = _choice(request)
        attempt(
            form,
            lambda: closing.revise(
                choice.unit,
                choice.month,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.at,
            ),
        )
        if not form.errors:
            messages.success(request, _("The correction is kept as a new revision."))
            here = f"?unit={choice.unit.pk}&month={choice.month}"
            return HttpResponseRedirect(reverse("statistics") + here)
    return _page(request, form, status=form_status(form))
