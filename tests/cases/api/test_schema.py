"""The API describes itself, truly and without warnings; see test_guide for the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.cases.api.conftest import Caller
from tests.cases.api.test_permissions import ADDRESSES
from tests.factories import World


@pytest.fixture
def schema(client, db: None) -> dict[str, Any]:
    return client.get("/api/v1/schema/").json()


def test_the_description_is_valid_and_complete(tmp_path: Path) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema"))


def test_the_description_is_told_as_json_and_as_yaml(client, db: None) -> None:
    assert client.get("/api/v1/schema/").json()["openapi"].startswith("3.")
    yaml = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi"})
    assert yaml.content.startswith(b"openapi: 3.")


def _filled(path: str) -> str:
    """The address with something in each place."""
    for name, value in (("id", "1"), ("entry_kind", "risk"), ("entry", "1")):
        path = path.replace(f"{{{name}}}", value)
    return path


def test_every_address_is_described_with_its_problems(schema: dict[str, Any]) -> None:
    described = {
        (method.upper(), _filled(path.removeprefix("/api/v1/")))
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert described == set(ADDRESSES)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            problems = {code for code in operation["responses"] if code >= "400"}
            assert {"401", "403", "406", "429", "500"} <= problems
            if method == "post":
                assert {"400", "409", "413", "415"} <= problems
            if "{id}" in path:
                assert "404" in problems
            for code in problems:
                content = operation["responses"][code]["content"]
                assert content == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }


def test_both_ways_in_are_described(schema: dict[str, Any]) -> None:
    assert set(schema["components"]["securitySchemes"]) == {"token", "session"}
    assert schema["paths"]["/api/v1/me/"]["get"]["security"] == [{"token": []}, {"session": []}]


def test_every_operation_names_its_scope(schema: dict[str, Any]) -> None:
    areas = {"own": {"me", "notices", "todo"}, "investigations": {"handovers"}}
    scopes = schema["components"]["securitySchemes"]["token"]["x-scopes"]
    for path, methods in schema["paths"].items():
        name = path.split("/")[3]
        area = next((area for area, names in areas.items() if name in names), name)
        for method, operation in methods.items():
            assert operation["x-scope"] == f"{area}:{'read' if method == 'get' else 'write'}"
            assert operation["x-scope"] in scopes


def test_the_examples_can_be_sent(
    schema: dict[str, Any], caller: Callable[..., Caller], world: World
) -> None:
    operation = schema["paths"]["/api/v1/reports/"]["post"]
    for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
        body = {**example["value"], "idempotency_key": None}
        assert caller().post("reports/", body).status_code == 201


@pytest.mark.parametrize("who", ["head", "main"])
def test_answers_are_as_described(
    schema: dict[str, Any], caller: Callable[..., Caller], world: World, who: str
) -> None:
    world.investigation("2026-03-02")
    for path in ("reports", "investigations", "deadlines"):
        described = schema["paths"][f"/api/v1/{path}/"]["get"]["responses"]["200"]
        page = described["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        rows = schema["components"]["schemas"][page]["properties"]["results"]["items"]["$ref"]
        row = schema["components"]["schemas"][rows.rpartition("/")[2]]
        answer = caller(who).get(f"{path}/").json()
        assert answer["results"]
        for told in answer["results"]:
            assert set(told) == set(row["properties"])
