"""What tells of others is found as people write it, and what is masked is not in what is left."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.disclosure import redaction
from cases.disclosure.redaction import Mark, ReporterNames
from cases.enums import SecrecyGround

GROUND = SecrecyGround.REPORTER
KNOWN = redaction.name_parts("Alva Lind", "Mor Lind")


def masked(text: str, reporter: ReporterNames) -> str:
    marks = redaction.find(text, redaction.reporter_terms(reporter, known=KNOWN))
    return redaction.replaced(text, marks, "#")


def test_reporter_is_found_however_the_name_is_written() -> None:
    reporter = ReporterNames("private", "Greta Storm", contact="070-123 45 67, greta@exempel.se")
    assert masked("Greta  Storm ringde. STORMS dotter, Gretas vän.", reporter) == (
        "# ringde. # dotter, # vän."
    )
    for number in ("070-123 45 67", "0701234567", "+46 70 123 45 67", "070 12 345 67"):
        assert masked(f"Nås på {number} i dag.", reporter) == "Nås på # i dag."
    assert masked("Skriv till Greta@Exempel.se!", reporter) == "Skriv till #!"


def test_names_inside_other_words_stay() -> None:
    assert masked("Stormigt i Gretas hus", ReporterNames("private", "Greta Storm")) == (
        "Stormigt i # hus"
    )


def test_name_shared_with_the_family_stays() -> None:
    assert masked("Alva Lind och Berit Lind.", ReporterNames("relative", "Berit Lind")) == (
        "Alva Lind och #."
    )
    assert masked("Mor Lind sade det.", ReporterNames("parent", "Mor Lind")) == "Mor Lind sade det."


def test_workplace_is_masked_for_a_private_reporter_only() -> None:
    text = "Det kom från Solskolan."
    assert masked(text, ReporterNames("private", organisation="Solskolan")) == "Det kom från #."
    assert masked(text, ReporterNames("school", organisation="Solskolan")) == text


def test_numbers_and_addresses_of_nobody_known_are_found() -> None:
    text = "Vän: 20120304-2383, tel 08-123 456 78, a@b.se. Ärende ST-BOU-2026-00012 den 2026-03-02."
    found = [text[one.start : one.end] for one in redaction.find_contacts(text)]
    assert found == ["20120304-2383", "08-123 456 78", "a@b.se"]
    assert redaction.find_contacts("Mitt: 120304-2383", own=["201203042383"]) == []


NUMBERS = (
    *("070-123 45 67", "0701234567", "070/1234567", "070 12 345 67", "07 01 23 45 67"),
    *("070.123.45.67", "070–123 45 67", "070\u2011123 45 67", "070 - 123 45 67"),
    *("070\u00a0123\u00a045\u00a067", "070\t123 45 67", "070-123\n45 67", "070-123 45 6"),
    *("+46 70 123 45 67", "+46 (0)70 123 45 67", "0046701234567", "0046 (0)70-123 45 67"),
    *("46701234567", "08-123 456 78", "(08) 123 456 78", "0910-777 12", "020-12 34 56"),
    *("+47 22 12 34 56", "0047 22 12 34 56", "+358 40 1234567"),
)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_telephone_number_is_found_however_it_is_written(number: str) -> None:
    text = f"Grannen nås på {number} om kvällen."
    (mark,) = redaction.find_contacts(text)
    assert text[mark.start : mark.end] == number
    # Ten digits in a row can be either.
    assert mark.found_by in {"phone", "identity_number"}
    assert redaction.find_contacts(text, own=[number]) == []


@pytest.mark.parametrize("number", [one for one in NUMBERS if one.startswith(("070", "+46 70"))])
def test_the_number_of_who_reported_is_found_written_in_another_way(number: str) -> None:
    if number == "070-123 45 6":
        return
    for known in ("070-123 45 67", "+46 70 123 45 67", "Hem 070.123.45.67"):
        found = masked(f"Nås på {number} i dag.", ReporterNames("private", contact=known))
        assert not re.search(r"\d", found)


@pytest.mark.parametrize(
    "text",
    [
        "112",
        "1177",
        "12 000 kr",
        "2026-03-02 09:00",
        "123 45 Staden",
        "08.30-16.30",
        "08.15 – 12.00",
    ],
)
def test_other_figures_are_no_telephone_numbers(text: str) -> None:
    assert redaction.find_contacts(f"Se {text}.") == []


DIGITS = st.text(alphabet="0123456789+46 -–/().\n", max_size=40)


@given(DIGITS)
def test_the_library_takes_nothing_from_what_the_pattern_finds(text: str) -> None:
    covered = {at for one in redaction.find_contacts(text) for at in range(one.start, one.end)}
    for found in redaction._PHONE.finditer(text):
        assert covered.issuperset(range(*found.span()))


MARKS = st.lists(
    st.builds(
        lambda start, length: Mark(start, start + length, GROUND),
        st.integers(0, 40),
        st.integers(1, 12),
    ),
    max_size=6,
)


@given(st.text(alphabet="abc ", max_size=40), MARKS)
def test_runs_give_the_text_back_and_masks_hold_nothing(text: str, marks: list[Mark]) -> None:
    apart = redaction.merged(marks)
    shown = redaction.segments(text, apart, reveal=True)
    assert "".join(run.text for run in shown) == text
    hidden = redaction.segments(text, apart)
    covered = {at for one in apart for at in range(one.start, min(one.end, len(text)))}
    left = "".join(char for at, char in enumerate(text) if at not in covered)
    assert "".join(run.text for run in hidden) == left
    assert all(run.text == "" for run in hidden if run.mark is not None)


def test_sentences_are_places_in_the_text() -> None:
    text = "Ett. Två!\n\nTre utan punkt\nfyra"
    assert [text[a:b] for a, b in redaction.sentences(text)] == [
        "Ett.",
        "Två!",
        "Tre utan punkt",
        "fyra",
    ]
