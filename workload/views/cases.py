"""A case's points: explained line by line, judged, and the contacts colleagues did in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.matters import registry as matters
from cases.matters.models import Matter, MatterWorker
from cases.matters.working import reach
from core import trail
from core.web import attempt, form_status
from organisation.models import User
from organisation.views.requests import StaffRequest
from workload import capacity
from workload.forms.cases import ContactForm, FactorsForm
from workload.models import CaseFactor, ContactForOther
from workload.querysets import contacts_counting
from workload.services import facts
from workload.views.loads import part_in_words
from workload.views.reach import day_asked


def _found(request: StaffRequest, pk: int) -> Matter:
    """A matter that weighs and the reader may read, with the row of its kind."""
    kinds = matters.weighing()
    rows: Any = Matter.objects.visible_to(request.access).filter(kind__in=kinds)
    found: Matter = get_object_or_404(rows.select_related("unit", "group", *kinds), pk=pk)
    return found


@login_required
@require_http_methods(["GET", "POST"])
def case(request: StaffRequest, pk: int) -> HttpResponse:
    """The points of a matter on a day, and today's judgement of its factors."""
    matter = _found(request, pk)
    kind, record = matters.kind(matter.kind), matter.record
    on = day_asked(request)
    found = capacity.cases([pk], on=on).get(pk)
    may = request.access.ask(kind.works, **reach(record, on=request.today))
    today = found if on == request.today else capacity.cases([pk], on=request.today).get(pk)
    form = None
    if today is not None and may and on == request.today:
        form = FactorsForm(request.POST or None, points=today.points)
    if request.method == "POST" and form is not None and form.is_valid():
        made = attempt(
            form,
            lambda: facts.judge(pk, levels=form.levels(), by=request.user, at=request.at),
        )
        if made is not None:
            messages.success(
                request,
                _("The judgement is saved and counts from today.")
                if made
                else _("Nothing was changed."),
            )
            return redirect("workload_case", pk)
    trail.read(f"{kind.code}.points_read", [record], by=request.user, at=request.at)
    people = User.objects.in_bulk([part.user_id for part in found.parts] if found else [])
    return render(
        request,
        "workload/case.html",
        {
            "matter": matter,
            "listing": matters.listing(matter.kind),
            "on": on,
            "today": request.today,
            "case": found,
            "parts": [
                {"name": people[part.user_id], "part": part_in_words(part.part), "share": part}
                for part in (found.parts if found else ())
            ],
            "said": _said(pk, on),
            "form": form,
            "may": may,
            "contacts": ContactForOther.objects.filter(
                contacts_counting(request.today),
                matter=matter,
                recorded_on__gt=request.today
                - timedelta(days=found.points.weights.contact_days if found else 0),
            ).select_related("done_by", "done_for"),
        },
        status=form_status(form) if form is not None and form.errors else 200,
    )


def _said(pk: int, on: Any) -> dict[str, CaseFactor]:
    """Who said what of each factor, and when."""
    rows = CaseFactor.objects.counting([pk], on=on).select_related("assessed_by")
    return {row.factor_code: row for row in rows}


@login_required
@require_http_methods(["GET", "POST"])
def contact_add(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down a contact that a colleague did in the case for one of its handlers."""
    matter = _found(request, pk)
    handlers = MatterWorker.objects.active(request.today).filter(matter=matter)
    form = ContactForm(
        request.POST or None,
        colleagues=facts.colleagues(matter, on=request.today),
        handlers=User.objects.filter(pk__in=handlers.values("user")),
        today=request.today,
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: facts.record_contact(pk, **form.cleaned_data, by=request.user, at=request.at),
        )
        if made is not None:
            messages.success(request, _("The contact is written down."))
            return redirect("workload_case", pk)
    return render(
        request,
        "workload/contact.html",
        {"form": form, "matter": matter},
        status=form_status(form) if form.errors else 200,
    )


@login_required
@require_POST
def contact_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back a contact written down by mistake."""
    row = get_object_or_404(
        ContactForOther.objects.filter(matter__in=Matter.objects.visible_to(request.access)),
        pk=pk,
    )
    facts.withdraw_contact(pk, by=request.user, at=request.at)
    messages.success(request, _("The contact is taken back."))
    return redirect("workload_case", row.matter_id)
