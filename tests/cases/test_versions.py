"""Versions: what is kept of every text, compared word by word, for those who read the matter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from cases.access.child_log import in_words
from cases.investigations import services as investigations
from cases.investigations.models import DecisionDocument
from cases.journal import services as notes
from cases.journal.models import Note
from cases.reports import services as reports
from cases.reports.models import DecisionProposal, OpeningDecision
from cases.signing import texts
from core.models import TrailEntry
from tests.factories import World, moment


def as_user(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def note(world: World, versions: int = 2) -> Note:
    happened = moment("2026-03-05 10:00")
    written = notes.write_note(
        world.investigation().pk,
        kind="journal",
        happened_at=happened,
        text="Vi talade om skolan.",
        by=world.main,
        at=moment("2026-03-05 15:00"),
    )
    for number in range(1, versions):
        written = notes.change_note(
            written.pk,
            kind="journal",
            happened_at=happened,
            text=f"Vi talade om fritids {number}.",
            version=written.version,
            reason=f"Skäl {number}.",
            by=world.main,
            at=moment("2026-03-06 08:00") + timedelta(minutes=number),
        )
    return written


def page(user: Any, code: str, pk: int, **query: Any) -> Any:
    return as_user(user).get(reverse("text_versions", args=[code, pk]), query)


def test_versions_of_a_note_say_who_when_and_why(world: World) -> None:
    row = note(world, 3)
    found = texts.versions(texts.KINDS["note"], row)
    assert [(one.number, one.why, one.by, one.is_present) for one in found] == [
        (1, "", world.main, False),
        (2, "Skäl 1.", world.main, False),
        (3, "Skäl 2.", world.main, True),
    ]
    assert [one.at for one in found] == [
        moment("2026-03-05 15:00"),
        moment("2026-03-06 08:01"),
        moment("2026-03-06 08:02"),
    ]


def test_words_that_changed_are_marked_not_by_colour_alone(world: World) -> None:
    body = page(world.co, "note", note(world).pk).content.decode()
    assert '<del class="diff"><span class="visually-hidden">[taken away: </span>skolan.' in body
    assert '<ins class="diff"><span class="visually-hidden">[put in: </span>fritids 1.' in body


def test_any_two_versions_are_compared(world: World) -> None:
    row = note(world, 4)
    shown = page(world.main, "note", row.pk, before="1", after="3").context
    assert (shown["before"], shown["after"]) == (1, 3)
    texts_of = {one.label: "".join(c.text for c in one.chunks) for one in shown["compared"]}
    assert "skolan." in texts_of["note"]
    assert "fritids 2." in texts_of["note"]
    for odd in ("0", "99", "x", "²", "-1", "9" * 40):
        assert page(world.main, "note", row.pk, before=odd, after=odd).status_code == 200


def test_versions_caught_also_when_written_past_the_services(world: World) -> None:
    row = note(world, 1)
    Note.objects.filter(pk=row.pk).update(text="Bakvägen.")
    row.refresh_from_db()
    found = texts.versions(texts.KINDS["note"], row)
    assert [one.fields[-1].text for one in found] == ["Vi talade om skolan.", "Bakvägen."]


def test_a_change_of_something_else_is_no_version(world: World) -> None:
    case = world.investigation()
    for text in ("Plan ett.", "Plan två."):
        investigations.write_plan(case.pk, plan=text, by=world.main, at=moment("2026-03-06"))
        investigations.record_move(
            case.pk,
            moved_on=moment("2026-03-05").date(),
            moved_to="Annan kommun",
            by=world.main,
            at=moment("2026-03-07"),
        )
    case.refresh_from_db()
    found = texts.versions(texts.KINDS["plan"], case)
    assert [one.fields[0].text for one in found] == ["Plan ett.", "Plan två."]
    assert found[1].by == world.main


def test_every_kind_of_text_has_its_room(world: World) -> None:
    report = world.report("2026-03-02 09:00")
    who: dict[str, Any] = {"by": world.reception, "at": moment("2026-03-02 12:00")}
    assessment = reports.assess_protection(
        report.pk,
        assessed_at=moment("2026-03-02 10:00"),
        outcome="no_immediate_need",
        child_spoken_with=False,
        rationale="Trygg.",
        **who,
    )
    for text in ("Utreds inte.", "Utreds."):
        reports.propose_decision(
            report.pk, outcome="open", rationale=text, group=world.groups["barn-1"], **who
        )
    world.decide(report, "2026-03-03")
    row = note(world)
    case = row.matter.record
    investigations.write_plan(case.pk, plan="Plan.", by=world.main, at=moment("2026-03-06"))
    investigations.write_document(
        case.pk, parts={"proposal": "Ett."}, by=world.main, at=moment("2026-03-06")
    )
    investigations.write_document(
        case.pk, parts={"proposal": "Två."}, by=world.co, at=moment("2026-03-07")
    )
    pks = {
        "note": row.pk,
        "assessment": assessment.pk,
        "proposal": DecisionProposal.objects.get().pk,
        "decision": OpeningDecision.objects.filter(report=report).get().pk,
        "plan": case.pk,
        "document": DecisionDocument.objects.get().pk,
    }
    counts = {code: len(page(world.head, code, pk).context["versions"]) for code, pk in pks.items()}
    assert counts == {
        "note": 2,
        "assessment": 1,
        "proposal": 2,
        "decision": 1,
        "plan": 1,
        "document": 2,
    }
    assert counts.keys() == texts.KINDS.keys()
    read = TrailEntry.objects.filter(action__endswith=".versions_read")
    assert {entry.action.removesuffix(".versions_read") for entry in read} == counts.keys()
    # Each of them stands in the log of the child whose text it is.
    for entry in read:
        kind = texts.KINDS[entry.action.removesuffix(".versions_read")]
        [text] = kind.model._default_manager.filter(pk__in=entry.targets)
        assert entry.children == [texts.record_of(kind, text).child_id]
        assert entry.unit_id == world.unit.pk
        assert str(kind.label).lower() in in_words(entry).lower()


def test_versions_are_for_those_who_read_the_matter(world: World) -> None:
    row = note(world)
    answers = {name: page(user, "note", row.pk).status_code for name, user in world.people.items()}
    reading = {"main", "co", "leader", "head", "coordinator"}
    assert {name for name, status in answers.items() if status == 200} == reading
    assert {status for name, status in answers.items() if name not in reading} == {404}
    assert page(world.head, "nothing", row.pk).status_code == 404


def test_room_of_versions_asks_the_same_for_two_and_thirty(
    world: World, django_assert_max_num_queries: Any
) -> None:
    counts = []
    client = as_user(world.main)
    for versions in (2, 30):
        url = reverse("text_versions", args=["note", note(world, versions).pk])
        client.get(url)
        with django_assert_max_num_queries(30) as asked:
            client.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]
