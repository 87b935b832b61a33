"""What giving a case to a pair does to each of the two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cases.enums import HandlerPart
from workload import points
from workload.allocation import WishKind
from workload.board import AHEAD_DAYS, Board, BoardWorker, WaitingCase
from workload.enums import CompetenceKind

# What a choice does


@dataclass(frozen=True, slots=True)
class GivingEffect:
    """One worker's use (per cent, None is unavailable) before and with the case chosen.

    `warnings` are codes: ceiling, over, unavailable.
    """

    part: str
    worker: BoardWorker
    before: int | None
    after: int | None
    ahead: int | None
    warnings: tuple[str, ...]


def effects(
    board: Board, case: WaitingCase, *, main_id: int | None, co_id: int | None
) -> list[GivingEffect]:
    """What giving the case to the two does to each; a plan it already has is counted out first."""
    left = board.endings.still_open((board.on - case.investigation.opened_on).days, AHEAD_DAYS)
    found = []
    for part, user_id, tenths in (
        (HandlerPart.MAIN, main_id, case.main_tenths),
        (HandlerPart.CO, co_id, case.co_tenths),
    ):
        worker = board.worker(user_id)
        if worker is None:
            continue
        base, ahead = worker.after_tenths, worker.ahead
        for its_id, its_tenths in (
            ((case.plan.main_id, case.main_tenths), (case.plan.co_id, case.co_tenths))
            if case.plan
            else ()
        ):
            if its_id == worker.id:
                base -= its_tenths
                ahead -= its_tenths * left
        available = worker.load.available_tenths
        after = points.percent(base + tenths, available)
        ceiling = worker.ceiling_tenths
        warnings = []
        if after is None:
            warnings.append("unavailable")
        elif ceiling is not None and base + tenths > ceiling:
            warnings.append("ceiling")
        elif after > points.OVERLOAD_PERCENT:
            warnings.append("over")
        found.append(
            GivingEffect(
                part=part,
                worker=worker,
                before=points.percent(base, available),
                after=after,
                ahead=points.percent(round(ahead + tenths * left), available),
                warnings=tuple(warnings),
            )
        )
    return found


def unmet(
    case: WaitingCase, workers: Iterable[BoardWorker | None]
) -> list[tuple[WishKind, str, bool]]:
    """Wishes (kind, which, required) of the case that none of the two keeps; and experience."""
    pair = [worker for worker in workers if worker is not None]
    lost: list[tuple[WishKind, str, bool]] = []
    for wish in case.wishes:
        kind = WishKind(wish.kind)
        if not any(_keeps(worker, kind, wish.detail.lower()) for worker in pair):
            lost.append((kind, wish.detail, wish.required))
    if case.earlier and not any(worker.id in case.earlier for worker in pair):
        lost.append((WishKind.EARLIER_WORKER, "", False))
    return lost


def _keeps(worker: BoardWorker, kind: WishKind, detail: str) -> bool:
    if kind == WishKind.EXPERIENCE:
        return worker.is_skilled
    if kind == WishKind.COMPETENCE:
        return any(one.kind == detail for one in worker.competences)
    wanted = CompetenceKind.LANGUAGE if kind == WishKind.LANGUAGE else CompetenceKind.HOME_AREA
    return any(one.kind == wanted and one.detail.lower() == detail for one in worker.competences)
