"""Closed lists of the organisation: levels, functions, roles, employments, absences."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    MUNICIPALITY = "municipality", _("Municipality")
    ADMINISTRATION = "administration", _("District administration")
    DEPARTMENT = "department", _("Department")
    UNIT = "unit", _("Unit")
    GROUP = "group", _("Group")


PARENT_LEVEL: dict[str, str | None] = {
    Level.MUNICIPALITY: None,
    Level.ADMINISTRATION: Level.MUNICIPALITY,
    Level.DEPARTMENT: Level.ADMINISTRATION,
    Level.UNIT: Level.DEPARTMENT,
    Level.GROUP: Level.UNIT,
}


class GroupFunction(TextChoices):
    RECEPTION = "reception", _("Reception")
    CHILD = "child", _("Children 0-12")
    YOUTH = "youth", _("Youths 13-20")
    FAMILY_HOME = "family_home", _("Family-home care")
    SUPPORT = "support", _("Internal support")


INVESTIGATING: frozenset[str] = frozenset(
    {GroupFunction.RECEPTION, GroupFunction.CHILD, GroupFunction.YOUTH, GroupFunction.FAMILY_HOME}
)
"""Groups that can receive an investigation; short ones are made in reception."""


class Role(TextChoices):
    RECEPTION = "reception", _("Reception worker")
    INVESTIGATOR = "investigator", _("Investigator")
    FAMILY_HOME_WORKER = "family_home_worker", _("Family-home worker")
    CHILD_WORKER = "child_worker", _("Child worker")
    GROUP_LEADER = "group_leader", _("Group leader")
    UNIT_HEAD = "unit_head", _("Unit head")
    DEPARTMENT_HEAD = "department_head", _("Department head")
    DIRECTOR = "director", _("District director")
    COORDINATOR = "coordinator", _("Coordinator")
    PLACEMENT_SECRETARY = "placement_secretary", _("Placement secretary")
    ADMINISTRATOR = "administrator", _("Administrator")
    DISABILITY_WORKER = "disability_worker", _("Disability worker")
    ON_DUTY = "on_duty", _("On-duty worker")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("System administrator")


class EmploymentForm(TextChoices):
    PERMANENT = "permanent", _("Permanent")
    TEMPORARY = "temporary", _("Temporary")
    CONSULTANT = "consultant", _("Consultant")


class Experience(TextChoices):
    NEW = "new", _("New")
    USED = "used", _("Used to the work")
    EXPERIENCED = "experienced", _("Experienced")
    EXPERT = "expert", _("Expert")


class EndReason(TextChoices):
    OWN_REQUEST_EXTERNAL = "own_request_external", _("Own request, left the city")
    OWN_REQUEST_INTERNAL = "own_request_internal", _("Own request, other administration")
    WITHIN_ADMINISTRATION = "within_administration", _("Moved within the administration")
    RETIREMENT = "retirement", _("Retirement")
    OTHER = "other", _("Other reason")


class AbsenceReason(TextChoices):
    HOLIDAY = "holiday", _("Holiday")
    ILLNESS = "illness", _("Illness")
    CARE_OF_CHILD = "care_of_child", _("Care of own child")
    PARENTAL_LEAVE = "parental_leave", _("Parental leave")
    LEAVE = "leave", _("Leave of absence")
    TRAINING = "training", _("Training")


END_UNKNOWN: frozenset[str] = frozenset({AbsenceReason.ILLNESS, AbsenceReason.CARE_OF_CHILD})
"""Absences whose last day may be unknown when they begin."""


class DelegatedDecision(TextChoices):
    """Decisions a unit's delegation order can give to more roles than its leaders."""

    OPENING = "opening", _("Open or do not open an investigation")
    EXTENSION = "extension", _("Extend an investigation")
    CONCLUSION = "conclusion", _("Conclude an investigation")


class TokenScope(TextChoices):
    """What a token of the API may be used for, within what its user may do.

    Writing includes reading in the same area: the answer to a write tells the record.
    """

    ALL = "all", _("Everything its user may do")
    REPORTS_READ = "reports:read", _("Reports: read")
    REPORTS_WRITE = "reports:write", _("Reports: read and write")
    INVESTIGATIONS_READ = "investigations:read", _("Investigations: read")
    INVESTIGATIONS_WRITE = "investigations:write", _("Investigations: read and write")
    INTERVENTIONS_READ = "interventions:read", _("Interventions: read")
    INTERVENTIONS_WRITE = "interventions:write", _("Interventions: read and write")
    DEADLINES_READ = "deadlines:read", _("Deadlines: read")
    WORKLOAD_READ = "workload:read", _("Workload and staffing: read")
    OWN_READ = "own:read", _("Your roles and notices: read")


class LoginEvent(TextChoices):
    """What a person is told of their own sign-in; also the second part of the trail's action."""

    NEW_DEVICE = "new_device", _("Your account was used from a device not seen before.")
    PASSWORD = "password", _("The password of your account was changed.")
    FACTOR_ADDED = "factor_added", _("A second factor was added to your account.")
    FACTOR_REMOVED = "factor_removed", _("A second factor was removed from your account.")
    RECOVERY_CODES = "recovery_codes", _("New recovery codes were made for your account.")
    RESET = "reset", _("The system administrator has reset your second factor.")
    LINKED = "linked", _("Your account was joined to single sign-on.")
