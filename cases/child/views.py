"""The child's page, and the search that leads to it by name, identity number or case number."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.access.blocked import note_attempt
from cases.access.child_log import reach_of
from cases.child import corrections, merging
from cases.interventions.models import Intervention
from cases.investigations.models import Investigation
from cases.journal.timeline import events_for_child
from cases.matters.models import Matter
from cases.persons import identity, whereabouts
from cases.persons.models import Person
from cases.provisions.models import EmergencyAccess
from cases.reports.models import Report
from cases.reports.views.lines import lines, page_rows
from core import trail, wording
from core.errors import Invalid
from core.names import is_name
from core.rates import Rate, rated
from organisation.rights import Action
from organisation.views.requests import StaffRequest

MOST_FOUND = 50
MOST_NEAR = 10
"""Children of nearly that name who are shown beside those found, when they are few."""
SHORTEST = 2
NUMBER = re.compile(r"^[\d\-+ ]{10,13}$")
CASE_NUMBER = re.compile(r"^[\w-]+-\d{4}-[A-Z]?\d{1,8}$", re.IGNORECASE)


@login_required
@require_GET
def child(request: StaffRequest, pk: int) -> HttpResponse:
    """What the reader may see of one child: particulars, guardians, matters, all that happened."""
    access, today = request.access, request.today
    found = Person.objects.visible_to(access).select_related("unit").filter(pk=pk).first()
    if found is None:
        # A record that was merged into another is read there, by those who may.
        merged = get_object_or_404(Person, pk=pk, merged_into__isnull=False)
        return redirect(
            get_object_or_404(Person.objects.visible_to(access), pk=merged.merged_into_id)
        )
    reports = page_rows(Report.objects.visible_to(access).filter(child=found), on=today)
    investigations = Investigation.objects.visible_to(access).filter(child=found)
    interventions = Intervention.objects.visible_to(access).filter(child=found)
    trail.read("child.read", [found], by=request.user, at=request.at)
    place = whereabouts.open_for(found, access, by=request.user, at=request.at)
    around = list(found.guardians.order_by("ended_on", "-has_custody", "relation", "pk"))
    if whereabouts.mark_contacts(around, found, access):
        trail.read("whereabouts.read", [found], by=request.user, at=request.at)
    changed = corrections.history(found, access)
    shown = {one.pk for one in around if one.contact_shown}
    for row in changed:
        row.is_kept_back = row.field == "contact" and row.guardian_id not in shown
    opening = (
        EmergencyAccess.objects.in_force(at=request.at)
        .filter(user=request.user, child=found)
        .order_by("-until_at")
        .first()
        if found.pk in access.opened
        else None
    )
    return render(
        request,
        "cases/child/child.html",
        {
            "child": found,
            "today": today,
            "age": found.age_on(today),
            "born": wording.day(found.birth_date, today) if found.birth_date else "",
            "identity_number": found.identity_number,
            "place": place,
            "protections": list(found.protections.select_related("registered_by"))
            if found.is_protected and not place.hidden
            else [],
            "may_write": whereabouts.may_work_with(found, access, Action.PROTECT_IDENTITY),
            "opening": opening,
            "guardians": [one for one in around if one.ended_on is None],
            "former_guardians": [one for one in around if one.ended_on is not None],
            "may_correct": whereabouts.may_work_with(found, access, Action.CORRECT_PERSON),
            "may_decide": whereabouts.may_work_with(found, access, Action.DECIDE_IDENTITY),
            "changes": changed,
            "earlier_numbers": corrections.earlier_numbers(found, access),
            "to_end": corrections.to_end(found, access),
            "merges": merging.undoable(found, access),
            "reports": lines(reports.order_by("-received_at", "-pk")),
            "investigations": list(
                investigations.with_page_rows(on=today).order_by("-opened_on", "-pk")
            ),
            "interventions": list(
                interventions.with_workers(on=today)
                .select_related("group")
                .order_by("-started_on", "-pk")
            ),
            "events": events_for_child(found, access),
            "may_see_log": access.ask(Action.SEE_CHILD_LOG, **reach_of(found)),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
@rated(Rate.SEARCH)
def search(request: StaffRequest) -> HttpResponse:
    """Children by name, identity number or case number (and by nothing else), within reach."""
    asked = request.POST.get("q", "").strip() if request.method == "POST" else ""
    people: list[Any] = []
    near: list[Any] = []
    problem = ""
    if request.method == "POST":
        try:
            found = _find(request, asked)
        except Invalid as error:
            problem = str(error.fields["q"])
        else:
            if isinstance(found, HttpResponse):
                return found
            people, near = found
            shown = [*people[:MOST_FOUND], *near]
            trail.searched(
                "search.read",
                shown,
                by=request.user,
                at=request.at,
                unit_id=min(request.access.units, default=None),
                sought="number" if any(sign.isdigit() for sign in asked) else "name",
            )
    return render(
        request,
        "cases/child/search.html",
        {
            "asked": asked,
            "searched": request.method == "POST",
            "problem": problem,
            "people": [_line(one, request) for one in people[:MOST_FOUND]],
            "near": [_line(one, request) for one in near],
            "more": len(people) > MOST_FOUND,
            "today": request.today,
        },
        status=422 if problem else 200,
    )


def _line(child: Person, request: StaffRequest) -> dict[str, Any]:
    return {
        "child": child,
        "age": child.age_on(request.today),
        "number": child.identity_number,
        "by_guardian": not child.by_own_name,
    }


def _find(request: StaffRequest, asked: str) -> Any:
    """Children found and those of nearly that name, or the way to the case with that number.

    Invalid for other questions. Near names are sought where the others are: within reach.
    """
    access = request.access
    if len(asked) < SHORTEST:
        raise Invalid({"q": _("Write at least two letters of the name.")})
    if len(asked) > 120 or "\x00" in asked:
        raise Invalid({"q": _("Search by name, personal identity number or case number.")})
    if CASE_NUMBER.match(asked):
        row = Matter.objects.visible_to(access).filter(number=asked.upper()).first()
        if row is not None:
            return redirect(row)
        if access.blocked:
            hidden = Matter.objects.filter(number=asked.upper(), child__in=access.blocked)
            for one in hidden.select_related("child"):
                if one.child is not None:
                    note_attempt(request, one.child, "search")
        return [], []
    people = Person.objects.visible_to(access)
    blocked = Person.objects.filter(
        pk__in=access.blocked, unit_id__in={held.unit_id for held in access.held}
    )
    if temporary := identity.temporary(asked):
        people = people.temporarily_numbered(temporary)
        blocked = blocked.temporarily_numbered(temporary)
    elif NUMBER.match(asked):
        try:
            number = identity.parse(asked, on=request.today).number
        except ValueError:
            raise Invalid(
                {
                    "q": _(
                        "That is not a personal identity number: its form or check digit is wrong."
                    )
                }
            ) from None
        people = people.filter(
            Q(pk__in=Person.objects.numbered(number).values("pk"))
            | Q(pk__in=Person.objects.once_numbered(number, access).values("pk"))
        )
        blocked = blocked.numbered(number)
    elif is_name(asked):
        people = people.called(asked)
        blocked = blocked.called(asked)
    else:
        raise Invalid({"q": _("Search by name, personal identity number or case number.")})
    if access.blocked:
        for child in blocked:
            note_attempt(request, child, "search")
    found: list[Person] = list(people.select_related("unit")[: MOST_FOUND + 1])
    # By its own name before by a guardian's; written so before written otherwise, by the query.
    found.sort(key=lambda child: not child.by_own_name)
    near: list[Person] = []
    if is_name(asked) and len(found) < MOST_NEAR:
        seen = Person.objects.visible_to(access).select_related("unit")
        near = seen.nearly(asked, apart_from=found, most=MOST_NEAR)
    prefetch_related_objects(
        [*found, *near],
        Prefetch(
            "reports",
            queryset=Report.objects.visible_to(access).order_by("-received_at", "-pk"),
            to_attr="seen_reports",
        ),
        Prefetch(
            "investigations",
            queryset=Investigation.objects.visible_to(access).order_by("-opened_on", "-pk"),
            to_attr="seen_investigations",
        ),
    )
    return found, near
