"""Proposed allocations: asked for, watched while calculated, read with reasons, accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import trail
from core.charts import figure
from core.dispatch import send
from core.errors import Conflict, Invalid, Missing
from organisation.models import User
from organisation.views.requests import StaffRequest
from workload import points
from workload.allocation.record import as_plain, digest, from_plain, pairs_of
from workload.allocation.score import loads_after
from workload.board import Board, WaitingCase, read_board
from workload.board_problem import problem_of
from workload.models import AllocationProposal
from workload.models.allocation import ProposalState
from workload.services import allocation as services
from workload.services.allocation.plans import group_to_lead
from workload.services.allocation.proposals import ROOMS, is_quick
from workload.views.allocation import given_text
from workload.views.cards import obstacle_text, wish_text


@login_required
@require_POST
def propose(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for a proposal: calculated at once when small, by the worker when large."""
    room = request.POST.get("room", "0")
    try:
        asked = services.ask(
            pk, room=int(room) if room.isdigit() else -1, by=request.user, at=request.at
        )
    except Invalid as error:
        messages.error(request, str(error))
        return redirect("allocation_board", pk)
    if is_quick(asked) or not send("workload.tasks.calculate_proposal", asked.pk):
        services.calculate(asked.pk, at=timezone.now())
    return redirect("allocation_proposal", asked.pk)


@dataclass(frozen=True, slots=True)
class WishLine:
    """A wish with what keeping it costs (or would), in words of a difference."""

    text: str
    highest: int | None
    deviation: float | None
    instead: tuple[str, str] | None
    free: bool


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A case of the proposal; `case` is None when it no longer waits."""

    number: str
    pk: int
    case: WaitingCase | None
    main: str
    co: str
    uses: tuple[tuple[int, int], tuple[int, int]]
    kept: tuple[WishLine, ...]
    lost: tuple[WishLine, ...]
    planned: tuple[str, str] | None
    pinned: bool


def _found(request: StaffRequest, pk: int) -> AllocationProposal:
    proposal = AllocationProposal.objects.select_related("group", "asked_by").filter(pk=pk).first()
    if proposal is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    group_to_lead(request.access, proposal.group_id)
    return proposal


@login_required
@require_GET
def proposal(request: StaffRequest, pk: int) -> HttpResponse:
    """A proposal with its reasons; while it is being calculated, how that goes."""
    found = _found(request, pk)
    if found.state != ProposalState.DONE or found.result is None:
        inside = request.htmx and not request.htmx.boosted
        if inside:
            return render(
                request, "workload/allocation/proposal_progress.html", {"proposal": found}
            )
        return render(
            request,
            "workload/allocation/proposal_waiting.html",
            {"proposal": found, "group": found.group, "failed": found.state == "failed"},
        )
    if request.htmx and not request.htmx.boosted:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    board = read_board(found.group, access=request.access)
    trail.read(
        "allocation.proposal_read",
        [case.investigation for case in board.cases],
        by=request.user,
        at=request.at,
    )
    rows = _rows(found, board)
    result = found.result
    return render(
        request,
        "workload/allocation/proposal.html",
        {
            "today": request.access.on,
            "proposal": found,
            "group": found.group,
            "rows": rows,
            "left": sum(1 for row in rows if row.case),
            "unassigned": _unassigned(found, board),
            "result": result
            | {
                "highest_text": f"{result['highest']} %",
                "before_text": figure(result["deviation_before"]),
                "after_text": figure(result["deviation_after"]),
            },
            "gap_percent": round(100 * result["gap"], 1),
            "compared": _compared(found, board),
            "changed": digest(as_plain(problem_of(board, room=found.room))) != found.digest,
            "rooms": ROOMS,
        },
    )


def _rows(proposal: AllocationProposal, board: Board) -> list[ProposalRow]:
    result: Any = proposal.result
    pairs = pairs_of(result)
    cases = {case.investigation.pk: case for case in board.cases}
    ids = {user for pair in pairs.values() for user in pair}
    for told in result["explained"].values():
        for one in (*told["kept"], *told["lost"]):
            ids |= set(one["instead"] or ())
    uses = _uses(proposal)
    names = {pk: str(user) for pk, user in User.objects.in_bulk(ids).items()}

    def line(told: dict[str, Any], pair: tuple[int, int]) -> WishLine:
        cost = told["cost"]
        wish = told["wish"]
        other = told["instead"]
        return WishLine(
            text=wish_text(wish["kind"], wish["of"]),
            highest=cost["highest"] if cost else None,
            deviation=cost["deviation"] if cost else None,
            instead=(names[other[0]], names[other[1]])
            if other and set(other) != set(pair)
            else None,
            free=bool(cost) and not cost["highest"] and abs(cost["deviation"]) < 0.05,
        )

    rows = []
    for pk, pair in pairs.items():
        told = result["explained"][str(pk)]
        case = cases.get(pk)
        plan = case.plan if case else None
        planned = (
            (_name(board, plan.main_id), _name(board, plan.co_id))
            if plan and (plan.main_id, plan.co_id) != pair
            else None
        )
        rows.append(
            ProposalRow(
                number=case.investigation.number if case else "",
                pk=pk,
                case=case,
                main=names[pair[0]],
                co=names[pair[1]],
                uses=(uses[pair[0]], uses[pair[1]]),
                kept=tuple(line(one, pair) for one in told["kept"]),
                lost=tuple(line(one, pair) for one in told["lost"]),
                planned=planned,
                pinned=bool(plan and plan.pinned),
            )
        )
    return rows


def _name(board: Board, user_id: int | None) -> str:
    worker = board.worker(user_id)
    return worker.name if worker else "–"


def _unassigned(proposal: AllocationProposal, board: Board) -> list[tuple[str, list[str]]]:
    """Cases nobody can take, with the reasons in words."""
    cases = {case.investigation.pk: case for case in board.cases}
    result: Any = proposal.result
    return [
        (cases[int(pk)].investigation.number, [obstacle_text(code) for code in codes])
        for pk, codes in result["unassigned"].items()
        if int(pk) in cases
    ]


def _uses(proposal: AllocationProposal) -> dict[int, tuple[int, int]]:
    """By worker given something: per cent before and with the whole proposal."""
    problem = from_plain(proposal.facts)
    result: Any = proposal.result
    pairs = pairs_of(result)
    after = loads_after(problem, pairs)
    given = {user for pair in pairs.values() for user in pair}
    return {
        worker.id: (
            points.percent(worker.load, worker.norm) or 0,
            points.percent(after[worker.id], worker.norm) or 0,
        )
        for worker in problem.workers
        if worker.id in given
    }


def _compared(proposal: AllocationProposal, board: Board) -> list[tuple[str, int, int]]:
    """Each worker given something by name: per cent before and with the proposal."""
    uses = _uses(proposal)
    rows = [(worker.name, *uses[worker.id]) for worker in board.workers if worker.id in uses]
    return sorted(rows, key=lambda row: -row[2])


@login_required
@require_POST
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the ticked cases to the pairs proposed."""
    _found(request, pk)
    ids = [int(value) for value in request.POST.getlist("case") if value.isdigit()]
    try:
        with transaction.atomic():
            services.accept(pk, investigation_ids=ids, by=request.user, at=request.at)
    except (Conflict, Invalid) as error:
        messages.error(request, str(error))
        return redirect("allocation_proposal", pk)
    messages.success(request, given_text(len(ids)))
    return redirect("allocation_proposal", pk)
