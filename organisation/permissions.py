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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from guardian.backends import ObjectPermissionBackend
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase
from guardian.utils import get_user_obj_perms_model

from core.calendar import local_date
from core.constraints import ordered, paired
from core.decisions import Allowed, Decision, Denied
from organisation.enums import DelegatedDecision, Level, Role
from organisation.roles import PERSONAL

if TYPE_CHECKING:
    from organisation.models import User


class Action(StrEnum):
    LOG_REPORT = "log_report"
    LOOK_UP_CHILD = "look_up_child"
    READ_REPORT = "read_report"
    ASSESS_PROTECTION = "assess_protection"
    PROPOSE_DECISION = "propose_decision"
    DECIDE_OPENING = "decide_opening"
    GIVE_FEEDBACK = "give_feedback"
    OFFER_SERIOUS_TALK = "offer_serious_talk"
    READ_INVESTIGATION = "read_investigation"
    WORK_ON_INVESTIGATION = "work_on_investigation"
    ASSIGN_HANDLERS = "assign_handlers"
    NOTE_WISHES = "note_wishes"
    SEE_FORECAST = "see_forecast"
    EXTEND_INVESTIGATION = "extend_investigation"
    READ_DOCUMENT = "read_document"
    CONCLUDE_INVESTIGATION = "conclude_investigation"
    MANAGE_INTERVENTION = "manage_intervention"
    GRANT_READING = "grant_reading"
    EMERGENCY_OPEN = "emergency_open"
    REVIEW_ACCESS = "review_access"
    REGISTER_CONFLICT = "register_conflict"
    PROTECT_IDENTITY = "protect_identity"
    SEE_PROTECTED_WHEREABOUTS = "see_protected_whereabouts"
    PREPARE_DISCLOSURE = "prepare_disclosure"
    APPROVE_DISCLOSURE = "approve_disclosure"
    SEE_CHILD_LOG = "see_child_log"
    CHECK_LOGS = "check_logs"
    SEE_DEADLINE_DASHBOARD = "see_deadline_dashboard"
    SEE_AGGREGATES = "see_aggregates"
    EXPORT_LISTS = "export_lists"
    CLOSE_STATISTICS = "close_statistics"
    MANAGE_ABSENCE = "manage_absence"
    MANAGE_ORGANISATION = "manage_organisation"
    SEE_OWN_WORKLOAD = "see_own_workload"
    SEE_GROUP_WORKLOAD = "see_group_workload"
    MANAGE_WEIGHTS = "manage_weights"
    MANAGE_REDUCTIONS = "manage_reductions"
    MANAGE_COMPETENCES = "manage_competences"
    MANAGE_INTRODUCTIONS = "manage_introductions"
    MANAGE_STAFFING = "manage_staffing"
    RUN_ROUNDS = "run_rounds"
    READ_SURVEY_ANSWERS = "read_survey_answers"
    READ_MEASUREMENTS = "read_measurements"
    TAKE_TEMPERATURE = "take_temperature"
    REVIEW_CASES = "review_cases"


class Reach(IntEnum):
    """How far a role's right goes from the node where it is held."""

    NONE = 0
    OWN = 1  # what one handles, logged or stands in for
    GROUP = 2  # what belongs to the group the role is held in
    INTAKE = 3  # the group's, and what nobody in the unit has decided yet
    UNIT = 4  # all of the unit
    BELOW = 5  # figures of every unit below the node, and never a person in them


_LEADERS: dict[str, Reach] = {Role.GROUP_LEADER: Reach.GROUP, Role.UNIT_HEAD: Reach.UNIT}
_WORKERS: dict[str, Reach] = {
    Role.INVESTIGATOR: Reach.OWN,
    Role.FAMILY_HOME_WORKER: Reach.OWN,
    Role.CHILD_WORKER: Reach.OWN,
    Role.DISABILITY_WORKER: Reach.OWN,
}

# Group leaders deputise for each other on what is not decided yet (INTAKE), so that the fourteen
# days of SoL 20:2 never wait for one person. Department heads and above, and the administrator, see
# aggregates only; the placement secretary reads placements, never a case without one; the system
# administrator has no case content at all.
TABLE: Mapping[Action, Mapping[str, Reach]] = MappingProxyType(
    {
        Action.LOG_REPORT: {
            Role.RECEPTION: Reach.UNIT,
            Role.INVESTIGATOR: Reach.UNIT,
            Role.FAMILY_HOME_WORKER: Reach.UNIT,
            Role.CHILD_WORKER: Reach.UNIT,
            Role.GROUP_LEADER: Reach.UNIT,
            Role.UNIT_HEAD: Reach.UNIT,
            Role.ON_DUTY: Reach.UNIT,
        },
        Action.LOOK_UP_CHILD: {
            Role.RECEPTION: Reach.UNIT,
            Role.INVESTIGATOR: Reach.UNIT,
            Role.FAMILY_HOME_WORKER: Reach.UNIT,
            Role.CHILD_WORKER: Reach.UNIT,
            Role.GROUP_LEADER: Reach.UNIT,
            Role.UNIT_HEAD: Reach.UNIT,
            Role.ON_DUTY: Reach.UNIT,
        },
        Action.READ_REPORT: {
            **_WORKERS,
            Role.RECEPTION: Reach.GROUP,
            Role.GROUP_LEADER: Reach.INTAKE,
            Role.UNIT_HEAD: Reach.UNIT,
            Role.COORDINATOR: Reach.UNIT,
        },
        Action.ASSESS_PROTECTION: {
            **_WORKERS,
            Role.RECEPTION: Reach.GROUP,
            Role.GROUP_LEADER: Reach.INTAKE,
            Role.UNIT_HEAD: Reach.UNIT,
        },
        Action.PROPOSE_DECISION: {
            **_WORKERS,
            Role.RECEPTION: Reach.GROUP,
            Role.GROUP_LEADER: Reach.INTAKE,
            Role.UNIT_HEAD: Reach.UNIT,
        },
        Action.DECIDE_OPENING: {Role.GROUP_LEADER: Reach.INTAKE, Role.UNIT_HEAD: Reach.UNIT},
        Action.GIVE_FEEDBACK: {
            **_WORKERS,
            Role.RECEPTION: Reach.GROUP,
            Role.GROUP_LEADER: Reach.INTAKE,
            Role.UNIT_HEAD: Reach.UNIT,
        },
        Action.OFFER_SERIOUS_TALK: {
            **_WORKERS,
            Role.RECEPTION: Reach.GROUP,
            Role.GROUP_LEADER: Reach.INTAKE,
            Role.UNIT_HEAD: Reach.UNIT,
        },
        Action.READ_INVESTIGATION: {
            **_WORKERS,
            **_LEADERS,
            Role.RECEPTION: Reach.OWN,
            Role.COORDINATOR: Reach.UNIT,
        },
        Action.WORK_ON_INVESTIGATION: {**_WORKERS, **_LEADERS, Role.RECEPTION: Reach.OWN},
        Action.ASSIGN_HANDLERS: _LEADERS,
        Action.NOTE_WISHES: {Role.RECEPTION: Reach.GROUP, **_LEADERS},
        Action.SEE_FORECAST: _LEADERS,
        Action.EXTEND_INVESTIGATION: _LEADERS,
        Action.READ_DOCUMENT: _LEADERS,
        Action.CONCLUDE_INVESTIGATION: _LEADERS,
        Action.MANAGE_INTERVENTION: {**_WORKERS, **_LEADERS, Role.RECEPTION: Reach.OWN},
        Action.GRANT_READING: {Role.UNIT_HEAD: Reach.UNIT},
        # A unit head reads all of the unit and has nothing to break open; the head reviews instead.
        Action.EMERGENCY_OPEN: {Role.GROUP_LEADER: Reach.UNIT, Role.ON_DUTY: Reach.UNIT},
        Action.REVIEW_ACCESS: {Role.UNIT_HEAD: Reach.UNIT},
        Action.REGISTER_CONFLICT: _LEADERS,
        Action.PROTECT_IDENTITY: {
            **_WORKERS,
            Role.RECEPTION: Reach.GROUP,
            Role.GROUP_LEADER: Reach.INTAKE,
            Role.UNIT_HEAD: Reach.UNIT,
        },
        # The day's workers of an open matter and those who answer for it. Reading a case, as a
        # coordinator or by a grant, is not enough.
        Action.SEE_PROTECTED_WHEREABOUTS: {**_WORKERS, **_LEADERS, Role.RECEPTION: Reach.OWN},
        # A party's access to the file: the pair prepares it, a leader answers for it.
        Action.PREPARE_DISCLOSURE: {**_WORKERS, **_LEADERS, Role.RECEPTION: Reach.OWN},
        Action.APPROVE_DISCLOSURE: _LEADERS,
        Action.SEE_CHILD_LOG: _LEADERS,
        Action.CHECK_LOGS: {Role.UNIT_HEAD: Reach.UNIT},
        Action.SEE_DEADLINE_DASHBOARD: {Role.UNIT_HEAD: Reach.UNIT, Role.GROUP_LEADER: Reach.GROUP},
        Action.SEE_AGGREGATES: {
            Role.UNIT_HEAD: Reach.UNIT,
            Role.GROUP_LEADER: Reach.UNIT,
            Role.COORDINATOR: Reach.UNIT,
            Role.ADMINISTRATOR: Reach.UNIT,
            Role.DEPARTMENT_HEAD: Reach.BELOW,
            Role.DIRECTOR: Reach.BELOW,
        },
        Action.EXPORT_LISTS: _LEADERS,
        Action.CLOSE_STATISTICS: {Role.UNIT_HEAD: Reach.UNIT, Role.ADMINISTRATOR: Reach.UNIT},
        Action.MANAGE_ABSENCE: _LEADERS,
        Action.MANAGE_ORGANISATION: {Role.SYSTEM_ADMINISTRATOR: Reach.UNIT},
        Action.SEE_OWN_WORKLOAD: {**_WORKERS, **_LEADERS, Role.RECEPTION: Reach.OWN},
        Action.SEE_GROUP_WORKLOAD: _LEADERS,
        Action.MANAGE_WEIGHTS: {Role.UNIT_HEAD: Reach.UNIT},
        Action.MANAGE_REDUCTIONS: _LEADERS,
        Action.MANAGE_COMPETENCES: _LEADERS,
        Action.MANAGE_INTRODUCTIONS: {**_LEADERS, Role.COORDINATOR: Reach.UNIT},
        Action.MANAGE_STAFFING: {Role.UNIT_HEAD: Reach.UNIT},
        Action.RUN_ROUNDS: {Role.UNIT_HEAD: Reach.UNIT},
        # The nearest manager's: a unit head reads the answers of those right under the unit, not
        # those of the groups' workers (see `Access.leads`).
        Action.READ_SURVEY_ANSWERS: {
            Role.GROUP_LEADER: Reach.GROUP,
            Role.UNIT_HEAD: Reach.GROUP,
        },
        Action.READ_MEASUREMENTS: _LEADERS,
        Action.TAKE_TEMPERATURE: _LEADERS,
        Action.REVIEW_CASES: _LEADERS,
    }
)

_DELEGABLE: Mapping[str, Action] = MappingProxyType(
    {
        DelegatedDecision.OPENING: Action.DECIDE_OPENING,
        DelegatedDecision.EXTENSION: Action.EXTEND_INVESTIGATION,
        DelegatedDecision.CONCLUSION: Action.CONCLUDE_INVESTIGATION,
    }
)


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
    }
    return reasons.get(action) or _("Your role does not include this.")


_FACTS = """
WITH acting AS (
    SELECT %(user)s::bigint AS id
    UNION
    SELECT user_id FROM organisation_absence
    WHERE stand_in_id = %(user)s AND from_on <= %(on)s AND until_on >= %(on)s
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
            (unit_id, _DELEGABLE[decision], role) for unit_id, decision, role in _rows(delegations)
        ),
        provisions=provisions,
    )


def _rows(found: Any) -> list[Any]:
    """JSON as the driver gives it: text, or already read."""
    return list(json.loads(found)) if isinstance(found, str) else list(found)


# Rights given by hand on one object


class ObjectGrantManager(UserObjectPermissionManager):  # type: ignore[type-arg]
    """The manager of every such model, made with the model's queryset (`from_queryset`)."""


class ObjectGrant(UserObjectPermissionBase):
    """A permission on one object, given by name from a day to a day, both included.

    A model of its own for each kind of object adds `content_object`, a foreign key. Taken back
    early, a grant counts from that moment as never given. It also ends with the last role in
    `unit`, and where the object's child is one the person has a conflict of interest with.
    """

    user = models.ForeignKey("organisation.User", models.PROTECT, related_name="%(class)ss")
    permission = models.ForeignKey("auth.Permission", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.OrgUnit", models.PROTECT, related_name="+")
    reason = models.TextField(gettext_lazy("reason"))
    from_on = models.DateField(gettext_lazy("from"))
    until_on = models.DateField(gettext_lazy("to"))
    granted_by = models.ForeignKey("organisation.User", models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(gettext_lazy("given"))
    ended_by = models.ForeignKey(
        "organisation.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(gettext_lazy("taken back"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.user_id} {self.from_on} - {self.until_on}"

    @staticmethod
    def constraints(name: str) -> list[models.BaseConstraint]:
        """What no row of such a table can contradict; `name` is `<app>_<model>`."""
        return [
            ordered(f"{name}_days_ordered", "from_on", "until_on"),
            paired(f"{name}_ending", "ended_at", "ended_by"),
            models.CheckConstraint(name=f"{name}_has_reason", condition=~Q(reason="")),
        ]

    @staticmethod
    def in_force(on: date) -> Q:
        """The condition of a grant that counts on the day."""
        return Q(ended_at__isnull=True, from_on__lte=on, until_on__gte=on)


ObjectRule = Callable[[Access, models.Model], bool]


@cache
def _object_rules() -> Mapping[str, ObjectRule]:
    """Permissions that a role, too, can give: asked of what decides it for our pages."""
    return {
        permission: cast(ObjectRule, import_string(dotted))
        for permission, dotted in settings.OBJECT_PERMISSIONS.items()
    }


class ObjectPermissions(ObjectPermissionBackend):
    """Django's question `user.has_perm(permission, object)`, answered as our pages answer it.

    A permission of the setting OBJECT_PERMISSIONS is answered by its rule, which knows roles,
    grants, emergency openings and conflicts of interest. Any other is held by a grant in force.
    Without an object nothing is permitted: what one may do follows from where one works.
    """

    def moment(self) -> datetime:
        """When it is asked; the clock is read by who serves it (`organisation.views.backends`)."""
        raise NotImplementedError

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if obj is None or not user_obj.is_authenticated or not user_obj.is_active:
            return False
        name = perm if "." in perm else f"{obj._meta.app_label}.{perm}"
        at = self.moment()
        access = access_for(user_obj, on=local_date(at), at=at)
        # A rule knows whether the object is its own: a kind's row may lie in another app.
        if (rule := _object_rules().get(name)) is not None:
            return rule(access, obj)
        app, code = name.split(".", 1)
        return app == obj._meta.app_label and code in self._given(access, obj)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Code names of the permissions the person has on the object."""
        if obj is None or not user_obj.is_authenticated or not user_obj.is_active:
            return set()
        at = self.moment()
        access = access_for(user_obj, on=local_date(at), at=at)
        given = self._given(access, obj)
        for name, rule in _object_rules().items():
            code = name.split(".")[1]
            (given.add if rule(access, obj) else given.discard)(code)
        return given

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """None: nothing is given to groups of Django."""
        return set()

    def _given(self, access: Access, obj: Any) -> set[str]:
        if getattr(obj, "child_id", None) in access.blocked:
            return set()
        grants = cast(Any, get_user_obj_perms_model(obj))
        if not issubclass(grants, ObjectGrant):
            return set()
        rows = grants.objects.filter(
            ObjectGrant.in_force(access.on),
            user_id=access.user_id,
            content_object=obj,
            unit_id__in=access.units,
        )
        return set(rows.values_list("permission__codename", flat=True))
