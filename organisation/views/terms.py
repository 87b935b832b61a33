"""The terms of an employment: hours, experience and leave, with the day each began to hold."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import trail
from core.web import attempt, form_status
from organisation.enums import Role
from organisation.forms import EmploymentTermsForm
from organisation.models import Employment, User
from organisation.rights import Action
from organisation.services import employments as services
from organisation.views.requests import StaffRequest


@require_http_methods(["GET", "POST"])
@login_required
def employment_change(request: StaffRequest, pk: int) -> HttpResponse:
    """Change an employment from a day on; what it was before stands in a list."""
    employments: Any = Employment.objects.with_terms(request.today).select_related("user")
    if Role.SYSTEM_ADMINISTRATOR not in request.access.roles:
        people = User.objects.reached_by(request.access, Action.MANAGE_STAFFING)
        employments = employments.filter(user__in=people)
    employment = get_object_or_404(employments, pk=pk)
    form = EmploymentTermsForm(
        request.POST or None,
        initial={
            "hours_percent": employment.hours_on,
            "experience": employment.experience_on,
            "on_leave": employment.leave_on,
        },
    )
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: services.change_employment(
                pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if changed is not None:
            messages.success(request, _("The terms are changed from that day."))
            return redirect("employment_change", pk)
    trail.read("employment.read", [employment], by=request.user, at=request.at)
    return render(
        request,
        "organisation/employment.html",
        {
            "employment": employment,
            "terms": employment.terms.order_by("-from_on"),
            "form": form,
            "today": request.today,
        },
        status=form_status(form) if form.errors else 200,
    )
