"""Allocation weeks: the board of a group, a pair for each case, and giving out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import statistics
from cases.investigations.models import Investigation
from cases.matters.working import reach
from core import trail
from core.calendar import week_start
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.web import attempt, form_status
from organisation.models import OrgUnit, User
from organisation.permissions import refusal
from organisation.rights import Action
from organisation.views.requests import StaffRequest
from workload.board import Board, BoardWorker, WaitingCase, read_board
from workload.board_effects import effects, unmet
from workload.forms.allocation import AllocationPlanForm, WeekForm
from workload.models import AllocationProposal, AllocationRound, PlannedPair
from workload.services import allocation as services
from workload.services.allocation.plans import group_to_lead, reception_of
from workload.services.allocation.proposals import ROOMS
from workload.views.cards import Card, card, weeks_of, wish_text

SHOWN_PROPOSALS = 5


# The board


@login_required
@require_GET
def allocation(request: StaffRequest) -> HttpResponse:
    """The board of one's group; with several groups, a list of them first."""
    access = request.access
    scope = statistics.scope_for(access, Action.ASSIGN_HANDLERS)
    if not scope:
        raise Forbidden(refusal(Action.ASSIGN_HANDLERS))
    groups = statistics.groups_in(scope)
    if len(groups) == 1:
        return show_board(request, groups[0])
    waiting: Any = Investigation.objects.visible_to(access, Action.ASSIGN_HANDLERS).waiting()
    counts = dict(
        waiting.order_by().values_list("group_id").annotate(number=Count("pk")).order_by()
    )
    return render(
        request,
        "workload/allocation/groups.html",
        {
            "today": access.on,
            "week_now": access.on.isocalendar().week,
            "count": sum(counts.values()),
            "groups": [(group, counts.get(group.pk, 0)) for group in groups],
            "several_units": len({group.parent_id for group in groups}) > 1,
        },
    )


@login_required
@require_GET
def board(request: StaffRequest, pk: int) -> HttpResponse:
    """The waiting cases and the workers of a group."""
    return show_board(request, group_to_lead(request.access, pk))


def show_board(request: StaffRequest, group: OrgUnit, **more: Any) -> HttpResponse:
    access = request.access
    shown = read_board(group, access=access)
    trail.read(
        "allocation.read",
        [case.investigation for case in shown.cases],
        by=request.user,
        at=request.at,
    )
    week = AllocationRound.objects.filter(group=group, monday=week_start(access.on)).first()
    weeks = weeks_of(shown)
    return render(
        request,
        "workload/allocation/board.html",
        {
            "today": access.on,
            "week_now": access.on.isocalendar().week,
            "group": group,
            "board": shown,
            "weeks": weeks,
            "whole": sum(each.is_whole for one in weeks for each in one.cards),
            "week": week,
            "week_form": more.pop("week_form", None)
            or WeekForm(
                None,
                reception=reception_of(group, on=access.on),
                initial={
                    "reception_worker": week.reception_worker_id if week else None,
                    "notes": week.notes if week else "",
                    "version": week.version if week else 0,
                },
            ),
            "rooms": ROOMS,
            "proposals": AllocationProposal.objects.filter(group=group)
            .select_related("asked_by")
            .defer("facts", "result")[:SHOWN_PROPOSALS],
            **more,
        },
        status=more.get("status", 200),
    )


# A pair for a case


def _to_give(request: StaffRequest, pk: int) -> Investigation:
    """The case, if it is the person's to give out: else 404, or 403 with the reason."""
    access = request.access
    investigation: Investigation | None = (
        Investigation.objects.visible_to(access).select_related("group").filter(pk=pk).first()
    )
    if investigation is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    allowed = access.ask(Action.ASSIGN_HANDLERS, **reach(investigation, on=access.on))
    if not allowed:
        raise Forbidden(allowed.reason)
    return investigation


def _one_case(request: StaffRequest, pk: int) -> tuple[Board, WaitingCase]:
    """The board's part that one case needs; Conflict when it no longer waits."""
    investigation = _to_give(request, pk)
    shown = read_board(investigation.group, access=request.access, case_ids=[pk])
    case = shown.case(pk)
    if case is None:
        raise Conflict(
            _("%(number)s has been given out already.") % {"number": investigation.number}
        )
    return shown, case


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() else None


def _choice(
    board: Board, case: WaitingCase, main_id: int | None, co_id: int | None
) -> dict[str, Any]:
    pair = (board.worker(main_id), board.worker(co_id))
    both = all(worker is not None for worker in pair)
    lost = [wish_text(kind, detail) for kind, detail, _required in unmet(case, pair)]
    if both and not any(worker and worker.is_skilled for worker in pair):
        lost.append(_("Neither of the two is experienced"))
    return {
        "effects": tuple(effects(board, case, main_id=main_id, co_id=co_id)),
        "lost": tuple(lost) if both else (),
    }


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose a pair for a case, on the board or on a page of its own."""
    inside = bool(request.htmx and not request.htmx.boosted)
    if request.method == "POST":
        return _plan_saved(request, pk, inside=inside)
    shown, case = _one_case(request, pk)
    if inside and request.GET.get("close"):
        return _card(request, shown, card(shown, case))
    trail.read("allocation.case_read", [case.investigation], by=request.user, at=request.at)
    current = case.plan
    version = current.version if current else 0
    main_id = _number(request.GET.get("main")) or (current.main_id if current else None)
    co_id = _number(request.GET.get("co")) or (current.co_id if current else None)
    form = AllocationPlanForm(
        None,
        board=shown,
        case=case,
        initial={
            "main": main_id,
            "co": co_id,
            "pinned": current.pinned if current else False,
            "version": version,
        },
    )
    more: dict[str, Any] = _choice(shown, case, main_id, co_id)
    if _number(request.GET.get("seen", str(version))) != version:
        more |= _conflict(shown, current, main_id, co_id)
    opened = card(shown, case, form=form, **more)
    if inside:
        return _card(request, shown, opened)
    return _plan_page(request, shown, opened)


def _plan_page(
    request: StaffRequest, shown: Board, opened: Card, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "workload/allocation/plan.html",
        {"today": shown.on, "board": shown, "group": shown.group, "card": opened},
        status=status,
    )


def _card(
    request: StaffRequest,
    shown: Board,
    opened: Card,
    *,
    status: int = 200,
    changed: Iterable[BoardWorker] = (),
    said: str = "",
) -> HttpResponse:
    """The case's card, and beside it the workers whose load it changed."""
    return render(
        request,
        "workload/allocation/_card_swap.html",
        {
            "today": shown.on,
            "board": shown,
            "card": opened,
            "changed": list(changed),
            "said": said,
        },
        status=status,
    )


def _plan_saved(request: StaffRequest, pk: int, *, inside: bool) -> HttpResponse:
    """Save first, then read only the workers it touches: a move has to be quick.

    Whose case it is to give out, the service asks.
    """
    before = PlannedPair.objects.filter(investigation=pk).values_list("main_id", "co_id").first()
    main_id, co_id = (_number(request.POST.get(name)) for name in ("main", "co"))
    try:
        _save(request, pk, main_id, co_id)
    except (Invalid, Conflict) as error:
        return _plan_refused(request, pk, error, inside=inside)
    group = OrgUnit.objects.get(pk=Investigation.objects.filter(pk=pk).values("group_id")[:1])
    if not inside:
        return redirect("allocation_board", group.pk)
    ids = {one for one in (*(before or ()), main_id, co_id) if one}
    fresh = read_board(group, access=request.access, case_ids=[pk], worker_ids=ids)
    now = fresh.case(pk)
    if now is None:
        raise Conflict(_("The case has been given out meanwhile."))
    names: tuple[str, ...] = ()
    if now.earlier:
        here = User.objects.workers_in(group.pk, on=fresh.on).filter(pk__in=now.earlier)
        names = tuple(str(user) for user in here)
    return _card(
        request,
        fresh,
        card(fresh, now, earlier=names),
        changed=fresh.workers,
        said=_("The plan of %(number)s is saved.") % {"number": now.investigation.number},
    )


def _plan_refused(
    request: StaffRequest, pk: int, error: Exception, *, inside: bool
) -> HttpResponse:
    """The form again with all that was chosen, and why it was not saved."""
    shown, case = _one_case(request, pk)
    form = AllocationPlanForm(request.POST, board=shown, case=case)

    def again() -> None:
        raise error

    if form.is_valid():
        attempt(form, again)
    main_id, co_id = (_number(request.POST.get(name)) for name in ("main", "co"))
    more: dict[str, Any] = _choice(shown, case, main_id, co_id)
    if hasattr(form, "conflict"):
        # What the person now sees beside their own choice is what they decide over next.
        theirs = form.conflict
        form.data = {**form.data.dict(), "version": str(theirs.version if theirs else 0)}  # type: ignore[attr-defined]
        more |= _conflict(shown, theirs, main_id, co_id)
    opened = card(shown, case, form=form, **more)
    if inside:
        return _card(request, shown, opened, status=form_status(form))
    return _plan_page(request, shown, opened, form_status(form))


def _save(request: StaffRequest, pk: int, main_id: int | None, co_id: int | None) -> None:
    version = _number(request.POST.get("version"))
    if version is None or (main_id is None and co_id is None and version == 0):
        raise Invalid({"main": _("Choose at least one of the two.")})
    if main_id is None and co_id is None:
        services.clear_plan(pk, version=version, by=request.user, at=request.at)
        return
    services.plan_pair(
        pk,
        main_id=main_id,
        co_id=co_id,
        pinned="pinned" in request.POST,
        version=version,
        by=request.user,
        at=request.at,
    )


def _conflict(shown: Board, theirs: Any, main_id: int | None, co_id: int | None) -> dict[str, Any]:
    """What one chose beside what another has planned meanwhile."""

    def name(user_id: int | None) -> str:
        worker = shown.worker(user_id)
        return worker.name if worker else "–"

    return {
        "conflict": (
            {
                "label": _("Main handler"),
                "yours": name(main_id),
                "theirs": name(theirs.main_id if theirs else None),
            },
            {
                "label": _("Co-worker"),
                "yours": name(co_id),
                "theirs": name(theirs.co_id if theirs else None),
            },
        ),
        "conflict_by": str(theirs.planned_by) if theirs else "",
    }


@login_required
@require_GET
def effect(request: StaffRequest, pk: int) -> HttpResponse:
    """What the pair chosen in the form would mean, before anything is saved."""
    shown, case = _one_case(request, pk)
    main_id, co_id = (_number(request.GET.get(name)) for name in ("main", "co"))
    opened = card(shown, case, **_choice(shown, case, main_id, co_id))
    return render(request, "workload/allocation/effect.html", {"card": opened, "today": shown.on})


# Giving out


@login_required
@require_POST
def give(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the ticked cases to the pairs planned for them."""
    group = group_to_lead(request.access, pk)
    chosen = []
    for value in request.POST.getlist("case"):
        case, _colon, seen = value.partition(":")
        if _number(case) is None or _number(seen) is None:
            raise Invalid({"case": _("Choose one of the alternatives.")})
        chosen.append((int(case), int(seen)))
    shown = read_board(group, access=request.access, case_ids=[one for one, _v in chosen])
    plans = {case.investigation.pk: case.plan for case in shown.cases if case.plan}
    givings = []
    try:
        for case_id, version in chosen:
            plan = plans.get(case_id)
            if plan is None or plan.main_id is None or plan.co_id is None:
                raise Conflict(_("A case has been given out or changed meanwhile. Look again."))
            givings.append(services.Giving(case_id, plan.main_id, plan.co_id, version))
        services.give_out(group.pk, givings, by=request.user, at=request.at)
    except (Conflict, Invalid) as error:
        messages.error(request, str(error))
        return redirect("allocation_board", group.pk)
    messages.success(request, given_text(len(givings)))
    return redirect("allocation_board", group.pk)


def given_text(number: int) -> str:
    return ngettext(
        "%(number)d investigation is given out.",
        "%(number)d investigations are given out.",
        number,
    ) % {"number": number}
