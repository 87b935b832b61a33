"""Reductions, competences and introductions of the staff one leads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import trail
from core.names import in_order
from core.web import attempt, form_status
from organisation.forms import LastDayForm
from organisation.models import User
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload.enums import CompetenceKind
from workload.forms.staffing import (
    CompetenceForm,
    IntroductionForm,
    MentorForm,
    ReductionForm,
    StepForm,
)
from workload.models import Competence, IntroductionPlan, IntroductionStep, Reduction
from workload.services import introductions as introduction_services
from workload.services import staffing as services
from workload.views.reach import demand

PER_PAGE = 50


def _people(request: StaffRequest, action: Action) -> QuerySet[User]:
    people: QuerySet[User] = User.objects.reached_by(request.access, action)
    return people.filter(is_active=True).order_by(*in_order(), "pk")


def _form(
    request: StaffRequest,
    form: Any,
    *,
    title: str,
    button: str,
    back: str,
    back_label: str,
    intro: str = "",
) -> HttpResponse:
    return render(
        request,
        "workload/form.html",
        {
            "form": form,
            "title": title,
            "button": button,
            "back": back,
            "back_label": back_label,
            "intro": intro,
        },
        status=form_status(form) if form.errors else 200,
    )


# Reductions


@require_GET
@login_required
def reductions(request: StaffRequest) -> HttpResponse:
    """Agreed reductions: now, to come, and (on demand) ended; one's own for who does not lead."""
    people = User.objects.filter(
        Q(pk__in=_people(request, Action.MANAGE_REDUCTIONS).values("pk")) | Q(pk=request.user.pk)
    )
    rows = Reduction.objects.filter(user__in=people).select_related("user", "introduction__user")
    ended = request.GET.get("show") == "ended"
    rows = (
        rows.filter(until_on__lt=request.today).order_by("-until_on", "pk")
        if ended
        else rows.filter(until_on__gte=request.today).order_by(*in_order("user__"), "from_on", "pk")
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    trail.read("reductions.read", shown, by=request.user, at=request.at)
    return render(
        request,
        "workload/reductions.html",
        {
            "today": request.today,
            "page": page,
            "rows": [{"row": row, "state": row.state_on(request.today)} for row in shown],
            "ended": ended,
            "may": bool(request.access.groups_with(Action.MANAGE_REDUCTIONS))
            or bool(request.access.units_with(Action.MANAGE_REDUCTIONS)),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def reduction_add(request: StaffRequest) -> HttpResponse:
    demand(request, Action.MANAGE_REDUCTIONS)
    people = _people(request, Action.MANAGE_REDUCTIONS)
    form = ReductionForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: services.agree_reduction(**form.cleaned_data, by=request.user, at=request.at),
        )
        if made is not None:
            messages.success(request, _("The reduction is agreed and counts on its days."))
            return redirect("reductions")
    return _form(
        request,
        form,
        title=_("Agree on a reduction"),
        button=_("Save the reduction"),
        back="reductions",
        back_label=_("Reductions"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def reduction_end(request: StaffRequest, pk: int) -> HttpResponse:
    people = _people(request, Action.MANAGE_REDUCTIONS)
    row = get_object_or_404(Reduction.objects.filter(user__in=people), pk=pk)
    form = LastDayForm(request.POST or None, initial={"until_on": row.until_on})
    if request.method == "POST" and form.is_valid():
        services_call = attempt(
            form,
            lambda: (
                services.end_reduction(pk, **form.cleaned_data, by=request.user, at=request.at),
            ),
        )
        if services_call is not None:
            messages.success(request, _("The last day of the reduction is changed."))
            return redirect("reductions")
    return _form(
        request,
        form,
        title=_("Change the last day of the reduction"),
        button=_("Save"),
        back="reductions",
        back_label=_("Reductions"),
        intro=f"{row.user}: {row}",
    )


# Competences


@require_GET
@login_required
def competences(request: StaffRequest) -> HttpResponse:
    """Who can what; filtered by kind."""
    demand(request, Action.MANAGE_COMPETENCES)
    kind = request.GET.get("kind", "")
    people = list(_people(request, Action.MANAGE_COMPETENCES))
    rows = Competence.objects.active(request.today).filter(user__in=people)
    if kind in CompetenceKind.values:
        rows = rows.filter(kind=kind)
    by_person: dict[int, list[Competence]] = {}
    for row in rows.order_by("kind", "detail"):
        by_person.setdefault(row.user_id, []).append(row)
    trail.read("competences.read", people, by=request.user, at=request.at)
    shown = [
        {"user": user, "competences": by_person.get(user.pk, [])}
        for user in people
        if user.pk in by_person or kind not in CompetenceKind.values
    ]
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workload/competences.html",
        {"page": page, "kinds": CompetenceKind.choices, "kind": kind},
    )


@login_required
@require_http_methods(["GET", "POST"])
def competence_add(request: StaffRequest) -> HttpResponse:
    demand(request, Action.MANAGE_COMPETENCES)
    form = CompetenceForm(
        request.POST or None,
        people=_people(request, Action.MANAGE_COMPETENCES),
        initial={"from_on": request.today, "user": request.GET.get("for")},
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: services.note_competence(**form.cleaned_data, by=request.user, at=request.at),
        )
        if made is not None:
            messages.success(request, _("The competence is noted."))
            return redirect("competences")
    return _form(
        request,
        form,
        title=_("Note a competence"),
        button=_("Save the competence"),
        back="competences",
        back_label=_("Competences"),
    )


@require_POST
@login_required
def competence_end(request: StaffRequest, pk: int) -> HttpResponse:
    people = _people(request, Action.MANAGE_COMPETENCES)
    get_object_or_404(Competence.objects.filter(user__in=people), pk=pk)
    services.end_competence(pk, by=request.user, at=request.at)
    messages.success(request, _("The competence is ended."))
    return redirect("competences")


# Introductions


def plans_seen(request: StaffRequest) -> Any:
    """Plans of the people one plans for, of oneself, and those one is mentor of."""
    people = _people(request, Action.MANAGE_INTRODUCTIONS)
    return IntroductionPlan.objects.filter(
        Q(user__in=people) | Q(user=request.user) | Q(mentor=request.user)
    ).select_related("user", "mentor")


def _manages(request: StaffRequest, plan: IntroductionPlan) -> bool:
    return _people(request, Action.MANAGE_INTRODUCTIONS).filter(pk=plan.user_id).exists()


@require_GET
@login_required
def introductions(request: StaffRequest) -> HttpResponse:
    """The introductions going on, with what is done and what is late."""
    late = Q(steps__done_on__isnull=True, steps__due_on__lt=request.today)
    rows = (
        plans_seen(request)
        .annotate(
            steps_done=Count("steps", filter=Q(steps__done_on__isnull=False)),
            steps_all=Count("steps"),
            steps_late=Count("steps", filter=late),
        )
        .order_by(F("until_on").desc(), *in_order("user__"), "pk")
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    trail.read("introductions.read", list(page), by=request.user, at=request.at)
    return render(
        request,
        "workload/introductions.html",
        {
            "page": page,
            "today": request.today,
            "may": _people(request, Action.MANAGE_INTRODUCTIONS).exists(),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def introduction_add(request: StaffRequest) -> HttpResponse:
    demand(request, Action.MANAGE_INTRODUCTIONS)
    form = IntroductionForm(
        request.POST or None, people=_people(request, Action.MANAGE_INTRODUCTIONS)
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: introduction_services.plan_introduction(
                **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if made is not None:
            messages.success(
                request, _("The introduction is planned. Change the steps as they need to be.")
            )
            return redirect("introduction", made.pk)
    return _form(
        request,
        form,
        title=_("Plan an introduction"),
        button=_("Plan the introduction"),
        back="introductions",
        back_label=_("Introductions"),
        intro=_("The plan begins with the example's steps; they can be changed afterwards."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def introduction(request: StaffRequest, pk: int) -> HttpResponse:
    """A plan: its steps, its mentor, and the time both get; POST adds a step."""
    plan = get_object_or_404(plans_seen(request), pk=pk)
    may = _manages(request, plan)
    form = StepForm(request.POST or None) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        made = attempt(
            form,
            lambda: introduction_services.add_step(
                pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if made is not None:
            messages.success(request, _("The step is added."))
            return redirect("introduction", pk)
    trail.read("introductions.read", [plan], by=request.user, at=request.at)
    return render(
        request,
        "workload/introduction.html",
        {
            "plan": plan,
            "steps": plan.steps.select_related("done_by"),
            "reductions": plan.reductions.select_related("user").order_by("from_on", "pk"),
            "today": request.today,
            "may": may,
            "form": form,
        },
        status=form_status(form) if form is not None and form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def introduction_mentor(request: StaffRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(plans_seen(request), pk=pk)
    people = _people(request, Action.MANAGE_INTRODUCTIONS).exclude(pk=plan.user_id)
    form = MentorForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: introduction_services.change_mentor(
                pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if changed is not None:
            messages.success(request, _("The mentor is changed."))
            return redirect("introduction", pk)
    return _form(
        request,
        form,
        title=_("Change the mentor"),
        button=_("Save"),
        back="introductions",
        back_label=_("Introductions"),
        intro=str(plan.user),
    )


def _step(request: StaffRequest, pk: int) -> IntroductionStep:
    return get_object_or_404(
        IntroductionStep.objects.filter(plan__in=plans_seen(request)).select_related("plan__user"),
        pk=pk,
    )


@require_POST
@login_required
def step_mark(request: StaffRequest, pk: int) -> HttpResponse:
    """Mark a step done, or not done."""
    step = _step(request, pk)
    introduction_services.mark_step(pk, done=step.done_on is None, by=request.user, at=request.at)
    return redirect("introduction", step.plan_id)


@login_required
@require_http_methods(["GET", "POST"])
def step_change(request: StaffRequest, pk: int) -> HttpResponse:
    step = _step(request, pk)
    form = StepForm(request.POST or None, initial={"title": step.title, "due_on": step.due_on})
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: introduction_services.change_step(
                pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if changed is not None:
            messages.success(request, _("The step is changed."))
            return redirect("introduction", step.plan_id)
    return _form(
        request,
        form,
        title=_("Change the step"),
        button=_("Save"),
        back="introductions",
        back_label=_("Introductions"),
        intro=str(step.plan.user),
    )


@require_POST
@login_required
def step_remove(request: StaffRequest, pk: int) -> HttpResponse:
    step = _step(request, pk)
    introduction_services.remove_step(pk, by=request.user, at=request.at)
    messages.success(request, _("The step is taken out."))
    return redirect("introduction", step.plan_id)
