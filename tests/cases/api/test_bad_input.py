"""Whatever is sent wrongly is a message by its field, and nothing is stored by half."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cases.persons.models import Person
from cases.reports.models import Report
from tests.cases.api.conftest import Caller, report_body
from tests.factories import World

HUGE = 10**30


def at(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with the value at the dotted path."""
    *parents, last = path.split(".")
    place = body
    for parent in parents:
        place = place[parent]
    place[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("unit", "NO-SUCH"),
        ("unit", "barn-1"),
        ("unit", 17),
        ("unit", "x\x00"),
        ("unit", ["ST-BOU"]),
        ("unit", "x" * 200_000),
        ("received_at", "2026-03-10T09:00:00"),
        ("received_at", "2026-03-10"),
        ("received_at", "2026-02-29T09:00:00+01:00"),
        ("received_at", "2026-03-10T25:00:00+01:00"),
        ("received_at", "2026-03-11T09:00:00+01:00"),
        ("received_at", "1999-03-11T09:00:00+01:00"),
        ("received_at", "0001-01-01T00:00:00+14:00"),
        ("received_at", "9999-12-31T23:59:59-14:00"),
        ("received_at", 1772000000),
        ("received_at", None),
        ("received_at", "i går"),
        ("channel", "fax"),
        ("channel", None),
        ("channel", ["phone"]),
        ("kind", "other"),
        ("reporter", None),
        ("reporter", []),
        ("reporter", "police"),
        ("reporter.category", "neighbour"),
        ("reporter.name", "x" * 201),
        ("reporter.name", {"first": "R"}),
        ("reporter.name", "R\x00"),
        ("reporter.wants_feedback", "true"),
        ("reporter.wants_feedback", 1),
        ("child", None),
        ("child", ["Alva"]),
        ("child.personal_identity_number", "20150501-0000"),
        ("child.personal_identity_number", "hej"),
        ("child.personal_identity_number", 201505012383),
        ("child.personal_identity_number", "2" * 200_000),
        ("child.first_name", "x" * 121),
        ("child.first_name", "\ud800"),
        ("child.birth_date", "2025-02-29"),
        ("child.birth_date", "2015-5-1"),
        ("child.birth_date", "20150501"),
        ("child.birth_date", "2026-03-11"),
        ("child.birth_date", "0001-01-01"),
        ("child.expected_on", "9999-12-31"),
        ("child.gender", "flicka"),
        ("child.id", HUGE),
        ("child.id", "1"),
        ("child.id", True),
        ("child.id", 1.5),
        ("reasons", "neglect"),
        ("reasons", ["neglect", "neglect"]),
        ("reasons", ["gossip"]),
        ("reasons", [["neglect"]]),
        ("reasons", None),
        ("concern", ""),
        ("concern", "   "),
        ("concern", None),
        ("concern", 5),
        ("concern", "x" * 200_000),
        ("concern", "a\x00b"),
        ("is_crime_report", "false"),
        ("is_crime_report", None),
        ("linked_to", HUGE),
        ("linked_to", 2**63 - 1),
        ("linked_to", -1),
        ("linked_to", "1"),
        ("idempotency_key", "k" * 121),
        ("idempotency_key", 7),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_wrong_value_is_told_by_its_field(
    caller: Callable[..., Caller], path: str, value: Any
) -> None:
    told = caller().post("reports/", at(report_body(), path, value))
    assert told.status_code == 400, told.content[:300]
    problem = told.json()
    place, top = problem["errors"], problem
    for part in path.split("."):
        place, top = place[part], top[part]
    assert place == top
    assert place
    assert len(told.content) < 3_000, "what was sent is not sent back"
    assert not Report.objects.exists()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["unit", "received_at", "channel", "kind", "reporter", "child", "reasons", "concern"],
)
def test_a_missing_field_is_told_by_its_name(caller: Callable[..., Caller], name: str) -> None:
    body = report_body()
    del body[name]
    told = caller().post("reports/", body)
    assert told.status_code == 400
    assert set(told.json()["errors"]) == {name}


def test_every_wrong_field_is_told_at_once(caller: Callable[..., Caller]) -> None:
    told = caller().post("reports/", report_body(channel="fax", concern=None, reasons="x"))
    assert set(told.json()["errors"]) == {"channel", "concern", "reasons"}


@pytest.mark.parametrize(
    ("children", "where"),
    [
        ([{"first_name": "Alva"}, {"gender": "x"}], ("1", "gender")),
        ([{"personal_identity_number": "19121212-1213"}], ("0", "personal_identity_number")),
        (
            [{"first_name": "Alva"}, {"personal_identity_number": "19121212-1213"}],
            ("1", "personal_identity_number"),
        ),
    ],
)
def test_a_siblings_error_is_told_by_its_place(
    caller: Callable[..., Caller], children: list[Any], where: tuple[str, str]
) -> None:
    told = caller().post("reports/", report_body(child=None, children=children))
    assert told.status_code == 400
    assert told.json()["errors"]["children"].keys() == {where[0]}
    assert told.json()["errors"]["children"][where[0]].keys() == {where[1]}


@pytest.mark.parametrize(
    "changes",
    [
        {"child": None, "children": []},
        {"children": [{"first_name": "Nils"}]},
        {"child": None, "children": [{}] * 13},
        {"child": None, "children": {"first_name": "Nils"}},
        {"child": None, "children": ["Nils"]},
    ],
)
def test_a_report_is_about_one_child_or_some_siblings(
    caller: Callable[..., Caller], changes: dict[str, Any]
) -> None:
    told = caller().post("reports/", report_body(**changes))
    assert told.status_code == 400
    assert set(told.json()["errors"]) <= {"child", "children"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"17",
        b"{} {}",
        b'{"unit": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"unit":' * 50_000,
        b"1" * 10_000,
        '{"unit": "ST-BOU"'.encode("utf-16"),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_no_object_is_refused(caller: Callable[..., Caller], body: bytes) -> None:
    told = caller().post("reports/", body)
    assert told.status_code == 400
    assert told.json()["errors"]


def test_a_body_beyond_the_limit_is_refused(caller: Callable[..., Caller], settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    told = caller().post("reports/", report_body(concern="x" * 1_000))
    assert told.status_code == 413


def test_only_json_is_read(caller: Callable[..., Caller], client) -> None:
    token = caller().token
    told = client.post(
        "/api/v1/reports/", {"unit": "ST-BOU"}, headers={"Authorization": f"Token {token}"}
    )
    assert told.status_code == 415
    assert told.headers["Content-Type"] == "application/problem+json"


def test_only_json_is_told(caller: Callable[..., Caller]) -> None:
    assert caller().get("reports/", Accept="text/html").status_code == 406


@pytest.mark.parametrize(
    "address",
    [
        "nothing/",
        "reports",
        "reports/0/",
        "reports/99999999/",
        f"reports/{HUGE}/",
        f"reports/{'9' * 5000}/",
        "reports/-1/",
        "reports/x/",
        "reports/1%00/",
        f"investigations/{HUGE}/",
        "interventions/1/",
        "reports/1/decision",
        "reports/?page=2",
        f"reports/?page={'9' * 900}",
    ],
    ids=lambda address: address[:30],
)
def test_what_is_not_there_is_a_problem_too(caller: Callable[..., Caller], address: str) -> None:
    assert caller("head").get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["reports/{}/decision/", "reports/{}/protection_assessment/", "investigations/{}/extension/"],
)
def test_writing_to_what_is_not_there_says_so_before_looking_at_the_body(
    caller: Callable[..., Caller], address: str
) -> None:
    assert caller("head").post(address.format(HUGE), []).status_code == 404
    assert caller("head").post(address.format(4711), {}).status_code == 404


@pytest.mark.parametrize(
    ("list_", "question", "field"),
    [
        ("reports", "status=unknown", "status"),
        ("reports", "unit=%00", "unit"),
        ("reports", f"unit={'x' * 41}", "unit"),
        ("investigations", "unit=ST%20BOU", "unit"),
        ("interventions", "unit=%27%3B--", "unit"),
        ("reports", "page_size=1001", "page_size"),
        ("reports", "page_size=0", "page_size"),
        ("reports", "page_size=x", "page_size"),
        ("reports", "page=0", "page"),
        ("reports", f"page={'9' * 5000}", "page"),
        ("investigations", "status=late", "status"),
        ("investigations", "group=%00", "group"),
        ("interventions", "status=x", "status"),
        ("deadlines", "on=2025-02-29", "on"),
        ("deadlines", "on=today", "on"),
        ("deadlines", "on=99999-01-01", "on"),
        ("deadlines", "on=0001-01-01", "on"),
        ("deadlines", "status=late", "status"),
        ("deadlines", "kind=x", "kind"),
        ("deadlines", "unit=ST-BOU%00", "unit"),
        ("notices", "unread=1", "unread"),
    ],
    ids=lambda value: value[:30],
)
def test_a_wrong_question_is_told_by_its_name(
    caller: Callable[..., Caller], list_: str, question: str, field: str
) -> None:
    told = caller("head").get(f"{list_}/?{question}")
    assert told.status_code == 400, told.content[:300]
    assert set(told.json()["errors"]) == {field}


def test_an_empty_filter_is_no_filter(caller: Callable[..., Caller], world: World) -> None:
    world.report()
    assert caller("head").get("reports/?status=&unit=&page_size=").json()["count"] == 1


def test_a_unit_one_may_not_know_is_as_one_that_does_not_exist(
    caller: Callable[..., Caller],
) -> None:
    reception = caller("reception")
    unknown = reception.post("reports/", report_body(unit="NO-SUCH")).json()
    hidden = reception.post("reports/", report_body(unit="EV-BOU")).json()
    assert unknown == hidden
    assert set(unknown["errors"]) == {"unit"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"main": "nobody"}, "main"),
        ({"co": "worker2"}, "co"),
        ({"co": "main"}, "co"),
        ({"co": "x\x00"}, "co"),
        ({"main": None}, "main"),
        ({"from": "2026-03-01"}, "from"),
        ({"from": "9999-12-31"}, "from"),
        ({"from": "2026-06-01"}, "from"),
        ({"from": None}, "from"),
        ({"version": 0}, "version"),
        ({"version": "1"}, "version"),
        ({"version": HUGE}, "version"),
    ],
    ids=repr,
)
def test_a_wrong_pair_is_told_by_its_field(
    caller: Callable[..., Caller], world: World, changes: dict[str, Any], field: str
) -> None:
    investigation = world.investigation("2026-03-02", allocated=False)
    body = {"main": "main", "co": "co", "from": "2026-03-10", **changes}
    told = caller("leader").post(f"investigations/{investigation.pk}/handlers/", body)
    assert told.status_code == 400, told.content
    assert set(told.json()["errors"]) == {field}
    assert not investigation.matter.workers.exists()


def test_who_exists_is_not_told_by_a_refused_pair(
    caller: Callable[..., Caller], world: World
) -> None:
    investigation = world.investigation("2026-03-02", allocated=False)
    address = f"investigations/{investigation.pk}/handlers/"
    body = {"co": "co", "from": "2026-03-10"}
    known = caller("leader").post(address, {**body, "main": "other_worker"}).json()
    unknown = caller("leader").post(address, {**body, "main": "nobody"}).json()
    assert known == unknown


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"until": "2026-07-02"}, 400),
        ({"until": "2028-01-01"}, 400),
        ({"reason": " "}, 400),
        ({"decided_on": "2026-03-11"}, 400),
        ({"decided_on": "2026-03-01"}, 400),
        ({"version": 99}, 409),
    ],
    ids=repr,
)
def test_an_extension_that_cannot_be_is_refused(
    caller: Callable[..., Caller], world: World, changes: dict[str, Any], status: int
) -> None:
    investigation = world.investigation("2026-03-02")
    body = {"until": "2026-08-02", "reason": "Skäl.", "decided_on": "2026-03-10", **changes}
    told = caller("leader").post(f"investigations/{investigation.pk}/extension/", body)
    assert told.status_code == status, told.content
    investigation.refresh_from_db()
    assert investigation.extended_to is None
    if status == 409:
        assert told.json()["version"] == investigation.version


def test_a_second_decision_is_a_conflict(caller: Callable[..., Caller], world: World) -> None:
    report = world.decide(world.report("2026-03-02 09:00"), "2026-03-03", "do_not_open")
    body = {"decided_on": "2026-03-10", "outcome": "do_not_open", "rationale": "Nej."}
    assert caller("head").post(f"reports/{report.pk}/decision/", body).status_code == 409


@pytest.mark.parametrize("group", ["no-such", "internt-stod", ""])
def test_an_opening_needs_a_group_that_investigates(
    caller: Callable[..., Caller], world: World, group: str
) -> None:
    report = world.report("2026-03-02 09:00")
    body = {"decided_on": "2026-03-10", "outcome": "open", "rationale": "Ja.", "group": group}
    body["unassessed_reason"] = "Bedömdes muntligt."
    told = caller("head").post(f"reports/{report.pk}/decision/", body)
    assert told.status_code == 400
    assert set(told.json()["errors"]) == {"group"}


def test_what_was_typed_is_never_in_the_log(
    caller: Callable[..., Caller], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        caller().post("reports/", report_body(channel="Alva Hemlig"))
        caller().post("reports/", json.dumps(report_body(concern="Alva Hemlig"))[:-1])
        caller().get("reports/?status=Hemlig&name=Hemlig")
    assert "Hemlig" not in " ".join(record.getMessage() for record in caplog.records)
