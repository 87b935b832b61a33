"""What need-to-know costs a list: `visible_to` beside the SQL one would write for the same rows.

Both are sent as SQL and fetched whole, in turns, so that the difference is the database's work on
the access condition and nothing else. The rows are compared: a floor that reads others measures
nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.models import Q

from benchmarks.timing import DatabaseClock, percentile
from cases.deadlines.models import Deadline
from cases.investigations.models import Investigation
from cases.reports.models import Report
from organisation.models import OrgUnit, User
from organisation.permissions import access_for

ROWS = 50
"""A page of a list."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of one account; milliseconds by the clock.

    `times` is the ratio of the database's CPU, of the medians where it runs on another machine.
    """

    name: str
    account: str
    rows: int
    p50_ms: float
    floor_ms: float
    times: float


@dataclass(frozen=True, slots=True)
class _List:
    name: str
    account: str
    model: type[models.Model]
    order: tuple[str, ...]
    floor: str
    values: list[Any]
    only: Q = field(default_factory=Q)


_WORKED_ON = (
    "(SELECT w.matter_id FROM cases_matterworker w WHERE w.user_id = ANY(%s)"
    " AND w.from_on <= %s AND (w.until_on IS NULL OR w.until_on >= %s))"
)
"""Matters that some people have a part in on a day: their ids, and the day twice."""


def _acting(username: str, *, on: date) -> list[int]:
    """The person, and those they stand in for that day."""
    return sorted(access_for(User.objects.get(username=username), on=on).acts_for)


def _lists(*, on: date) -> list[_List]:
    unit = OrgUnit.objects.get(code="ST-BOU")
    groups = {group.code: group.pk for group in OrgUnit.objects.filter(parent=unit, level="group")}
    worker, receiver = _acting("utredare", on=on), _acting("mottagare", on=on)

    def columns(model: type[models.Model]) -> str:
        return ", ".join(f"t.{field.column}" for field in model._meta.concrete_fields)

    reports = f"SELECT {columns(Report)} FROM cases_report t WHERE "  # noqa: S608
    cases = f"SELECT {columns(Investigation)} FROM cases_investigation t WHERE "  # noqa: S608
    newest_reports = f" ORDER BY t.received_at DESC, t.id DESC LIMIT {ROWS}"
    newest_cases = f" ORDER BY t.opened_on DESC, t.id DESC LIMIT {ROWS}"
    of_group = (
        "t.unit_id = %s AND (t.group_id = %s OR t.investigation_id IN"
        " (SELECT i.id FROM cases_investigation i WHERE i.group_id = %s)"
    )
    decided = "SELECT report_id FROM cases_openingdecision WHERE decided_by_id = ANY(%s)"
    own = " OR ".join(
        [
            f"t.id IN {_WORKED_ON}",
            "t.logged_by_id = ANY(%s)",
            f"t.investigation_id IN {_WORKED_ON}",
            f"t.id IN ({decided})",
        ]
    )
    mine = f"t.id IN {_WORKED_ON}"
    leader = _acting("gruppledare", on=on)
    by_received, by_opened = ("-received_at", "-pk"), ("-opened_on", "-pk")

    def owned(ids: list[int]) -> list[Any]:
        return [ids, on, on, ids, ids, on, on, ids]

    return [
        _List(
            "reports",
            "enhetschef",
            Report,
            by_received,
            f"{reports} t.unit_id = %s {newest_reports}",
            [unit.pk],
        ),
        _List(
            "reports",
            "gruppledare",
            Report,
            by_received,
            f"{reports} {of_group} OR t.status IN ('received', 'assessed') OR {own})"
            f" {newest_reports}",
            [unit.pk, groups["barn-1"], groups["barn-1"], *owned(leader)],
        ),
        _List(
            "reports",
            "mottagare",
            Report,
            by_received,
            f"{reports} {of_group} OR {own}) {newest_reports}",
            [unit.pk, groups["mottagning"], groups["mottagning"], *owned(receiver)],
        ),
        _List(
            "reports",
            "utredare",
            Report,
            by_received,
            f"{reports} t.unit_id = %s AND ({own}) {newest_reports}",
            [unit.pk, *owned(worker)],
        ),
        _List(
            "investigations",
            "enhetschef",
            Investigation,
            by_opened,
            f"{cases} t.unit_id = %s {newest_cases}",
            [unit.pk],
        ),
        _List(
            "investigations",
            "gruppledare",
            Investigation,
            by_opened,
            f"{cases} t.unit_id = %s AND (t.group_id = %s OR {mine}) {newest_cases}",
            [unit.pk, groups["barn-1"], leader, on, on],
        ),
        _List(
            "investigations",
            "mottagare",
            Investigation,
            by_opened,
            f"{cases} t.unit_id = %s AND {mine} {newest_cases}",
            [unit.pk, receiver, on, on],
        ),
        _List(
            "investigations",
            "utredare",
            Investigation,
            by_opened,
            f"{cases} t.unit_id = %s AND {mine} {newest_cases}",
            [unit.pk, worker, on, on],
        ),
        *_deadlines(unit.pk, groups["barn-1"], leader=leader, worker=worker, on=on),
    ]


def _deadlines(
    unit: int, group: int, *, leader: list[int], worker: list[int], on: date
) -> list[_List]:
    """What is open, by its day: of the unit, of a group and its intake, of one's own matters."""
    columns = ", ".join(f"t.{field.column}" for field in Deadline._meta.concrete_fields)
    rows = f"SELECT {columns} FROM cases_deadline t"  # noqa: S608
    of_matters = f"{rows} JOIN cases_matter m ON m.id = t.matter_id"
    open_ones = "WHERE t.met_on IS NULL AND t.cancelled_on IS NULL AND t.missed_on IS NULL AND"
    first = f" ORDER BY t.due_on, t.id LIMIT {ROWS}"
    # What is part of another matter goes with it, whatever the two are.
    mine = (
        f"t.matter_id IN {_WORKED_ON} OR m.part_of_id IN {_WORKED_ON} OR t.matter_id IN"  # noqa: S608
        " (SELECT r.id FROM cases_report r WHERE r.logged_by_id = ANY(%s))"
    )
    led = (
        "t.group_id = %s OR m.kind = 'report' AND m.closed_on IS NULL OR m.part_of_id IN"
        " (SELECT i.id FROM cases_investigation i WHERE i.group_id = %s)"
    )
    given = {
        name: sorted(access_for(User.objects.get(username=name), on=on).granted)
        for name in ("gruppledare", "utredare")
    }
    listed: list[tuple[str, str, list[Any]]] = [
        ("enhetschef", f"{rows} {open_ones} t.unit_id = %s", [unit]),
        (
            "gruppledare",
            f"{of_matters} {open_ones}"
            f" (t.unit_id = %s AND ({led} OR {mine}) OR t.matter_id = ANY(%s))",
            [unit, group, group, *[leader, on, on] * 2, leader, given["gruppledare"]],
        ),
        (
            "utredare",
            f"{of_matters} {open_ones} (t.unit_id = %s AND ({mine}) OR t.matter_id = ANY(%s))",
            [unit, *[worker, on, on] * 2, worker, given["utredare"]],
        ),
    ]
    return [
        _List(
            "open deadlines",
            account,
            Deadline,
            ("due_on", "pk"),
            statement + first,
            values,
            Q(met_on__isnull=True, cancelled_on__isnull=True, missed_on__isnull=True),
        )
        for account, statement, values in listed
    ]


def _asked(statement: str, values: Any) -> Callable[[], list[Any]]:
    def ask() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())

    return ask


def measure(*, on: date, times: int) -> list[Listed]:
    """Each list so many times, in turns with its floor. RuntimeError if the rows differ."""
    found = []
    for one in _lists(on=on):
        access = access_for(User.objects.get(username=one.account), on=on)
        manager: Any = one.model._default_manager
        rows = manager.visible_to(access).filter(one.only).order_by(*one.order)[:ROWS]
        statement, values = rows.query.sql_with_params()
        ours, bare = _asked(statement, values), _asked(one.floor, one.values)
        if [row[0] for row in ours()] != [row[0] for row in bare()]:
            raise RuntimeError(f"{one.name} of {one.account}: the floor reads other rows")
        clock: dict[str, list[float]] = {"ours": [], "bare": []}
        cpu: dict[str, float] = {"ours": 0.0, "bare": 0.0}
        working = DatabaseClock()
        for _ in range(times):
            for name, ask in (("ours", ours), ("bare", bare)):
                started, worked = time.perf_counter(), working()
                ask()
                clock[name].append((time.perf_counter() - started) * 1000)
                cpu[name] += working() - worked
        mine, floor = percentile(clock["ours"], 0.5), percentile(clock["bare"], 0.5)
        found.append(
            Listed(
                name=one.name,
                account=one.account,
                rows=len(ours()),
                p50_ms=round(mine, 2),
                floor_ms=round(floor, 2),
                times=round(cpu["ours"] / cpu["bare"] if working.here else mine / floor, 2),
            )
        )
    return found
