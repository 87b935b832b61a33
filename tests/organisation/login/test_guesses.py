"""Guessing passwords: slowed down, locked, logged once, and no telling who exists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core.errors import Conflict, Forbidden
from organisation.login import accounts, attempts
from organisation.models import LoginThrottle, User
from tests.factories import World, make_user
from tests.organisation.login.conftest import NOW, PASSWORD, signed_in, trail

SignIn = Callable[..., Any]


def wrong(sign_in: SignIn, times: int, name: str = "main", **extra: Any) -> Any:
    answers = [sign_in(Client(), name, f"gissning nummer {n}", **extra) for n in range(times)]
    return answers[-1]


def text_of(answer: Any) -> str:
    """What is said above the form."""
    return str(answer.context["form"].non_field_errors())


def test_the_right_password_is_let_in_and_logged(main: User, sign_in: SignIn) -> None:
    client = Client()
    assert sign_in(client).status_code == 302
    assert signed_in(client)
    (entry,) = trail("login.ok")
    assert (entry.actor, entry.targets) == (main, [main.pk])
    assert entry.details["methods"] == ["password"]
    assert entry.details["second_factor"] is False


def test_a_wrong_password_is_refused_and_logged_without_the_name(
    main: User, sign_in: SignIn
) -> None:
    wrong(sign_in, 1)
    wrong(sign_in, 1, name="finns.inte")
    known, unknown = trail("login.refused")
    assert known.kind == unknown.kind == "refused"
    assert known.targets == [main.pk]
    assert unknown.targets == []
    assert unknown.details["name"]
    assert "finns" not in str(unknown.details)
    assert "127.0.0.1" not in str(known.details)


@pytest.mark.slow
def test_a_thousand_guesses_are_refused_and_leave_a_few_lines(
    main: User, sign_in: SignIn, clock: Any
) -> None:
    client = Client()
    for n in range(1000):
        assert sign_in(client, "main", f"gissning nummer {n}").status_code == 200
        clock.shift(1)
    assert not signed_in(client)
    refused, locked = trail("login.refused"), trail("login.locked")
    row = LoginThrottle.objects.get(user=main)
    told = sum(entry.details.get("refused_while_locked", 0) for entry in refused)
    # Every guess is accounted for: a line of its own, or a number in one.
    assert len(refused) + told + row.unlogged == 1000
    assert len(refused) + len(locked) < 25
    # And the right one does not open the door in the meantime.
    assert sign_in(client).status_code == 200


def test_the_delay_grows_and_time_opens_the_account(
    main: User, sign_in: SignIn, clock: Any
) -> None:
    wrong(sign_in, 5)
    assert sign_in(Client()).status_code == 200
    clock.shift(61)
    wrong(sign_in, 1)
    clock.shift(61)
    assert sign_in(Client()).status_code == 200
    clock.shift(60)
    assert sign_in(Client()).status_code == 302
    assert LoginThrottle.objects.get(user=main).failures == 0


def test_delays_double_up_to_an_hour() -> None:
    minutes = [
        (attempts.ACCOUNT.lock(n) or timedelta(0)).total_seconds() / 60 for n in (4, 5, 6, 7, 99)
    ]
    assert minutes == [0, 1, 2, 4, 60]


def test_nothing_tells_whether_the_account_exists_is_locked_or_the_password_wrong(
    main: User, sign_in: SignIn
) -> None:
    texts = {text_of(wrong(sign_in, n, name)) for name in ("main", "finns.inte") for n in (1, 8)}
    assert len(texts) == 1


@pytest.mark.parametrize("name", ["main", "finns.inte", "MAIN", "utan"])
def test_a_refusal_hashes_once_whoever_is_named(
    main: User, sign_in: SignIn, name: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    make_user("utan", is_active=True).set_unusable_password()
    hashed = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or real(*args))
    sign_in(Client(), name, "fel lösenord här")
    assert len(hashed) == 1


def test_letters_of_another_case_are_the_same_account(main: User, sign_in: SignIn) -> None:
    for name in ("main", "MAIN", "Main", "mAin", "maiN"):
        wrong(sign_in, 1, name)
    assert sign_in(Client()).status_code == 200
    assert LoginThrottle.objects.filter(user=main).count() == 1


def test_an_address_is_slowed_down_whomever_it_guesses_at(
    main: User, sign_in: SignIn, settings: Any
) -> None:
    settings.LOGIN_ADDRESS_FAILURES = 8
    for n in range(8):
        wrong(sign_in, 1, f"namn{n}")
    assert sign_in(Client()).status_code == 200
    assert sign_in(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302
    assert [entry.details["of"] for entry in trail("login.locked")] == ["address"]


def test_strangers_guesses_do_not_lock_out_the_persons_own_device(
    main: User, sign_in: SignIn
) -> None:
    own = Client()
    sign_in(own)
    own.post("/accounts/logout/")
    wrong(sign_in, 20)
    assert sign_in(Client()).status_code == 200
    assert sign_in(own).status_code == 302


def test_the_own_device_has_no_endless_guesses_either(main: User, sign_in: SignIn) -> None:
    own = Client()
    sign_in(own)
    own.post("/accounts/logout/")
    for n in range(5):
        sign_in(own, "main", f"gissning nummer {n}")
    assert sign_in(own).status_code == 200
    assert not signed_in(own)


def test_the_system_administrator_opens_a_locked_account(
    main: User, world: World, sign_in: SignIn
) -> None:
    wrong(sign_in, 9)
    with pytest.raises(Forbidden):
        accounts.unlock(main.pk, by=world.head, at=NOW)
    accounts.unlock(main.pk, by=world.sysadmin, at=NOW)
    assert sign_in(Client()).status_code == 302
    (entry,) = trail("login.unlocked")
    assert entry.details == {"refused_while_locked": 4}
    with pytest.raises(Conflict):
        accounts.unlock(main.pk, by=world.sysadmin, at=NOW)


def test_a_closed_account_is_refused_with_the_right_password_and_logged(
    main: User, sign_in: SignIn
) -> None:
    main.is_active = False
    main.save()
    client = Client()
    sign_in(client)
    assert not signed_in(client)
    assert [entry.details for entry in trail("login.refused")] == [{"closed": True}]


def test_two_guesses_at_once_count_as_two(main: User) -> None:
    """The count is taken before the password is tried, under the row's lock."""
    given = attempts.sources(user=main, name="main", address="192.0.2.1")
    claimed = [attempts.claim(given, at=NOW) for _ in range(7)]
    assert claimed == [True] * 5 + [False] * 2


def test_addresses_of_one_network_are_one() -> None:
    assert attempts.network("2001:db8:1:2::1") == attempts.network("2001:db8:1:2:ffff::9")
    assert attempts.network("2001:db8:1:3::1") != attempts.network("2001:db8:1:2::1")
    assert attempts.network("192.0.2.1") != attempts.network("192.0.2.2")


def test_the_right_password_still_counts_its_device_as_new_once(
    main: User, sign_in: SignIn, mailoutbox: Any
) -> None:
    client = Client()
    for _ in range(2):
        sign_in(client, password=PASSWORD)
        client.post("/accounts/logout/")
    assert [entry.details["new_device"] for entry in trail("login.ok")] == [True, False]
