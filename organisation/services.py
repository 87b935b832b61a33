"""Every change of the organisation: the tree, staff, employments, roles, absences, delegations.

The system administrator runs the organisation; leaders also plan absences in their own groups.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import trail
from core.calendar import local_date
from core.errors import Conflict, Forbidden, Invalid, Missing
from organisation.enums import (
    PARENT_LEVEL,
    AbsenceReason,
    DelegatedDecision,
    EmploymentForm,
    EndReason,
    Experience,
    GroupFunction,
    Level,
    Role,
)
from organisation.login.accounts import shut_out
from organisation.login.sessions import end_all as end_all_sessions
from organisation.models import (
    Absence,
    Delegation,
    Employment,
    EmploymentTerms,
    OrgUnit,
    RoleAssignment,
    User,
)
from organisation.permissions import Action, access_for, refusal
from organisation.roles import ROLES

LONGEST_ABSENCE = 3 * 366
"""Days. Parental leave can be long; a mistyped year is longer."""


def _administer(by: User, *, at: datetime) -> None:
    who = access_for(by, on=local_date(at))
    if not any(held.role == Role.SYSTEM_ADMINISTRATOR for held in who.held):
        raise Forbidden(refusal(Action.MANAGE_ORGANISATION))


def make_node(
    *,
    level: str,
    code: str,
    name: str,
    parent: OrgUnit | None = None,
    function: str = "",
) -> OrgUnit:
    """Make a node under its parent, with its path; no permission asked (see `add_node`)."""
    node = OrgUnit.objects.create(
        level=level, code=code, name=name, parent=parent, function=function
    )
    node.path = f"{parent.path if parent else '/'}{node.pk}/"
    node.save(update_fields=["path"])
    return node


@transaction.atomic
def begin(
    *,
    municipality: str,
    code: str,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    password: str,
    on: date,
    at: datetime,
) -> User:
    """Make the municipality and the first system administrator of an empty installation.

    There is nobody yet to ask for permission; Conflict once there is an organisation.
    """
    if OrgUnit.objects.exists():
        raise Conflict(_("There is an organisation already. Its system administrator adds people."))
    if not municipality.strip():
        raise Invalid({"municipality": _("Write a name.")})
    root = make_node(level=Level.MUNICIPALITY, code=code.strip(), name=municipality.strip())
    user = User(
        username=username.strip(),
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        email=email.strip(),
        must_change_password=True,
    )
    try:
        validate_password(password, user)
        user.set_password(password)
        root.full_clean(exclude=["parent"])
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Invalid({"user": " ".join(error.messages)}) from error
    user.save()
    RoleAssignment.objects.create(user=user, role=Role.SYSTEM_ADMINISTRATOR, node=root, from_on=on)
    trail.changed("organisation.begun", root, by=user, at=at)
    return user


@transaction.atomic
def add_node(
    *,
    level: str,
    code: str,
    name: str,
    by: User,
    at: datetime,
    parent: OrgUnit | None = None,
    function: str = "",
) -> OrgUnit:
    """Add a part of the organisation under the level above it."""
    _administer(by, at=at)
    errors: dict[str, str] = {}
    if level not in Level.values:
        raise Invalid({"level": _("Choose one of the alternatives.")})
    if (parent.level if parent else None) != PARENT_LEVEL[level]:
        errors["parent"] = _("Choose a parent of the level above.")
    if not name.strip():
        errors["name"] = _("Write a name.")
    code = code.strip()
    if not code:
        errors["code"] = _("Write a code.")
    same = OrgUnit.objects.filter(code__iexact=code)
    same = same.filter(parent=parent) if level == Level.GROUP else same.exclude(level=Level.GROUP)
    if code and same.exists():
        errors["code"] = _("The code is already used.")
    if (level == Level.GROUP) != (function in GroupFunction.values):
        errors["function"] = _("A group has a function; no other part has.")
    if errors:
        raise Invalid(errors)
    node = make_node(level=level, code=code, name=name.strip(), parent=parent, function=function)
    trail.changed("organisation.node_added", node, by=by, at=at, level=level)
    return node


@transaction.atomic
def change_node(
    node_id: int, *, name: str, active: bool, by: User, at: datetime, function: str = ""
) -> OrgUnit:
    """Rename a node, take it out of use or into it; one with parts in use has to stay."""
    _administer(by, at=at)
    node = OrgUnit.objects.select_for_update(of=("self",)).filter(pk=node_id).first()
    if node is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if not name.strip():
        raise Invalid({"name": _("Write a name.")})
    if node.level == Level.GROUP and function and function not in GroupFunction.values:
        raise Invalid({"function": _("Choose one of the alternatives.")})
    if node.active and not active and node.children.filter(active=True).exists():
        raise Conflict(_("Take its parts out of use first."))
    node.name = name.strip()
    node.active = active
    if node.level == Level.GROUP and function:
        node.function = function
    node.save()
    trail.changed("organisation.node_changed", node, by=by, at=at, active=active)
    return node


@transaction.atomic
def add_user(
    *,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    by: User,
    at: datetime,
    password: str | None = None,
    phone: str = "",
    employee_number: str = "",
) -> User:
    """Add a member of staff; without a password there is no login until one is set.

    The first password has to be changed at the first sign-in.
    """
    _administer(by, at=at)
    errors: dict[str, str] = {}
    username = username.strip()
    if not username:
        errors["username"] = _("Write a user name.")
    elif User.objects.filter(username__iexact=username).exists():
        errors["username"] = _("The user name is already used.")
    for name, text in (("first_name", first_name), ("last_name", last_name)):
        if not text.strip():
            errors[name] = _("Write a name.")
    if employee_number and User.objects.filter(employee_number=employee_number).exists():
        errors["employee_number"] = _("The employee number is already used.")
    user = User(
        username=username,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        email=email.strip(),
        phone=phone.strip(),
        employee_number=employee_number.strip() or None,
        must_change_password=bool(password),
    )
    if password:
        try:
            validate_password(password, user)
        except ValidationError as error:
            errors["password"] = " ".join(error.messages)
    if errors:
        raise Invalid(errors)
    try:
        user.set_password(password or None)
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Invalid({name: texts[0] for name, texts in error.message_dict.items()}) from error
    user.save()
    trail.changed("organisation.user_added", user, by=by, at=at)
    return user


@transaction.atomic
def change_user(
    user_id: int,
    *,
    first_name: str,
    last_name: str,
    email: str,
    phone: str,
    is_active: bool,
    by: User,
    at: datetime,
) -> User:
    """Change a member of staff's particulars, or close the account: its sessions and tokens end."""
    _administer(by, at=at)
    user: User | None = User.objects.select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if user.pk == by.pk and not is_active:
        raise Conflict(_("You cannot close your own account."))
    errors = {
        name: _("Write a name.")
        for name, text in (("first_name", first_name), ("last_name", last_name))
        if not text.strip()
    }
    if errors:
        raise Invalid(errors)
    user.first_name, user.last_name = first_name.strip(), last_name.strip()
    user.email, user.phone, user.is_active = email.strip(), phone.strip(), is_active
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Invalid({name: texts[0] for name, texts in error.message_dict.items()}) from error
    user.save()
    trail.changed("organisation.user_changed", user, by=by, at=at, active=is_active)
    if not is_active:
        shut_out(user, by=by, at=at)
    return user


@transaction.atomic
def set_password(user_id: int, *, password: str, by: User, at: datetime) -> None:
    """Give a member of staff a new password, to be changed at the next sign-in; sessions end."""
    _administer(by, at=at)
    user = User.objects.select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from error
    user.set_password(password)
    user.must_change_password = user.pk != by.pk
    user.save(update_fields=["password", "must_change_password"])
    end_all_sessions(user, at=at)
    trail.changed("organisation.password_set", user, by=by, at=at)


def _period(from_on: date, until_on: date | None, *, name: str = "until_on") -> None:
    if until_on is not None and until_on < from_on:
        raise Invalid({name: _("The last day cannot be before the first.")})


def _one_at_a_time(user: User) -> None:
    """Until the transaction ends, whoever else changes this person's days waits."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def _same_role(
    user: User, role: str, node: OrgUnit, *, from_on: date, until_on: date | None
) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=from_on),
        user=user,
        role=role,
        node=node,
        from_on__lte=until_on or date.max,
    )


@transaction.atomic
def give_role(
    *,
    user: User,
    role: str,
    node: OrgUnit,
    from_on: date,
    by: User,
    at: datetime,
    until_on: date | None = None,
) -> RoleAssignment:
    """Give a role at a node from a day to a day, both included."""
    _administer(by, at=at)
    if role not in Role.values:
        raise Invalid({"role": _("Choose one of the alternatives.")})
    if node.level not in ROLES[role].levels:
        raise Invalid({"node": _("The role cannot be held at that level.")})
    _period(from_on, until_on)
    _one_at_a_time(user)
    if _same_role(user, role, node, from_on=from_on, until_on=until_on).exists():
        raise Invalid({"role": _("The person already has this role then.")})
    given = RoleAssignment.objects.create(
        user=user, role=role, node=node, from_on=from_on, until_on=until_on
    )
    trail.changed("organisation.role_given", given, by=by, at=at, role=role, user=user.pk)
    return given


@transaction.atomic
def end_role(assignment_id: int, *, until_on: date, by: User, at: datetime) -> RoleAssignment:
    """Set the last day of a role; nobody ends the last system administrator.

    Somebody else has to hold that role the day after, and without an end of their own: two who
    end each other's would leave nobody.
    """
    _administer(by, at=at)
    # All system administrators are locked too, in the same order by everybody: two who end each
    # other's role at once must not both count on the other.
    rows = (
        RoleAssignment.objects.select_for_update(of=("self",))
        .select_related("user", "node")
        .filter(Q(pk=assignment_id) | Q(role=Role.SYSTEM_ADMINISTRATOR))
        .order_by("pk")
    )
    held: dict[int, RoleAssignment] = {row.pk: row for row in rows}
    given = held.get(assignment_id)
    if given is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    _period(given.from_on, until_on)
    _one_at_a_time(given.user)
    same = _same_role(
        given.user, given.role, given.node, from_on=given.from_on, until_on=until_on
    ).exclude(pk=given.pk)
    if same.exists():
        raise Invalid({"until_on": _("The person already has this role then.")})
    if given.role == Role.SYSTEM_ADMINISTRATOR:
        day_after = until_on + timedelta(days=1)
        if not any(
            row.role == Role.SYSTEM_ADMINISTRATOR
            and row.user.is_active
            and row.from_on <= day_after
            and row.until_on is None
            for pk, row in held.items()
            if pk != given.pk
        ):
            raise Conflict(_("Somebody has to be system administrator after that day."))
    given.until_on = until_on
    given.save(update_fields=["until_on"])
    trail.changed("organisation.role_ended", given, by=by, at=at, until=until_on.isoformat())
    if not RoleAssignment.objects.ending_after(local_date(at)).filter(user=given.user).exists():
        shut_out(given.user, by=by, at=at)
    return given


@transaction.atomic
def employ(
    *,
    user: User,
    administration: OrgUnit,
    profession: str,
    form: str,
    started_on: date,
    by: User,
    at: datetime,
    unit: OrgUnit | None = None,
    hours_percent: int = 100,
    experience: str = Experience.USED,
    ended_on: date | None = None,
    end_reason: str = "",
    on_leave: bool = False,
) -> Employment:
    """Record an employment or a consultant's hire."""
    _administer(by, at=at)
    errors: dict[str, str] = {}
    for name, value, choices in (
        ("form", form, EmploymentForm),
        ("experience", experience, Experience),
    ):
        if value not in choices.values:
            errors[name] = _("Choose one of the alternatives.")
    if end_reason and end_reason not in EndReason.values:
        errors["end_reason"] = _("Choose one of the alternatives.")
    if administration.level != Level.ADMINISTRATION:
        errors["administration"] = _("Choose a district administration.")
    if unit is not None and not unit.path.startswith(administration.path):
        errors["unit"] = _("The unit is in another administration.")
    if not profession.strip():
        errors["profession"] = _("Write the profession.")
    if not 1 <= hours_percent <= 100:
        errors["hours_percent"] = _("Between 1 and 100 per cent.")
    if ended_on is None and end_reason:
        errors["end_reason"] = _("A reason is given when the employment has ended.")
    if errors:
        raise Invalid(errors)
    _period(started_on, ended_on, name="ended_on")
    employment = Employment.objects.create(
        user=user,
        administration=administration,
        unit=unit,
        profession=profession.strip(),
        form=form,
        hours_percent=hours_percent,
        experience=experience,
        started_on=started_on,
        ended_on=ended_on,
        end_reason=end_reason,
        on_leave=on_leave,
    )
    trail.changed("organisation.employed", employment, by=by, at=at, user=user.pk, form=form)
    return employment


@transaction.atomic
def end_employment(
    employment_id: int, *, ended_on: date, end_reason: str, by: User, at: datetime
) -> Employment:
    """End an employment with its reason."""
    _administer(by, at=at)
    employment = Employment.objects.select_for_update(of=("self",)).filter(pk=employment_id).first()
    if employment is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if end_reason not in EndReason.values:
        raise Invalid({"end_reason": _("Choose one of the alternatives.")})
    _period(employment.started_on, ended_on, name="ended_on")
    employment.ended_on, employment.end_reason = ended_on, end_reason
    employment.save(update_fields=["ended_on", "end_reason"])
    trail.changed("organisation.employment_ended", employment, by=by, at=at, reason_code=end_reason)
    return employment


@transaction.atomic
def change_employment(
    employment_id: int,
    *,
    from_on: date,
    hours_percent: int,
    experience: str,
    on_leave: bool,
    by: User,
    at: datetime,
) -> EmploymentTerms:
    """Change hours, experience or leave from a day on; the terms before stay as they were.

    By the system administrator, or the unit head of where the person works. A change on the day of
    another replaces it.
    """
    employment = (
        Employment.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=employment_id)
        .first()
    )
    if employment is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    _staffs(employment.user, by=by, at=at)
    errors: dict[str, str] = {}
    if from_on <= employment.started_on:
        errors["from_on"] = _("The change has to be after the employment began.")
    if employment.ended_on is not None and from_on > employment.ended_on:
        errors["from_on"] = _("The employment has ended by then.")
    if not 1 <= hours_percent <= 100:
        errors["hours_percent"] = _("Between 1 and 100 per cent.")
    if experience not in Experience.values:
        errors["experience"] = _("Choose one of the alternatives.")
    if errors:
        raise Invalid(errors)
    terms, made = EmploymentTerms.objects.update_or_create(
        employment=employment,
        from_on=from_on,
        defaults={
            "hours_percent": hours_percent,
            "experience": experience,
            "on_leave": on_leave,
        },
    )
    trail.changed(
        "organisation.employment_changed",
        employment,
        by=by,
        at=at,
        user=employment.user_id,
        from_on=from_on.isoformat(),
        replaced=not made,
    )
    return terms


def _staffs(user: User, *, by: User, at: datetime) -> None:
    who = access_for(by, on=local_date(at))
    if any(held.role == Role.SYSTEM_ADMINISTRATOR for held in who.held):
        return
    if not User.objects.filter(pk=user.pk).reached_by(who, Action.MANAGE_STAFFING).exists():
        raise Forbidden(refusal(Action.MANAGE_STAFFING))


def _leads(by: User, user: User, *, at: datetime) -> bool:
    """Whether `by` leads a group or unit where `user` has a role that day."""
    who = access_for(by, on=local_date(at))
    groups = who.groups_with(Action.MANAGE_ABSENCE)
    units = who.units_with(Action.MANAGE_ABSENCE)
    return bool(
        RoleAssignment.objects.active(who.on)
        .filter(user=user)
        .filter(
            Q(node_id__in=groups)
            | Q(node_id__in=units)
            | Q(node__parent_id__in=units, node__level=Level.GROUP)
        )
        .exists()
    )


@transaction.atomic
def plan_absence(
    *,
    user: User,
    from_on: date,
    until_on: date,
    reason: str,
    by: User,
    at: datetime,
    stand_in: User | None = None,
) -> Absence:
    """Plan days away and the stand-in who takes over; by oneself, one's leader or the system
    administrator.

    The stand-in has to work in the same unit when it begins, and not be away on any of the days.
    """
    who = access_for(by, on=local_date(at))
    administrates = any(held.role == Role.SYSTEM_ADMINISTRATOR for held in who.held)
    if by.pk != user.pk and not administrates and not _leads(by, user, at=at):
        raise Forbidden(_("Only the person's own leader plans the absence."))
    if reason not in AbsenceReason.values:
        raise Invalid({"reason": _("Choose one of the alternatives.")})
    _period(from_on, until_on)
    _not_too_long(from_on, until_on)
    _one_at_a_time(user)
    overlapping = Absence.objects.filter(from_on__lte=until_on, until_on__gte=from_on)
    if overlapping.filter(user=user).exists():
        raise Invalid({"from_on": _("The person is already away then.")})
    if stand_in is not None:
        if stand_in.pk == user.pk:
            raise Invalid({"stand_in": _("The stand-in has to be somebody else.")})
        if overlapping.filter(user=stand_in).exists():
            raise Invalid({"stand_in": _("The stand-in is away then too.")})
        if not stand_in.is_active or not _same_unit(user, stand_in, on=from_on):
            raise Invalid({"stand_in": _("The stand-in has to work in the same unit.")})
    absence = Absence.objects.create(
        user=user, from_on=from_on, until_on=until_on, reason=reason, stand_in=stand_in
    )
    trail.changed(
        "organisation.absence_planned",
        absence,
        by=by,
        at=at,
        user=user.pk,
        stand_in=stand_in.pk if stand_in else None,
    )
    return absence


def _not_too_long(from_on: date, until_on: date) -> None:
    if (until_on - from_on).days > LONGEST_ABSENCE:
        raise Invalid({"until_on": _("An absence is at most three years.")})


def _same_unit(first: User, second: User, *, on: date) -> bool:
    def units(user: User) -> set[int | None]:
        return {
            node_id if level == Level.UNIT else parent_id
            for node_id, level, parent_id in RoleAssignment.objects.active(on)
            .filter(user=user, node__level__in=[Level.UNIT, Level.GROUP])
            .values_list("node_id", "node__level", "node__parent_id")
        }

    return bool(units(first) & units(second))


@transaction.atomic
def end_absence(absence_id: int, *, until_on: date, by: User, at: datetime) -> Absence:
    """Back earlier (or later) than planned: `until_on` is the last day away."""
    absence = (
        Absence.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=absence_id)
        .first()
    )
    if absence is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    who = access_for(by, on=local_date(at))
    administrates = any(held.role == Role.SYSTEM_ADMINISTRATOR for held in who.held)
    if by.pk != absence.user_id and not administrates and not _leads(by, absence.user, at=at):
        raise Missing(_("It does not exist, or is not yours to see."))
    _period(absence.from_on, until_on)
    _not_too_long(absence.from_on, until_on)
    _one_at_a_time(absence.user)
    if until_on > absence.until_on:
        added = Absence.objects.filter(
            from_on__lte=until_on, until_on__gte=absence.from_on
        ).exclude(pk=absence.pk)
        if added.filter(user=absence.user_id).exists():
            raise Invalid({"until_on": _("The person is already away then.")})
        if absence.stand_in_id and added.filter(user=absence.stand_in_id).exists():
            raise Invalid({"until_on": _("The stand-in is away then too.")})
    absence.until_on = until_on
    absence.save(update_fields=["until_on"])
    trail.changed("organisation.absence_ended", absence, by=by, at=at, until=until_on.isoformat())
    return absence


@transaction.atomic
def delegate(*, unit: OrgUnit, decision: str, role: str, by: User, at: datetime) -> Delegation:
    """Add a line to the unit's delegation order."""
    _administer(by, at=at)
    if unit.level != Level.UNIT:
        raise Invalid({"unit": _("Choose a unit.")})
    if decision not in DelegatedDecision.values:
        raise Invalid({"decision": _("Choose one of the alternatives.")})
    if role not in Role.values:
        raise Invalid({"role": _("Choose one of the alternatives.")})
    line, made = Delegation.objects.get_or_create(unit=unit, decision=decision, role=role)
    if made:
        trail.changed("organisation.delegated", line, by=by, at=at, decision=decision, role=role)
    return line


@transaction.atomic
def withdraw_delegation(line_id: int, *, by: User, at: datetime) -> None:
    """Take a line out of the delegation order; its history stays."""
    _administer(by, at=at)
    line = Delegation.objects.filter(pk=line_id).first()
    if line is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    trail.changed("organisation.delegation_withdrawn", line, by=by, at=at)
    line.delete()
