"""Keys to the API: who they speak for, for how long, and what is kept of them."""

import io
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from core.errors import Conflict, Invalid, Missing
from core.models import TrailEntry, TrailKind
from organisation import tokens
from organisation.enums import TokenScope
from organisation.models import ApiToken, User
from organisation.services import people
from tests.factories import World, moment

AT = moment("2026-03-02 09:00")


def issued(world: World, **fields: object) -> str:
    return tokens.issue(world.main, **{"days": 90, "by": None, "at": AT, **fields})


def holder(token: str, *, at: datetime) -> User | None:
    row = tokens.recognised(token, at=at)
    return row.user if row else None


def test_a_token_speaks_for_its_user(world: World) -> None:
    assert holder(issued(world), at=AT) == world.main


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
        "scopes": ["all"],
    }


def test_two_tokens_are_different(world: World) -> None:
    assert issued(world) != issued(world)


@pytest.mark.parametrize(
    ("later", "valid"),
    [(timedelta(days=90) - timedelta(seconds=1), True), (timedelta(days=90), False)],
)
def test_a_token_expires_after_its_days(world: World, later: timedelta, valid: bool) -> None:
    token = issued(world)
    assert (holder(token, at=AT + later) == world.main) is valid


def test_a_token_of_someone_who_has_left_is_refused(world: World) -> None:
    token = issued(world)
    world.main.is_active = False
    world.main.save()
    assert holder(token, at=AT) is None


@pytest.mark.parametrize("why", ["account_closed", "revoked", "expired"])
def test_a_token_that_is_tried_after_its_end_is_refused_and_logged_once_a_minute(
    world: World, why: str
) -> None:
    token = issued(world, days=1)
    row = ApiToken.objects.get()
    at = AT + timedelta(hours=1)
    if why == "account_closed":
        User.objects.filter(pk=world.main.pk).update(is_active=False)
    elif why == "revoked":
        tokens.revoke(world.main, token, by=None, at=AT)
    else:
        at = AT + timedelta(days=1)
    for seconds in (0, 30, 59, 60):
        assert tokens.recognised(token, at=at + timedelta(seconds=seconds)) is None
    logged = TrailEntry.objects.filter(kind=TrailKind.REFUSED).order_by("at")
    assert [
        (one.action, one.actor_id, one.targets, one.details, one.at - at) for one in logged
    ] == [
        ("token.used", world.main.pk, [row.pk], {"why": why}, timedelta(0)),
        ("token.used", world.main.pk, [row.pk], {"why": why}, timedelta(seconds=60)),
    ]


def test_closing_an_account_takes_its_tokens_back_for_good(world: World) -> None:
    token = issued(world)
    particulars = {"first_name": "M", "last_name": "N", "email": "", "phone": ""}
    who = {"by": world.sysadmin, "at": AT}
    people.change_user(world.main.pk, is_active=False, **particulars, **who)
    people.change_user(world.main.pk, is_active=True, **particulars, **who)
    assert tokens.recognised(token, at=AT) is None
    assert TrailEntry.objects.filter(action="token.revoked", actor=world.sysadmin).count() == 1


def test_a_token_is_for_what_it_was_made_for(world: World) -> None:
    issued(world, scopes=["reports:write", "deadlines:read"], name=" e-tjänst ")
    row = ApiToken.objects.get()
    assert row.name == "e-tjänst"
    assert {scope for scope in TokenScope if tokens.allows(row, scope)} == {
        TokenScope.REPORTS_READ,
        TokenScope.REPORTS_WRITE,
        TokenScope.DEADLINES_READ,
    }


def test_a_token_without_a_word_about_it_is_for_everything(world: World) -> None:
    issued(world)
    assert {scope for scope in TokenScope if tokens.allows(ApiToken.objects.get(), scope)} == set(
        TokenScope
    )


@pytest.mark.parametrize("scopes", [[], ["reports:delete"], ["all", "x"]])
def test_a_token_for_nothing_known_is_not_made(world: World, scopes: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        issued(world, scopes=scopes)
    assert set(refused.value.fields) == {"scopes"}


def test_nobody_collects_tokens(world: World) -> None:
    for _index in range(tokens.MOST_TOKENS):
        issued(world, days=1)
    with pytest.raises(Conflict):
        issued(world)
    assert issued(world, at=AT + timedelta(days=1))


def test_who_may_take_back_a_token(world: World) -> None:
    may = set()
    for name, user in world.people.items():
        token = issued(world, days=1)
        try:
            tokens.revoke(world.main, token, by=user, at=AT)
        except Missing:
            tokens.revoke(world.main, token, by=None, at=AT)
        else:
            may.add(name)
    assert may == {"main", "sysadmin"}


def test_a_token_for_someone_who_has_left_is_not_made(world: World) -> None:
    world.main.is_active = False
    world.main.save()
    with pytest.raises(Conflict):
        issued(world)


def test_a_revoked_token_is_refused_and_the_others_go_on(world: World) -> None:
    token, other = issued(world), issued(world)
    tokens.revoke(world.main, token, by=None, at=AT)
    assert holder(token, at=AT) is None
    assert holder(other, at=AT) == world.main


def test_a_token_is_revoked_for_its_own_user_only(world: World) -> None:
    token = issued(world)
    with pytest.raises(Missing):
        tokens.revoke(world.co, token, by=None, at=AT)
    assert holder(token, at=AT) == world.main


@pytest.mark.parametrize("text", ["", "jv_", "jv_" + "x" * 43, "å" * 500])
def test_an_unknown_token_is_nobodys(world: World, text: str) -> None:
    issued(world)
    assert holder(text, at=AT) is None


def test_use_is_noted_once_an_hour(world: World, django_assert_num_queries) -> None:
    token = issued(world)
    with django_assert_num_queries(2):
        holder(token, at=AT)
    with django_assert_num_queries(1):
        holder(token, at=AT + timedelta(minutes=59))
    assert ApiToken.objects.get().last_used_at == AT
    holder(token, at=AT + timedelta(hours=1))
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
        ({"scopes": []}, "organisation_apitoken_scopes"),
        ({"scopes": ["all", "none"]}, "organisation_apitoken_scopes"),
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
    assert holder(token.strip(), at=row.created_at) == world.main


def test_the_command_takes_another_number_of_days(world: World) -> None:
    run("main", "--days", "7")
    row = ApiToken.objects.get()
    assert (row.expires_at - row.created_at).days == 7


def test_the_command_takes_scopes_and_a_name(world: World) -> None:
    run("main", "--scope", "reports:read", "--scope", "deadlines:read", "--name", "statistik")
    row = ApiToken.objects.get()
    assert (row.scopes, row.name) == (["deadlines:read", "reports:read"], "statistik")
    assert "deadlines:read,reports:read  statistik\n" in run("main", "--list")


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
        ["main", "--scope", "reports:all"],
        ["main", "--name", "x" * 81],
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
