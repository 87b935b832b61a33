"""Who calls the API: a session's user, or the holder of a token, with what it may be used for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from core.errors import Forbidden
from organisation import tokens
from organisation.enums import TokenScope
from organisation.models import ApiToken, User

KEYWORD = "token"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token jv_...`; see `organisation.tokens`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = request.headers.get("Authorization", "").split()
        if not words or words[0].lower() != KEYWORD:
            return None
        row = tokens.recognised(words[1], at=request.at) if len(words) == 2 else None  # type: ignore[attr-defined]
        if row is None:
            raise AuthenticationFailed(_("The token is not valid, or no longer."))
        return row.user, row

    def authenticate_header(self, request: Request) -> str:
        return "Token"


def scope_of(area: str, method: str) -> TokenScope | None:
    """The scope that a call of `method` in `area` needs; None where no token can do it at all."""
    scope = f"{area}:{'read' if method in SAFE_METHODS else 'write'}"
    return TokenScope(scope) if scope in TokenScope.values else None


class InScope(IsAuthenticated):
    """Signed in; and a token only where one of its scopes reaches. A session reaches everywhere."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        scope = scope_of(view.area, str(request.method))
        if scope is not None and not tokens.allows(token, scope):
            at = request.at  # type: ignore[attr-defined]
            tokens.note_refusal(token, at=at, why="out_of_scope", scope=scope.value)
            raise Forbidden(
                _("The token may not be used for this: it lacks the scope %(scope)s.")
                % {"scope": scope.value}
            )
        return True
