"""The Stockholm model: one's own answer, one's team by name, and what is published above."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.drafts import services as drafts
from core import trail
from core.charts import Series, Tone, stacked_bar
from core.decisions import Allowed, Decision, Denied
from core.names import in_order
from core.web import attempt, form_status
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload import published
from workload.forms.rounds import (
    FollowUpDayForm,
    RespondForm,
    RoundFollowUpForm,
    RoundPlanForm,
    SurveyForm,
)
from workload.models import ActionPlan, PlanFollowUp, SurveyAnswer, SurveyRound
from workload.readers import answers_read_by, paths_above, plans_read_by, survey_teams, units_headed
from workload.scales import SHORT, PlanResponse, ScaleStep, Statement
from workload.services import surveys as services

ROUNDS_SHOWN = 8
TONES: tuple[Tone, ...] = ("ok", "main", "before", "soon", "late")


def said(answer: SurveyAnswer) -> list[dict[str, Any]]:
    """The three answers in words, each with its reason."""
    return [
        {
            "statement": statement.label,
            "step": ScaleStep(getattr(answer, statement.value)).label,
            "value": getattr(answer, statement.value),
            "reason": getattr(answer, f"{statement.value}_reason"),
        }
        for statement in Statement
    ]


@login_required
@require_GET
def survey(request: StaffRequest) -> HttpResponse:
    """What waits for one's own answer, one's earlier answers and plans, and where to read more."""
    mine = (
        SurveyAnswer.objects.filter(user=request.user)
        .select_related("round__unit", "plan")
        .order_by("-round__opened_on")
    )
    rows = list(mine[:ROUNDS_SHOWN])
    teams = (
        survey_teams(request.access)
        .select_related("unit")
        .annotate(
            asked=Count("answers", filter=_team(request)),
            given=Count("answers", filter=_team(request) & Q(answers__answered_at__isnull=False)),
        )
        .order_by("-opened_on")[:ROUNDS_SHOWN]
    )
    return render(
        request,
        "workload/survey.html",
        {
            "waiting": [row for row in rows if row.frozen_at is None],
            "earlier": [
                {"row": row, "said": said(row)}
                for row in rows
                if row.frozen_at is not None and row.answered_at is not None
            ],
            "teams": list(teams),
            "statements": [one.label for one in Statement],
            "today": request.today,
            "is_head": bool(units_headed(request.access)),
            "is_above": bool(paths_above(request.access)),
        },
    )


def _team(request: StaffRequest) -> Q:
    nodes = request.access.leads(Action.READ_SURVEY_ANSWERS)
    return Q(answers__node_id__in=nodes) & ~Q(answers__user_id=request.user.pk)


@login_required
@require_http_methods(["GET", "POST"])
def survey_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """One's own answer in a round; it may be changed until the round closes."""
    row = get_object_or_404(
        SurveyAnswer.objects.select_related("round__unit"), round_id=pk, user=request.user
    )
    if row.frozen_at is not None:
        messages.info(request, _("The round has closed. Your answers stand below."))
        return redirect("survey")
    key = f"survey-{pk}"
    given = {one: getattr(row, one) for one in Statement.values} | {
        f"{one}_reason": getattr(row, f"{one}_reason") for one in Statement.values
    }
    form = SurveyForm(request.POST or None, initial=given if row.answered_at else None)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: services.answer(
                pk, steps=form.steps, reasons=form.reasons, by=request.user, at=request.at
            ),
        )
        if saved is not None:
            drafts.discard(key=key, by=request.user)
            messages.success(
                request, _("Thank you. You can change your answer until the round closes.")
            )
            return redirect("survey")
    return render(
        request,
        "workload/survey_answer.html",
        {
            "form": form,
            "questions": [(form[one.value], form[f"{one.value}_reason"]) for one in Statement],
            "row": row,
            "draft_key": key,
            "draft_url": reverse("draft"),
            "today": request.today,
        },
        status=form_status(form) if form.errors else 200,
    )


@login_required
@require_GET
def survey_team(request: StaffRequest, pk: int) -> HttpResponse:
    """The nearest manager's page: who has answered; names, steps and reasons when it has closed."""
    found = get_object_or_404(survey_teams(request.access).select_related("unit"), pk=pk)
    nodes = request.access.leads(Action.READ_SURVEY_ANSWERS)
    asked = list(
        SurveyAnswer.objects.filter(round=found, node_id__in=nodes)
        .exclude(user=request.user)
        .select_related("user", "node")
        .order_by(*in_order("user__"), "user_id")
    )
    read = list(
        answers_read_by(request.access)
        .filter(round=found)
        .select_related("user", "node", "plan")
        .order_by(*in_order("user__"), "user_id")
    )
    trail.read("survey.answers_read", read, by=request.user, at=request.at)
    people: list[dict[str, Any]] = [
        {"answer": answer, "said": said(answer), "plan": getattr(answer, "plan", None)}
        for answer in read
    ]
    worried = [one for one in people if not one["answer"].is_satisfied]
    offered = [one for one in worried if one["plan"] is not None]
    return render(
        request,
        "workload/survey_team.html",
        {
            "round": found,
            "asked": asked,
            "given": sum(1 for one in asked if one.answered_at),
            "people": people,
            "worried": len(worried),
            "offered": len(offered),
            "chart": _distribution(read) if read else None,
            "taken_over": not found.is_open and not read and any(one.answered_at for one in asked),
            "statements": [one.label for one in Statement],
            "today": request.today,
        },
    )


def _distribution(answers: list[SurveyAnswer]) -> Any:
    return stacked_bar(
        _("The answers"),
        [str(SHORT[one]) for one in Statement],
        [
            Series(
                str(step.label),
                [
                    sum(1 for row in answers if getattr(row, one) == step)
                    for one in Statement.values
                ],
                tone=tone,
            )
            for step, tone in zip(reversed(ScaleStep), TONES, strict=True)
        ],
        unit=_("answers"),
        over_time=False,
    )


@login_required
@require_GET
def survey_results(request: StaffRequest) -> HttpResponse:
    """What is published: groups for a unit head, units for those above. Takes no filters."""
    headed = bool(units_headed(request.access))
    above = bool(paths_above(request.access))
    if not (headed or above):
        raise Http404
    audiences = []
    if headed:
        audiences.append({"of": "groups", "results": published.of_groups(request.access)})
    if above:
        audiences.append({"of": "units", "results": published.of_units(request.access)})
    return render(
        request,
        "workload/survey_results.html",
        {"audiences": audiences, "statements": [one.label for one in Statement]},
    )


@login_required
@require_POST
def plan_offer(request: StaffRequest, pk: int) -> HttpResponse:
    plan = services.offer_plan(pk, by=request.user, at=request.at)
    messages.success(request, _("The action plan has been offered. The worker has been told."))
    return redirect("plan", plan.pk)


def _may_write(plan: ActionPlan) -> Decision:
    if plan.done_on is not None:
        return Denied(_("The plan is done."))
    if plan.response != PlanResponse.ACCEPTED:
        return Denied(_("The plan is written when it has been accepted."))
    return Allowed()


def _may_finish(plan: ActionPlan, follow_ups: list[PlanFollowUp]) -> Decision:
    may = _may_write(plan)
    if not may:
        return may
    if any(one.done_on is None for one in follow_ups):
        return Denied(_("There is a follow-up left to hold."))
    return Allowed()


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: StaffRequest, pk: int) -> HttpResponse:
    """An action plan, for the worker and the nearest manager alone."""
    found = get_object_or_404(
        plans_read_by(request.access).select_related("answer__user", "answer__round__unit"), pk=pk
    )
    own = found.answer.user_id == request.user.pk
    follow_ups = list(found.follow_ups.select_related("done_by"))
    act = request.POST.get("act", "")
    forms: dict[str, Any] = {
        "respond": RespondForm(request.POST if act == "respond" else None),
        "write": RoundPlanForm(
            request.POST if act == "write" else None, initial={"content": found.content}
        ),
        "day": FollowUpDayForm(request.POST if act == "day" else None),
    }
    if request.method == "POST" and act == "done":
        services.finish_plan(pk, by=request.user, at=request.at)
        messages.success(request, _("The plan is done."))
        return redirect("plan", pk)
    status = 200
    if request.method == "POST" and act in forms:
        form = forms[act]
        calls = {
            "respond": services.respond,
            "write": services.write_plan,
            "day": services.plan_follow_up,
        }
        if form.is_valid():
            saved = attempt(
                form,
                lambda: calls[act](pk, **form.cleaned_data, by=request.user, at=request.at),  # type: ignore[operator]
            )
            if saved is not None:
                messages.success(request, _("Saved."))
                return redirect("plan", pk)
        status = form_status(form)
    elif request.method == "GET":
        trail.read("plan.read", [found], by=request.user, at=request.at)
    return render(
        request,
        "workload/plan.html",
        {
            "plan": found,
            "own": own,
            "forms": forms,
            "follow_ups": follow_ups,
            "may_write": _may_write(found),
            "may_finish": _may_finish(found, follow_ups),
            "today": request.today,
        },
        status=status,
    )


@login_required
@require_http_methods(["GET", "POST"])
def plan_follow_up(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that a follow-up was held."""
    found = get_object_or_404(
        PlanFollowUp.objects.filter(plan__in=plans_read_by(request.access)).select_related(
            "plan__answer__user"
        ),
        pk=pk,
    )
    if found.done_on is not None:
        return redirect("plan", found.plan_id)
    form = RoundFollowUpForm(request.POST or None, initial={"done_on": request.today})
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: services.follow_up(pk, **form.cleaned_data, by=request.user, at=request.at),
        )
        if saved is not None:
            messages.success(request, _("The follow-up has been written down."))
            return redirect("plan", found.plan_id)
    return render(
        request,
        "workload/round_form.html",
        {
            "form": form,
            "title": _("Follow up the action plan"),
            "person": found.plan.answer.user,
            "button": _("Save"),
            "back_url": reverse("plan", args=[found.plan_id]),
            "back_label": _("Action plan"),
        },
        status=form_status(form) if form.errors else 200,
    )


def has_survey(request: StaffRequest) -> bool:
    """Whether the menu leads to the Stockholm model: asked, or to read what others answered."""
    access = request.access
    return (
        bool(access.leads(Action.READ_SURVEY_ANSWERS))
        or bool(paths_above(access))
        or SurveyRound.objects.filter(answers__user_id=access.user_id).exists()
    )
