"""Around the board: the week's notes, standing pairs, what cases wish."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.matters.working import reach
from core import trail
from core.errors import Missing
from core.web import attempt, form_status
from organisation.models import User
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload.forms.allocation import StandingPairForm, WeekForm, WishForm
from workload.models import AllocationWish, StandingPair
from workload.services import allocation as services
from workload.services.allocation.plans import group_to_lead, reception_of
from workload.services.allocation.wishes import to_note_on
from workload.views.allocation import show_board
from workload.views.cards import wish_text


@login_required
@require_POST
def week(request: StaffRequest, pk: int) -> HttpResponse:
    """Note who of the reception is there, and the week's notes."""
    group = group_to_lead(request.access, pk)
    form = WeekForm(request.POST, reception=reception_of(group, on=request.access.on))
    if form.is_valid():
        data = form.cleaned_data
        written = attempt(
            form,
            lambda: services.write_round(
                group.pk,
                on=request.access.on,
                reception_worker_id=data["reception_worker"],
                notes=data["notes"],
                version=data["version"],
                by=request.user,
                at=request.at,
            ),
        )
        if written is not None:
            messages.success(request, _("The week is saved."))
            return redirect("allocation_board", group.pk)
    conflict = getattr(form, "conflict", None)
    if conflict is not None:
        key = form.add_prefix("version")
        form.data = {**form.data.dict(), key: str(conflict.version)}  # type: ignore[attr-defined]
    return show_board(request, group, week_form=form, status=form_status(form), theirs=conflict)


@login_required
@require_http_methods(["GET", "POST"])
def pairs(request: StaffRequest, pk: int) -> HttpResponse:
    """The standing pairs of a group."""
    access = request.access
    group = group_to_lead(access, pk)
    people = list(User.objects.workers_in(group.pk, on=access.on))
    form = StandingPairForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = attempt(
            form,
            lambda: services.set_standing_pair(
                group.pk,
                one_id=data["one"],
                other_id=data["other"],
                by=request.user,
                at=request.at,
            ),
        )
        if made is not None:
            messages.success(request, _("They are a standing pair from today."))
            return redirect("allocation_pairs", group.pk)
    rows = StandingPair.objects.active(access.on).filter(group=group)
    return render(
        request,
        "workload/allocation/pairs.html",
        {
            "today": access.on,
            "group": group,
            "form": form,
            "pairs": rows.select_related("first", "second"),
        },
        status=form_status(form) if request.method == "POST" else 200,
    )


@login_required
@require_POST
def pair_end(request: StaffRequest, pk: int) -> HttpResponse:
    """End a standing pair."""
    pair = services.end_standing_pair(pk, by=request.user, at=request.at)
    messages.success(request, _("The pair has ended."))
    return redirect("allocation_pairs", pair.group_id)


# Wishes


@login_required
@require_http_methods(["GET", "POST"])
def wishes(request: StaffRequest, pk: int) -> HttpResponse:
    """What a waiting case asks of its pair, for the reception and the leader."""
    access = request.access
    with transaction.atomic():
        investigation = to_note_on(access, pk)
    form = WishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        noted = attempt(
            form,
            lambda: services.note_wish(pk, **form.chosen(), by=request.user, at=request.at),
        )
        if noted is not None:
            messages.success(request, _("The wish is noted."))
            return redirect("investigation_wishes", pk)
    trail.read("allocation.wishes_read", [investigation], by=request.user, at=request.at)
    rows = AllocationWish.objects.filter(investigation=investigation).select_related("noted_by")
    leads = access.may(Action.ASSIGN_HANDLERS, **reach(investigation, on=access.on))
    return render(
        request,
        "workload/allocation/wishes.html",
        {
            "today": access.on,
            "investigation": investigation,
            "form": form,
            "waits": investigation.status == "waiting",
            "leads": leads,
            "wishes": [(wish, wish_text(wish.kind, wish.detail)) for wish in rows],
        },
        status=form_status(form) if request.method == "POST" else 200,
    )


@login_required
@require_POST
def wish_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a wish back."""
    wish = AllocationWish.objects.filter(pk=pk).first()
    if wish is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    services.withdraw_wish(pk, by=request.user, at=request.at)
    messages.success(request, _("The wish is taken back."))
    return redirect("investigation_wishes", wish.investigation_id)
