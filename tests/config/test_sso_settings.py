"""What the environment says of single sign-on, and which of it production refuses."""

from __future__ import annotations

import pytest
from environ import Env

from config.settings import sso

WHOLE = {
    "OIDC_ISSUER": "https://id.example.se/",
    "OIDC_CLIENT_ID": "jamvikt",
    "OIDC_CLIENT_SECRET": "hemlig",
    "OIDC_ROLE_CLAIM": "groups",
    "OIDC_ROLES": '{"A": {"role": "investigator", "node": "ST-BOU/barn-1"},'
    ' "B": [{"role": "unit_head", "node": "ST-BOU"}]}',
}


def env_of(**values: str) -> Env:
    env = Env()
    env.ENVIRON = values
    return env


def problems(**changes: str) -> list[str]:
    return sso.problems(env_of(**{k: v for k, v in (WHOLE | changes).items() if v}))


def test_without_a_provider_there_is_nothing_to_say() -> None:
    assert sso.problems(env_of()) == []
    assert not sso.read(env_of()).on
    assert sso.read(env_of()).providers() == {}


def test_a_whole_provider_is_read() -> None:
    assert problems() == []
    config = sso.read(env_of(**WHOLE))
    assert config.on
    assert config.issuer == "https://id.example.se"
    assert config.roles == (
        ("A", "investigator", "ST-BOU/barn-1"),
        ("B", "unit_head", "ST-BOU"),
    )
    assert not config.enforces_second_factor
    assert config.second_factor_values == {"mfa"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OIDC_ISSUER", "", "OIDC_ISSUER is not set"),
        ("OIDC_CLIENT_ID", "", "OIDC_CLIENT_ID is not set"),
        ("OIDC_CLIENT_SECRET", "", "OIDC_CLIENT_SECRET is not set"),
        ("OIDC_ISSUER", "http://id.example.se", "https://"),
        ("OIDC_MATCH", "email", "OIDC_MATCH must be one of"),
        ("OIDC_MATCH_CLAIM", "email", "OIDC_MATCH_CLAIM must not"),
        ("OIDC_ROLES", "{", "OIDC_ROLES cannot be used"),
        ("OIDC_ROLES", "[]", "OIDC_ROLES cannot be used"),
        ("OIDC_ROLES", '{"A": {"role": "investigator"}}', "OIDC_ROLES cannot be used"),
        ("OIDC_ROLES", "", "belong together"),
        ("OIDC_ROLE_CLAIM", "", "belong together"),
    ],
)
def test_half_a_provider_is_refused_with_the_reason(name: str, value: str, said: str) -> None:
    (found,) = problems(**{name: value})
    assert said in found
