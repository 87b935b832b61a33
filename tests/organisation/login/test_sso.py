"""Single sign-on, against a real provider on this machine: who comes in, as whom, with what."""

from __future__ import annotations

import dataclasses
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import servers
from config.settings.sso import SingleSignOn
from core.calendar import local_date
from organisation.enums import Role
from organisation.models import ClaimedRole, RoleAssignment, User
from tests.factories import World, make_user
from tests.organisation.login.conftest import signed_in, trail

pytestmark = pytest.mark.django_db

ROLES = (
    ("UTR-BARN1", Role.INVESTIGATOR, "ST-BOU/barn-1"),
    ("CHEF", Role.UNIT_HEAD, "ST-BOU"),
    ("FEL", Role.UNIT_HEAD, "FINNS-INTE"),
    ("SYS", Role.SYSTEM_ADMINISTRATOR, "STAD"),
)
ANNA = {
    "given_name": "Anna",
    "family_name": "Ek",
    "preferred_username": "anna.ek",
    "employee_number": "4711",
    "email": "main@example.test",
    "email_verified": True,
}


@pytest.fixture(autouse=True)
def clock() -> None:
    """The provider's tokens live by the real clock."""
    return


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = servers.free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with (tmp_path_factory.mktemp("provider") / "log").open("wb") as log:
        process = servers.spawn(command, stdout=log)
        address = f"http://localhost:{port}"
        try:
            wait_for(f"{address}/.well-known/openid-configuration")
            yield address
        finally:
            servers.stop_process(process, (signal.SIGTERM, 5))


def wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            requests.get(address, timeout=5).raise_for_status()
        except requests.RequestException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def use(provider: str, settings: Any) -> Callable[..., SingleSignOn]:
    """`use(match="employee_number")`: turn single sign-on on, with changes."""

    def turn_on(**changes: Any) -> SingleSignOn:
        config = SingleSignOn(
            issuer=provider,
            client_id="jamvikt",
            client_secret="hemlig",
            name="Stadens inloggning",
            role_claim="groups",
            roles=ROLES,
            second_factor_values=frozenset({"mfa"}),
        )
        config = dataclasses.replace(config, **changes)
        settings.SINGLE_SIGN_ON = config
        settings.SOCIALACCOUNT_PROVIDERS = config.providers()
        return config

    return turn_on


@pytest.fixture
def go(provider: str) -> Callable[..., Any]:
    """`go(client, "sub", groups=[...])`: through the provider and back, as that identity."""

    def through(client: Client, sub: str, address: str = "", **claims: Any) -> Any:
        answer = requests.put(f"{provider}/users/{sub}", json=claims, timeout=10)
        assert answer.ok, answer.text
        away = client.get(address or reverse("openid_connect_login", args=["sso"]))
        assert away.status_code == 302, away.content
        assert "code_challenge=" in away.headers["Location"]
        back = requests.post(
            away.headers["Location"], data={"sub": sub}, allow_redirects=False, timeout=10
        )
        to = urlsplit(back.headers["Location"])
        return client.get(f"{to.path}?{to.query}")

    return through


def roles_of(user: User) -> set[tuple[str, str]]:
    today = local_date(timezone.now())
    return set(
        RoleAssignment.objects.active(today).filter(user=user).values_list("role", "node__code")
    )


def test_the_login_page_leads_to_the_provider_when_there_is_one(use: Any, settings: Any) -> None:
    assert "Stadens inloggning" not in Client().get(reverse("account_login")).content.decode()
    use()
    assert "Stadens inloggning" in Client().get(reverse("account_login")).content.decode()


def test_somebody_unknown_with_a_role_gets_an_account_and_the_role(
    world: World, use: Any, go: Any
) -> None:
    use()
    client = Client()
    go(client, "anna-sub", **ANNA, groups=["UTR-BARN1", "FEL", "annat"])
    assert signed_in(client)
    anna = User.objects.get(username="anna.ek")
    assert (anna.first_name, anna.last_name) == ("Anna", "Ek")
    assert not anna.has_usable_password()
    assert roles_of(anna) == {("investigator", "barn-1")}
    (given,) = trail("organisation.role_given")
    assert (given.actor, given.details["source"]) == (None, "claims")
    # What the provider told is not kept.
    assert SocialAccount.objects.get(user=anna).extra_data == {}


@pytest.mark.parametrize("claims", [{}, {"groups": []}, {"groups": "annat"}, {"groups": ["FEL"]}])
def test_somebody_unknown_without_a_role_is_refused_and_no_account_made(
    world: World, use: Any, go: Any, claims: dict[str, Any]
) -> None:
    use()
    before = User.objects.count()
    client = Client()
    answer = go(client, "okand", **ANNA, **claims)
    assert answer.status_code == 403
    assert not signed_in(client)
    assert User.objects.count() == before
    assert trail("login.refused")[-1].details == {"source": "sso", "why": "no_account"}


def test_an_account_is_known_by_employee_number_and_then_by_the_subject(
    world: World, use: Any, go: Any
) -> None:
    use(match="employee_number", match_claim="employee_number", role_claim="", roles=())
    User.objects.filter(pk=world.main.pk).update(employee_number="4711")
    client = Client()
    go(client, "main-sub", **ANNA)
    assert signed_in(client)
    assert SocialAccount.objects.get().user == world.main
    assert len(trail("login.linked")) == 1
    # The number has changed hands; the subject has not.
    User.objects.filter(pk=world.main.pk).update(employee_number="1")
    User.objects.filter(pk=world.co.pk).update(employee_number="4711")
    again = Client()
    go(again, "main-sub", **ANNA)
    assert trail("login.ok")[-1].actor == world.main


def test_an_account_is_never_known_by_mail(world: World, use: Any, go: Any) -> None:
    assert User.objects.get(pk=world.main.pk).email == ANNA["email"]
    use(match="subject", role_claim="", roles=())
    client = Client()
    assert go(client, "annan", **ANNA).status_code == 403
    assert not signed_in(client)


def test_a_second_identity_does_not_take_over_an_account(world: World, use: Any, go: Any) -> None:
    use(match="username", match_claim="preferred_username", role_claim="", roles=())
    go(Client(), "ett", preferred_username="main")
    thief = Client()
    assert go(thief, "tva", preferred_username="main").status_code == 403
    assert not signed_in(thief)
    assert trail("login.refused")[-1].details["why"] == "joined_to_another"


def test_claims_begin_and_end_their_own_roles_and_no_others(
    world: World, use: Any, go: Any
) -> None:
    use(match="username", match_claim="preferred_username")
    by_hand = roles_of(world.main)
    claims = {"preferred_username": "main"}
    go(Client(), "m", **claims, groups=["CHEF", "UTR-BARN1"])
    assert roles_of(world.main) == by_hand | {("unit_head", "ST-BOU")}
    # Begun before today: yesterday becomes its last day.
    given = ClaimedRole.objects.get().assignment
    given.from_on -= timedelta(days=5)
    given.save()
    go(Client(), "m", **claims, groups=[])
    assert roles_of(world.main) == by_hand
    given.refresh_from_db()
    assert given.until_on is not None
    # Begun and ended the same day: it goes.
    go(Client(), "m", **claims, groups=["CHEF"])
    go(Client(), "m", **claims, groups=[])
    assert roles_of(world.main) == by_hand
    assert len(trail("organisation.role_ended")) == 2


def test_who_has_lost_every_role_is_shut_out(world: World, use: Any, go: Any) -> None:
    use()
    first = Client()
    go(first, "anna-sub", **ANNA, groups=["UTR-BARN1"])
    assert signed_in(first)
    assert go(Client(), "anna-sub", **ANNA, groups=[]).status_code == 403
    assert not signed_in(first)
    assert trail("login.refused")[-1].details["why"] == "no_role"


def test_claims_do_not_end_the_last_system_administrator(world: World, use: Any, go: Any) -> None:
    use()
    go(Client(), "anna-sub", **ANNA, groups=["SYS"])
    RoleAssignment.objects.filter(user=world.sysadmin).update(
        until_on=world.sysadmin.role_assignments.get().from_on
    )
    go(Client(), "anna-sub", **ANNA, groups=["UTR-BARN1"])
    anna = User.objects.get(username="anna.ek")
    assert ("system_administrator", "STAD") in roles_of(anna)


def test_a_closed_account_stays_closed(world: World, use: Any, go: Any) -> None:
    use(match="username", match_claim="preferred_username")
    User.objects.filter(pk=world.main.pk).update(is_active=False)
    client = Client()
    go(client, "m", preferred_username="main", groups=["CHEF"])
    assert not signed_in(client)
    assert ("unit_head", "ST-BOU") not in roles_of(world.main)


@pytest.mark.parametrize(
    ("changes", "claims", "enough"),
    [
        ({}, {}, False),
        ({}, {"amr": ["pwd"]}, False),
        ({}, {"amr": ["pwd", "mfa"]}, True),
        ({"second_factor_values": frozenset({"loa3"})}, {"acr": "loa3"}, True),
        ({"enforces_second_factor": True}, {}, True),
    ],
)
def test_the_provider_counts_as_second_factor_only_when_it_says_so(
    world: World,
    use: Any,
    go: Any,
    settings: Any,
    changes: dict[str, Any],
    claims: dict[str, Any],
    enough: bool,
) -> None:
    settings.MFA_REQUIRED = True
    use(**changes)
    client = Client()
    go(client, "anna-sub", **ANNA, groups=["UTR-BARN1"], **claims)
    answer = client.get(reverse("absences"))
    assert answer.status_code == (200 if enough else 302)
    if not enough:
        assert answer.headers["Location"] == reverse("mfa_index")


def test_an_answer_cannot_be_used_in_another_browser(world: World, use: Any, go: Any) -> None:
    use()
    provider_answer = {}
    victim, thief = Client(), Client()
    real = thief.get

    def caught(address: str, **more: Any) -> Any:
        if "callback" in address:
            provider_answer["address"] = address
            return real("/healthz")
        return real(address, **more)

    thief.get = caught  # type: ignore[method-assign]
    go(thief, "anna-sub", **ANNA, groups=["UTR-BARN1"])
    victim.get(provider_answer["address"])
    assert not signed_in(victim)


def test_nobody_joins_another_identity_to_the_account_they_are_signed_in_to(
    world: World, use: Any, go: Any
) -> None:
    use()
    client = Client()
    client.force_login(world.main)
    address = reverse("openid_connect_login", args=["sso"]) + "?process=connect"
    assert go(client, "anna-sub", address, **ANNA, groups=["CHEF"]).status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_user_name_that_is_taken_is_not_taken_over(world: World, use: Any, go: Any) -> None:
    use()
    make_user("anna.ek")
    assert go(Client(), "anna-sub", **ANNA, groups=["CHEF"]).status_code == 403
    assert trail("login.refused")[-1].details["why"] == "user_name_taken"


def test_an_unsigned_answer_of_two_subjects_is_refused() -> None:
    from organisation.login.sso import Refused, merged

    with pytest.raises(Refused):
        merged({"userinfo": {"sub": "a"}, "id_token": {"sub": "b"}})


def test_claims_are_found_inside_claims() -> None:
    from organisation.login.sso import values_at

    claims = {"realm_access": {"roles": ["a", "b"]}, "x.y": "c", "n": 7}
    assert values_at(claims, "realm_access.roles") == {"a", "b"}
    assert values_at(claims, "x.y") == {"c"}
    assert values_at(claims, "n") == {"7"}
    assert values_at(claims, "realm_access.none") == frozenset()
