"""A caller of the API, at half past two on a Tuesday in March 2026."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from organisation import tokens
from organisation.models import User
from tests.factories import World, moment

NOW = moment("2026-03-10 14:30")


@pytest.fixture
def clock() -> Any:
    """The moment every request is made, unless a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass
class Caller:
    """Calls as one user by token; what comes back has to be JSON and not a defect."""

    token: str | None = None
    language: str = "en"

    def __call__(self, method: str, address: str, body: Any = None, **headers: str) -> HttpResponse:
        if self.token and "Authorization" not in headers:
            headers["Authorization"] = f"Token {self.token}"
        headers.setdefault("Accept-Language", self.language)
        content = body if isinstance(body, (str, bytes)) else json.dumps(body)
        extra = {} if body is None else {"data": content, "content_type": "application/json"}
        if not address.startswith("http"):
            address = f"/api/v1/{address}"
        response = Client().generic(method, address, headers=headers, **extra)
        kind = response.headers["Content-Type"]
        expected = "application/json" if response.status_code < 400 else "application/problem+json"
        assert kind == expected, (response.status_code, kind, response.content[:200])
        assert response.headers["Cache-Control"] == "no-store, private"
        if response.status_code >= 400:
            problem = response.json()
            assert problem["status"] == response.status_code
            assert {"type", "title", "detail"} <= set(problem)
        return response

    def get(self, address: str, **headers: str) -> HttpResponse:
        return self("GET", address, **headers)

    def post(self, address: str, body: Any = None, **headers: str) -> HttpResponse:
        return self("POST", address, {} if body is None else body, **headers)


@pytest.fixture
def caller(world: World, clock: Any) -> Callable[..., Caller]:
    """`caller("leader")`: who calls, by the name in the world; none for nobody."""

    def make(who: str | User | None = "reception", *, at: datetime = NOW, **more: Any) -> Caller:
        user = world.people[who] if isinstance(who, str) else who
        token = tokens.issue(user, days=300, by=None, at=at) if user is not None else None
        return Caller(token, **more)

    return make


def report_body(**changes: Any) -> dict[str, Any]:
    """A whole report as documented, with changes."""
    return {
        "unit": "ST-BOU",
        "received_at": "2026-03-10T09:00:00+01:00",
        "channel": "phone",
        "kind": "report",
        "reporter": {
            "category": "school",
            "name": "Rut Rask",
            "organisation": "Lillskolan",
            "contact": "08-000 00 00",
            "wants_feedback": True,
        },
        "child": {
            "personal_identity_number": None,
            "first_name": "Alva",
            "last_name": "Ek",
            "birth_date": "2015-05-01",
            "gender": "girl",
        },
        "reasons": ["neglect"],
        "concern": "Oro för barnet.",
        "is_crime_report": False,
        "linked_to": None,
        **changes,
    }
