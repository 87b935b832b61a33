"""Hand-overs between units: asking, answering, the list, and what stands on a case's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.enums import CLOSED_INVESTIGATION, HandoverStatus
from cases.handovers import services
from cases.handovers.forms import AcceptForm, OfferForm, RefuseForm
from cases.handovers.models import HandedText, Handover, HandoverCase
from cases.investigations.models import Investigation
from cases.investigations.services import due_on
from cases.matters.working import reach
from core import trail
from core.decisions import Decision, Denied
from core.errors import Conflict, Forbidden
from core.names import SwedishOrder
from core.web import attempt, form_page, form_status
from organisation.models import OrgUnit
from organisation.permissions import refusal
from organisation.rights import Action, Reach
from organisation.views.requests import StaffRequest

PER_PAGE = 50


def panel(request: StaffRequest, *, investigation: Investigation) -> SafeString | str:
    """On the page of an investigation: what was handed over, and the way to hand it over."""
    waiting = services.waiting_of(investigation.pk)
    handed = list(HandedText.objects.filter(matter=investigation.pk))
    went = (
        HandoverCase.objects.filter(
            matter=investigation.pk, handover__status=HandoverStatus.ACCEPTED
        )
        .select_related("handover__to_unit")
        .first()
    )
    came = (
        HandoverCase.objects.filter(to_matter=investigation.pk)
        .select_related("handover__from_unit")
        .first()
    )
    asks = request.access.ask(Action.HAND_OVER, **_reach(request, investigation))
    if not (waiting or went or came or asks):
        return ""
    return render_to_string(
        "cases/handovers/_panel.html",
        {
            "investigation": investigation,
            "today": request.today,
            "waiting": waiting,
            "went": went,
            "came": came,
            "handed": handed,
            "may_offer": _may_offer(request, investigation, waiting),
            "may_read": waiting is not None
            and Handover.objects.visible_to(request.access).filter(pk=waiting.pk).exists(),
        },
        request=request,
    )


def _reach(request: StaffRequest, investigation: Investigation) -> dict[str, Any]:
    return reach(investigation, on=request.today)


def _may_offer(
    request: StaffRequest, investigation: Investigation, waiting: Handover | None
) -> Decision:
    if investigation.status in CLOSED_INVESTIGATION:
        return Denied(_("Only an open investigation is handed over."))
    if waiting is not None:
        return Denied(_("Another unit has been asked. Wait for the answer, or withdraw."))
    return request.access.ask(Action.HAND_OVER, **_reach(request, investigation))


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask another unit to take over the family."""
    case = get_object_or_404(
        Investigation.objects.visible_to(request.access).select_related("child", "unit", "group"),
        pk=pk,
    )
    decision = request.access.ask(Action.HAND_OVER, **_reach(request, case))
    if not decision:
        raise Forbidden(decision.reason)
    may = _may_offer(request, case, services.waiting_of(pk))
    if not may:
        raise Conflict(may.reason)
    form = OfferForm(
        request.POST or None,
        units=services.units_to_ask(case.unit),
        siblings=services.siblings_of(case, request.access),
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: services.offer(pk, **form.given(), by=request.user, at=request.at),
        )
        if made is not None:
            messages.success(request, _("The other unit has been asked."))
            return redirect("handover", made.pk)
    trail.read("investigation.read", [case], by=request.user, at=request.at)
    return form_page(
        request,
        form,
        title=_("Hand over to another unit"),
        button=_("Ask the other unit"),
        back=reverse("investigation", args=[pk]),
        back_label=case.number,
        intro=_(
            "The investigation goes on in the other unit by its original clock, and is closed here"
            " the day they accept. Until then they read nothing of the file."
        ),
    )


def _received(request: StaffRequest) -> bool:
    return bool(request.access.units_with(Action.RECEIVE_HANDOVER))


@login_required
@require_GET
def handover_list(request: StaffRequest) -> HttpResponse:
    """The hand-overs of one's unit or group, to it and from it, those that wait first."""
    access = request.access
    if not access.units_with(Action.HAND_OVER, Reach.GROUP):
        raise Forbidden(refusal(Action.HAND_OVER))
    show = request.GET.get("show", "")
    rows: Any = Handover.objects
    if show == "received":
        rows = rows.received_by(access)
    elif show == "sent":
        rows = rows.sent_by(access)
    else:
        rows = rows.visible_to(access)
    page = Paginator(rows.with_cases().order_by("-offered_at", "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    cases = [one for row in page for one in row.cases.all()]
    trail.read("handover.listed", cases, by=request.user, at=request.at)
    return render(
        request,
        "cases/handovers/list.html",
        {"page": page, "today": access.on, "show": show, "receives": _received(request)},
    )


def _found(request: StaffRequest, pk: int) -> Any:
    return get_object_or_404(Handover.objects.visible_to(request.access).with_cases(), pk=pk)


@login_required
@require_GET
def handover(request: StaffRequest, pk: int) -> HttpResponse:
    """One hand-over, as whoever asked or whoever answers reads it."""
    return _page(request, _found(request, pk))


def _page(
    request: StaffRequest,
    found: Any,
    *,
    accept_form: AcceptForm | None = None,
    refuse_form: RefuseForm | None = None,
) -> HttpResponse:
    access = request.access
    receives = Handover.objects.received_by(access).filter(pk=found.pk).exists()
    sends = Handover.objects.sent_by(access).filter(pk=found.pk).exists()
    trail.read("handover.read", list(found.cases.all()), by=request.user, at=request.at)
    first = {"version": found.version}
    forms = [form for form in (accept_form, refuse_form) if form is not None and form.errors]
    return render(
        request,
        "cases/handovers/handover.html",
        {
            "handover": found,
            "today": request.today,
            "receives": receives,
            "sends": sends,
            "lines": [
                {
                    "case": case,
                    "due_on": due_on(case),
                    "to": case.continued_by if receives and case.handed_over_on else None,
                }
                for case in services.cases_of(found)
            ],
            "accept_form": accept_form or AcceptForm(initial=first, groups=_groups(found)),
            "refuse_form": refuse_form or RefuseForm(initial=first),
        },
        status=form_status(forms[0]) if forms else 200,
    )


def _groups(found: Handover) -> list[OrgUnit]:
    rows = OrgUnit.objects.groups().filter(parent=found.to_unit, active=True)
    return list(rows.order_by(SwedishOrder("name")))


def _to_answer(request: StaffRequest, pk: int) -> Any:
    """404 for whoever does not see it; Forbidden for whoever sees it and does not answer."""
    found = _found(request, pk)
    if not Handover.objects.received_by(request.access).filter(pk=pk).exists():
        raise Forbidden(refusal(Action.RECEIVE_HANDOVER))
    return found


@login_required
@require_POST
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    """Take over the family."""
    found = _to_answer(request, pk)
    form = AcceptForm(request.POST, groups=_groups(found))
    if form.is_valid():
        done = attempt(
            form,
            lambda: services.accept(
                pk,
                group=form.groups[form.cleaned_data["group"]],
                version=form.cleaned_data["version"],
                by=request.user,
                at=request.at,
            ),
        )
        if done is not None:
            messages.success(request, _("Your unit has taken over. Give the cases to handlers."))
            return redirect("handover", pk)
    return _page(request, found, accept_form=form)


@login_required
@require_POST
def refuse(request: StaffRequest, pk: int) -> HttpResponse:
    """Do not take over, with the reason."""
    found = _to_answer(request, pk)
    form = RefuseForm(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: services.refuse(pk, **form.cleaned_data, by=request.user, at=request.at),
        )
        if done is not None:
            messages.success(request, _("The other unit has your answer."))
            return redirect("handover", pk)
    return _page(request, found, refuse_form=form)


@login_required
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask no more."""
    _found(request, pk)
    services.withdraw(pk, by=request.user, at=request.at)
    messages.success(request, _("The hand-over is withdrawn. The case goes on here."))
    return redirect("handover", pk)
