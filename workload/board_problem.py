"""The board of a group as a problem for the solver."""

from __future__ import annotations

from workload.allocation import Candidate, CaseWish, Pin, Problem, WaitingCaseFacts
from workload.board import Board, BoardWorker
from workload.enums import CompetenceKind

# As the solver wants it


def problem_of(board: Board, *, room: int = 0) -> Problem:
    """The board as an allocation problem. Only pinned plans bind; other plans are thrown in."""
    ids = {worker.id for worker in board.workers}
    return Problem(
        cases=tuple(
            WaitingCaseFacts(
                id=case.investigation.pk,
                main_points=case.main_tenths,
                co_points=case.co_tenths,
                wishes=tuple(
                    CaseWish(wish.kind, wish.detail.lower(), wish.required) for wish in case.wishes
                ),
                earlier_workers=case.earlier & ids,
                siblings=case.family if case.together else None,
            )
            for case in board.cases
        ),
        workers=tuple(_solver_worker(worker, board) for worker in board.workers),
        standing_pairs=frozenset(
            frozenset((one.id, other.id)) for _pair, one, other in board.pairs
        ),
        pins={
            case.investigation.pk: Pin(case.plan.main_id, case.plan.co_id)
            for case in board.cases
            if case.plan and case.plan.pinned
        },
        room=room,
    )


def _solver_worker(worker: BoardWorker, board: Board) -> Candidate:
    def named(kind: str) -> frozenset[str]:
        return frozenset(one.detail.lower() for one in worker.competences if one.kind == kind)

    return Candidate(
        id=worker.id,
        load=worker.load.tenths,
        norm=worker.load.available_tenths,
        experienced=worker.is_skilled,
        absent=worker.load.away_until is not None,
        ceiling=worker.ceiling_tenths,
        languages=named(CompetenceKind.LANGUAGE),
        areas=named(CompetenceKind.HOME_AREA),
        competences=frozenset(str(one.kind) for one in worker.competences),
        blocked=frozenset(
            case.investigation.pk for case in board.cases if worker.id in case.blocked
        ),
    )
