"""The page of one investigation, its notes, and the acts that need no form."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.access import grants as access_services
from cases.investigations import services
from cases.investigations.views.case import InvestigationPage
from cases.investigations.views.path import TABS, page_url
from cases.persons import whereabouts
from core import trail
from core.panels import panels
from organisation.models import User
from organisation.views.requests import StaffRequest


@login_required
def investigation(request: StaffRequest, pk: int) -> HttpResponse:
    """The case page: one tab at a time, the path and the next step above."""
    case = InvestigationPage(request, pk)
    tab = request.GET.get("tab", TABS[0])
    if tab not in TABS:
        tab = TABS[0]
    trail.read("investigation.read", [case.investigation], by=request.user, at=request.at)
    # Guardians' contacts and where a child has moved stand on the page.
    whereabouts.open_for(case.child, case.access, by=request.user, at=request.at)
    labels = {"case": _("The investigation"), "events": _("Everything that has happened")}
    base = page_url(pk)
    return render(
        request,
        "cases/investigations/investigation.html",
        {
            "case": case,
            "tab": tab,
            "in_place": tab == TABS[0],
            "panels": panels("CASE_PANELS", request, investigation=case.investigation)
            if tab == TABS[0]
            else [],
            "tabs": [
                {
                    "label": labels[name],
                    "url": base if name == TABS[0] else f"{base}?tab={name}",
                    "active": name == tab,
                }
                for name in TABS
            ],
        },
    )


# Acts without a form


@login_required
def submit(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand the document to the leader. Opened as a page, it leads to where it is done from."""
    case = InvestigationPage(request, pk)
    if request.method == "POST":
        services.submit_document(pk, by=request.user, at=request.at)
        messages.success(request, _("The document is handed to the leader."))
    return redirect(page_url(case.investigation.pk, "document"))


@login_required
def sign(request: StaffRequest, pk: int) -> HttpResponse:
    """The leader signs having read the document."""
    case = InvestigationPage(request, pk)
    if request.method == "POST":
        services.sign_reading(pk, by=request.user, at=request.at)
        messages.success(request, _("Your reading is signed."))
    return redirect(page_url(case.investigation.pk, "document"))


@login_required
@require_POST
def revoke(request: StaffRequest, pk: int, reader: int) -> HttpResponse:
    """Take back the right to read given to one person."""
    case = InvestigationPage(request, pk)
    person = get_object_or_404(User, pk=reader)
    access_services.revoke_reading(pk, reader=person, by=request.user, at=request.at)
    messages.success(request, _("The right to read is taken back."))
    return redirect(page_url(case.investigation.pk, "readers"))
