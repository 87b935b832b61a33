"""The sweep: what became overdue, and who has to be told, for every open deadline at once.

Set-based SQL, because a country has a million open deadlines. `cases.law.ladder.rungs_reached` is
the definition; tests hold the statement here to it. Two differences are meant: `before` is reached
on the stored `warn_on`, which is never before the day the duty counts from, and what a rung's
audience lacks is made up for:

* handlers are those who have a part in the matter that day. Where none can be reached, the group
  leader is told.
* where a group has no leader who can be reached, the unit head is told.
* whoever is away that day is told, and so is their stand-in, who counts as reaching them.
* users who are not active are never told, nor those with a conflict of interest with the child.

What a deadline has reached is written down on the day of each rung, not of the sweep. A person is
told once a sweep and deadline: of the last rung it has come to, when any rung newly reached is
theirs. After days of standstill a handler is thus told how it stands now ("still overdue"), though
that rung alone would go to the leaders only: nobody goes unwarned, and nobody is told four times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from cases.provisions.lookup import BLOCKED
from organisation.roles import LEADERS

CHUNK = 10_000
"""Deadlines a transaction; a sweep that is killed loses at most one, and the next one takes it."""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What one sweep did: deadlines that became overdue, rungs reached, notices given.

    `untold` counts deadlines that reached a rung with nobody at all to tell.
    """

    overdue: int = 0
    rungs: int = 0
    notices: int = 0
    untold: int = 0

    def __add__(self, other: SweepResult) -> SweepResult:
        return SweepResult(
            self.overdue + other.overdue,
            self.rungs + other.rungs,
            self.notices + other.notices,
            self.untold + other.untold,
        )


# The last rung an open deadline has come to. A ladder is written down whole, so the last one tells
# whether anything is new.
LAST_RUNG = """
CASE WHEN d.due_on > %(on)s THEN 'before'
     WHEN d.due_on = %(on)s THEN 'due'
     WHEN %(on)s - d.due_on <= 7 THEN 'after'
     ELSE 'weekly-' || ((%(on)s - d.due_on - 1) / 7)
END
"""

NEW = f"""
d.met_on IS NULL AND d.cancelled_on IS NULL AND d.missed_on IS NULL AND d.warn_on <= %(on)s
AND NOT EXISTS (
    SELECT FROM cases_escalation e
    WHERE e.deadline_id = d.id AND e.due_on = d.due_on AND e.rung = {LAST_RUNG}
      AND (d.due_on >= %(on)s OR d.overdue_since = d.due_on + 1)
      {{among}}
)
"""

# Where each chunk ends. In the usual hour, when nothing is new, it is all that a sweep does.
CHUNKS = f"""
SELECT max(id)
FROM (
    SELECT d.id, (row_number() OVER (ORDER BY d.id) - 1) / %(chunk)s AS part
    FROM cases_deadline d
    WHERE {NEW.format(among="")}
) numbered
GROUP BY part
ORDER BY part
"""  # noqa: S608

LEADING = ", ".join(f"'{role}'" for role in sorted(LEADERS))

# Who is who on the day: shared with the morning's mail.
PEOPLE = f"""
away AS MATERIALIZED (
    SELECT user_id, stand_in_id FROM organisation_absence
    WHERE from_on <= %(on)s AND (until_on IS NULL OR until_on >= %(on)s)
),
told AS MATERIALIZED (  -- who hears what is meant for whom
    SELECT id AS user_id, id AS recipient_id FROM organisation_user WHERE is_active
    UNION
    SELECT a.user_id, s.id
    FROM away a
    JOIN organisation_user u ON u.id = a.user_id AND u.is_active
    JOIN organisation_user s ON s.id = a.stand_in_id AND s.is_active
),
reachable AS MATERIALIZED (
    SELECT DISTINCT user_id FROM told WHERE recipient_id NOT IN (SELECT user_id FROM away)
),
held AS MATERIALIZED (
    SELECT r.role, r.node_id, r.user_id FROM organisation_roleassignment r
    WHERE r.role IN ({LEADING})
      AND r.from_on <= %(on)s AND (r.until_on IS NULL OR r.until_on >= %(on)s)
)
"""  # noqa: S608

AMONG = "AND e.deadline_id > %(after)s AND e.deadline_id <= %(upto)s"

# Rows that somebody is changing at this moment are skipped, so that a sweep neither waits for the
# unit nor makes it wait in a circle; the next sweep takes them. Of two sweeps at once, whichever
# writes a rung tells of it.
CLIMB = f"""
WITH found AS (
    SELECT d.id, d.due_on, d.warn_on, d.unit_id, d.group_id, d.matter_id, d.child_id,
           d.overdue_since, {LAST_RUNG} AS last_rung
    FROM cases_deadline d
    WHERE {NEW.format(among=AMONG)} AND d.id > %(after)s AND d.id <= %(upto)s
    ORDER BY d.id
    FOR NO KEY UPDATE SKIP LOCKED
),
overdue AS (
    UPDATE cases_deadline d SET overdue_since = f.due_on + 1
    FROM found f
    WHERE d.id = f.id AND d.id > %(after)s AND d.id <= %(upto)s AND f.due_on < %(on)s
      AND d.overdue_since IS DISTINCT FROM f.due_on + 1
    RETURNING d.id
),
reached AS (
    INSERT INTO cases_escalation (deadline_id, due_on, rung, reached_on)
    SELECT f.id, f.due_on, r.rung, r.reached_on
    FROM found f
    CROSS JOIN LATERAL (
        SELECT 'before' AS rung, f.warn_on AS reached_on
        UNION ALL SELECT 'due', f.due_on WHERE f.due_on <= %(on)s
        UNION ALL SELECT 'after', f.due_on + 1 WHERE f.due_on < %(on)s
        UNION ALL SELECT 'weekly-' || n, f.due_on + 1 + 7 * n
                  FROM generate_series(1, (%(on)s - f.due_on - 1) / 7) n
    ) r
    ON CONFLICT DO NOTHING
    RETURNING deadline_id, rung
),
wanted AS (
    SELECT f.*, n.handlers, n.leader, n.head
    FROM (
        SELECT deadline_id,
               bool_or(rung IN ('before', 'due')) AS handlers,
               bool_or(rung <> 'before') AS leader,
               bool_or(rung NOT IN ('before', 'due')) AS head
        FROM reached
        GROUP BY deadline_id
    ) n
    JOIN found f ON f.id = n.deadline_id
),
{PEOPLE},
{BLOCKED},
handler AS (
    SELECT w.id, h.user_id
    FROM wanted w
    JOIN cases_matterworker h ON h.matter_id = w.matter_id
    WHERE w.handlers
      AND h.from_on <= %(on)s AND (h.until_on IS NULL OR h.until_on >= %(on)s)
),
handled AS (
    SELECT DISTINCT h.id FROM handler h JOIN reachable USING (user_id)
),
answered AS (
    SELECT w.id, w.unit_id, w.group_id, w.child_id, w.head,
           w.leader OR (w.handlers AND h.id IS NULL) AS leader
    FROM wanted w LEFT JOIN handled h ON h.id = w.id
),
led AS MATERIALIZED (
    SELECT DISTINCT h.node_id AS group_id
    FROM held h JOIN reachable USING (user_id)
    WHERE h.role = 'group_leader'
),
answering AS (
    SELECT id, user_id FROM handler
    UNION ALL
    SELECT l.id, h.user_id
    FROM answered l JOIN held h ON h.node_id = l.group_id AND h.role = 'group_leader'
    WHERE l.leader
    UNION ALL
    SELECT l.id, h.user_id
    FROM answered l
    LEFT JOIN led ON led.group_id = l.group_id
    JOIN held h ON h.node_id = l.unit_id AND h.role = 'unit_head'
    WHERE l.head OR (l.leader AND led.group_id IS NULL)
    UNION ALL  -- the head answers for what the leader has a conflict of interest with
    SELECT l.id, h.user_id
    FROM answered l
    JOIN blocked b ON b.child_id = l.child_id
    JOIN held b_led ON b_led.user_id = b.staff_id AND b_led.node_id = l.group_id
     AND b_led.role = 'group_leader'
    JOIN held h ON h.node_id = l.unit_id AND h.role = 'unit_head'
    WHERE l.leader
),
recipient AS (
    SELECT DISTINCT a.id, t.recipient_id
    FROM answering a
    JOIN told t USING (user_id)
    JOIN wanted w ON w.id = a.id
    LEFT JOIN blocked b ON b.staff_id = t.recipient_id AND b.child_id = w.child_id
    WHERE b.child_id IS NULL
),
notice AS (
    INSERT INTO cases_notice (recipient_id, kind, rung, deadline_id, due_on, created_at)
    SELECT r.recipient_id, 'deadline', w.last_rung, w.id, w.due_on, %(at)s
    FROM recipient r JOIN wanted w ON w.id = r.id
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT (SELECT count(*) FROM overdue),
       (SELECT count(*) FROM reached),
       (SELECT count(*) FROM notice),
       (SELECT count(*) FROM wanted) - (SELECT count(DISTINCT id) FROM recipient)
"""  # noqa: S608


def sweep(*, on: date, at: datetime, chunk: int = CHUNK) -> SweepResult:
    """Bring every open deadline's `overdue_since` and ladder up to the day, and tell people.

    Safe to run twice, two at once, after days of standstill and after being killed halfway: each
    chunk of deadlines is a transaction of its own, and each rung of each due day is written, and
    told of, once. A deadline met or cancelled climbs no more. `at` is the time on the notices.
    """
    values: dict[str, Any] = {"on": on, "at": at, "chunk": chunk, "after": 0}
    with connection.cursor() as cursor:
        cursor.execute(CHUNKS, values)
        ends = [end for (end,) in cursor.fetchall()]
    total = SweepResult()
    for end in ends:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLIMB, values | {"upto": end})
            total += SweepResult(*cursor.fetchone())
        values["after"] = end
    return total
