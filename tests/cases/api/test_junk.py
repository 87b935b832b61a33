"""Whatever is thrown at the API, it is an answer and never a defect."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organisation import tokens
from tests.cases.api.conftest import NOW, Caller, report_body
from tests.factories import World

SOME = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

days = st.one_of(
    st.dates().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    st.sampled_from(["2025-02-29", "0001-01-01", "9999-12-31", "2026-03-10T09:00:00+23:59"]),
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(2**80), max_value=2**80),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet=st.characters(), max_size=30),
    days,
    st.sampled_from(["open", "police", "anonymous", "girl", "phone", "report", "main", "barn-1"]),
)
things = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
PATHS = [
    "unit",
    "received_at",
    "channel",
    "kind",
    "reporter",
    "reporter.category",
    "reporter.name",
    "reporter.wants_feedback",
    "child",
    "child.id",
    "child.personal_identity_number",
    "child.first_name",
    "child.birth_date",
    "child.expected_on",
    "child.gender",
    "children",
    "reasons",
    "concern",
    "is_crime_report",
    "child_suspected",
    "linked_to",
    "idempotency_key",
]


@pytest.fixture
def head(world: World) -> Any:
    with time_machine.travel(NOW, tick=False):
        yield Caller(tokens.issue(world.head, days=1, by=None, at=NOW))


def put(body: Any, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        body = body.get(parent) if isinstance(body, dict) else None
    if isinstance(body, dict):
        body[last] = value


@SOME
@given(changes=st.dictionaries(st.sampled_from(PATHS), things, min_size=1, max_size=3))
def test_any_report_is_answered(head: Caller, changes: dict[str, Any]) -> None:
    body = report_body()
    for path, value in changes.items():
        put(body, path, value)
    assert head.post("reports/", body).status_code in {200, 201, 400, 403, 409}


@SOME
@given(body=things)
def test_any_body_is_answered(head: Caller, body: Any) -> None:
    assert head.post("reports/", body).status_code == 400


FORMS = {
    "reports/{report}/protection_assessment/": {
        "assessed_at": "2026-03-02T10:00:00+01:00",
        "outcome": "no_immediate_need",
        "child_spoken_with": True,
        "rationale": "x",
        "support_granted": "",
        "version": None,
    },
    "reports/{report}/decision/": {
        "decided_on": "2026-03-10",
        "outcome": "open",
        "rationale": "x",
        "group": "barn-1",
        "investigation_type": "ordinary",
        "late_reason": "x",
        "unassessed_reason": "x",
        "version": None,
    },
    "reports/{report}/serious_talk/": {
        "offered_at": "2026-03-02T10:00:00+01:00",
        "result": "held",
        "held_at": "2026-03-02T11:00:00+01:00",
        "with_guardians": True,
        "note": "",
    },
    "reports/{report}/feedback/": {"given_on": "2026-03-10", "channel": "phone"},
    "reports/{report}/feedback/asked/": {"asked_on": "2026-03-10", "version": None},
    "reports/{report}/join/": {"version": None},
    "investigations/{investigation}/extension/": {
        "until": "2026-08-10",
        "reason": "x",
        "decided_on": "2026-03-10",
        "version": None,
    },
    "investigations/{investigation}/conclusion/": {
        "concluded_on": "2026-03-10",
        "outcome": "intervention",
        "rationale": "x",
        "read_by_leader": True,
        "unsigned_notes_reason": "x",
        "open_disclosures_reason": "x",
        "unread_reports_reason": "x",
        "not_communicated_reason": "x",
        "version": None,
    },
    "investigations/{investigation}/handlers/": {
        "main": "main",
        "co": "co",
        "from": "2026-03-10",
        "reason": "x",
        "handover_note": "",
        "version": None,
    },
}


@SOME
@given(address=st.sampled_from(sorted(FORMS)), data=st.data())
def test_any_step_is_answered(
    head: Caller, world: World, address: str, data: st.DataObject
) -> None:
    ids = getattr(world, "_junk_ids", None)
    if ids is None:
        ids = world._junk_ids = {
            "report": world.report("2026-03-02 09:00", is_crime_report=True).pk,
            "investigation": world.investigation("2026-03-02").pk,
        }
    form = FORMS[address]
    names = data.draw(st.sets(st.sampled_from(sorted(form)), min_size=1, max_size=2))
    body = {**form, **{name: data.draw(things) for name in sorted(names)}}
    told = head.post(address.format(**ids), body)
    assert told.status_code in {200, 400, 403, 409}


@SOME
@given(
    list_=st.sampled_from(["reports", "investigations", "interventions", "deadlines", "notices"]),
    question=st.dictionaries(
        st.sampled_from(["page", "page_size", "status", "unit", "group", "on", "kind", "unread"]),
        st.one_of(
            st.text(max_size=12),
            st.integers().map(str),
            days,
            st.sampled_from(["ST-BOU", "due", "overdue", "2026-03-10", "received", "true"]),
        ),
        max_size=3,
    ),
)
def test_any_question_is_answered(head: Caller, list_: str, question: dict[str, str]) -> None:
    asked = "&".join(
        f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}"
        for name, value in question.items()
    )
    assert head.get(f"{list_}/?{asked}").status_code in {200, 400, 404}
