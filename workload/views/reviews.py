"""Case reviews: the leader's list of workers, writing one down, and reading it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.deadlines.models import Deadline
from cases.drafts import services as drafts
from cases.matters.models import Matter
from core import trail
from core.names import SwedishOrder, in_order
from core.web import attempt, form_status
from organisation.models import User
from organisation.permissions import Access
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload.forms.reviews import WorkloadReviewForm
from workload.models import CaseReview, Measurement, ReviewDecision
from workload.services import reviews as services
from workload.services.reviews import (
    DecisionInput,
    cases_of,
    decisions_read_by,
    reviews_read_by,
    workers_led,
)

PER_PAGE = 50


@login_required
@require_GET
def reviews(request: StaffRequest) -> HttpResponse:
    """Tasks that are left, the workers one reviews with, and what has been written down."""
    access = request.access
    read = reviews_read_by(access)
    roles = {
        role.user_id: role
        for role in workers_led(access)
        .select_related("user", "node")
        .order_by(SwedishOrder("node__name"), *in_order("user__"), "user_id")
    }
    latest = dict(
        CaseReview.objects.filter(worker__in=roles)
        .order_by("held_on")
        .values_list("worker_id", "held_on")
    )
    tasks = list(
        decisions_read_by(access)
        .filter(due_on__isnull=False, done_on__isnull=True)
        .select_related("review__worker", "matter")
        .order_by("due_on", "pk")[:PER_PAGE]
    )
    seen = Q(decisions__in=decisions_read_by(access))
    page = Paginator(
        read.select_related("worker", "leader")
        .annotate(
            decided=Count("decisions", filter=seen),
            left=Count(
                "decisions",
                filter=seen & Q(decisions__due_on__isnull=False, decisions__done_on__isnull=True),
            ),
        )
        .order_by("-held_on", "-pk"),
        PER_PAGE,
    ).get_page(request.GET.get("page"))
    if not roles and not page.paginator.count and not has_reviews(request):
        raise Http404
    trail.read("review.list_read", page.object_list, by=request.user, at=request.at)
    return render(
        request,
        "workload/reviews.html",
        {
            "page": page,
            "tasks": _with_ways(tasks, access),
            "workers": [
                {"role": role, "latest": latest.get(user_id)} for user_id, role in roles.items()
            ],
            "today": request.today,
        },
    )


def _with_ways(
    decisions: Iterable[ReviewDecision], access: Access
) -> list[tuple[ReviewDecision, bool]]:
    """Each with whether the reader may open its case: a leader may be told of one of another's."""
    shown = list(decisions)
    opened = set(
        Matter.objects.visible_to(access)
        .filter(pk__in=[one.matter_id for one in shown])
        .values_list("pk", flat=True)
    )
    return [(one, one.matter_id in opened) for one in shown]


def has_reviews(request: StaffRequest) -> bool:
    """Whether the menu leads here: one leads, or handles cases and is measured."""
    return (
        bool(request.access.leads(Action.REVIEW_CASES))
        or Measurement.objects.filter(user=request.user).exists()
        or CaseReview.objects.filter(worker=request.user).exists()
    )


@login_required
@require_http_methods(["GET", "POST"])
def review_hold(request: StaffRequest, pk: int) -> HttpResponse:
    """Go through a worker's cases and write down what was decided."""
    worker = get_object_or_404(
        User.objects.filter(pk__in=workers_led(request.access).values("user")), pk=pk
    )
    handled = cases_of(worker, on=request.today).visible_to(request.access)
    due = Deadline.objects.open().with_status(on=request.today).order_by("due_on", "pk")
    cases = list(
        handled.select_related("child").prefetch_related(
            Prefetch("deadlines", queryset=due, to_attr="duties")
        )
    )
    key = f"review-{pk}"
    form = WorkloadReviewForm(request.POST or None, cases=cases, initial={"held_on": request.today})
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: services.hold_review(
                pk,
                held_on=form.cleaned_data["held_on"],
                summary=form.cleaned_data["summary"],
                decisions=[DecisionInput(**one) for one in form.decisions()],
                by=request.user,
                at=request.at,
            ),
        )
        if saved is not None:
            drafts.discard(key=key, by=request.user)
            messages.success(request, _("The review has been written down. The worker is told."))
            return redirect("review", saved.pk)
    elif request.method == "GET":
        trail.read("review.cases_read", cases, by=request.user, at=request.at)
    latest = (
        Measurement.objects.filter(user=worker, answered_at__isnull=False)
        .filter(group__in=workers_led(request.access).values("node"))
        .select_related("round")
        .order_by("-round__opened_on")
        .first()
    )
    return render(
        request,
        "workload/review_hold.html",
        {
            "worker": worker,
            "form": form,
            "rows": form.rows(),
            "measurement": latest,
            "draft_key": key,
            "draft_url": reverse("draft"),
            "today": request.today,
        },
        status=form_status(form) if form.errors else 200,
    )


@login_required
@require_GET
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """One review with its decisions and tasks."""
    found = get_object_or_404(
        reviews_read_by(request.access).select_related("worker", "leader", "group"), pk=pk
    )
    trail.read("review.read", [found], by=request.user, at=request.at)
    return render(
        request,
        "workload/review.html",
        {
            "review": found,
            "decisions": _with_ways(
                decisions_read_by(request.access)
                .filter(review=found)
                .select_related("matter", "done_by"),
                request.access,
            ),
            "today": request.today,
        },
    )


@login_required
@require_POST
def review_task_done(request: StaffRequest, pk: int) -> HttpResponse:
    row = services.task_done(pk, by=request.user, at=request.at)
    messages.success(request, _("The task is done."))
    return redirect("review", row.review_id)
