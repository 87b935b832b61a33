"""The second factor: who has to have one, whether this session has shown it, and codes used once.

allauth keeps the factors (`allauth.mfa`). Here stand what it leaves to us: a code is refused when
it or a later one has been used, wrong codes are counted as wrong passwords are, secrets are
encrypted, and a session knows that it has passed.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organisation.login import attempts
from organisation.models import User

PASSED = "second_factor"
"""In the session: this very session has shown a second factor."""

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
WRONG_CODE = _("The code is not right, has been used before, or there have been too many attempts.")


def required() -> bool:
    return bool(settings.MFA_REQUIRED)


def has_one(user: Any) -> bool:
    """Whether the person has a factor of their own (recovery codes alone are none)."""
    return bool(is_mfa_enabled(user, FACTORS))


def mark(request: HttpRequest, *, proven: bool) -> None:
    request.session[PASSED] = proven


def passed(request: HttpRequest) -> bool:
    return bool(request.session.get(PASSED))


def trust_provider(request: HttpRequest, user: Any) -> None:
    """For this sign-in the identity provider has asked for the second factor."""
    request.second_factor_of = user.pk  # type: ignore[attr-defined]


def proven_elsewhere(request: HttpRequest, user: Any) -> bool:
    return getattr(request, "second_factor_of", None) == user.pk


class Stage(AuthenticateStage):
    """Between password and session: the second factor, unless the provider has asked for it."""

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if user is not None and proven_elsewhere(request, user):
            return False
        return bool(super()._should_handle(request))


class MFAAdapter(DefaultMFAAdapter):
    """Secrets encrypted with the installation's key; factors named by the user name alone."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def _ring(self) -> MultiFernet:
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return MultiFernet(
            [
                Fernet(
                    base64.urlsafe_b64encode(
                        hashlib.sha256(b"organisation.login.second_factor" + key.encode()).digest()
                    )
                )
                for key in keys
            ]
        )

    def encrypt(self, text: str) -> str:
        return self._ring().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return self._ring().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # The installation's key was changed without keeping the old one: no code is right any
            # more, and the system administrator resets the factor.
            return ""

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)

    def _get_site_name(self) -> str:
        return "Jämvikt"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Key %(number)s") % {"number": number}


# Codes


def _counter_of(secret: str, code: str) -> int | None:
    """The time step the code belongs to, now or one step off; None when it belongs to none."""
    if not secret:
        return None
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if compare_user_code(actual=code, expected=expected):
            return counter
    return None


@transaction.atomic
def use_code(authenticator_id: int, code: str) -> str:
    """Try a code of an authenticator app: "ok", "wrong" or "replayed".

    A code is good once: neither it nor an earlier one is taken after it, whatever the cache keeps.
    """
    row = Authenticator.objects.select_for_update().get(pk=authenticator_id)
    counter = _counter_of(MFAAdapter().decrypt(row.data["secret"]), code)
    if counter is None:
        return "wrong"
    if counter <= row.data.get("last_counter", -1):
        return "replayed"
    row.data["last_counter"] = counter
    row.save(update_fields=["data"])
    return "ok"


def spend_first_code(request: HttpRequest, user: Any) -> None:
    """The code that proved a new app is spent as well."""
    counter = getattr(request, "totp_counter", None)
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if row is not None and counter is not None:
        row.data["last_counter"] = counter
        row.save(update_fields=["data"])


class _Counted(forms.Form):
    """Wrong answers are counted against the account, slowed down and logged, as passwords are."""

    user: User

    def _sources(self) -> list[attempts.GuessSource]:
        return attempts.sources(
            user=self.user, name=self.user.username, address=self._address(), of="second_factor"
        )

    def _address(self) -> str:
        return str(get_adapter().address(context.request))

    def claim(self) -> None:
        if not attempts.claim(self._sources(), at=context.request.at):
            raise ValidationError(WRONG_CODE, code="too_many_login_attempts")

    def right(self) -> None:
        attempts.succeeded(self._sources(), at=context.request.at)

    def wrong(self, *, action: str = "second_factor.refused") -> None:
        attempts.failed(
            self._sources(),
            user=self.user,
            name=self.user.username,
            address=self._address(),
            at=context.request.at,
            action=action,
        )


class _CodeForm(_Counted):
    authenticator: Authenticator

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        self.claim()
        replayed = False
        for row in Authenticator.objects.filter(user=self.user).exclude(
            type=Authenticator.Type.WEBAUTHN
        ):
            if row.type == Authenticator.Type.TOTP:
                outcome = use_code(row.pk, code)
                replayed = replayed or outcome == "replayed"
                right = outcome == "ok"
                row.refresh_from_db()
            else:
                right = row.wrap().validate_code(code)
                row.refresh_from_db()
            if right:
                row.user = self.user
                self.authenticator = row
                self.right()
                return code
        self.wrong(action="second_factor.replayed" if replayed else "second_factor.refused")
        raise ValidationError(WRONG_CODE, code="incorrect_code")


class CodeForm(_CodeForm, AuthenticateForm):
    """Second step of signing in."""


class ConfirmCodeForm(_CodeForm, ReauthenticateForm):
    """Confirming that it is still the same person."""


class _KeyForm(_Counted):
    def clean_credential(self) -> Any:
        self.claim()
        try:
            authenticator = super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            self.wrong()
            raise
        self.right()
        return authenticator


class KeyForm(_KeyForm, AuthenticateWebAuthnForm):
    """Second step of signing in, by a security key."""


class ConfirmKeyForm(_KeyForm, ReauthenticateWebAuthnForm):
    """Confirming by a security key that it is still the same person."""


class AddAppForm(ActivateTOTPForm):
    """A new authenticator app, proven by its first code; the session has then shown a factor."""

    def clean_code(self) -> str:
        code = super().clean_code()
        context.request.totp_counter = _counter_of(self.secret, code)
        mark(context.request, proven=True)
        return code


class AddKeyForm(AddWebAuthnForm):
    """A new security key; the session has then shown a factor."""

    name = forms.CharField(
        label=_("What you call the key"),
        required=False,
        max_length=60,
        help_text=_("For example: key on my key ring, phone, work computer."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.errors and cleaned.get("credential"):
            mark(context.request, proven=True)
        return cleaned


# By the system administrator


def reset(user: User) -> int:
    """Take away every factor and recovery code; how many there were."""
    count, _rows = Authenticator.objects.filter(user_id=user.pk).delete()
    return count
