"""Members of staff: their particulars, accounts and passwords."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import trail
from core.calendar import local_date
from core.errors import Conflict, Invalid, Missing
from core.names import normal
from organisation.login.accounts import shut_out
from organisation.login.sessions import end_all as end_all_sessions
from organisation.models import FormerName, User
from organisation.services.leaving import leave
from organisation.services.tree import must_administer


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
    must_administer(by, at=at)
    errors: dict[str, str] = {}
    username = username.strip()
    if not username:
        errors["username"] = _("Write a user name.")
    elif User.objects.filter(username__iexact=username).exists():
        errors["username"] = _("The user name is already used.")
    for name, text in (("first_name", first_name), ("last_name", last_name)):
        if not text.strip():
            errors[name] = _("Write a name.")
    number = employee_number.strip()
    known = User.objects.filter(employee_number=number).first() if number else None
    if known is not None:
        # Who comes back has the account they had: what they signed is theirs.
        errors["employee_number"] = _(
            "%(name)s has this employee number (user name %(username)s). Who comes back keeps their"
            " account: open it again."
        ) % {"name": known, "username": known.username}
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
    """Change a member of staff's particulars, or close the account.

    A new name leaves what was signed as it is, and the person is found by the old one still. A
    closed account has left: sessions, tokens, roles and what was given by name end, so that an
    account that is opened again begins with nothing.
    """
    must_administer(by, at=at)
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
    before = FormerName(user=user, first_name=user.first_name, last_name=user.last_name)
    closes = user.is_active and not is_active
    user.first_name, user.last_name = normal(first_name), normal(last_name)
    user.email, user.phone, user.is_active = email.strip(), phone.strip(), is_active
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Invalid({name: texts[0] for name, texts in error.message_dict.items()}) from error
    user.save()
    renamed = (before.first_name, before.last_name) != (user.first_name, user.last_name)
    if renamed and str(before):
        before.until_on = local_date(at)
        before.save()
    trail.changed(
        "organisation.user_changed", user, by=by, at=at, active=is_active, renamed=renamed
    )
    if closes:
        leave(user, by=by, at=at)
    elif not is_active:
        shut_out(user, by=by, at=at)
    return user


@transaction.atomic
def set_password(user_id: int, *, password: str, by: User, at: datetime) -> None:
    """Give a member of staff a new password, to be changed at the next sign-in; sessions end."""
    must_administer(by, at=at)
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
