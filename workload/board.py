"""The allocation board of a group: waiting cases, workers, and the load now, after and ahead.

Reads only, in a constant number of queries. `read_board` asks no rights: the caller has found the
group for somebody who gives out its cases, and the access given narrows the cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, NullIf, Trim

from cases.deadlines.models import Deadline
from cases.enums import OPEN_INVESTIGATION, DeadlineKind
from cases.investigations.models import Investigation
from cases.law.deadlines import status
from cases.matters.models import MatterWorker
from cases.provisions.lookup import blocked_pairs
from cases.reports.models import Report
from core.names import ConcatWords
from organisation.enums import Experience
from organisation.models import OrgUnit, User
from organisation.permissions import Access
from organisation.rights import Action
from workload import capacity, points
from workload.capacity import WorkerLoad
from workload.forecast import WINDOW_DAYS, Endings, InvestigationSpan
from workload.gauges import Gauge, gauge, percent_text
from workload.models import AllocationWish, Competence, PlannedPair, StandingPair
from workload.points import CasePoints

AHEAD_DAYS = 28
SKILLED: frozenset[str] = frozenset({Experience.EXPERIENCED, Experience.EXPERT})
"""Levels of which at least one has to be in every pair."""


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """An investigation nobody has yet; points in tenths by part, as the weight set splits them."""

    investigation: Investigation
    points: CasePoints | None
    main_tenths: int
    co_tenths: int
    deadline: Deadline | None
    wishes: tuple[AllocationWish, ...]
    earlier: frozenset[int]
    siblings: tuple[str, ...]
    family: int
    together: bool
    """Whether a sibling waits in the same group."""
    plan: PlannedPair | None
    blocked: frozenset[int] = frozenset()

    @property
    def tenths(self) -> int:
        return self.main_tenths + self.co_tenths


@dataclass(slots=True)
class BoardWorker:
    """A worker with points (tenths) now, with what is planned, and four weeks ahead."""

    load: WorkerLoad
    planned: int = 0
    planned_cases: int = 0
    ahead: float = 0.0
    competences: tuple[Competence, ...] = ()

    @property
    def id(self) -> int:
        return self.load.user.pk

    @property
    def name(self) -> str:
        return str(self.load.user)

    @property
    def after_tenths(self) -> int:
        return self.load.tenths + self.planned

    @property
    def now_percent(self) -> int | None:
        return self.load.percent

    @property
    def after_percent(self) -> int | None:
        return points.percent(self.after_tenths, self.load.available_tenths)

    @property
    def ahead_percent(self) -> int | None:
        return points.percent(round(self.ahead), self.load.available_tenths)

    @property
    def gauges(self) -> tuple[Gauge, ...]:
        """Now, with the plan, four weeks ahead: what the row shows of each."""
        return (
            gauge(self.now_percent, away=self.is_away),
            gauge(self.after_percent, away=self.is_away),
            gauge(self.ahead_percent),
        )

    @property
    def now_text(self) -> str:
        return percent_text(self.now_percent, away=self.is_away)

    @property
    def after_text(self) -> str:
        return percent_text(self.after_percent, away=self.is_away)

    @property
    def ahead_text(self) -> str:
        return percent_text(self.ahead_percent)

    @property
    def is_new(self) -> bool:
        return self.load.experience == Experience.NEW

    @property
    def is_skilled(self) -> bool:
        return self.load.experience in SKILLED

    @property
    def ceiling_tenths(self) -> int | None:
        """The most a new worker may have; nobody else has a ceiling here."""
        if not self.is_new or self.load.ceiling_percent is None:
            return None
        return self.load.available_tenths * self.load.ceiling_percent // 100

    @property
    def is_over_ceiling(self) -> bool:
        ceiling = self.ceiling_tenths
        return ceiling is not None and self.after_tenths > ceiling

    @property
    def is_away(self) -> bool:
        return self.load.away_until is not None

    @property
    def can_be_chosen(self) -> bool:
        return not self.is_away


@dataclass(frozen=True)
class Board:
    """A group's allocation on a day. `workers` by name; `pairs` are those standing today."""

    group: OrgUnit
    on: date
    cases: tuple[WaitingCase, ...]
    workers: tuple[BoardWorker, ...]
    pairs: tuple[tuple[StandingPair, BoardWorker, BoardWorker], ...]
    measured: bool
    """Whether the unit has a weight set; without one there are no points."""
    endings: Endings = field(repr=False)

    def worker(self, user_id: int | None) -> BoardWorker | None:
        return self.by_id.get(user_id) if user_id is not None else None

    @cached_property
    def by_id(self) -> dict[int, BoardWorker]:
        return {one.id: one for one in self.workers}

    def case(self, investigation_id: int) -> WaitingCase | None:
        return next((one for one in self.cases if one.investigation.pk == investigation_id), None)


# Reading


def read_board(
    group: OrgUnit,
    *,
    access: Access,
    case_ids: Collection[int] | None = None,
    worker_ids: Collection[int] | None = None,
    endings: Endings | None = None,
) -> Board:
    """The board of a group, or the part of it with those cases and workers.

    Loads always count every planned case of the group, but none of children the reader has a
    conflict of interest with. The part of some workers has neither standing pairs nor
    competences.
    """
    on, without = access.on, access.blocked
    rows = _waiting(group, access, case_ids)
    in_use = capacity.weights_in_use([group.parent_id or 0], on=on).get(group.parent_id or 0)
    plans = list(
        PlannedPair.objects.filter(investigation__group=group, investigation__status="waiting")
        .exclude(investigation__child__in=without)
        .values_list("investigation_id", "investigation__opened_on", "main_id", "co_id")
    )
    loads, read = capacity.loads_and_cases(
        group.parent_id or 0,
        group.pk,
        on=on,
        user_ids=worker_ids,
        weights=in_use,
        without=without,
        also={row.pk for row in rows} | {plan[0] for plan in plans},
    )
    measured = {pk: case.points for pk, case in read.items()}
    related = _relations(rows, without=without)
    families, known = related.families, related.known
    endings = endings or unit_endings(group.parent_id or 0, on=on, without=without)
    workers = _workers(loads, endings, on=on, competences=worker_ids is None)
    blocked = blocked_cases(rows, [worker.id for worker in workers], on=on)
    cases = []
    family_of = {row.pk: families.get(row.pk, (row.pk, frozenset()))[0] for row in rows}
    waiting_in: dict[int, int] = defaultdict(int)
    for family in family_of.values():
        waiting_in[family] += 1
    for row in rows:
        family, siblings = families.get(row.pk, (row.pk, frozenset()))
        scored = measured.get(row.pk)
        main, co = halves(scored.total if scored else 0, in_use)
        earlier = set(known.get(row.child_id, ()))
        for _number, child_id in siblings:
            earlier |= known.get(child_id, set())
        cases.append(
            WaitingCase(
                investigation=row,
                points=scored,
                main_tenths=main,
                co_tenths=co,
                deadline=_dated(row.duties, on),
                wishes=tuple(row.wishes.all()),
                earlier=frozenset(earlier),
                siblings=tuple(sorted(number for number, _child in siblings)),
                family=family,
                together=waiting_in[family] > 1,
                plan=getattr(row, "planned_pair", None),
                blocked=frozenset(blocked.get(row.pk, ())),
            )
        )
    by_id = {worker.id: worker for worker in workers}
    for pk, opened_on, main_id, co_id in plans:
        scored = measured.get(pk)
        left = endings.still_open((on - opened_on).days, AHEAD_DAYS)
        for user_id, tenths in zip(
            (main_id, co_id), halves(scored.total if scored else 0, in_use), strict=True
        ):
            if user_id in by_id:
                by_id[user_id].planned += tenths
                by_id[user_id].planned_cases += 1
                by_id[user_id].ahead += tenths * left
    return Board(
        group=group,
        on=on,
        cases=tuple(cases),
        workers=tuple(workers),
        pairs=tuple(
            (pair, by_id[pair.first_id], by_id[pair.second_id])
            for pair in _standing(group, on=on, wanted=worker_ids is None)
            if pair.first_id in by_id and pair.second_id in by_id
        ),
        measured=in_use is not None,
        endings=endings,
    )


def _standing(group: OrgUnit, *, on: date, wanted: bool) -> Iterable[StandingPair]:
    return StandingPair.objects.active(on).filter(group=group) if wanted else ()


def halves(total: int, weights: points.Weights | None) -> tuple[int, int]:
    """Tenths of a point for main handler and co-worker of a case of `total` points."""
    if weights is None or not total:
        return 0, 0
    parts = points.split(total, [(points.MAIN, 1), (points.CO, 2)], weights)
    return parts[0].tenths, parts[1].tenths


def _waiting(group: OrgUnit, access: Access, case_ids: Collection[int] | None) -> list[Any]:
    rows: Any = Investigation.objects.visible_to(access, Action.ASSIGN_HANDLERS).waiting()
    rows = rows.filter(group=group)
    if case_ids is not None:
        rows = rows.filter(pk__in=case_ids)
    due = Deadline.objects.filter(kind=DeadlineKind.INVESTIGATION).order_by("due_on", "pk")
    return list(
        rows.select_related("matter", "child", "planned_pair")
        .defer("plan", "protection_needs", "violence_description", "conclusion_rationale")
        .prefetch_related(
            "wishes",
            Prefetch("matter__deadlines", queryset=due, to_attr="duties"),
            Prefetch("reports", queryset=_reports(access.on), to_attr="its_reports"),
        )
        .order_by("opened_on", "pk")
    )


def _reports(on: date) -> QuerySet[Report]:
    """Reports by number, each with the name of its worker of the day as `worker`.

    The name and no more, in the query of the reports: a hundred cases come of some hundred.
    """
    full = Trim(ConcatWords("user__first_name", "user__last_name"))
    name = Coalesce(NullIf(full, Value("")), "user__username", output_field=TextField())
    workers = MatterWorker.objects.active(on).filter(matter=OuterRef("pk")).order_by("-from_on")
    return (
        Report.objects.annotate(worker=Subquery(workers.annotate(name=name).values("name")[:1]))
        .only("number", "investigation")
        .order_by("received_on", "pk")
    )


def _dated(duties: list[Any], on: date) -> Deadline | None:
    """The investigation's own deadline, able to say its status as of the day."""
    for deadline in duties:
        deadline.status = status(
            due_on=deadline.due_on,
            on=on,
            met_on=deadline.met_on,
            cancelled_on=deadline.cancelled_on,
            missed_on=deadline.missed_on,
            due_at=deadline.due_at,
            met_at=deadline.met_at,
        )
        return deadline  # type: ignore[no-any-return]
    return None


@dataclass(frozen=True, slots=True)
class _Relations:
    """By investigation: its family (named by the first report) and siblings' open investigations
    (number, child). By child: who has or has had an investigation of it.
    """

    families: dict[int, tuple[int, frozenset[tuple[str, int]]]]
    known: dict[int, set[int]]


def _relations(rows: list[Any], *, without: frozenset[int]) -> _Relations:
    """The children of the same reports are a family. Three queries, by key each time: an "or"
    between two subqueries would read every report there is.
    """
    first_report = Coalesce("linked_to_id", "pk")
    wanted = {row.pk for row in rows}
    children = {row.child_id for row in rows}
    roots: dict[int, set[int]] = defaultdict(set)
    every: set[int] = set()
    for pk, root in (
        Report.objects.filter(child_id__in=children)
        .order_by()
        .values_list("investigation_id", first_report)
    ):
        every.add(root)
        if pk in wanted:
            roots[pk].add(root)
    together: dict[int, set[tuple[int, str, int]]] = defaultdict(set)
    siblings = set(children)
    for root, child_id, pk, number, state, whose in (
        Report.objects.filter(Q(pk__in=every) | Q(linked_to_id__in=every))
        .order_by()
        .values_list(
            first_report,
            "child_id",
            "investigation_id",
            "investigation__number",
            "investigation__status",
            "investigation__child_id",
        )
    ):
        siblings.add(child_id)
        if pk and state in OPEN_INVESTIGATION and whose not in without:
            together[root].add((pk, number, whose))
    known: dict[int, set[int]] = defaultdict(set)
    for child_id, user_id in MatterWorker.objects.filter(
        matter__kind=Investigation.KIND, matter__child_id__in=siblings
    ).values_list("matter__child_id", "user_id"):
        known[child_id].add(user_id)
    families = {
        pk: (
            min(firsts),
            frozenset(
                (number, child_id)
                for root in firsts
                for other, number, child_id in together[root]
                if other != pk
            ),
        )
        for pk, firsts in roots.items()
    }
    return _Relations(families, known)


def unit_endings(unit_id: int, *, on: date, without: frozenset[int] = frozenset()) -> Endings:
    """How the unit's investigations have ended over two years. One query."""
    spans = [
        InvestigationSpan(opened_on, concluded_on)
        for opened_on, concluded_on in Investigation.objects.counted()
        .filter(unit_id=unit_id, handed_over_on__isnull=True)
        .exclude(concluded_on__lt=on - timedelta(days=WINDOW_DAYS))
        .exclude(child__in=without)
        .values_list("opened_on", "concluded_on")
    ]
    return Endings(spans, on=on)


def _workers(
    loads: list[WorkerLoad], endings: Endings, *, on: date, competences: bool
) -> list[BoardWorker]:
    can: dict[int, list[Competence]] = defaultdict(list)
    if competences:
        ids = [load.user.pk for load in loads]
        for row in Competence.objects.active(on).filter(user_id__in=ids):
            can[row.user_id].append(row)
    return [
        BoardWorker(
            load=load,
            ahead=sum(
                float(one.points * 10)
                * (endings.still_open(one.case.facts.days, AHEAD_DAYS) if one.case else 1.0)
                for one in load.carried
            ),
            competences=tuple(can[load.user.pk]),
        )
        for load in loads
    ]


def blocked_cases(
    cases: list[Investigation], user_ids: list[int], *, on: date
) -> dict[int, set[int]]:
    """By investigation, those of the people who may have nothing to do with it (jäv)."""
    blocked = blocked_pairs(user_ids, on=on)
    found: dict[int, set[int]] = defaultdict(set)
    for case in cases:
        for user_id, children in blocked.items():
            if case.child_id in children:
                found[case.pk].add(user_id)
    return found


def who_can_be_given(investigation: Investigation, *, on: date) -> set[int]:
    """Workers of the group who are there and not blocked. Two queries."""
    ids = set(User.objects.workers_in(investigation.group_id, on=on).values_list("pk", flat=True))
    return ids - blocked_cases([investigation], sorted(ids), on=on).get(investigation.pk, set())
