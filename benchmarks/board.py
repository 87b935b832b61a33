"""The allocation board with a hundred waiting cases and sixty workers, and a move on it.

The group that `gruppledare` leads is made that large inside a transaction that is undone after:
its workers are those of the whole unit with the cases they carry, its waiting cases a hundred of
the unit's open ones, taken from their pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from benchmarks.leading import workers
from benchmarks.timing import Page, Timing, measure
from cases.enums import InvestigationStatus
from cases.investigations.models import Investigation
from cases.matters.models import Matter, MatterWorker
from core.calendar import STOCKHOLM
from organisation.enums import EmploymentForm, Role
from organisation.models import Employment, OrgUnit, RoleAssignment, User
from organisation.roles import CASE_WORKERS, LEADERS
from workload.allocation import WishKind
from workload.models import AllocationWish, PlannedPair

CASES, WORKERS = 100, 60


def measured(*, on: date, times: int) -> Iterator[Timing]:
    """First view, the effect of a pair before it is saved, and the move that saves it."""
    with transaction.atomic():
        group, people, cases = _enlarged(on)
        size = f"{len(cases)} cases, {len(people)} workers"
        waiting = (
            "SELECT i.*, c.first_name, c.last_name, d.due_on, r.number, w.kind, w.detail"
            " FROM cases_investigation i JOIN cases_person c ON c.id = i.child_id"
            " LEFT JOIN cases_deadline d ON d.matter_id = i.id AND d.kind = 'investigation'"
            " LEFT JOIN cases_report r ON r.investigation_id = i.id"
            " LEFT JOIN workload_allocationwish w ON w.investigation_id = i.id"
            " WHERE i.group_id = %s AND i.status = 'waiting'",
            [group.pk],
        )
        floor = [waiting, *workers(group.pk, on)]
        case, (main, co) = cases[0].pk, people[:2]
        chosen = {"main": main, "co": co}
        one = (waiting[0] + " AND i.id = %s", [group.pk, case])
        # Every move raises the version by one; the page sends back the one it has seen.
        versions = count(PlannedPair.objects.get(investigation=case).version)

        def moved() -> dict[str, Any]:
            version = next(versions)
            pair = (main, co) if version % 2 else (co, main)
            return {"main": pair[0], "co": pair[1], "version": version}

        for page in (
            Page(f"board: {size}", "gruppledare", f"/allocation/groups/{group.pk}/", floor),
            Page(
                "board: effect of a pair",
                "gruppledare",
                f"/investigations/{case}/effect/?main={chosen['main']}&co={chosen['co']}",
                [one],
            ),
            Page(
                "board: a move",
                "gruppledare",
                f"/investigations/{case}/pair/",
                [one],
                posted=moved,
                headers={"hx-request": "true"},
            ),
        ):
            yield measure(page, times=times)
        transaction.set_rollback(True)


def _enlarged(on: date) -> tuple[OrgUnit, list[int], list[Investigation]]:
    leader = User.objects.get(username="gruppledare")
    led = RoleAssignment.objects.active(on).filter(user=leader, role=Role.GROUP_LEADER)
    group = OrgUnit.objects.get(pk=led.values("node_id")[:1])
    others = RoleAssignment.objects.active(on).filter(
        node__parent=group.parent_id, role__in=CASE_WORKERS - LEADERS
    )
    chosen = list(others.order_by("pk").values_list("pk", "user_id")[:WORKERS])
    RoleAssignment.objects.filter(pk__in=[pk for pk, _user in chosen]).update(node=group)
    people = list(dict.fromkeys(user for _pk, user in chosen))
    people += _newcomers(group, WORKERS - len(people), on)
    cases = list(
        Investigation.objects.in_unit(group.parent_id or 0)
        .exclude(status=InvestigationStatus.CONCLUDED)
        .filter(opened_on__lt=on - timedelta(days=20))
        .order_by("-opened_on", "pk")[:CASES]
    )
    ids = [case.pk for case in cases]
    MatterWorker.objects.active(on).filter(
        matter__in=ids, from_on__lt=on - timedelta(days=1)
    ).update(until_on=on - timedelta(days=1))
    Matter.objects.filter(pk__in=ids).update(group=group)
    Investigation.objects.filter(pk__in=ids).update(group=group, status=InvestigationStatus.WAITING)
    at = datetime.combine(on, datetime.min.time(), tzinfo=STOCKHOLM)
    AllocationWish.objects.filter(investigation__in=ids).delete()
    AllocationWish.objects.bulk_create(
        AllocationWish(
            investigation=case,
            kind=kind,
            detail=detail,
            required=False,
            noted_by=leader,
            noted_at=at,
        )
        for case in cases
        for kind, detail in ((WishKind.LANGUAGE, "somaliska"), (WishKind.AREA, "Norra"))
    )
    PlannedPair.objects.filter(investigation__in=ids).delete()
    PlannedPair.objects.bulk_create(
        PlannedPair(
            investigation=case,
            main_id=people[n % len(people)],
            co_id=people[(n + 7) % len(people)],
            planned_by=leader,
            planned_at=at,
        )
        for n, case in enumerate(cases)
        if n % 2 == 0
    )
    return group, people, cases


def _newcomers(group: OrgUnit, number: int, on: date) -> list[int]:
    since = on - timedelta(days=900)
    administration = Employment.objects.filter(user__role_assignments__node=group)[
        0
    ].administration_id
    users = User.objects.bulk_create(
        User(username=f"board-{n}", first_name="Board", last_name=f"Worker {n}")
        for n in range(number)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, role=Role.INVESTIGATOR, node=group, from_on=since)
        for user in users
    )
    Employment.objects.bulk_create(
        Employment(
            user=user,
            administration_id=administration,
            profession="Socialsekreterare",
            form=EmploymentForm.PERMANENT,
            started_on=since,
        )
        for user in users
    )
    return [user.pk for user in users]
