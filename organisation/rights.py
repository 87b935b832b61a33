"""What each role may do, and how far: the table, and nothing that reads data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from organisation.enums import DelegatedDecision, Role


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
    HAND_OVER = "hand_over"
    RECEIVE_HANDOVER = "receive_handover"
    MANAGE_INTERVENTION = "manage_intervention"
    GRANT_READING = "grant_reading"
    EMERGENCY_OPEN = "emergency_open"
    REVIEW_ACCESS = "review_access"
    REGISTER_CONFLICT = "register_conflict"
    PROTECT_IDENTITY = "protect_identity"
    CORRECT_PERSON = "correct_person"
    DECIDE_IDENTITY = "decide_identity"
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
        Action.HAND_OVER: _LEADERS,
        Action.RECEIVE_HANDOVER: {Role.UNIT_HEAD: Reach.UNIT},
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
        # Particulars of the child and of those around it.
        Action.CORRECT_PERSON: {
            **_WORKERS,
            Role.RECEPTION: Reach.GROUP,
            Role.GROUP_LEADER: Reach.INTAKE,
            Role.UNIT_HEAD: Reach.UNIT,
        },
        # Two records made one; a number changed where the change must not show.
        Action.DECIDE_IDENTITY: _LEADERS,
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

DELEGABLE: Mapping[str, Action] = MappingProxyType(
    {
        DelegatedDecision.OPENING: Action.DECIDE_OPENING,
        DelegatedDecision.EXTENSION: Action.EXTEND_INVESTIGATION,
        DelegatedDecision.CONCLUSION: Action.CONCLUDE_INVESTIGATION,
    }
)
