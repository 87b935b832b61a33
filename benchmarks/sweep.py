"""A country's open deadlines: what the sweep costs beside the bare statements that do the same.

Functions only; they need an empty database and print nothing:

    fill(1_000_000, on=day)      organisation, matters and open deadlines
    measure(on=day, at=moment)   seconds and memory, beside the floor
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from cases.deadlines.sweep import sweep
from cases.enums import DeadlineKind, InvestigationStatus
from cases.investigations.models import Investigation
from cases.matters.models import MatterWorker
from cases.persons.models import Person
from cases.reports.models import Report
from core.calendar import working_days_before
from organisation.enums import GroupFunction, Level, Role
from organisation.models import OrgUnit, RoleAssignment, User
from organisation.services.tree import make_node

LONG_AGO = date(2020, 1, 1)
KINDS = DeadlineKind.values
GROUPS = 5
WORKERS = 8  # a group
PER_UNIT = 20_000  # open deadlines; a unit of the reference size has some hundreds

DEADLINES = """
INSERT INTO cases_deadline (unit_id, group_id, child_id, matter_id, matter_kind, kind, rule_version,
                            starts_on, due_on, act_by, warn_on, cancel_reason)
SELECT m.unit_id, m.group_id, m.child_id, m.id, m.kind, (%(kinds)s::text[])[k], 'benchmark',
       d.due_on - 120, d.due_on, d.due_on, d.warn_on, ''
FROM cases_matter m
CROSS JOIN generate_series(1, cardinality(%(kinds)s::text[])) k
JOIN (
    SELECT * FROM unnest(%(due)s::date[], %(warn)s::date[]) WITH ORDINALITY t(due_on, warn_on, n)
) d ON d.n = 1 + (m.child_id * 7 + k) %% cardinality(%(due)s::date[])
LIMIT %(wanted)s
"""


def fill(wanted: int, *, on: date, due_in: range = range(-10, 80)) -> int:
    """Make an organisation with matters and `wanted` open deadlines; return how many.

    Half belong to reports with a worker, half to investigations with a pair. Due days are spread
    evenly over `due_in`, in days from `on`.
    """
    numbers = count(1)
    matters = -(-wanted // len(KINDS))
    municipality = make_node(level=Level.MUNICIPALITY, code="M", name="M")
    administration = make_node(level=Level.ADMINISTRATION, code="A", name="A", parent=municipality)
    department = make_node(level=Level.DEPARTMENT, code="D", name="D", parent=administration)
    units = max(1, wanted // PER_UNIT)
    for number in range(units):
        unit = make_node(level=Level.UNIT, code=f"U{number}", name="U", parent=department)
        groups = [
            make_node(
                level=Level.GROUP, code=f"G{g}", name="G", parent=unit, function=GroupFunction.CHILD
            )
            for g in range(GROUPS)
        ]
        _fill_unit(unit, groups, matters // units + (number < matters % units), numbers)
    days = [on + timedelta(days=n) for n in due_in]
    with connection.cursor() as cursor:
        cursor.execute(
            DEADLINES,
            {
                "kinds": KINDS,
                "due": days,
                "warn": [working_days_before(day, 3) for day in days],
                "wanted": wanted,
            },
        )
        made = cursor.rowcount
    _vacuum()
    return int(made)


def _fill_unit(unit: OrgUnit, groups: list[OrgUnit], matters: int, numbers: count[int]) -> None:
    now = timezone.now()
    staff = User.objects.bulk_create(
        User(username=f"{unit.code}-{n}", email=f"{unit.code}-{n}@example.test")
        for n in range(1 + GROUPS * (1 + WORKERS))
    )
    head, leaders, workers = staff[0], staff[1 : 1 + GROUPS], staff[1 + GROUPS :]
    RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(user=head, role=Role.UNIT_HEAD, node=unit, from_on=LONG_AGO),
            *(
                RoleAssignment(user=leader, role=Role.GROUP_LEADER, node=group, from_on=LONG_AGO)
                for leader, group in zip(leaders, groups, strict=True)
            ),
        ]
    )
    children = Person.objects.bulk_create(Person(unit=unit, created_at=now) for _ in range(matters))
    reported, investigated = children[: matters // 2], children[matters // 2 :]
    received = Report.objects.bulk_create(
        Report(
            unit=unit,
            group=groups[n % GROUPS],
            number=f"{next(numbers)}",
            child=child,
            kind="report",
            channel="phone",
            received_at=now,
            received_on=now.date(),
            reporter_category="school",
            reasons=["other"],
            concern="-",
            logged_by=head,
            logged_at=now,
        )
        for n, child in enumerate(reported)
    )
    opened = Investigation.objects.bulk_create(
        Investigation(
            unit=unit,
            group=groups[n % GROUPS],
            number=f"{next(numbers)}",
            child=child,
            status=InvestigationStatus.ONGOING,
            opened_on=LONG_AGO,
            opened_by=head,
        )
        for n, child in enumerate(investigated)
    )
    MatterWorker.objects.bulk_create(
        MatterWorker(
            matter_id=record.pk,
            user=workers[(n + step) % len(workers)],
            part=part,
            from_on=LONG_AGO,
            assigned_by=head,
            assigned_at=now,
        )
        for records, parts in ((received, ("reception",)), (opened, ("main", "co")))
        for n, record in enumerate(records)
        for step, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class Measurement:
    """Seconds of the sweep and of its floor, and what the Python process came to hold, in MB."""

    name: str
    seconds: float
    floor_seconds: float
    peak_mb: float


# What the sweep has to write, without looking whether it is there, without chunks or locks, and
# without stand-ins, gaps in the staff and those who have left.
FLOOR = (
    """
    UPDATE cases_deadline SET overdue_since = due_on + 1
    WHERE met_on IS NULL AND cancelled_on IS NULL AND missed_on IS NULL
        AND due_on < %(on)s AND overdue_since IS NULL
    """,
    """
    INSERT INTO cases_escalation (deadline_id, due_on, rung, reached_on)
    SELECT d.id, d.due_on, r.rung, r.reached_on
    FROM cases_deadline d
    CROSS JOIN LATERAL (
        SELECT 'before' AS rung, d.warn_on AS reached_on
        UNION ALL SELECT 'due', d.due_on WHERE d.due_on <= %(on)s
        UNION ALL SELECT 'after', d.due_on + 1 WHERE d.due_on < %(on)s
        UNION ALL SELECT 'weekly-' || n, d.due_on + 1 + 7 * n
                  FROM generate_series(1, (%(on)s - d.due_on - 1) / 7) n
    ) r
    WHERE d.met_on IS NULL AND d.cancelled_on IS NULL AND d.missed_on IS NULL
      AND d.warn_on <= %(on)s
    """,
    """
    INSERT INTO cases_notice (recipient_id, kind, rung, deadline_id, due_on, created_at)
    SELECT p.user_id, 'deadline',
           CASE WHEN d.due_on > %(on)s THEN 'before' WHEN d.due_on = %(on)s THEN 'due'
                WHEN %(on)s - d.due_on <= 7 THEN 'after'
                ELSE 'weekly-' || ((%(on)s - d.due_on - 1) / 7) END,
           d.id, d.due_on, %(at)s
    FROM cases_deadline d
    JOIN (
        SELECT d.id, w.user_id FROM cases_deadline d
        JOIN cases_matterworker w ON w.matter_id = d.matter_id
        WHERE d.warn_on <= %(on)s
        UNION ALL
        SELECT d.id, a.user_id FROM cases_deadline d
        JOIN organisation_roleassignment a ON a.node_id = d.group_id AND a.role = 'group_leader'
        WHERE d.due_on <= %(on)s
        UNION ALL
        SELECT d.id, a.user_id FROM cases_deadline d
        JOIN organisation_roleassignment a ON a.node_id = d.unit_id AND a.role = 'unit_head'
        WHERE d.due_on < %(on)s
    ) p USING (id)
    WHERE d.met_on IS NULL AND d.cancelled_on IS NULL AND d.missed_on IS NULL
    """,
)

# The least that finds out that nothing is new.
NOTHING_NEW = (
    """
    SELECT count(*) FROM cases_deadline d
    WHERE d.met_on IS NULL AND d.cancelled_on IS NULL AND d.missed_on IS NULL
      AND d.warn_on <= %(on)s
      AND NOT EXISTS (
          SELECT FROM cases_escalation e
          WHERE e.deadline_id = d.id AND e.due_on = d.due_on
            AND e.rung = CASE WHEN d.due_on > %(on)s THEN 'before'
                              WHEN d.due_on = %(on)s THEN 'due'
                              WHEN %(on)s - d.due_on <= 7 THEN 'after'
                              ELSE 'weekly-' || ((%(on)s - d.due_on - 1) / 7) END
      )
    """,
)


def measure(*, on: date, at: datetime) -> list[Measurement]:
    """Sweep a filled database for the first time, once more, and the day after."""
    found = []
    floor = _floor(FLOOR, on=on, at=at)
    _vacuum()
    seconds, peak = timed(lambda: sweep(on=on, at=at))
    found.append(Measurement("everything new", seconds, floor, peak))
    _vacuum()
    floor = _floor(NOTHING_NEW, on=on, at=at)
    seconds, peak = timed(lambda: sweep(on=on, at=at))
    found.append(Measurement("nothing new", seconds, floor, peak))
    return found


def _floor(statements: tuple[str, ...], *, on: date, at: datetime) -> float:
    """Seconds of the bare statements, to the end of their checks; nothing of it is kept."""

    def run() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, {"on": on, "at": at})
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with transaction.atomic():
        seconds, _ = timed(run)
        transaction.set_rollback(True)
    return seconds


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and the most memory the process has held meanwhile, in MB."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    started = time.perf_counter()
    act()
    seconds = time.perf_counter() - started
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(line for line in status if line.startswith("VmHWM"))
    return seconds, int(peak.split()[1]) / 1024


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE cases_deadline, cases_escalation, cases_notice")
        cursor.execute("ANALYZE")
