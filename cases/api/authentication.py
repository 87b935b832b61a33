"""Who calls the API: a session's user, or the holder of a token."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from organisation import tokens
from organisation.models import User

KEYWORD = "token"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token jv_...`; see `organisation.tokens`."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        words = request.headers.get("Authorization", "").split()
        if not words or words[0].lower() != KEYWORD:
            return None
        user = tokens.holder(words[1], at=request.at) if len(words) == 2 else None  # type: ignore[attr-defined]
        if user is None:
            raise AuthenticationFailed(_("The token is not valid, or no longer."))
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return "Token"
