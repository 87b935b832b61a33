"""Two texts compared by words: what is the same, what has gone and what has come. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

_WORDS = re.compile(r"\S+[^\S\n]*|[^\S\n]+|\n")
_UNITS = re.compile(r"[^\n]*?[.!?](?:[^\S\n]+\n*|\n+|$)|[^\n]+\n*|\n+")
MANY_WORDS = 600
"""Above this many words on both sides what differs is compared sentence by sentence, in order."""


class Op(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Chunk:
    op: Op
    text: str


def words_changed(before: str, after: str) -> list[Chunk]:
    """The way from `before` to `after`.

    Joined without what is REMOVED it is `after`, without what is ADDED `before`.
    Sentences are matched first and words only where sentences differ, so that long texts stay
    quick.
    """
    chunks: list[Chunk] = []
    old, new = _UNITS.findall(before), _UNITS.findall(after)
    for op, a0, a1, b0, b1 in _opcodes(old, new):
        if op == "equal":
            _join(chunks, Op.SAME, "".join(old[a0:a1]))
        else:
            for chunk in _between(old[a0:a1], new[b0:b1]):
                _join(chunks, chunk.op, chunk.text)
    return chunks


def _between(before: list[str], after: list[str]) -> Iterator[Chunk]:
    """What differs between the sentences, word by word."""
    old, new = _WORDS.findall("".join(before)), _WORDS.findall("".join(after))
    if len(old) > MANY_WORDS and len(new) > MANY_WORDS and min(len(before), len(after)) > 1:
        for left, right in zip_longest(before, after, fillvalue=""):
            yield from _between([left], [right])
        return
    for op, a0, a1, b0, b1 in _opcodes(old, new):
        if op == "equal":
            yield Chunk(Op.SAME, "".join(old[a0:a1]))
            continue
        yield Chunk(Op.REMOVED, "".join(old[a0:a1]))
        yield Chunk(Op.ADDED, "".join(new[b0:b1]))


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    # What stands everywhere is no landmark in a long text, and looking at it takes the square.
    many = len(new) > MANY_WORDS
    return SequenceMatcher(None, old, new, autojunk=many).get_opcodes()


def _join(chunks: list[Chunk], op: Op, text: str) -> None:
    """Add the text to the last chunk when that is of the same kind."""
    if not text:
        return
    if chunks and chunks[-1].op is op:
        chunks[-1] = Chunk(op, chunks[-1].text + text)
    else:
        chunks.append(Chunk(op, text))
