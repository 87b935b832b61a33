"""Absences and stand-ins: one's own, and those of the people one leads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.names import in_order
from core.web import attempt, form_status
from organisation.enums import END_UNKNOWN, Level, Role
from organisation.forms import AbsenceForm, LastDayForm
from organisation.models import Absence, RoleAssignment, User
from organisation.rights import Action
from organisation.services import absences as services
from organisation.views.requests import StaffRequest


def _led(request: StaffRequest) -> QuerySet[User]:
    """Oneself and everybody with a role where one leads; all for the system administrator."""
    if Role.SYSTEM_ADMINISTRATOR in request.access.roles:
        return User.objects.filter(is_active=True)
    units = request.access.units_with(Action.MANAGE_ABSENCE)
    groups = request.access.groups_with(Action.MANAGE_ABSENCE)
    roles = RoleAssignment.objects.active(request.today).filter(
        Q(node_id__in=groups)
        | Q(node_id__in=units)
        | Q(node__level=Level.GROUP, node__parent_id__in=units)
    )
    return User.objects.filter(
        Q(pk=request.user.pk) | Q(pk__in=roles.values("user"), is_active=True)
    )


def _colleagues(request: StaffRequest) -> QuerySet[User]:
    """Those who can stand in: staff of the units where one works, or all for the administrator."""
    if Role.SYSTEM_ADMINISTRATOR in request.access.roles:
        return User.objects.filter(is_active=True)
    units = {held.unit_id for held in request.access.held if held.unit_id is not None}
    roles = RoleAssignment.objects.active(request.today).filter(
        Q(node_id__in=units) | Q(node__level=Level.GROUP, node__parent_id__in=units)
    )
    return User.objects.filter(is_active=True, pk__in=roles.values("user"))


@require_GET
@login_required
def absences(request: StaffRequest) -> HttpResponse:
    """Who is away now and who will be, with who stands in."""
    shown = (
        Absence.objects.ending_after(request.today)
        .filter(user__in=_led(request))
        .select_related("user", "stand_in")
        .order_by("from_on", *in_order("user__"))
    )
    standing_in = (
        Absence.objects.ending_after(request.today)
        .filter(stand_in=request.user)
        .select_related("user")
        .order_by("from_on")
    )
    return render(
        request,
        "organisation/absences.html",
        {"absences": shown, "standing_in": standing_in, "today": request.today},
    )


@require_http_methods(["GET", "POST"])
@login_required
def absence_add(request: StaffRequest) -> HttpResponse:
    form = AbsenceForm(
        request.POST or None,
        people=_led(request).order_by(*in_order()),
        colleagues=_colleagues(request).order_by(*in_order()),
        initial={"user": request.GET.get("for") or request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        planned = attempt(
            form, lambda: services.plan_absence(**form.cleaned_data, by=request.user, at=request.at)
        )
        if planned is not None:
            messages.success(request, _("The absence has been planned."))
            return redirect("absences")
    return render(
        request,
        "organisation/form.html",
        {
            "form": form,
            "title": _("Plan an absence"),
            "button": _("Plan the absence"),
            "back": "absences",
            "back_label": _("Absences"),
        },
        status=form_status(form) if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@login_required
def absence_end(request: StaffRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.filter(user__in=_led(request)), pk=pk)
    form = LastDayForm(
        request.POST or None,
        may_be_unknown=absence.reason in END_UNKNOWN,
        initial={"until_on": absence.until_on},
    )
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: services.end_absence(
                absence.pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if changed is not None:
            messages.success(request, _("The last day of the absence has been changed."))
            return redirect("absences")
    return render(
        request,
        "organisation/form.html",
        {
            "form": form,
            "title": _("Change the last day of the absence"),
            "button": _("Save"),
            "back": "absences",
            "back_label": _("Absences"),
        },
        status=form_status(form) if form.errors else 200,
    )
