"""An investigation whose decision to open was reversed: what stood there, why it went, by whom."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from cases.corrections.models import Correction
from cases.disclosure import redaction
from cases.disclosure.collection import Collector
from cases.disclosure.masking_terms import Hidden, for_everybody
from cases.enums import CorrectionAct, SecrecyGround
from cases.investigations.models import Investigation
from cases.matters.models import MatterWorker
from cases.persons import whereabouts
from core import trail
from organisation.views.requests import StaffRequest

PEOPLE = frozenset({"person", "guardian"})


@login_required
@require_GET
def annulled(request: StaffRequest, pk: int) -> HttpResponse:
    """For those who end investigations there, and nobody else: 404."""
    case = get_object_or_404(
        Investigation.objects.annulled_for(request.access).select_related(
            "matter", "child", "unit", "group", "opened_by"
        ),
        pk=pk,
    )
    trail.read("investigation.annulled_read", [case], by=request.user, at=request.at)
    hidden = Hidden(())
    if not whereabouts.may_see(case.child, request.access):
        places = for_everybody(case.child).terms
        hidden = Hidden(tuple(one for one in places if one.ground == SecrecyGround.WHEREABOUTS))
    pieces = [
        {
            "heading": piece.heading,
            "on": piece.on,
            "text": redaction.replaced(piece.text, redaction.find(piece.text, hidden.terms), "[…]"),
        }
        for piece in Collector(case.child, hidden, None).collect([case.matter])
        if piece.source not in PEOPLE
    ]
    reversal = (
        Correction.objects.filter(
            act=CorrectionAct.REVERSED, undone_by__isnull=True, kept__investigation=case.pk
        )
        .select_related("made_by", "matter")
        .order_by("-made_at", "-pk")
        .first()
    )
    workers = MatterWorker.objects.filter(matter=case.pk, until_on__isnull=True)
    return render(
        request,
        "cases/investigations/annulled.html",
        {
            "investigation": case,
            "today": request.today,
            "reversal": reversal,
            "workers": list(workers.select_related("user").main_first()),
            "pieces": pieces,
        },
    )
