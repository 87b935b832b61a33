"""What the toy registers: the same that every kind does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from cases.disclosure.collection import Collector
from cases.journal.timeline import Timeline
from cases.law.classification import Fact, Share
from cases.law.duties import duty
from cases.law.time_limits import RULEBOOK, Rule
from cases.matters.models import MatterWorker
from cases.matters.registry import KINDS, Kind, Part
from cases.notices.topics import Topic
from cases.persons.models import Person
from core.calendar import Span
from core.decisions import Allowed
from organisation.permissions import Access
from organisation.rights import Action
from tests.toy.models import Promise

DUTY = "promise_to_keep"
TOPICS = {"promise_made": Topic("En ny utfästelse, %(number)s", look=("star", "info"))}

RULE = Rule(
    kind=DUTY,
    version="1",
    source="the toy's routine",
    name="keep the promise",
    name_sv="hålla löftet",
    anchor="promise",
    anchor_sv="löftet",
    limit=Span(days=10),
    counting="10 days",
    counting_sv="10 dagar",
)


def _reach(promise: Any, on: date) -> dict[str, Any]:
    workers = MatterWorker.objects.active(on).filter(matter=promise.pk)
    return {
        "unit_id": promise.unit_id,
        "group_ids": [promise.group_id],
        "handler_ids": list(workers.values_list("user_id", flat=True)),
        "child_id": promise.child_id,
    }


def _given_back(promise: Any, left: frozenset[int], on: date, at: datetime) -> None:
    """It waits for the leader."""


def _pieces(collector: Collector, promises: Any) -> Iterator[Any]:
    for promise in promises:
        writer = collector.start(promise, promise.promised_on, f"Löfte {promise.number}")
        writer.field(promise, "words")
        yield writer.done()


def _events(line: Timeline, child: Person, access: Access) -> None:
    for promise in Promise.objects.visible_to(access).filter(child=child):
        url = reverse("promise", args=[promise.pk])
        line.add(promise.promised_on, "promise", "Ett löfte gavs", url=url)


KIND = Kind(
    code=Promise.KIND,
    model=Promise,
    name="Löfte",
    icon="star",
    address="promise",
    reads=Action.READ_INVESTIGATION,
    works=Action.WORK_ON_INVESTIGATION,
    prepares=Action.PREPARE_DISCLOSURE,
    own_are_few=True,
    reach=_reach,
    parts={"promiser": Part("Den som lovade")},
    may_write=lambda promise: Allowed(),
    given_back=_given_back,
    duties=(DUTY,),
    derive=lambda promise: [duty(DUTY, promise.promised_on, met_on=promise.kept_on)],
    with_facts=lambda rows: rows,
    log_words={"promise.read": "Öppnade löftet", "promise.handler_blocked": "Löftet gick tillbaka"},
    pieces=_pieces,
    columns={
        "Promise": {
            Share.OPEN: "number",
            Share.SCAN: "words",
            Fact.DERIVED: "promised_on kept_on",
            Fact.KEY: "matter unit group child version",
        }
    },
    events=_events,
)


def register() -> None:
    RULEBOOK.add(DUTY, "Håll löftet", [RULE])
    KINDS.add(KIND)


def forget() -> None:
    KINDS.remove(KIND.code)
    RULEBOOK.remove(DUTY)
