"""The workload measurement: one's own page, the leader's, and what is published above."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.drafts import services as drafts
from cases.matters import registry as matters
from core import trail
from core.names import SwedishOrder, in_order
from core.web import attempt, form_status
from organisation.models import OrgUnit
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload import capacity, courses, points, published
from workload.forms.measurements import MeasurementForm
from workload.models import CaseReview, MarkedEvent, Measurement, MeasurementRound
from workload.readers import groups_led, measurements_read_by, paths_above, units_headed
from workload.services import measurements as services

ROUNDS_SHOWN = 6


@login_required
@require_GET
def measurements(request: StaffRequest) -> HttpResponse:
    """What waits for one, the own course, those of groups one leads, and what is published."""
    access = request.access
    waiting = list(
        Measurement.objects.filter(user=request.user, frozen_at__isnull=True).select_related(
            "round__unit"
        )
    )
    own = courses.of_worker(request.user.pk)
    groups = list(groups_led(access, Action.READ_MEASUREMENTS).order_by("path"))
    events: dict[int, list[MarkedEvent]] = defaultdict(list)
    for event in MarkedEvent.objects.filter(
        unit__in={held.unit_id for held in access.held if held.unit_id}
    ):
        events[event.unit_id].append(event)
    led = [group.pk for group in groups]
    by_group = courses.by_group(Measurement.objects.filter(group__in=led))
    rounds = (
        MeasurementRound.objects.filter(measurements__group__in=led)
        .select_related("unit")
        .annotate(
            asked=Count("measurements", filter=Q(measurements__group__in=led)),
            given=Count(
                "measurements",
                filter=Q(measurements__group__in=led, measurements__answered_at__isnull=False),
            ),
        )
        .order_by("-opened_on")[:ROUNDS_SHOWN]
        if led
        else []
    )
    return render(
        request,
        "workload/measurements.html",
        {
            "waiting": waiting,
            "own": courses.charts(_("You"), own, [e for row in events.values() for e in row])
            if own
            else (),
            "rounds": list(rounds),
            "charts": [
                chart
                for group in groups
                if by_group.get(group.pk)
                for chart in courses.charts(
                    group.name, by_group[group.pk], events[group.parent_id or 0]
                )
            ],
            "published": published.workload_of_units(access) if paths_above(access) else [],
            "is_above": bool(paths_above(access)),
            "is_head": bool(units_headed(access)),
            "today": request.today,
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def measurement_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Check the points of one's cases and give one's experience, on one page."""
    row = get_object_or_404(
        Measurement.objects.select_related("round__unit"), round_id=pk, user=request.user
    )
    if row.frozen_at is not None:
        messages.info(request, _("The round has closed. Your answers stand below."))
        return redirect("measurements")
    load = next(
        iter(
            capacity.loads(on=request.today, unit_id=row.round.unit_id, user_ids=[request.user.pk])
        ),
        None,
    )
    key = f"measurement-{pk}"
    initial = (
        {"experience": row.experience, "flex_hours": row.flex_hours, "comment": row.comment}
        if row.answered_at
        else {}
    )
    form = MeasurementForm(
        request.POST or None, initial=initial, carried=load.carried if load else ()
    )
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: services.answer(
                pk,
                experience=form.cleaned_data["experience"],
                flex_hours=form.cleaned_data["flex_hours"],
                comment=form.cleaned_data["comment"],
                judged=form.judged(),
                by=request.user,
                at=request.at,
            ),
        )
        if saved is not None:
            drafts.discard(key=key, by=request.user)
            messages.success(
                request, _("Thank you. You can change your answer until the round closes.")
            )
            return redirect("measurements")
    elif load:
        trail.read("measurement.points_read", [row], by=request.user, at=request.at)
    return render(
        request,
        "workload/measurement_answer.html",
        {
            "form": form,
            "row": row,
            "load": load,
            "cases": form.cases(),
            "draft_key": key,
            "draft_url": reverse("draft"),
            "today": request.today,
        },
        status=form_status(form) if form.errors else 200,
    )


@login_required
@require_GET
def measurement_team(request: StaffRequest, pk: int) -> HttpResponse:
    """The leader's page of a round: who has answered, and points beside experience, by name."""
    led = groups_led(request.access, Action.READ_MEASUREMENTS)
    found = get_object_or_404(
        MeasurementRound.objects.filter(measurements__group__in=led)
        .select_related("unit")
        .distinct(),
        pk=pk,
    )
    rows = list(
        measurements_read_by(request.access)
        .filter(round=found)
        .exclude(user=request.user)
        .select_related("user", "group")
        .order_by(SwedishOrder("group__name"), *in_order("user__"), "user_id")
    )
    trail.read("measurement.team_read", rows, by=request.user, at=request.at)
    reviewed: dict[int, CaseReview] = {}
    for review in CaseReview.objects.filter(
        worker__in=[row.user_id for row in rows], held_on__gte=found.opened_on
    ).order_by("held_on"):
        reviewed[review.worker_id] = review
    lines: list[dict[str, Any]] = [
        {"row": row, "percent": _percent(row), "review": reviewed.get(row.user_id)} for row in rows
    ]
    return render(
        request,
        "workload/measurement_team.html",
        {
            "round": found,
            "lines": lines,
            "given": sum(1 for row in rows if row.answered_at),
            "today": request.today,
        },
    )


def _percent(row: Measurement) -> int | None:
    if row.tenths is None or not row.available_tenths:
        return None
    return round(100 * row.tenths / row.available_tenths)


@login_required
@require_GET
def measurement_points(request: StaffRequest, pk: int) -> HttpResponse:
    """The points of one worker as they were frozen, case by case and factor by factor."""
    row = get_object_or_404(
        measurements_read_by(request.access)
        .filter(frozen_at__isnull=False)
        .select_related("round", "user"),
        pk=pk,
    )
    trail.read("measurement.read", [row], by=request.user, at=request.at)
    return render(
        request,
        "workload/measurement_points.html",
        {
            "row": row,
            "own": row.user_id == request.user.pk,
            "percent": _percent(row),
            "lines": [
                {**line, "points": line["tenths"] / 10, "part": _part(line["part"])}
                for line in row.lines
            ],
            "today": request.today,
        },
    )


def _part(code: str) -> str:
    if code == points.CONTACT:
        return _("helped a colleague")
    if code == points.INTERVENTION:
        return _("intervention to follow up")
    return matters.part_name(code).lower()


@login_required
@require_POST
def measurement_open(request: StaffRequest, pk: int) -> HttpResponse:
    """Open the month's measurement now."""
    unit = get_object_or_404(OrgUnit.objects.filter(pk__in=units_headed(request.access)), pk=pk)
    services.open_measurement(unit.pk, on=request.today, by=request.user, at=request.at)
    messages.success(
        request, _("The measurement is open. Everybody who handles cases has been told.")
    )
    return redirect("rounds_run")
