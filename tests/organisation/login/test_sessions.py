"""Sessions: how long, where, and that nothing opens with a cookie of one that has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from cases.notices.models import Notice
from core.errors import Conflict, Forbidden
from organisation import tokens
from organisation.login import accounts
from organisation.models import ApiToken, EndedSession, KnownDevice, RoleAssignment, User
from organisation.services import people, roles
from organisation.tasks import tidy_logins
from tests.factories import World, moment
from tests.organisation.login.conftest import NOW, PASSWORD, signed_in, trail

SignIn = Callable[..., Any]
COOKIE = django_settings.SESSION_COOKIE_NAME


def thief_of(client: Client) -> Client:
    """A browser with a copy of the other's session cookie."""
    thief = Client()
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    return thief


def test_a_cookie_stolen_before_signing_out_opens_nothing_after_and_is_logged_once(
    main: User, sign_in: SignIn
) -> None:
    client = Client()
    sign_in(client)
    thief = thief_of(client)
    assert signed_in(thief)
    client.post(reverse("account_logout"))
    for _ in range(3):
        assert thief.get(reverse("absences")).status_code == 302
    (entry,) = trail("session.refused")
    assert (entry.kind, entry.targets) == ("refused", [main.pk])
    assert len(trail("logout")) == 1


def test_a_made_up_cookie_leaves_no_line(main: User) -> None:
    client = Client()
    client.cookies[COOKIE] = "x" * 32
    assert not signed_in(client)
    assert trail("session.refused") == []


def test_the_session_has_another_key_after_signing_in(main: User, sign_in: SignIn) -> None:
    client = Client()
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    client.cookies[COOKIE] = before
    sign_in(client)
    assert client.cookies[COOKIE].value != before
    assert not signed_in(thief_with(before))


def thief_with(key: str) -> Client:
    thief = Client()
    thief.cookies[COOKIE] = key
    return thief


def test_a_session_ends_half_an_hour_after_the_last_act(
    main: User, sign_in: SignIn, clock: Any
) -> None:
    client = Client()
    sign_in(client)
    clock.shift(29 * 60)
    assert signed_in(client)
    clock.shift(29 * 60)
    assert signed_in(client)
    clock.shift(31 * 60)
    assert not signed_in(thief_of(client))


def test_a_session_ends_after_twelve_hours_however_busy(
    main: User, sign_in: SignIn, clock: Any
) -> None:
    client = Client()
    sign_in(client)
    for _ in range(12 * 3 - 1):
        clock.shift(20 * 60)
        assert signed_in(client)
    clock.shift(20 * 60)
    assert not signed_in(client)


def test_a_change_of_password_ends_the_other_sessions_and_tells(
    main: User, sign_in: SignIn, django_capture_on_commit_callbacks: Any, mailoutbox: Any
) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    new = "ny-Fras-med-tolv-tecken"
    with django_capture_on_commit_callbacks(execute=True):
        answer = here.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": new, "password2": new},
        )
    assert answer.status_code == 302
    assert signed_in(here)
    assert not signed_in(there)
    assert len(trail("password.changed")) == 1
    assert Notice.objects.filter(recipient=main, kind="login_changed").count() == 1
    assert [mail.to for mail in mailoutbox][-1] == [main.email]


def test_one_sees_ones_sessions_and_ends_the_others(
    main: User, sign_in: SignIn, clock: Any
) -> None:
    here, there, third = Client(), Client(), Client()
    for client, agent in (
        (here, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        (there, "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0"),
        (third, ""),
    ):
        sign_in(client, HTTP_USER_AGENT=agent)
        clock.shift(1)
    page = here.get(reverse("own_account"))
    assert [one.where for one in page.context["sessions"]] == [
        "okänd webbläsare",
        "Edge, Windows",
        "Firefox, Linux",
    ]
    chosen = page.context["sessions"][1].pk
    here.post(reverse("own_sessions_end"), {"session": chosen})
    assert (signed_in(here), signed_in(there), signed_in(third)) == (True, False, True)
    here.post(reverse("own_sessions_end"))
    assert (signed_in(here), signed_in(third)) == (True, False)
    assert len(trail("login.sessions_ended")) == 2


@pytest.mark.parametrize("chosen", ["x", "-1", "9" * 30])
def test_a_session_that_makes_no_sense_is_not_found(
    main: User, sign_in: SignIn, chosen: str
) -> None:
    client = Client()
    sign_in(client)
    answer = client.post(reverse("own_sessions_end"), {"session": chosen})
    assert answer.status_code == 404
    assert signed_in(client)


def test_nobody_ends_anothers_session(main: User, world: World, sign_in: SignIn) -> None:
    victim, other = Client(), Client()
    sign_in(victim)
    pk = victim.get(reverse("own_account")).context["sessions"][0].pk
    world.co.set_password(PASSWORD)
    world.co.save()
    sign_in(other, "co")
    other.post(reverse("own_sessions_end"), {"session": pk})
    assert signed_in(victim)


def test_the_system_administrator_signs_a_person_out_everywhere(
    main: User, world: World, sign_in: SignIn
) -> None:
    listed, unlisted = Client(), Client()
    sign_in(listed)
    unlisted.force_login(main)
    with pytest.raises(Forbidden):
        accounts.end_sessions(main.pk, by=world.head, at=NOW)
    assert accounts.end_sessions(main.pk, by=world.sysadmin, at=NOW) == 1
    assert not signed_in(listed)
    assert not signed_in(unlisted)
    thief = thief_of(listed)
    assert not signed_in(thief)
    assert len(trail("session.refused")) <= 1


def tokens_row(user: User) -> int:
    return ApiToken.objects.get(user=user).pk


def close(world: World, user: User) -> None:
    people.change_user(
        user.pk,
        first_name="M",
        last_name="T",
        email="",
        phone="",
        is_active=False,
        by=world.sysadmin,
        at=NOW,
    )


def end_roles(world: World, user: User) -> None:
    for held in RoleAssignment.objects.filter(user=user):
        roles.end_role(held.pk, until_on=moment("2026-03-01").date(), by=world.sysadmin, at=NOW)


@pytest.mark.parametrize("leave", [close, end_roles])
def test_who_leaves_loses_sessions_and_keys_at_once(
    main: User, world: World, sign_in: SignIn, leave: Any
) -> None:
    client = Client()
    sign_in(client)
    key = tokens.issue(main, days=30, by=None, at=NOW)
    assert tokens.recognised(key, at=NOW) is not None
    leave(world, main)
    assert not signed_in(client)
    assert tokens.recognised(key, at=NOW) is None
    assert tokens.valid_tokens(main, at=NOW).count() == 0
    (entry,) = trail("login.shut_out")
    assert entry.details == {"sessions": 1}
    # The key of who has left is refused and logged.
    assert [entry.targets for entry in trail("token.used")] == [[tokens_row(main)]]


def test_a_role_that_ends_by_its_date_ends_sessions_and_keys_that_night(
    main: User, world: World, sign_in: SignIn, clock: Any
) -> None:
    RoleAssignment.objects.filter(user=main).update(until_on=NOW.date())
    client = Client()
    sign_in(client)
    key = tokens.issue(main, days=30, by=None, at=NOW)
    tidy_logins()
    assert tokens.valid_tokens(main, at=NOW).count() == 1
    clock.move_to(moment("2026-03-03 00:02"))
    tidy_logins()
    tidy_logins()
    assert tokens.recognised(key, at=moment("2026-03-03 00:02")) is None
    assert len(trail("token.revoked")) == 1
    assert not signed_in(client)
    assert tokens.valid_tokens(world.co, at=NOW).count() == 0


def test_ended_sessions_are_forgotten_after_a_month(
    main: User, sign_in: SignIn, clock: Any
) -> None:
    client = Client()
    sign_in(client)
    client.post(reverse("account_logout"))
    assert EndedSession.objects.count() == 1
    clock.shift(32 * 24 * 3600)
    tidy_logins()
    assert EndedSession.objects.count() == 0


def test_a_new_device_is_told_of_by_notice_and_a_mail_that_says_nothing_personal(
    main: User, sign_in: SignIn, django_capture_on_commit_callbacks: Any, mailoutbox: Any
) -> None:
    client = Client()
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(client, REMOTE_ADDR="192.0.2.9", HTTP_USER_AGENT="Mozilla/5.0")
    cookie = client.cookies["device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    mark = cookie.value.split(":")[0]
    assert not KnownDevice.objects.filter(digest__contains=mark[:20]).exists()
    assert Notice.objects.filter(recipient=main, kind="new_device").count() == 1
    (mail,) = mailoutbox
    assert mail.to == [main.email]
    assert "2 mars 2026 10.00" in mail.body
    for personal in (main.username + " ", main.last_name, "192.0.2.9", "Mozilla"):
        assert personal not in mail.body + mail.subject
    opened = client.get(reverse("notice_open", args=[Notice.objects.get().pk]))
    assert opened.headers["Location"] == reverse("own_account")


def test_a_device_of_one_is_new_to_another_and_a_forged_mark_is_no_mark(
    main: User, world: World, sign_in: SignIn
) -> None:
    client = Client()
    sign_in(client)
    client.post(reverse("account_logout"))
    world.co.set_password(PASSWORD)
    world.co.save()
    sign_in(client, "co")
    assert KnownDevice.objects.count() == 2
    assert KnownDevice.objects.values("digest").distinct().count() == 1
    forged = Client()
    forged.cookies["device"] = client.cookies["device"].value.split(":")[0] + ":x:y"
    sign_in(forged)
    assert [entry.details["new_device"] for entry in trail("login.ok")] == [True, True, True]


def test_a_first_password_has_to_be_changed_before_anything_else(
    main: User, world: World, sign_in: SignIn
) -> None:
    first, own = "ett-Forsta-losenord-1", "mitt-Egna-losenord-2"
    people.set_password(main.pk, password=first, by=world.sysadmin, at=NOW)
    client = Client()
    sign_in(client, "main", first)
    change = reverse("account_change_password")
    for name in ("home", "absences", "own_account"):
        assert client.get(reverse(name)).headers["Location"] == change
    assert client.get("/api/v1/me/").status_code == 401
    assert client.get(change).status_code == 200
    client.post(change, {"oldpassword": first, "password1": own, "password2": own})
    assert signed_in(client)
    main.refresh_from_db()
    assert not main.must_change_password


def test_a_password_set_by_another_ends_the_sessions(
    main: User, world: World, sign_in: SignIn
) -> None:
    client = Client()
    sign_in(client)
    people.set_password(main.pk, password="ett-Forsta-losenord-1", by=world.sysadmin, at=NOW)
    assert not signed_in(client)


def test_the_second_factor_of_nobody_cannot_be_reset(main: User, world: World) -> None:
    with pytest.raises(Conflict):
        accounts.reset_second_factor(main.pk, reason="Borta.", by=world.sysadmin, at=NOW)
