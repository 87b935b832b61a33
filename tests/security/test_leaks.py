"""To another unit's people a case that is there and one that is not are the same: in status, in
every byte of the answer, and in what it costs the server to answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organisation import tokens
from tests.factories.populated import HERE, THERE
from tests.security.conftest import NOW, Stage, about, addresses, matter_ids

FOREIGNERS = {
    "other_head": HERE,
    "other_worker": HERE,
    "head": THERE,
    "main": THERE,
    "department_head": HERE,
    "sysadmin": HERE,
    "administrator": HERE,
    "stranger": HERE,
}
"""Who asks, and the unit whose matters they may not know of."""
NOWHERE = 987_654_321
_CHANGING = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*')


def answer(client: Any, method: str, url: str, pk: int, **how: Any) -> tuple[Any, ...]:
    """Everything of the answer that the asker can see or measure, without the id asked for."""
    with CaptureQueriesContext(connection) as queries:
        told = getattr(client, method)(url, content_type="application/json", **how)
    body = _CHANGING.sub(rb"\1", told.content).replace(f"/{pk}/".encode(), b"/ID/")
    headers = {
        name: value.replace(f"/{pk}/", "/ID/")
        for name, value in told.items()
        if name not in ("Set-Cookie", "Content-Length")
    }
    return told.status_code, body, headers, len(queries)


@pytest.mark.slow
@pytest.mark.parametrize("person", FOREIGNERS)
def test_a_case_of_others_answers_as_one_that_is_not_there(scene: Stage, person: str) -> None:
    ids = matter_ids(scene, FOREIGNERS[person])
    client = scene.client(person)
    reader = scene.world.other_worker.pk
    client.get("/api/v1/me/")  # the first call of a minute begins to count
    asked = 0
    for address in addresses():
        there = about(address, ids)
        if there is None:
            continue
        for method in ("get", "post"):
            real, none = (
                answer(client, method, address.at(pk=pk, reader=reader), pk)
                for pk in (there, NOWHERE)
            )
            assert real == none, (address.name, method)
            assert real[0] in (403, 404, 405), (address.name, method)
            asked += 1
    assert asked > 90


@pytest.mark.parametrize("person", ["other_head", "sysadmin"])
def test_by_token_too(scene: Stage, person: str) -> None:
    ids = matter_ids(scene, FOREIGNERS[person])
    token = tokens.issue(scene.world.people[person], days=1, by=None, at=NOW)
    client = scene.client("stranger")
    client.logout()
    how: dict[str, Any] = {"headers": {"authorization": f"Token {token}"}}
    client.get("/api/v1/me/", **how)
    for address in addresses():
        there = about(address, ids)
        if there is None or not address.name.startswith("api:"):
            continue
        for method in ("get", "post"):
            real, none = (
                answer(client, method, address.at(pk=pk), pk, **how) for pk in (there, NOWHERE)
            )
            assert real == none, (address.name, method)


def test_a_search_says_the_same_of_what_others_have_and_nobody_has(scene: Stage) -> None:
    matters = scene.matters[HERE]
    known = [
        matters.report.number,
        matters.investigation.number,
        matters.report.child.personal_identity_number,
        HERE,
    ]
    # As near to the own unit's THERE as HERE is: what is nearly so named is told of both.
    nobody = ["ST-BOU-2026-98765", "ST-BOU-U-2026-98765", "201403122409", "Lärmärkt"]
    client = scene.client("other_head")
    for there, none in zip(known, nobody, strict=True):
        real, other = (client.post("/search/", {"q": text}) for text in (there, none))
        assert real.status_code == other.status_code, there
        assert _CHANGING.sub(rb"\1", real.content).replace(there.encode(), b"Q") == _CHANGING.sub(
            rb"\1", other.content
        ).replace(none.encode(), b"Q")


def test_a_log_form_says_nothing_of_a_child_others_know(scene: Stage) -> None:
    """Looking up an identity number that is known in another unit, as when a report comes in."""
    known = scene.matters[HERE].report.child.personal_identity_number
    client = scene.client("other_reception")
    pages = []
    for number in (known, "201403122409"):
        told = client.post(
            "/reports/new/child/",
            {
                "row": "children-0",
                "unit": scene.world.other_unit.pk,
                "children-0-personal_identity_number": number,
                "children-0-last_name": HERE,
            },
        )
        assert told.status_code == 200
        pages.append(_CHANGING.sub(rb"\1", told.content).replace(number.encode(), b"N"))
    assert pages[0] == pages[1]
    assert b"Alva" not in pages[0]


@pytest.mark.parametrize(
    "question",
    ["unit=ST-BOU", "group=barn-1", "unit=ST-BOU&status=overdue", "page=2", "page_size=1000"],
)
def test_lists_of_the_api_count_nothing_of_others(scene: Stage, question: str) -> None:
    counts = {}
    for name in ("reports", "investigations", "interventions", "deadlines"):
        told = scene.client("sysadmin").get(f"/api/v1/{name}/?{question}")
        counts[name] = told.json().get("count", told.status_code)
    assert set(counts.values()) <= {0, 400, 404}


def test_numbers_of_one_unit_say_nothing_of_anothers_count(scene: Stage) -> None:
    """Series are per unit: a gap in one's own would tell how much others have."""
    from cases.reports.models import Report

    for unit in (scene.world.unit, scene.world.other_unit):
        numbers = sorted(
            Report.objects.filter(unit=unit, number__contains="-2026-").values_list(
                "number", flat=True
            )
        )
        assert [int(number.rsplit("-", 1)[1]) for number in numbers] == list(
            range(1, len(numbers) + 1)
        )
