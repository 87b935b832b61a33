"""Many files, one wording: how the parts of a language become what Django reads."""

import gettext
import os
from pathlib import Path

import pytest

from config.messages import compile_messages, merged, sources

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def language(tmp_path: Path) -> Path:
    (tmp_path / "sv" / "LC_MESSAGES" / "parts").mkdir(parents=True)
    return tmp_path / "sv" / "LC_MESSAGES"


def write(path: Path, **wording: str) -> None:
    lines = [f'msgid "{text}"\nmsgstr "{said}"\n' for text, said in wording.items()]
    path.write_text(HEAD + "\n".join(lines))


def read(language: Path, text: str) -> str:
    with (language / "django.mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled).gettext(text)


def test_parts_are_compiled_into_one_catalogue(language: Path) -> None:
    write(language / "django.po", child="barn")
    write(language / "parts" / "a.po", report="anmälan")
    write(language / "parts" / "b.po", unit="enhet")
    assert compile_messages(language.parents[1]) == 1
    assert [read(language, text) for text in ("child", "report", "unit")] == [
        "barn",
        "anmälan",
        "enhet",
    ]
    assert compile_messages(language.parents[1]) == 0


def test_the_same_text_with_two_wordings_is_told_and_the_first_file_stands(language: Path) -> None:
    write(language / "parts" / "a.po", report="anmälan", unit="enhet")
    write(language / "parts" / "b.po", report="rapport", unit="enhet")
    catalogue, differing = merged(sources(language, "django"))
    assert {entry.msgid: entry.msgstr for entry in catalogue} == {
        "report": "anmälan",
        "unit": "enhet",
    }
    assert differing == ["a.po and b.po differ: 'report'"]


def test_a_text_without_wording_in_one_file_takes_that_of_another(language: Path) -> None:
    write(language / "django.po", report="")
    write(language / "parts" / "a.po", report="anmälan")
    compile_messages(language.parents[1])
    assert read(language, "report") == "anmälan"


def test_a_part_taken_away_takes_its_wording_along(language: Path) -> None:
    write(language / "parts" / "a.po", report="anmälan")
    write(language / "parts" / "b.po", unit="enhet")
    compile_messages(language.parents[1])
    (language / "parts" / "b.po").unlink()
    later = (language / "django.mo").stat().st_mtime + 1
    os.utime(language / "parts", (later, later))
    assert compile_messages(language.parents[1]) == 1
    assert read(language, "unit") == "unit"
