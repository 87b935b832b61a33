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

from cases.models import HandlerAssignment, Investigation
from cases.services.gate import investigation_reach
from core import trail
from core.web import attempt, form_status
from organisation.models import User
from organisation.permissions import Action
from organisation.views.requests import StaffRequest
from workload import capacity
from workload.forms.cases import ContactForm, JudgeForm
from workload.models import CaseFactor, ContactForOther
from workload.querysets import contacts_counting
from workload.services import facts
from workload.views.loads import part_in_words
from workload.views.reach import day_asked


@login_required
@require_http_methods(["GET", "POST"])
def case(request: StaffRequest, pk: int) -> HttpResponse:
    """The points of an investigation on a day, and today's judgement of its factors."""
    investigation: Any = get_object_or_404(
        Investigation.objects.visible_to(request.access).select_related("unit", "group"), pk=pk
    )
    on = day_asked(request)
    found = capacity.cases([pk], on=on).get(pk)
    may = request.access.ask(
        Action.WORK_ON_INVESTIGATION, **investigation_reach(investigation, on=request.today)
    )
    today = found if on == request.today else capacity.cases([pk], on=request.today).get(pk)
    form = None
    if today is not None and may and on == request.today:
        form = JudgeForm(request.POST or None, points=today.points)
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
    trail.read("investigation.points_read", [investigation], by=request.user, at=request.at)
    people = User.objects.in_bulk([part.user_id for part in found.parts] if found else [])
    return render(
        request,
        "workload/case.html",
        {
            "investigation": investigation,
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
                investigation=investigation,
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
    investigation: Any = get_object_or_404(Investigation.objects.visible_to(request.access), pk=pk)
    handlers = HandlerAssignment.objects.active(request.today).filter(investigation=investigation)
    form = ContactForm(
        request.POST or None,
        colleagues=facts.colleagues(investigation, on=request.today),
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
        {"form": form, "investigation": investigation},
        status=form_status(form) if form.errors else 200,
    )


@login_required
@require_POST
def contact_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back a contact written down by mistake."""
    row = get_object_or_404(
        ContactForOther.objects.filter(
            investigation__in=Investigation.objects.visible_to(request.access)
        ),
        pk=pk,
    )
    facts.withdraw_contact(pk, by=request.user, at=request.at)
    messages.success(request, _("The contact is taken back."))
    return redirect("workload_case", row.investigation_id)
