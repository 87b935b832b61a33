"""Every access decision: who may do what, where. Says nothing about the state a case is in.

`TABLE` is the whole policy: action x role -> how far the role reaches. `access_for` turns a
person's dated roles, absences stood in for and what is provided case by case into an `Access` for
one day; querysets filter by it and services ask it. Rights are derived from the dates at every
request and never copied, so they end by themselves.

What is provided case by case (`Provisions`) lives with the cases, above this app: individual grants
of reading ("a stated need", OSL 26), emergency openings, and the conflicts of interest that take a
child's matters out of everything else. The setting ACCESS_PROVISIONS names who reads them.

A right given by hand on one object is an object permission of django-guardian with its days
(`ObjectGrant`), and `ObjectPermissions` answers `user.has_perm(permission, object)` as our pages
do. This module is django-guardian's only importer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.decisions import Allowed, Decision, Denied
from organisation.enums import Level
from organisation.roles import PERSONAL

if TYPE_CHECKING:
    from organisation.models import User
from organisation.rights import DELEGABLE, TABLE, Action, Reach


@dataclass(frozen=True, slots=True)
class Held:
    """A role held today, by oneself or for the absent colleague `for_user_id`."""

    role: str
    node_id: int
    node_level: str
    node_path: str
    unit_id: int | None
    for_user_id: int


@dataclass(frozen=True, slots=True)
class Provisions:
    """What is given to and taken from one person case by case, on one day at one moment.

    `granted`: ids of matters to read. `opened`: children whose matters are open in an emergency.
    `whereabouts`: children whose whereabouts those grants and openings show although their identity
    is protected. `blocked`: children the person has a conflict of interest with, in every unit.
    """

    granted: frozenset[int] = frozenset()
    opened: frozenset[int] = frozenset()
    whereabouts: frozenset[int] = frozenset()
    blocked: frozenset[int] = frozenset()


READING = frozenset({Action.READ_REPORT, Action.READ_INVESTIGATION})
"""What an emergency opening gives: to read, never to change."""


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may reach on one day. Immutable; make a new one for a new day.

    `acts_for` holds the person's own id and those they stand in for today.
    """

    user_id: int
    on: date
    held: tuple[Held, ...]
    acts_for: frozenset[int]
    delegated: frozenset[tuple[int, Action, str]] = frozenset()
    provisions: Provisions = Provisions()

    @property
    def granted(self) -> frozenset[int]:
        """Ids of the matters given to this person by name to read."""
        return self.provisions.granted

    @property
    def blocked(self) -> frozenset[int]:
        """Children whose matters do not exist to this person (conflict of interest)."""
        return self.provisions.blocked

    @property
    def opened(self) -> frozenset[int]:
        """Children whose matters are open for reading in an emergency, just now."""
        return self.provisions.opened

    @property
    def units(self) -> frozenset[int]:
        """Units in which a role is held, one's own or another's; nothing is given outside them."""
        return frozenset(h.unit_id for h in self.held if h.unit_id is not None)

    @property
    def roles(self) -> frozenset[str]:
        """The person's own roles, without those stood in for."""
        return frozenset(h.role for h in self.held if h.for_user_id == self.user_id)

    def _reach(self, action: Action, held: Held) -> Reach:
        reach = TABLE[action].get(held.role, Reach.NONE)
        if held.unit_id and (held.unit_id, action, held.role) in self.delegated:
            # A delegated decision reaches as far as the role can read.
            reading = (
                Action.READ_REPORT if action is Action.DECIDE_OPENING else Action.READ_INVESTIGATION
            )
            reach = max(reach, TABLE[reading].get(held.role, Reach.NONE))
        return reach

    def units_with(self, action: Action, at_least: Reach = Reach.UNIT) -> frozenset[int]:
        """Units where `action` reaches at least `at_least`."""
        return frozenset(
            h.unit_id
            for h in self.held
            if h.unit_id is not None and self._reach(action, h) >= at_least
        )

    def paths_with(self, action: Action) -> frozenset[str]:
        """Nodes below which the figures that `action` shows are this person's to see."""
        return frozenset(h.node_path for h in self.held if self._reach(action, h) == Reach.BELOW)

    def groups_with(self, action: Action) -> frozenset[int]:
        """Groups whose matters `action` reaches because a role is held in them."""
        return frozenset(
            h.node_id
            for h in self.held
            if h.node_level == Level.GROUP and self._reach(action, h) >= Reach.GROUP
        )

    def leads(self, action: Action) -> frozenset[int]:
        """Nodes whose own staff `action` reaches by a role of one's own, not one stood in for."""
        return frozenset(
            h.node_id
            for h in self.held
            if h.for_user_id == self.user_id and self._reach(action, h) >= Reach.GROUP
        )

    def may(
        self,
        action: Action,
        *,
        unit_id: int,
        group_ids: Iterable[int | None] = (),
        handler_ids: Iterable[int | None] = (),
        intake: bool = False,
        child_id: int | None = None,
    ) -> bool:
        """Whether `action` reaches a matter of that unit, those groups and those handlers.

        `intake`: nobody has decided on the matter yet. `child_id`: whose matter it is.
        """
        if child_id is not None and child_id in self.blocked:
            return False
        if child_id is not None and child_id in self.opened and action in READING:
            return True
        groups = {g for g in group_ids if g is not None}
        mine = not self.acts_for.isdisjoint(h for h in handler_ids if h is not None)
        for held in self.held:
            if held.unit_id != unit_id:
                continue
            reach = self._reach(action, held)
            if reach >= Reach.UNIT:
                return True
            if reach >= Reach.INTAKE and intake:
                return True
            if reach >= Reach.GROUP and held.node_id in groups:
                return True
            if reach >= Reach.OWN and mine:
                return True
        return False

    def ask(self, action: Action, **matter: Any) -> Decision:
        """As `may`, with the reason to show on the button when not."""
        return Allowed() if self.may(action, **matter) else Denied(refusal(action))


def refusal(action: Action) -> str:
    """Why the action is not for you, in the actor's language."""
    reasons = {
        Action.DECIDE_OPENING: _("The group leader or unit head decides by delegation."),
        Action.ASSIGN_HANDLERS: _("The leader of the receiving group gives out its cases."),
        Action.EXTEND_INVESTIGATION: _("An extension is decided by the group leader or unit head."),
        Action.READ_DOCUMENT: _("The group leader or unit head reads the decision document."),
        Action.CONCLUDE_INVESTIGATION: _(
            "The group leader or unit head reads the document and ends the investigation."
        ),
        Action.HAND_OVER: _("The group leader or unit head hands a case over to another unit."),
        Action.RECEIVE_HANDOVER: _("The unit head answers whether the unit takes over a case."),
        Action.LOG_REPORT: _("Your role does not log reports in this unit."),
        Action.SEE_CHILD_LOG: _("The unit head and the group leader of the case see its log."),
        Action.CHECK_LOGS: _("The unit head checks the unit's logs."),
        Action.GRANT_READING: _("Only the unit head can give a named person the right to read."),
        Action.MANAGE_WEIGHTS: _("The unit head decides what the unit's cases weigh."),
        Action.MANAGE_REDUCTIONS: _("The leader of the group agrees on reductions."),
        Action.MANAGE_INTRODUCTIONS: _("Leaders and coordinators plan introductions."),
        Action.MANAGE_STAFFING: _("The unit head or the system administrator does this."),
        Action.EMERGENCY_OPEN: _("A group leader or the worker on duty opens a case in emergency."),
        Action.REVIEW_ACCESS: _("The unit head reviews who has been given access."),
        Action.REGISTER_CONFLICT: _("A leader registers conflicts of interest for the staff."),
        Action.PROTECT_IDENTITY: _(
            "Those who work on the child's case, or their leader, register protected identity."
        ),
        Action.CORRECT_PERSON: _(
            "Those who work on the child's case, or their leader, correct the particulars."
        ),
        Action.DECIDE_IDENTITY: _(
            "The group leader of the child's case or the unit head decides this."
        ),
    }
    return reasons.get(action) or _("Your role does not include this.")


_FACTS = """
WITH acting AS (
    SELECT %(user)s::bigint AS id
    UNION
    SELECT user_id FROM organisation_absence
    WHERE stand_in_id = %(user)s AND from_on <= %(on)s
      AND (until_on IS NULL OR until_on >= %(on)s)
),
held AS (
    SELECT r.id, r.role, r.node_id, n.level, n.path, r.user_id,
           CASE n.level WHEN 'unit' THEN n.id WHEN 'group' THEN n.parent_id END AS unit_id
    FROM organisation_roleassignment r
    JOIN organisation_orgunit n ON n.id = r.node_id
    WHERE r.user_id IN (SELECT id FROM acting)
      AND r.from_on <= %(on)s AND (r.until_on IS NULL OR r.until_on >= %(on)s)
      AND (r.user_id = %(user)s OR r.role <> ALL(%(personal)s))
)
SELECT ARRAY(SELECT id FROM acting),
       (SELECT coalesce(
            json_agg(json_build_array(role, node_id, level, path, unit_id, user_id) ORDER BY id),
            '[]'
        ) FROM held),
       (SELECT coalesce(json_agg(json_build_array(unit_id, decision, role)), '[]')
        FROM organisation_delegation
        WHERE unit_id IN (SELECT unit_id FROM held) AND role IN (SELECT role FROM held))
"""
"""Dated roles, absences stood in for and delegations of the day, in one question: every page asks
it, so it is worth one round trip and not three."""


ProvisionsReader = Callable[..., Provisions]


@cache
def _reader(dotted: str) -> ProvisionsReader:
    return cast(ProvisionsReader, import_string(dotted))


def access_for(user: User, *, on: date, at: datetime | None = None) -> Access:
    """Everything `user` reaches on the day `on`; two small queries.

    `at` is the moment, for emergency openings, which last hours; without it they do not count.
    """
    if not user.is_active:
        return Access(user_id=user.pk, on=on, held=(), acts_for=frozenset())
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"user": user.pk, "on": on, "personal": sorted(PERSONAL)})
        acting, roles, delegations = cursor.fetchone()
    held = tuple(
        Held(
            role=role,
            node_id=node_id,
            node_level=level,
            node_path=path,
            unit_id=unit_id,
            for_user_id=owner,
        )
        for role, node_id, level, path, unit_id, owner in _rows(roles)
    )
    units = frozenset(h.unit_id for h in held if h.unit_id is not None)
    provisions = Provisions()
    if held:
        provisions = _reader(settings.ACCESS_PROVISIONS)(user.pk, units=units, on=on, at=at)
    return Access(
        user_id=user.pk,
        on=on,
        held=held,
        acts_for=frozenset(acting),
        delegated=frozenset(
            (unit_id, DELEGABLE[decision], role) for unit_id, decision, role in _rows(delegations)
        ),
        provisions=provisions,
    )


def _rows(found: Any) -> list[Any]:
    """JSON as the driver gives it: text, or already read."""
    return list(json.loads(found)) if isinstance(found, str) else list(found)
