"""What django-allauth asks us while somebody signs in, out, or changes their own way in.

allauth calls these hooks; what they write is the trail, the counts of guesses, the known devices
and the notices. No account is ever made by a visitor.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import get_user_by_username
from allauth.core import context
from django.contrib import messages
from django.contrib.auth import logout as django_logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core import dispatch, trail
from core.middleware import BEGAN_KEY
from organisation.enums import LoginEvent
from organisation.login import attempts, devices, notices, resets, second_factor, sessions
from organisation.models import User

NEUTRAL = _(
    "The user name and the password do not belong together, or there have been too many attempts. "
    "Wait a while and try again, or ask your system administrator."
)
"""Said of a wrong name, a wrong password and a locked account alike."""

FRESH_SECONDS = 300
"""Who has just signed in need not confirm at once that it is them."""

CHANGES: dict[str, tuple[str, LoginEvent, dict[str, str]]] = {
    "mfa/email/totp_activated": ("second_factor.added", LoginEvent.FACTOR_ADDED, {"of": "totp"}),
    "mfa/email/totp_deactivated": (
        "second_factor.removed",
        LoginEvent.FACTOR_REMOVED,
        {"of": "totp"},
    ),
    "mfa/email/webauthn_added": (
        "second_factor.added",
        LoginEvent.FACTOR_ADDED,
        {"of": "webauthn"},
    ),
    "mfa/email/webauthn_removed": (
        "second_factor.removed",
        LoginEvent.FACTOR_REMOVED,
        {"of": "webauthn"},
    ),
    "mfa/email/recovery_codes_generated": (
        "second_factor.codes_made",
        LoginEvent.RECOVERY_CODES,
        {},
    ),
    "account/email/password_changed": ("password.changed", LoginEvent.PASSWORD, {}),
    "account/email/password_set": ("password.changed", LoginEvent.PASSWORD, {}),
    "account/email/password_reset": ("password.reset", LoginEvent.PASSWORD, {}),
    "socialaccount/email/account_connected": ("login.linked", LoginEvent.LINKED, {}),
}
"""allauth's mails about a changed login -> what the trail says, and what the person is told."""


SAID = {
    "account/messages/password_changed.txt": _("The password has been changed."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is in use."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("The security key is in use."),
    "mfa/messages/webauthn_removed.txt": _("The security key is removed."),
}
"""allauth's messages that are passed on, in our words."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NEUTRAL,
        "too_many_login_attempts": NEUTRAL,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    # Guesses

    def address(self, request: HttpRequest) -> str:
        try:
            return self.get_client_ip(request)
        except PermissionDenied:  # a socket without addresses, behind a proxy that names none
            return ""

    def _sources(self, request: HttpRequest, name: str) -> tuple[User | None, list[Any]]:
        user = get_user_by_username(name) if name and "\x00" not in name else None
        given = attempts.sources(
            user=user,
            name=name,
            address=self.address(request),
            device=devices.known(user, devices.mark_of(request)),
        )
        return user, given

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the guess; while locked it is not tried at all."""
        name = credentials.get("username") or ""
        _user, given = self._sources(request, name)
        if not attempts.claim(given, at=request.at):  # type: ignore[attr-defined]
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        if user is not None:
            _user, given = self._sources(request, credentials.get("username") or "")
            before = attempts.succeeded(given, at=request.at)  # type: ignore[attr-defined]
            if before:
                trail.refused(
                    "login.refused",
                    by=None,
                    at=request.at,  # type: ignore[attr-defined]
                    targets=[user],
                    refused_while_locked=before,
                )
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        name = credentials.get("username") or ""
        user, given = self._sources(request, name)
        attempts.failed(
            given,
            user=user,
            name=name,
            address=self.address(request),
            at=request.at,  # type: ignore[attr-defined]
        )

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        trail.refused(
            "login.refused",
            by=None,
            at=request.at,  # type: ignore[attr-defined]
            targets=[user],
            closed=True,
        )
        return super().respond_user_inactive(request, user)

    # In and out

    def get_login_stages(self) -> list[str]:
        return ["organisation.login.second_factor.Stage"]

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Everything has been passed: note by what, and from which device."""
        at = request.at  # type: ignore[attr-defined]
        methods = [str(one.get("method")) for one in get_authentication_records(request, user)]
        proven = "mfa" in methods or second_factor.proven_elsewhere(request, user)
        second_factor.mark(request, proven=proven)
        request.session[BEGAN_KEY] = int(at.timestamp())
        response = super().post_login(request, user, **kwargs)
        with transaction.atomic():
            mark, new = devices.remember(user, devices.mark_of(request), at=at)
            trail.changed(
                "login.ok",
                user,
                by=user,
                at=at,
                methods=methods,
                second_factor=proven,
                new_device=new,
            )
            if new:
                notices.tell(user, LoginEvent.NEW_DEVICE, at=at)
        devices.leave_mark(response, mark)
        return response

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Our own words; nothing at sign-in, where the frame names who is signed in."""
        template = args[0] if args else kwargs.get("message_template")
        if template in SAID:
            messages.add_message(request, level, SAID[template])
        elif kwargs.get("message"):
            messages.add_message(request, level, kwargs["message"])

    def logout(self, request: HttpRequest) -> None:
        user, key = request.user, request.session.session_key
        django_logout(request)
        if isinstance(user, User) or getattr(user, "pk", None):
            at = request.at  # type: ignore[attr-defined]
            if key:
                sessions.remember_ended(user, [key], at=at)  # type: ignore[arg-type]
            trail.changed("logout", user, by=user, at=at)  # type: ignore[arg-type]

    # Changes of one's own login

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        request = context.request
        records = get_authentication_records(request, request.user)
        newest = max((float(one.get("at", 0)) for one in records), default=0.0)
        if abs(request.at.timestamp() - newest) < FRESH_SECONDS:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def set_password(self, user: Any, password: str) -> None:
        """A password of one's own choice: other sessions end by it, as they are tied to it."""
        user.must_change_password = False
        super().set_password(user, password)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Trail, notice and our mail in place of allauth's, which names addresses and browsers."""
        request = self.request
        if template_prefix == "mfa/email/totp_activated":
            second_factor.spend_first_code(request, user)
        change = CHANGES.get(template_prefix)
        if change is None:
            return
        action, event, details = change
        if event == LoginEvent.FACTOR_REMOVED:
            second_factor.mark(request, proven=second_factor.has_one(user))
        at = request.at
        with transaction.atomic():
            by = user if request.user.is_authenticated else None
            trail.changed(action, user, by=by, at=at, **details)
            notices.tell(user, event, at=at)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Left to the worker: the answer takes no longer for an address that has an account.

        Who signs in by single sign-on alone has no password to reset.
        """
        if user.has_usable_password() and user.is_active:
            trail.changed("password.reset_asked", user, by=None, at=self.request.at)
            if not dispatch.send("organisation.tasks.send_password_reset", user.pk):
                resets.send(user.pk)
