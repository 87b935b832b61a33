"""A party's access: collected, masked, approved by a leader, and what is masked is not in it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from cases.disclosure import services as disclosures
from cases.disclosure.models import Disclosure, DisclosurePiece, Redaction
from cases.enums import SecrecyGround
from cases.investigations import services as investigations
from cases.investigations.models import DOCUMENT_PARTS, InstrumentUse, Investigation, SafetyRating
from cases.journal import services as notes
from cases.law.classification import shown_of
from cases.persons.models import Guardian, Person
from cases.reports.models import Feedback
from cases.reports.services import ChildInput, ReporterInput
from cases.signing.texts import in_words
from core.errors import Conflict, Forbidden, Invalid, Missing
from core.models import TrailEntry
from tests.factories import World, moment
from tests.pdf_text import extracted

REPORTER = "Greta Stormhatt"
SIBLING = "Siglinde"
ADDRESS = "Gömstigen 7"
SECRETS = (REPORTER, "Stormhatt", SIBLING, ADDRESS, "070-765 43 21", "hemlig@exempel.se")


def as_user(user: Any) -> Client:
    client = Client(headers={"accept-language": "sv"})
    client.force_login(user)
    return client


class File:
    """An investigation full of what a party may not see."""

    def __init__(self, world: World) -> None:
        self.world = world
        report = world.report(
            "2026-03-02 09:00",
            reporter=ReporterInput(category="private", name=REPORTER, contact="070-765 43 21"),
            children=[
                ChildInput(first_name="Alva", last_name="Lind", gender="girl"),
                ChildInput(first_name=SIBLING, last_name="Lind", gender="girl"),
            ],
            concern=f"{REPORTER} har sett Alva ute ensam. {SIBLING} var med.",
        )
        self.report = world.decide(report, "2026-03-02")
        assert self.report.investigation is not None
        self.case = self.report.investigation
        Person.objects.filter(pk=self.case.child_id).update(
            address=ADDRESS, protected_identity="secrecy_marking"
        )
        self.who: dict[str, Any] = {"by": world.main, "at": moment("2026-03-03")}
        investigations.assign_handlers(
            self.case.pk,
            main=world.main,
            co=world.co,
            from_on=date(2026, 3, 2),
            by=world.head,
            at=moment("2026-03-02"),
        )
        notes.write_note(
            self.case.pk,
            kind="journal",
            happened_at=moment("2026-03-03 08:00"),
            text=f"Stormhatts granne skrev från hemlig@exempel.se. Alva bor på {ADDRESS}.",
            **self.who,
        )
        self.mother = investigations.add_guardian(
            self.case.pk,
            relation="mother",
            first_name="Mor",
            last_name="Lind",
            has_custody=True,
            **self.who,
        )
        parts = dict.fromkeys(DOCUMENT_PARTS, f"{REPORTER} bor nära {ADDRESS}.")
        investigations.write_document(self.case.pk, parts=parts, **self.who)

    def prepare(self, **fields: Any) -> Disclosure:
        given: dict[str, Any] = {
            "matter_ids": [self.report.pk, self.case.pk],
            "relation": "guardian",
            "guardian_id": self.mother.pk,
            "requested_on": date(2026, 3, 3),
            "by": self.world.main,
            "at": moment("2026-03-04"),
        }
        return disclosures.prepare(self.case.child_id, **given | fields)

    def submitted(self) -> Disclosure:
        row = self.prepare()
        who = {"by": self.world.main, "at": moment("2026-03-05")}
        for piece in row.pieces.all():
            disclosures.review(row.pk, piece.position, **who)
        text = disclosures.proposed_refusal(row)
        disclosures.write_refusal(row.pk, text=text, version=1, **who)
        return disclosures.submit(row.pk, **who)

    def approved(self) -> Disclosure:
        row = self.submitted()
        return disclosures.approve(row.pk, by=self.world.leader, at=moment("2026-03-06"))


@pytest.fixture
def file(world: World) -> File:
    return File(world)


def shown(row: Disclosure) -> str:
    """The words that would go out."""
    from cases.disclosure.paper import pages

    every, _lines = pages(row)
    return "\n".join("".join(run["text"] for run in page.runs) for page in every)


def test_what_tells_of_others_is_masked_from_the_start(file: File) -> None:
    row = file.prepare()
    whole = "\n".join(row.pieces.values_list("text", flat=True))
    for secret in SECRETS:
        assert secret in whole
        assert secret not in shown(row)
    assert "har sett Alva ute ensam" in shown(row)
    found = set(Redaction.objects.values_list("ground", "found_by"))
    assert found >= {
        (SecrecyGround.REPORTER, "reporter"),
        (SecrecyGround.OTHER_PERSON, "sibling"),
        (SecrecyGround.OTHER_PERSON, "email"),
        (SecrecyGround.WHEREABOUTS, "whereabouts"),
    }


def test_the_file_names_its_recipient_and_each_text_as_a_party_reads_it(file: File) -> None:
    Person.objects.filter(pk=file.case.child_id).update(
        birth_date=date(2016, 4, 30), personal_identity_number="201604309953"
    )
    investigations.communicate(
        file.case.pk,
        communicated_on=date(2026, 3, 3),
        recipient="mother",
        how="Möte.",
        response="",
        **file.who,
    )
    row = file.approved()
    texts = dict(row.pieces.values_list("heading", "text"))
    assert "Personnummer: 20160430-9953" in texts["Barnet"]
    assert texts["Anteckning"].startswith("Nedskrivet av: Main Test\nNär: 3 mars 2026 08.00\n")
    assert texts["Kommunicering"].startswith("Kommunicerat med: Mamma\n")
    words = " ".join(
        extracted(disclosures.take_out(row.pk, by=file.world.main, at=moment("2026-03-06"))).split()
    )
    assert "Mottagare: Mor Lind (Vårdnadshavare)" in words
    assert "Till Mor Lind, begärt 3 mars 2026" in words


def test_choices_numbers_and_yes_or_no_reach_the_party_in_words(file: File) -> None:
    by, case, report = file.world.main, file.case, file.report
    InstrumentUse.objects.create(
        investigation=case,
        instrument="earl",
        used_on=date(2026, 3, 3),
        level="high",
        recorded_by=by,
    )
    SafetyRating.objects.create(
        investigation=case, rater="child", rated_on=date(2026, 3, 3), value=7, recorded_by=by
    )
    Feedback.objects.create(
        report=report, answer="opened", given_on=date(2026, 3, 3), given_by=by, channel="phone"
    )
    Investigation.objects.filter(pk=case.pk).update(
        police_report="made", police_reported_on=date(2026, 3, 3)
    )
    with override("sv"):
        row = file.prepare()
        words = shown(row)
        kinds: tuple[tuple[Any, str], ...] = (
            (InstrumentUse, "instrumentuse"),
            (SafetyRating, "safetyrating"),
            (Feedback, "feedback"),
        )
        for model, source in kinds:
            piece = row.pieces.get(source=source)
            one = model._default_manager.get()
            expected = [in_words(one, name) for name in shown_of(model.__name__)]
            assert {f"{e.label.capitalize()}: {e.text}" for e in expected if e} == set(
                piece.text.splitlines()
            )
        police = row.pieces.get(source="police_report").text
        assert police.splitlines()[0].startswith("Polisanmälan: ")
        assert "Anmälan om brott: " in words or "Brottsanmälan: " in words
        assert "Skyddad identitet" not in words
        assert police not in row.pieces.get(source="investigation").text


def test_the_day_a_protected_child_moved_is_masked_with_where_it_moved(file: File) -> None:
    Investigation.objects.filter(pk=file.case.pk).update(
        child_moved_on=date(2026, 3, 1), child_moved_to="Kiruna"
    )
    with override("sv"):
        row = file.prepare()
        piece = row.pieces.get(source="investigation")
        masked = {
            piece.text[one.start : one.end]
            for one in piece.redactions.filter(ground=SecrecyGround.WHEREABOUTS)
        }
    assert {words.strip() for words in masked} == {"1 mars 2026", "Kiruna"}


def test_masked_words_are_not_in_the_file(file: File) -> None:
    row = file.approved()
    made = disclosures.take_out(row.pk, by=file.world.main, at=moment("2026-03-06"))
    words = extracted(made)
    assert "har sett Alva ute ensam" in words.replace("\n", " ").replace("  ", " ")
    assert "Kammarrätten".casefold() in words.casefold()
    joined = "".join(words.split())
    for secret in SECRETS:
        assert "".join(secret.split()) not in joined
    assert hashlib.sha256(made).hexdigest() == row.pdf_digest
    entry = TrailEntry.objects.get(action="disclosure.taken_out")
    assert (entry.kind, entry.actor) == ("export", file.world.main)


def test_decision_document_for_parties_hides_who_reported_and_where_the_child_is(
    file: File,
) -> None:
    client = as_user(file.world.main)
    made = client.get(reverse("investigation_document_pdf", args=[file.case.pk]))
    printed = client.get(reverse("investigation_document_print", args=[file.case.pk]))
    assert made["Content-Type"] == "application/pdf"
    joined = "".join(extracted(made.content).split())
    assert "bornära" in joined
    body = printed.content.decode()
    assert "bor nära" in body
    for secret in (REPORTER, ADDRESS):
        assert "".join(secret.split()) not in joined
        assert f"{secret} bor" not in body
        assert f"nära {secret}" not in body
    assert TrailEntry.objects.filter(action="document.pdf", kind="export").exists()
    # Those who write it read it whole.
    written = client.get(reverse("investigation_document", args=[file.case.pk]))
    assert f"{REPORTER} bor nära" in written.content.decode()


def test_approved_file_and_its_masks_are_locked_in_the_database(file: File) -> None:
    row = file.approved()
    acts = (
        lambda: Disclosure.objects.filter(pk=row.pk).update(pdf=b"x"),
        lambda: Disclosure.objects.filter(pk=row.pk).update(refusal_text="x"),
        lambda: DisclosurePiece.objects.update(text="x"),
        lambda: Redaction.objects.update(removed_at=moment("2026-03-07"), removed_by=1),
        lambda: Redaction.objects.all().delete(),
    )
    for act in acts:
        with pytest.raises(DatabaseError, match="approved for a party"), transaction.atomic():
            act()


def test_person_masks_words_everywhere_sentences_and_takes_masks_away(file: File) -> None:
    row = file.prepare()
    who: dict[str, Any] = {"by": file.world.main, "at": moment("2026-03-05")}
    piece = row.pieces.get(source="note")
    ground = SecrecyGround.OTHER_PERSON
    assert disclosures.redact(row.pk, piece.position, ground=ground, phrase="granne", **who) == 1
    assert "granne" not in shown(row)
    everywhere = {"ground": ground, "phrase": "Alva", "everywhere": True}
    assert disclosures.redact(row.pk, piece.position, **everywhere, **who) >= 3
    assert "Alva" not in shown(row)
    assert disclosures.redact(row.pk, piece.position, **everywhere, **who) == 0
    mask = Redaction.objects.filter(piece=piece, removed_at__isnull=True).first()
    assert mask is not None
    disclosures.unredact(row.pk, piece.position, redaction_id=mask.pk, **who)
    with pytest.raises(Conflict):
        disclosures.unredact(row.pk, piece.position, redaction_id=mask.pk, **who)
    mask.refresh_from_db()
    assert mask.removed_by == file.world.main
    for wrong in ({"phrase": "finns inte"}, {"places": [(0, 10**6)]}, {}, {"phrase": " "}):
        with pytest.raises(Invalid):
            disclosures.redact(row.pk, piece.position, ground=ground, **wrong, **who)
    with pytest.raises(Invalid):
        disclosures.redact(row.pk, piece.position, ground="because", phrase="Alva", **who)


def test_text_kept_back_whole_says_why_and_nothing_else(file: File) -> None:
    row = file.prepare()
    piece = row.pieces.get(source="note")
    disclosures.keep_back(
        row.pk,
        piece.position,
        ground=SecrecyGround.CHILD_FROM_GUARDIAN,
        by=file.world.main,
        at=moment("2026-03-05"),
    )
    assert "granne" not in shown(row)


def test_every_text_is_looked_through_and_a_leader_approves(file: File) -> None:
    row = file.prepare()
    who: dict[str, Any] = {"by": file.world.main, "at": moment("2026-03-05")}
    with pytest.raises(Conflict):
        disclosures.submit(row.pk, **who)
    with pytest.raises(Conflict):
        disclosures.take_out(row.pk, **who)
    for piece in row.pieces.all():
        disclosures.review(row.pk, piece.position, **who)
    with pytest.raises(Conflict):  # no decision on what is withheld
        disclosures.submit(row.pk, **who)
    text = disclosures.proposed_refusal(row)
    assert "26 kap. 5 §" in text
    disclosures.write_refusal(row.pk, text=text, version=1, **who)
    disclosures.submit(row.pk, **who)
    with pytest.raises(Conflict):  # with the leader
        disclosures.redact(row.pk, 1, ground=SecrecyGround.PARTY, phrase="Alva", **who)
    with pytest.raises(Forbidden):
        disclosures.approve(row.pk, **who)
    lead: dict[str, Any] = {"by": file.world.leader, "at": moment("2026-03-06")}
    disclosures.give_back(row.pk, comment="Skriv om beslutet.", **lead)
    with pytest.raises(Conflict):  # back with the one who prepared it
        disclosures.approve(row.pk, **lead)
    disclosures.submit(row.pk, **who)
    disclosures.approve(row.pk, **lead)
    done = disclosures.deliver(row.pk, delivered_on=date(2026, 3, 6), how="Post", **lead)
    assert (done.requested_on, done.delivered_on) == (date(2026, 3, 3), date(2026, 3, 6))


def test_child_under_fifteen_does_not_ask_by_itself(file: File) -> None:
    with pytest.raises(Invalid) as error:
        file.prepare(relation="child", guardian_id=None)
    assert error.value.fields.keys() == {"relation"}
    Person.objects.filter(pk=file.case.child_id).update(birth_date=date(2011, 3, 4))
    right = disclosures.RightInput("from_fifteen", "whole", "Har fyllt 15 år.")
    assert file.prepare(relation="child", guardian_id=None, right=right).guardian is None


def test_another_childs_guardian_or_matter_is_refused(file: File) -> None:
    other = file.world.investigation("2026-03-01")
    stranger = Guardian.objects.create(child=other.child, relation="father", has_custody=True)
    with pytest.raises(Invalid):
        file.prepare(guardian_id=stranger.pk)
    with pytest.raises(Invalid):
        file.prepare(matter_ids=[file.case.pk, other.pk])
    with pytest.raises(Invalid):
        file.prepare(matter_ids=[])
    with pytest.raises(Missing):
        file.prepare(by=file.world.worker2)


def test_disclosure_is_for_those_who_work_on_every_matter_of_it(file: File) -> None:
    row = file.prepare()
    with time_machine.travel(moment("2026-03-05"), tick=False):
        answers = {
            name: as_user(user).get(reverse("disclosure", args=[row.pk])).status_code
            for name, user in file.world.people.items()
        }
    reading = {name for name, status in answers.items() if status == 200}
    assert reading == {"main", "co", "leader", "head"}
    assert set(answers.values()) == {200, 404}


def test_the_whole_course_is_done_on_the_pages(file: File) -> None:
    world = file.world
    with time_machine.travel(moment("2026-03-05 10:00"), tick=False):
        client = as_user(world.main)
        case_page = client.get(reverse("investigation", args=[file.case.pk]))
        new = reverse("disclosure_new", args=[file.case.pk])
        assert new in case_page.content.decode()
        assert client.get(new).status_code == 200
        assert client.post(new, {}).status_code == 422
        given = {
            "matters": [file.case.pk, file.report.pk],
            "relation": "guardian",
            "guardian": file.mother.pk,
            "requested_on": "2026-03-04",
        }
        made = client.post(new, given)
        row = Disclosure.objects.get()
        assert made.headers["Location"] == reverse("disclosure", args=[row.pk])
        piece = row.pieces.get(source="note")
        url = reverse("disclosure_text", args=[row.pk, piece.position])
        page = client.get(url)
        assert "data-redactable" in page.content.decode()
        refused = client.post(url, {"phrase": "granne"})
        assert refused.status_code == 422
        sentence = page.context["form"].fields["sentences"].choices[-1][0]
        assert client.post(url, {"sentences": [sentence], "ground": "osl_26_1"}).status_code == 302
        for one in row.pieces.all():
            client.post(reverse("disclosure_review", args=[row.pk, one.position]))
        act = lambda name, who, **data: who.post(  # noqa: E731
            reverse("disclosure_act", args=[row.pk, name]), data
        )
        room = client.get(reverse("disclosure", args=[row.pk]))
        text = room.context["forms"]["refusal_form"].initial["refusal_text"]
        assert act("refusal", client, refusal_text=text, version=1).status_code == 302
        assert act("refusal", client, refusal_text="Annan", version=1).status_code == 409
        assert act("submit", client).status_code == 302
        assert act("approve", client).status_code == 403
        preview = client.get(reverse("disclosure_preview", args=[row.pk])).content.decode()
        assert REPORTER not in preview
        assert act("approve", as_user(world.leader)).status_code == 302
        assert client.get(reverse("disclosure_pdf", args=[row.pk])).content.startswith(b"%PDF")
        how = {"delivered_on": "2026-03-05", "how": "Rekommenderat brev"}
        assert act("deliver", client, **how).status_code == 302
        assert client.get(reverse("disclosure", args=[row.pk])).status_code == 200
        listed = client.get(reverse("disclosure_list"))
        assert [line["row"] for line in listed.context["lines"]] == [row]
        assert act("nothing", client).status_code == 404


def test_pages_ask_as_little_for_thirty_texts(
    file: File, django_assert_max_num_queries: Any
) -> None:
    counts = []
    with time_machine.travel(moment("2026-03-05 10:00"), tick=False):
        client = as_user(file.world.main)
        for more in (0, 29):
            for number in range(more):
                notes.write_note(
                    file.case.pk,
                    kind="journal",
                    happened_at=moment("2026-03-03 08:00"),
                    text=f"Anteckning {number}.",
                    **file.who,
                )
            row = file.prepare()
            client.get(reverse("disclosure", args=[row.pk]))
            asked = []
            for name in ("disclosure", "disclosure_preview"):
                with django_assert_max_num_queries(45) as queries:
                    client.get(reverse(name, args=[row.pk]))
                asked.append(len(queries))
            counts.append(asked)
    assert counts[0] == counts[1]
