"""Proposals: asked for with the facts as they are, calculated once, accepted whole or in part."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.matters.models import MatterWorker
from core import trail
from core.errors import Conflict, Invalid, Missing
from organisation.acting import access
from organisation.models import User
from workload.allocation import deviation, explain, obstacles, propose, score
from workload.allocation.fit import Obstacle
from workload.allocation.record import as_plain, digest, from_plain, pairs_of, result_as_plain
from workload.allocation.score import loads_after
from workload.board import read_board
from workload.board_problem import problem_of
from workload.models import AllocationProposal
from workload.models.allocation import ProposalState
from workload.services.allocation.giving import Giving, give_out
from workload.services.allocation.plans import group_to_lead

ROOMS = (0, 5, 10)
"""Percentage points by which wishes may raise the highest use."""
INLINE = 2500
"""Cases x workers up to which a proposal is calculated while the person waits."""


@transaction.atomic
def ask(group_id: int, *, room: int, by: User, at: datetime) -> AllocationProposal:
    """Store the facts of the group's waiting cases as they are now, to be calculated."""
    who = access(by, at)
    group = group_to_lead(who, group_id)
    if room not in ROOMS:
        raise Invalid({"room": _("Choose one of the alternatives.")})
    problem = problem_of(read_board(group, access=who), room=room)
    if not problem.cases:
        raise Invalid({"room": _("No investigation waits for a pair.")})
    facts = as_plain(problem)
    proposal = AllocationProposal.objects.create(
        group=group, asked_by=by, asked_at=at, room=room, facts=facts, digest=digest(facts)
    )
    trail.changed("allocation.proposal_asked", proposal, by=by, at=at, room=room)
    return proposal


def is_quick(proposal: AllocationProposal) -> bool:
    """Whether it can be calculated while the person waits."""
    facts = proposal.facts
    return len(facts["cases"]) * len(facts["workers"]) <= INLINE


def calculate(proposal_id: int, *, at: datetime) -> None:
    """Calculate a proposal. Safe to run twice: the same facts give the same, and done is done.

    One left running by a worker that died is taken up again.
    """
    claimed = (
        AllocationProposal.objects.filter(pk=proposal_id)
        .exclude(state=ProposalState.DONE)
        .update(state=ProposalState.RUNNING)
    )
    if not claimed:
        return
    try:
        proposal = AllocationProposal.objects.get(pk=proposal_id)
        problem = from_plain(proposal.facts)
        found = propose(problem)
        before = {worker.id: worker.load for worker in problem.workers}
        cases = {case.id: case for case in problem.cases}
        result = result_as_plain(
            found,
            explain(problem, found.pairs),
            {
                pk: list(obstacles(problem, cases[pk]) or (Obstacle.ALL_TOGETHER,))
                for pk in found.unassigned
            },
            highest=score(problem, found.pairs).highest,
            deviation_before=round(deviation(problem, before), 2),
            deviation_after=round(deviation(problem, loads_after(problem, found.pairs)), 2),
        )
    except BaseException:
        AllocationProposal.objects.filter(pk=proposal_id).update(state=ProposalState.FAILED)
        raise
    AllocationProposal.objects.filter(pk=proposal_id).update(
        state=ProposalState.DONE, result=result, done_at=at
    )


@transaction.atomic
def accept(
    proposal_id: int, *, investigation_ids: Collection[int], by: User, at: datetime
) -> list[MatterWorker]:
    """Give the chosen investigations to the pairs proposed for them, all or none."""
    who = access(by, at)
    proposal = (
        AllocationProposal.objects.select_for_update(of=("self",)).filter(pk=proposal_id).first()
    )
    if proposal is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    group_to_lead(who, proposal.group_id)
    if proposal.state != ProposalState.DONE or proposal.result is None:
        raise Conflict(_("The proposal has not been calculated yet."))
    pairs = pairs_of(proposal.result)
    if not investigation_ids or not set(investigation_ids) <= set(pairs):
        raise Invalid({"cases": _("Choose among the cases of the proposal.")})
    made = give_out(
        proposal.group_id,
        [Giving(pk, *pairs[pk]) for pk in investigation_ids],
        by=by,
        at=at,
    )
    proposal.accepted_by, proposal.accepted_at = by, at
    proposal.save(update_fields=["accepted_by", "accepted_at"])
    trail.changed(
        "allocation.proposal_accepted",
        proposal,
        by=by,
        at=at,
        investigations=sorted(investigation_ids),
    )
    return made
