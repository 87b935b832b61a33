"""Interventions: the list with what is next to follow up, one with its follow-ups, its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cases.deadlines.models import Deadline
from cases.drafts import services as drafts
from cases.enums import DeadlineKind, InterventionStatus
from cases.interventions import services
from cases.interventions.forms import (
    FollowUpForm,
    InterventionEndForm,
    InterventionFilter,
    InterventionForm,
)
from cases.interventions.models import Intervention
from cases.investigations import services as investigation_services
from cases.investigations.models import Investigation
from cases.investigations.views.editing import SectionView
from cases.law import rules
from cases.law.deadlines import status
from cases.law.time_limits import rule_for
from cases.matters.models import MatterWorker
from cases.matters.working import reach
from core import trail
from core.calendar import add_span
from core.decisions import Decision, Denied
from core.errors import Conflict, Forbidden
from core.names import ConcatWords, SwedishOrder, in_order
from core.web import attempt, form_status
from organisation.models import OrgUnit
from organisation.rights import Action
from organisation.views.requests import StaffRequest

PER_PAGE = 50
FOLLOW_UPS = (DeadlineKind.INTERVENTION_FOLLOWUP, DeadlineKind.FOLLOWUP_AFTER_CLOSING)


def window_opens_on(kind: str, starts_on: date) -> date:
    """The first day the follow-up that counts from `starts_on` may be done."""
    opens = rule_for(DeadlineKind(kind), starts_on).window_opens_after
    return add_span(starts_on, opens) if opens else starts_on


def _window_open_if_started_by(on: date) -> date:
    """The latest day to count from for which the window is open on `on`."""
    latest = on
    while window_opens_on(DeadlineKind.INTERVENTION_FOLLOWUP, latest) > on:
        latest -= timedelta(days=1)
    return latest


@dataclass(frozen=True, slots=True)
class Next:
    """The next follow-up, as the deadline chip shows it; `opens_on` is the first day for it."""

    due_on: date
    act_by: date
    status: str
    opens_on: date
    met_on: None = None


@dataclass(frozen=True, slots=True)
class InterventionLine:
    intervention: Any
    next: Next | None
    is_open: bool


def with_next_follow_up(interventions: QuerySet[Intervention]) -> Any:
    """Join each intervention with its one open deadline."""
    return interventions.annotate(
        next_duty=FilteredRelation(
            "matter__deadlines",
            condition=Q(
                matter__deadlines__kind__in=FOLLOW_UPS,
                matter__deadlines__met_on__isnull=True,
                matter__deadlines__cancelled_on__isnull=True,
                matter__deadlines__missed_on__isnull=True,
            ),
        ),
        next_kind=F("next_duty__kind"),
        next_starts_on=F("next_duty__starts_on"),
        next_due_on=F("next_duty__due_on"),
        next_act_by=F("next_duty__act_by"),
    )


def lines(rows: list[Any], *, on: date) -> list[InterventionLine]:
    """Rows read `with_next_follow_up`, as a table shows them."""
    made = []
    for row in rows:
        follow_up = None
        if row.next_due_on is not None:
            follow_up = Next(
                due_on=row.next_due_on,
                act_by=row.next_act_by,
                status=status(due_on=row.next_due_on, on=on),
                opens_on=window_opens_on(row.next_kind, row.next_starts_on),
            )
        made.append(
            InterventionLine(row, follow_up, follow_up is not None and follow_up.opens_on <= on)
        )
    return made


ORDERS = {
    "due": ("next_due_on", "pk"),
    "started": ("started_on", "pk"),
    "kind": ("kind", "pk"),
    "responsible": ("responsible_name", "pk"),
}


def _responsible_name(on: date) -> Subquery:
    workers = MatterWorker.objects.active(on).filter(matter=OuterRef("pk"))
    return Subquery(workers.annotate(name=ConcatWords(*in_order("user__"))).values("name")[:1])


@login_required
@require_GET
def intervention_list(request: StaffRequest) -> HttpResponse:
    """Interventions the reader may see, those to follow up soonest first."""
    access = request.access
    visible = Intervention.objects.visible_to(access)
    form = InterventionFilter(
        request.GET or None,
        groups=OrgUnit.objects.filter(pk__in=visible.values("group")).order_by(
            SwedishOrder("name")
        ),
    )
    form.is_valid()
    asked = getattr(form, "cleaned_data", {})
    rows = with_next_follow_up(visible.with_workers(on=access.on)).select_related("child", "group")
    if asked.get("status") != "all":
        rows = rows.filter(status=asked.get("status") or InterventionStatus.ONGOING)
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    if asked.get("group"):
        rows = rows.filter(group=asked["group"])
    due = asked.get("due")
    if due == "overdue":
        rows = rows.filter(next_duty__due_on__lt=access.on)
    elif due == "30":
        rows = rows.filter(
            next_duty__due_on__gte=access.on, next_duty__due_on__lte=access.on + timedelta(days=30)
        )
    elif due == "open":
        rows = rows.filter(
            Q(next_duty__starts_on__lte=_window_open_if_started_by(access.on))
            | Q(next_duty__kind=DeadlineKind.FOLLOWUP_AFTER_CLOSING)
        )
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") == "responsible":
        rows = rows.annotate(responsible_name=_responsible_name(access.on))
    names = ORDERS.get(sort.removeprefix("-"), ORDERS["due"])
    rows = rows.order_by(*(f"-{name}" for name in names) if sort.startswith("-") else names)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    trail.read("intervention.listed", shown, by=request.user, at=request.at)
    return render(
        request,
        "cases/interventions/list.html",
        {
            "form": form,
            "page": page,
            "lines": lines(shown, on=access.on),
            "filtered": any(request.GET.get(name) for name in form.fields),
            "today": request.today,
        },
    )


class Support:
    """One intervention as its reader sees it today; 404 when it is not theirs to see."""

    def __init__(self, request: StaffRequest, pk: int) -> None:
        self.access = request.access
        self.today = request.today
        self.intervention: Any = get_object_or_404(
            Intervention.objects.visible_to(self.access)
            .with_workers(on=self.today)
            .select_related("child", "group", "unit", "decided_by", "investigation"),
            pk=pk,
        )
        self.child = self.intervention.child

    @property
    def age(self) -> int | None:
        return self.child.age_on(self.today)

    @property
    def born(self) -> str:
        return date_format(self.child.birth_date, "j F Y") if self.child.birth_date else ""

    @cached_property
    def _manage(self) -> Decision:
        return self.access.ask(
            Action.MANAGE_INTERVENTION, **reach(self.intervention, on=self.today)
        )

    @cached_property
    def may_follow_up(self) -> Decision:
        if self.intervention.started_on > self.today:
            return Denied(_("The intervention has not started yet."))
        return self._manage

    @cached_property
    def may_end(self) -> Decision:
        ends = rules.may_end_intervention(status=self.intervention.status)
        return self.may_follow_up if ends else ends

    @cached_property
    def deadlines(self) -> list[Any]:
        rows: Any = (
            Deadline.objects.filter(matter=self.intervention.pk)
            .with_status(on=self.today)
            .order_by("-due_on", "-pk")
        )
        return list(rows)

    @property
    def next(self) -> Any:
        return next((one for one in self.deadlines if one.status in ("due", "overdue")), None)

    @property
    def opens_on(self) -> date | None:
        return window_opens_on(self.next.kind, self.next.starts_on) if self.next else None

    @property
    def is_open(self) -> bool:
        return self.opens_on is not None and self.opens_on <= self.today

    @cached_property
    def follow_ups(self) -> list[Any]:
        return list(
            self.intervention.follow_ups.select_related("followed_up_by").order_by(
                "-followed_up_on", "-pk"
            )
        )

    @property
    def reads_investigation(self) -> bool:
        return bool(
            Investigation.objects.visible_to(self.access)
            .filter(pk=self.intervention.investigation_id)
            .exists()
        )


@login_required
@require_GET
def intervention(request: StaffRequest, pk: int) -> HttpResponse:
    """Goal, responsible worker, follow-ups and when the next is due."""
    support = Support(request, pk)
    trail.read("intervention.read", [support.intervention], by=request.user, at=request.at)
    return render(
        request,
        "cases/interventions/intervention.html",
        {"support": support, "today": request.today},
    )


def _edit(
    request: StaffRequest,
    support: Support,
    form: Any,
    save: Callable[[dict[str, Any]], Any],
    *,
    decision: Decision,
    title: str,
    submit: str,
    saved: str,
    key: str,
    intro: str = "",
) -> HttpResponse:
    row = support.intervention
    if not decision:
        ended = row.status == InterventionStatus.ENDED
        raise (Conflict if ended else Forbidden)(getattr(decision, "reason", ""))
    url = reverse("intervention", args=[row.pk])
    if request.method == "POST" and form.is_valid():
        attempt(form, lambda: save(form.cleaned_data))
        if not form.errors:
            drafts.discard(key=key, by=request.user)
            messages.success(request, saved)
            return HttpResponseRedirect(url)
    elif request.method != "POST":
        trail.read("intervention.read", [row], by=request.user, at=request.at)
    return render(
        request,
        "cases/interventions/edit.html",
        {
            "support": support,
            "form": form,
            "title": title,
            "submit": submit,
            "intro": intro,
            "back_url": url,
            "draft_key": key,
            "draft_url": reverse("draft"),
            "today": request.today,
        },
        status=form_status(form) if form.is_bound else 200,
    )


@login_required
def intervention_followup(request: StaffRequest, pk: int) -> HttpResponse:
    """Record a follow-up; the next counts from it."""
    support = Support(request, pk)
    form = FollowUpForm(request.POST or None, initial={"followed_up_on": request.today})
    return _edit(
        request,
        support,
        form,
        lambda data: services.follow_up(pk, **data, by=request.user, at=request.at),
        decision=support.may_follow_up,
        title=_("Follow up the intervention"),
        submit=_("Save the follow-up"),
        saved=_("The follow-up is saved."),
        intro=support.intervention.goal,
        key=f"followup-{pk}",
    )


@login_required
def intervention_end(request: StaffRequest, pk: int) -> HttpResponse:
    """End the intervention, with the reason."""
    support = Support(request, pk)
    form = InterventionEndForm(request.POST or None, initial={"ended_on": request.today})
    return _edit(
        request,
        support,
        form,
        lambda data: services.end(pk, **data, by=request.user, at=request.at),
        decision=support.may_end,
        title=_("End the intervention"),
        submit=_("End the intervention"),
        saved=_("The intervention has ended."),
        key=f"intervention-end-{pk}",
    )


class GrantIntervention(SectionView):
    action = Action.CONCLUDE_INVESTIGATION
    form_class = InterventionForm
    anchor, title, icon = "interventions", gettext_lazy("Grant an intervention"), "hand-thumbs-up"
    submit = gettext_lazy("Grant the intervention")
    saved = gettext_lazy("The intervention is granted.")

    def decision(self) -> Decision:
        return self.case.may_grant_intervention

    def initial(self) -> dict[str, Any]:
        # What is granted is decided at the latest with the end.
        return {"decided_on": self.case.investigation.concluded_on or self.case.today}

    def form_arguments(self) -> dict[str, Any]:
        row = self.case.investigation
        return {
            "workers": investigation_services.may_be_handler(row, on=self.case.today),
            "concluded": not row.is_open,
        }

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        data = dict(data)
        data["started_on"] = data["started_on"] or data["decided_on"]
        return services.grant(self.pk, **data, **self.by_at)
