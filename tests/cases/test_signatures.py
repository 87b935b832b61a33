"""Signed, locked and shown go by one tuple, and what was signed with an earlier one still holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases.investigations import services as investigations
from cases.investigations.models import READING, DecisionDocument
from cases.investigations.services.paper import parts_for_parties
from cases.journal import services as notes
from cases.journal.models import Note
from cases.reports import services as reports
from cases.reports.models import OpeningDecision
from cases.signing import services as signing
from cases.signing import signatures, texts
from cases.signing.models import Addition
from cases.signing.signable import SIGNATURE, signed_guards
from cases.signing.signatures import CONTENT, Content
from core.models import TrailEntry
from tests.factories import LEFT, World, moment

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)

# Columns of a signed text that the signature does not cover. One that is neither here nor signed
# has to be given its place before the test of it passes.
UNSIGNED = {
    "note": "id unit_id child_id written_at changed_at changed_by_id change_reason after_closing"
    " version",
    "assessment": "id recorded_at",
    "decision": "id standing_for_id recorded_at",
    "document": "id submitted_at submitted_by_id return_comment written_by_id written_at version"
    " read_at read_by_id read_name read_role read_title read_digest sealed_at",
    "addition": "id unit_id child_id written_at",
}

PINNED = {
    "note": ["1:fc44cacd59d79085ce780f42332cc9b9fc18b229b54a53480442b5290fce6b4f"],
    "assessment": ["1:b4f7392a1f5bef2dab1baae3b9dcc3dd3fe80c7006f7faa401947e5100d20a70"],
    "decision": [
        "1:e7f1eebad3381f0b4e383a892caeed0ba1ab4f8b1f8ddfab336177323af72f5f",
        "2:4fc7e87c812db7358ef43ba88acb12a7972338b1b1d6ee27b3f362f0af0017fd",
    ],
    "document": ["1:605d80a0da3409f65448c16a610b634e821d409fe2c0b9b8b09a34d0fa978dc8"],
    "addition": ["1:f381dbd26845f71a88680fd67ba694da837e259e3262d28d913406ad4df9cd53"],
}
"""Digests of each version with the name of each column in it, signed by 7. They never change."""


def named(columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: name for name in columns}


# What is covered


@pytest.mark.parametrize("code", sorted(CONTENT))
def test_every_column_is_signed_or_said_not_to_be(code: str) -> None:
    model = Addition if code == "addition" else texts.KINDS[code].model
    fields = model._meta.concrete_fields
    signed = set(CONTENT[code].ever)
    assert signed | {*UNSIGNED[code].split(), *SIGNATURE} == {one.attname for one in fields}
    assert not signed & {*UNSIGNED[code].split(), *SIGNATURE}


@pytest.mark.parametrize(
    ("code", "column"), [(code, name) for code, one in CONTENT.items() for name in one.ever]
)
def test_each_signed_column_is_in_the_digest(code: str, column: str) -> None:
    row = SimpleNamespace(**named(CONTENT[code].ever))
    made = signatures.digest_of(code, row, by=7, at=AT)
    assert signatures.holds(code, row, made, by=7, at=AT)
    setattr(row, column, "another")
    assert not signatures.holds(code, row, made, by=7, at=AT)


def test_who_when_which_text_and_which_version_are_in_the_digest() -> None:
    row = SimpleNamespace(**named(CONTENT["note"].ever))
    made = signatures.digest_of("note", row, by=7, at=AT)
    assert not signatures.holds("note", row, made, by=8, at=AT)
    assert not signatures.holds("note", row, made, by=7, at=AT.replace(second=1))
    assert not signatures.holds("note", row, made.replace("1:", "2:", 1), by=7, at=AT)
    assert not signatures.holds("note", row, made.removeprefix("1:"), by=7, at=AT)
    assert not signatures.holds("note", row, "", by=7, at=AT)


@pytest.mark.parametrize("code", sorted(CONTENT))
def test_each_version_is_digested_as_ever(code: str) -> None:
    """A new version has its digest added here. Another digest of an earlier one breaks what has
    been signed with it: add a version at the end instead."""
    made = [
        signatures._digest(code, number, named(columns).__getitem__, by=7, at=AT)
        for number, columns in enumerate(CONTENT[code].versions, start=1)
    ]
    assert made == PINNED[code]


def test_days_and_times_are_digested_alike_from_the_form_and_from_the_table() -> None:
    values = named(CONTENT["decision"].ever) | {"decided_on": date(2026, 3, 6)}
    row = SimpleNamespace(**values)
    made = signatures.digest("decision", values, by=7, at=moment("2026-03-06 10:00"))
    assert made == signatures.digest_of("decision", row, by=7, at=AT)


# What is locked


def refused(row: Any, column: str) -> None:
    with pytest.raises(DatabaseError, match="are not changed"), transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**{column: None})


def locked_columns(row: Any, columns: tuple[str, ...]) -> None:
    empty = [name for name in columns if getattr(row, name) is None]
    assert empty == [], "a change of an empty column to nothing is none"
    for name in columns:
        refused(row, name)


def signed_note(world: World, matter_id: int = 0, **fields: Any) -> Note:
    given: dict[str, Any] = {
        "kind": "journal",
        "happened_at": moment("2026-03-05 10:00"),
        "child_spoken_with": True,
        "child_alone": True,
        "text": "Vi talade om skolan.",
        "by": world.main,
        "at": moment("2026-03-05 15:00"),
        "sign_now": True,
    }
    return notes.write_note(matter_id or world.investigation().pk, **given | fields)


def test_every_signed_column_of_a_note_is_locked(world: World) -> None:
    locked_columns(signed_note(world), (*CONTENT["note"].ever, "written_at", *SIGNATURE))


def test_every_signed_column_of_an_assessment_is_locked(world: World) -> None:
    row = reports.assess_protection(
        world.report("2026-03-02 09:00").pk,
        assessed_at=moment("2026-03-02 10:00"),
        outcome="no_immediate_need",
        child_spoken_with=False,
        rationale="Skyddad hos mormor.",
        by=world.reception,
        at=moment("2026-03-02 11:00"),
    )
    signing.sign("assessment", row.pk, by=world.reception, at=moment("2026-03-02 12:00"))
    row.refresh_from_db()
    locked_columns(row, (*CONTENT["assessment"].ever, "recorded_at", *SIGNATURE))


def test_every_signed_column_of_a_decision_is_locked(world: World) -> None:
    world.decide(world.report("2026-03-02 09:00"), "2026-03-03")
    row = OpeningDecision.objects.get()
    locked_columns(row, (*CONTENT["decision"].ever, "recorded_at", *SIGNATURE))


def submitted(world: World) -> DecisionDocument:
    case = world.investigation()
    who: dict[str, Any] = {"by": world.main, "at": moment("2026-04-01")}
    parts = dict.fromkeys(signatures.shown("document"), "Text.")
    investigations.write_document(case.pk, parts=parts, **who)
    investigations.submit_document(case.pk, **who)
    return DecisionDocument.objects.get(investigation=case)


def test_every_signed_column_of_a_document_is_locked_and_of_a_sealed_one_all(world: World) -> None:
    row = submitted(world)
    text = (*CONTENT["document"].ever, "written_by_id", "written_at")
    locked_columns(row, text)
    investigations.conclude(
        row.investigation_id,
        concluded_on=moment("2026-04-03").date(),
        outcome="no_intervention",
        rationale="Skäl.",
        read_by_leader=True,
        left_open=LEFT,
        by=world.leader,
        at=moment("2026-04-03"),
    )
    row.refresh_from_db()
    # The seal itself can be taken off, when the end is reversed (test_corrections.py).
    kept = [column for column in READING if column != "sealed_at"]
    locked_columns(row, (*text, *SIGNATURE, *kept))


def test_a_digest_without_its_version_is_refused(world: World) -> None:
    note = signed_note(world, sign_now=False)
    signed = {"signed_at": moment("2026-03-06"), "signed_by": world.main}
    rows = Note.objects.filter(pk=note.pk)
    for made in ("0" * 64, "0:" + "0" * 64, "1:" + "0" * 63):
        with pytest.raises(IntegrityError, match="signature_whole"), transaction.atomic():
            rows.update(**signed, signed_digest=made)
    assert rows.update(**signed, signed_digest="1:" + "0" * 64) == 1


# A new version


@pytest.fixture
def reworked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """From the call on, one column more is signed of that kind of text, and another is not."""

    def rework(code: str, more: str, less: str) -> None:
        first = CONTENT[code].versions[0]
        second = (*(name for name in first if name != less), more)
        changed = {**CONTENT, code: Content(versions=(first, second))}
        monkeypatch.setattr(signatures, "CONTENT", changed)

    return rework


def test_earlier_signatures_hold_and_new_ones_cover_the_new_column(
    world: World, reworked: Any
) -> None:
    earlier = signed_note(world)
    Note.objects.filter(pk=earlier.pk).update(change_reason="Skrivet efteråt.")
    reworked("note", more="change_reason", less="present")
    later = signed_note(world, matter_id=earlier.matter_id)
    assert (earlier.signed_digest[:2], later.signed_digest[:2]) == ("1:", "2:")
    entry = TrailEntry.objects.filter(action="note.signed").latest("pk")
    assert entry.details == {"digest": later.signed_digest}
    earlier.refresh_from_db()
    assert texts.unchanged("note", earlier)
    assert texts.unchanged("note", later)
    assert texts.broken_signatures() == []
    # The lock in the database is that of the first version, so this is not refused here.
    Note.objects.filter(pk=later.pk).update(change_reason="Ändrat efteråt.")
    assert texts.broken_signatures() == [("note", later.pk)]


def test_a_signature_relabelled_with_another_version_does_not_hold(
    world: World, reworked: Any
) -> None:
    note = signed_note(world)
    reworked("note", more="change_reason", less="present")
    note.signed_digest = note.signed_digest.replace("1:", "2:", 1)
    assert not texts.unchanged("note", note)


def test_reading_signed_with_an_earlier_version_holds(world: World, reworked: Any) -> None:
    row = submitted(world)
    investigations.sign_reading(row.investigation_id, by=world.leader, at=moment("2026-04-02"))
    reworked("document", more="return_comment", less="others_view")
    row.refresh_from_db()
    assert texts.unchanged("document", row)
    assert texts.unchanged_since_reading("document", row)
    assert texts.broken_signatures() == []


def test_columns_of_every_version_are_locked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    note = signed_note(world)
    first = CONTENT["note"].versions[0]
    second = (*(name for name in first if name != "present"), "change_reason")
    changed = {**CONTENT, "note": Content(versions=(first, second))}
    monkeypatch.setattr("cases.signing.signable.CONTENT", changed)
    model: Any = Note
    for guard in signed_guards("note", "written_at"):
        guard.install(model)
    for column in ("present", "change_reason"):
        refused(note, column)


def test_a_reader_is_shown_what_the_signature_covers(world: World, reworked: Any) -> None:
    earlier = signed_note(world, present="Mormor.")
    Note.objects.filter(pk=earlier.pk).update(change_reason="Skrivet efteråt.")
    reworked("note", more="change_reason", less="present")
    later = signed_note(world, matter_id=earlier.matter_id, present="Farfar.")
    Note.objects.filter(pk=later.pk).update(change_reason="Skälet.")
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.main)
    shown = {}
    for note in (earlier, later):
        page = client.get(reverse("text_versions", args=["note", note.pk]))
        shown[note.pk] = [one.text for one in page.context["in_order"][-1].fields]
    assert ("Mormor." in shown[earlier.pk], "Skrivet efteråt." in shown[earlier.pk]) == (
        True,
        False,
    )
    assert ("Farfar." in shown[later.pk], shown[later.pk][-1]) == (False, "Skälet.")


def test_a_reader_is_shown_what_a_signature_put_later_covers(world: World, reworked: Any) -> None:
    note = signed_note(world, present="Mormor.", sign_now=False)
    signing.sign("note", note.pk, by=world.main, at=moment("2026-03-06"))
    reworked("note", more="change_reason", less="present")
    note.refresh_from_db()
    [version] = texts.versions(texts.KINDS["note"], note)
    assert version.at == note.written_at
    assert "Mormor." in [one.text for one in version.fields]


def test_paper_of_a_document_has_the_parts_that_were_signed(world: World, reworked: Any) -> None:
    row = submitted(world)
    first = signatures.shown("document")
    reworked("document", more="return_comment", less="others_view")
    hidden: Any = SimpleNamespace(without_reporter=str)
    assert tuple(one["name"] for one in parts_for_parties(row, hidden)) == first
    signing.unsign(row)
    assert "others_view" not in [one["name"] for one in parts_for_parties(row, hidden)]
