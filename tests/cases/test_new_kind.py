"""A kind of matter that nothing in the program knows (tests/toy) has all that a case has.

It breaks when somebody below an app names a kind.
"""

from __future__ import annotations

import ast
import dataclasses
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.access import child_log as readings
from cases.access import conflicts, departures, emergency
from cases.access import grants as access_services
from cases.access.conflicts import ChildNamed
from cases.deadlines import store as deadlines
from cases.deadlines import sweep
from cases.deadlines.models import Deadline
from cases.disclosure import services as disclosures
from cases.journal import services as notes
from cases.journal.timeline import events_for_child
from cases.law.classification import Fact, Share
from cases.matters import registry as matters
from cases.matters import workers
from cases.matters.models import HeaderKept, Matter, MatterWorker, NotFetched
from cases.notices import digest, topics
from cases.notices import services as notices
from cases.notices.models import Digest, Notice
from cases.persons.models import Person
from cases.provisions.models import ConflictOfInterest
from core import navigation
from core.models import TrailEntry
from organisation.models import RoleAssignment, User
from organisation.permissions import access_for
from tests.factories import World, moment
from tests.toy import kinds as toy
from tests.toy.models import Promise

MADE, DUE, TODAY = date(2026, 3, 2), date(2026, 3, 12), date(2026, 3, 10)
NOW = moment("2026-03-10 10:00")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def promise(world: World, settings: Any) -> Iterator[Promise]:
    """A promise to a child of the unit's, made by `worker2` in the group `barn-2`."""
    settings.ROOT_URLCONF = "tests.toy.urls"
    settings.NOTICE_TOPICS = [*settings.NOTICE_TOPICS, "tests.toy.kinds.TOPICS"]
    topics._topics.cache_clear()
    navigation.statements.clear()
    toy.register()
    with connection.schema_editor() as editor:
        editor.create_model(Promise)
    with time_machine.travel(NOW, tick=False):
        yield make(world, number="ST-BOU-2026-L00001", child=child_of(world))
    toy.forget()
    topics._topics.cache_clear()
    navigation.statements.clear()


def child_of(world: World) -> Person:
    return Person.objects.create(
        unit=world.unit,
        first_name="Alva",
        last_name="Berg",
        gender="girl",
        created_at=moment("2026-03-01"),
    )


def make(world: World, *, number: str, child: Person | None) -> Promise:
    made = Promise.objects.create(
        unit=world.unit,
        group=world.groups["barn-2"],
        number=number,
        child=child,
        promised_on=MADE,
        words="Vi ska höras varje vecka.",
    )
    workers.give(
        made, world.worker2, "promiser", from_on=MADE, by=world.leader2, at=moment(str(MADE))
    )
    deadlines.refresh(made, on=MADE)
    return made


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, promise: Promise) -> int:
    return client_of(user).get(f"/promises/{promise.pk}/").status_code


def test_it_is_a_matter_with_a_header_a_page_and_a_duty(promise: Promise, world: World) -> None:
    assert matters.incomplete() == []
    matter = Matter.objects.get(number=promise.number)
    assert (matter.pk, matter.kind, matter.closed_on) == (promise.pk, "promise", None)
    assert matter.get_absolute_url() == f"/promises/{promise.pk}/"
    [due] = matter.deadlines.all()
    assert (due.kind, due.due_on, due.get_kind_display()) == (toy.DUTY, DUE, "Håll löftet")
    assert list(deadlines.differences()) == []

    promise.kept_on = TODAY
    promise.save()
    deadlines.refresh(promise, on=TODAY)

    matter.refresh_from_db()
    assert (matter.closed_on, matter.deadlines.get().met_on) == (TODAY, TODAY)


def test_its_page_and_its_api_are_of_those_who_need_to_know(promise: Promise, world: World) -> None:
    let_in = {
        name
        for name in ("worker2", "leader2", "head", "main", "leader", "reception", "other_head")
        if page(world.people[name], promise) == 200
    }
    assert let_in == {"worker2", "leader2", "head"}
    for name in ("worker2", "main"):
        listed = client_of(world.people[name]).get("/api/v1/promises/").json()["results"]
        assert [one["number"] for one in listed] == ([promise.number] if name == "worker2" else [])
    assert world.worker2.has_perm("cases.read_matter", promise)
    assert not world.main.has_perm("cases.read_matter", promise)


def test_the_list_of_deadlines_its_file_and_its_api_show_it(promise: Promise, world: World) -> None:
    client = client_of(world.leader2)
    html = client.get("/deadlines/").content.decode()
    assert promise.number in html
    assert f"/promises/{promise.pk}/" in html
    assert "Håll löftet" in html
    assert promise.number in client_of(world.worker2).get("/deadlines/?handler=me").content.decode()

    book = openpyxl.load_workbook(io.BytesIO(client.get("/deadlines/?format=xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [promise.number]

    [row] = client.get("/api/v1/deadlines/").json()["results"]
    assert (row["number"], row["kind"], row["promise"]) == (promise.number, toy.DUTY, promise.pk)
    assert (row["report"], row["investigation"]) == (None, None)


def test_the_sweep_tells_its_worker_and_leader_and_the_morning_mail_counts_it(
    promise: Promise, world: World
) -> None:
    done = sweep.sweep(on=DUE, at=moment(f"{DUE} 07:00"))

    assert (done.rungs, done.notices) == (2, 2)
    assert set(Notice.objects.values_list("recipient__username", flat=True)) == {
        "worker2",
        "leader2",
    }
    html = client_of(world.worker2).get("/notices/").content.decode()
    assert f"Håll löftet i {promise.number}" in html
    notice = Notice.objects.get(recipient=world.worker2)
    assert client_of(world.worker2).get(f"/notices/{notice.pk}/")["Location"] == (
        f"/promises/{promise.pk}/"
    )

    digest.make(day=DUE)
    assert dict(Digest.objects.values_list("recipient__username", "due_today")) == {
        "worker2": 1,
        "leader2": 1,
        "head": 1,
    }


def test_a_notice_of_its_own_has_its_sentence_and_leads_to_it(
    promise: Promise, world: World
) -> None:
    notices.tell([world.leader2.pk], "promise_made", at=NOW, on=TODAY, about=promise)
    html = client_of(world.leader2).get("/notices/").content.decode()
    assert f"En ny utfästelse, {promise.number}" in html


def test_a_conflict_of_interest_takes_it_away_and_its_leader_is_told(
    promise: Promise, world: World
) -> None:
    conflicts.declare(
        ChildNamed(child_id=promise.child_id),
        staff=world.worker2,
        category="relative",
        includes_siblings=False,
        from_on=TODAY,
        by=world.worker2,
        at=NOW,
    )

    assert page(world.worker2, promise) == 404
    assert not world.worker2.has_perm("cases.read_matter", promise)
    assert not MatterWorker.objects.current().filter(matter=promise.pk).exists()
    assert Notice.objects.get(kind="unassigned").recipient == world.leader2
    assert ConflictOfInterest.objects.count() == 1
    refused = TrailEntry.objects.get(action="conflict.refused")
    assert refused.children == [promise.child_id]


def test_whoever_leaves_the_unit_leaves_it(promise: Promise, world: World) -> None:
    RoleAssignment.objects.filter(user=world.worker2).update(until_on=date(2026, 3, 9))
    assert departures.release_departed(on=TODAY, at=NOW) == 1
    assert Notice.objects.get(kind="unassigned").recipient == world.leader2


def test_it_can_be_given_to_one_person_to_read_for_a_time(promise: Promise, world: World) -> None:
    access_services.grant_reading(
        promise.pk,
        reader=world.main,
        reason="Syskon i en annan grupp.",
        from_on=TODAY,
        until_on=date(2026, 3, 11),
        by=world.head,
        at=NOW,
    )
    assert page(world.main, promise) == 200
    assert world.main.has_perm("cases.read_matter", promise)
    assert promise.number in client_of(world.head).get("/grants/").content.decode()
    with time_machine.travel(moment("2026-03-12 00:00"), tick=False):
        assert page(world.main, promise) == 404
        assert not world.main.has_perm("cases.read_matter", promise)


def test_it_is_found_by_its_number_and_opened_in_an_emergency(
    promise: Promise, world: World
) -> None:
    found = client_of(world.worker2).post("/search/", {"q": promise.number.lower()})
    assert found["Location"] == f"/promises/{promise.pk}/"

    assert page(world.on_duty, promise) == 404
    who = access_for(world.on_duty, on=TODAY, at=NOW)
    [child] = emergency.find(promise.number, who=who)
    emergency.open_case(child.pk, reason="Barnet står på gatan.", hours=1, by=world.on_duty, at=NOW)
    assert page(world.on_duty, promise) == 200


def test_the_childs_log_and_timeline_tell_of_it(promise: Promise, world: World) -> None:
    page(world.worker2, promise)
    child = Person.objects.get(pk=promise.child_id)
    [entry] = readings.of_child(child)
    [line] = readings.lines([entry], child)
    assert (line.words, line.why, line.tied) == ("Öppnade löftet", "Den som lovade", True)

    html = client_of(world.leader2).get(f"/children/{child.pk}/").content.decode()
    assert "Ett löfte gavs" in html
    note = notes.write_note(
        promise.pk,
        kind="journal",
        happened_at=NOW,
        text="Ringde som lovat.",
        by=world.worker2,
        at=NOW,
    )
    who = access_for(world.worker2, on=TODAY, at=NOW)
    told = {event.code: event.url for event in events_for_child(child, who)}
    assert told == {
        "promise": f"/promises/{promise.pk}/",
        "note": f"/promises/{promise.pk}/#note-{note.pk}",
    }
    stranger = access_for(world.main, on=TODAY, at=NOW)
    assert events_for_child(child, stranger) == []


def test_whereabouts_of_a_protected_child_are_its_workers_while_it_is_open(
    promise: Promise, world: World
) -> None:
    Person.objects.filter(pk=promise.child_id).update(protected_identity="secrecy_marking")

    def shown(user: User) -> bool:
        access = access_for(user, on=TODAY, at=NOW)
        return Person.objects.whereabouts_shown_to(access).filter(pk=promise.child_id).exists()

    assert shown(world.worker2)
    assert shown(world.leader2)
    assert not shown(world.main)
    promise.kept_on = TODAY
    promise.save()
    assert not shown(world.worker2)


def test_its_texts_and_notes_go_into_a_partys_copy(promise: Promise, world: World) -> None:
    notes.write_note(
        promise.pk,
        kind="journal",
        happened_at=NOW,
        text="Ringde som lovat.",
        by=world.worker2,
        at=NOW,
    )
    form = client_of(world.worker2).get(f"/matters/{promise.pk}/disclosure/new/")
    assert f"Löfte {promise.number}" in form.content.decode()
    copy = disclosures.prepare(
        promise.child_id,
        matter_ids=[promise.pk],
        relation="other_party",
        right=disclosures.RightInput("party", "whole", "Prövat i samtal."),
        recipient_name="Ombudet",
        requested_on=TODAY,
        by=world.worker2,
        at=NOW,
    )
    texts = " ".join(copy.pieces.values_list("text", flat=True))
    assert "Vi ska höras varje vecka." in texts
    assert "Ringde som lovat." in texts


def test_one_about_no_child_has_its_duty_too(promise: Promise, world: World) -> None:
    other = make(world, number="ST-BOU-2026-L00002", child=None)

    sweep.sweep(on=DUE, at=moment(f"{DUE} 07:00"))
    digest.make(day=DUE)

    assert Notice.objects.filter(deadline__matter=other.pk).count() == 2
    assert Digest.objects.get(recipient=world.worker2).due_today == 2
    assert page(world.worker2, other) == 200
    html = client_of(world.leader2).get("/deadlines/").content.decode()
    assert other.number in html
    assert [row.child_id for row in Deadline.objects.filter(matter=other.pk)] == [None]


def test_the_list_of_deadlines_asks_as_many_questions_for_one_as_for_many(
    promise: Promise, world: World, django_assert_num_queries: Any
) -> None:
    client = client_of(world.leader2)
    client.get("/deadlines/")
    with CaptureQueriesContext(connection) as few:
        client.get("/deadlines/")
    for number in range(2, 32):
        make(world, number=f"ST-BOU-2026-L{number:05d}", child=promise.child)
    with django_assert_num_queries(len(few)):
        client.get("/deadlines/")


# What every kind gets, and what therefore names none of them.
GROUND = [
    "access/blocked",
    "access/child_log",
    "access/conflicts",
    "access/departures",
    "access/direct_changes",
    "access/emergency",
    "access/forms/access",
    "access/forms/child_log",
    "access/grants",
    "access/views/access",
    "access/views/child_log",
    "boards/views/deadlines",
    "deadlines/api/filters",
    "deadlines/api/outputs",
    "deadlines/api/reads",
    "deadlines/api/views",
    "deadlines/lines",
    "deadlines/models",
    "deadlines/querysets",
    "deadlines/store",
    "deadlines/sweep",
    "disclosure/collection",
    "disclosure/forms",
    "disclosure/masking_terms",
    "disclosure/models",
    "disclosure/paper",
    "disclosure/redaction",
    "disclosure/services",
    "disclosure/views",
    "drafts/models",
    "drafts/services",
    "drafts/views",
    "journal/forms",
    "journal/models",
    "journal/services",
    "journal/texts",
    "journal/timeline",
    "matters/models",
    "matters/numbers",
    "matters/querysets",
    "matters/reads",
    "matters/registry",
    "matters/workers",
    "matters/working",
    "notices/api/outputs",
    "notices/api/views",
    "notices/digest",
    "notices/lines",
    "notices/models",
    "notices/querysets",
    "notices/services",
    "notices/topics",
    "notices/views",
    "persons/identity",
    "persons/models/around",
    "persons/models/child",
    "persons/models/corrections",
    "persons/protection",
    "persons/querysets",
    "persons/views",
    "persons/whereabouts",
    "provisions/models",
    "provisions/querysets",
    "signing/forms",
    "signing/models",
    "signing/services",
    "signing/signable",
    "signing/signatures",
    "signing/texts",
    "signing/views",
    "statistics/deadlines",
]
KINDS_HERE = re.compile(
    r"cases_(report|investigation|intervention)\b|^(report|investigation|intervention)(_id)?(__|$)"
)


@pytest.mark.parametrize("name", GROUND)
def test_what_every_kind_gets_names_none(name: str) -> None:
    module = ast.parse((ROOT / "cases" / f"{name}.py").read_text())
    models = {kind.model.__name__ for kind in matters.KINDS}
    codes = {kind.code for kind in matters.KINDS}
    named = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Name | ast.alias):
            word = node.id if isinstance(node, ast.Name) else node.name
            if word in models:
                named.add(word)
        elif isinstance(node, ast.Attribute) and node.attr.removesuffix("_id") in codes:
            named.add(node.attr)
        elif isinstance(node, ast.Constant) and KINDS_HERE.search(str(node.value)):
            named.add(node.value)
    assert named == set()


def test_every_kind_keeps_its_header_by_a_trigger() -> None:
    without = {
        kind.code
        for kind in matters.KINDS
        if not any(isinstance(one, HeaderKept) for one in getattr(kind.model._meta, "triggers", ()))
    }
    assert without == set(), "give these HeaderKept() among the triggers of their Meta"


def test_a_kind_without_an_address_a_part_or_a_rule_does_not_start(promise: Promise) -> None:
    def wrong(**lacking: Any) -> list[str]:
        matters.KINDS.remove(Promise.KIND)
        matters.KINDS.add(dataclasses.replace(toy.KIND, **lacking))
        return [error.msg for error in run_checks() if error.id == "cases.E002"]

    assert wrong(address="nowhere") == [
        "the kind 'promise' has no page: nothing is named 'nowhere'"
    ]
    assert "the list of 'promise' is nowhere" in wrong(listing=("Promises", "nowhere"))[0]
    assert wrong(parts={}) == ["the kind 'promise' has no part for a worker"]
    no_rule = "the duty 'no_such' of 'promise' has no rule"
    assert wrong(duties=("no_such", toy.DUTY)) == [no_rule]
    no_texts = "copies are made of 'promise', which says no texts"
    assert wrong(pieces=matters._no_pieces) == [no_texts]
    in_vain = "the duty 'promise_to_keep' has a rule, and no kind of matter has it"
    assert wrong(duties=()) == [in_vain]
    assert wrong() == []
    matters.KINDS.remove(Promise.KIND)
    matters.KINDS.add(dataclasses.replace(toy.KIND, code="pledge"))
    called = [error.msg for error in run_checks() if error.id == "cases.E002"]
    assert called == [
        "the rows of 'pledge' say they are 'promise'",
        "the model of 'pledge' is not called so: no matter finds its row",
    ]
    matters.KINDS.remove("pledge")
    matters.KINDS.add(toy.KIND)


def test_a_kind_whose_columns_have_no_place_in_a_partys_copy_does_not_start(
    promise: Promise,
) -> None:
    def wrong(**columns: str) -> list[str]:
        matters.KINDS.remove(Promise.KIND)
        said = {
            **toy.KIND.columns["Promise"],
            Share.SCAN: "",
            **{Fact(k): v for k, v in columns.items()},
        }
        matters.KINDS.add(dataclasses.replace(toy.KIND, columns={"Promise": said}))
        return [error.msg for error in run_checks() if error.id == "cases.E002"]

    of_words = "what becomes of the column Promise.words in a party's copy is"
    assert wrong() == [f"{of_words} not said"]
    assert wrong(house="words") == [f"{of_words} said as of one without words"]
    matters.KINDS.remove(Promise.KIND)
    with pytest.raises(ValueError, match="the columns of 'Report' are classified already"):
        matters.KINDS.add(dataclasses.replace(toy.KIND, columns={"Report": {}}))
    matters.KINDS.add(toy.KIND)


def test_what_a_kind_has_to_say_it_says_at_once_or_not_at_all() -> None:
    said = {field.name: getattr(toy.KIND, field.name) for field in dataclasses.fields(toy.KIND)}
    del said["address"]
    with pytest.raises(TypeError, match="address"):
        matters.Kind(**said)
    with pytest.raises(ValueError, match="two kinds of matters have the code 'report'"):
        matters.KINDS.add(dataclasses.replace(toy.KIND, code="report"))
    with pytest.raises(matters.Unregistered, match="promise"):
        matters.kind("promise")


def test_what_was_not_fetched_is_an_error_and_never_nobody(promise: Promise, world: World) -> None:
    bare = Promise.objects.get(pk=promise.pk)
    with pytest.raises(NotFetched, match="workers_today"):
        bare.workers_with()
    with pytest.raises(NotFetched, match="duties"):
        _ = bare.duties
    whole = Promise.objects.with_workers(on=TODAY).with_deadlines().get(pk=promise.pk)
    assert whole.workers_with() == [world.worker2]
    assert [one.kind for one in whole.duties] == [toy.DUTY]
