"""Protected identity of a child and where it is: registered, ended, written apart from notes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.persons import forms, whereabouts
from cases.persons import protection as services
from cases.persons.models import Person
from core.errors import Forbidden
from core.web import attempt, form_page
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest


def _child(request: StaffRequest, pk: int) -> Person:
    child = get_object_or_404(Person.objects.visible_to(request.access), pk=pk)
    if not whereabouts.may_work_with(child, request.access, Action.PROTECT_IDENTITY):
        raise Forbidden(refusal(Action.PROTECT_IDENTITY))
    return child


def _page(request: StaffRequest, child: Person, form: Any, title: str, intro: str) -> HttpResponse:
    back = reverse("child", args=[child.pk])
    return form_page(
        request,
        form,
        title=title,
        button=_("Save"),
        back=back,
        back_label=_("The child"),
        intro=intro,
    )


@login_required
@require_http_methods(["GET", "POST"])
def protect(request: StaffRequest, pk: int) -> HttpResponse:
    """Register that the child's identity is protected: kind, source, authority and day."""
    child = _child(request, pk)
    form = forms.ProtectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: services.protect(child.pk, **form.cleaned_data, by=request.user, at=request.at),
        )
        if done is not None:
            messages.success(request, _("The identity is protected from now on."))
            return redirect("child", pk)
    return _page(
        request,
        child,
        form,
        _("Register protected identity"),
        _(
            "Address, school, whereabouts and contacts are then shown only to those who work with"
            " the child now. Others see that the identity is protected, and not how."
        ),
    )


@login_required
@require_http_methods(["GET", "POST"])
def protect_end(request: StaffRequest, pk: int) -> HttpResponse:
    child = _child(request, pk)
    form = forms.EndProtectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def end() -> bool:
            services.end_protection(child.pk, **form.cleaned_data, by=request.user, at=request.at)
            return True

        if attempt(form, end):
            messages.success(request, _("The protection has ended."))
            return redirect("child", pk)
    return _page(request, child, form, _("End the protection"), "")


@login_required
@require_http_methods(["GET", "POST"])
def whereabouts_change(request: StaffRequest, pk: int) -> HttpResponse:
    """Address, school and where the child is now, for those who may see them."""
    child = _child(request, pk)
    place = whereabouts.open_for(child, request.access, by=request.user, at=request.at)
    if place.hidden:
        raise Forbidden(_("Where the child is, is shown to those who work with it only."))
    form = forms.WhereaboutsForm(
        request.POST or None,
        initial={
            "address": place.address,
            "school": place.school,
            "whereabouts": place.staying_at,
        },
    )
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: services.write_whereabouts(
                child.pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if done is not None:
            messages.success(request, _("Saved."))
            return redirect("child", pk)
    return _page(request, child, form, _("Where the child is"), "")
