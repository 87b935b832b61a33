"""What one person is given and denied case by case, read for `organisation.permissions`.

Named by the setting ACCESS_PROVISIONS. The blocks (`BLOCKED`) are also what notices and the
morning's mail leave out: one definition, in SQL, of who may have nothing to do with which child.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from cases.law.rules import READ_AFTER_END_DAYS
from cases.matters.models import Matter, MatterRecord
from organisation.models import User
from organisation.permissions import Access, Provisions

# A conflict names a child of a unit, a personal identity number, or a name, however it is
# written, with a date of birth.
# A child of a unit stands for every record of its number, or of one it had before, and a corrected
# name or number lifts nothing. Brothers and sisters are the children of
# the same reports. `{whose}` narrows to some of the staff.
_BLOCKED = """
conflict AS (
    SELECT c.staff_id, c.child_id, c.includes_siblings, c.first_name, c.last_name, c.birth_date,
           coalesce(c.personal_identity_number, p.personal_identity_number) AS number, c.kept_for_id
    FROM cases_conflictofinterest c
    LEFT JOIN cases_person p ON p.id = c.child_id
    WHERE c.from_on <= %(on)s AND (c.until_on IS NULL OR c.until_on >= %(on)s)
      AND c.ended_at IS NULL {whose}
),
named AS (
    SELECT staff_id, includes_siblings, child_id FROM conflict WHERE child_id IS NOT NULL
    UNION
    SELECT c.staff_id, c.includes_siblings, p.id
    FROM conflict c JOIN cases_person p ON p.personal_identity_number = c.number
    UNION
    SELECT c.staff_id, c.includes_siblings, e.child_id
    FROM conflict c JOIN cases_earliernumber e ON e.number = c.number
    UNION
    SELECT c.staff_id, c.includes_siblings, p.id
    FROM conflict c JOIN cases_earliernumber e ON e.child_id = c.child_id
    JOIN cases_person p ON p.personal_identity_number = e.number
    UNION
    SELECT staff_id, includes_siblings, kept_for_id FROM conflict WHERE kept_for_id IS NOT NULL
    UNION
    SELECT c.staff_id, c.includes_siblings, p.id
    FROM conflict c
    JOIN cases_person p ON p.birth_date = c.birth_date
     AND public.name_tight(p.first_name) = public.name_tight(c.first_name)
     AND public.name_tight(p.last_name) = public.name_tight(c.last_name)
    WHERE c.child_id IS NULL
),
family AS (
    SELECT DISTINCT n.staff_id, coalesce(r.linked_to_id, r.id) AS first_id
    FROM named n JOIN cases_report r ON r.child_id = n.child_id
    WHERE n.includes_siblings
),
blocked AS (
    SELECT staff_id, child_id FROM named
    UNION
    SELECT f.staff_id, r.child_id FROM family f JOIN cases_report r ON r.id = f.first_id
    UNION
    SELECT f.staff_id, r.child_id FROM family f JOIN cases_report r ON r.linked_to_id = f.first_id
)
"""

BLOCKED = _BLOCKED.format(whose="")
"""CTEs ending in `blocked (staff_id, child_id)`, for statements with `%(on)s`."""

_OF_ONE = _BLOCKED.format(whose="AND c.staff_id = %(user)s")
_OF_SOME = _BLOCKED.format(whose="AND c.staff_id = ANY(%(staff)s)")

_PROVIDED = """
SELECT 'matter', g.matter_id, m.child_id, g.with_whereabouts
FROM cases_readinggrant g
JOIN auth_permission p ON p.id = g.permission_id AND p.codename = 'read_matter'
JOIN cases_matter m ON m.id = g.matter_id
WHERE g.user_id = %(user)s AND g.ended_at IS NULL AND g.unit_id = ANY(%(units)s)
  AND g.from_on <= %(on)s AND g.until_on >= %(on)s
  AND (m.closed_on IS NULL OR m.closed_on < g.from_on OR m.closed_on >= %(closed_since)s)
UNION ALL
SELECT 'child', child_id, child_id, with_whereabouts
FROM cases_emergencyaccess
WHERE user_id = %(user)s AND unit_id = ANY(%(units)s)
  AND opened_at <= %(at)s AND until_at > %(at)s AND ended_at IS NULL
UNION ALL
SELECT 'conflict', id, NULL, false
FROM cases_conflictofinterest
WHERE staff_id = %(user)s AND from_on <= %(on)s
  AND (until_on IS NULL OR until_on >= %(on)s) AND ended_at IS NULL
"""


def _column(statement: str, values: dict[str, Any]) -> frozenset[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return frozenset(row[0] for row in cursor.fetchall())


def provisions_for(
    user_id: int, *, units: Collection[int], on: date, at: datetime | None
) -> Provisions:
    """One query; one more for those few who have a conflict of interest.

    `units`: where the person holds a role that day; grants and openings end with the last role.
    """
    found: dict[str, set[int]] = {"matter": set(), "child": set(), "conflict": set()}
    whereabouts: set[int] = set()
    values: dict[str, Any] = {
        "user": user_id,
        "units": list(units),
        "on": on,
        "at": at,
        "closed_since": on - timedelta(days=READ_AFTER_END_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PROVIDED, values)
        for what, pk, child_id, shown in cursor.fetchall():
            found[what].add(pk)
            if shown and child_id is not None:
                whereabouts.add(child_id)
    blocked: frozenset[int] = frozenset()
    if found["conflict"]:
        blocked = _column(f"WITH {_OF_ONE} SELECT child_id FROM blocked", values)  # noqa: S608
    return Provisions(
        granted=frozenset(found["matter"]),
        opened=frozenset(found["child"]),
        whereabouts=frozenset(whereabouts),
        blocked=blocked,
    )


def may_read(access: Access, matter: Any) -> bool:
    """Whether the person may read the matter (or the row of its kind): as `visible_to` has it.

    Never of anything else: its number could be a matter's.
    """
    return (
        isinstance(matter, Matter | MatterRecord)
        and Matter.objects.visible_to(access).filter(pk=matter.pk).exists()
    )


def blocked_from(child_id: int, *, on: date) -> frozenset[int]:
    """Ids of the staff who may have nothing to do with the child that day."""
    statement = f"WITH {BLOCKED} SELECT staff_id FROM blocked WHERE child_id = %(child)s"  # noqa: S608
    return _column(statement, {"on": on, "child": child_id})


def unblocked(user_ids: Iterable[int], child_id: int, *, on: date) -> set[int]:
    """Those of the people who have no conflict of interest with the child that day."""
    ids = set(user_ids)
    if not ids:
        return ids
    statement = f"WITH {_OF_SOME} SELECT staff_id FROM blocked WHERE child_id = %(child)s"  # noqa: S608
    return ids - _column(statement, {"on": on, "child": child_id, "staff": list(ids)})


def workers_for(group_id: int, child_id: int, *, on: date) -> QuerySet[User]:
    """Staff who can be given a matter of the child in the group: there, and not blocked from it."""
    workers: QuerySet[User] = User.objects.workers_in(group_id, on=on)
    return workers.exclude(pk__in=blocked_from(child_id, on=on))


def blocked_pairs(user_ids: Collection[int], *, on: date) -> dict[int, frozenset[int]]:
    """The children each of the people is blocked from; nobody without a conflict is in it."""
    found: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {_OF_SOME} SELECT staff_id, child_id FROM blocked",  # noqa: S608
            {"on": on, "staff": list(user_ids)},
        )
        for staff_id, child_id in cursor.fetchall():
            found.setdefault(staff_id, set()).add(child_id)
    return {staff_id: frozenset(children) for staff_id, children in found.items()}
