"""Allocation weeks of the demonstration: standing pairs, wishes of waiting cases, this week."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from django.db import transaction

from cases.investigations.models import Investigation
from core.calendar import add_months, week_start
from organisation.enums import GroupFunction, Role
from organisation.models import OrgUnit, RoleAssignment
from workload.allocation import WishKind
from workload.enums import CompetenceKind
from workload.models import AllocationRound, AllocationWish, StandingPair

_LANGUAGES = ("arabiska", "somaliska", "persiska", "turkiska", "spanska", "polska", "tigrinja")
_AREAS = ("Norra", "Södra", "Centrum", "Västra")
_INSTRUMENTS = (CompetenceKind.SAVRY, CompetenceKind.EARL, CompetenceKind.CHILD_INTERVIEWS)
_GROUPS = (GroupFunction.CHILD, GroupFunction.YOUTH, GroupFunction.FAMILY_HOME)


def fill(*, seed: int, on: date, at: datetime) -> None:
    """Add allocation weeks to a filled demonstration; the same seed and day give the same."""
    for unit in OrgUnit.objects.units().order_by("pk"):
        _fill_unit(unit, Random(f"{seed} allocation {unit.code}"), on=on, at=at)  # noqa: S311


@transaction.atomic
def _fill_unit(unit: OrgUnit, rng: Random, *, on: date, at: datetime) -> None:
    roles = list(
        RoleAssignment.objects.active(on)
        .filter(node__parent=unit, user__is_active=True)
        .order_by("node_id", "pk")
        .values_list("node_id", "role", "user_id")
    )
    leaders = {node: user for node, role, user in roles if role == Role.GROUP_LEADER}
    reception = [user for _node, role, user in roles if role == Role.RECEPTION]
    waiting = list(Investigation.objects.in_unit(unit.pk).waiting().order_by("pk"))
    pairs, wishes, weeks = [], [], []
    for group in OrgUnit.objects.groups().filter(parent=unit).order_by("pk"):
        leader = leaders.get(group.pk)
        if leader is None or group.function not in _GROUPS:
            continue
        workers = [u for node, role, u in roles if node == group.pk and role != Role.GROUP_LEADER]
        for one, other in zip(workers[:6:2], workers[1:6:2], strict=False):
            first, second = sorted((one, other))
            pairs.append(
                StandingPair(
                    group=group,
                    first_id=first,
                    second_id=second,
                    from_on=add_months(on, -rng.randint(2, 14)),
                    set_by_id=leader,
                    set_at=at,
                )
            )
        weeks.append(
            AllocationRound(
                group=group,
                monday=week_start(on),
                reception_worker_id=rng.choice(reception) if reception else None,
                notes="",
                begun_by_id=leader,
                begun_at=at,
            )
        )
        for case in (row for row in waiting if row.group_id == group.pk):
            for kind, detail, required in _wishes(rng):
                wishes.append(
                    AllocationWish(
                        investigation=case,
                        kind=kind,
                        detail=detail,
                        required=required,
                        noted_by_id=rng.choice(reception) if reception else leader,
                        noted_at=at,
                    )
                )
    StandingPair.objects.bulk_create(pairs)
    AllocationRound.objects.bulk_create(weeks)
    AllocationWish.objects.bulk_create(wishes)


def _wishes(rng: Random) -> list[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    if rng.random() < 0.35:
        found.append((WishKind.LANGUAGE, rng.choice(_LANGUAGES), False))
    if rng.random() < 0.3:
        found.append((WishKind.AREA, rng.choice(_AREAS), False))
    if rng.random() < 0.2:
        found.append((WishKind.COMPETENCE, rng.choice(_INSTRUMENTS), rng.random() < 0.3))
    if rng.random() < 0.2:
        found.append((WishKind.EXPERIENCE, "", True))
    return found
