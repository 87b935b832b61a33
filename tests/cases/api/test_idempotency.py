"""One key, one report: in a row, at once, and with another body."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection

from cases.persons.models import Person
from cases.reports.models import Report
from organisation import tokens
from tests.cases.api.conftest import NOW, Caller, report_body
from tests.factories import World, moment


def test_a_repeat_is_answered_with_the_same_report(
    caller: Callable[..., Caller], clock: Any
) -> None:
    ask, body = caller(), report_body(idempotency_key="k-1")
    first = ask.post("reports/", body)
    clock.move_to(moment("2026-03-10 14:31"))
    again = ask.post("reports/", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Report.objects.count() == 1


def test_a_repeat_about_siblings_is_answered_with_all_of_them(
    caller: Callable[..., Caller], clock: Any
) -> None:
    siblings = [{"first_name": "Alva"}, {"first_name": "Nils"}]
    body = report_body(child=None, children=siblings, idempotency_key="k-1")
    first = caller().post("reports/", body).json()
    clock.move_to(moment("2026-03-10 14:31"))
    assert caller().post("reports/", body).json() == first
    assert len(first["siblings"]) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"concern": "En annan oro."},
        {"child": {"first_name": "Nils"}},
        {"received_at": "2026-03-10T09:01:00+01:00"},
        {"is_crime_report": True},
        {"reporter": {"category": "police"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_same_key_with_another_report_is_a_conflict(
    caller: Callable[..., Caller], changes: dict[str, Any]
) -> None:
    caller().post("reports/", report_body(idempotency_key="k-1"))
    told = caller().post("reports/", report_body(idempotency_key="k-1", **changes))
    assert told.status_code == 409
    assert Report.objects.count() == 1
    assert Person.objects.count() == 1


def test_the_same_moment_in_another_offset_is_the_same_report(
    caller: Callable[..., Caller],
) -> None:
    first = caller().post("reports/", report_body(idempotency_key="k-1")).json()
    again = caller().post(
        "reports/",
        report_body(idempotency_key="k-1", received_at="2026-03-10T08:00:00Z"),
    )
    assert again.json()["id"] == first["id"]


def test_a_key_is_its_senders_own(caller: Callable[..., Caller]) -> None:
    caller("reception").post("reports/", report_body(idempotency_key="k-1"))
    assert caller("main").post("reports/", report_body(idempotency_key="k-1")).status_code == 201


def test_without_a_key_each_report_is_a_new_one(caller: Callable[..., Caller]) -> None:
    for key in (None, "", None):
        assert caller().post("reports/", report_body(idempotency_key=key)).status_code == 201
    assert Report.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_once_makes_one() -> None:
    world = World()
    ask = Caller(tokens.issue(world.reception, days=1, by=None, at=NOW))
    start, answers = threading.Barrier(4), []

    def send() -> None:
        try:
            start.wait(10)
            answers.append(ask.post("reports/", report_body(idempotency_key="k-1")))
        finally:
            connection.close()

    with time_machine.travel(NOW, tick=True):
        threads = [threading.Thread(target=send) for _index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Report.objects.count() == 1
