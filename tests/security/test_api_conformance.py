"""The whole description of the API, tried as three roles: no defect, and no answer outside it.

Schemathesis makes the requests from the description: its examples, the edges of every field,
values of the wrong kind, methods that are not there, calls without a login. Every answer is held
against the description: status, content type, headers, and a body with no field beside those
described. The same requests every time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.pytest.lazy import get_all_tests

from cases.handovers.models import Handover
from cases.interventions.models import Intervention
from cases.investigations.models import Investigation
from cases.reports.models import Report
from config.wsgi import application
from organisation import tokens
from organisation.permissions import access_for
from tests.factories import World, moment
from tests.factories.populated import populate

NOW = moment("2026-07-10 10:00")
ROLES = ["reception", "leader", "sysadmin"]
MATTERS = {
    "reports": Report,
    "investigations": Investigation,
    "interventions": Intervention,
    "handovers": Handover,
}


@pytest.fixture
def one_transaction() -> Iterator[None]:
    """Requests through WSGI stay in the test's own connection, as those of Django's client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def filled(world: World, one_transaction: None, settings: Any) -> Iterator[World]:
    settings.API_RATES = {"user": "100000/min", "anonymous": "100000/min"}
    with time_machine.travel(NOW, tick=False):
        populate(world, date(2026, 7, 10))
        yield world


@dataclass
class Trial:
    """What one role met: failures by their kind, how often each status was answered, and which
    operations the description has."""

    failures: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    described: set[str] = field(default_factory=set)


def strict(description: dict[str, Any]) -> dict[str, Any]:
    """The description with no field allowed in an answer beside those it names."""
    for name, component in description["components"]["schemas"].items():
        if component.get("type") == "object" and not name.endswith(("Request", "Problem")):
            component["additionalProperties"] = False
    return description


def tried(world: World, role: str, *, examples: int) -> Trial:
    load_all_checks()
    user = world.people[role]
    token = tokens.issue(user, days=9, by=None, at=NOW)
    access = access_for(user, on=NOW.date())
    own, every = (
        {
            name: list(rows.order_by("pk").values_list("pk", flat=True)) or [0]
            for name, rows in (
                (name, model.objects.visible_to(access) if mine else model.objects.all())
                for name, model in MATTERS.items()
            )
        }
        for mine in (True, False)
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", app=application)
    strict(schema.raw_schema)
    schema.config.update(headers={"Authorization": f"Token {token}"})
    schema.config.phases.coverage.enabled = True
    trial = Trial()

    def call(case: schemathesis.Case) -> None:
        given = (case.path_parameters or {}).get("id")
        if isinstance(given, int) and given > 0:
            # An id out of the air is never found: most shall be of what there is to act on.
            known = (every if given % 4 == 0 else own)[case.path.split("/")[3]]
            case.path_parameters["id"] = known[given % len(known)]
        response = case.call()
        trial.statuses.setdefault(case.operation.label, Counter())[response.status_code] += 1
        try:
            case.validate_response(response)
        except FailureGroup as group:
            for failure in group.exceptions:
                if not meant(failure, case):
                    what = f"{case.operation.label}: {failure.title}: {failure.message}"
                    trial.failures.setdefault(what, f"{case.as_curl_command()}\n{response.text}")

    limits = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for result in get_all_tests(schema=schema, test_func=call, settings=limits, given_kwargs={}):
        operation, run = result.ok()
        trial.described.add(operation.label)
        run()
    return trial


def meant(failure: Any, case: schemathesis.Case) -> bool:
    """What is no fault: a well-formed body can still be nonsense in this unit on this day, and an
    empty filter is none (`allowEmptyValue`)."""
    if isinstance(failure, RejectedPositiveData):
        return True
    query = case.query or {}
    return "" in query.values() and failure.title == "Schema-violating request accepted"


def told(trial: Trial) -> str:
    return "\n\n".join(f"{what}\n{how[:900]}" for what, how in trial.failures.items())


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_as_described(filled: World, role: str) -> None:
    trial = tried(filled, role, examples=40)
    assert trial.failures == {}, told(trial)
    assert set(trial.statuses) == trial.described
    assert len(trial.described) > 20
