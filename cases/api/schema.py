"""How the API describes itself (OpenAPI 3)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from cases.api.problems import CODES, MEDIA_TYPE

MEANING = {
    400: "The body or the question has errors; `errors` holds the messages per field.",
    401: "No valid token or session.",
    403: "You may see it but not do this to it; `detail` says why.",
    404: "It does not exist, or is not yours to see.",
    406: "Only JSON is told.",
    409: "It is in another state or version than you believed; `detail` says which.",
    413: "The body is too large.",
    415: "Only JSON is read.",
    429: "Too many requests; `Retry-After` says when to go on.",
    500: "The fault is ours, and it has been recorded.",
}


class ApiSchema(AutoSchema):
    """Adds to every operation the problems that it can answer with."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        content = {MEDIA_TYPE: {"schema": self._problem()}}
        for code in self._problem_codes():
            bodies.setdefault(str(code), {"content": content, "description": MEANING[code]})
        return bodies

    def _problem_codes(self) -> list[int]:
        codes = {401, 406, 429, 500}
        if self.method == "POST":
            codes |= {400, 403, 409, 413, 415}
        if "{" in self.path or self._is_list_view():
            codes.add(404)
        if self._is_list_view():
            codes.add(400)
        return sorted(codes)

    def _problem(self) -> dict[str, Any]:
        component = ResolvedComponent(
            name="Problem",
            type=ResolvedComponent.SCHEMA,
            object="Problem",
            schema={
                "type": "object",
                "description": "Problem details (RFC 9457).",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {
                        "type": "string",
                        "format": "uri",
                        "enum": [f"urn:jamvikt:problem:{code}" for code in CODES.values()],
                    },
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string", "description": "In the language asked for."},
                    "errors": {
                        "type": "object",
                        "additionalProperties": {},
                        "description": (
                            "Field to a list of messages, nested as the body is. Each field "
                            "also stands at the top level of the problem."
                        ),
                    },
                    "version": {
                        "type": "integer",
                        "description": "Of the record as it stands, on a conflict of versions.",
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
    target_class = "cases.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": (
                "`Authorization: Token jv_...`, with a token made by "
                "`python manage.py api_token USERNAME`."
            ),
        }


class NamedSessionScheme(SessionScheme):
    name = "session"
    priority = 1
