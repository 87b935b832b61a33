"""Signatures: who may sign, what is locked and by whom, and what shows when it does not hold."""

from __future__ import annotations

import io
from typing import Any

import pgtrigger
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from cases.investigations import services as investigations
from cases.investigations.models import DOCUMENT_PARTS, DecisionDocument
from cases.journal import services as notes
from cases.journal.models import Note
from cases.reports import services as reports
from cases.reports.models import OpeningDecision, ProtectionAssessment
from cases.signing import services as signing
from cases.signing import texts
from cases.signing.models import Addition
from cases.tasks import verify_signatures
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from tests.factories import LEFT, World, moment

PARTS = dict.fromkeys(DOCUMENT_PARTS, "Text.")


def as_user(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def write(world: World, *, matter_id: int = 0, at: str = "2026-03-05 15:00", **fields: Any) -> Note:
    given: dict[str, Any] = {
        "kind": "journal",
        "happened_at": moment("2026-03-05 10:00"),
        "text": "Vi talade om skolan.",
        "by": world.main,
        "at": moment(at),
    }
    return notes.write_note(matter_id or world.investigation().pk, **given | fields)


def signed_note(world: World) -> Note:
    return signing.sign("note", write(world).pk, by=world.main, at=moment("2026-03-06 09:00"))


def change(note: Note, by: Any, text: str = "Nytt.", **fields: Any) -> Note:
    return notes.change_note(
        note.pk,
        kind="journal",
        happened_at=note.happened_at,
        text=text,
        version=note.version,
        by=by,
        at=moment("2026-03-06 10:00"),
        **fields,
    )


# Notes


def test_signature_keeps_who_when_and_in_what_capacity(world: World) -> None:
    note = signed_note(world)
    assert (note.signed_by, note.signed_at) == (world.main, moment("2026-03-06 09:00"))
    assert (note.signed_role, note.signed_title) == ("investigator", "Socialsekreterare")
    assert texts.unchanged("note", note)
    entry = TrailEntry.objects.get(action="note.signed")
    assert entry.details == {"digest": note.signed_digest}


def test_signed_note_is_not_changed(world: World) -> None:
    note = signed_note(world)
    with pytest.raises(Conflict):
        change(note, world.main)
    page = as_user(world.main).get(reverse("note_change", args=[note.pk]))
    assert page.status_code == 409


@pytest.mark.parametrize(
    "values",
    [
        {"text": "Annat."},
        {"kind": "home_visit"},
        {"signed_at": None, "signed_by": None, "signed_digest": ""},
    ],
)
def test_signed_note_is_locked_in_the_database(world: World, values: dict[str, Any]) -> None:
    note = signed_note(world)
    with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(**values)
    with pytest.raises(DatabaseError, match="not deleted"), transaction.atomic():
        Note.objects.filter(pk=note.pk).delete()
    note.refresh_from_db()
    assert note.text == "Vi talade om skolan."


def test_lock_cannot_be_passed_over_by_a_session(world: World) -> None:
    note = signed_note(world)
    with (
        pgtrigger.ignore(),
        pytest.raises(DatabaseError, match="not changed"),
        transaction.atomic(),
    ):
        Note.objects.filter(pk=note.pk).update(text="Annat.")


def test_unsigned_note_is_still_changed(world: World) -> None:
    note = change(write(world), world.main, reason="Fel dag.")
    assert (note.text, note.change_reason, note.changed_by) == ("Nytt.", "Fel dag.", world.main)


def test_note_is_signed_by_its_author_and_once(world: World) -> None:
    note = write(world)
    at = moment("2026-03-06")
    for other in (world.co, world.leader):
        with pytest.raises(Forbidden):
            signing.sign("note", note.pk, by=other, at=at)
    for outside in (world.worker2, world.other_head, world.sysadmin):
        with pytest.raises(Missing):
            signing.sign("note", note.pk, by=outside, at=at)
    signing.sign("note", note.pk, by=world.main, at=at)
    with pytest.raises(Conflict):
        signing.sign("note", note.pk, by=world.main, at=at)


def test_note_is_signed_in_the_act_of_writing(world: World) -> None:
    assert texts.unchanged("note", write(world, sign_now=True))


def test_many_are_signed_or_none(world: World) -> None:
    one = write(world)
    other = write(world, matter_id=one.matter_id, by=world.co)
    at = moment("2026-03-06")
    with pytest.raises(Forbidden):
        signing.sign_many([("note", one.pk), ("note", other.pk)], by=world.main, at=at)
    assert not Note.objects.filter(signed_at__isnull=False).exists()
    assert signing.sign_many([("note", one.pk)], by=world.main, at=at) == 1


# Assessments and decisions


def assessed(world: World, **fields: Any) -> ProtectionAssessment:
    report = world.report("2026-03-02 09:00")
    return reports.assess_protection(
        report.pk,
        assessed_at=moment("2026-03-02 10:00"),
        outcome="no_immediate_need",
        child_spoken_with=False,
        rationale="Skyddad hos mormor.",
        by=world.reception,
        at=moment("2026-03-02 11:00"),
        **fields,
    )


def test_assessment_is_locked_once_signed(world: World) -> None:
    row = assessed(world)
    ProtectionAssessment.objects.filter(pk=row.pk).update(rationale="Rättad före signeringen.")
    signing.sign("assessment", row.pk, by=world.reception, at=moment("2026-03-02 12:00"))
    with pytest.raises(DatabaseError), transaction.atomic():
        ProtectionAssessment.objects.filter(pk=row.pk).update(rationale="Annat.")
    row.refresh_from_db()
    assert row.signed_role == "reception"
    assert texts.unchanged("assessment", row)


def test_deciding_is_signing(world: World) -> None:
    world.decide(world.report("2026-03-02 09:00"), "2026-03-03")
    decision = OpeningDecision.objects.get()
    assert (decision.signed_by, decision.signed_role) == (world.head, "unit_head")
    assert texts.unchanged("decision", decision)
    with pytest.raises(DatabaseError), transaction.atomic():
        OpeningDecision.objects.update(rationale="Annat.")


# The decision document


def submitted(world: World) -> Any:
    case = world.investigation()
    who: dict[str, Any] = {"by": world.main, "at": moment("2026-04-01")}
    investigations.write_document(case.pk, parts=PARTS, **who)
    investigations.submit_document(case.pk, **who)
    return case


def conclude(world: World, case: Any) -> None:
    investigations.conclude(
        case.pk,
        concluded_on=moment("2026-04-03").date(),
        outcome="no_intervention",
        rationale="Skäl.",
        read_by_leader=True,
        left_open=LEFT,
        by=world.leader,
        at=moment("2026-04-03"),
    )


def refused(**values: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        DecisionDocument.objects.update(**values)


def test_document_is_signed_when_handed_over_and_locked_while_there(world: World) -> None:
    submitted(world)
    document = DecisionDocument.objects.get()
    assert (document.signed_by, document.signed_role) == (world.main, "investigator")
    assert texts.unchanged("document", document)
    for part in DOCUMENT_PARTS:
        refused(**{part: "Annat."})


def test_document_given_back_is_unsigned_and_its_signature_kept_in_the_history(
    world: World,
) -> None:
    case = submitted(world)
    investigations.sign_reading(case.pk, by=world.leader, at=moment("2026-04-02 09:00"))
    investigations.return_document(
        case.pk, comment="Skriv mer.", by=world.leader, at=moment("2026-04-02 10:00")
    )
    document = DecisionDocument.objects.get()
    assert (document.signed_at, document.read_digest) == (None, "")
    investigations.write_document(
        case.pk, parts={"proposal": "Nytt."}, by=world.co, at=moment("2026-04-02 11:00")
    )
    kept = document.events.order_by("pgh_id").last()
    earlier = document.events.exclude(signed_digest="").order_by("pgh_id").last()
    assert kept is not None
    assert earlier is not None
    assert (earlier.signed_by, earlier.read_by) == (world.main, world.leader)


def test_document_is_sealed_by_the_end(world: World) -> None:
    case = submitted(world)
    conclude(world, case)
    document = DecisionDocument.objects.get()
    assert (document.read_by, document.read_role) == (world.leader, "group_leader")
    assert document.read_title == "Socialsekreterare"
    assert texts.unchanged_since_reading("document", document)
    refused(background="Annat.")
    refused(signed_at=None, signed_by=None, signed_digest="")
    refused(sealed_at=moment("2026-04-04"))
    # An end that is reversed takes the seal away, and nothing with it.
    refused(sealed_at=None, background="Annat.")
    refused(read_by=world.head)


# Corrections and additions


def test_addition_stands_beside_the_signed_text_and_is_signed(world: World) -> None:
    note = signed_note(world)
    url = reverse("text_addition", args=["note", note.pk])
    with time_machine.travel(moment("2026-03-07 10:00"), tick=False):
        client = as_user(world.co)
        assert client.get(url).status_code == 200
        answer = client.post(url, {"kind": "correction", "text": "Det var på tisdagen."})
        assert answer.status_code == 302
        page = client.get(reverse("investigation", args=[note.matter_id]))
    addition = Addition.objects.get()
    assert (addition.subject, addition.subject_id) == ("note", note.pk)
    assert (addition.matter_id, addition.signed_by) == (note.matter_id, world.co)
    assert addition.signed_at == moment("2026-03-07 10:00")
    body = page.content.decode()
    assert "Det var på tisdagen." in body
    assert "Vi talade om skolan." in body
    assert body.count("unchanged since the signing") == 2
    for act in (lambda: Addition.objects.update(text="x"), lambda: Addition.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_addition_to_an_unsigned_text_is_refused(world: World) -> None:
    with pytest.raises(Conflict):
        signing.add(
            "note",
            write(world).pk,
            kind="addition",
            text="Mer.",
            by=world.main,
            at=moment("2026-03-06"),
        )


def test_addition_needs_its_kind_its_words_and_the_right_to_write(world: World) -> None:
    note = signed_note(world)
    given: dict[str, Any] = {"kind": "addition", "text": "Mer.", "at": moment("2026-03-07")}
    with pytest.raises(Invalid):
        signing.add("note", note.pk, **given | {"text": " "}, by=world.main)
    with pytest.raises(Invalid):
        signing.add("note", note.pk, **given | {"kind": "other"}, by=world.main)
    with pytest.raises(Forbidden):  # reads for close reading, writes nothing
        signing.add("note", note.pk, **given, by=world.coordinator)
    with pytest.raises(Missing):
        signing.add("note", note.pk, **given, by=world.worker2)
    with pytest.raises(Missing):
        signing.add("plan", note.pk, **given, by=world.main)


def test_addition_is_written_also_after_the_end(world: World) -> None:
    case = submitted(world)
    conclude(world, case)
    document = DecisionDocument.objects.get()
    made = signing.add(
        "document",
        document.pk,
        kind="correction",
        text="Skolan heter något annat.",
        by=world.main,
        at=moment("2026-04-10"),
    )
    assert (made.subject, made.subject_id) == ("document", document.pk)
    assert (made.matter_id, made.child_id) == (case.pk, case.child_id)


# Verification


def broken_note(world: World) -> Note:
    """A signed note changed by somebody who could switch the guard off."""
    note = signed_note(world)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_note DISABLE TRIGGER USER")
        cursor.execute("UPDATE cases_note SET text = 'Ändrad.' WHERE id = %s", [note.pk])
        cursor.execute("ALTER TABLE cases_note ENABLE TRIGGER USER")
    return note


def test_verification_finds_nothing_when_all_holds(world: World) -> None:
    conclude(world, submitted(world))
    assert texts.broken_signatures() == []
    out = io.StringIO()
    call_command("verify_signatures", stdout=out)
    assert "is what was signed" in out.getvalue()


def test_verification_finds_what_was_changed_behind_the_guard(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    note = broken_note(world)
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 signed texts"):
        call_command("verify_signatures", stdout=out)
    assert out.getvalue() == f"note {note.pk}\n"
    verify_signatures()
    assert f"note {note.pk} is not what was signed" in caplog.text
    page = as_user(world.main).get(reverse("investigation", args=[note.matter_id]))
    assert "does not match the signature" in page.content.decode()


# What waits for a signature


def test_texts_to_sign_are_ones_own_and_late_after_a_week(world: World) -> None:
    write(world)
    url = reverse("to_sign")
    for day, late in (("2026-03-12 23:30", 0), ("2026-03-13 00:30", 1)):
        with time_machine.travel(moment(day), tick=False):
            client = as_user(world.main)
            start = client.get("/")
            page = client.get(url)
        assert start.context["to_sign"] == late
        assert [one["late"] for one in page.context["page"]] == [bool(late)]
    with time_machine.travel(moment("2026-03-13"), tick=False):
        assert list(as_user(world.co).get(url).context["page"]) == []


def test_several_are_signed_at_once_from_the_page(world: World) -> None:
    first = write(world)
    write(world, matter_id=first.matter_id)
    url = reverse("to_sign")
    with time_machine.travel(moment("2026-03-13"), tick=False):
        client = as_user(world.main)
        chosen = [f"note-{pk}" for pk in Note.objects.values_list("pk", flat=True)]
        client.post(url, {"texts": ["note-x"]})
        client.post(url, {})
        assert not Note.objects.filter(signed_at__isnull=False).exists()
        assert client.post(url, {"texts": chosen}).status_code == 302
        assert list(client.get(url).context["page"]) == []
    assert Note.objects.filter(signed_by=world.main).count() == 2


def test_page_of_texts_to_sign_asks_as_little_for_thirty(
    world: World, django_assert_max_num_queries: Any
) -> None:
    first = write(world)
    counts = []
    with time_machine.travel(moment("2026-03-13"), tick=False):
        client = as_user(world.main)
        client.get(reverse("to_sign"))
        for more in (0, 29):
            for _number in range(more):
                write(world, matter_id=first.matter_id)
            with django_assert_max_num_queries(60) as asked:
                client.get(reverse("to_sign"))
            counts.append(len(asked))
    assert counts[0] == counts[1]
