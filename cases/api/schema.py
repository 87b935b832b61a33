"""How the API describes itself (OpenAPI 3)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from cases.api.problems import CODES, MEDIA_TYPE

MEANING = {
    400: _("The body or the question has errors; `errors` holds the messages per field."),
    401: _("No valid token or session."),
    403: _("You may see it but not do this to it; `detail` says why."),
    404: _("It does not exist, or is not yours to see."),
    406: _("Only JSON is told."),
    409: _("It is in another state or version than you believed; `detail` says which."),
    413: _("The body is too large."),
    415: _("Only JSON is read."),
    429: _("Too many requests; `Retry-After` says when to go on."),
    500: _("The fault is ours, and it has been recorded."),
}


class ApiSchema(AutoSchema):
    """Adds to every operation the problems that it can answer with."""

    def get_description(self) -> str:  # type: ignore[override]
        """Only what is written for readers: a view's docstring is for those who maintain it."""
        return ""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, body in bodies.items():
            body["description"] = body.get("description") or self._done(status)
        content = {MEDIA_TYPE: {"schema": self._problem()}}
        for code in self._problem_codes():
            bodies.setdefault(str(code), {"content": content, "description": MEANING[code]})
        return bodies

    def _done(self, status: str) -> Any:
        if status == "201":
            return _("Made. The first record.")
        if self.method == "POST":
            return _("Done. The record as it now stands.")
        return _("A page of the list.") if self._is_list_view() else _("The record.")

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
                            "Field to a list of messages, nested as the body is. Each field "
                            "also stands at the top level of the problem."
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
    target_class = "cases.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": _(
                "`Authorization: Token jv_...`, with a token made by "
                "`python manage.py api_token USERNAME`."
            ),
        }


class NamedSessionScheme(SessionScheme):
    name = "session"
    priority = 1
