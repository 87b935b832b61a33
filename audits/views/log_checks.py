"""Log checks: the rounds, what was drawn in one, and judging it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audits.enums import Judgement, LogAct, LogRule
from audits.forms import TO_JUDGE, CloseForm, HitFilter, JudgeForm, JustifyForm, ReviewerForm
from audits.models import LogCheckHit, LogCheckRound
from audits.services import log_checks
from cases.access import child_log as readings
from cases.persons import whereabouts
from cases.persons.models import Person
from core import trail
from core.decisions import Allowed, Decision, Denied
from core.errors import Forbidden
from core.models import TrailEntry
from core.web import attempt, form_status
from organisation.models import OrgUnit
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest

PAGE = 50
MOST_ENTRIES = 200
TONES: dict[str, str] = {
    Judgement.JUSTIFIED: "ok",
    Judgement.NEEDS_EXPLANATION: "soon",
    Judgement.DEVIATION: "late",
}


@login_required
@require_GET
def log_check_list(request: StaffRequest) -> HttpResponse:
    """The rounds of one's units and those one is named for, with their results."""
    access = request.access
    units = access.units_with(Action.CHECK_LOGS)
    rounds = LogCheckRound.objects.visible_to(access)
    if not units and not rounds.exists():
        raise Forbidden(refusal(Action.CHECK_LOGS))
    listed = rounds.with_results(access).select_related("unit").order_by("-from_on", "unit__name")
    month = request.today.replace(day=1) - timedelta(days=1)
    drawn = rounds.filter(from_on=month.replace(day=1)).values("unit_id")
    return render(
        request,
        "audits/log_check_list.html",
        {
            "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),
            "today": request.today,
            "month": month,
            "undrawn": OrgUnit.objects.filter(pk__in=units).exclude(pk__in=drawn),
        },
    )


@login_required
@require_POST
def log_check_open(request: StaffRequest, unit: int) -> HttpResponse:
    """Draw last month's round by hand, where the worker has not."""
    units = OrgUnit.objects.filter(pk__in=request.access.units_with(Action.CHECK_LOGS))
    found = get_object_or_404(units, pk=unit)
    month = request.today.replace(day=1) - timedelta(days=1)
    made = log_checks.open_round(found, month=month, by=request.user, at=request.at)
    return redirect("log_check", made.pk)


def _found(request: StaffRequest, pk: int) -> LogCheckRound:
    rounds = LogCheckRound.objects.visible_to(request.access)
    rows = rounds.select_related("unit__parent", "reviewer", "closed_by", "owner")
    return get_object_or_404(rows, pk=pk)


def _hits(request: StaffRequest, checked: LogCheckRound) -> Any:
    """The readings of the round that the reader may review."""
    return (
        LogCheckHit.objects.visible_to(request.access)
        .filter(round=checked)
        .select_related("actor", "judged_by")
    )


def _children(request: StaffRequest, hits: Iterable[LogCheckHit]) -> dict[int, Person]:
    """The children the reviewer may see, by id; that they are shown is logged."""
    wanted = {hit.child_id for hit in hits if hit.child_id}
    seen = list(Person.objects.visible_to(request.access).filter(pk__in=wanted)) if wanted else []
    trail.read("log_check.read", seen, by=request.user, at=request.at)
    return {child.pk: child for child in seen}


def _listed(child: Person | None, request: StaffRequest) -> str:
    return whereabouts.listed_name(child, request) if child is not None else ""


def _rules(hit: LogCheckHit) -> list[str]:
    return [str(LogRule(rule).label) for rule in hit.rules]


@login_required
@require_GET
def log_check(request: StaffRequest, pk: int) -> HttpResponse:
    """One round: what was drawn, why, and how it has been judged."""
    return _page(request, _found(request, pk))


def _page(
    request: StaffRequest,
    checked: LogCheckRound,
    *,
    close_form: CloseForm | None = None,
    justify_form: JustifyForm | None = None,
    reviewer_form: ReviewerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    filters = HitFilter(request.GET or None)
    chosen = filters.chosen() if filters.is_bound else {}
    hits = _hits(request, checked)
    if rule := chosen.get("rule"):
        hits = hits.filter(rules__contains=[rule])
    if judgement := chosen.get("judgement"):
        hits = hits.filter(judgement="" if judgement == TO_JUDGE else judgement)
    page = Paginator(hits, PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    children = _children(request, shown)
    ties = readings.Ties(children, {hit.actor_id for hit in shown})
    lines = [
        {
            "hit": hit,
            "child": _listed(children.get(hit.child_id or 0), request),
            "tie": ties.of(hit.actor_id, hit.child_id, hit.day) if hit.child_id else "",
            "rules": _rules(hit),
            "tone": TONES.get(hit.judgement, "neutral"),
            "own": hit.actor_id == request.user.pk,
            "waits": not hit.judgement and hit.actor_id != request.user.pk,
        }
        for hit in shown
    ]
    results: Any = LogCheckRound.objects.filter(pk=checked.pk).with_results(request.access).get()
    is_head = log_checks.owns(checked, request.access)
    left = results.drawn - results.judged
    if reviewer_form is None and is_head and not checked.is_closed:
        reviewer_form = ReviewerForm(staff=_staff(request, checked))
    return render(
        request,
        "audits/log_check.html",
        {
            "round": checked,
            "results": results,
            "may_choose": not checked.is_closed and any(line["waits"] for line in lines),
            "may_choose_all": not checked.is_closed
            and any(line["waits"] and line["tie"] for line in lines),
            "lines": lines,
            "left": left,
            "today": request.today,
            "filters": filters,
            "filtered": bool(chosen),
            "page": page,
            "is_head": is_head,
            "justify_form": justify_form,
            "may_close": log_checks.may_close(checked, request.access),
            "close_form": close_form or CloseForm(),
            "reviewer_form": reviewer_form,
        },
        status=status,
    )


def _staff(request: StaffRequest, checked: LogCheckRound) -> Any:
    """Who can be second reviewer, but the reader."""
    return log_checks.staff_of(checked, request.today).exclude(pk=request.user.pk)


@login_required
@require_http_methods(["GET", "POST"])
def log_check_hit(request: StaffRequest, pk: int, hit: int) -> HttpResponse:
    """One reading: every act of it, what tied the reader to the child, and the judgement."""
    checked = _found(request, pk)
    hits = _hits(request, checked)
    found = get_object_or_404(hits, pk=hit)
    form = JudgeForm(
        request.POST if request.method == "POST" else None,
        initial={"judgement": found.judgement, "comment": found.comment},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(
            form, lambda: log_checks.judge(found.pk, **given, by=request.user, at=request.at)
        ):
            messages.success(request, _("The judgement is saved."))
            waiting = hits.filter(judged_at__isnull=True).exclude(actor=request.user)
            following = waiting.first()
            if following is not None:
                return redirect("log_check_hit", checked.pk, following.pk)
            return redirect("log_check", checked.pk)
    child = _children(request, [found]).get(found.child_id or 0)
    may_judge: Decision = Allowed()
    if checked.is_closed:
        may_judge = Denied(_("The log check is closed and stands as it is."))
    elif found.actor_id == request.user.pk:
        may_judge = Denied(str(log_checks.OWN_READING))
    tie = ""
    if found.child_id:
        ties = readings.Ties([found.child_id], [found.actor_id])
        tie = ties.of(found.actor_id, found.child_id, found.day)
    entries = _entries(found)
    return render(
        request,
        "audits/log_check_hit.html",
        {
            "round": checked,
            "hit": found,
            "child": child,
            "rules": _rules(found),
            "tie": tie,
            "entries": [(entry, _words(found, entry)) for entry in entries],
            "today": request.today,
            "form": form,
            "may_judge": may_judge,
            "tone": TONES.get(found.judgement, "neutral"),
        },
        status=form_status(form) if request.method == "POST" else 200,
    )


@login_required
@require_POST
def log_check_justify(request: StaffRequest, pk: int) -> HttpResponse:
    """Sign several readings of the list as justified."""
    checked = _found(request, pk)
    form = JustifyForm(request.POST, hits=_hits(request, checked))
    if form.is_valid():
        chosen = form.cleaned_data["readings"]
        count = attempt(
            form, lambda: log_checks.justify(checked.pk, chosen, by=request.user, at=request.at)
        )
        if count is not None:
            messages.success(
                request,
                ngettext(
                    "%(count)d reading is signed as justified.",
                    "%(count)d readings are signed as justified.",
                    count,
                )
                % {"count": count},
            )
            back = reverse("log_check", args=[checked.pk])
            return redirect(f"{back}?{request.GET.urlencode()}" if request.GET else back)
    return _page(request, checked, justify_form=form, status=form_status(form))


def _entries(hit: LogCheckHit) -> list[TrailEntry]:
    """The acts behind the reading, as the trail has them."""
    return list(log_checks.acts_of(hit).order_by("at", "pk")[:MOST_ENTRIES])


def _words(hit: LogCheckHit, entry: TrailEntry) -> str:
    """What an act was. Of a search: how it was made and how many it showed, never whom or what was
    typed."""
    if hit.act == LogAct.CASE or hit.child_id:
        return readings.in_words(entry)
    count = len(entry.children)
    if entry.details.get("sought") == "number":
        words = ngettext(
            "Searched by number; %(count)d child was shown",
            "Searched by number; %(count)d children were shown",
            count,
        )
    elif hit.act == LogAct.LIST:
        words = ngettext(
            "Opened a list with %(count)d child",
            "Opened a list with %(count)d children",
            count,
        )
    else:
        words = ngettext(
            "Searched by name; %(count)d child was shown",
            "Searched by name; %(count)d children were shown",
            count,
        )
    return words % {"count": count}


@login_required
@require_POST
def log_check_reviewer(request: StaffRequest, pk: int) -> HttpResponse:
    """Name a second reviewer."""
    checked = _found(request, pk)
    form = ReviewerForm(request.POST, staff=_staff(request, checked))
    if form.is_valid():
        chosen = form.cleaned_data["reviewer"]
        if attempt(
            form,
            lambda: log_checks.name_reviewer(
                checked.pk, reviewer=chosen, by=request.user, at=request.at
            ),
        ):
            messages.success(request, _("The second reviewer has been told."))
            return redirect("log_check", checked.pk)
    return _page(request, checked, reviewer_form=form, status=form_status(form))


@login_required
@require_POST
def log_check_close(request: StaffRequest, pk: int) -> HttpResponse:
    """Close the round for good."""
    checked = _found(request, pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["conclusion"]
        if attempt(
            form,
            lambda: log_checks.close(checked.pk, conclusion=text, by=request.user, at=request.at),
        ):
            messages.success(request, _("The log check is closed."))
            return redirect("log_check", checked.pk)
    return _page(request, checked, close_form=form, status=form_status(form))
