"""How the API describes itself (OpenAPI 3)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from api.authentication import scope_of
from api.problems import CODES, MEDIA_TYPE
from organisation.enums import TokenScope

MEANING = {
    400: _("The body or the question has errors; `errors` holds the messages per field."),
    401: _("No valid token or session."),
    403: _(
        "You may see it but not do this to it, or the token lacks the scope; `detail` says why."
    ),
    404: _("It does not exist, or is not yours to see."),
    406: _("Only JSON is told."),
    409: _("It is in another state or version than you believed; `detail` says which."),
    413: _("The body is too large."),
    415: _("Only JSON is read."),
    429: _("Too many requests; `Retry-After` says when to go on."),
    500: _("The fault is ours, and it has been recorded."),
}
HEADERS: dict[int, dict[str, Any]] = {
    201: {
        "Location": {
            "description": _("Address of the record."),
            "required": True,
            "schema": {"type": "string", "format": "uri"},
        }
    },
    401: {
        "WWW-Authenticate": {
            "description": _("How to sign in."),
            "required": True,
            "schema": {"type": "string", "enum": ["Token"]},
        }
    },
    429: {
        "Retry-After": {
            "description": _("Seconds to wait."),
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        }
    },
}


SCOPE = "x-scope"
"""Where an operation names the scope that a token needs for it."""


class ApiSchema(AutoSchema):
    """Adds to every operation the problems that it can answer with."""

    def get_description(self) -> str:  # type: ignore[override]
        """Only what is written for readers: a view's docstring is for those who maintain it."""
        return ""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            area: str = self.view.area  # type: ignore[attr-defined]
            operation[SCOPE] = str(scope_of(area, self.method))
        return operation

    def _get_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_parameters()
        for parameter in parameters:
            if parameter["in"] == "query":
                parameter["allowEmptyValue"] = True
                parameter["schema"].pop("minLength", None)
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, body in bodies.items():
            body["description"] = body.get("description") or self._done(status)
        content = {MEDIA_TYPE: {"schema": self._problem()}}
        for code in self._problem_codes():
            bodies.setdefault(str(code), {"content": content, "description": MEANING[code]})
        for status, body in bodies.items():
            if headers := HEADERS.get(int(status)):
                body["headers"] = headers
        return bodies

    def _done(self, status: str) -> Any:
        if status == "201":
            return _("Made. The first record.")
        if self.method == "POST":
            return _("Done. The record as it now stands.")
        return _("A page of the list.") if self._is_list_view() else _("The record.")

    def _problem_codes(self) -> list[int]:
        codes = {401, 403, 406, 429, 500}
        if self.method == "POST":
            codes |= {400, 409, 413, 415}
        if "{" in self.path or self._is_list_view():
            codes.add(404)
        if self._is_list_view() or hasattr(self.view, "filters"):
            codes.add(400)
        return sorted(codes)

    def _problem(self) -> dict[str, Any]:
        component = ResolvedComponent(
            name="Problem",
            type=ResolvedComponent.SCHEMA,
            object="Problem",
            schema={
                "type": "object",
                "description": _("Problem details (RFC 9457)."),
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {
                        "type": "string",
                        "format": "uri",
                        "enum": [f"urn:jamvikt:problem:{code}" for code in CODES.values()],
                    },
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string", "description": _("In the language asked for.")},
                    "errors": {
                        "type": "object",
                        "additionalProperties": {},
                        "description": _(
                            "Field to a list of messages, nested as the body is. Each field but "
                            "`version` also stands at the top level of the problem."
                        ),
                    },
                    "version": {
                        "type": "integer",
                        "description": _("Of the record as it stands, on a conflict of versions."),
                    },
                },
                "example": {
                    "type": "urn:jamvikt:problem:invalid",
                    "title": "The request has errors",
                    "status": 400,
                    "detail": "See `errors` for what is wrong, field by field.",
                    "errors": {
                        "child": {"personal_identity_number": ["The check digit is wrong."]}
                    },
                    "child": {"personal_identity_number": ["The check digit is wrong."]},
                },
            },
        )
        self.registry.register_on_missing(component)
        reference: dict[str, Any] = component.ref
        return reference


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": _(
                "`Authorization: Token jv_...`, with a token made on the page of your own tokens, "
                "or by `python manage.py api_token USERNAME`. A token has the rights its user has "
                "on the day, narrowed to its scopes: each operation names the one it needs in "
                "`x-scope`. Writing includes reading in the same area."
            ),
            SCOPE + "s": {scope.value: scope.label for scope in TokenScope},
        }


class NamedSessionScheme(SessionScheme):
    name = "session"
    priority = 1
