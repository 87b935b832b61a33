"""What is proposed to be masked, however written: numbers, titles, nicknames, unseen signs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.disclosure import redaction, writing
from cases.disclosure.masking_terms import Hidden
from cases.disclosure.redaction import ReporterNames
from cases.disclosure.violence import for_party
from cases.disclosure.writing import plain
from cases.enums import SecrecyGround
from cases.persons.models import Guardian, Person
from cases.reports.services import ChildInput, ReporterInput
from tests.cases.test_disclosures import File, shown
from tests.factories import World, moment

KNOWN = redaction.name_parts("Alva Lind", "Mor Lind")


def masked(text: str, reporter: ReporterNames) -> str:
    marks = redaction.find(text, redaction.reporter_terms(reporter, known=KNOWN))
    return redaction.replaced(text, marks, "#")


def proposed(text: str, **given: Any) -> list[str]:
    """What is proposed of nobody known."""
    marks = Hidden((), family=KNOWN, **given).marks(text)
    return [text[one.start : one.end] for one in marks]


# Telephone numbers


@pytest.mark.parametrize(
    "number",
    [
        "(08) 123 456 78",
        "(08)12345678",
        "(0910) 777 12",
        "+44 20 7946 0958",
        "+44 (0)20 7946 0958",
        "(+44) 20 7946 0958",
        "0044 20 7946 0958",
        "0044-20-7946-0958",
        "+44\u00a020\u00a07946\u00a00958",
        "+1 (212) 555-0143",
        "+964 770 123 4567",
        "00964 770 123 45 67",
        "+252-61-5123456",
        # No country has such a number, and it was meant as one.
        "+999 12 34 56 78",
    ],
)
def test_numbers_with_brackets_and_of_other_countries_are_proposed(number: str) -> None:
    for text in (f"Nås på {number} om kvällen.", f"Tel:{number}"):
        found = "".join(proposed(text))
        assert [sign for sign in found if sign.isdigit()] == [
            sign for sign in number if sign.isdigit()
        ]


@pytest.mark.parametrize(
    "written", ["+44 20 7946 0958", "0044 20 7946 0958", "0044(20)79460958", "44 20 7946 0958"]
)
@pytest.mark.parametrize("known", ["+44 20 7946 0958", "0044 20 79460958"])
def test_the_number_abroad_of_who_reported_is_found_written_in_another_way(
    written: str, known: str
) -> None:
    found = masked(f"Nås på {written} i dag.", ReporterNames("private", contact=known))
    assert not any(sign.isdigit() for sign in found)


# Title and surname


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Enligt doktor Lind behövs vila.", ["doktor Lind"]),
        ("Mötet leddes av rektor Ek.", ["rektor Ek"]),
        ("Rektor Maria Ek ringde.", ["Rektor Maria Ek"]),
        ("dr. Ekström och Dr Ask", ["dr. Ekström", "Dr Ask"]),
        ("Läraren von Essens klass", ["Läraren von Essens"]),
        ("Grannen Storm hörde skrik.", ["Grannen Storm"]),
        ("fru Storm ringde", ["fru Storm"]),
        # The child's mother.
        ("fru Lind ringde", []),
        ("En doktor kom. Rektor ringde.", []),
        ("Doktor\nLind", []),
    ],
)
def test_a_title_with_a_surname_is_proposed(text: str, names: list[str]) -> None:
    assert proposed(text) == names


def test_who_reported_in_duty_is_not_proposed_by_title() -> None:
    officials = redaction.name_parts("Maria Ek")
    assert proposed("Rektor Ek och rektor Eks kollega", officials=officials) == []
    assert proposed("Rektor Ask", officials=officials) == ["Rektor Ask"]


def test_a_private_reporter_with_the_familys_name_is_found_by_title() -> None:
    reporter = ReporterNames("private", "doktor Lind")
    assert masked("Doktor Lind ringde. Alva Lind är frisk.", reporter) == (
        "# ringde. Alva Lind är frisk."
    )
    # The title alone tells nothing.
    assert masked("En doktor kom.", reporter) == "En doktor kom."
    assert masked("Tränare Lind såg det.", ReporterNames("private", "Berit Lind")) == "# såg det."


# Nicknames


@pytest.mark.parametrize(
    "name",
    [
        'Katarina "Pyret" Storm',
        "Katarina ”Pyret” Storm",
        "Katarina (Pyret) Storm",
        "Katarina Storm, kallad Pyret",
        "Katarina 'Pyret' Storm",
        "Katarina Storm alias Pyret",
    ],
)
def test_a_nickname_noted_with_the_name_is_found(name: str) -> None:
    reporter = ReporterNames("private", name)
    text = "Pyret kom. Pyrets bil. Katarina Storm. Kattis var med."
    assert masked(text, reporter) == "# kom. # bil. #. # var med."
    # The word is one of its own.
    assert masked("Det lilla pyret sov.", reporter) == "Det lilla pyret sov."


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Alexander", "Alex"),
        ("Robert", "Robban"),
        ("Mikael", "Micke"),
        ("Siglinde", "Sigge"),
        ("Siglinde", "Siggan"),
        ("Fredrik", "Fredde"),
        ("Viktoria", "Vickan"),
        ("Jonathan", "Jonte"),
        ("Ludvig", "Ludde"),
    ],
)
def test_short_forms_are_found(name: str, short: str) -> None:
    found = masked(f"I går kom {short} och {short}s vän.", ReporterNames("private", f"{name} Ask"))
    assert found == "I går kom # och # vän."


def test_a_short_form_that_the_child_is_called_stays() -> None:
    reporter = ReporterNames("private", "Alexander Ask")
    marks = redaction.find(
        "Alex är tre år.",
        redaction.reporter_terms(reporter, known=redaction.name_parts("Alex Lind")),
    )
    assert marks == []


@pytest.mark.parametrize(
    "noted",
    [
        'Siglinde, kallad "Snöret", var med.',
        "Siglinde (Snöret) var med.",
        "Siglinde Lind ”Snöret” var med.",
        "Siglinde, som kallas Snöret, var med.",
    ],
)
def test_a_nickname_one_text_notes_is_found_in_every_other(noted: str) -> None:
    hidden = Hidden((), people=(("Siglinde", SecrecyGround.OTHER_PERSON, "sibling"),))
    terms = hidden.noted_in(["Något annat.", noted])
    text = "Snöret sov. Ett snöre."
    assert redaction.replaced(text, redaction.find(text, terms), "#") == "# sov. Ett snöre."
    assert hidden.noted_in(["Siglinde (syster) var med."]) == []


# Signs nobody sees, and letters written in another way


@pytest.mark.parametrize(
    "written",
    [
        "Storm\u00adhatt",
        "Storm\u200bhatt",
        "St\u2060orm\ufeffhatt",
        "S\u200dtormhatt",
        "\u202aStormhatt\u202c",
        "STORM\u00adHATT",
    ],
)
def test_signs_nobody_sees_do_not_hide_a_name(written: str) -> None:
    assert masked(f"Hej {written}!", ReporterNames("private", "Greta Stormhatt")).strip(
        "\u202a\u202c"
    ) in {"Hej #!", "Hej \u202a#\u202c!"}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Åsa Öberg", "A\u030asa O\u0308berg"),
        ("Jelena Perić", "Jelena Peric"),
        ("Jelena Peric", "Jelena Perić"),
        ("Maria D'Souza", "Maria D’Souza"),
        ("Ida Berg-Ask", "Ida Berg\u2011Ask"),
        ("Ida Berg-Ask", "Ida Berg Ask"),
        ("Søren Ask", "Sören Ask"),
    ],
)
def test_a_name_is_found_in_other_letters(name: str, written: str) -> None:
    assert masked(f"I går kom {written}.", ReporterNames("private", name)) == "I går kom #."


def test_signs_nobody_sees_do_not_hide_numbers_or_mail() -> None:
    for number in ("070-123\u200b45 67", "0\u00ad701234567", "2012\u00ad0304-2383", "a\u200b@b.se"):
        text = f"Nås på {number} i dag."
        assert proposed(text) == [number]
    assert masked(
        "Nås på 07\u200b0-123 45 67.", ReporterNames("private", contact="0701234567")
    ) == ("Nås på #.")


def test_words_a_person_masks_are_found_with_unseen_signs_in_them() -> None:
    text = "Hon bor på Göm\u00adstigen. G\u00f6mstigen!"
    assert [text[a:b] for a, b in redaction.occurrences(text, "Gömstigen")] == [
        "Göm\u00adstigen",
        "Gömstigen",
    ]


@given(st.text(alphabet="aÅå\u030a\u0301\u00ad\u200be é’-", max_size=30))
def test_places_in_what_is_read_are_places_in_what_was_written(text: str) -> None:
    for letters in (False, True):
        seen = plain(text, letters=letters)
        assert len(seen.text) == len(seen.starts) == len(seen.ends)
        last = 0
        for index in range(len(seen.text)):
            start, end = seen.place(index, index + 1)
            assert last <= start < end <= len(text)
            last = end
    assert plain(plain(text).text).text == plain(text).text


def test_masks_and_runs_still_give_the_text_back() -> None:
    text = "Hej Storm\u00adhatt och A\u030asa!"
    marks = redaction.find(
        text, redaction.reporter_terms(ReporterNames("private", "Åsa Stormhatt"))
    )
    assert "".join(run.text for run in redaction.segments(text, marks, reveal=True)) == text
    assert redaction.replaced(text, marks, "#") == "Hej # och #!"


# The short forms


def test_no_short_form_is_too_short_or_the_name_itself() -> None:
    for name in [*writing._SHORT, "Siglinde", "Hanna", "Ida"]:
        forms = list(writing.short_forms(name.capitalize()))
        assert name.capitalize() not in forms
        assert all(form[0].isupper() for form in forms)


# Who reported


@pytest.mark.parametrize("category", ["police", "school", "health_care", "social_services"])
def test_an_authoritys_reporter_is_not_hidden(world: World, category: str) -> None:
    text, lines = _copy(world, category)
    assert "Maria Storm" in text
    assert "070-765 43 21" in text
    assert "Solskolan" in text
    assert not any("26 kap. 5" in one.ground for one in lines)


@pytest.mark.parametrize("category", ["private", "relative", "parent"])
def test_a_private_reporter_is(world: World, category: str) -> None:
    text, lines = _copy(world, category)
    for secret in ("Storm", "Maria", "070-765 43 21", "Solskolan"):
        assert secret not in text
    assert any("26 kap. 5" in one.ground for one in lines)


def _copy(world: World, category: str) -> tuple[str, Any]:
    from cases.disclosure import services as disclosures
    from cases.disclosure.paper import pages

    report = world.report(
        "2026-03-02 09:00",
        reporter=ReporterInput(
            category=category,
            name="Maria Storm",
            organisation="Solskolan",
            contact="070-765 43 21",
        ),
        children=[ChildInput(first_name="Alva", last_name="Lind", gender="girl")],
        concern="Maria Storm på Solskolan ringde; rektor Storm nås på 070-765 43 21.",
    )
    report = world.decide(report, "2026-03-02")
    mother = Guardian.objects.create(
        child=report.child, relation="mother", first_name="Mor", has_custody=True
    )
    row = disclosures.prepare(
        report.child_id,
        matter_ids=[report.pk],
        relation="guardian",
        guardian_id=mother.pk,
        requested_on=date(2026, 3, 3),
        by=world.head,
        at=moment("2026-03-04"),
    )
    return shown(row), pages(row)[1]


# Violence against the other parent


@pytest.fixture
def file(world: World) -> File:
    return File(world)


MOTHER, FATHER = "mother", "father"


def around(file: File, **protection: str) -> tuple[Person, dict[str, Guardian]]:
    child = Person.objects.get(pk=file.case.child_id)
    Guardian.objects.filter(pk=file.mother.pk).update(**protection)
    father = Guardian.objects.create(
        child=child, relation="father", first_name="Tord", last_name="Lind", has_custody=True
    )
    return child, {MOTHER: Guardian.objects.get(pk=file.mother.pk), FATHER: father}


@pytest.mark.parametrize(
    ("text", "party", "flagged"),
    [
        ("Tord slog mamma i köket.", FATHER, True),
        ("Han knuffade henne. Mamman fick blåmärken.", FATHER, True),
        ("Modern berättar att hon har blivit hotad.", FATHER, True),
        ("Mamma misshandlades i hemmet.", FATHER, True),
        ("Mam\u00adma blev sla\u200bgen.", FATHER, True),
        ("Alva har bevittnat våld.", FATHER, True),
        ("Hon har fått skyddat boende.", FATHER, True),
        ("Det finns kontaktförbud.", FATHER, True),
        ("Tord blev slagen.", MOTHER, True),
        ("Pappa har hotats.", MOTHER, True),
        ("Mamma och Alva bakade bullar.", FATHER, False),
        ("Alva slog en kamrat på skolan.", FATHER, False),
        ("Alva är hungrig. Läxorna är gjorda. Klockan slog tolv.", FATHER, False),
        ("", FATHER, False),
    ],
)
def test_what_tells_of_violence_against_the_other_parent_is_flagged(
    file: File, text: str, party: str, flagged: bool
) -> None:
    child, parents = around(file)
    assert for_party(child, guardian=parents[party]).tells(text) is flagged


def test_any_violence_is_flagged_when_the_other_parent_lives_with_protection(file: File) -> None:
    text = "Alva blev hotad vid skolan."
    child, parents = around(file)
    assert not for_party(child, guardian=parents[FATHER]).tells(text)
    Guardian.objects.filter(pk=file.mother.pk).update(protected_identity="secrecy_marking")
    assert for_party(child, guardian=parents[FATHER]).tells(text)
    # To the one who lives so, it is its own.
    assert not for_party(child, guardian=parents[MOTHER]).tells(text)


def test_a_flagged_text_is_weighed_before_it_is_looked_through(file: File) -> None:
    import time_machine
    from django.db import DatabaseError, transaction
    from django.test import Client
    from django.urls import reverse

    from cases.disclosure import services as disclosures
    from cases.disclosure.models import DisclosurePiece
    from cases.journal import services as notes
    from core.errors import Conflict, Invalid

    _child, parents = around(file)
    notes.write_note(
        file.case.pk,
        kind="journal",
        happened_at=moment("2026-03-03 08:00"),
        text="Mamma berättar att Tord slog henne.",
        **file.who,
    )
    row = file.prepare(guardian_id=parents[FATHER].pk)
    (piece,) = row.pieces.filter(flagged=True)
    assert "slog henne" in piece.text
    who: dict[str, Any] = {"by": file.world.main, "at": moment("2026-03-05")}
    for one in row.pieces.filter(flagged=False):
        disclosures.review(row.pk, one.position, **who)
    with pytest.raises(Invalid) as error:
        disclosures.review(row.pk, piece.position, **who)
    assert error.value.fields.keys() == {"weighed"}
    with pytest.raises(Conflict):
        disclosures.submit(row.pk, **who)
    with pytest.raises(DatabaseError, match="flagged_is_weighed"), transaction.atomic():
        DisclosurePiece.objects.filter(pk=piece.pk).update(
            reviewed_at=who["at"], reviewed_by=who["by"]
        )
    with time_machine.travel(moment("2026-03-05 10:00"), tick=False):
        client = Client(headers={"accept-language": "sv"})
        client.force_login(file.world.main)
        place = reverse("disclosure_text", args=[row.pk, piece.position])
        assert "våld mot en annan förälder" in client.get(place).content.decode()
        room = client.get(reverse("disclosure", args=[row.pk])).content.decode()
        assert "1 text berättar om våld" in room
        seen = reverse("disclosure_review", args=[row.pk, piece.position])
        assert client.post(seen).status_code == 422
        assert client.post(seen, {"weighed": "Maskat i sin helhet."}).status_code == 302
    piece.refresh_from_db()
    assert (piece.weighed, piece.reviewed_by) == ("Maskat i sin helhet.", file.world.main)
