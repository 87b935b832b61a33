"""Pages of the system administrator: the tree, the staff, and the delegation orders.

They show who works where and never a case.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import names
from core.errors import Forbidden
from core.names import SwedishOrder, in_order
from core.web import attempt, form_status
from organisation.enums import Level, Role
from organisation.forms import (
    DelegationForm,
    EmployForm,
    EmploymentEndForm,
    GroupCloseForm,
    LastDayForm,
    NodeChangeForm,
    NodeForm,
    PasswordForm,
    RoleForm,
    StaffFilter,
    UserAddForm,
    UserChangeForm,
)
from organisation.models import Delegation, Employment, OrgUnit, RoleAssignment, User
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.services import closing, contents, employments, tree
from organisation.services import delegation as delegation_services
from organisation.services import people as people_services
from organisation.services import roles as roles_services
from organisation.statistics import staff_without_role
from organisation.views.requests import StaffRequest

PER_PAGE = 50
MOST_NEAR = 10
"""Members of staff of nearly the name that was asked for, when none has it."""

View = Callable[..., HttpResponse]


def system_administrator(view: View) -> View:
    """Only for those who run the system; others get a page that says who does."""

    @login_required
    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if Role.SYSTEM_ADMINISTRATOR not in request.access.roles:
            raise Forbidden(refusal(Action.MANAGE_ORGANISATION))
        return view(request, *args, **kwargs)

    return guarded


# The tree


@require_GET
@system_administrator
def organisation(request: StaffRequest) -> HttpResponse:
    """The whole tree with how many hold a role at each place."""
    held = RoleAssignment.objects.active(request.today).filter(user__is_active=True)
    nodes = OrgUnit.objects.annotate(
        people=Count("role_assignments__user", filter=Q(role_assignments__in=held), distinct=True)
    )
    children: dict[int | None, list[OrgUnit]] = {}
    for node in nodes.order_by(SwedishOrder("name")):
        children.setdefault(node.parent_id, []).append(node)
    ordered: list[OrgUnit] = []

    def walk(parent: int | None, depth: int) -> None:
        for node in children.get(parent, ()):
            node.depth = depth  # type: ignore[attr-defined]
            ordered.append(node)
            walk(node.pk, depth + 1)

    walk(None, 0)
    return render(request, "organisation/tree.html", {"nodes": ordered})


@require_http_methods(["GET", "POST"])
@system_administrator
def node_add(request: StaffRequest) -> HttpResponse:
    form = NodeForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        node = attempt(
            form,
            lambda: tree.add_node(**form.cleaned_data, by=request.user, at=request.at),
        )
        if node is not None:
            messages.success(request, _("%(name)s has been added.") % {"name": node.name})
            return redirect("organisation_node", node.pk)
    return _form_page(
        request,
        form,
        title=_("Add a part of the organisation"),
        button=_("Add"),
        back="organisation",
    )


@require_http_methods(["GET", "POST"])
@system_administrator
def node(request: StaffRequest, pk: int) -> HttpResponse:
    """One part: its name, its people and, for a unit, its delegation order."""
    found = get_object_or_404(OrgUnit.objects.select_related("parent"), pk=pk)
    form = NodeChangeForm(
        request.POST or None,
        node=found,
        initial={"name": found.name, "function": found.function, "active": found.active},
    )
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: tree.change_node(found.pk, **form.cleaned_data, by=request.user, at=request.at),
        )
        if changed is not None:
            messages.success(request, _("Saved."))
            return redirect("organisation_node", found.pk)
    return _node_page(request, found, form=form, delegation=DelegationForm())


def _node_page(
    request: StaffRequest, found: OrgUnit, *, form: BaseForm, delegation: BaseForm
) -> HttpResponse:
    people = (
        RoleAssignment.objects.active(request.today)
        .filter(node=found)
        .select_related("user")
        .order_by("role", *in_order("user__"))
    )
    refused = form.errors or delegation.errors
    return render(
        request,
        "organisation/node.html",
        {
            "node": found,
            "form": form,
            "people": people,
            "parts": found.children.order_by(SwedishOrder("name")),
            "is_unit": found.level == Level.UNIT,
            "may_close": found.level == Level.GROUP and found.active,
            "delegations": found.delegations.order_by("decision", "role"),
            "delegation_form": delegation,
        },
        status=form_status(form if form.errors else delegation) if refused else 200,
    )


@require_http_methods(["GET", "POST"])
@system_administrator
def group_close(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a group out of use: what it has, who is in it, and where they go."""
    group = get_object_or_404(OrgUnit, pk=pk, level=Level.GROUP)
    form = GroupCloseForm(request.POST or None, groups=closing.destinations(group))
    if request.method == "POST" and form.is_valid():
        closed = attempt(
            form,
            lambda: closing.close_group(
                group.pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if closed is not None:
            messages.success(request, _("%(name)s is out of use.") % {"name": closed.name})
            return redirect("organisation_node", group.pk)
    return render(
        request,
        "organisation/group_close.html",
        {"node": group, "form": form, "held": contents.held_by(group, on=request.today)},
        status=form_status(form) if form.errors else 200,
    )


@require_POST
@system_administrator
def delegate(request: StaffRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(OrgUnit.objects.select_related("parent"), pk=pk, level=Level.UNIT)
    form = DelegationForm(request.POST)
    if form.is_valid():
        line = attempt(
            form,
            lambda: delegation_services.delegate(
                unit=unit, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if line is not None:
            messages.success(request, _("The delegation order has been changed."))
            return redirect("organisation_node", unit.pk)
    unchanged = NodeChangeForm(node=unit, initial={"name": unit.name, "active": unit.active})
    return _node_page(request, unit, form=unchanged, delegation=form)


@require_POST
@system_administrator
def delegation_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(Delegation, pk=pk)
    delegation_services.withdraw_delegation(line.pk, by=request.user, at=request.at)
    messages.success(request, _("The delegation order has been changed."))
    return redirect("organisation_node", line.unit_id)


# The staff


@require_http_methods(["GET", "POST"])
@system_administrator
def staff_list(request: StaffRequest) -> HttpResponse:
    """The staff with roles and form of employment; names are searched by POST, never in a URL."""
    form = StaffFilter(request.GET or None)
    people = User.objects.all()
    if form.is_valid():
        people = _filtered(people, form.cleaned_data, request)
    else:
        people = people.filter(is_active=True)
    asked = names.normal(request.POST.get("name", "").replace("\x00", "")[:120])
    near: list[User] = []
    if asked:
        found = people.called(asked)
        if not found.exists():
            near = names.nearest(people, asked, "first_name", "last_name", most=MOST_NEAR)
            found = people.filter(pk__in=[one.pk for one in near])
        people = found
    people = people.order_by(*in_order(), "username").prefetch_related(
        Prefetch(
            "role_assignments",
            queryset=RoleAssignment.objects.active(request.today).select_related("node"),
            to_attr="roles_today",
        ),
        Prefetch(
            "employments",
            queryset=Employment.objects.active(request.today),
            to_attr="employments_today",
        ),
        "former_names",
    )
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "organisation/staff_list.html",
        {"form": form, "page": page, "name": asked, "near": bool(near)},
    )


def _filtered(people: Any, chosen: dict[str, Any], request: StaffRequest) -> Any:
    state = chosen.get("state")
    if state == "no_role":
        people = people.filter(pk__in=staff_without_role(on=request.today).values("pk"))
    elif state != "all":
        people = people.filter(is_active=state != "closed")
    roles = RoleAssignment.objects.active(request.today).filter(user=OuterRef("pk"))
    if chosen.get("role"):
        roles = roles.filter(role=chosen["role"])
    if chosen.get("node"):
        roles = roles.filter(node__path__startswith=chosen["node"].path)
    if chosen.get("role") or chosen.get("node"):
        people = people.filter(Exists(roles))
    return people


@require_http_methods(["GET", "POST"])
@system_administrator
def staff_add(request: StaffRequest) -> HttpResponse:
    form = UserAddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = attempt(
            form,
            lambda: people_services.add_user(**form.cleaned_data, by=request.user, at=request.at),
        )
        if user is not None:
            messages.success(request, _("The member of staff has been added. Give a role next."))
            return redirect("staff", user.pk)
    return _form_page(
        request, form, title=_("Add a member of staff"), button=_("Add"), back="staff_list"
    )


@require_http_methods(["GET", "POST"])
@system_administrator
def staff(request: StaffRequest, pk: int) -> HttpResponse:
    """One member of staff: particulars, roles, employments, absences."""
    user = get_object_or_404(User, pk=pk)
    form = UserChangeForm(
        request.POST or None,
        initial={
            name: getattr(user, name)
            for name in ("first_name", "last_name", "email", "phone", "is_active")
        },
    )
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: people_services.change_user(
                user.pk, **form.cleaned_data, by=request.user, at=request.at
            ),
        )
        if changed is not None:
            messages.success(request, _("Saved."))
            return redirect("staff", user.pk)
    return render(
        request,
        "organisation/staff.html",
        {
            "person": user,
            "form": form,
            "roles": user.role_assignments.select_related("node__parent").order_by(
                "until_on", "from_on"
            ),
            "employments": user.employments.with_terms(request.today).select_related(
                "administration", "unit"
            ),
            "former_names": user.former_names.all(),
            "absences": user.absences.select_related("stand_in"),
            "today": request.today,
        },
        status=form_status(form) if form.errors else 200,
    )


def _staff_form(
    request: StaffRequest,
    form: BaseForm,
    *,
    user: User,
    title: str,
    button: str,
    call: Callable[[], object],
    done: str,
) -> HttpResponse:
    """A form about a member of staff: post it to `call`, then back to the person's page."""
    if request.method == "POST" and form.is_valid():
        attempt(form, call)
        if not form.errors:
            messages.success(request, done)
            return redirect("staff", user.pk)
    return _form_page(request, form, title=title, button=button, back="staff", person=user)


def _form_page(
    request: StaffRequest,
    form: BaseForm,
    *,
    title: str,
    button: str,
    back: str,
    person: User | None = None,
) -> HttpResponse:
    above = {"organisation": _("Organisation"), "staff_list": _("Members of staff")}
    return render(
        request,
        "organisation/form.html",
        {
            "form": form,
            "title": title,
            "button": button,
            "back": back,
            "back_label": person.username if person else above[back],
            "person": person,
        },
        status=form_status(form) if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@system_administrator
def role_give(request: StaffRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST or None, initial={"from_on": request.today})
    return _staff_form(
        request,
        form,
        user=user,
        title=_("Give a role"),
        button=_("Give the role"),
        done=_("The role has been given."),
        call=lambda: roles_services.give_role(
            user=user, **form.cleaned_data, by=request.user, at=request.at
        ),
    )


@require_http_methods(["GET", "POST"])
@system_administrator
def role_end(request: StaffRequest, pk: int) -> HttpResponse:
    given: RoleAssignment = get_object_or_404(
        RoleAssignment.objects.select_related("user", "node"), pk=pk
    )
    form = LastDayForm(request.POST or None, initial={"until_on": request.today})
    return _staff_form(
        request,
        form,
        user=given.user,
        title=_("End the role %(role)s") % {"role": given.get_role_display()},
        button=_("End the role"),
        done=_("The role ends on the day given. Its cases go back to the group leader then."),
        call=lambda: roles_services.end_role(
            given.pk, **form.cleaned_data, by=request.user, at=request.at
        ),
    )


@require_http_methods(["GET", "POST"])
@system_administrator
def employment_add(request: StaffRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = EmployForm(request.POST or None, initial={"started_on": request.today})
    return _staff_form(
        request,
        form,
        user=user,
        title=_("Add an employment"),
        button=_("Add"),
        done=_("The employment has been added."),
        call=lambda: employments.employ(
            user=user, **form.cleaned_data, by=request.user, at=request.at
        ),
    )


@require_http_methods(["GET", "POST"])
@system_administrator
def employment_end(request: StaffRequest, pk: int) -> HttpResponse:
    employment: Employment = get_object_or_404(Employment.objects.select_related("user"), pk=pk)
    form = EmploymentEndForm(request.POST or None)
    return _staff_form(
        request,
        form,
        user=employment.user,
        title=_("End the employment"),
        button=_("End the employment"),
        done=_("The employment has an end."),
        call=lambda: employments.end_employment(
            employment.pk, **form.cleaned_data, by=request.user, at=request.at
        ),
    )


@require_http_methods(["GET", "POST"])
@system_administrator
def password_set(request: StaffRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = PasswordForm(request.POST or None)

    def call() -> bool:
        people_services.set_password(user.pk, **form.cleaned_data, by=request.user, at=request.at)
        return True

    return _staff_form(
        request,
        form,
        user=user,
        title=_("Set a new password"),
        button=_("Set the password"),
        done=_("The password has been set."),
        call=call,
    )
