"""The second factor: required, made, shown, spent, lost and reset."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client, TestCase
from django.urls import reverse

from cases.notices.models import Notice
from core.errors import Conflict, Forbidden, Invalid
from organisation import tokens
from organisation.login import accounts
from organisation.login.second_factor import MFAAdapter
from organisation.models import User
from tests.factories import World, moment
from tests.organisation.login.conftest import NOW, PASSWORD, signed_in, trail

SignIn = Callable[..., Any]
STEP = 30


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.MFA_REQUIRED = True


def code_of(secret: str, at: float) -> str:
    return format_hotp_value(hotp_value(secret, int(at) // STEP))


def secret_of(user: User) -> str:
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return MFAAdapter().decrypt(row.data["secret"])


def enrol(client: Client, at: float) -> Any:
    page = client.get(reverse("mfa_activate_totp"))
    code = code_of(page.context["form"].secret, at)
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(reverse("mfa_activate_totp"), {"code": code})


def show(client: Client, code: str) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": code})


@pytest.fixture
def enrolled(main: User, sign_in: SignIn, clock: Any) -> User:
    client = Client()
    sign_in(client)
    enrol(client, NOW.timestamp())
    clock.shift(5 * STEP)
    return main


def now_of(clock: Any) -> float:
    return time.time()


def test_a_password_alone_leads_to_making_a_factor_and_nowhere_else(
    main: User, sign_in: SignIn
) -> None:
    client = Client()
    sign_in(client)
    to = reverse("mfa_index")
    for name in ("home", "absences", "own_account", "mfa_generate_recovery_codes"):
        assert client.get(reverse(name)).headers["Location"] == to, name
    assert client.get("/finns/inte/").headers["Location"] == to
    assert client.get(reverse("absences"), HTTP_HX_REQUEST="true")["HX-Redirect"] == to
    assert client.get("/api/v1/me/").status_code == 401
    assert client.get(to).status_code == 200


def test_making_a_factor_opens_the_rest_and_is_logged_and_told(main: User, sign_in: SignIn) -> None:
    client = Client()
    sign_in(client)
    answer = enrol(client, NOW.timestamp())
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    page = client.get(answer.headers["Location"]).content.decode()
    assert len(re.findall(r"<li>\d{8}</li>", page)) == 10
    assert signed_in(client)
    # Shown once.
    assert not re.search(r"<li>\d{8}</li>", client.get(answer.headers["Location"]).content.decode())
    assert [entry.details for entry in trail("second_factor.added")] == [{"of": "totp"}]
    assert Notice.objects.filter(recipient=main, kind="login_changed").exists()


def test_who_has_signed_in_a_while_ago_confirms_it_first(
    main: User, sign_in: SignIn, clock: Any
) -> None:
    client = Client()
    sign_in(client)
    clock.shift(600)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_secret_lies_encrypted(enrolled: User) -> None:
    row = Authenticator.objects.get(user=enrolled, type=Authenticator.Type.TOTP)
    secret = secret_of(enrolled)
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)
    assert secret not in str(row.data)


def test_signing_in_takes_both(enrolled: User, sign_in: SignIn, clock: Any) -> None:
    client = Client()
    assert sign_in(client).headers["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)
    show(client, code_of(secret_of(enrolled), now_of(clock)))
    assert signed_in(client)
    assert trail("login.ok")[-1].details["methods"] == ["password", "mfa"]
    assert trail("login.ok")[-1].details["second_factor"] is True


@pytest.mark.parametrize("steps", [0, -1])
def test_a_code_is_good_once_and_none_before_it_after(
    enrolled: User, sign_in: SignIn, clock: Any, steps: int
) -> None:
    secret, now = secret_of(enrolled), now_of(clock)
    first, thief = Client(), Client()
    sign_in(first)
    show(first, code_of(secret, now))
    sign_in(thief)
    show(thief, code_of(secret, now + steps * STEP))
    assert not signed_in(thief)
    assert [entry.targets for entry in trail("second_factor.replayed")] == [[enrolled.pk]]
    assert signed_in(first)


def test_a_replay_is_refused_even_when_the_cache_has_forgotten(
    enrolled: User, sign_in: SignIn, clock: Any
) -> None:
    from django.core.cache import cache

    code = code_of(secret_of(enrolled), now_of(clock))
    for expected in (True, False):
        client = Client()
        sign_in(client)
        show(client, code)
        assert signed_in(client) is expected
        cache.clear()


def test_the_code_that_proved_the_app_does_not_sign_in(main: User, sign_in: SignIn) -> None:
    first, second = Client(), Client()
    sign_in(first)
    enrol(first, NOW.timestamp())
    sign_in(second)
    show(second, code_of(secret_of(main), NOW.timestamp()))
    assert not signed_in(second)


def test_a_recovery_code_is_good_once(enrolled: User, sign_in: SignIn) -> None:
    row = Authenticator.objects.get(user=enrolled, type=Authenticator.Type.RECOVERY_CODES)
    code = row.wrap().get_unused_codes()[3]
    for expected in (True, False):
        client = Client()
        sign_in(client)
        show(client, code)
        assert signed_in(client) is expected


def test_wrong_codes_are_slowed_down_as_wrong_passwords_are(
    enrolled: User, sign_in: SignIn, clock: Any
) -> None:
    client = Client()
    sign_in(client)
    for n in range(100):
        show(client, f"{n:06}")
    show(client, code_of(secret_of(enrolled), now_of(clock)))
    assert not signed_in(client)
    assert len(trail("second_factor.refused")) == 5
    assert len(trail("login.locked")) == 1


def test_a_session_that_waited_by_password_alone_ends_when_a_factor_is_made_elsewhere(
    main: User, sign_in: SignIn
) -> None:
    thief, owner = Client(), Client()
    sign_in(thief)
    sign_in(owner)
    enrol(owner, NOW.timestamp())
    assert not signed_in(thief)
    answer = thief.get(reverse("mfa_add_webauthn"))
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert signed_in(owner)


def test_removing_the_last_factor_leads_back_to_making_one(
    enrolled: User, sign_in: SignIn, clock: Any
) -> None:
    client = Client()
    sign_in(client)
    show(client, code_of(secret_of(enrolled), now_of(clock)))
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=enrolled).exists()
    assert client.get(reverse("absences")).headers["Location"] == reverse("mfa_index")
    assert len(trail("second_factor.removed")) == 1


def test_a_key_to_the_api_needs_no_second_factor(main: User) -> None:
    key = tokens.issue(main, days=3, by=None, at=NOW)
    answer = Client().get("/api/v1/me/", headers={"Authorization": f"Token {key}"})
    assert answer.status_code == 200


def test_the_system_administrator_resets_a_lost_factor_with_a_reason(
    enrolled: User, world: World, sign_in: SignIn, clock: Any
) -> None:
    client = Client()
    sign_in(client)
    show(client, code_of(secret_of(enrolled), now_of(clock)))
    at = moment("2026-03-02 10:05")
    with pytest.raises(Forbidden):
        accounts.reset_second_factor(enrolled.pk, reason="Borta.", by=world.head, at=at)
    with pytest.raises(Invalid):
        accounts.reset_second_factor(enrolled.pk, reason=" ", by=world.sysadmin, at=at)
    accounts.reset_second_factor(enrolled.pk, reason="Tappad.", by=world.sysadmin, at=at)
    assert not signed_in(client)
    (entry,) = trail("second_factor.reset")
    assert (entry.actor, entry.reason) == (world.sysadmin, "Tappad.")
    again = Client()
    sign_in(again)
    assert again.get(reverse("absences")).headers["Location"] == reverse("mfa_index")
    with pytest.raises(Conflict):
        accounts.reset_second_factor(world.sysadmin.pk, reason="Jag.", by=world.sysadmin, at=at)


def test_a_key_of_the_installation_that_was_changed_lets_nobody_in(
    enrolled: User, sign_in: SignIn, settings: Any, clock: Any
) -> None:
    code = code_of(secret_of(enrolled), now_of(clock))
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-" + "y" * 50
    client = Client()
    sign_in(client)
    show(client, code)
    assert not signed_in(client)
    settings.SECRET_KEY_FALLBACKS = [old]
    client = Client()
    sign_in(client)
    show(client, code)
    assert signed_in(client)
