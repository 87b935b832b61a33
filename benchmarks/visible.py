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
from cases.models import Deadline, Investigation, Report
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
    mine = (
        "t.{} IN (SELECT h.investigation_id FROM cases_handlerassignment h"
        " WHERE h.user_id = ANY(%s)"
        " AND h.from_on <= %s AND (h.until_on IS NULL OR h.until_on >= %s))"
    )
    newest_reports = f" ORDER BY t.received_at DESC, t.id DESC LIMIT {ROWS}"
    newest_cases = f" ORDER BY t.opened_on DESC, t.id DESC LIMIT {ROWS}"
    of_group = (
        "t.unit_id = %s AND (t.group_id = %s OR t.investigation_id IN"
        " (SELECT i.id FROM cases_investigation i WHERE i.group_id = %s)"
    )
    own = " OR t.handler_id = ANY(%s) OR t.logged_by_id = ANY(%s) OR " + mine.format(
        "investigation_id"
    )
    leader = _acting("gruppledare", on=on)
    days = [on, on]
    by_received, by_opened = ("-received_at", "-pk"), ("-opened_on", "-pk")
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
            f"{reports} {of_group} OR t.status IN ('received', 'assessed') {own}) {newest_reports}",
            [unit.pk, groups["barn-1"], groups["barn-1"], leader, leader, leader, *days],
        ),
        _List(
            "reports",
            "mottagare",
            Report,
            by_received,
            f"{reports} {of_group} {own}) {newest_reports}",
            [unit.pk, groups["mottagning"], groups["mottagning"], *[receiver] * 3, *days],
        ),
        _List(
            "reports",
            "utredare",
            Report,
            by_received,
            f"{reports} t.unit_id = %s AND (t.handler_id = ANY(%s) OR t.logged_by_id = ANY(%s)"
            f" OR {mine.format('investigation_id')}) {newest_reports}",
            [unit.pk, *[worker] * 3, *days],
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
            f"{cases} t.unit_id = %s AND (t.group_id = %s OR {mine.format('id')}) {newest_cases}",
            [unit.pk, groups["barn-1"], leader, *days],
        ),
        _List(
            "investigations",
            "mottagare",
            Investigation,
            by_opened,
            f"{cases} t.unit_id = %s AND {mine.format('id')} {newest_cases}",
            [unit.pk, receiver, *days],
        ),
        _List(
            "investigations",
            "utredare",
            Investigation,
            by_opened,
            f"{cases} t.unit_id = %s AND {mine.format('id')} {newest_cases}",
            [unit.pk, worker, *days],
        ),
        *_deadlines(unit.pk, groups["barn-1"], leader=leader, worker=worker, on=on),
    ]


def _deadlines(
    unit: int, group: int, *, leader: list[int], worker: list[int], on: date
) -> list[_List]:
    """What is open, by its day: of the unit, of a group and its intake, of one's own matters."""
    columns = ", ".join(f"t.{field.column}" for field in Deadline._meta.concrete_fields)
    open_ones = (
        f"SELECT {columns} FROM cases_deadline t"  # noqa: S608
        " WHERE t.met_on IS NULL AND t.cancelled_on IS NULL AND "
    )
    first = f" ORDER BY t.due_on, t.id LIMIT {ROWS}"
    handled = (
        "(SELECT h.investigation_id FROM cases_handlerassignment h WHERE h.user_id = ANY(%s)"
        " AND h.from_on <= %s AND (h.until_on IS NULL OR h.until_on >= %s))"
    )
    mine = f"r.handler_id = ANY(%s) OR r.logged_by_id = ANY(%s) OR r.investigation_id IN {handled}"
    in_group = "(SELECT i.id FROM cases_investigation i WHERE i.group_id = %s)"
    led = (
        f"{mine} OR r.group_id = %s OR r.investigation_id IN {in_group}"
        " OR r.status IN ('received', 'assessed')"
    )
    reports = (
        "EXISTS (SELECT FROM cases_report r WHERE r.id = t.report_id AND r.unit_id = %s AND ({}))"
    )
    responsible = (
        "t.intervention_id IN (SELECT v.id FROM cases_intervention v"  # noqa: S608
        f" WHERE v.responsible_id = ANY(%s) OR v.investigation_id IN {handled})"
    )
    days = [on, on]
    given = {
        name: sorted(
            access_for(User.objects.get(username=name), on=on).granted.get("investigation", ())
        )
        for name in ("gruppledare", "utredare")
    }
    listed: list[tuple[str, str, list[Any]]] = [
        ("enhetschef", "t.unit_id = %s", [unit]),
        (
            "gruppledare",
            f"(t.unit_id = %s AND (t.group_id = %s OR {reports.format(led)}"
            f" OR t.investigation_id IN {handled}) OR t.investigation_id = ANY(%s))",
            [
                unit,
                group,
                unit,
                leader,
                leader,
                leader,
                *days,
                group,
                group,
                leader,
                *days,
                given["gruppledare"],
            ],
        ),
        (
            "utredare",
            f"(t.unit_id = %s AND ({reports.format(mine)} OR t.investigation_id IN {handled}"
            f" OR {responsible}) OR t.investigation_id = ANY(%s))",
            [
                unit,
                unit,
                worker,
                worker,
                worker,
                *days,
                worker,
                *days,
                worker,
                worker,
                *days,
                given["utredare"],
            ],
        ),
    ]
    return [
        _List(
            "open deadlines",
            account,
            Deadline,
            ("due_on", "pk"),
            open_ones + condition + first,
            values,
            Q(met_on__isnull=True, cancelled_on__isnull=True),
        )
        for account, condition, values in listed
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
