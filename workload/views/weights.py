"""Weight sets: what the unit's cases weigh, a draft of something better, and what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import trail
from core.decisions import Allowed, Decision, Denied
from core.names import SwedishOrder
from core.web import attempt, form_status
from core.wording import full_day
from organisation.models import OrgUnit
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload import capacity, points
from workload.capacity import WorkerLoad
from workload.enums import MEASURED, FactorSource
from workload.forms.weights import (
    FactorForm,
    NumbersForm,
    UseForm,
    free_code,
    level_formset,
    levels_of,
)
from workload.models import WeightFactor, WeightSet
from workload.services import weights as services
from workload.views.loads import in_words, tone_of
from workload.views.reach import groups_led


def _units(request: StaffRequest) -> list[int]:
    """Units where the person sees the weights: those where they lead."""
    return sorted({group.parent_id or 0 for group in groups_led(request)})


def _visible(request: StaffRequest) -> Any:
    """Sets of those units; drafts are the unit head's."""
    mine = request.access.units_with(Action.MANAGE_WEIGHTS)
    return WeightSet.objects.filter(
        Q(unit_id__in=mine) | Q(unit_id__in=_units(request), from_on__isnull=False)
    ).select_related("unit")


def _may(request: StaffRequest, weight_set: WeightSet) -> Decision:
    permitted = request.access.ask(Action.MANAGE_WEIGHTS, unit_id=weight_set.unit_id)
    if not permitted:
        return permitted
    if not weight_set.is_draft:
        return Denied(_("A weight set in use stays as it is. Begin a new draft from it."))
    return Allowed()


@require_GET
@login_required
def weight_sets(request: StaffRequest) -> HttpResponse:
    """The unit's weight sets: in use, planned, earlier, and the draft."""
    units = list(OrgUnit.objects.filter(pk__in=_units(request)).order_by(SwedishOrder("name")))
    if not units:
        raise Http404
    sets = list(_visible(request).order_by("-from_on"))
    return render(
        request,
        "workload/weight_sets.html",
        {
            "today": request.today,
            "units": [
                {
                    "unit": unit,
                    "sets": [one for one in sets if one.unit_id == unit.pk and one.from_on],
                    "draft": next(
                        (one for one in sets if one.unit_id == unit.pk and one.is_draft), None
                    ),
                    "may": request.access.ask(Action.MANAGE_WEIGHTS, unit_id=unit.pk),
                }
                for unit in units
            ],
        },
    )


@require_POST
@login_required
def weight_set_begin(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin a draft for the unit."""
    unit = get_object_or_404(OrgUnit.objects.filter(pk__in=_units(request)), pk=pk)
    made = services.begin_draft(unit=unit, by=request.user, at=request.at)
    return redirect("weight_set", made.pk)


@login_required
@require_http_methods(["GET", "POST"])
def weight_set(request: StaffRequest, pk: int) -> HttpResponse:
    """A set with all its factors; a draft can be changed here."""
    shown = get_object_or_404(_visible(request), pk=pk)
    may = _may(request, shown)
    form = NumbersForm(request.POST or None, weight_set=shown) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        changed = attempt(
            form,
            lambda: services.change_draft(
                pk,
                name=form.cleaned_data["name"],
                numbers=form.numbers(),
                version=form.cleaned_data["version"],
                by=request.user,
                at=request.at,
            ),
        )
        if changed is not None:
            messages.success(request, _("The draft is saved."))
            return redirect("weight_set", pk)
    return render(
        request,
        "workload/weight_set.html",
        {
            "set": shown,
            "today": request.today,
            "form": form,
            "may": may,
            "factors": shown.factors.prefetch_related("levels"),
            "numbers": [
                (shown._meta.get_field(name).verbose_name, getattr(shown, name))
                for name in services.NUMBERS
            ],
        },
        status=form_status(form) if form is not None and form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def weight_factor(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """Change a factor of a draft, or add one that people judge (`new`)."""
    shown = get_object_or_404(_visible(request), pk=pk)
    may = _may(request, shown)
    if not may:
        return redirect("weight_set", pk)
    factor: WeightFactor | None = None
    if code != "new":
        factor = get_object_or_404(shown.factors.prefetch_related("levels"), code=code)
    formset = level_formset(factor, request.POST or None)
    choices = [(level.code, level.name) for level in factor.levels.all()] if factor else []
    if factor is not None and factor.source in {FactorSource.ALWAYS, *MEASURED}:
        choices = []
    form = FactorForm(
        request.POST or None,
        choices=choices,
        initial={
            "name": factor.name if factor else "",
            "assumed": factor.assumed if factor else "",
            "version": shown.version,
        },
    )
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        named = slugify(form.cleaned_data["name"])
        levels = levels_of(formset)
        assumed = form.cleaned_data.get("assumed") or (factor.assumed if factor else "")
        if assumed not in {level.code for level in levels} and levels:
            assumed = levels[0].code
        taken = set(shown.factors.values_list("code", flat=True))
        saved = attempt(
            form,
            lambda: services.change_factor(
                pk,
                code=factor.code if factor else free_code(named, taken),
                name=form.cleaned_data["name"],
                levels=levels,
                assumed=assumed,
                source=None if factor else FactorSource.JUDGED,
                version=form.cleaned_data["version"],
                by=request.user,
                at=request.at,
            ),
        )
        if saved is not None:
            messages.success(request, _("The factor is saved."))
            return redirect("weight_set", pk)
    refused = form.errors or (request.method == "POST" and not formset.is_valid())
    return render(
        request,
        "workload/weight_factor.html",
        {
            "set": shown,
            "factor": factor,
            "form": form,
            "formset": formset,
            "measured": factor is not None and factor.source in MEASURED,
        },
        status=form_status(form) if refused else 200,
    )


@require_POST
@login_required
def weight_factor_remove(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    get_object_or_404(_visible(request), pk=pk)
    services.remove_factor(pk, code=code, by=request.user, at=request.at)
    messages.success(request, _("The factor is taken out of the draft."))
    return redirect("weight_set", pk)


@require_POST
@login_required
def weight_set_discard(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(_visible(request), pk=pk)
    services.discard_draft(pk, by=request.user, at=request.at)
    messages.success(request, _("The draft is thrown away."))
    return redirect("weight_sets")


@dataclass(frozen=True, slots=True)
class DraftEffect:
    """A worker's load today, and what it would be with the draft."""

    name: str
    now: WorkerLoad
    then: WorkerLoad

    @property
    def now_text(self) -> str:
        return in_words(self.now)

    @property
    def then_text(self) -> str:
        return in_words(self.then)

    @property
    def now_tone(self) -> str:
        return tone_of(self.now)

    @property
    def then_tone(self) -> str:
        return tone_of(self.then)


@login_required
@require_http_methods(["GET", "POST"])
def weight_set_use(request: StaffRequest, pk: int) -> HttpResponse:
    """What the draft would do to today's loads, and from when to measure with it."""
    shown = get_object_or_404(_visible(request), pk=pk)
    if not _may(request, shown):
        return redirect("weight_set", pk)
    form = UseForm(request.POST or None, initial={"version": shown.version})
    if request.method == "POST" and form.is_valid():
        used = attempt(
            form,
            lambda: services.take_into_use(pk, **form.cleaned_data, by=request.user, at=request.at),
        )
        if used is not None:
            messages.success(
                request,
                _("The weight set measures from %(day)s.")
                % {"day": full_day(form.cleaned_data["from_on"])},
            )
            return redirect("weight_sets")
    draft = capacity.weights_of(shown)
    lacking = points.problems(draft)
    loads = partial(
        capacity.loads,
        unit_id=shown.unit_id,
        on=request.today,
        without=request.access.blocked,
    )
    now = loads()
    then = [] if lacking else loads(weights=draft)
    people = {load.user.pk: load for load in now}
    effects = [
        DraftEffect(str(load.user), people[load.user.pk], load)
        for load in then
        if load.user.pk in people
    ]
    trail.read("workload.read", [load.user for load in now], by=request.user, at=request.at)
    return render(
        request,
        "workload/weight_set_use.html",
        {
            "set": shown,
            "form": form,
            "today": request.today,
            "lacking": bool(lacking),
            "effects": effects,
            "over_now": sum(1 for one in effects if one.now_tone == "late"),
            "over_then": sum(1 for one in effects if one.then_tone == "late"),
            "measured": any(one.now.norm is not None for one in effects),
        },
        status=form_status(form) if form.errors else 200,
    )
