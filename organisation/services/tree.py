"""The tree: adding, renaming and closing its parts, and the first administrator."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import trail
from core.calendar import local_date
from core.errors import Conflict, Forbidden, Invalid, Missing
from organisation.enums import PARENT_LEVEL, GroupFunction, Level, Role
from organisation.models import OrgUnit, RoleAssignment, User
from organisation.permissions import access_for, refusal
from organisation.rights import Action
from organisation.services import contents


def must_administer(by: User, *, at: datetime) -> None:
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
    must_administer(by, at=at)
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


def _may_close(node: OrgUnit, *, at: datetime) -> None:
    """Conflict while something or somebody would be left with nobody."""
    if node.children.filter(active=True).exists():
        raise Conflict(_("Take its parts out of use first."))
    if node.level == Level.GROUP:
        contents.must_be_empty(node, on=local_date(at))
    else:
        contents.must_have_nobody(node, on=local_date(at))


@transaction.atomic
def change_node(
    node_id: int, *, name: str, active: bool, by: User, at: datetime, function: str = ""
) -> OrgUnit:
    """Rename a node, take it out of use or into it.

    One with parts in use has to stay, and one with anybody or anything in it: `closing.close_group`
    says where they go.
    """
    must_administer(by, at=at)
    node = OrgUnit.objects.select_for_update(of=("self",)).filter(pk=node_id).first()
    if node is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if not name.strip():
        raise Invalid({"name": _("Write a name.")})
    if node.level == Level.GROUP and function and function not in GroupFunction.values:
        raise Invalid({"function": _("Choose one of the alternatives.")})
    if node.active and not active:
        _may_close(node, at=at)
    if active and not node.active and node.parent is not None and not node.parent.active:
        raise Conflict(_("Take %(name)s into use first.") % {"name": node.parent.name})
    node.name = name.strip()
    node.active = active
    if node.level == Level.GROUP and function:
        node.function = function
    node.save()
    trail.changed("organisation.node_changed", node, by=by, at=at, active=active)
    return node
