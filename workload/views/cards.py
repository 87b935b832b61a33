"""How waiting cases stand on the board, and what their wishes are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.calendar import week_start
from workload.allocation import Obstacle, WishKind
from workload.board import Board, BoardWorker, WaitingCase
from workload.board_effects import GivingEffect
from workload.enums import CompetenceKind
from workload.forms.allocation import AllocationPlanForm


def wish_text(kind: str, detail: str) -> str:
    """A wish in words: `Language: Somali`."""
    label = str(WishKind(kind).label)
    if kind == WishKind.COMPETENCE and detail in CompetenceKind.values:
        detail = str(CompetenceKind(detail).label)
    return f"{label}: {detail}" if detail else label


@lru_cache(maxsize=16)
def _around(name: str) -> tuple[str, str]:
    """The address of a page about one matter, before its number and after it."""
    before, _number, after = reverse(name, args=[0]).rpartition("0")
    return before, after


def address(name: str, pk: int) -> str:
    """As `reverse`, for the hundreds of addresses of a board."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@dataclass(frozen=True, slots=True)
class Card:
    """A waiting case as it stands on the board."""

    case: WaitingCase
    main: BoardWorker | None
    co: BoardWorker | None
    form: AllocationPlanForm | None = None
    effects: tuple[GivingEffect, ...] = ()
    lost: tuple[str, ...] = ()
    conflict: tuple[dict[str, str], ...] = ()
    conflict_by: str = ""
    earlier: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        """Of the plan as it is shown; 0 where there is none."""
        return self.case.plan.version if self.case.plan else 0

    @property
    def url(self) -> str:
        return address("investigation", self.case.investigation.pk)

    @property
    def pair_url(self) -> str:
        return address("investigation_pair", self.case.investigation.pk)

    @property
    def wishes_url(self) -> str:
        return address("investigation_wishes", self.case.investigation.pk)

    @property
    def reports(self) -> list[tuple[Any, str]]:
        """The reports the case came from, with their addresses."""
        rows: Any = self.case.investigation
        return [(report, address("report", report.pk)) for report in rows.its_reports]

    # In words here and not in the template, where a sentence costs ten times as much.

    @property
    def give_out_text(self) -> str:
        return _("Give out %(number)s") % {"number": self.case.investigation.number}

    @property
    def points_text(self) -> str:
        """`12 points`; nothing where nothing is weighed."""
        if self.case.points is None:
            return ""
        total = self.case.points.total
        return ngettext("%(points)s point", "%(points)s points", total) % {"points": total}

    @property
    def earlier_texts(self) -> list[str]:
        return [_("Earlier: %(name)s") % {"name": name} for name in self.earlier]

    @property
    def is_whole(self) -> bool:
        """Both are planned, and can be given it."""
        return all(
            worker is not None and worker.can_be_chosen and worker.id not in self.case.blocked
            for worker in (self.main, self.co)
        )

    @property
    def wishes(self) -> list[tuple[str, bool]]:
        found = [(wish_text(w.kind, w.detail), w.required) for w in self.case.wishes]
        if self.case.siblings:
            found.append((_("Siblings: %(n)s") % {"n": ", ".join(self.case.siblings)}, False))
        return found


def card(board: Board, case: WaitingCase, **shown: Any) -> Card:
    plan = case.plan
    if case.earlier:
        names = tuple(one.name for pk, one in board.by_id.items() if pk in case.earlier)
        shown.setdefault("earlier", names)
    return Card(
        case=case,
        main=board.worker(plan.main_id) if plan else None,
        co=board.worker(plan.co_id) if plan else None,
        **shown,
    )


@dataclass(frozen=True, slots=True)
class WaitingWeek:
    """The waiting investigations opened in one ISO week."""

    number: int
    start: date
    end: date
    is_now: bool
    cards: list[Card]


def weeks_of(board: Board) -> list[WaitingWeek]:
    return [
        WaitingWeek(
            number=monday.isocalendar().week,
            start=monday,
            end=monday + timedelta(days=6),
            is_now=monday == week_start(board.on),
            cards=[card(board, case) for case in cases],
        )
        for monday, cases in groupby(
            board.cases, key=lambda case: week_start(case.investigation.opened_on)
        )
    ]


def obstacle_text(code: str) -> str:
    """Why a case has no pair, in words; of a person's ties nothing is said."""
    return {
        Obstacle.NOBODY_THERE: _("Fewer than two of the workers there can be given it."),
        Obstacle.NO_EXPERIENCED: _("No experienced worker can be given it."),
        Obstacle.NO_ONE_WITH_REQUIRED: _("Nobody who can be given it has what it requires."),
        Obstacle.CEILINGS: _("The new workers are at their ceiling."),
        Obstacle.PINNED_CANNOT: _("The pair pinned for it cannot have it."),
        Obstacle.ALL_TOGETHER: _("There is no room for it once the others are given out."),
    }[Obstacle(code)]
