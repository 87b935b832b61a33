"""The page `/api/v1/docs/`: all of the description, in words, quickly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.guide import Guide, GuideField, guide_in, words
from tests.factories import World


@pytest.fixture(params=["sv", "en"])
def guide(request: pytest.FixtureRequest) -> Guide:
    return guide_in(request.param)


@pytest.fixture
def schema(client: Any, db: None) -> dict[str, Any]:
    return client.get("/api/v1/schema/").json()


def test_every_operation_is_there_with_all_it_takes_and_answers(
    guide: Guide, schema: dict[str, Any]
) -> None:
    told = {
        (one.method.lower(), one.path): one
        for resource in guide.resources
        for one in resource.operations
    }
    described = {
        (method, path): one
        for path, methods in schema["paths"].items()
        for method, one in methods.items()
    }
    assert set(told) == set(described)
    problems = {problem.status for problem in guide.problems}
    for key, one in described.items():
        here = told[key]
        assert {field.name for field in here.parameters} == {
            parameter["name"] for parameter in one.get("parameters", ())
        }
        assert {answer.status for answer in here.answers} | problems >= set(one["responses"])
        assert here.summary
        assert bool(here.body) == ("requestBody" in one) == bool(here.examples)


def operation(guide: Guide, anchor: str) -> Any:
    (found,) = (
        one for resource in guide.resources for one in resource.operations if one.anchor == anchor
    )
    return found


def body(guide: Guide, anchor: str) -> dict[str, GuideField]:
    return {field.name: field for field in operation(guide, anchor).body}


def test_nested_fields_are_named_by_their_way_and_codes_have_their_words() -> None:
    fields = body(guide_in("en"), "reports_create")
    assert fields["unit"].required
    assert not fields["child.first_name"].required
    assert ("girl", "Girl") in fields["child.gender"].codes
    assert fields["reporter.category"].meaning == "Who reports: decides on feedback."
    assert ("neglect", "Neglect") in fields["reasons"].codes
    assert fields["reasons"].type == "list (code)"
    assert fields["received_at"].type == "time with offset"
    assert fields["reporter.name"].type == "text or null, at most 200 characters"
    assert "children[].first_name" not in fields
    assert "The same fields as <code>child</code>." in fields["children"].meaning


def test_an_example_of_each_answer_has_the_fields_told(guide: Guide) -> None:
    for record in guide.records:
        example = json.loads(record.example)
        row = example["results"][0] if record.paged else example
        assert set(row) == {field.name for field in record.fields if "." not in field.name}


def test_every_answer_leads_to_its_record(guide: Guide) -> None:
    known = {record.anchor for record in guide.records}
    for resource in guide.resources:
        for one in resource.operations:
            for answer in one.answers:
                assert (f"record-{answer.record}" in known) == (answer.status < "400")


def test_the_guide_is_in_the_language_of_its_reader_only() -> None:
    swedish, english = guide_in("sv"), guide_in("en")
    assert operation(swedish, "reports_retrieve").summary == "En anmälan"
    assert operation(english, "reports_retrieve").summary == "One report"
    assert ("phone", "Telefon") in body(swedish, "reports_create")["channel"].codes


def test_the_guide_is_made_once_for_each_language(client: Any, world: World) -> None:
    guide_in.cache_clear()
    for _call in range(2):
        for language in ("sv", "en"):
            assert client.get("/api/v1/docs/", headers={"Accept-Language": language}).content
    assert guide_in.cache_info().misses == 2


def test_the_page_is_open_and_asks_the_database_nothing(
    client: Any, db: None, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert client.post("/api/v1/docs/").status_code == 405
    html = page.content.decode()
    assert 'href="/api/v1/schema/"' in html
    assert "http://testserver/api/v1/reports/17/decision/" in html
    assert "swagger" not in html.lower()


def test_the_page_has_the_frame_of_somebody_signed_in(client: Any, world: World) -> None:
    client.force_login(world.head)
    assert 'class="topbar"' in client.get("/api/v1/docs/").content.decode()


def test_a_meaning_is_text_but_for_its_marks_of_code() -> None:
    assert words("`a` <b> & `c<d`") == "<code>a</code> &lt;b&gt; &amp; <code>c&lt;d</code>"


def test_the_description_is_in_the_readers_language_too(client: Any, db: None) -> None:
    told = client.get("/api/v1/schema/", headers={"Accept-Language": "sv"}).json()
    assert told["paths"]["/api/v1/reports/{id}/"]["get"]["summary"] == "En anmälan"
