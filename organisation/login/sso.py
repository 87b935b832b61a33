"""Single sign-on: who an identity provider's answer speaks for, and which roles its claims give.

A person is known by the provider's stable subject once joined; the first time by employee number
or user name, as the setting OIDC_MATCH says, and never by e-mail. Somebody unknown gets an account
only if a claim gives a role. Roles that claims gave are begun and ended at each sign-in, dated and
in the trail; roles given by hand are left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from core import trail
from core.calendar import local_date
from core.limits import limit
from organisation.enums import Level, Role
from organisation.login import second_factor
from organisation.login.accounts import shut_out
from organisation.models import ClaimedRole, OrgUnit, RoleAssignment, User
from organisation.roles import ROLES

logger = logging.getLogger(__name__)

Wanted = Mapping[tuple[str, int], str]
"""Role and node -> the claim's value that gives it."""


class Refused(Exception):
    """The provider vouches for the person, and still they may not come in; `code` says why."""

    def __init__(self, code: str, user: User | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.user = user


# What the claims say


def merged(extra: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """All claims, and those of the signed token alone; Refused when they are of two subjects."""
    token = dict(extra.get("id_token") or {})
    told = dict(extra.get("userinfo") or {})
    if token and told and token.get("sub") != told.get("sub"):
        raise Refused("two_subjects")
    return {**token, **told}, token


def values_at(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """The values of a claim, one or many; `realm_access.roles` looks inside."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str | int):
        found = [found]
    return frozenset(str(one) for one in found) if isinstance(found, list | tuple) else frozenset()


def shows_second_factor(token: Mapping[str, Any]) -> bool:
    """Whether the signed token says so (`amr`, `acr`), or the provider always asks for one."""
    config = settings.SINGLE_SIGN_ON
    shown = values_at(token, "amr") | values_at(token, "acr")
    return bool(config.enforces_second_factor or shown & config.second_factor_values)


def _node(code: str) -> OrgUnit | None:
    """`ST-BOU`, or `ST-BOU/barn-1` for a group in it."""
    above, _slash, group = code.rpartition("/")
    nodes = OrgUnit.objects.filter(active=True)
    if above:
        return nodes.filter(code=group, level=Level.GROUP, parent__code=above).first()
    return nodes.filter(code=code).exclude(level=Level.GROUP).first()


def wanted(values: Iterable[str]) -> Wanted:
    """The roles these claim values give; a mapping that leads nowhere is logged and gives none."""
    given: dict[tuple[str, int], str] = {}
    held = set(values)
    for value, role, code in settings.SINGLE_SIGN_ON.roles:
        if value not in held:
            continue
        node = _node(code)
        if role not in Role.values or node is None or node.level not in ROLES[role].levels:
            logger.error("OIDC_ROLES: no role %s at %s", role, code)
            continue
        given[role, node.pk] = value
    return given


# Roles


def _end(row: ClaimedRole, *, today: date, at: datetime) -> None:
    """End a role now: yesterday was its last day. One begun today has had none, and goes."""
    given = row.assignment
    until = today - timedelta(days=1)
    trail.changed(
        "organisation.role_ended", given, by=None, at=at, until=until.isoformat(), source="claims"
    )
    if given.from_on > until:
        given.delete()
    else:
        given.until_on = until
        given.save(update_fields=["until_on"])


def _is_last_administrator(given: RoleAssignment, *, today: date) -> bool:
    """Whether nobody else would run the system; all who do are locked, in one order."""
    if given.role != Role.SYSTEM_ADMINISTRATOR:
        return False
    others = (
        RoleAssignment.objects.select_for_update(of=("self",))
        .active(today)
        .filter(role=Role.SYSTEM_ADMINISTRATOR, until_on__isnull=True, user__is_active=True)
        .order_by("pk")
    )
    return all(one.pk == given.pk for one in others)


@transaction.atomic
def sync(user: User, given: Wanted, *, at: datetime) -> None:
    """Begin the roles the claims give and end those they gave and no longer do."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    today = local_date(at)
    ahead = RoleAssignment.objects.ending_after(today).filter(user=user)
    held = {
        (row.assignment.role, row.assignment.node_id): row
        for row in ClaimedRole.objects.select_related("assignment").filter(assignment__in=ahead)
    }
    for key, row in held.items():
        if key not in given and not _is_last_administrator(row.assignment, today=today):
            _end(row, today=today, at=at)
    by_hand = set(ahead.active(today).values_list("role", "node_id"))
    for (role, node_id), value in given.items():
        if (role, node_id) in held or (role, node_id) in by_hand:
            continue
        begun = RoleAssignment.objects.create(user=user, role=role, node_id=node_id, from_on=today)
        ClaimedRole.objects.create(assignment=begun, claim=value[: limit(ClaimedRole, "claim")])
        trail.changed(
            "organisation.role_given", begun, by=None, at=at, role=role, user=user.pk,
            source="claims",
        )  # fmt: skip


def has_role(user: User, *, at: datetime) -> bool:
    """Whether the person holds a role today or will."""
    return RoleAssignment.objects.ending_after(local_date(at)).filter(user=user).exists()


# Persons


def match(claims: Mapping[str, Any]) -> User | None:
    """The account that the claims name, by what OIDC_MATCH says; never by e-mail."""
    config = settings.SINGLE_SIGN_ON
    named = values_at(claims, config.match_claim)
    if config.match == "subject" or len(named) != 1:
        return None
    (value,) = named
    field = "employee_number" if config.match == "employee_number" else "username__iexact"
    found = list(User.objects.filter(**{field: value})[:2]) if value and "\x00" not in value else []
    return found[0] if len(found) == 1 else None


@transaction.atomic
def provision(claims: Mapping[str, Any], *, at: datetime) -> User:
    """Make the account of somebody the claims give a role; without a password of its own."""
    config = settings.SINGLE_SIGN_ON
    number = next(iter(values_at(claims, config.match_claim)), "")
    user = User(
        username=str(claims.get("preferred_username") or claims.get("sub") or "")[
            : limit(User, "username")
        ],
        first_name=str(claims.get("given_name") or claims.get("name") or "")[
            : limit(User, "first_name")
        ],
        last_name=str(claims.get("family_name") or "")[: limit(User, "last_name")],
        email=str(claims.get("email") or "") if claims.get("email_verified") is True else "",
        employee_number=(number[: limit(User, "employee_number")] or None)
        if config.match == "employee_number"
        else None,
    )
    user.set_unusable_password()
    if User.objects.filter(username__iexact=user.username).exists():
        raise Refused("user_name_taken")
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Refused("claims_unfit") from error
    user.save()
    trail.changed("organisation.user_added", user, by=None, at=at, source="claims")
    return user


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Decide whom the answer is about before anything is done with it."""
        at = request.at  # type: ignore[attr-defined]
        try:
            user = self._admit(request, sociallogin)
            if settings.SINGLE_SIGN_ON.role_claim and user.is_active and not has_role(user, at=at):
                # What `_admit` has written stays: the roles ended whether or not anybody came in.
                shut_out(user, by=None, at=at)
                raise Refused("no_role", user)
        except Refused as refused:
            targets = [refused.user] if refused.user else []
            trail.refused(
                "login.refused", by=None, at=at, targets=targets, source="sso", why=refused.code
            )
            raise ImmediateHttpResponse(
                render(request, "socialaccount/refused.html", status=403)
            ) from refused

    @transaction.atomic
    def _admit(self, request: HttpRequest, sociallogin: SocialLogin) -> User:
        at = request.at  # type: ignore[attr-defined]
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise Refused("not_a_sign_in")
        claims, token = merged(sociallogin.account.extra_data)
        # What the provider tells of a person is used now and not kept.
        sociallogin.account.extra_data = {}
        config = settings.SINGLE_SIGN_ON
        given = wanted(values_at(claims, config.role_claim)) if config.role_claim else {}
        if sociallogin.is_existing:
            user: User = sociallogin.user  # type: ignore[assignment]
            sociallogin.account.save(update_fields=["extra_data"])
        else:
            user = self._join(request, sociallogin, claims, given, at=at)
        if config.role_claim and user.is_active:
            sync(user, given, at=at)
        if shows_second_factor(token):
            second_factor.trust_provider(request, user)
        return user

    def _join(
        self,
        request: HttpRequest,
        sociallogin: SocialLogin,
        claims: Mapping[str, Any],
        given: Wanted,
        *,
        at: datetime,
    ) -> User:
        user = match(claims)
        if user is None:
            if not given:
                raise Refused("no_account")
            user = provision(claims, at=at)
        elif SocialAccount.objects.filter(
            user_id=user.pk, provider=sociallogin.account.provider
        ).exists():
            raise Refused("joined_to_another", user)
        sociallogin.connect(request, user)
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        at = request.at  # type: ignore[attr-defined]
        trail.refused("login.refused", by=None, at=at, source="sso", why=str(error or "error")[:40])
        logger.warning("single sign-on failed: %s", type(exception).__name__)
