"""Keys to the API: who they speak for, for how long, and what is kept of them."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from core.errors import Conflict, Invalid, Missing
from core.models import TrailEntry
from organisation import tokens
from organisation.models import ApiToken
from tests.factories import World, moment

AT = moment("2026-03-02 09:00")


def issued(world: World, **fields: object) -> str:
    return tokens.issue(world.main, **{"days": 90, "by": None, "at": AT, **fields})


def test_a_token_speaks_for_its_user(world: World) -> None:
    assert tokens.holder(issued(world), at=AT) == world.main


def test_a_token_is_stored_as_a_hash_only(world: World) -> None:
    token = issued(world)
    row = ApiToken.objects.get()
    assert len(token) > 40
    assert token not in {str(value) for value in vars(row).values()}
    assert token.startswith(row.prefix)
    assert len(row.prefix) < 16
    assert TrailEntry.objects.get(action="token.issued").details == {
        "user": world.main.pk,
        "days": 90,
    }


def test_two_tokens_are_different(world: World) -> None:
    assert issued(world) != issued(world)


@pytest.mark.parametrize(
    ("later", "valid"),
    [(timedelta(days=90) - timedelta(seconds=1), True), (timedelta(days=90), False)],
)
def test_a_token_expires_after_its_days(world: World, later: timedelta, valid: bool) -> None:
    token = issued(world)
    assert (tokens.holder(token, at=AT + later) == world.main) is valid


def test_a_token_of_someone_who_has_left_is_refused(world: World) -> None:
    token = issued(world)
    world.main.is_active = False
    world.main.save()
    assert tokens.holder(token, at=AT) is None


def test_a_token_for_someone_who_has_left_is_not_made(world: World) -> None:
    world.main.is_active = False
    world.main.save()
    with pytest.raises(Conflict):
        issued(world)


def test_a_revoked_token_is_refused_and_the_others_go_on(world: World) -> None:
    token, other = issued(world), issued(world)
    tokens.revoke(world.main, token, by=None, at=AT)
    assert tokens.holder(token, at=AT) is None
    assert tokens.holder(other, at=AT) == world.main


def test_a_token_is_revoked_for_its_own_user_only(world: World) -> None:
    token = issued(world)
    with pytest.raises(Missing):
        tokens.revoke(world.co, token, by=None, at=AT)
    assert tokens.holder(token, at=AT) == world.main


@pytest.mark.parametrize("text", ["", "jv_", "jv_" + "x" * 43, "å" * 500])
def test_an_unknown_token_is_nobodys(world: World, text: str) -> None:
    issued(world)
    assert tokens.holder(text, at=AT) is None


def test_use_is_noted_once_an_hour(world: World, django_assert_num_queries) -> None:
    token = issued(world)
    with django_assert_num_queries(2):
        tokens.holder(token, at=AT)
    with django_assert_num_queries(1):
        tokens.holder(token, at=AT + timedelta(minutes=59))
    assert ApiToken.objects.get().last_used_at == AT
    tokens.holder(token, at=AT + timedelta(hours=1))
    assert ApiToken.objects.get().last_used_at == AT + timedelta(hours=1)


@pytest.mark.parametrize("days", [0, -1, 367, 10**8])
def test_a_token_is_valid_for_a_year_at_most(world: World, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        issued(world, days=days)
    assert set(refused.value.fields) == {"days"}


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"expires_at": AT}, "organisation_apitoken_expires_after_made"),
        ({"digest": "g" * 64}, "organisation_apitoken_digest_is_sha256"),
        ({"prefix": "jv_other"}, "organisation_apitoken_prefix_once"),
    ],
)
def test_the_database_refuses_what_no_token_can_be(
    world: World, fields: dict[str, object], constraint: str
) -> None:
    whole = {
        "user": world.main,
        "created_at": AT,
        "expires_at": AT + timedelta(days=1),
        "prefix": "jv_other",
        "digest": "a" * 64,
    }
    ApiToken.objects.create(**whole)
    new = {**whole, "prefix": "jv_new", "digest": "b" * 64, **fields}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ApiToken.objects.create(**new)


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("api_token", *args, stdout=out)
    return out.getvalue()


def test_the_command_prints_nothing_but_the_token(world: World) -> None:
    token = run("main")
    assert token.count("\n") == 1
    assert token.strip().startswith("jv_")
    row = ApiToken.objects.get(user=world.main)
    assert (row.expires_at - row.created_at).days == 90
    assert tokens.holder(token.strip(), at=row.created_at) == world.main


def test_the_command_takes_another_number_of_days(world: World) -> None:
    run("main", "--days", "7")
    row = ApiToken.objects.get()
    assert (row.expires_at - row.created_at).days == 7


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["nobody"],
        ["main\x00"],
        ["main", "--days", "0"],
        ["main", "--days", "soon"],
        ["main", "--days", "9" * 5000],
        ["main", "--revoke", "jv_unknown"],
        ["inactive"],
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(world: World, args: list[str]) -> None:
    world.co.username = "inactive"
    world.co.is_active = False
    world.co.save()
    out = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("api_token", *args, stdout=out)
    assert "\n" not in str(refused.value)
    assert out.getvalue() == ""
    assert not ApiToken.objects.exists()


def test_the_command_lists_and_revokes(world: World) -> None:
    token = run("main").strip()
    prefix = token[: tokens.SHOWN]
    assert prefix in run("main", "--list")
    assert token not in run("main", "--list")
    assert run("main", "--revoke", prefix) == f"{prefix} revoked\n"
    assert run("main", "--list") == ""
