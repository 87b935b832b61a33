"""How many open investigations each worker has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import HandlerPart
from cases.matters.models import MatterWorker
from cases.statistics.sections import WORKERS
from core.figures import Figure, Period, figures
from core.names import in_order
from organisation.enums import EmploymentForm
from organisation.models import Absence, Employment, RoleAssignment, User
from organisation.roles import CASE_WORKERS, LEADERS


@dataclass(frozen=True, slots=True)
class OpenInvestigations:
    """One worker's open investigations on a day.

    A plain count, not the points of the workload model. `away_until` and `stand_in` when the
    worker is away that day.
    """

    user_id: int
    name: str
    main: int = 0
    co: int = 0
    consultant: bool = False
    away_until: date | None = None
    stand_in: str = ""

    @property
    def total(self) -> int:
        return self.main + self.co


def loads(
    group_ids: Iterable[int], *, on: date, without: frozenset[int] = frozenset()
) -> dict[int, list[OpenInvestigations]]:
    """The workers of each group by name, with their open investigations. Four queries.

    Whoever leads the group and has no case of their own is left out. `without`: see `Scope`.
    """
    groups = list(group_ids)
    roles: dict[int, dict[int, set[str]]] = {group: {} for group in groups}
    people: dict[int, User] = {}
    for assignment in (
        RoleAssignment.objects.active(on)
        .filter(node_id__in=groups, role__in=CASE_WORKERS, user__is_active=True)
        .select_related("user")
        .order_by(*in_order("user__"), "user_id")
    ):
        people[assignment.user_id] = assignment.user
        roles[assignment.node_id].setdefault(assignment.user_id, set()).add(assignment.role)
    one = load_of(people.values(), on=on, without=without)
    return {
        group: [
            one[user_id]
            for user_id, held in members.items()
            if one[user_id].total or held - LEADERS
        ]
        for group, members in roles.items()
    }


@figures.counts(
    Figure(
        Period.NOW,
        WORKERS,
        "workers.open_investigations",
        _("Open investigations per worker"),
        _("Open investigations where the worker is main handler or co-worker that day."),
    )
)
def open_investigations_of(
    user_ids: Iterable[int], *, on: date, without: frozenset[int]
) -> dict[str, dict[int, tuple[int, int]]]:
    """By worker who has any: as main handler, and as co-worker. One query."""
    rows = (
        MatterWorker.objects.active(on)
        .filter(user_id__in=user_ids, part__in=HandlerPart.values, matter__closed_on__isnull=True)
        .exclude(matter__child__in=without)
        .order_by()
        .values_list("user_id")
        .annotate(
            main=Count("pk", filter=Q(part=HandlerPart.MAIN)),
            co=Count("pk", filter=Q(part=HandlerPart.CO)),
        )
    )
    return {"workers.open_investigations": {user_id: (main, co) for user_id, main, co in rows}}


def load_of(
    people: Iterable[User], *, on: date, without: frozenset[int] = frozenset()
) -> dict[int, OpenInvestigations]:
    """The load of each of `people`. Three queries. `without`: see `Scope`."""
    users = {user.pk: user for user in people}
    [counts] = open_investigations_of(users, on=on, without=without).values()
    away = {
        absence.user_id: absence
        for absence in Absence.objects.active(on)
        .filter(user_id__in=users)
        .select_related("stand_in")
        .order_by("until_on")
    }
    hired = set(
        Employment.objects.active(on)
        .filter(user_id__in=users, form=EmploymentForm.CONSULTANT)
        .values_list("user_id", flat=True)
    )
    result = {}
    for pk, user in users.items():
        main, co = counts.get(pk, (0, 0))
        absence = away.get(pk)
        result[pk] = OpenInvestigations(
            user_id=pk,
            name=str(user),
            main=main,
            co=co,
            consultant=pk in hired,
            away_until=absence.away_until if absence else None,
            stand_in=str(absence.stand_in) if absence and absence.stand_in else "",
        )
    return result


@dataclass(frozen=True, slots=True)
class Away:
    """A worker who is away, until when, and who stands in."""

    name: str
    until: date
    stand_in: str


def away(group_ids: Iterable[int], *, on: date) -> list[Away]:
    """The workers of the groups who are away that day, by name. One query."""
    members = RoleAssignment.objects.active(on).filter(
        node_id__in=list(group_ids), role__in=CASE_WORKERS - LEADERS
    )
    absences = (
        Absence.objects.active(on)
        .filter(user__in=members.values("user"), user__is_active=True)
        .select_related("user", "stand_in")
        .order_by(*in_order("user__"), "user_id", "until_on")
    )
    last = {absence.user_id: absence for absence in absences}
    return [Away(str(one.user), one.away_until, str(one.stand_in or "")) for one in last.values()]
