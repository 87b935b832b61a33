"""Every access decision: who may do what, where. Says nothing about the state a case is in.

`TABLE` is the whole policy: action x role -> how far the role reaches. `access_for` turns a
person's dated roles, absences stood in for and individual grants into an `Access` for one day;
querysets filter by it and services ask it. Rights are derived from the dates at every request and
never copied, so they end by themselves. Individual grants of reading ("a stated need", OSL 26)
are django-guardian object permissions; this is the only module that imports guardian.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, remove_perm

from core.decisions import Allowed, Decision, Denied
from organisation.enums import DelegatedDecision, Level, Role

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
    EXTEND_INVESTIGATION = "extend_investigation"
    READ_DOCUMENT = "read_document"
    CONCLUDE_INVESTIGATION = "conclude_investigation"
    MANAGE_INTERVENTION = "manage_intervention"
    GRANT_READING = "grant_reading"
    SEE_DEADLINE_DASHBOARD = "see_deadline_dashboard"
    EXPORT_LISTS = "export_lists"
    MANAGE_ABSENCE = "manage_absence"
    MANAGE_ORGANISATION = "manage_organisation"
    SEE_OWN_WORKLOAD = "see_own_workload"
    SEE_GROUP_WORKLOAD = "see_group_workload"
    MANAGE_WEIGHTS = "manage_weights"
    MANAGE_REDUCTIONS = "manage_reductions"
    MANAGE_COMPETENCES = "manage_competences"
    MANAGE_INTRODUCTIONS = "manage_introductions"
    MANAGE_STAFFING = "manage_staffing"


class Reach(IntEnum):
    """How far a role's right goes from the node where it is held."""

    NONE = 0
    OWN = 1  # what one handles, logged or stands in for
    GROUP = 2  # what belongs to the group the role is held in
    INTAKE = 3  # the group's, and what nobody in the unit has decided yet
    UNIT = 4  # all of the unit


_LEADERS: dict[str, Reach] = {Role.GROUP_LEADER: Reach.GROUP, Role.UNIT_HEAD: Reach.UNIT}
_WORKERS: dict[str, Reach] = {
    Role.INVESTIGATOR: Reach.OWN,
    Role.FAMILY_HOME_WORKER: Reach.OWN,
    Role.CHILD_WORKER: Reach.OWN,
    Role.DISABILITY_WORKER: Reach.OWN,
}

# Group leaders deputise for each other on what is not decided yet (INTAKE), so that the fourteen
# days of SoL 20:2 never wait for one person. Department heads and above see aggregates only, the
# system administrator no case content at all: they have no row here.
TABLE: Mapping[Action, Mapping[str, Reach]] = MappingProxyType(
    {
        Action.LOG_REPORT: {
            Role.RECEPTION: Reach.UNIT,
            Role.INVESTIGATOR: Reach.UNIT,
            Role.FAMILY_HOME_WORKER: Reach.UNIT,
            Role.CHILD_WORKER: Reach.UNIT,
            Role.GROUP_LEADER: Reach.UNIT,
            Role.UNIT_HEAD: Reach.UNIT,
        },
        Action.LOOK_UP_CHILD: {
            Role.RECEPTION: Reach.UNIT,
            Role.INVESTIGATOR: Reach.UNIT,
            Role.FAMILY_HOME_WORKER: Reach.UNIT,
            Role.CHILD_WORKER: Reach.UNIT,
            Role.GROUP_LEADER: Reach.UNIT,
            Role.UNIT_HEAD: Reach.UNIT,
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
        Action.EXTEND_INVESTIGATION: _LEADERS,
        Action.READ_DOCUMENT: _LEADERS,
        Action.CONCLUDE_INVESTIGATION: _LEADERS,
        Action.MANAGE_INTERVENTION: {**_WORKERS, **_LEADERS, Role.RECEPTION: Reach.OWN},
        Action.GRANT_READING: {Role.UNIT_HEAD: Reach.UNIT},
        Action.SEE_DEADLINE_DASHBOARD: {Role.UNIT_HEAD: Reach.UNIT, Role.GROUP_LEADER: Reach.GROUP},
        Action.EXPORT_LISTS: _LEADERS,
        Action.MANAGE_ABSENCE: _LEADERS,
        Action.MANAGE_ORGANISATION: {Role.SYSTEM_ADMINISTRATOR: Reach.UNIT},
        Action.SEE_OWN_WORKLOAD: {**_WORKERS, **_LEADERS, Role.RECEPTION: Reach.OWN},
        Action.SEE_GROUP_WORKLOAD: _LEADERS,
        Action.MANAGE_WEIGHTS: {Role.UNIT_HEAD: Reach.UNIT},
        Action.MANAGE_REDUCTIONS: _LEADERS,
        Action.MANAGE_COMPETENCES: _LEADERS,
        Action.MANAGE_INTRODUCTIONS: {**_LEADERS, Role.COORDINATOR: Reach.UNIT},
        Action.MANAGE_STAFFING: {Role.UNIT_HEAD: Reach.UNIT},
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
class Access:
    """What one person may reach on one day. Immutable; make a new one for a new day.

    `acts_for` holds the person's own id and those they stand in for today.
    """

    user_id: int
    on: date
    held: tuple[Held, ...]
    acts_for: frozenset[int]
    delegated: frozenset[tuple[int, Action, str]] = frozenset()
    granted: Mapping[str, frozenset[int]] = field(default_factory=dict)

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

    def groups_with(self, action: Action) -> frozenset[int]:
        """Groups whose matters `action` reaches because a role is held in them."""
        return frozenset(
            h.node_id
            for h in self.held
            if h.node_level == Level.GROUP and self._reach(action, h) >= Reach.GROUP
        )

    def may(
        self,
        action: Action,
        *,
        unit_id: int,
        group_ids: Iterable[int | None] = (),
        handler_ids: Iterable[int | None] = (),
        intake: bool = False,
    ) -> bool:
        """Whether `action` reaches a matter of that unit, those groups and those handlers.

        `intake`: nobody has decided on the matter yet.
        """
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
        Action.GRANT_READING: _("Only the unit head can give a named person the right to read."),
        Action.MANAGE_WEIGHTS: _("The unit head decides what the unit's cases weigh."),
        Action.MANAGE_REDUCTIONS: _("The leader of the group agrees on reductions."),
        Action.MANAGE_INTRODUCTIONS: _("Leaders and coordinators plan introductions."),
        Action.MANAGE_STAFFING: _("The unit head or the system administrator does this."),
    }
    return reasons.get(action) or _("Your role does not include this.")


def access_for(user: User, *, on: date) -> Access:
    """Everything `user` reaches on the day `on`; at most four small queries."""
    from organisation.models import Absence, Delegation, RoleAssignment

    if not user.is_active:
        return Access(user_id=user.pk, on=on, held=(), acts_for=frozenset())
    absent = list(
        Absence.objects.active(on).filter(stand_in_id=user.pk).values_list("user_id", flat=True)
    )
    acts_for = frozenset([user.pk, *absent])
    held = tuple(
        Held(
            role=role,
            node_id=node_id,
            node_level=level,
            node_path=path,
            unit_id=(
                node_id if level == Level.UNIT else parent_id if level == Level.GROUP else None
            ),
            for_user_id=owner,
        )
        for role, owner, node_id, level, path, parent_id in RoleAssignment.objects.active(on)
        .filter(user_id__in=acts_for)
        .order_by("pk")
        .values_list("role", "user_id", "node_id", "node__level", "node__path", "node__parent_id")
        # Standing in gives a colleague's casework, never the running of the system.
        if owner == user.pk or role != Role.SYSTEM_ADMINISTRATOR
    )
    units = {h.unit_id for h in held if h.unit_id is not None}
    delegated = frozenset(
        (unit_id, _DELEGABLE[decision], role)
        for unit_id, decision, role in Delegation.objects.filter(
            unit_id__in=units, role__in={h.role for h in held}
        ).values_list("unit_id", "decision", "role")
    )
    granted: dict[str, set[int]] = {}
    for model, pk in UserObjectPermission.objects.filter(
        user_id=user.pk, permission__codename__startswith="read_"
    ).values_list("content_type__model", "object_pk"):
        granted.setdefault(model, set()).add(int(pk))
    return Access(
        user_id=user.pk,
        on=on,
        held=held,
        acts_for=acts_for,
        delegated=delegated,
        granted={model: frozenset(ids) for model, ids in granted.items()},
    )


def grant_reading(user: User, target: models.Model) -> None:
    """Let one named person read one report or investigation (`cases.services.access` decides)."""
    assign_perm(f"read_{target._meta.model_name}", user, target)


def revoke_reading(user: User, target: models.Model) -> None:
    """Take the right of `grant_reading` back; nothing happens if there was none."""
    remove_perm(f"read_{target._meta.model_name}", user, target)


def readers_of(target: models.Model) -> list[int]:
    """Ids of those with an individual grant on `target`."""
    return list(
        UserObjectPermission.objects.filter(
            object_pk=str(target.pk),
            content_type__app_label=target._meta.app_label,
            content_type__model=target._meta.model_name,
        ).values_list("user_id", flat=True)
    )
