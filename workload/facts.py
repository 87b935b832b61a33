"""The facts of a day behind cases and workers, each in one statement whatever their number.

SQL of our own: a leader's pages ask for these on every view, and one statement costs a tenth of
the same in six of the mapper's. What the facts weigh is `workload.points`; rights are asked for
by the callers of `workload.capacity`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from cases.matters import registry as matters
from core.wording import UNKNOWN_END
from organisation.models import User

_CASES = """
SELECT m.id, m.kind, m.number, m.unit_id, m.group_id, m.opened_on,
    (SELECT r.level FROM cases_riskassessment r
     WHERE r.investigation_id = m.id AND r.assessed_on <= %(on)s
     ORDER BY r.assessed_on DESC, r.id DESC LIMIT 1),
    (SELECT json_agg(json_build_array(w.part, w.user_id)) FROM cases_matterworker w
     WHERE w.matter_id = m.id AND w.from_on <= %(on)s
       AND (w.until_on IS NULL OR w.until_on >= %(on)s)),
    (SELECT json_object_agg(said.factor_code, said.level_code) FROM (
         SELECT DISTINCT ON (f.factor_code) f.factor_code, f.level_code
         FROM workload_casefactor f WHERE f.matter_id = m.id AND f.from_on <= %(on)s
         ORDER BY f.factor_code, f.from_on DESC, f.id DESC) said),
    (SELECT count(DISTINCT reported.child_id) FROM (
         SELECT s.child_id FROM cases_report r
         JOIN cases_report s ON s.id = coalesce(r.linked_to_id, r.id)
         WHERE r.investigation_id = m.id AND r.received_on <= %(on)s AND s.received_on <= %(on)s
         UNION ALL
         SELECT s.child_id FROM cases_report r
         JOIN cases_report s ON s.linked_to_id = coalesce(r.linked_to_id, r.id)
         WHERE r.investigation_id = m.id AND r.received_on <= %(on)s AND s.received_on <= %(on)s
     ) reported),
    (SELECT json_agg(json_build_array((%(on)s - c.recorded_on), c.done_by_id, c.done_for_id)
                     ORDER BY c.recorded_on, c.id)
     FROM workload_contactforother c
     WHERE c.matter_id = m.id AND c.recorded_on <= %(on)s
       AND (c.withdrawn_on IS NULL OR c.withdrawn_on > %(on)s))
FROM cases_matter m
WHERE m.kind = ANY(%(kinds)s)
  AND m.opened_on <= %(on)s AND (m.closed_on IS NULL OR m.closed_on > %(on)s)
  AND m.id IN (
      SELECT unnest(%(ids)s::bigint[])
      UNION
      SELECT w.matter_id FROM cases_matterworker w
      WHERE w.user_id = ANY(%(users)s::bigint[]) AND w.part = ANY(%(parts)s)
        AND w.from_on <= %(on)s AND (w.until_on IS NULL OR w.until_on >= %(on)s)
      UNION
      SELECT c.matter_id FROM workload_contactforother c
      WHERE c.done_by_id = ANY(%(users)s::bigint[]) AND c.recorded_on <= %(on)s
        AND (c.withdrawn_on IS NULL OR c.withdrawn_on > %(on)s)
  )
  AND (m.child_id IS NULL OR NOT m.child_id = ANY(%(without)s::bigint[]))
ORDER BY m.opened_on, m.id
"""

_PEOPLE = """
WITH held AS (
    SELECT r.user_id, r.role, r.node_id FROM organisation_roleassignment r
    JOIN organisation_orgunit n ON n.id = r.node_id
    WHERE r.role = ANY(%(roles)s) AND r.from_on <= %(on)s
      AND (r.until_on IS NULL OR r.until_on >= %(on)s)
      AND CASE WHEN %(group)s::bigint IS NOT NULL THEN r.node_id = %(group)s
          ELSE r.node_id = %(unit)s OR n.parent_id = %(unit)s AND n.level = 'group' END
      AND (%(users)s::bigint[] IS NULL OR r.user_id = ANY(%(users)s))
)
SELECT u.id, u.username, u.first_name, u.last_name,
    (SELECT json_agg(json_build_array(h.role, h.node_id) ORDER BY h.node_id, h.role)
     FROM held h WHERE h.user_id = u.id) AS roles,
    (SELECT json_agg(json_build_array(
         coalesce(t.hours_percent, e.hours_percent), coalesce(t.experience, e.experience),
         coalesce(t.on_leave, e.on_leave), e.form))
     FROM organisation_employment e
     LEFT JOIN LATERAL (
         SELECT * FROM organisation_employmentterms t
         WHERE t.employment_id = e.id AND t.from_on <= %(on)s ORDER BY t.from_on DESC LIMIT 1
     ) t ON true
     WHERE e.user_id = u.id AND e.started_on <= %(on)s
       AND (e.ended_on IS NULL OR e.ended_on >= %(on)s)) AS employments,
    (SELECT json_agg(json_build_array(r.reason, r.percent, r.until_on) ORDER BY r.from_on, r.id)
     FROM workload_reduction r
     WHERE r.user_id = u.id AND r.from_on <= %(on)s
       AND (r.until_on IS NULL OR r.until_on >= %(on)s)) AS reductions,
    (SELECT json_agg(json_build_array(a.until_on - a.from_on + 1, a.until_on))
     FROM organisation_absence a
     WHERE a.user_id = u.id AND a.from_on <= %(on)s
       AND (a.until_on IS NULL OR a.until_on >= %(on)s)) AS absences
FROM organisation_user u
WHERE u.id IN (SELECT user_id FROM held)
ORDER BY public.name_order(u.last_name) COLLATE "C", public.name_order(u.first_name) COLLATE "C",
    u.id
"""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A matter that weighs, open on the day.

    `contacts` are (days ago, done by, done for), oldest first.
    """

    id: int
    kind: str
    number: str
    unit_id: int
    group_id: int
    opened_on: date
    risk: str | None
    handlers: list[tuple[str, int]] = field(default_factory=list)
    judged: dict[str, str] = field(default_factory=dict)
    children: int = 1
    contacts: list[tuple[int, int, int]] = field(default_factory=list)


def cases(
    *,
    on: date,
    ids: Collection[int] = (),
    user_ids: Collection[int] = (),
    without: frozenset[int] = frozenset(),
) -> list[CaseFacts]:
    """Those of `ids` and of the users' own cases and contacts that are open on the day, oldest
    first; none of the children in `without`.
    """
    kinds = matters.weighing()
    values: dict[str, Any] = {
        "on": on,
        "kinds": kinds,
        "parts": [part for kind in kinds for part in matters.kind(kind).parts],
        "ids": list(ids),
        "users": list(user_ids),
        "without": list(without),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CASES, values)
        return [
            CaseFacts(*known, pair or [], judged or {}, children or 1, contacts or [])  # type: ignore[call-arg]
            for *known, pair, judged, children, contacts in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A worker on the day, with no more of the user than the name.

    `roles`: (role, node). `employments`: (hours %, experience, on leave, form). `reductions`:
    (reason, %, last day). `absences`: (days of all of it, last day); of one without an end, `None`
    and `UNKNOWN_END`.
    """

    user: User
    roles: list[tuple[str, int]]
    employments: list[tuple[int, str, bool, str]]
    reductions: list[tuple[str, int, date]]
    absences: list[tuple[int | None, date]]


def people(
    *,
    on: date,
    roles: Collection[str],
    unit_id: int,
    group_id: int | None = None,
    user_ids: Collection[int] | None = None,
) -> list[PersonFacts]:
    """Holders of the roles in the group, else in the unit and its groups, by name."""
    values: dict[str, Any] = {
        "on": on,
        "roles": list(roles),
        "unit": unit_id,
        "group": group_id,
        "users": None if user_ids is None else list(user_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        return [
            PersonFacts(
                user=_named(pk, username, first, last),
                roles=roles_held,
                employments=employments or [],
                reductions=[(why, by, date.fromisoformat(day)) for why, by, day in reduced or []],
                absences=[
                    (days, date.fromisoformat(day) if day else UNKNOWN_END)
                    for days, day in away or []
                ],
            )
            for pk, username, first, last, roles_held, employments, reduced, away in (
                cursor.fetchall()
            )
        ]


_NAME: tuple[str, ...] = ("id", "username", "first_name", "last_name")


def _named(*values: Any) -> User:
    return User.from_db(connection.alias, _NAME, values)
