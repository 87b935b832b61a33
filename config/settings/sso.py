"""Single sign-on by OpenID Connect: what the environment says of it, and whether that holds.

Plain values only, so that the settings can be read before Django is. `organisation.login.sso` acts
on them; docs/login.md explains them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

PROVIDER = "sso"
"""The provider's name in the addresses: /accounts/oidc/sso/login/."""
MATCHES = ("subject", "employee_number", "username")
REQUIRED = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """One identity provider. `roles` maps a claim's value to pairs of role and node code."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    name: str = ""
    match: str = "subject"
    match_claim: str = "sub"
    role_claim: str = ""
    roles: tuple[tuple[str, str, str], ...] = ()
    enforces_second_factor: bool = False
    second_factor_values: frozenset[str] = frozenset()

    @property
    def on(self) -> bool:
        return bool(self.issuer and self.client_id)

    def providers(self) -> dict[str, Any]:
        """As `SOCIALACCOUNT_PROVIDERS` wants it."""
        if not self.on:
            return {}
        return {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": PROVIDER,
                        "name": self.name,
                        "client_id": self.client_id,
                        "secret": self.client_secret,
                        "settings": {"server_url": self.issuer, "oauth_pkce_enabled": True},
                    }
                ],
            }
        }


def roles_of(text: str) -> tuple[tuple[str, str, str], ...]:
    """Rows of claim value, role and node code from JSON such as
    `{"SOC-BARN1-UTR": {"role": "investigator", "node": "ST-BOU/barn-1"}}`.

    A value may give a list of roles. ValueError says what is wrong.
    """
    try:
        mapping = json.loads(text or "{}")
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(mapping, dict):
        raise ValueError("not an object of claim values")
    rows = []
    for value, given in mapping.items():
        for one in given if isinstance(given, list) else [given]:
            if not (
                isinstance(one, dict)
                and set(one) == {"role", "node"}
                and all(isinstance(part, str) and part for part in one.values())
            ):
                raise ValueError(f'{value!r} needs {{"role": "...", "node": "..."}}')
            rows.append((value, one["role"], one["node"]))
    return tuple(rows)


def read(env: Any) -> SingleSignOn:
    """The provider of the environment; mapping faults are told by `problems`."""
    match = env.str("OIDC_MATCH", "subject")
    default = {"employee_number": "employee_number", "username": "preferred_username"}
    try:
        roles = roles_of(env.str("OIDC_ROLES", ""))
    except ValueError:
        roles = ()
    values = env.list("OIDC_SECOND_FACTOR_VALUES", default=["mfa"])
    return SingleSignOn(
        issuer=env.str("OIDC_ISSUER", "").rstrip("/"),
        client_id=env.str("OIDC_CLIENT_ID", ""),
        client_secret=env.str("OIDC_CLIENT_SECRET", ""),
        name=env.str("OIDC_NAME", "") or "OpenID Connect",
        match=match,
        match_claim=env.str("OIDC_MATCH_CLAIM", "") or default.get(match, "sub"),
        role_claim=env.str("OIDC_ROLE_CLAIM", ""),
        roles=roles,
        enforces_second_factor=env.bool("OIDC_ENFORCES_SECOND_FACTOR", False),
        second_factor_values=frozenset(values),
    )


def problems(env: Any) -> list[str]:
    """What is missing or unsafe in the settings of single sign-on; nothing when it is not used."""
    given = {name: env.str(name, "").strip() for name in REQUIRED}
    others = ("OIDC_ROLE_CLAIM", "OIDC_ROLES", "OIDC_MATCH", "OIDC_MATCH_CLAIM")
    if not any(given.values()) and not any(env.str(name, "").strip() for name in others):
        return []
    found = [
        f"{name} is not set (single sign-on needs {', '.join(REQUIRED)})"
        for name, value in given.items()
        if not value
    ]
    if given["OIDC_ISSUER"] and not given["OIDC_ISSUER"].startswith("https://"):
        found.append("OIDC_ISSUER must begin with https:// (its answers are believed)")
    match = env.str("OIDC_MATCH", "subject")
    if match not in MATCHES:
        found.append(f"OIDC_MATCH must be one of {', '.join(MATCHES)}")
    if "email" in env.str("OIDC_MATCH_CLAIM", "").lower():
        found.append("OIDC_MATCH_CLAIM must not be an e-mail address (they change hands)")
    try:
        roles = roles_of(env.str("OIDC_ROLES", ""))
    except ValueError as error:
        found.append(f"OIDC_ROLES cannot be used: {error}")
    else:
        if bool(roles) != bool(env.str("OIDC_ROLE_CLAIM", "").strip()):
            found.append("OIDC_ROLE_CLAIM and OIDC_ROLES belong together (set both, or none)")
    return found
