"""Logging a report on one page, the look-up of children while typing, and drafts."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cases.enums import MANDATED_REPORTERS, Gender
from cases.persons import identity
from cases.persons.models import Person
from cases.reports import services
from cases.reports.earlier_matters import find_children, known_of
from cases.reports.forms.logging import ChildRow, ChildRows, ReportForm, number_problem
from cases.reports.lines import DRAFT, begun_lines
from cases.reports.models import Report
from core import trail
from core.errors import Conflict, Forbidden, Invalid
from core.names import SwedishOrder
from core.rates import Rate, rated
from core.web import form_status
from organisation.models import OrgUnit
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest

ROWS = "children"
ASKED_DRAFT = re.compile(r"[0-9a-f-]{36}(~[0-9a-z]{1,16})?")
ROW_NAME = re.compile(rf"^{ROWS}-\d{{1,3}}$")


@login_required
@require_http_methods(["GET", "POST"])
def report_log(request: StaffRequest) -> HttpResponse:
    """The one page on which a report about one or more siblings is logged.

    Each form has a draft of its own, so that two calls can be half logged side by side; `?draft=`
    goes on with one of them.
    """
    reach = request.access.units_with(Action.LOG_REPORT)
    units = list(OrgUnit.objects.units().filter(pk__in=reach).order_by(SwedishOrder("name")))
    if not units:
        raise Forbidden(refusal(Action.LOG_REPORT))
    row_options = {"today": request.today}
    asked = request.POST if request.method == "POST" else request.GET
    draft = _draft_of(asked.get("draft", ""))
    begun = [] if asked.get("draft") else begun_lines(request.user)
    if request.method == "POST":
        form = ReportForm(request.POST, units=units)
        rows = ChildRows(request.POST, prefix=ROWS, form_kwargs=row_options)
        # Both, so that everything wrong is said at once.
        if form.is_valid() & rows.is_valid() and (made := _log(request, form, rows, draft)):
            return _receipt(request, made)
        status = form_status(form)
    else:
        now = timezone.localtime(request.at).replace(second=0, microsecond=0)
        form = ReportForm(units=units, initial={"received_at": now})
        rows = ChildRows(prefix=ROWS, form_kwargs=row_options)
        status = 200
    return render(
        request,
        "cases/reports/log.html",
        {
            "form": form,
            "rows": rows,
            "draft_key": draft,
            "draft": draft.removeprefix(f"{DRAFT}-"),
            "begun": begun,
            "mandated": " ".join(sorted(MANDATED_REPORTERS)),
            "server_now": timezone.localtime(request.at).isoformat(),
            "today": request.today,
        },
        status=status,
    )


def _draft_of(asked: str) -> str:
    """The name of the draft of this form: the one asked for, else a new one."""
    if ASKED_DRAFT.fullmatch(asked):
        return f"{DRAFT}-{asked}"
    return DRAFT if asked == DRAFT else f"{DRAFT}-{uuid.uuid4()}"


def _log(request: StaffRequest, form: ReportForm, rows: Any, draft: str) -> list[Report] | None:
    """The reports made; None when the service refuses, with its words beside the fields."""
    used: list[ChildRow] = rows.used()
    if not _agrees(form, used):
        return None
    given = form.given([row.child_input() for row in used], draft_key=draft)
    try:
        return services.log_report(given, by=request.user, at=request.at)
    except Invalid as error:
        for name, message in error.fields.items():
            _put(form, used, name, str(message))
    except Conflict:
        # The form was sent before with other words: sent once more, it is another report.
        form.add_error(
            None, _("A report from this form is already logged; send again for another.")
        )
        data = request.POST.copy()
        data["idempotency_key"] = str(uuid.uuid4())
        form.data = data
    return None


def _agrees(form: ReportForm, used: list[ChildRow]) -> bool:
    """Whether each known child chosen is the one its row's number names; said at the field."""
    unit = form.only_unit or form.cleaned_data["unit"]
    chosen = {row.cleaned_data["child_id"] for row in used} - {None}
    numbers: dict[int, set[str]] = {}
    for pk, number, earlier in Person.objects.filter(unit=unit, pk__in=chosen).values_list(
        "pk", "personal_identity_number", "earlier_numbers__number"
    ):
        numbers.setdefault(pk, set()).update(filter(None, [number, earlier]))
    for row in used:
        known = numbers.get(row.cleaned_data["child_id"])
        written = row.cleaned_data["personal_identity_number"]
        if not known or not written or identity.temporary(written):
            continue
        if identity.parse(written, on=row.today).number not in known:
            row.add_error(
                "personal_identity_number",
                _("The number is another child's than the one chosen. Choose again."),
            )
    return not any(row.errors for row in used)


def _put(form: ReportForm, used: list[ChildRow], name: str, message: str) -> None:
    """A service's message beside the field it names: `child.x`, `children.2.x`, `reporter.x`."""
    first, *rest = name.split(".")
    row = None
    if first == "child" and rest:
        row, rest = used[0], rest
    elif first == "children" and len(rest) == 2:
        row, rest = used[int(rest[0])], rest[1:]
    if row is not None:
        row.add_error(rest[0] if rest[0] in row.fields else None, message)
        return
    field = name.replace(".", "_")
    form.add_error(field if field in form.fields else None, message)


def _receipt(request: StaffRequest, made: list[Report]) -> HttpResponse:
    numbers = ", ".join(report.number for report in made)
    messages.success(
        request,
        ngettext(
            "The report is logged: %(numbers)s.", "The reports are logged: %(numbers)s.", len(made)
        )
        % {"numbers": numbers},
    )
    return redirect(reverse("report", args=[made[0].pk]))


@login_required
@require_POST
@rated(Rate.SEARCH)
def child_lookup(request: StaffRequest) -> HttpResponse:
    """What the unit knows of the child whose number or name is being typed in one row."""
    row = request.POST.get("row", "")
    if not ROW_NAME.match(row):
        raise BadRequest("row")
    unit_id = _unit_of_lookup(request)

    def typed(name: str) -> str:
        return request.POST.get(f"{row}-{name}", "").replace("\x00", "").strip()[:120]

    number = typed("personal_identity_number")
    complete = len(re.sub(r"\D", "", number)) in (10, 12)
    problem = number_problem(number, on=request.today) if complete else ""
    found = find_children(
        unit_id,
        number=number if complete else "",
        first_name=typed("first_name"),
        last_name=typed("last_name"),
        on=request.today,
        without=request.access.blocked,
    )
    trail.read(
        "child.looked_up",
        found,
        by=request.user,
        at=request.at,
        sought="number" if complete else "name",
    )
    readable = complete and not problem and not identity.temporary(number)
    parsed = identity.parse(number, on=request.today) if readable else None
    return render(
        request,
        "cases/reports/_child_lookup.html",
        {
            "known": known_of(found, on=request.today),
            "exact": bool(parsed and found and found[0].personal_identity_number == parsed.number),
            "problem": problem,
            "parsed": parsed,
            "age": (Person(birth_date=parsed.birth_date).age_on(request.today) if parsed else None),
            "gender": Gender(parsed.gender).label if parsed else "",
            "chosen": typed("child_id"),
            "today": request.today,
        },
    )


def _unit_of_lookup(request: StaffRequest) -> int:
    reach = request.access.units_with(Action.LOOK_UP_CHILD)
    given = request.POST.get("unit", "")
    if given.isdecimal() and int(given) in reach:
        return int(given)
    if len(reach) == 1 and not given:
        return next(iter(reach))
    if not reach:
        raise Forbidden(refusal(Action.LOOK_UP_CHILD))
    raise BadRequest("unit")
