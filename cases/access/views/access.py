"""Who has been let in and who is kept out: emergency openings, individual grants, conflicts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.access import child_log
from cases.access import conflicts as conflict_service
from cases.access import emergency as emergency_service
from cases.access import grants as grants_service
from cases.access.conflicts import ChildNamed
from cases.access.forms import access as forms
from cases.persons.models import Person
from cases.provisions.models import ConflictOfInterest, EmergencyAccess, ReadingGrant
from core import trail
from core.errors import Forbidden
from core.models import TrailEntry, TrailKind
from core.names import in_order
from core.rates import Rate, rated
from core.web import attempt, form_page, form_status
from organisation.enums import Level
from organisation.models import RoleAssignment, User
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest

PER_PAGE = 50
MOST_ATTEMPTS = 20


def required(request: StaffRequest, action: Action) -> frozenset[int]:
    """The units where the action is the person's; Forbidden with the reason when it is nowhere."""
    units = request.access.units_with(action)
    if not units:
        raise Forbidden(refusal(action))
    return units


# Emergency openings


@login_required
@require_http_methods(["GET", "POST"])
@rated(Rate.SEARCH)
def emergency(request: StaffRequest) -> HttpResponse:
    """Find the child of an emergency, and one's own openings of now."""
    required(request, Action.EMERGENCY_OPEN)
    form = forms.EmergencySearchForm(request.POST or None)
    found: list[Person] = []
    searched = request.method == "POST" and form.is_valid()
    if searched:
        found = emergency_service.find(form.cleaned_data["q"], who=request.access)
        trail.read("emergency.searched", found, by=request.user, at=request.at)
    own = (
        EmergencyAccess.objects.in_force(at=request.at)
        .filter(user=request.user, child__in=request.access.opened)
        .select_related("child")
        .order_by("until_at")
    )
    return render(
        request,
        "cases/access/emergency.html",
        {
            "form": form,
            "found": [{"child": one, "age": one.age_on(request.today)} for one in found],
            "searched": searched,
            "own": own,
            "today": request.today,
        },
        status=form_status(form) if form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def emergency_open(request: StaffRequest, pk: int) -> HttpResponse:
    """Open one child's matters with a written reason, for some hours."""
    child = get_object_or_404(emergency_service.in_reach(request.access), pk=pk)
    form = forms.EmergencyForm(request.POST or None, protected=child.is_protected)
    if request.method == "POST" and form.is_valid():
        opened = attempt(
            form,
            lambda: emergency_service.open_case(
                child.pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if opened is not None:
            messages.warning(request, _("The cases are open to read. The unit head has been told."))
            return redirect("child", child.pk)
    return form_page(
        request,
        form,
        title=_("Open in an emergency"),
        button=_("Open the cases"),
        back=reverse("emergency"),
        back_label=_("Emergency opening"),
        intro=_(
            "You will be able to read everything about this one child, and change nothing. Every"
            " page you read is logged. The unit head is told at once and reviews it."
        ),
    )


@login_required
@require_POST
def emergency_end(request: StaffRequest, pk: int) -> HttpResponse:
    emergency_service.end(pk, by=request.user, at=request.at)
    messages.success(request, _("The opening has ended."))
    reviews = bool(request.access.units_with(Action.REVIEW_ACCESS))
    return redirect("emergency_list" if reviews else "emergency")


def _reviewed(request: StaffRequest) -> QuerySet[EmergencyAccess]:
    units = required(request, Action.REVIEW_ACCESS)
    rows: QuerySet[EmergencyAccess] = EmergencyAccess.objects.filter(unit_id__in=units)
    return rows.exclude(child__in=request.access.blocked).select_related(
        "user", "child", "reviewed_by", "ended_by"
    )


@login_required
@require_GET
def emergency_list(request: StaffRequest) -> HttpResponse:
    """Every opening of the unit: those to review first, then the reviewed, the latest first."""
    rows = _reviewed(request)
    page = Paginator(
        rows.filter(reviewed_at__isnull=False).order_by("-opened_at", "-pk"), PER_PAGE
    ).get_page(request.GET.get("page"))
    waiting = list(rows.filter(reviewed_at__isnull=True).order_by("opened_at", "pk"))
    trail.read("emergency.list_read", [*waiting, *page], by=request.user, at=request.at)
    return render(
        request,
        "cases/access/emergency_list.html",
        {"waiting": waiting, "page": page, "today": request.today, "now": request.at},
    )


@login_required
@require_http_methods(["GET", "POST"])
def emergency_review(request: StaffRequest, pk: int) -> HttpResponse:
    """The unit head signs what is found of one opening, with what was read before them."""
    opening = get_object_or_404(_reviewed(request), pk=pk)
    form = forms.ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: emergency_service.review(
                opening.pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if done is not None:
            messages.success(request, _("Your review is signed."))
            return redirect("emergency_list")
    trail.read("emergency.read", [opening], by=request.user, at=request.at)
    ended = opening.ended_at or opening.until_at
    readings = (
        TrailEntry.objects.filter(
            actor=opening.user,
            at__gte=opening.opened_at,
            at__lt=ended,
            children__contains=[opening.child_id],
        )
        .exclude(action__startswith="emergency.")
        .order_by("at", "pk")
    )
    return render(
        request,
        "cases/access/emergency_review.html",
        {
            "opening": opening,
            "form": form,
            "readings": [(entry, child_log.in_words(entry)) for entry in readings[:200]],
            "today": request.today,
            "now": request.at,
        },
        status=form_status(form) if form.errors else 200,
    )


# Individual grants


@login_required
@require_GET
def grant_list(request: StaffRequest) -> HttpResponse:
    """Who has been given the right to read what, now and before."""
    units = required(request, Action.GRANT_READING)
    blocked = request.access.blocked
    rows: Any = (
        ReadingGrant.objects.filter(unit_id__in=units)
        .exclude(content_object__child__in=blocked)
        .select_related("user", "granted_by", "content_object")
    )
    current = list(
        rows.to_come_or_in_force(on=request.today).order_by("until_on", *in_order("user__"), "pk")
    )
    page = Paginator(
        rows.exclude(pk__in=[row.pk for row in current]).order_by("-until_on", "-pk"), PER_PAGE
    ).get_page(request.GET.get("page"))
    return render(
        request,
        "cases/access/grant_list.html",
        {"current": current, "page": page, "today": request.today},
    )


@login_required
@require_POST
def grant_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    grants_service.revoke_grant(pk, by=request.user, at=request.at)
    messages.success(request, _("The right to read is taken back."))
    return redirect("grant_list")


# Conflicts of interest


def _staff(request: StaffRequest) -> QuerySet[User]:
    """Oneself, and those who work where one leads."""
    access = request.access
    units = access.units_with(Action.REGISTER_CONFLICT)
    groups = access.groups_with(Action.REGISTER_CONFLICT)
    roles = RoleAssignment.objects.active(request.today).filter(
        Q(node_id__in=groups | units) | Q(node__level=Level.GROUP, node__parent_id__in=units)
    )
    people = User.objects.filter(
        Q(pk=request.user.pk) | Q(pk__in=roles.values("user"), is_active=True)
    )
    return people.order_by(*in_order())


def _shown_conflicts(request: StaffRequest) -> QuerySet[ConflictOfInterest]:
    """One's own, those one has registered, and for the unit head all of the unit."""
    units = request.access.units_with(Action.REVIEW_ACCESS)
    rows: QuerySet[ConflictOfInterest] = ConflictOfInterest.objects.filter(
        Q(staff=request.user) | Q(declared_by=request.user) | Q(unit_id__in=units)
    )
    return rows.select_related("staff", "declared_by", "child")


@login_required
@require_GET
def conflict_list(request: StaffRequest) -> HttpResponse:
    """Conflicts of interest in force and over; for the unit head also refused attempts."""
    units = request.access.units_with(Action.REVIEW_ACCESS)
    rows: Any = _shown_conflicts(request)
    current = rows.not_over(on=request.today).order_by(*in_order("staff__"), "from_on", "pk")
    over = rows.exclude(pk__in=current.values("pk")).order_by("-until_on", "-pk")
    staff_here = RoleAssignment.objects.active(request.today).filter(
        Q(node_id__in=units) | Q(node__parent_id__in=units)
    )
    attempts = (
        TrailEntry.objects.filter(
            kind=TrailKind.REFUSED, action="conflict.refused", actor__in=staff_here.values("user")
        )
        .exclude(actor=request.user)
        .select_related("actor")
        .order_by("-at", "-pk")[:MOST_ATTEMPTS]
        if units
        else ()
    )
    return render(
        request,
        "cases/access/conflict_list.html",
        {
            "current": [_line(row, request) for row in current],
            "over": [_line(row, request) for row in over[:PER_PAGE]],
            "attempts": attempts,
            "reviews": bool(units),
            "today": request.today,
        },
    )


def _line(row: Any, request: StaffRequest) -> dict[str, Any]:
    """What a reader is told of a conflict: the explanation is the unit head's and the person's.

    Whoever is blocked is never told more of the child than they wrote themselves.
    """
    own = row.staff_id == request.user.pk
    hears_why = own or row.unit_id in request.access.units_with(Action.REVIEW_ACCESS)
    named = f"{row.first_name} {row.last_name}".strip()
    if row.child is not None and row.child_id not in request.access.blocked:
        named = row.child.initials
    return {
        "row": row,
        "named": named,
        "why": row.note if hears_why else "",
        "may_end": not own and row.unit_id in request.access.units_with(Action.REVIEW_ACCESS),
    }


@login_required
@require_http_methods(["GET", "POST"])
def conflict_add(request: StaffRequest) -> HttpResponse:
    """Declare a conflict of one's own, or as a leader register somebody's."""
    if not request.access.held:
        raise Forbidden(refusal(Action.REGISTER_CONFLICT))
    return _declare(request, None, back=reverse("conflict_list"), back_label=_("Conflicts"))


@login_required
@require_http_methods(["GET", "POST"])
def child_conflict(request: StaffRequest, pk: int) -> HttpResponse:
    """Declare a conflict with a child whose case one sees."""
    child = get_object_or_404(Person.objects.visible_to(request.access), pk=pk)
    return _declare(request, child, back=reverse("child", args=[pk]), back_label=_("The child"))


def _declare(request: StaffRequest, child: Person | None, **where: Any) -> HttpResponse:
    form = forms.ConflictForm(
        request.POST or None,
        staff=_staff(request),
        child=child is not None,
        initial={"from_on": request.today, "staff": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        named = ChildNamed(
            child_id=child.pk if child else None,
            personal_identity_number=given.pop("personal_identity_number", ""),
            first_name=given.pop("first_name", ""),
            last_name=given.pop("last_name", ""),
            birth_date=given.pop("birth_date", None),
        )
        made = attempt(
            form,
            lambda: conflict_service.declare(named, **given, by=request.user, at=request.at),
        )
        if made is not None:
            messages.success(
                request,
                _("The conflict of interest is registered. Cases go back to the leader at once."),
            )
            return redirect("conflict_list")
    return form_page(
        request,
        form,
        title=_("Register a conflict of interest"),
        button=_("Register"),
        intro=_(
            "Whoever has a conflict of interest can neither see, find nor be given the child's"
            " cases. Only the unit head can end it."
        ),
        **where,
    )


@login_required
@require_http_methods(["GET", "POST"])
def conflict_end(request: StaffRequest, pk: int) -> HttpResponse:
    units = required(request, Action.REVIEW_ACCESS)
    conflict = get_object_or_404(
        ConflictOfInterest.objects.filter(unit_id__in=units, ended_at__isnull=True), pk=pk
    )
    if conflict.staff_id == request.user.pk:
        raise Http404
    form = forms.EndConflictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ended = attempt(
            form,
            lambda: conflict_service.end(
                conflict.pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if ended is not None:
            messages.success(request, _("The conflict of interest has ended."))
            return redirect("conflict_list")
    return form_page(
        request,
        form,
        title=_("End a conflict of interest"),
        button=_("End it"),
        back=reverse("conflict_list"),
        back_label=_("Conflicts"),
        intro=str(conflict.staff),
    )
