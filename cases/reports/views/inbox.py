"""Reception's start page: what has come in, by the time that is left."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.deadlines.models import Deadline
from cases.enums import DeadlineKind
from cases.matters.models import MatterWorker
from cases.reports.models import Report
from cases.reports.views.lines import lines, page_rows
from cases.reports.views.listing import next_due
from cases.signing import services as signing
from core import trail
from organisation.rights import Action
from organisation.views.requests import StaffRequest

PAGE = 50
SHOWN = 10
"""Rows of each part beside the inbox."""


def reception_start(request: StaffRequest) -> HttpResponse:
    """The inbox of undecided reports, one's own or the whole group's (`?scope=group`)."""
    access, today = request.access, request.today
    own = MatterWorker.objects.active(today).filter(user_id__in=access.acts_for)
    mine = Q(pk__in=own.values("matter"))
    visible = Report.objects.visible_to(access)
    undecided, unfinished = visible.undecided(), visible.unfinished()
    scope = "mine" if request.GET.get("scope") == "mine" else "group"
    inbox = unfinished.filter(mine) if scope == "mine" else unfinished
    ordered = inbox.annotate(next_due=next_due()).order_by(
        F("next_due").asc(nulls_last=True), "received_at", "pk"
    )
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page_rows(page.object_list, on=today))  # type: ignore[arg-type]
    proposed = list(
        page_rows(undecided.filter(proposal__proposed_by__in=access.acts_for), on=today)
        .select_related("proposal")
        .order_by("proposal__proposed_at", "pk")[:SHOWN]
    )
    waiting = Deadline.objects.open().filter(kind=DeadlineKind.REPORTER_FEEDBACK)
    feedback = list(
        page_rows(visible.filter(mine, pk__in=waiting.values("matter")), on=today)
        .annotate(next_due=next_due())
        .order_by("next_due", "pk")[:SHOWN]
    )
    decided = list(
        page_rows(visible.filter(mine, decision__decided_on=today), on=today)
        .select_related("decision")
        .order_by("-decision__recorded_at", "-pk")[:SHOWN]
    )
    shown = {row.pk: row for row in [*page.object_list, *proposed, *feedback, *decided]}
    trail.read("start.read", shown.values(), by=request.user, at=request.at)
    counts = {"mine": unfinished.filter(mine).count(), "group": unfinished.count()}
    keep = f"as={request.GET['as']}&" if request.GET.get("as") else ""
    return render(
        request,
        "cases/reports/inbox.html",
        {
            "today": today,
            "tabs": [
                {
                    "label": label,
                    "url": f"?{keep}scope={name}",
                    "active": scope == name,
                    "badge": counts[name],
                }
                for name, label in (("group", _("All that is not decided")), ("mine", _("Mine")))
            ],
            "page": page,
            "lines": lines(page.object_list),
            "proposed": lines(proposed, DeadlineKind.OPENING_DECISION),
            "feedback": lines(feedback, DeadlineKind.REPORTER_FEEDBACK),
            "decided": lines(decided),
            "may_log": bool(access.units_with(Action.LOG_REPORT)),
            "scope": scope,
            "to_sign": signing.overdue_to_sign(access),
        },
    )
