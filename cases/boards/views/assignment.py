"""Giving an investigation to a pair of handlers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import statistics
from cases.boards.forms import HandlersForm
from cases.enums import HandlerPart
from cases.investigations import services
from cases.investigations.lines import investigation_lines
from cases.investigations.models import Investigation
from cases.law import rules
from cases.matters import registry as matters
from cases.matters.models import MatterWorker
from cases.matters.working import reach
from cases.provisions.lookup import blocked_from
from core import trail
from core.errors import Forbidden
from core.web import attempt, form_status
from organisation.models import User
from organisation.rights import Action
from organisation.views.requests import StaffRequest


@login_required
@require_http_methods(["GET", "POST"])
def investigation_assign(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the investigation to a pair, or change the pair: a page, or a row of the board."""
    access, today = request.access, request.access.on
    investigation: Any = get_object_or_404(
        Investigation.objects.visible_to(access).with_page_rows(on=today), pk=pk
    )
    allowed = access.ask(Action.ASSIGN_HANDLERS, **reach(investigation, on=today))
    if not allowed:
        raise Forbidden(allowed.reason)
    state = rules.may_assign(status=investigation.status)
    current: dict[str, Any] = {
        row.part: row
        for row in MatterWorker.objects.current()
        .filter(matter=investigation.pk)
        .select_related("user", "assigned_by")
    }
    people = _choosable(investigation, current, on=today)
    form = HandlersForm(
        request.POST if request.method == "POST" else None,
        people=people,
        loads=statistics.load_of(people, on=today, without=access.blocked),
        staying={part: row.user_id for part, row in current.items()},
        today=today,
        initial={
            "from": max(today, investigation.opened_on),
            "version": investigation.version,
            **{part: row.user_id for part, row in current.items()},
        },
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        given = attempt(
            form,
            lambda: services.assign_handlers(
                investigation.pk,
                main=form.people[chosen["main"]],
                co=form.people[chosen["co"]],
                from_on=chosen["from"],
                reason=chosen.get("reason", ""),
                handover_note=chosen.get("handover_note", ""),
                version=chosen["version"],
                by=request.user,
                at=request.at,
            ),
        )
        if given is not None:
            messages.success(
                request, _("%(number)s has its handlers.") % {"number": investigation.number}
            )
            return _back(request, investigation)
    trail.read("investigation.assign_read", [investigation], by=request.user, at=request.at)
    refused = request.method == "POST"
    conflict = getattr(form, "conflict", None)
    if conflict is not None:
        # What the person now sees beside their own choice is what they decide over next.
        form.data = {**form.data.dict(), "version": str(conflict.version)}  # type: ignore[attr-defined]
    [line] = investigation_lines([investigation], on=today)
    return render(
        request,
        "cases/boards/allocation_assign.html",
        {
            "today": today,
            "line": line,
            "form": form,
            "state": state,
            "current": current,
            "conflict_rows": _versions(form, current) if conflict is not None else None,
            "conflict_by": next((str(row.assigned_by) for row in current.values()), ""),
            "back": request.GET.get("from", ""),
        },
        status=form_status(form) if refused else 200,
    )


def _choosable(investigation: Investigation, current: dict[str, Any], *, on: date) -> list[User]:
    """The workers of the group by name, those away among them, and whoever has the case now."""
    members = statistics.loads([investigation.group_id], on=on)[investigation.group_id]
    ids = {load.user_id for load in members}
    ids |= set(User.objects.workers_in(investigation.group_id, on=on).values_list("pk", flat=True))
    ids -= blocked_from(investigation.child_id, on=on)
    ids |= {row.user_id for row in current.values()}
    return list(User.objects.filter(pk__in=ids))


def _versions(form: HandlersForm, current: dict[str, Any]) -> list[dict[str, str]]:
    """What one chose beside what another has chosen meanwhile."""
    rows = []
    for part in (HandlerPart.MAIN.value, HandlerPart.CO.value):
        chosen = form.cleaned_data.get(part)
        theirs = current.get(part)
        rows.append(
            {
                "label": str(form.fields[part].label),
                "yours": str(form.people[chosen]) if chosen in form.people else "–",
                "theirs": str(theirs.user) if theirs else "–",
            }
        )
    return rows


def _back(request: StaffRequest, investigation: Investigation) -> HttpResponse:
    """To the board one came from, else to the case."""
    if request.GET.get("from") == "allocation":
        return redirect("allocation")
    return redirect(matters.address(investigation.KIND, investigation.pk))
