"""What the leader is warned of now, each with a first thing to try."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core import trail
from core.errors import Forbidden
from organisation.permissions import Action, refusal
from organisation.views.requests import StaffRequest
from workload.enums import WarningKind
from workload.models import LoadWarning
from workload.services.warnings import suggestion
from workload.views.reach import groups_led

PER_PAGE = 50


@require_GET
@login_required
def warnings(request: StaffRequest) -> HttpResponse:
    """Warnings of the groups one leads that are not over, the latest first."""
    if not groups_led(request):
        raise Forbidden(refusal(Action.SEE_GROUP_WORKLOAD))
    rows = (
        LoadWarning.objects.visible_to(request.access)
        .select_related("user", "investigation", "group")
        .order_by("-raised_on", "kind", "pk")
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    trail.read("warnings.read", shown, by=request.user, at=request.at)
    return render(
        request,
        "workload/warnings.html",
        {
            "page": page,
            "today": request.today,
            "rows": [
                {
                    "row": row,
                    "step": suggestion(row.kind),
                    "url": reverse("investigation_assign", args=[row.investigation_id])
                    if row.kind == WarningKind.ONE_HANDLER
                    else reverse("workload_person", args=[row.user_id]),
                    "name": row.investigation or row.user,
                }
                for row in shown
            ],
        },
    )
