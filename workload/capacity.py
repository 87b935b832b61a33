"""Who carries how much, on any day: points of cases, and loads of workers.

Everything is read as of a day from facts that have days, so a past day gives the same answer for
ever; what is corrected backwards in the record (a pair that began last Monday) is corrected here
too. A constant number of queries whatever the number of workers and cases. No rights are asked:
callers show only what `organisation.permissions` lets the reader see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from cases.interventions.models import Intervention
from cases.matters import registry as matters
from cases.matters.models import Matter, MatterWorker
from core.wording import UNKNOWN_END
from organisation.enums import Experience
from organisation.models import OrgUnit, User
from organisation.roles import CARRYING, CASE_WORKERS, LEADERS
from workload import facts, points
from workload.models import WeightLevel, WeightSet
from workload.points import CasePoints, PersonShare, Weights, as_points

WORKERS = CARRYING | CASE_WORKERS
"""Roles whose holders can have a case. A leader is shown only while carrying one."""

LONG_ABSENCE_DAYS = 14
"""Away longer than this (both ends counted), a worker has no available time meanwhile."""

_BY_EXPERIENCE = (Experience.NEW, Experience.USED, Experience.EXPERIENCED, Experience.EXPERT)


# Weight sets


def weights_in_use(unit_ids: Iterable[int], *, on: date) -> dict[int, Weights]:
    """The weight set of each unit on the day; a unit without one is not there. One query."""
    sets = WeightSet.objects.active(on).filter(unit_id__in=list(unit_ids))
    return {weights.unit_id: weights for weights in _weights(sets)}


def weights_of(weight_set: WeightSet) -> Weights:
    """A weight set, a draft too, as the pure module wants it. One query."""
    found = _weights(WeightSet.objects.filter(pk=weight_set.pk))
    return found[0] if found else _as_weights(weight_set, ())


def _weights(sets: QuerySet[WeightSet]) -> list[Weights]:
    rows = (
        WeightLevel.objects.filter(factor__weight_set__in=sets)
        .select_related("factor__weight_set")
        .order_by("factor__weight_set_id", "factor__position", "factor_id", "position", "pk")
    )
    sets_by_id: dict[int, WeightSet] = {}
    factors: dict[int, dict[int, tuple[Any, list[points.FactorLevel]]]] = defaultdict(dict)
    for row in rows:
        factor = row.factor
        sets_by_id[factor.weight_set_id] = factor.weight_set
        _factor, levels = factors[factor.weight_set_id].setdefault(factor.pk, (factor, []))
        levels.append(points.FactorLevel(row.code, row.name, row.points, row.from_value))
    return [
        _as_weights(
            weight_set,
            tuple(
                points.Factor(
                    code=factor.code,
                    name=factor.name,
                    source=factor.source,
                    levels=tuple(levels),
                    assumed=factor.assumed,
                )
                for factor, levels in factors[pk].values()
            ),
        )
        for pk, weight_set in sets_by_id.items()
    ]


def _as_weights(weight_set: WeightSet, factors: tuple[points.Factor, ...]) -> Weights:
    return Weights(
        id=weight_set.pk,
        unit_id=weight_set.unit_id,
        name=weight_set.name,
        factors=factors,
        main_share=weight_set.main_share,
        norms={
            Experience.NEW: weight_set.norm_new,
            Experience.USED: weight_set.norm_used,
            Experience.EXPERIENCED: weight_set.norm_experienced,
            Experience.EXPERT: weight_set.norm_expert,
        },
        contact_tenths=weight_set.contact_tenths,
        contact_days=weight_set.contact_days,
        ceiling_percent=weight_set.ceiling_percent,
        ceiling_new_percent=weight_set.ceiling_new_percent,
        intervention_points=weight_set.intervention_points,
    )


# Cases


@dataclass(frozen=True, slots=True)
class WeighedCase:
    """A matter that weighs, open on the day: its points and who carries which part of them."""

    matter_id: int
    kind: str
    number: str
    unit_id: int
    group_id: int
    opened_on: date
    points: CasePoints
    parts: tuple[PersonShare, ...]


def weighing_on(day: date) -> QuerySet[Matter]:
    """The matters open on the day of the kinds that weigh."""
    still_open = Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    return Matter.objects.filter(still_open, kind__in=matters.weighing(), opened_on__lte=day)


def case_points(matter_ids: Iterable[int], *, on: date) -> dict[int, CasePoints]:
    """The points of those of the matters that weigh and are open on the day, by id.

    Matters of a unit without a weight set are not there. Two queries.
    """
    return {pk: case.points for pk, case in cases(matter_ids, on=on).items()}


def cases(matter_ids: Iterable[int], *, on: date) -> dict[int, WeighedCase]:
    """As `case_points`, with the parts of its workers and of colleagues who helped."""
    return _weighed(facts.cases(on=on, ids=list(matter_ids)), on=on)


def _weighed(
    read: list[facts.CaseFacts], *, on: date, weights: Mapping[int, Weights] | None = None
) -> dict[int, WeighedCase]:
    """What the cases weigh; `weights` by unit instead of those in use.

    Units that `weights` does not hold are measured with what they have in use.
    """
    weights = dict(weights or {})
    if elsewhere := {case.unit_id for case in read} - weights.keys():
        weights |= weights_in_use(elsewhere, on=on)
    found = {}
    for case in read:
        measured = weights.get(case.unit_id)
        if measured is None:
            continue
        known = points.Facts(
            days=(on - case.opened_on).days,
            children=case.children,
            risk=case.risk,
            judged=case.judged,
        )
        scored = points.case_points(measured, known)
        found[case.id] = WeighedCase(
            matter_id=case.id,
            kind=case.kind,
            number=case.number,
            unit_id=case.unit_id,
            group_id=case.group_id,
            opened_on=case.opened_on,
            points=scored,
            parts=tuple(
                points.split(
                    scored.total,
                    case.handlers,
                    measured,
                    [
                        points.Contact(done_by, done_for)
                        for days, done_by, done_for in case.contacts
                        if days < measured.contact_days
                    ],
                )
            ),
        )
    return found


# Workers


@dataclass(frozen=True, slots=True)
class ActiveReduction:
    reason: str
    percent: int
    until_on: date


@dataclass(frozen=True, slots=True)
class Carried:
    """One worker's part of one case. `part`: one of its kind's, contact or intervention.

    `case` explains the case's points; an intervention to follow up has none.
    """

    matter_id: int
    kind: str
    part: str
    number: str
    points: Decimal
    case: CasePoints | None = None


@dataclass(frozen=True)
class WorkerLoad:
    """A worker's load on a day.

    `norm` is the points of the experience level at full time, None without a weight set;
    `available` what hours, reductions and long absence leave of it; `percent` is None
    (unavailable) when that is nothing. `away_until` is set for whoever is away that day, to
    `UNKNOWN_END` until further notice.
    """

    user: User
    group_ids: tuple[int, ...]
    roles: frozenset[str]
    experience: str | None
    hours_percent: int
    is_consultant: bool
    reductions: tuple[ActiveReduction, ...]
    away_until: date | None
    norm: int | None
    available_tenths: int
    tenths: int
    ceiling_percent: int | None
    carried: tuple[Carried, ...] = field(repr=False)

    @property
    def available(self) -> Decimal:
        return as_points(self.available_tenths)

    @property
    def points(self) -> Decimal:
        return as_points(self.tenths)

    @property
    def percent(self) -> int | None:
        return points.percent(self.tenths, self.available_tenths)

    @property
    def reduced_percent(self) -> int:
        return min(100, sum(one.percent for one in self.reductions))

    @property
    def last_day_away(self) -> date | None:
        """None also for who is away until further notice."""
        return None if self.away_until == UNKNOWN_END else self.away_until

    @property
    def is_away(self) -> bool:
        return self.away_until is not None

    @property
    def room(self) -> Decimal:
        """Points left up to the ceiling; negative when over it."""
        return as_points(self.available_tenths * (self.ceiling_percent or 0) // 100 - self.tenths)

    @property
    def is_over_ceiling(self) -> bool:
        used = self.percent
        return (
            used is not None and self.ceiling_percent is not None and (used > self.ceiling_percent)
        )

    @property
    def cases(self) -> int:
        """Cases with points that the worker has a part in; a contact for a colleague is none."""
        return sum(1 for one in self.carried if one.case and one.part != points.CONTACT)

    @cached_property
    def unjudged(self) -> int:
        """How many of the carried cases have a factor nobody has judged."""
        return sum(1 for one in self.carried if one.case and one.case.unjudged)


def loads(
    *,
    on: date,
    unit_id: int | None = None,
    group_id: int | None = None,
    user_ids: Iterable[int] | None = None,
    weights: Weights | None = None,
    without: frozenset[int] = frozenset(),
) -> list[WorkerLoad]:
    """The load of each worker of a unit or a group on the day, by name.

    Exactly one of `unit_id` and `group_id`; `user_ids` keeps only those workers. What they carry
    counts in whichever unit the case is, weighed there; `weights` measures the cases of this unit
    with that set instead of the one in use. `without`: children the reader has a conflict of
    interest with, whose cases weigh nothing in what the reader is shown. Four queries, one more
    when somebody carries a case of another unit. ValueError without a place.
    """
    if (unit_id is None) == (group_id is None):
        raise ValueError("loads of a unit or of a group")
    if unit_id is None and group_id is not None:
        unit_id = OrgUnit.objects.values_list("parent_id", flat=True).get(pk=group_id)
    assert unit_id is not None
    return loads_and_cases(
        unit_id, group_id, on=on, user_ids=user_ids, weights=weights, without=without
    )[0]


def loads_and_cases(
    unit_id: int,
    group_id: int | None = None,
    *,
    on: date,
    user_ids: Iterable[int] | None = None,
    weights: Weights | None = None,
    without: frozenset[int] = frozenset(),
    also: Iterable[int] = (),
) -> tuple[list[WorkerLoad], dict[int, WeighedCase]]:
    """The loads of the unit's workers, or of its group's, and the cases they were made of.

    `also` names matters to read with them, whoever has them; the rest is as in
    `loads`. Four queries.
    """
    in_use = {unit_id: weights} if weights else weights_in_use([unit_id], on=on)
    measured = in_use.get(unit_id)
    people = facts.people(
        on=on,
        roles=WORKERS,
        unit_id=unit_id,
        group_id=group_id,
        user_ids=None if user_ids is None else list(user_ids),
    )
    ids = [one.user.pk for one in people]
    read: dict[int, WeighedCase] = {}
    carried: dict[int, list[Carried]] = defaultdict(list)
    if measured is not None:
        opened = facts.cases(on=on, ids=list(also), user_ids=ids, without=without)
        read = _weighed(opened, on=on, weights=in_use)
        for case in read.values():
            for part in case.parts:
                carried[part.user_id].append(
                    Carried(
                        matter_id=case.matter_id,
                        kind=case.kind,
                        part=part.part,
                        number=case.number,
                        points=part.points,
                        case=case.points,
                    )
                )
        for pk, number, user_id in _interventions(ids, on=on, without=without):
            carried[user_id].append(
                Carried(
                    matter_id=pk,
                    kind=Intervention.KIND,
                    part=points.INTERVENTION,
                    number=number,
                    points=Decimal(measured.intervention_points),
                )
            )
    found = [_load(one, measured, tuple(carried[one.user.pk])) for one in people]
    shown = [load for load in found if load.tenths or load.roles - LEADERS]
    return shown, read


def loads_by_group(
    groups: Iterable[OrgUnit], *, on: date, without: frozenset[int] = frozenset()
) -> dict[int, list[WorkerLoad]]:
    """The loads of the workers of each group, by name; whoever works in two stands in both.

    As `loads`, once for each unit the groups are in. Where several groups of a unit are asked for,
    those who work in the unit without a group stand under the unit's own id.
    """
    by_unit: dict[int | None, list[OrgUnit]] = defaultdict(list)
    for group in groups:
        by_unit[group.parent_id].append(group)
    found: dict[int, list[WorkerLoad]] = {}
    for unit_id, nodes in by_unit.items():
        assert unit_id is not None
        one = nodes[0].pk if len(nodes) == 1 else None
        here, _read = loads_and_cases(unit_id, one, on=on, without=without)
        for node in nodes:
            found[node.pk] = [load for load in here if node.pk in load.group_ids]
        if len(nodes) > 1:
            found[unit_id] = [load for load in here if unit_id in load.group_ids]
    return found


def _interventions(
    user_ids: list[int], *, on: date, without: frozenset[int]
) -> Iterable[tuple[int, str, int]]:
    """Interventions to follow up on the day: id, number and who is responsible that day."""
    rows = MatterWorker.objects.active(on).filter(
        Q(matter__closed_on__isnull=True) | Q(matter__closed_on__gt=on),
        user_id__in=user_ids,
        part__in=list(matters.kind(Intervention.KIND).parts),
        matter__kind=Intervention.KIND,
        matter__opened_on__lte=on,
    )
    return (
        rows.exclude(matter__child__in=without)
        .order_by("matter__opened_on", "matter_id")
        .values_list("matter_id", "matter__number", "user_id")
    )


def _load(
    person: facts.PersonFacts, weights: Weights | None, carried: tuple[Carried, ...]
) -> WorkerLoad:
    working = [one for one in person.employments if not one[2]]
    hours = min(100, sum(percent for percent, *_ in working))
    experience = max(
        (level for _hours, level, *_ in person.employments),
        key=_BY_EXPERIENCE.index,
        default=None,
    )
    reductions = tuple(ActiveReduction(*one) for one in person.reductions)
    # Of one whose end is unknown nobody can say that it is short.
    long_away = any(days is None or days > LONG_ABSENCE_DAYS for days, _until in person.absences)
    norm = weights.norms[experience] if weights and experience else None
    available = (
        0
        if norm is None or long_away
        else points.available_tenths(
            norm, hours_percent=hours, reduced_percent=sum(one.percent for one in reductions)
        )
    )
    return WorkerLoad(
        user=person.user,
        group_ids=tuple(dict.fromkeys(node for _role, node in person.roles)),
        roles=frozenset(role for role, _node in person.roles),
        experience=experience,
        hours_percent=hours,
        is_consultant=any(form == "consultant" for *_, form in person.employments),
        reductions=reductions,
        away_until=max((until for _days, until in person.absences), default=None),
        norm=norm,
        available_tenths=available,
        tenths=sum(int(one.points * 10) for one in carried),
        ceiling_percent=points.ceiling(weights, experience) if weights else None,
        carried=carried,
    )
