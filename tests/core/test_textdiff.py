"""Words compared: nothing invented, nothing lost."""

import time

from hypothesis import given
from hypothesis import strategies as st

from core.textdiff import Chunk, Op, words_changed

TEXT = st.text(alphabet="ab å\n.", max_size=60)


@given(TEXT, TEXT)
def test_chunks_give_both_texts_back(before: str, after: str) -> None:
    chunks = words_changed(before, after)
    assert "".join(c.text for c in chunks if c.op is not Op.ADDED) == before
    assert "".join(c.text for c in chunks if c.op is not Op.REMOVED) == after


def test_one_word_changed_is_one_word_marked() -> None:
    assert words_changed("Flickan mår bra i dag.", "Flickan mår dåligt i dag.") == [
        Chunk(Op.SAME, "Flickan mår "),
        Chunk(Op.REMOVED, "bra "),
        Chunk(Op.ADDED, "dåligt "),
        Chunk(Op.SAME, "i dag."),
    ]


def test_same_text_has_one_chunk() -> None:
    assert words_changed("Lika.\nLika.", "Lika.\nLika.") == [Chunk(Op.SAME, "Lika.\nLika.")]


def test_the_longest_texts_are_compared_at_once() -> None:
    """Fifty thousand characters, every line changed."""
    before = "\n".join(f"rad {n} om barnet och skolan" for n in range(1_700))
    after = before.replace("skolan", "hemmet")
    started = time.perf_counter()
    words_changed(before, after)
    assert time.perf_counter() - started < 5
