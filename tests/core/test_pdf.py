"""No text makes a document impossible, and what cannot be shown is seen to be missing."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from core import pdf
from tests import pdf_text

DECISION = Path(__file__).resolve().parents[2] / "cases" / "print" / "decision.typ"
NOWHERE = "\U0010fff0"
"""In nobody's font."""


def extracted(document: bytes) -> str:
    """Its words with one space between them."""
    return " ".join(pdf_text.extracted(document).split())


def made(text: str) -> bytes:
    data = {
        "title": "Beslutsunderlag",
        "header": "Enheten",
        "confidential": "Sekretess",
        "footer": "B-1",
        "draft": "",
        "facts": [["Barn", text.split("\n")[0]]],
        "parts": [{"label": "Bedömning", "text": text}],
        "additions": [],
        "signed": "",
        "signatures": [],
    }
    with override("sv"):
        return pdf.compiled(DECISION, data)


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f600 och \U0001f469\u200d\U0001f469\u200d\U0001f467",
        "1\ufe0f\u20e3 \U0001f1f8\U0001f1ea \U0001f44d\U0001f3fd",
        "\uf0b7 punkt ur Word",
        "\ufeffbörjan",
        "አማርኛ ትግርኛ",
        "中文字體",
        "العربية و فارسی",
        "ไทย සිංහල தமிழ்",
        "\x07\x0b\x0c\x1f\x7f\x85",
        "\ud83d halv",
        "a\u0301\u0327\u0302\u20e3\u20e3",
        "\u202eomvänd\u202c",
        f"{NOWHERE}\u0301\u20e3 {NOWHERE}",
    ],
    ids=lambda text: ascii(text)[1:13],
)
def test_every_text_gives_a_document(text: str) -> None:
    assert made(f"Före {text} efter\n\n{text}").startswith(b"%PDF")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_any_text_at_all_gives_a_document(text: str) -> None:
    assert made(text).startswith(b"%PDF")


def test_a_character_of_no_font_is_marked_and_counted() -> None:
    words = extracted(made(f"Före {NOWHERE} efter {NOWHERE}"))
    # Twice in the text, and twice in the line of facts.
    assert words.count(pdf.UNSHOWN) == 4 + 1
    assert "4 tecken kunde inte visas i dokumentet och står som" in words
    assert "kunde inte visas" not in extracted(made("Före efter – ”så”"))


def test_the_lists_of_word_keep_their_signs() -> None:
    words = extracted(made("\uf0b7 första\n\uf0fc andra"))
    assert "• första" in words
    assert "✓ andra" in words
    assert "kunde inte visas" not in words


def test_what_only_turns_the_reading_about_is_left_out() -> None:
    assert made("a\u202eb\u200dc\ufeff") == made("abc")


def test_arabic_persian_and_hebrew_are_set_from_the_right(tmp_path: Path) -> None:
    source = tmp_path / "way.typ"
    source.write_text(
        (DECISION.parent / "letter.typ").read_text()
        + "#metadata(direction(sys.inputs.text) == rtl) <way>"
    )

    def from_the_right(text: str) -> bool:
        given = {"text": text, "data": "{}"}
        return (
            typst.query(str(source), "<way>", field="value", one=True, sys_inputs=given) == "true"
        )

    assert from_the_right("1. العربية hej")
    assert from_the_right("فارسی")
    assert from_the_right("עברית")
    assert not from_the_right("Svenska العربية")
    assert not from_the_right("")
