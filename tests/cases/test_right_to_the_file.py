"""The right to the file is examined before a copy is prepared or handed out."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from cases.disclosure import services as disclosures
from cases.disclosure.models import Disclosure
from cases.disclosure.services import RightInput
from cases.law import rules
from cases.persons.models import Guardian, Person
from core.errors import Conflict, Invalid
from core.models import TrailEntry
from tests.cases.test_disclosures import File
from tests.factories import World, moment
from tests.pdf_text import extracted

WHY = "Bor hos pappa varannan vecka och är part i utredningen."
OLDER = date(2010, 1, 1)
"""16 years in March 2026."""
ADULT = date(2007, 1, 1)
"""19."""


@pytest.fixture
def file(world: World) -> File:
    return File(world)


def born(file: File, day: date) -> None:
    Person.objects.filter(pk=file.case.child_id).update(birth_date=day)


@pytest.mark.parametrize(
    ("relation", "age", "custody", "grounds"),
    [
        ("guardian", 14, True, ()),
        ("guardian", None, True, ()),
        ("guardian", 15, True, ("older_child", "consent")),
        ("guardian", 17, True, ("older_child", "consent")),
        # From 18 nobody has custody, whatever was written.
        ("guardian", 18, True, ("party", "consent", "no_party")),
        ("guardian", 3, False, ("party", "consent", "no_party")),
        ("child", 15, None, ("from_fifteen",)),
        ("child", 18, None, ("of_age",)),
        ("other_party", 3, None, ("party", "consent", "no_party")),
        ("representative", 3, None, ("represents", "consent", "no_party")),
    ],
)
def test_whose_right_is_examined_and_on_what(
    relation: str, age: int | None, custody: bool | None, grounds: tuple[str, ...]
) -> None:
    found = rules.grounds_of_right(relation=relation, age=age, has_custody=custody)
    assert tuple(found) == grounds


def refused_at(file: File, **fields: Any) -> set[str]:
    with pytest.raises(Invalid) as error:
        file.prepare(**fields)
    assert not Disclosure.objects.exists()
    return set(error.value.fields)


def test_nothing_is_prepared_for_an_adult_child_its_parent_or_one_without_custody(
    file: File,
) -> None:
    Guardian.objects.filter(pk=file.mother.pk).update(has_custody=False)
    assert refused_at(file) == {"right_ground"}
    Guardian.objects.filter(pk=file.mother.pk).update(has_custody=True)
    born(file, OLDER)
    assert refused_at(file) == {"right_ground"}
    assert refused_at(file, relation="child", guardian_id=None) == {"right_ground"}
    born(file, ADULT)
    assert refused_at(file) == {"right_ground"}
    assert refused_at(file, relation="child", guardian_id=None) == {"right_ground"}
    named = {"guardian_id": None, "recipient_name": "Advokat Ask"}
    assert refused_at(file, relation="representative", **named) == {"right_ground"}


@pytest.mark.parametrize(
    ("right", "field"),
    [
        (RightInput("party", "whole", ""), "right_reason"),
        (RightInput("party", "whole", " \n"), "right_reason"),
        (RightInput("party", "", WHY), "right_outcome"),
        (RightInput("party", "perhaps", WHY), "right_outcome"),
        (RightInput("", "whole", WHY), "right_ground"),
        (RightInput("of_age", "whole", WHY), "right_ground"),
        (RightInput("no_party", "whole", WHY), "right_outcome"),
        (RightInput("party", "whole", "x" * 1001), "right_reason"),
    ],
)
def test_ground_outcome_and_reason_are_all_given_and_fit(
    file: File, right: RightInput, field: str
) -> None:
    Guardian.objects.filter(pk=file.mother.pk).update(has_custody=False)
    assert refused_at(file, right=right) == {field}


def test_what_was_examined_is_stored_on_the_copy_and_in_the_trail(file: File) -> None:
    Guardian.objects.filter(pk=file.mother.pk).update(has_custody=False)
    row = file.prepare(right=RightInput("party", "part", f"  {WHY} "))
    assert (row.right_ground, row.right_outcome, row.right_reason) == ("party", "part", WHY)
    assert (row.right_examined_by, row.right_examined_at) == (
        file.world.main,
        moment("2026-03-04"),
    )
    entry = TrailEntry.objects.get(action="disclosure.right_examined")
    assert entry.reason == WHY
    assert (entry.details["ground"], entry.details["outcome"]) == ("party", "part")
    assert entry.children == [file.case.child_id]
    who: dict[str, Any] = {"by": file.world.main, "at": moment("2026-03-05")}
    for piece in row.pieces.all():
        disclosures.review(row.pk, piece.position, weighed="Vägt.", **who)
    text = disclosures.proposed_refusal(row)
    row.refresh_from_db()
    disclosures.write_refusal(row.pk, text=text, version=row.version, **who)
    disclosures.submit(row.pk, **who)
    disclosures.approve(row.pk, by=file.world.leader, at=moment("2026-03-06"))
    made = disclosures.take_out(row.pk, by=file.world.main, at=moment("2026-03-06"))
    words = " ".join(extracted(made).split())
    assert "Rätt till insyn: Har rätt till insyn i en del. Part i ärendet, utan vårdnad" in words
    assert WHY in words


def test_without_a_right_nothing_is_collected_and_the_refusal_says_how_to_appeal(
    file: File,
) -> None:
    Guardian.objects.filter(pk=file.mother.pk).update(has_custody=False)
    row = file.prepare(right=RightInput("no_party", "none", "Inte part i ärendet."))
    assert row.status == "refused"
    assert not row.pieces.exists()
    assert "Inte part i ärendet." in row.refusal_text
    assert "kammarrätten" in row.refusal_text
    assert TrailEntry.objects.filter(action="disclosure.right_refused").exists()
    who: dict[str, Any] = {"by": file.world.main, "at": moment("2026-03-05")}
    for act in (
        lambda: disclosures.submit(row.pk, **who),
        lambda: disclosures.examine_right(
            row.pk, ground="party", outcome="whole", reason=WHY, **who
        ),
        lambda: disclosures.deliver(row.pk, delivered_on=date(2026, 3, 5), how="Post", **who),
        lambda: disclosures.withdraw(row.pk, reason="x", **who),
    ):
        with pytest.raises(Conflict):
            act()


def test_a_child_that_turns_fifteen_meanwhile_has_it_examined_before_it_is_handed_in(
    file: File,
) -> None:
    born(file, date(2011, 3, 5))
    row = file.prepare()  # the day before
    who: dict[str, Any] = {"by": file.world.main, "at": moment("2026-03-05")}
    for piece in row.pieces.all():
        disclosures.review(row.pk, piece.position, **who)
    disclosures.write_refusal(
        row.pk, text=disclosures.proposed_refusal(row), version=row.version, **who
    )
    with pytest.raises(Conflict, match="Pröva rätten till insyn"):
        disclosures.submit(row.pk, **who)
    with pytest.raises(Invalid):
        disclosures.examine_right(row.pk, ground="party", outcome="whole", reason=WHY, **who)
    disclosures.examine_right(row.pk, ground="older_child", outcome="whole", reason=WHY, **who)
    assert disclosures.submit(row.pk, **who).status == "submitted"


def test_what_is_approved_is_not_handed_out_when_custody_has_ended(file: File) -> None:
    row = file.approved()
    Guardian.objects.filter(pk=file.mother.pk).update(has_custody=False)
    who: dict[str, Any] = {"by": file.world.main, "at": moment("2026-03-07")}
    with pytest.raises(Conflict):
        disclosures.take_out(row.pk, **who)
    with pytest.raises(Conflict):
        disclosures.deliver(row.pk, delivered_on=date(2026, 3, 7), how="Post", **who)
    Guardian.objects.filter(pk=file.mother.pk).update(has_custody=True)
    disclosures.deliver(row.pk, delivered_on=date(2026, 3, 7), how="Post", **who)
    # What was handed over can be shown for ever.
    Guardian.objects.filter(pk=file.mother.pk).update(has_custody=False)
    assert disclosures.take_out(row.pk, **who).startswith(b"%PDF")


def test_it_is_examined_on_the_page(file: File) -> None:
    born(file, OLDER)
    given: dict[str, Any] = {
        "matters": [file.case.pk],
        "relation": "guardian",
        "guardian": file.mother.pk,
        "requested_on": "2026-03-04",
    }
    with time_machine.travel(moment("2026-03-05 10:00"), tick=False):
        client = Client(headers={"accept-language": "sv"})
        client.force_login(file.world.main)
        new = reverse("disclosure_new", args=[file.case.pk])
        answer = client.post(new, given)
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {"right_ground"}
        right = {"right_ground": "older_child", "right_outcome": "whole", "right_reason": WHY}
        assert client.post(new, given | right).status_code == 302
        row = Disclosure.objects.get()
        page = client.get(reverse("disclosure", args=[row.pk])).content.decode()
        assert WHY in page
        assert "Prövad av Main Test" in page
        act = reverse("disclosure_act", args=[row.pk, "right"])
        assert client.post(act, right | {"right_reason": ""}).status_code == 422
        assert client.post(act, right | {"right_outcome": "none"}).status_code == 302
        page = client.get(reverse("disclosure", args=[row.pk])).content.decode()
        assert "Ingen rätt till insyn" in page
        assert "kammarrätten" in page


# What a copy says of what it holds


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", False),
        ("Allt lämnas ut.", False),
        ("allt  ges ut, OSL 26 kap. 1 §", False),
        ("Inget maskas. 26 kap. 1 §", False),
        ("Hela akten lämnas ut enligt 26:1.", False),
        ("Maskat enligt 26 kap. 5 §.", False),
        ("Maskat enligt 26 kap. 1 §.", True),
        ("Maskat enligt OSL 26:1", True),
        ("Maskat enligt 26 kap 1§", True),
        ("Allt lämnas ut utom det som är maskat enligt 26 kap. 1 §.", True),
        ("Maskat enligt 26 kap. 11 §.", False),
    ],
)
def test_a_decision_names_its_grounds_and_never_says_that_all_is_given_out(
    text: str, fits: bool
) -> None:
    assert bool(rules.decision_fits(grounds={"osl_26_1"}, refusal=text)) is fits
    assert rules.decision_fits(grounds=set(), refusal=text)


def test_a_copy_with_masks_is_never_handed_in_as_if_it_had_none(file: File) -> None:
    row = file.prepare()
    who: dict[str, Any] = {"by": file.world.main, "at": moment("2026-03-05")}
    for piece in row.pieces.all():
        disclosures.review(row.pk, piece.position, **who)
    assert disclosures.withholds(row)
    for text in ("", "Allt lämnas ut.", "Maskat enligt 26 kap. 1 §."):
        row.refresh_from_db()
        disclosures.write_refusal(row.pk, text=text, version=row.version, **who)
        with pytest.raises(Conflict):
            disclosures.submit(row.pk, **who)
    row.refresh_from_db()
    text = disclosures.proposed_refusal(row)
    disclosures.write_refusal(row.pk, text=text, version=row.version, **who)
    disclosures.submit(row.pk, **who)
    # However it came there: what the leader approves and reads is derived from the masks.
    Disclosure.objects.filter(pk=row.pk).update(refusal_text="")
    with pytest.raises(Conflict):
        disclosures.approve(row.pk, by=file.world.leader, at=moment("2026-03-06"))
    with time_machine.travel(moment("2026-03-06 10:00"), tick=False):
        client = Client(headers={"accept-language": "sv"})
        client.force_login(file.world.leader)
        for name in ("disclosure", "disclosure_preview"):
            page = client.get(reverse(name, args=[row.pk])).content.decode()
            assert "Allt lämnas ut" not in page


def test_the_file_says_how_much_is_withheld_and_all_given_out_only_when_it_is(
    file: File,
) -> None:
    from cases.disclosure.paper import extent, pages

    with override("sv"):
        row = file.prepare()
        _shown, lines = pages(row)
        assert extent(lines) == f"{len(lines)} delar lämnas inte ut."
        assert extent(lines[:1]) == "1 del lämnas inte ut."
        assert extent([]) == "Allt lämnas ut."


def test_every_page_has_the_matters_numbers_and_the_recipient(file: File) -> None:
    from cases.journal import services as notes

    for number in range(40):
        notes.write_note(
            file.case.pk,
            kind="journal",
            happened_at=moment("2026-03-03 08:00"),
            text=f"Rad {number}.\n" * 8,
            **file.who,
        )
    row = file.approved()
    made = disclosures.take_out(row.pk, by=file.world.main, at=moment("2026-03-06"))
    count = len(re.findall(rb"/Type\s*/Page\b", made))
    assert count > 5
    words = " ".join(extracted(made).split())
    for number in (file.report.number, file.case.number):
        assert words.count(number) >= count
    assert words.count("Till Mor Lind, begärt 3 mars 2026") >= count
