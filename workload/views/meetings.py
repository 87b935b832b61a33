"""The temperature of the groups, meeting by meeting, and the months and marks of the unit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.decisions import Allowed, Decision, Denied
from core.names import SwedishOrder
from core.web import attempt, form_status
from organisation.models import OrgUnit
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload.forms.rounds import EventForm, MonthsForm, TemperatureForm
from workload.models import MarkedEvent, MeasurementRound, SurveyRound, Temperature
from workload.models.rounds import half_year
from workload.readers import groups_led, groups_seen, temperatures_read_by, units_headed
from workload.scales import Colour
from workload.services import meetings as services
from workload.services import rounds

YEARS_SHOWN = 366 * 2
LOOKS = {Colour.GREEN: "ok", Colour.YELLOW: "soon", Colour.RED: "late"}


def shown(row: Temperature) -> dict[str, Any]:
    """A meeting as the strip shows it: a word and a colour for each question."""
    return {
        "row": row,
        "wellbeing": _square(row.wellbeing),
        "load": _square(row.load),
    }


def _square(colour: str) -> dict[str, str]:
    return {"label": str(Colour(colour).label), "tone": LOOKS[Colour(colour)]}


@login_required
@require_GET
def temperatures(request: StaffRequest) -> HttpResponse:
    """A strip for each group one sees, the latest meeting first."""
    groups = list(groups_seen(request.access).select_related("parent").order_by("path"))
    if not groups:
        raise Http404
    led = set(groups_led(request.access, Action.TAKE_TEMPERATURE).values_list("pk", flat=True))
    by_group: dict[int, list[Any]] = defaultdict(list)
    for row in (
        temperatures_read_by(request.access)
        .filter(meeting_on__gte=request.today - timedelta(days=YEARS_SHOWN))
        .order_by("-meeting_on")
    ):
        by_group[row.group_id].append(shown(row))
    strips = [
        {
            "group": group,
            "meetings": by_group[group.pk],
            "latest": by_group[group.pk][0] if by_group[group.pk] else None,
            "led": group.pk in led,
        }
        for group in groups
    ]
    return render(request, "workload/temperatures.html", {"strips": strips, "today": request.today})


@login_required
@require_http_methods(["GET", "POST"])
def temperature_take(request: StaffRequest, pk: int) -> HttpResponse:
    """Count the hands of a meeting; the same day again corrects it."""
    group = get_object_or_404(groups_seen(request.access), pk=pk)
    form = TemperatureForm(request.POST or None, initial={"meeting_on": request.today})
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: services.take_temperature(
                pk,
                meeting_on=form.cleaned_data["meeting_on"],
                hands=form.hands,
                comment=form.cleaned_data["comment"],
                by=request.user,
                at=request.at,
            ),
        )
        if saved is not None:
            messages.success(request, _("The temperature has been written down."))
            return redirect("temperatures")
    elif request.method == "GET" and group.pk not in {
        one.pk for one in groups_led(request.access, Action.TAKE_TEMPERATURE)
    }:
        raise Http404
    return render(
        request,
        "workload/temperature_take.html",
        {
            "group": group,
            "form": form,
            "questions": [
                (_("Wellbeing"), [form[f"wellbeing_{colour}"] for colour in Colour.values]),
                (_("Load"), [form[f"load_{colour}"] for colour in Colour.values]),
            ],
        },
        status=form_status(form) if form.errors else 200,
    )


def _headed(request: StaffRequest, pk: int) -> OrgUnit:
    return get_object_or_404(OrgUnit.objects.filter(pk__in=units_headed(request.access)), pk=pk)


@login_required
@require_GET
def rounds_run(request: StaffRequest) -> HttpResponse:
    """The unit head's: when the unit is asked, what is open, and marks in the charts."""
    units = OrgUnit.objects.filter(pk__in=units_headed(request.access)).order_by(
        SwedishOrder("name")
    )
    if not units:
        raise Http404
    surveys: dict[int, list[SurveyRound]] = defaultdict(list)
    for row in SurveyRound.objects.filter(unit__in=units).order_by("-opened_on")[:20]:
        surveys[row.unit_id].append(row)
    measured: dict[int, list[MeasurementRound]] = defaultdict(list)
    for one in MeasurementRound.objects.filter(unit__in=units).order_by("-opened_on")[:20]:
        measured[one.unit_id].append(one)
    events: dict[int, list[MarkedEvent]] = defaultdict(list)
    for event in MarkedEvent.objects.filter(unit__in=units).order_by("-from_on"):
        events[event.unit_id].append(event)
    return render(
        request,
        "workload/rounds_run.html",
        {
            "units": [
                {
                    "unit": unit,
                    "settings": (settings := rounds.settings_of(unit.pk)),
                    "survey_months": _months(settings.survey_months),
                    "measurement_months": _months(settings.measurement_months),
                    "may_open_measurement": _may_measure(measured[unit.pk], request.today),
                    "may_open_survey": _may_open(surveys[unit.pk], half_year(request.today)),
                    "events": events[unit.pk],
                }
                for unit in units
            ],
            "today": request.today,
        },
    )


def _months(numbers: list[int]) -> str:
    """ "mars och oktober"."""
    return get_text_list([str(MONTHS[number]) for number in numbers], _("and"))


def _may_open(found: list[SurveyRound], period: date) -> Decision:
    if any(row.period == period for row in found):
        return Denied(_("The Stockholm model has been asked this half-year already."))
    return Allowed()


def _may_measure(found: list[MeasurementRound], today: date) -> Decision:
    if any(row.period == today.replace(day=1) for row in found):
        return Denied(_("The workload has been measured this month already."))
    if any(row.is_open for row in found):
        return Denied(_("The measurement before is still open."))
    return Allowed()


@login_required
@require_POST
def survey_open(request: StaffRequest, pk: int) -> HttpResponse:
    """Open the half-year's round now, before its month does."""
    unit = _headed(request, pk)
    rounds.open_survey(unit.pk, on=request.today, by=request.user, at=request.at)
    messages.success(request, _("The Stockholm model is open. Everybody in the unit is told."))
    return redirect("rounds_run")


@login_required
@require_http_methods(["GET", "POST"])
def rounds_months(request: StaffRequest, pk: int) -> HttpResponse:
    unit = _headed(request, pk)
    form = MonthsForm.of(rounds.settings_of(unit.pk), request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: rounds.set_months(unit.pk, **form.cleaned_data, by=request.user, at=request.at),
        )
        if saved is not None:
            messages.success(request, _("The months have been saved."))
            return redirect("rounds_run")
    return _form(request, form, _("Months of the rounds"), _("Save"))


@login_required
@require_http_methods(["GET", "POST"])
def event_mark(request: StaffRequest, pk: int) -> HttpResponse:
    unit = _headed(request, pk)
    form = EventForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: services.mark_event(
                unit.pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if saved is not None:
            messages.success(request, _("It is marked in the charts."))
            return redirect("rounds_run")
    return _form(request, form, _("Mark a time in the charts"), _("Mark"))


@login_required
@require_POST
def event_unmark(request: StaffRequest, pk: int) -> HttpResponse:
    services.unmark_event(pk, by=request.user, at=request.at)
    messages.success(request, _("The mark is gone."))
    return redirect("rounds_run")


def _form(request: StaffRequest, form: Any, title: str, button: str) -> HttpResponse:
    return render(
        request,
        "workload/round_form.html",
        {
            "form": form,
            "title": title,
            "button": button,
            "back_url": reverse("rounds_run"),
            "back_label": _("Rounds and marks"),
        },
        status=form_status(form) if form.errors else 200,
    )
