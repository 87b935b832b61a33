"""Documents as PDF, set by typst: a template of ours and plain data, nothing from the network.

No text a person wrote makes a document impossible: a character that no font here shows is drawn as
`UNSHOWN`, and the document says at its end how many there are.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from django.utils.translation import ngettext

UNSHOWN = "▯"
"""Stands where a character of the text cannot be shown. Every font of typst's own has it."""

WINGDINGS = {
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf0a8": "□",
    "\uf06f": "□",
    "\uf0d8": "➢",
    "\uf0e0": "→",
    "\uf0fc": "✓",
    "\uf020": " ",
}
"""Signs of Word's lists, which it writes as codes of its own fonts, as what they look like."""

_UNSEEN = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x9f\u200d\u202a-\u202e\u2066-\u2069\u20e3\ufe00-\ufe0f\ufeff\ufffe\uffff"
    "\U000e0000-\U000e0fff\U0001f3fb-\U0001f3ff]"
)
"""Signs without a look of their own: controls, also those that turn the reading about, byte order
marks, joiners and variants of other signs."""

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")

_PLAIN = re.compile("[\n\t -~\xa0-\xac\xae-\u017f–—‘’‚“”„…•]+")
"""What every font shows."""

_REFUSED = re.compile(r'text (?:contains the disallowed codepoint )?`"(.+?)"`')


def compiled(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of `template` filled with `data`, which the template reads as JSON.

    Texts are values in the template, never markup: what a person wrote cannot become code. The
    same data and fonts give the same bytes. Tagged for screen readers (PDF/UA-1). `data["unshown"]`
    is the remark about characters that could not be shown, or nothing.
    """
    # With the first document: few processes make one, and it is large.
    import typst

    lost: list[str] = []
    shown = _each_text(data, lambda text: _showable(text, lost))
    while True:
        filled = {**shown, "unshown": _remark(len(lost))}
        try:
            made = typst.compile(
                str(template),
                root=str(template.parent),
                format="pdf",
                sys_inputs={"data": json.dumps(filled, ensure_ascii=False)},
                pdf_standards="ua-1",
            )
        except typst.TypstError as error:
            # Shown alone, and not among others or in another weight.
            refused = _refused(str(error))
            before = len(lost)
            shown = _each_text(shown, partial(_without, signs=refused, lost=lost))
            if len(lost) == before:
                raise
            continue
        assert isinstance(made, bytes)
        return made


def digest(document: bytes) -> str:
    """SHA-256 in hexadecimal, for telling one file from another."""
    return hashlib.sha256(document).hexdigest()


def _remark(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s character could not be shown in this document and stands as %(sign)s.",
        "%(count)s characters could not be shown in this document and stand as %(sign)s.",
        count,
    ) % {"count": count, "sign": UNSHOWN}


def _each_text(data: Any, change: Callable[[str], str]) -> Any:
    """The same data with every text in it changed."""
    if isinstance(data, str):
        return change(data)
    if isinstance(data, Mapping):
        return {key: _each_text(value, change) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_each_text(value, change) for value in data]
    return data


def _showable(text: str, lost: list[str]) -> str:
    """The text with each sign that no font has replaced; those are added to `lost`."""
    if _PLAIN.fullmatch(text):
        return text
    found: list[str] = []
    for sign in _UNSEEN.sub("", _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))):
        if found and found[-1] == UNSHOWN and unicodedata.category(sign).startswith("M"):
            continue  # a mark upon what is not shown
        sign = WINGDINGS.get(sign, sign)
        if not _PLAIN.match(sign) and not _is_shown(sign):
            lost.append(sign)
            sign = UNSHOWN
        found.append(sign)
    return "".join(found)


def _without(text: str, signs: str, lost: list[str]) -> str:
    for sign in signs:
        lost.extend(sign for _ in range(text.count(sign)))
        text = text.replace(sign, UNSHOWN)
    return text


def _refused(message: str) -> str:
    r"""The signs typst's message names, `\u{f0b7}` for one it does not write itself."""
    found = _REFUSED.search(message)
    if found is None:
        return ""
    signs = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found[1])
    return signs.replace(UNSHOWN, "")


@lru_cache(maxsize=20_000)
def _is_shown(sign: str) -> bool:
    """Whether some font here has the sign: typst is asked, about a millisecond each."""
    import typst

    if unicodedata.category(sign) in {"Cs", "Cn"}:
        return False
    try:
        typst.compile(
            b'#set document(title: "x")\n#sys.inputs.sign',
            format="pdf",
            sys_inputs={"sign": sign},
            pdf_standards="ua-1",
        )
    except typst.TypstError:
        return False
    return True
