"""The documents that wait for a leader to read them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases import statistics
from cases.boards.views.deadlines import PER_PAGE
from cases.investigations.lines import investigation_lines, to_read_rows
from core import trail
from core.errors import Forbidden
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest


@login_required
@require_GET
def to_read(request: StaffRequest) -> HttpResponse:
    """Decision documents waiting for the leader."""
    access = request.access
    if not statistics.scope_for(access, Action.READ_DOCUMENT):
        raise Forbidden(refusal(Action.READ_DOCUMENT))
    page = Paginator(to_read_rows(access), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    trail.read("to_read.read", shown, by=request.user, at=request.at)
    return render(
        request,
        "cases/boards/to_read.html",
        {"today": access.on, "page": page, "lines": investigation_lines(shown, on=access.on)},
    )
